"""Stellar aberration, and what else a star tracker is off by for long."""

import math

import erfa
import numpy as np
import pytest
from devices_bench import HALF, build, row

from hil.bench import run
from hil.devices.star_tracker import StarTracker
from hil.physics import rotations
from hil.physics.aberration import earth_velocity
from hil.physics.constants import ASTRONOMICAL_UNIT_m, SPEED_OF_LIGHT_m_s
from hil.recording import Recording

ARCSEC = math.radians(1.0) / 3600.0
AU_PER_DAY_m_s = ASTRONOMICAL_UNIT_m / 86_400.0
AT_x_m_s = np.array([7.5e3, 0.0, 0.0])


def earth(day):
    """Unit vector to the Sun and the Earth's barycentric velocity in m/s, by IAU SOFA's epv00."""
    heliocentric, barycentric = erfa.epv00(2_451_545.0, day)
    sun = -np.array(heliocentric["p"])
    return sun / np.linalg.norm(sun), AU_PER_DAY_m_s * np.array(barycentric["v"])


def test_the_earths_velocity_follows_from_where_the_sun_is():
    """Every week from 2000 to 2040: 30 m/s are 0.02 arcsec."""
    for day in range(0, 14_600, 7):
        sun, velocity = earth(day)
        assert np.linalg.norm(np.array(earth_velocity(tuple(sun))) - velocity) < 35.0


def seen_by(sun, q, boresight=(0.0, 0.0, 1.0), velocity_m_s=AT_x_m_s, **keys):
    table = {"rate_hz": 10.0, "boresight_body": boresight}
    noise = {"across_noise_arcsec": 0.0, "roll_noise_arcsec": 0.0}
    sensor = build(1, star_tracker=[StarTracker(**table, **noise, **keys)])[0]
    truth = row(
        q_eci_from_body=q, sun_eci=sun, velocity_eci_m_s=velocity_m_s, position_eci_m=(7e6, 0, 0)
    )
    return np.array(sensor.sample(0, truth).values)


@pytest.mark.parametrize(("aberration", "annual"), [("orbital", 0.0), ("all", 1.0)])
@pytest.mark.parametrize("day", [0, 91, 182, 273])
def test_the_star_at_the_boresight_is_seen_where_relativity_puts_it(aberration, annual, day):
    """IAU SOFA's ab, and the tracker's catalogue that knows nothing of it."""
    sun, velocity = earth(day)
    total = (annual * velocity + AT_x_m_s) / SPEED_OF_LIGHT_m_s
    q = np.array([0.3, -0.5, 0.1, 0.8]) / np.linalg.norm([0.3, -0.5, 0.1, 0.8])
    boresight = (0.0, -HALF, HALF)
    star = rotations.apply(q, boresight)
    shown = erfa.ab(star, total, 1.0, math.sqrt(1.0 - total @ total))
    at_pixel = rotations.apply(rotations.conjugate(q), shown)
    believed = rotations.apply(seen_by(sun, q, boresight, aberration=aberration), at_pixel)
    # Single precision of the quaternion: 0.02 arcsec.
    assert rotations.angle_between(believed, star) < 0.06 * ARCSEC
    assert rotations.angle_between(rotations.apply(q, at_pixel), star) > 2.0 * ARCSEC


def test_a_corrected_tracker_shows_none_of_it():
    sun, _ = earth(0)
    q = np.array([0.0, 0.0, 0.0, 1.0])
    np.testing.assert_array_equal(seen_by(sun, q), q)


def last_estimate(rig, tmp_path, left_in, taken_out):
    rig = rig.with_overrides(duration_s=60.0)
    craft = rig.spacecraft
    tracker = craft.star_tracker[0].model_copy(update={"aberration": left_in})
    own = {**craft.flight_software, "star_tracker_aberration": taken_out}
    craft = craft.model_copy(update={"star_tracker": (tracker,), "flight_software": own})
    rig = rig.model_copy(update={"spacecraft": craft})
    recording = Recording(run(rig, "library", tmp_path / "a.mcap").recording)
    truth, told = recording["truth_q_eci_from_body"], recording["estimate_q_eci_from_body"]
    return rotations.rotation_vector(rotations.multiply(rotations.conjugate(truth), told))[-1]


@pytest.mark.parametrize(("left_in", "taken_out"), [("all", 2.0), ("orbital", 1.0)])
def test_the_flight_software_takes_out_what_the_tracker_leaves_in(
    nadir, tmp_path, left_in, taken_out
):
    none = last_estimate(nadir, tmp_path, "none", 0.0)
    corrected = last_estimate(nadir, tmp_path, left_in, taken_out)
    uncorrected = last_estimate(nadir, tmp_path, left_in, 0.0)
    assert np.linalg.norm(corrected - none) < 0.2 * ARCSEC
    assert np.linalg.norm(uncorrected - none) > 2.0 * ARCSEC


