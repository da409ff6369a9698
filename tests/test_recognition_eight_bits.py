"""Recognition in pictures of 8 bits, whose rounding is coarser than the noise of a calm sea."""

import ctypes

import numpy as np
import pytest
from scene_views import PLACE, camera, look

from hil.devices.camera_pieces import packed
from hil.link.messages import SIGHT_KINDS
from hil.machine import build
from hil.scene.model import Scene, Ship

COARSE = {"bits": 8, "electrons_per_count": 1280.0, "bias_counts": 4.0}
CALM = {"haze_depth": 0.02, "swell_height_m": 0.1, "sea_wind_m_s": 1.0}
SHIP = Ship(name="ship", **PLACE, length_m=120.0, width_m=20.0)


def kinds_found(scene):
    """What the finds of four pictures are taken for."""
    loaded, found = ctypes.CDLL(str(build.build("library"))), []
    memory = ctypes.create_string_buffer(loaded.hil_vision_size())
    unit = camera(scene, **COARSE)
    for number in range(4):
        picture = unit.picture(unit.pose(look(azimuth_deg=200.0 - 3.0 * number)), 10.0, number)
        finds = np.zeros((24, 8), np.int32)
        out = finds.ctypes.data_as(ctypes.c_void_p)
        n = loaded.hil_vision_find(memory, packed(picture, 8), 160, 120, 8, out, None)
        found += [SIGHT_KINDS[kind] for kind in finds[:n, 0]]
    return found


@pytest.mark.parametrize(("ships", "kinds"), [((), []), ((SHIP,), ["ship"] * 4)])
def test_rounding_to_8_bits_finds_nothing_in_a_calm_sea_but_ships(ships, kinds):
    """Against the noise alone, a pixel rounded up stood out: 8 finds a picture, 3 told as ships."""
    assert kinds_found(Scene(**PLACE, **CALM, ship=ships)) == kinds
