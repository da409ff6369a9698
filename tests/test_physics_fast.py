"""What turns fast: bodies up to 1 100 deg/s, great momentum, short pulses, shaken vibrations."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from physics_cases import (
    EMPTY,
    NO_DIPOLE,
    by_quick_steps_alone,
    low_orbit,
    part,
    skewed_axes,
    truth,
    wheel,
)
from physics_cases import INERTIA as INERTIA_OF_BODY
from scipy.integrate import solve_ivp

from hil.physics import rotations
from hil.physics.fine_step import REACH, STAGES, WEIGHT
from hil.physics.kernel import CORE_SIZE
from hil.physics.spacecraft import Body, FlexibleMode, ThrusterModel
from hil.physics.step import calm_rate_rad_s

ARCSEC = math.radians(1.0) / 3600.0
LONG = (0.0333, 0.0333, 0.0067)  # principal moments of 3 units in a row, kg m^2
LOPSIDED = (0.05, 0.03, 0.021)
RATES_deg_s = (1.0, 10.0, 60.0, 180.0, 360.0, 720.0, 1100.0)
NO_WHEEL = np.zeros(0)


def body(moments, mass_kg=4.0):
    return Body(mass_kg=mass_kg, inertia_body_kg_m2=tuple(map(tuple, np.diag(moments))))


def turned_by(a, b):
    return float(rotations.angle(rotations.multiply(rotations.conjugate(a), b)))


def spun(moments, rate_rad_s, time_s, step_s=0.05, **parts):
    """The world after so much time without torque."""
    world = truth(body=body(moments), rate_body_rad_s=rate_rad_s, step_s=step_s, **parts)
    world.advance(round(time_s / step_s), np.zeros(len(parts.get("wheels", ()))), NO_DIPOLE)
    return world


def symmetric_top(moments, rate_rad_s, time_s):
    """Attitude of a body with two like moments that began at the unit quaternion.

    An even turn about the momentum, and one about its own axis (Markley & Crassidis, 3.3.3).
    """
    across, _, along = moments
    momentum = np.multiply(moments, rate_rad_s)
    own = rate_rad_s[2] * (1.0 - along / across)
    turns = [time_s / across * momentum, np.array([0.0, 0.0, own * time_s])]
    return rotations.multiply(*(rotations.from_rotation_vector(turn) for turn in turns))


@pytest.mark.parametrize("step_s", [0.05, 0.1])
@pytest.mark.parametrize("rate_deg_s", RATES_deg_s)
def test_a_spinning_body_is_followed_to_a_tenth_of_an_arcsecond(rate_deg_s, step_s):
    """Nutation at 45 degrees for ten minutes, against the closed form."""
    rate = math.radians(rate_deg_s) * np.array([1.0, 0.0, 1.0]) / math.sqrt(2.0)
    world = spun(LONG, rate, 600.0, step_s)
    expected = symmetric_top(LONG, rate, 600.0)
    assert turned_by(part(world, "q_eci_from_body"), expected) < 0.1 * ARCSEC


@pytest.mark.parametrize("rate_deg_s", RATES_deg_s)
def test_a_tumbling_body_keeps_momentum_and_energy(rate_deg_s):
    """A body of three moments, near its middle axis, for ten minutes."""
    rate = math.radians(rate_deg_s) * np.array([0.05, 1.0, 0.05]) / math.hypot(0.05, 1.0, 0.05)
    world = spun(LOPSIDED, rate, 600.0)
    start, now = np.multiply(LOPSIDED, rate), part(world, "rate_body_rad_s")
    momentum = rotations.apply(part(world, "q_eci_from_body"), LOPSIDED * now)
    assert np.linalg.norm(momentum - start) < 1e-9 * np.linalg.norm(start)  # measured 6e-11
    assert now @ (LOPSIDED * now) == pytest.approx(rate @ start, rel=1e-10)  # measured 4e-12


def reference(moments, rate_rad_s, time_s):
    """Attitude by DOP853 at 1e-13 from Euler's equations."""

    def slope(_, state):
        rate = state[4:]
        turn = rotations.multiply(state[:4], np.append(rate, 0.0))
        return np.append(0.5 * turn, -np.cross(rate, moments * rate) / moments)

    start = np.concatenate([[0.0, 0.0, 0.0, 1.0], rate_rad_s])
    end = solve_ivp(slope, (0.0, time_s), start, "DOP853", rtol=1e-13, atol=1e-15).y[:4, -1]
    return end / np.linalg.norm(end)


