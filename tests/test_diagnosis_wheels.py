"""What is told of wheels at their limits: in which steps, at which limit, and who believes what."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hil import bench, judge
from hil.devices.rod import Rod
from hil.diagnosis import diagnose
from hil.diagnosis.followers import _COMMAND, _DIPOLE, Rods
from hil.diagnosis.trouble import Marked
from hil.diagnosis.wheellimits import WheelLimits
from hil.diagnosis.wheelresponse import Response
from hil.diagnosis.wheels import Wheels
from hil.recording import Recording
from hil.rig import load_rig

RIGS = Path(__file__).parents[1] / "rigs"
STEPS, BAD_FROM = 200, 100  # the second half of the steps is bad
TIME_s = 0.5 * np.arange(STEPS)
FASTEST_rad_s, STRONGEST_Nm = 625.0, 0.004  # of dier5's wheels


def found(rig, speed_rad_s=100.0, torque_Nm=0.0, believed=None):
    """What is found of wheel x, whose speeds and commands are given; the others stand still."""
    craft = rig.spacecraft.model_copy(update={"flight_software": believed or {}})
    limits = WheelLimits(rig.model_copy(update={"spacecraft": craft}))
    speed, command = np.ones((STEPS, 3)) * (100.0, 100.0, 100.0), np.zeros((STEPS, 3))
    speed[:, 0], command[:, 0] = speed_rad_s, torque_Nm
    for start, end in ((0, 110), (110, STEPS)):  # in two pieces
        bad = np.arange(start, end) >= BAD_FROM
        rows = {"truth_wheel_speed_rad_s": speed[:end], "time_s": TIME_s[:end]}
        limits.feed(rows, command[:end], start, Marked(np.ones(end - start, bool), bad))
    return list(limits.findings())


def in_bad_steps(share, value, otherwise):
    """A value at the first share of the bad steps, another one at all other steps."""
    values = np.full(STEPS, otherwise)
    values[BAD_FROM : BAD_FROM + round(share * (STEPS - BAD_FROM))] = value
    return values


def test_wheels_far_from_their_limits_are_not_told(nadir):
    assert found(nadir) == []


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_wheel_at_its_limits_when_it_mattered_is_told_with_the_share_of_bad_steps(nadir, sign):
    at_speed, came = found(nadir, in_bad_steps(0.5, sign * 0.99 * FASTEST_rad_s, sign * 100.0))
    assert at_speed.words == "wheel x is at its speed limit of 625 rad/s in 50 % of the bad steps"
    assert (at_speed.weight, at_speed.topic) == (pytest.approx(75.0), "wheel x")
    assert came.words == "wheel x came to its speed limit of 625 rad/s"
    assert came.weight == 58.0
    [at_torque] = found(nadir, torque_Nm=in_bad_steps(0.3, sign * STRONGEST_Nm, 0.0))
    assert at_torque.words == "wheel x is at its torque limit of 4 mNm in 30 % of the bad steps"
    assert at_torque.weight == pytest.approx(73.0)


def test_a_limit_that_was_seldom_reached_or_as_often_in_good_steps_explains_nothing(nadir):
    assert found(nadir, torque_Nm=in_bad_steps(0.24, STRONGEST_Nm, 0.0)) == []
    assert found(nadir, torque_Nm=np.full(STEPS, STRONGEST_Nm)) == []
    assert found(nadir, torque_Nm=in_bad_steps(1.0, 0.97 * STRONGEST_Nm, 0.0)) == []


def test_flight_software_that_believes_in_another_limit_is_told_and_asks_for_no_more(nadir):
    told = in_bad_steps(0.4, STRONGEST_Nm, 0.0)
    [high] = found(nadir, torque_Nm=told, believed={"wheel_torque_max_Nm": 2.0 * STRONGEST_Nm})
    assert high.words.endswith("bad steps; [flight_software] believes 2 times as much")
    assert high.weight == pytest.approx(82.0)
    for part in (1.2, 0.9):
        near = {"wheel_torque_max_Nm": part * STRONGEST_Nm}
        assert found(nadir, torque_Nm=told, believed=near)[0].words.endswith("of the bad steps")
    half = {"wheel_torque_max_Nm": 0.5 * STRONGEST_Nm}
    [low] = found(nadir, torque_Nm=0.5 * told, believed=half)
    assert "torque limit of 2 mNm in 40 % of the bad steps" in low.words
    assert "believes 0.5 times as much" in low.words


def test_a_wheel_that_goes_through_zero_speed_in_bad_steps_is_told_until_it_has_settled(nadir):
    through = np.where(np.arange(STEPS) < 130, 100.0, -100.0)  # 15 s after the bad steps begin
    [zero] = found(nadir, np.where(np.arange(STEPS) < BAD_FROM, 100.0, 7.0))
    assert zero.words == (
        "wheel x is going through zero speed in 100 % of the bad steps and in 0 % of the others"
    )
    assert zero.weight == pytest.approx(63.0)
    step = np.arange(STEPS)
    [twice] = found(nadir, np.where((step < 105) | (step >= 160), 100.0, -100.0))
    assert "in 80 % of the bad steps" in twice.words
    assert found(nadir, through) == []  # in 20 s of 50
    assert found(nadir, np.where(np.arange(STEPS) // 30 % 2, 100.0, -100.0)) == []  # in all steps


def test_a_wheel_that_came_near_its_speed_limit_is_a_circumstance(nadir):
    [near] = found(nadir, 0.95 * FASTEST_rad_s)
    assert (near.words, near.cause) == ("wheel x came to 95 % of its speed limit", False)
    assert near.weight == 14.0
    early = np.where(np.arange(STEPS) < 50, 0.95 * FASTEST_rad_s, 100.0)
    assert found(nadir, early) == [near]
    assert found(nadir, 0.89 * FASTEST_rad_s) == []


def test_a_body_that_follows_its_target_through_perigee_has_no_wheel_of_the_wrong_sign(
    nadir, tmp_path
):
    """Speed at a perigee of 194 km (a transfer to 35 786 km): the nadir turns 1.6 times faster."""
    transfer = {"semi_major_axis_m": 24.396e6, "eccentricity": 0.7306, "true_anomaly_deg": 300.0}
    orbit = nadir.orbit.model_dump(exclude_none=True) | transfer
    still = {"reference": "lvlh"}  # no slew before: the torque is the target's and the air's alone
    rig = nadir.with_overrides(duration_s=1000.0, orbit=orbit, attitude=still)
    recording = Recording(bench.run(rig, "library", tmp_path / "run.mcap").recording)
    verdicts = judge.evaluate(rig, [recording])
    assert [each.name for each in verdicts if not each.met] == ["nadir pointing"]
    assert not [each for each in diagnose(recording, verdicts, rig).causes if "sign" in each.words]
    turns = {"name": "slow", "column": "truth_rate_body_rad_s", "limit_deg_s": 0.05}
    slow = rig.with_overrides(requirement=[turns])  # nothing asked for tells that it follows
    missed = judge.evaluate(slow, [recording])
    assert not missed[0].met
    assert not [each for each in diagnose(recording, missed, slow).causes if "sign" in each.words]


def test_of_a_run_in_a_mode_that_points_nowhere_the_mode_is_the_cause(nadir, tmp_path):
    """Its wheels stand still in the end, and its star tracker is off by arcsec: neither matters."""
    rig = nadir.with_overrides(
        duration_s=200.0,
        obc={"mode": "idle"},
        requirement=[nadir.requirement[0].model_dump(exclude_none=True)],
    )
    recording = Recording(bench.run(rig, "library", tmp_path / "run.mcap").recording)
    causes = diagnose(recording, judge.evaluate(rig, [recording]), rig).causes
    assert [each.words for each in causes] == [
        '"nadir pointing" asks for pointing, but [obc] and [[telecommand]] command idle only'
    ]


def test_a_spin_that_no_wheels_hold_is_for_the_rods_and_takes_their_time(nadir, tmp_path):
    """54 mN m s about the axis of the least moment; three wheels hold 15 each."""
    slow = {"name": "slow", "column": "truth_rate_body_rad_s", "limit_deg_s": 0.1, "from_s": 100.0}
    spin = {"reference": "lvlh", "rate_body_deg_s": [0.0, 0.0, 30.0]}
    rig = nadir.with_overrides(duration_s=120.0, attitude=spin, requirement=[slow])
    recording = Recording(bench.run(rig, "library", tmp_path / "run.mcap").recording)
    first = diagnose(recording, judge.evaluate(rig, [recording]), rig).lines[0]
    assert first.startswith("rods of 0.29 A m2 take about ")
    assert "to brake 30 deg/s of 0.17 kg m2; 100 s are given" in first


def test_an_orbit_told_with_an_error_of_arcsec_is_no_cause_of_degrees(nadir, tmp_path):
    """50 m off where it was told to be; it tumbles, and is asked for an attitude at rest."""
    asked = nadir.requirement[0].model_dump(exclude_none=True)
    asked |= {"target": "eci", "q_eci_from_target": [0.0, 0.0, 0.0, 1.0], "limit_arcsec": 2.0}
    tumbling = load_rig(RIGS / "alfarabi2.toml")
    rig = tumbling.with_overrides(duration_s=200.0, requirement=[asked])
    recording = Recording(bench.run(rig, "library", tmp_path / "run.mcap").recording)
    causes = diagnose(recording, judge.evaluate(rig, [recording]), rig).causes
    assert not [each for each in causes if "the orbit sent" in each.words]


def test_what_stays_in_a_rod_is_not_taken_for_another_axis(nadir):
    """Commands of 20 mA m2 of 300, beside 8 that stay along x whatever is commanded along z."""
    rng = np.random.default_rng(1)
    command = np.repeat(rng.choice([-0.02, 0.0, 0.02], size=(60, 3)), 8, axis=0)
    stays = 0.008 * np.sign(command[:, [2]]) * [1.0, 0.0, 0.0]
    rods = [each.model_dump() | {"remanence_A_m2": 0.008} for each in nadir.spacecraft.rod]
    craft = nadir.spacecraft.model_copy(update={"rod": [Rod(**each) for each in rods]})
    watch = Rods(nadir.model_copy(update={"spacecraft": craft}))
    watch.feed({_COMMAND: command, _DIPOLE: np.roll(command + stays, 1, axis=0)})
    assert list(watch.findings()) == []


def answered(rig, torque_of, steps=400, step_s=0.1):
    """Rows of a body whose wheels give it torques (3,) for what is commanded, and nothing else.

    The equations are Euler's with wheels on it, by the midpoint rule, solved by iteration; the
    wheels have no friction, and their speeds are such that the motors give what is commanded.
    """
    craft, random = rig.spacecraft, np.random.default_rng(3)
    axes = np.array([wheel.axis_body for wheel in craft.wheel])
    spin = np.array([wheel.spin_inertia_kg_m2 for wheel in craft.wheel])
    inertia = np.array(craft.body.inertia_body_kg_m2)
    without_spin = inertia - np.einsum("i,ij,ik->jk", spin, axes, axes)
    command = 1e-3 * random.standard_normal((steps, 3)).repeat(4, axis=0)[:steps]
    rate, speed = np.zeros((steps, 3)), np.full((steps, 3), 100.0)
    for k in range(steps - 1):
        for _ in range(20):
            mean_rate, mean_speed = 0.5 * (rate[k] + rate[k + 1]), 0.5 * (speed[k] + speed[k + 1])
            momentum = inertia @ mean_rate + (mean_speed * spin) @ axes
            torque = torque_of(command[k], axes) - np.cross(mean_rate, momentum)
            gained = np.linalg.solve(without_spin, torque)
            rate[k + 1] = rate[k] + step_s * gained
            speed[k + 1] = speed[k] + step_s * (command[k] / spin - axes @ gained)
    return {
        "time_s": step_s * np.arange(steps),
        "truth_rate_body_rad_s": rate,
        "truth_wheel_speed_rad_s": speed,
        "truth_external_torque_body_Nm": np.zeros((steps, 3)),
        "command_wheel_torque_Nm": command,
    }


def responded(nadir, torque_of):
    """What is told of the wheels' response where they give such torques."""
    still = {"coulomb_friction_Nm": 0.0, "viscous_friction_Nm_s": 0.0}
    wheels = tuple(wheel.model_copy(update=still) for wheel in nadir.spacecraft.wheel)
    craft = nadir.spacecraft.model_copy(update={"wheel": wheels, "flight_software": {}})
    rig = nadir.model_copy(update={"spacecraft": craft})
    rows, watch = answered(rig, torque_of), Wheels(rig, 0.0)
    steps = len(rows["time_s"])
    watch.feed(rows, 0, Marked(np.ones(steps, bool), np.ones(steps, bool)))
    ends = SimpleNamespace(begin_s=0.0, end_s=float(rows["time_s"][-1]), error_rad=1.0)
    return list(watch.findings(ends))