def second_tracker_alone(rig, tmp_path, left_in, taken_out, boresight):
    """How far the estimate is off at last, by a second star tracker that looks elsewhere."""
    silent = {"name": "first", "device": "star_tracker 0", "kind": "silent", "at_s": 0.0}
    craft = rig.spacecraft
    first = craft.star_tracker[0]
    second = first.model_copy(update={"aberration": left_in, "boresight_body": (0.0, 0.0, -1.0)})
    axis = dict(zip("xyz", boresight, strict=True))
    own = {
        **craft.flight_software,
        "star_tracker_aberration": taken_out,
        **{f"star_tracker_1_boresight_{each}_body": axis[each] for each in axis},
    }
    craft = craft.model_copy(update={"star_tracker": (first, second), "flight_software": own})
    rig = rig.model_copy(update={"spacecraft": craft})
    rig = rig.with_overrides(duration_s=60.0, fault=[silent])
    rig = rig.model_copy(update={"spacecraft": craft})
    recording = Recording(run(rig, "library", tmp_path / "a.mcap").recording)
    truth, told = recording["truth_q_eci_from_body"], recording["estimate_q_eci_from_body"]
    return rotations.rotation_vector(rotations.multiply(rotations.conjugate(truth), told))[-1]


def test_it_takes_out_what_a_second_tracker_leaves_in_if_it_knows_where_that_looks(nadir, tmp_path):
    up, unknown = (0.0, 0.0, -1.0), (0.0, 0.0, 0.0)
    none = second_tracker_alone(nadir, tmp_path, "none", 0.0, up)
    corrected = second_tracker_alone(nadir, tmp_path, "all", 2.0, up)
    uncorrected = second_tracker_alone(nadir, tmp_path, "all", 2.0, unknown)
    assert np.linalg.norm(corrected - none) < 0.2 * ARCSEC
    assert np.linalg.norm(uncorrected - none) > 2.0 * ARCSEC


def test_the_nadir_rig_flies_with_aberration_and_knows_it(nadir):
    assert nadir.spacecraft.star_tracker[0].aberration == "all"
    assert nadir.spacecraft.flight_software["star_tracker_aberration"] == 2.0


# ---- what else is slow ---------------------------------------------------------------------------

UNIT = np.array([0.0, 0.0, 0.0, 1.0])


def off_arcsec(n, truths, **keys):
    """Rotation vectors (n, 3) by which a tracker of 1 Hz is off, in single precision."""
    table = {"rate_hz": 1.0, "boresight_body": (0.0, 0.0, 1.0), "rate_limit_deg_s": 10.0}
    noise = {"across_noise_arcsec": 0.0, "roll_noise_arcsec": 0.0}
    sensor = build(1, step_s=1.0, star_tracker=[StarTracker(**table, **noise, **keys)])[0]
    told = []
    for k in range(n):
        truth = truths(k)
        q = np.array(sensor.sample(k, truth).values)
        told.append(
            rotations.rotation_vector(rotations.multiply(rotations.conjugate(truth[:4]), q))
        )
    return np.array(told) / ARCSEC


def at_rest(_):
    return row(position_eci_m=(7e6, 0.0, 0.0))


def test_a_slow_error_has_its_sigma_and_its_time():
    off = off_arcsec(40_000, at_rest, slow_error_sigma_arcsec=5.0, slow_error_correlation_s=20.0)
    assert np.std(off) == pytest.approx(5.0, rel=0.06)  # 6 000 independent ones, four sigma
    kept = np.mean(off[20:] * off[:-20]) / np.mean(off**2)
    assert kept == pytest.approx(math.exp(-1.0), abs=0.08)


def test_turning_the_boresight_forgets_a_slow_error():
    """Two degrees a sample, about a body axis across the boresight, with a memory of four."""

    def turning(k):
        q = rotations.from_rotation_vector([math.radians(2.0) * (k % 2), 0.0, 0.0])
        return row(q_eci_from_body=q, position_eci_m=(7e6, 0.0, 0.0))

    keys = {"slow_error_sigma_arcsec": 5.0, "slow_error_correlation_s": 1e6}
    off = off_arcsec(20_000, turning, slow_error_correlation_deg=4.0, **keys)
    kept = np.mean(off[1:] * off[:-1]) / np.mean(off**2)
    assert kept == pytest.approx(math.exp(-0.5), abs=0.03)


def test_a_late_stamp_leaves_a_turning_tracker_behind():
    """0.3 deg/s and 10 ms: 10.8 arcsec."""
    rate = (0.0, math.radians(0.3), 0.0)
    turning = row(rate_body_rad_s=rate, position_eci_m=(7e6, 0.0, 0.0))
    off = off_arcsec(1, lambda _: turning, late_stamp_s=0.010)
    np.testing.assert_allclose(off[0], [0.0, -10.8, 0.0], atol=0.05)


def test_the_suns_heat_bends_it_slowly():
    keys = {"bending_body_arcsec": (20.0, 0.0, -10.0), "bending_time_s": 100.0}
    off = off_arcsec(
        400,
        lambda k: row(sunlit=0.0 if k < 100 else 1.0, position_eci_m=(7e6, 0.0, 0.0)),
        **keys,
    )
    np.testing.assert_allclose(off[:100], 0.0, atol=0.03)
    share = 1.0 - math.exp(-1.0)
    np.testing.assert_allclose(off[199], [20.0 * share, 0.0, -10.0 * share], atol=0.1)
