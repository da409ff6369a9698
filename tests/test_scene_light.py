"""Pictures show things where the judge has them: by the way of their light, and bent by air."""

import math

import numpy as np
import pytest
from devices_bench import COLUMNS
from scene_views import CAMERA, PLACE, look

from hil.devices.camera import Camera, CameraUnit
from hil.devices.sensor import Installation
from hil.physics.ground import Ground
from hil.physics.refraction import STANDARD_PRESSURE_hPa, lift_m, lift_slanted
from hil.physics.rotations import apply, conjugate
from hil.scene.model import Aircraft, Scene, Ship

ELEVATION_deg, AZIMUTH_deg, HEIGHT_m = 20.0, 200.0, 7900.0
PIXEL_arcsec = 3.6
NARROW = CAMERA | {"field_of_view_deg": 160 * PIXEL_arcsec / 3600.0, "read_noise_electrons": 0.0,
                   "response_sigma": 0.0}  # fmt: skip
SHIP = Ship(name="it", **PLACE, length_m=150.0, width_m=90.0, reflectance=0.9)


def aircraft():
    """On the way from the place to the spacecraft."""
    away_m, azimuth = HEIGHT_m / math.tan(math.radians(ELEVATION_deg)), math.radians(AZIMUTH_deg)
    north, east = away_m * math.cos(azimuth), away_m * math.sin(azimuth)
    return Aircraft(name="it", height_m=HEIGHT_m, length_m=400.0, span_m=400.0, reflectance=0.9,
                    latitude_deg=PLACE["latitude_deg"] + north / 111.1e3,
                    longitude_deg=PLACE["longitude_deg"] + east / 81.8e3)  # fmt: skip


class FixedSky:
    """The Earth turns evenly about the pole of ECI."""

    central_body = "earth"

    def segment(self, _):
        return [{"start_s": 0.0, "length_s": 1e9, "spin_angle_rad": 0.0,
                 "spin_rate_rad_s": 7.2921e-5,
                 "intermediate_from_eci": (np.eye(3), np.zeros((3, 3)))}]  # fmt: skip


def unit_before(scene, pressure_hPa):
    installed = Installation(COLUMNS, 0.1, 1, scene=scene, pressure_hPa=pressure_hPa)
    return CameraUnit(Camera(**NARROW), 0, installed)


def shown(thing, pressure_hPa, *, apparent):
    """Column and row of the middle of a thing's light."""
    empty = Scene(**PLACE, surface="flood", haze_depth=0.0, apparent=apparent)
    full = empty.model_copy(update={"ship" if thing is SHIP else "aircraft": (thing,)})
    units = [unit_before(scene, pressure_hPa) for scene in (full, empty)]
    with_it, without = (
        each.picture(each.pose(look(ELEVATION_deg, AZIMUTH_deg)), 0.0, 0) for each in units
    )
    light = np.maximum(with_it.astype(float) - without - 100.0, 0.0)
    rows, columns = np.indices(light.shape)
    return np.array([(light * columns).sum(), (light * rows).sum()]) / light.sum()


def judged(thing, pressure_hPa, *, apparent):
    """Column and row at which the judge expects it."""
    target = thing.as_target("it").model_copy(update={"apparent": apparent})
    ground = Ground([target], FixedSky(), pressure_hPa=pressure_hPa)
    unit = unit_before(Scene(**PLACE), 0.0)
    pose = unit.pose(look(ELEVATION_deg, AZIMUTH_deg))
    at = pose.position_eci_m[None], pose.velocity_eci_m_s[None]
    way = ground.away_eci_m("it", np.zeros(1), *at)[0]
    return np.array(unit.model.pixel_of(apply(conjugate(pose.q_eci_from_body), way)))


@pytest.mark.parametrize("thing", [SHIP, aircraft()], ids=["ship", "aircraft"])
@pytest.mark.parametrize("pressure_hPa", [0.0, STANDARD_PRESSURE_hPa])
def test_things_are_seen_where_their_light_comes_from(thing, pressure_hPa):
    straight = shown(thing, 0.0, apparent=False)
    change = shown(thing, pressure_hPa, apparent=True) - straight
    wanted = judged(thing, pressure_hPa, apparent=True) - judged(thing, 0.0, apparent=False)
    assert change == pytest.approx(wanted, abs=0.1)
    assert math.hypot(*wanted) * PIXEL_arcsec > 4.0


def test_without_the_key_neither_air_nor_motion_changes_a_picture():
    assert (
        shown(SHIP, STANDARD_PRESSURE_hPa, apparent=False) == shown(SHIP, 0.0, apparent=False)
    ).all()


@pytest.mark.parametrize("elevation_deg", [1.0, 10.0, 45.0, 90.0])
def test_compiled_code_bends_light_as_the_judge_does(elevation_deg):
    cosine = math.sin(math.radians(elevation_deg))
    assert lift_slanted(cosine) * lift_m(1.0) == pytest.approx(lift_m(cosine), rel=1e-12)
