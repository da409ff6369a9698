"""Actuators: what a command becomes, in its time, and what becomes of one that is no number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hil.devices.rod import Rod, RodDrives
from hil.devices.thruster import Thruster, ThrusterDrives
from hil.devices.wheel import Wheel, WheelDrives

NOT_NUMBERS = [math.nan, math.inf, -math.inf]


def wheel(**keys):
    table = {
        "axis_body": (1.0, 0.0, 0.0),
        "spin_inertia_kg_m2": 2e-5,
        "torque_max_Nm": 4e-3,
        "speed_max_rad_s": 600.0,
        "tachometer_rate_hz": 10.0,
    }
    return Wheel(**({"name": "x"} | table | keys))


def rod(axis, **keys):
    return Rod(**({"axis_body": axis, "dipole_max_A_m2": 0.3} | keys))


def thruster(**keys):
    table = {
        "position_body_m": (0.0, 0.0, 0.1),
        "direction_body": (1.0, 0.0, 0.0),
        "thrust_N": 0.01,
    }
    return Thruster(**({"name": "a"} | table | keys))


def test_wheel_torque_is_rounded_limited_and_scaled():
    drives = WheelDrives([wheel(), wheel(torque_resolution_Nm=1e-3), wheel(torque_gain=1.1)])
    np.testing.assert_allclose(drives.command([-9.0, 2.4e-3, 1e-3]), [-4e-3, 2e-3, 1.1e-3])
    assert drives.rejected == 0


def test_wire_may_carry_more_torques_than_there_are_wheels():
    assert WheelDrives([wheel()]).command((1e-3, 9.0, 9.0, 9.0)).tolist() == [1e-3]


@pytest.mark.parametrize("value", NOT_NUMBERS)
def test_wheel_refuses_what_is_no_number_and_keeps_its_torque(value):
    drives = WheelDrives([wheel(), wheel()])
    drives.command([1e-3, 2e-3])
    np.testing.assert_allclose(drives.command([value, 3e-3]), [1e-3, 3e-3])
    assert drives.rejected == 1


def test_rods_share_a_dipole_along_their_axes():
    axes = [(1.0, 0.0, 0.0), (0.0, 0.6, 0.8), (0.0, -0.8, 0.6)]
    drives = RodDrives([rod(axis) for axis in axes])
    np.testing.assert_allclose(drives.command([0.1, -0.2, 0.05]), [0.1, -0.2, 0.05])


def test_a_rod_mounted_other_than_its_drive_believes_turns_the_dipole():
    x, y, z = np.eye(3).tolist()
    drives = RodDrives([rod(y, drive_axis_body=x), rod(x, drive_axis_body=y), rod(z)])
    np.testing.assert_allclose(drives.command([0.1, -0.2, 0.05]), [-0.2, 0.1, 0.05])


def test_each_rod_is_limited_rounded_and_scaled():
    rods = [
        rod((1.0, 0.0, 0.0)),
        rod((0.0, 1.0, 0.0), dipole_resolution_A_m2=0.1),
        rod((0.0, 0.0, 1.0), dipole_gain=0.9),
    ]
    np.testing.assert_allclose(RodDrives(rods).command([-2.0, 0.14, 0.1]), [-0.3, 0.1, 0.09])


@pytest.mark.parametrize("value", NOT_NUMBERS)
def test_rods_refuse_what_is_no_number_and_keep_their_dipole(value):
    drives = RodDrives([rod(tuple(axis)) for axis in np.eye(3)])
    drives.command([0.1, 0.1, 0.1])
    np.testing.assert_allclose(drives.command([0.0, value, 0.0]), [0.1, 0.1, 0.1])
    assert drives.rejected == 1


def test_a_spacecraft_may_have_no_rods():
    np.testing.assert_array_equal(RodDrives([]).command([1.0, 1.0, 1.0]), [0.0, 0.0, 0.0])


def one_rod(**keys):
    return RodDrives([rod((1.0, 0.0, 0.0), **keys)])


def test_a_slow_rod_rises_to_its_command_in_its_time():
    drives = one_rod(rise_time_constant_s=0.02)
    drives.command([0.2, 0.0, 0.0])
    assert drives.dipole_body_A_m2[0] == 0.0
    mean = drives.move(0.04)[0]
    assert drives.dipole_body_A_m2[0] == pytest.approx(0.2 * (1.0 - math.exp(-2.0)))
    assert mean == pytest.approx(0.2 * (1.0 - (1.0 - math.exp(-2.0)) / 2.0))
    drives.move(1.0)
    assert drives.dipole_body_A_m2[0] == pytest.approx(0.2)


@given(st.lists(st.floats(0.001, 0.2), min_size=1, max_size=8))
def test_the_mean_dipole_times_its_time_is_the_same_however_the_time_is_cut(parts):
    whole, cut = one_rod(rise_time_constant_s=0.05), one_rod(rise_time_constant_s=0.05)
    whole.command([0.3, 0.0, 0.0])
    cut.command([0.3, 0.0, 0.0])
    impulse = sum(part * cut.move(part)[0] for part in parts)
    assert whole.move(sum(parts))[0] * sum(parts) == pytest.approx(impulse)
    np.testing.assert_allclose(whole.dipole_body_A_m2, cut.dipole_body_A_m2)


def test_a_rod_without_rise_time_is_there_at_once():
    drives = one_rod()
    assert drives.command([0.2, 0.0, 0.0])[0] == drives.move(0.1)[0] == 0.2
    assert drives.dipole_body_A_m2[0] == 0.2


def test_a_core_keeps_its_remanence_with_the_sign_of_its_last_swing():
    drives = one_rod(remanence_A_m2=0.003)
    left = {}
    for last in (0.3, -0.3, 0.004):
        drives.command([last, 0.0, 0.0])
        left[last] = drives.command([0.0, 0.0, 0.0])[0]
    assert left == pytest.approx({0.3: 0.003, -0.3: -0.003, 0.004: 0.001})


def test_a_slow_rod_remembers_too():
    drives = one_rod(remanence_A_m2=0.003, rise_time_constant_s=0.01)
    for wanted in (0.3, 0.0):
        drives.command([wanted, 0.0, 0.0])
        drives.move(1.0)
    assert drives.dipole_body_A_m2[0] == pytest.approx(0.003)
    assert drives.move(1.0)[0] == pytest.approx(0.003)


@given(st.lists(st.floats(-0.3, 0.3), min_size=1, max_size=30))
def test_hysteresis_never_leaves_its_loop(commands):
    drives = one_rod(remanence_A_m2=0.01)
    for wanted in commands:
        assert abs(drives.command([wanted, 0.0, 0.0])[0] - wanted) <= 0.01 + 1e-15


def test_a_rod_that_would_remember_all_it_can_is_refused():
    with pytest.raises(ValidationError, match=r"remanence_A_m2 0.5 must be below .* 0.3"):
        rod((1.0, 0.0, 0.0), remanence_A_m2=0.5)


@given(st.tuples(*[st.floats(-1.0, 1.0)] * 3))
def test_a_dipole_stays_within_the_rods_limits(wanted):
    drives = RodDrives([rod(tuple(axis), rise_time_constant_s=0.01) for axis in np.eye(3)])
    drives.command(wanted)
    drives.move(0.1)
    assert np.abs(drives.applied_body_A_m2).max() <= 0.3


@given(st.floats(-1.0, 1.0), st.sampled_from([0.0, 1e-7, 1e-4]))
def test_wheel_torque_is_the_nearest_that_the_drive_can_give(wanted, resolution):
    given_Nm = WheelDrives([wheel(torque_resolution_Nm=resolution)]).command([wanted])[0]
    within = max(-4e-3, min(4e-3, wanted))
    assert abs(given_Nm - within) <= 0.5 * resolution + 1e-15


def test_thruster_does_not_open_for_less_than_its_minimum():
    drives = ThrusterDrives([thruster(minimum_on_time_s=0.02, on_time_resolution_s=0.005)] * 3)
    np.testing.assert_allclose(drives.command([0.017, 0.018, 0.094]), [0.0, 0.02, 0.095])


@pytest.mark.parametrize("value", [*NOT_NUMBERS, -0.1])
def test_thruster_stays_shut_for_what_is_no_time(value):
    drives = ThrusterDrives([thruster(), thruster()])
    np.testing.assert_allclose(drives.command([value, 0.1]), [0.0, 0.1])
    assert drives.rejected == 1


# ---- a motor that follows slowly -----------------------------------------------------------------


def test_a_motor_with_a_lag_gives_the_impulse_of_its_exponential():
    """Of a step w the torque is w (1 - exp(-t/tau)), its impulse w (t - tau (1 - exp(-t/tau)))."""
    drives = WheelDrives([wheel(time_constant_s=0.05, torque_gain=1.1), wheel()])
    drives.command((2e-3, 1e-3))
    impulse_Nms = sum(drives.move(0.01).copy() * 0.01 for _ in range(20))
    expected = 1.1 * 2e-3 * (0.2 - 0.05 * (1.0 - math.exp(-0.2 / 0.05)))
    assert impulse_Nms == pytest.approx([expected, 2e-4], rel=1e-12)


@pytest.mark.parametrize("cuts", [1, 4, 50])
def test_the_impulse_of_a_lag_is_the_same_however_the_time_is_cut(cuts):
    drives = WheelDrives([wheel(time_constant_s=0.05)])
    drives.command((2e-3,))
    impulse = sum(float(drives.move(0.2 / cuts)[0]) * 0.2 / cuts for _ in range(cuts))
    assert impulse == pytest.approx(2e-3 * (0.2 - 0.05 * (1.0 - math.exp(-4.0))), rel=1e-12)


def test_a_motor_with_a_dead_time_gives_each_command_that_much_later():
    drives = WheelDrives([wheel(dead_time_s=0.03)])
    given_Nm = []
    for step in range(8):
        if step % 2 == 0:
            drives.command((1e-3 * (step + 1),))
        given_Nm.append(float(drives.move(0.01)[0]))
    assert given_Nm == pytest.approx([0, 0, 0, 1e-3, 1e-3, 3e-3, 3e-3, 4e-3])


def test_a_slow_motor_refuses_nan_and_goes_on():
    drives = WheelDrives([wheel(dead_time_s=0.01), wheel()])
    drives.command((1e-3, 1e-3))
    drives.command((math.nan, math.nan))
    assert drives.rejected == 2
    drives.move(0.01)
    assert drives.move(0.01).tolist() == [1e-3, 1e-3]