@pytest.mark.parametrize("rate_deg_s", [60.0, 1100.0])
def test_a_tumbling_body_agrees_with_a_tight_integration(rate_deg_s):
    moments, time_s = np.array(LOPSIDED), 600.0 / rate_deg_s * 10.0
    rate = math.radians(rate_deg_s) * np.array([0.6, 0.0, 0.8])
    time_s = 0.1 * round(10.0 * time_s)
    world = spun(moments, rate, time_s)
    expected = reference(moments, rate, time_s)
    assert turned_by(part(world, "q_eci_from_body"), expected) < 0.01 * ARCSEC


def test_without_finer_pieces_the_spin_would_be_lost():
    rate = np.array([0.0, 0.0, math.radians(720.0)])
    blind = by_quick_steps_alone(truth(body=body(LONG), rate_body_rad_s=rate))
    blind.advance(12_000, NO_WHEEL, NO_DIPOLE)
    assert turned_by(part(blind, "q_eci_from_body"), symmetric_top(LONG, rate, 600.0)) > 0.1
    seen = spun(LONG, rate, 600.0)
    np.testing.assert_allclose(part(seen, "rate_body_rad_s"), rate, rtol=1e-12)


def test_a_rate_that_grows_in_the_run_is_followed():
    """A thruster spins the body up to 1 146 deg/s: its angle is half the acceleration, squared."""
    jet = ThrusterModel(position_body_m=(0.1, 0, 0), direction_body=(0, 1.0, 0), thrust_N=0.00134)
    world = truth(body=body(LONG, mass_kg=1e9), thrusters=[jet])
    world.fire([1000.0])
    world.advance(20_000, NO_WHEEL, NO_DIPOLE)
    acceleration = 0.000134 / 0.0067
    assert part(world, "rate_body_rad_s")[2] == pytest.approx(20.0, rel=1e-10)
    angle = 0.5 * acceleration * 1000.0**2
    expected = rotations.from_rotation_vector([0.0, 0.0, math.remainder(angle, 2.0 * math.pi)])
    assert turned_by(part(world, "q_eci_from_body"), expected) < 0.1 * ARCSEC


def test_great_momentum_in_a_wheel_turns_a_body_fast():
    """1 N m s across LONG: a rate at right angles to it turns at h / J, 30 rad/s, in the body."""
    big = wheel(axis=(0, 0, 1.0), spin_inertia_kg_m2=2e-3, initial_speed_rad_s=500.0)
    rate = np.array([0.02, 0.0, 0.0])
    world = spun(LONG, rate, 60.0, wheels=[big])
    angle = 1.0 / LONG[0] * 60.0
    expected = [0.02 * math.cos(angle), 0.02 * math.sin(angle), 0.0]
    np.testing.assert_allclose(part(world, "rate_body_rad_s"), expected, rtol=0.0, atol=1e-9)


def test_what_turns_too_fast_to_follow_ends_the_run_in_words():
    world = truth(rate_body_rad_s=(2e4, 0.0, 0.0))
    with pytest.raises(ValueError, match=r"turns faster than 10000 rad/s \(5.73e\+05 deg/s\) at"):
        world.advance(1, NO_WHEEL, NO_DIPOLE)


def test_the_order_of_the_finer_step_is_eight():
    """y' = y cos t from 1: exp(sin t)."""

    def error(steps):
        h, t, y = 2.0 / steps, 0.0, 1.0
        for _ in range(steps):
            slopes = np.zeros(STAGES)
            for s in range(STAGES):
                at = t + h * REACH[s].sum()
                slopes[s] = (y + h * REACH[s] @ slopes) * math.cos(at)
            t, y = t + h, y + h * WEIGHT @ slopes
        return abs(y - math.exp(math.sin(2.0)))

    assert math.log2(error(4) / error(8)) == pytest.approx(8.0, abs=0.2)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 0.1), st.floats(0.1, 20.0))
