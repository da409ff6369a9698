"""Places on the Earth against astropy and against geometry that is known by hand."""

from datetime import UTC, datetime

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import EarthLocation
from astropy.time import Time
from astropy.utils import iers
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hil.physics.ground import Ground
from hil.physics.groundtarget import GroundTarget
from hil.physics.rotations import angle_between, apply
from hil.physics.sky import SEGMENT_s, Sky

iers.conf.auto_download = False
EPOCH = datetime(2020, 3, 21, 6, 30, tzinfo=UTC)
ALMATY = {"name": "Almaty", "kind": "station", "latitude_deg": 43.24, "longitude_deg": 76.95}
ARCSEC = np.radians(1 / 3600)


def place(**keys):
    return GroundTarget(**{**ALMATY, "height_m": 800.0, **keys})


def ground(*targets, pressure_hPa=0.0, **sky):
    return Ground(targets or (place(),), Sky(EPOCH, **sky), pressure_hPa=pressure_hPa)


def geodetic(position_ecef_m):
    """Latitude and longitude in degrees and height in m, by astropy."""
    there = EarthLocation.from_geocentric(*position_ecef_m, unit=units.m).to_geodetic("WGS84")
    return there.lat.deg, there.lon.deg, there.height.to_value(units.m)


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-400, 20_000))
def test_a_place_is_where_astropys_ellipsoid_has_it(latitude, longitude, height):
    there = place(latitude_deg=latitude, longitude_deg=longitude, height_m=height)
    expected = EarthLocation.from_geodetic(longitude, latitude, height, "WGS84")
    expected_m = [axis.to_value(units.m) for axis in expected.geocentric]
    assert there.position_ecef_m(0.0) == pytest.approx(expected_m, abs=1e-6)


@pytest.mark.parametrize("time_s", [0.0, 5000.0, SEGMENT_s, 30_000.0])
def test_a_place_in_eci_agrees_with_astropy_to_an_arcsecond(time_s):
    moment = Time(EPOCH) + time_s * units.s
    there = EarthLocation.from_geodetic(76.95, 43.24, 800.0, "WGS84")
    expected = there.get_gcrs(moment).cartesian.xyz.to_value(units.m)
    ours = ground(ut1_minus_utc_s=float(Time(EPOCH).delta_ut1_utc))
    assert angle_between(ours.position_eci_m("Almaty", np.array([time_s]))[0], expected) < ARCSEC


def test_the_earths_quaternion_takes_ecef_to_eci():
    on_the_equator = place(latitude_deg=0.0, longitude_deg=0.0, height_m=0.0)
    here = ground(on_the_equator)
    turned = apply(here.q_eci_from_ecef(700.0), [6_378_137.0, 0.0, 0.0])
    assert turned == pytest.approx(here.position_eci_m("Almaty", np.array([700.0]))[0], abs=1e-6)


@pytest.mark.parametrize(
    ("course_deg", "moved"), [(0.0, [0, 0, 1]), (90.0, [0, 1, 0]), (180.0, [0, 0, -1])]
)
def test_a_course_is_clockwise_from_north(course_deg, moved):
    ship = place(latitude_deg=0, longitude_deg=0, course_deg=course_deg, speed_m_s=20.0)
    assert ship.velocity_ecef_m_s(0.0) == pytest.approx(20.0 * np.array(moved), abs=1e-5)


def test_an_aircraft_keeps_its_height_and_its_speed_through_a_pass():
    aircraft = place(height_m=10_000.0, course_deg=30.0, speed_m_s=250.0)
    for time_s in (0.0, 300.0, 600.0):
        assert geodetic(aircraft.position_ecef_m(time_s))[2] == pytest.approx(10_000.0, abs=1e-3)
        speed = np.linalg.norm(aircraft.velocity_ecef_m_s(time_s))
        assert speed == pytest.approx(250.0, rel=2e-4)
        assert aircraft.velocity_ecef_m_s(time_s) @ aircraft.up_ecef(time_s) < 1e-4


def test_velocity_is_the_rate_of_the_position():
    aircraft = place(height_m=10_000.0, course_deg=220.0, speed_m_s=250.0)
    moved = aircraft.position_ecef_m(301.0) - aircraft.position_ecef_m(299.0)
    assert aircraft.velocity_ecef_m_s(300.0) == pytest.approx(moved / 2.0, abs=1e-4)


