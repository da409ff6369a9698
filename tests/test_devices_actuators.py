"""Actuators: what a command becomes, and what becomes of a command that is no number."""

import math

import numpy as np
import pytest

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


def test_thruster_does_not_open_for_less_than_its_minimum():
    drives = ThrusterDrives([thruster(minimum_on_time_s=0.02, on_time_resolution_s=0.005)] * 3)
    np.testing.assert_allclose(drives.command([0.017, 0.018, 0.094]), [0.0, 0.02, 0.095])


@pytest.mark.parametrize("value", [*NOT_NUMBERS, -0.1])
def test_thruster_stays_shut_for_what_is_no_time(value):
    drives = ThrusterDrives([thruster(), thruster()])
    np.testing.assert_allclose(drives.command([value, 0.1]), [0.0, 0.1])
    assert drives.rejected == 1