def test_a_run_cut_anywhere_is_the_same_bits_when_fast(step_s, rate_rad_s):
    whole, pieces = (
        truth(rate_body_rad_s=(rate_rad_s, 0.1, -rate_rad_s), step_s=step_s) for _ in range(2)
    )
    whole.advance(7, NO_WHEEL, NO_DIPOLE)
    for n in (1, 4, 2):
        pieces.advance(n, NO_WHEEL, NO_DIPOLE)
    np.testing.assert_array_equal(whole.row, pieces.row)


def test_a_slow_body_takes_the_quick_step():
    """Detumbling from 20 deg/s at the ordinary step does not pay for what spins."""
    assert math.degrees(calm_rate_rad_s(0.05)) == pytest.approx(38.0, abs=0.5)
    assert calm_rate_rad_s(0.025) == pytest.approx(2**0.8 * calm_rate_rad_s(0.05))


# ---- valves that shut within a step --------------------------------------------------------------


@pytest.mark.parametrize("pulse_s", [0.007, 0.02, 0.05, 0.07])
@pytest.mark.parametrize("step_s", [0.05, 0.1])
def test_pulses_shorter_than_a_step_turn_the_body_as_they_should(pulse_s, step_s):
    """The angle of each pulse in closed form, ten minutes of pulses to and fro."""
    jets = [
        ThrusterModel(position_body_m=(x, 0, 0), direction_body=(0, 1.0, 0), thrust_N=0.01)
        for x in (0.1, -0.1)
    ]
    world = truth(body=body(LONG, mass_kg=1e9), thrusters=jets, step_s=step_s)
    period_s, acceleration = 1.0, 0.001 / LONG[2]
    angle = rate = 0.0
    for k in range(600):
        sign = 1.0 if k % 2 == 0 else -1.0
        world.fire([pulse_s, 0.0] if sign > 0 else [0.0, pulse_s])
        world.advance(round(period_s / step_s), NO_WHEEL, NO_DIPOLE)
        gain = sign * acceleration * pulse_s
        angle += rate * period_s + gain * (period_s - 0.5 * pulse_s)
        rate += gain
    expected = rotations.from_rotation_vector([0.0, 0.0, math.remainder(angle, 2.0 * math.pi)])
    assert turned_by(part(world, "q_eci_from_body"), expected) < 1e-4 * ARCSEC
    np.testing.assert_allclose(part(world, "thruster_impulse_N_s"), 3.0 * pulse_s, rtol=1e-12)


# ---- imbalance and vibration ---------------------------------------------------------------------

INERTIA = 0.1
MODE_Hz, DAMPING, COUPLING = 10.54, 0.01, 0.1
DYNAMIC_kg_m2 = 1e-6


def shaken_angle(speed_rad_s):
    """Amplitude of the body's angle about x from its equations: J a + d e'' = U w^2 exp(i w t)."""
    w, n = speed_rad_s, 2.0 * math.pi * MODE_Hz
    mode = -(w**2) + 2j * DAMPING * n * w + n**2
    return abs(DYNAMIC_kg_m2 * w**2 / (-(w**2) * (INERTIA - COUPLING**2 * -(w**2) / mode)))


@pytest.mark.parametrize("part_of_mode", [0.3, 0.9, 1.0, 1.05, 2.0])
def test_imbalance_shakes_a_flexible_mode(part_of_mode):
    speed = part_of_mode * 2.0 * math.pi * MODE_Hz
    shaking = wheel(axis=(0, 0, 1.0), spin_inertia_kg_m2=1e-9, initial_speed_rad_s=speed,
        dynamic_imbalance_kg_m2=DYNAMIC_kg_m2)  # fmt: skip
    mode = FlexibleMode(
        frequency_hz=MODE_Hz, damping_ratio=DAMPING, coupling_body_sqrt_kg_m=(COUPLING, 0.0, 0.0)
    )
    step_s = 0.004
    world = truth(body=body((INERTIA,) * 3), wheels=[shaking], flexible_modes=[mode], step_s=step_s)
    world.advance(round(30.0 / step_s), np.zeros(1), NO_DIPOLE)  # until it rings evenly
    turns = []
    for _ in range(500):
        world.advance(1, np.zeros(1), NO_DIPOLE)
        turns.append(rotations.rotation_vector(part(world, "q_eci_from_body"))[0])
    time = step_s * np.arange(500)
    shape = [np.cos(speed * time), np.sin(speed * time), np.ones(500), time]
    fitted = np.linalg.lstsq(np.transpose(shape), np.array(turns), rcond=None)[0]
    assert math.hypot(*fitted[:2]) == pytest.approx(shaken_angle(speed), rel=2e-3)