def test_a_spacecraft_straight_above_stands_at_90_degrees_and_one_at_the_horizon_at_0():
    here, time_s = ground(), np.array([100.0, 100.0])
    up, across = place().up_ecef(0.0), np.array([-np.sin(np.radians(76.95)), 0.22579, 0.0])
    across -= (across @ up) * up
    place_m = place().position_ecef_m(0.0)
    q = here.q_eci_from_ecef(100.0)
    craft = apply(q, [place_m + 5e5 * up, place_m + 5e5 * across])
    elevation = np.degrees(here.elevation_rad("Almaty", time_s, craft))
    assert elevation == pytest.approx([90.0, 0.0], abs=1e-5)
    assert here.direction_eci("Almaty", time_s, craft)[0] == pytest.approx(-apply(q, up))


def test_a_course_without_a_speed_is_refused():
    with pytest.raises(ValidationError, match="course_deg and speed_m_s belong together"):
        place(course_deg=10.0)


def seen_from(position_m, velocity_m_s, target_m):
    """Where light from a moving place comes from: exact in light time and in aberration.

    target_m: its position at so many seconds before. Aberration by the full formula of special
    relativity (Urban and Seidelmann, Explanatory Supplement, 3rd edition, "Aberration").
    """
    light_s = 0.0
    for _ in range(5):
        there = target_m(light_s) - position_m
        light_s = np.linalg.norm(there) / 299_792_458.0
    line, beta = there / np.linalg.norm(there), velocity_m_s / 299_792_458.0
    gamma = 1.0 / np.sqrt(1.0 - beta @ beta)
    seen = line / gamma + beta + (gamma / (1.0 + gamma)) * (line @ beta) * beta
    return seen / np.linalg.norm(seen)


def test_an_apparent_target_is_where_its_light_comes_from():
    aircraft = place(height_m=10_000.0, course_deg=220.0, speed_m_s=250.0, apparent=True)
    here, time_s = ground(aircraft), np.array([300.0])
    up = here._in_eci(aircraft.up_ecef(time_s), time_s)[0]
    across = np.cross(up, [0.0, 0.0, 1.0])
    position = here.position_eci_m("Almaty", time_s)[0] + 5e5 * up + 3e5 * across
    velocity = 7500.0 * across / np.linalg.norm(across) + 800.0 * np.array([0.0, 0.0, 1.0])
    expected = seen_from(
        position, velocity, lambda ago_s: here.position_eci_m("Almaty", time_s - ago_s)[0]
    )
    seen = here.direction_eci("Almaty", time_s, position[None], velocity[None])[0]
    there = here.direction_eci("Almaty", time_s, position[None])[0]
    assert angle_between(seen, expected) < 1e-3 * ARCSEC
    assert angle_between(there, expected) > 3.0 * ARCSEC


def test_air_raises_an_apparent_target_towards_its_zenith():
    """Seen from 500 km 30 degrees above the horizon: 1.81 arcsec, rays traced for 510 km give 1.78.

    By test_physics_refraction; 800 m of height take 9 % away.
    """
    apparent, time_s = place(apparent=True), np.array([300.0])
    bare, air = ground(apparent), ground(apparent, pressure_hPa=1013.25)
    up = bare._in_eci(apparent.up_ecef(time_s), time_s)[0]
    across = np.cross(up, [0.0, 0.0, 1.0])
    level = across / np.linalg.norm(across)
    position = bare.position_eci_m("Almaty", time_s)[0] + 9.2e5 * (0.5 * up + 0.75**0.5 * level)
    velocity = np.zeros((1, 3))
    seen = air.direction_eci("Almaty", time_s, position[None], velocity)[0]
    straight = bare.direction_eci("Almaty", time_s, position[None], velocity)[0]
    assert angle_between(seen, straight) / ARCSEC == pytest.approx(1.78 * 0.91, rel=0.03)
    assert (seen - straight) @ up > 0.0


def test_a_target_that_is_not_apparent_stays_where_it_is():
    here, time_s, position = ground(), np.array([0.0]), np.array([[7e6, 0.0, 0.0]])
    geometric = here.direction_eci("Almaty", time_s, position)
    moving = here.direction_eci("Almaty", time_s, position, np.array([[0.0, 7500.0, 0.0]]))
    np.testing.assert_array_equal(moving, geometric)
