"""Sun, Moon and the Earth's orientation against astropy; the polynomials between the ends."""

from datetime import UTC, datetime, timedelta

import de421
import numpy as np
import pytest
from astropy import units
from astropy.coordinates import GCRS, ITRS, CartesianRepresentation, get_sun
from astropy.time import Time
from astropy.utils import iers
from jplephem.ephem import Ephemeris

from hil.physics import rotations
from hil.physics.sky import SEGMENT_s, Sky, sky_at

iers.conf.auto_download = False
ARCSEC = np.radians(1.0 / 3600.0)
DATES = [datetime(2014, 4, 30, 1, 35, tzinfo=UTC) + timedelta(days=211.37 * k) for k in range(20)]


def sky_of(date, **options):
    sky = Sky(date, **options)
    segment = sky.segment(0.0)
    return lambda time_s: sky_at(time_s, segment[0])


def astropy_direction(body):
    xyz = body.cartesian.xyz.to_value(units.m)
    return xyz / np.linalg.norm(xyz)


@pytest.mark.parametrize("date", DATES)
@pytest.mark.parametrize("after_s", [0.0, 0.37 * SEGMENT_s, SEGMENT_s])
def test_the_sun_agrees_with_astropy(date, after_s):
    view = sky_of(date)(after_s)
    time = Time(date) + after_s * units.s
    assert rotations.angle_between(view.sun_m, astropy_direction(get_sun(time))) < 0.1 * ARCSEC


@pytest.fixture(scope="module")
def jpl():
    """DE421: W. M. Folkner, J. G. Williams, D. H. Boggs, IOM 343R-08-003, JPL, 2008."""
    return Ephemeris(de421)


def test_the_moon_agrees_with_de421(jpl):
    """Twenty years, every 10.37 days and a part of a segment on: direction and distance."""
    for k in range(700):
        date = DATES[0] + timedelta(days=10.37 * k)
        after_s = SEGMENT_s * (k % 7) / 6.0
        ours = np.array(sky_of(date)(after_s).third_m)
        expected = 1e3 * jpl.position("moon", (Time(date) + after_s * units.s).tdb.jd).ravel()
        assert rotations.angle_between(ours, expected) < 20.0 * ARCSEC
        assert np.linalg.norm(ours - expected) < 20.0 * ARCSEC * np.linalg.norm(expected)


@pytest.mark.parametrize("date", DATES)
@pytest.mark.parametrize("after_s", [0.0, 0.37 * SEGMENT_s, SEGMENT_s])
def test_earth_orientation_agrees_with_astropy(date, after_s):
    time = Time(date) + after_s * units.s
    view = sky_of(date, ut1_minus_utc_s=float(Time(date).delta_ut1_utc))(after_s)
    for axis in np.eye(3):
        there = CartesianRepresentation(axis * 7000 * units.km)
        expected = GCRS(there, obstime=time).transform_to(ITRS(obstime=time))
        ours = np.array(view.fixed_from_eci) @ axis
        assert rotations.angle_between(ours, expected.cartesian.xyz.value) < 1.0 * ARCSEC


def test_next_segment_continues_the_last():
    sky = Sky(datetime(2026, 3, 21, tzinfo=UTC))
    before, after = (sky_at(SEGMENT_s, sky.segment(t)[0]) for t in (0.0, SEGMENT_s))
    np.testing.assert_allclose(before.sun_m, after.sun_m, rtol=1e-12)
    np.testing.assert_allclose(before.third_m, after.third_m, rtol=1e-12)
    np.testing.assert_allclose(before.fixed_from_eci, after.fixed_from_eci, atol=1e-11)


def test_from_the_moon_the_earth_is_the_third_body():
    date = datetime(2026, 3, 21, tzinfo=UTC)
    earth_view, moon_view = sky_of(date)(100.0), sky_of(date, central_body="moon")(100.0)
    np.testing.assert_allclose(moon_view.third_m, np.negative(earth_view.third_m))
    expected = np.subtract(earth_view.sun_m, earth_view.third_m)
    np.testing.assert_allclose(moon_view.sun_m, expected)


def test_a_pole_held_still_is_eci_z():
    view = sky_of(datetime(2026, 3, 21, tzinfo=UTC), precession_nutation=False)(1000.0)
    assert view.fixed_from_eci[2] == (0.0, 0.0, 1.0)
