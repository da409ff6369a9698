"""The OBC learns a camera's hot and dead pixels from pictures of scenes, and puts others there."""

import ctypes

import numpy as np
import pytest
from scene_views import PLACE, camera, look

from hil.devices.camera_pieces import packed
from hil.machine import build
from hil.scene.model import Cloud, Fire, Patch, Scene, Ship

PICTURES = 8
SHIP = Ship(name="ship", **PLACE, length_m=240.0, width_m=40.0, course_deg=345.0, speed_m_s=7.0)
FIRE = Fire(name="fire", **PLACE, length_m=60.0, width_m=20.0)
HIDES = Cloud(latitude_deg=42.82, longitude_deg=50.31, height_m=3000.0, radius_m=900.0)
TOWN = Patch(kind="town", latitude_deg=42.79, longitude_deg=50.31, radius_m=800.0)
SCENES = {
    "sea": Scene(**PLACE, seed=3, ship=(SHIP,)),
    "clouds": Scene(**PLACE, seed=4, ship=(SHIP,), cloud=(HIDES,), cloud_cover=0.3),
    "fields": Scene(**PLACE, seed=5, surface="fields", fire=(FIRE,), patch=(TOWN,)),
}
# Of 40. At clouds' edges and fields' borders neighbours differ as much as by a point of light.
LEARNT = {"sea": 40, "clouds": 36, "fields": 32}


class Learner:
    """The map of bad pixels of the firmware, as a library of this machine."""

    def __init__(self):
        loaded = ctypes.CDLL(str(build.build("library")))
        loaded.hil_vision_size.restype = loaded.hil_vision_correct.restype = ctypes.c_size_t
        self._correct = loaded.hil_vision_correct
        self._memory = ctypes.create_string_buffer(loaded.hil_vision_size())

    def correct(self, picture, number):
        """Return the picture as it is searched, and how many pixels are on the map."""
        rows, columns = picture.shape
        octets = ctypes.create_string_buffer(packed(picture, 12))
        count = self._correct(self._memory, octets, columns, rows, 12, number)
        a, b, c = (
            np.frombuffer(octets, np.uint8, picture.size * 3 // 2).reshape(-1, 3).T.astype(int)
        )
        pixels = np.stack([(a << 4) | (b >> 4), ((b & 0xF) << 8) | c], axis=1)
        return pixels.reshape(rows, columns), count


def looked_at(scene, **keys):
    """Yield pictures of a second each, in which the place stays in the middle."""
    unit = camera(scene, **keys)
    for i in range(PICTURES):
        truth = look(azimuth_deg=200.0 - 2.0 * i)
        yield unit.picture(unit.pose(truth), float(i), i)


@pytest.mark.parametrize("name", SCENES)
def test_hot_and_dead_pixels_are_replaced_by_what_a_good_camera_sees(name):
    learner, noisy = Learner(), {"read_noise_electrons": 160.0}
    good = list(looked_at(SCENES[name], **noisy))
    for i, seen in enumerate(looked_at(SCENES[name], **noisy, hot_pixels=20, dead_pixels=20)):
        shown, count = learner.correct(seen, i)
    bad = seen != good[-1]
    assert bad.sum() == 40
    assert count >= LEARNT[name]
    assert (shown[~bad] == seen[~bad]).all()
    off = np.abs(shown[bad].astype(int) - good[-1][bad])
    assert np.median(off) < 2.0 * np.median(np.abs(np.diff(good[-1].astype(int))))
    assert ((shown == seen)[bad]).sum() <= 40 - count


@pytest.mark.parametrize("name", SCENES)
def test_a_clean_camera_keeps_its_bits(name):
    learner = Learner()
    for i, seen in enumerate(looked_at(SCENES[name])):
        shown, count = learner.correct(seen, i)
        assert count == 0
        assert (shown == seen).all()
