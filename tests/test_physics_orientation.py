"""How the Moon is turned, and the frame of two-line elements."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import GCRS, TEME, CartesianRepresentation
from astropy.time import Time

from hil.physics import rotations
from hil.physics.orientation import about_x, about_z, teme_from_eci
from hil.physics.sky import Sky, sky_at

ARCSEC = np.radians(1.0 / 3600.0)
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_quarter_turns_of_axes():
    np.testing.assert_allclose(about_z(np.pi / 2) @ [0, 1, 0], [1, 0, 0], atol=1e-15)
    np.testing.assert_allclose(about_x(np.pi / 2) @ [0, 0, 1], [0, 1, 0], atol=1e-15)


def moon_fixed_earth(date):
    view = sky_at(0.0, Sky(date, central_body="moon").segment(0.0)[0])
    return np.array(view.fixed_from_eci) @ view.third_m, np.array(view.fixed_from_eci)


def test_the_moon_shows_the_earth_one_face():
    """Librations: at most 8 degrees in longitude and 7 in latitude, nothing on the mean."""
    places = np.array([moon_fixed_earth(START + timedelta(days=k))[0] for k in range(6 * 365)])
    places /= np.linalg.norm(places, axis=-1, keepdims=True)
    longitude, latitude = np.degrees(np.arctan2(places[:, 1], places[:, 0])), places[:, 2]
    latitude = np.degrees(np.arcsin(latitude))
    assert 7.0 < np.abs(longitude).max() < 8.3
    assert 6.4 < np.abs(latitude).max() < 6.95
    assert abs(longitude.mean()) < 0.1
    assert abs(latitude.mean()) < 0.1


def test_the_moons_equator_is_inclined_to_the_ecliptic_by_cassinis_law():
    obliquity = np.radians(23.4393)
    ecliptic_pole = [0.0, -np.sin(obliquity), np.cos(obliquity)]
    for k in range(0, 3650, 30):
        pole = moon_fixed_earth(START + timedelta(days=k))[1][2]
        assert np.degrees(rotations.angle_between(pole, ecliptic_pole)) == pytest.approx(
            1.543, abs=0.045
        )


@pytest.mark.parametrize("year", [2004, 2015, 2026])
def test_frame_of_two_line_elements_agrees_with_astropy(year):
    time = Time(f"{year}-06-01T12:00:00", scale="utc")
    sky = Sky(datetime(year, 6, 1, 12, tzinfo=UTC))
    for axis in np.eye(3):
        there = CartesianRepresentation(axis * 7000 * units.km)
        expected = GCRS(there, obstime=time).transform_to(TEME(obstime=time))
        ours = teme_from_eci(sky.tt(0.0), sky.ut1(0.0)) @ axis
        assert rotations.angle_between(ours, expected.cartesian.xyz.value) < 1.0 * ARCSEC
