"""Star tracker: noise along and across, and when it is blind: by geometry, and only then."""

import math

import numpy as np
import pytest
from devices_bench import HALF, angle_deg, build, directions, row, samples, spread_tolerance
from hypothesis import assume, given
from hypothesis import strategies as st

from hil.devices.star_tracker import StarTracker
from hil.physics import rotations
from hil.physics.constants import MOON

ARCSEC = math.radians(1.0) / 3600.0
Z = (0.0, 0.0, 1.0)
EARTH_RADIUS_m = 6_378_136.3
NOTHING = (0.0, 0.0, 0.0, 0.0)


def tracker(seed=1, body=None, **keys):
    table = {
        "rate_hz": 10.0,
        "boresight_body": Z,
        "across_noise_arcsec": 0.0,
        "roll_noise_arcsec": 0.0,
    }
    where = {} if body is None else {"central_body": body}
    return build(seed, star_tracker=[StarTracker(**(table | keys))], **where)[0]


def errors_arcsec(q, seen):
    return rotations.rotation_vector(rotations.multiply(rotations.conjugate(q), seen)) / ARCSEC


def test_noise_is_small_across_and_larger_about_the_boresight():
    n = 20_000
    sensor = tracker(
        boresight_body=(0.0, -HALF, HALF), across_noise_arcsec=2.0, roll_noise_arcsec=10.0
    )
    q = np.array([HALF, 0.0, 0.0, HALF])  # quarter turn about x: body z lies along -y
    seen = samples(sensor, row(q_eci_from_body=q, position_eci_m=(7e6, 0.0, 0.0)), n)
    error = errors_arcsec(q, seen)
    # Single precision adds some 0.01 arcsec, far below four standard errors.
    along, across = error @ [0.0, -HALF, HALF], error @ [0.0, HALF, HALF]
    assert np.std(along) == pytest.approx(10.0, rel=spread_tolerance(n))
    assert np.std(error @ [1.0, 0.0, 0.0]) == pytest.approx(2.0, rel=spread_tolerance(n))
    assert np.std(across) == pytest.approx(2.0, rel=spread_tolerance(n))


def test_mounting_error_has_its_sigma_and_stays():
    units = 300
    sensors = [tracker(seed, mounting_error_sigma_arcsec=30.0) for seed in range(units)]
    q = np.array([0.0, 0.0, 0.0, 1.0])
    first, later = (
        errors_arcsec(q, [sensor.sample(k, row()).values for sensor in sensors]) for k in (0, 1)
    )
    np.testing.assert_array_equal(first, later)
    assert np.std(first) == pytest.approx(30.0, rel=spread_tolerance(3 * units))


@given(directions(), st.sampled_from([0.0, 0.3, 1.0]))
def test_the_sun_blinds_inside_its_exclusion_cone_and_only_there(sun, lit):
    away = angle_deg(sun, Z)
    assume(abs(away - 40.0) > 1e-6)
    sample = tracker(sun_exclusion_deg=40.0).sample(0, row(sun_eci=sun, sunlit=lit))
    assert sample.valid == (away > 40.0 or lit == 0.0)
    assert (sample.values == NOTHING) != sample.valid


@given(directions())
def test_the_moon_blinds_inside_its_exclusion_cone_and_only_there(moon):
    away = angle_deg(moon, Z)
    assume(abs(away - 15.0) > 1e-6)
    sample = tracker(moon_exclusion_deg=15.0).sample(0, row(third_body_eci=moon))
    assert sample.valid == (away > 15.0)


@given(directions(), st.floats(6.6e6, 4.2e7))
def test_the_planet_blinds_up_to_the_exclusion_angle_from_its_limb_and_only_there(up, r):
    limb = math.degrees(math.asin(EARTH_RADIUS_m / r))
    nadir = [-x for x in up]
    from_limb = angle_deg(nadir, Z) - limb
    assume(abs(from_limb - 25.0) > 1e-6)
    place = tuple(r * x for x in up)
    sample = tracker(limb_exclusion_deg=25.0).sample(0, row(position_eci_m=place))
    assert sample.valid == (from_limb > 25.0)


@given(directions(), directions(), directions())
def test_nothing_bright_may_be_in_the_field_of_view(sun, moon, up):
    limb = math.degrees(math.asin(EARTH_RADIUS_m / 7e6))
    nearest = min(angle_deg(sun, Z), angle_deg(moon, Z), angle_deg([-x for x in up], Z) - limb)
    assume(abs(nearest - 10.0) > 1e-6)
    truth = row(sun_eci=sun, third_body_eci=moon, position_eci_m=[7e6 * x for x in up])
    sample = tracker(field_of_view_deg=20.0).sample(0, truth)
    assert sample.valid == (nearest > 10.0)


@given(directions(), st.floats(0.0, 5.0))
def test_turning_too_fast_blinds(axis, rate_deg_s):
    assume(abs(rate_deg_s - 2.0) > 1e-9)
    rate = np.radians(rate_deg_s) * np.array(axis)
    sample = tracker(rate_limit_deg_s=2.0).sample(0, row(rate_body_rad_s=rate))
    assert sample.valid == (rate_deg_s < 2.0)


def test_the_planet_is_as_large_as_the_one_that_is_orbited():
    high_above_the_moon = row(position_eci_m=(4e6, 0.0, 0.0))  # its limb is 64 degrees away
    assert tracker(limb_exclusion_deg=30.0, body=MOON).sample(0, high_above_the_moon).valid
    assert not tracker(limb_exclusion_deg=30.0).sample(0, high_above_the_moon).valid


def test_after_blindness_it_needs_its_acquisition_time():
    sensor = tracker(acquisition_s=0.5, sun_exclusion_deg=30.0)
    blind, clear = row(sun_eci=Z), row()
    assert sensor.sample(0, clear).valid  # at work when the run begins
    assert not sensor.sample(1, blind).valid
    later = [sensor.sample(2 + k, clear) for k in range(8)]
    assert [sample.valid for sample in later] == [False] * 5 + [True] * 3
    assert all(sample.values == NOTHING for sample in later[:5])