def as_commanded(gain):
    """The torque on the body where the first wheel gives such a part of what it is to give."""
    return lambda command, axes: -(axes.T @ (command * [gain, 1.0, 1.0]))


@pytest.mark.parametrize("gain", [1.0, 0.87, 1.13])
def test_wheels_that_give_what_is_commanded_or_nearly_are_not_told(nadir, gain):
    assert responded(nadir, as_commanded(gain)) == []


@pytest.mark.parametrize(
    ("gain", "words", "weight"),
    [
        (0.82, "gives 0.82 of the torque commanded", 80.0 + 1.8),
        (1.5, "gives 1.50 of the torque commanded", 85.0),
        (0.1, "gives 0.10 of the torque commanded", 100.0),
        (-1.0, "turns the body the wrong way: it gives -1.00 of the torque commanded", 100.0),
    ],
)
def test_a_wheel_that_gives_another_torque_is_told_with_what_it_gives(nadir, gain, words, weight):
    [found] = responded(nadir, as_commanded(gain))
    assert found.words.startswith(f"wheel x {words}")
    assert found.weight == pytest.approx(weight, abs=0.1)
    assert found.topic == "wheel x"


def test_a_wheel_that_turns_the_body_about_another_axis_is_told_with_both(nadir):
    def turned(command, axes):
        return -(np.array([axes[1], axes[1], axes[2]]).T @ command)

    [found] = responded(nadir, turned)
    assert found.words.startswith("wheel x turns the body about ")
    assert "as the flight software believes" in found.words


@pytest.mark.parametrize(
    ("error", "off", "told"),
    [
        (0.0, 0.149, False),
        (0.0, 0.151, True),
        (0.03, 0.179, False),  # six standard errors
        (0.03, 0.181, True),
        (0.119, 0.72, True),
        (0.121, 0.9, False),  # nobody knows what this wheel does
    ],
)
def test_a_response_is_told_beyond_six_of_its_standard_errors(nadir, error, off, told):
    axes = np.array([wheel.axis_body for wheel in nadir.spacecraft.wheel])
    measured = Response(-axes * [[1.0 + off], [1.0], [1.0]], np.full(3, error), 1.0)
    assert bool(list(Wheels(nadir, 0.0)._wrong(measured, "at 1 s"))) == told