def test_balanced_wheels_do_not_pay_for_a_mode():
    mode = FlexibleMode(frequency_hz=1.0, damping_ratio=0.01, coupling_body_sqrt_kg_m=(0.1, 0, 0))
    balanced = truth(wheels=[wheel()], flexible_modes=[mode], step_s=0.05)
    unbalanced = truth(
        wheels=[wheel(dynamic_imbalance_kg_m2=1e-9)], flexible_modes=[mode], step_s=0.05
    )
    assert balanced._records.body["shaken"] == 0.0
    assert unbalanced._records.body["shaken"] == 1.0


MODES = [
    FlexibleMode(frequency_hz=0.8, damping_ratio=0.005, coupling_body_sqrt_kg_m=(0.1, 0.02, 0.0)),
    FlexibleMode(frequency_hz=2.3, damping_ratio=0.005, coupling_body_sqrt_kg_m=(0.0, 0.05, 0.1)),
]


def momentum_eci(world, wheels):
    """The momentum of body, wheels and vibrations, from the equations of hil.physics.dynamics."""
    spins = zip(part(world, "wheel_speed_rad_s"), wheels, strict=True)
    rates = world._state[CORE_SIZE + len(wheels) + len(MODES) :]
    total = np.array(INERTIA_OF_BODY) @ part(world, "rate_body_rad_s")
    total += sum(w.spin_inertia_kg_m2 * speed * np.array(w.axis_body) for speed, w in spins)
    pairs = zip(rates, MODES, strict=False)
    total += sum(rate * np.array(mode.coupling_body_sqrt_kg_m) for rate, mode in pairs)
    return rotations.apply(part(world, "q_eci_from_body"), total)


@pytest.mark.parametrize("rate_deg_s", [1.0, 10.0, 60.0, 360.0])
def test_wheels_and_vibrations_in_a_spinning_body_keep_the_momentum(rate_deg_s):
    """Three wheels driven to and fro for five minutes; measured 3e-10 at 60 deg/s."""
    rate = math.radians(rate_deg_s) * np.array([0.2, 0.9, 0.3])
    wheels = [
        wheel(axis=axis, initial_speed_rad_s=speed)
        for axis, speed in zip(skewed_axes(3), (300.0, -200.0, 500.0), strict=True)
    ]
    world = truth(wheels=wheels, flexible_modes=MODES, rate_body_rad_s=rate, step_s=0.02)
    start = momentum_eci(world, wheels)
    for k in range(60):
        world.advance(250, np.array([1e-3, -1e-3, 5e-4]) * (-1) ** k, NO_DIPOLE)
    lost = np.linalg.norm(momentum_eci(world, wheels) - start)
    assert lost < 1e-9 * np.linalg.norm(start)


# ---- a wheel at its speed limit ------------------------------------------------------------------


@pytest.mark.parametrize("step_s", [0.01, 0.02, 0.05, 0.1])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_wheel_reaches_its_speed_limit_at_any_step(step_s, sign):
    limited = wheel(
        speed_max_rad_s=890.0, coulomb_friction_Nm=2e-5, viscous_friction_Nm_s=2e-7,
        initial_speed_rad_s=800.0 * sign,
    )  # fmt: skip
    world = truth(wheels=[limited], orbit=low_orbit(), environment=EMPTY, step_s=step_s)
    world.advance(round(60.0 / step_s), np.array([4e-3 * sign]), NO_DIPOLE)
    assert part(world, "wheel_speed_rad_s")[0] == pytest.approx(890.0 * sign, abs=1e-6)


def test_a_motor_too_weak_for_its_friction_stays_below_the_limit():
    weak = wheel(torque_max_Nm=1e-4, viscous_friction_Nm_s=2e-7, initial_speed_rad_s=400.0)
    world = truth(wheels=[weak], step_s=0.05)
    world.advance(72_000, np.array([1e-4]), NO_DIPOLE)
    assert part(world, "wheel_speed_rad_s")[0] == pytest.approx(1e-4 / 2e-7, rel=1e-3)
