"""Latency in lockstep: constant, replayed from a real-time run, or drawn; it always repeats."""

import numpy as np
import pytest
from pydantic import ValidationError

from hil.bench import run
from hil.bench.latency import LatencyTable, latency_of
from hil.bench.world import World
from hil.errors import RigError
from hil.recording import Recorder, Recording, first_difference


@pytest.fixture
def lab_run(tmp_path):
    """A recording of what a lab might measure: 5 ms, 30 ms, and once more than a period."""
    columns = [("time_s", 1), ("reply_s", 1), ("late_s", 1)]
    path = tmp_path / "lab.mcap"
    with Recorder(path, columns, metadata={"run": {"pace": "real time"}}) as recorder:
        for step, reply_s in enumerate([0.005, 0.030, 0.150]):
            recorder.step(step, np.array([0.1 * step, reply_s, 0.001]))
    return path


def with_latency(rig, **table):
    return rig.with_overrides(obc={"mode": "nadir", "latency": table}, duration_s=20.0)


def test_a_constant_is_the_same_for_every_step():
    latency = latency_of(None, 0.02, None, seed=1)
    assert latency == 0.02


def test_measured_latencies_are_gone_through_again_in_order(lab_run):
    latency = latency_of(LatencyTable(from_recording="lab.mcap"), 0.0, lab_run, seed=1)
    assert [latency(step) for step in range(4)] == pytest.approx([0.006, 0.031, 0.151, 0.006])


def test_drawn_latencies_have_the_median_and_p99_that_were_asked_for():
    table = LatencyTable(median_s=0.01, p99_s=0.04)
    latency = latency_of(table, 0.0, None, seed=1)
    drawn = [latency(step) for step in range(40_000)]
    # 40 000 draws: the median is good to 0.5 %, the 99th percentile to 2 % (two sigma).
    assert np.median(drawn) == pytest.approx(0.01, rel=0.01)
    assert np.percentile(drawn, 99) == pytest.approx(0.04, rel=0.04)
    again = latency_of(table, 0.0, None, seed=1)
    assert [again(step) for step in range(40_000)] == drawn


def test_a_run_with_measured_latency_repeats_to_the_bit_and_counts_late_replies(
    nadir, lab_run, tmp_path
):
    rig = with_latency(nadir, from_recording=str(lab_run))
    first = run(rig, "library", tmp_path / "a.mcap")
    again = run(rig, "library", tmp_path / "b.mcap")
    assert first_difference(Recording(first.recording), Recording(again.recording)) is None
    assert first.counters["late_replies"] == 66  # every third of 200 steps


def test_latency_changes_what_the_truth_does(nadir, tmp_path):
    runs = [
        Recording(run(rig, "library", tmp_path / f"{i}.mcap").recording)
        for i, rig in enumerate(
            [nadir.with_overrides(duration_s=20.0), with_latency(nadir, median_s=0.05, p99_s=0.06)]
        )
    ]
    difference = first_difference(*runs)
    assert difference.column.startswith("truth_")


def test_a_command_of_a_pipeline_takes_effect_whole_periods_later(nadir):
    """With the same commands sent two periods earlier the world goes the same way, bit for bit."""
    torques = np.random.default_rng(1).uniform(-4e-3, 4e-3, (12, 4))
    commands = [{"wheel": torque, "rod": (0.0, 0.0, 0.0)} for torque in torques]
    at_once, later = World(nadir), World(nadir)
    for command in [None, None, *commands]:
        at_once.advance(command, 0.0)
    for command in [*commands, None, None]:
        later.advance(command, 0.2)
    assert later.truth.row.tobytes() == at_once.truth.row.tobytes()


@pytest.mark.parametrize(("late", "row"), [(0.06, 1), (0.14, 2), (0.26, 3)])
def test_measured_latencies_of_several_periods_act_when_they_say(nadir, tmp_path, late, row):
    """The same as a constant one, to the bit: the truth feels the torque at the same instant."""
    columns = [("time_s", 1), ("reply_s", 1), ("late_s", 1)]
    with Recorder(
        tmp_path / "lab.mcap", columns, metadata={"run": {"pace": "real time"}}
    ) as recorder:
        recorder.step(0, np.array([0.0, late, 0.0]))
    constant = nadir.with_overrides(obc={"mode": "nadir", "latency_s": late}, duration_s=2.0)
    measured = with_latency(nadir, from_recording=str(tmp_path / "lab.mcap"))
    measured = measured.with_overrides(duration_s=2.0, truth={"step_s": constant.truth_step_s})
    runs = [
        run(rig, "library", tmp_path / f"{name}.mcap")
        for name, rig in (("constant", constant), ("measured", measured))
    ]
    first, second = [Recording(each.recording) for each in runs]
    assert first["truth_wheel_speed_rad_s"].tobytes() == second["truth_wheel_speed_rad_s"].tobytes()
    speeds = first["truth_wheel_speed_rad_s"][:, 0]
    torque = first["command_wheel_torque_Nm"][0, 0]
    inertia = constant.spacecraft.wheel[0].spin_inertia_kg_m2
    sped_up = (0.1 * row - late) * torque / inertia  # of the row after the command took effect
    assert abs(speeds[row - 1] - speeds[0]) < 0.3  # friction
    assert speeds[row] - speeds[row - 1] == pytest.approx(sped_up, abs=0.15)


def test_a_quick_command_does_not_overtake_a_slow_one_of_the_same_wheel(nadir):
    world = World(nadir)
    rods = (0.0, 0.0, 0.0)
    world.tell({"wheel": (1e-3,) * 4}, 0.25)
    world.tell({"wheel": (2e-3,) * 4}, 0.05)
    world.tell({"rod": rods}, 0.05)
    steps = [world.waiting(0.05), world.waiting(0.25), world.waiting(0.25)]
    assert [due for due, _ in world.underway] == steps
    assert [next(iter(each)) for _, each in world.underway] == ["rod", "wheel", "wheel"]
    assert world.underway[2][1]["wheel"][0] == 2e-3  # the second comes second


def test_of_a_drawn_pipeline_only_what_comes_after_its_period_is_late(nadir, tmp_path):
    rig = with_latency(nadir, median_s=0.15, p99_s=0.16)  # 0.2 s is eleven sigmas away
    assert run(rig, "library", tmp_path / "a.mcap").counters["late_replies"] == 0
    rig = with_latency(nadir, median_s=0.19, p99_s=0.21)
    late = run(rig, "library", tmp_path / "b.mcap").counters["late_replies"]
    assert 15 < late < 55  # 12 % of 200: ln(0.2 / 0.19) is 1.19 sigmas


def test_of_a_pipeline_no_reply_is_late(nadir, tmp_path):
    rig = nadir.with_overrides(obc={"mode": "nadir", "latency_s": 0.2}, duration_s=2.0)
    assert run(rig, "library", tmp_path / "a.mcap").counters["late_replies"] == 0


def test_a_lockstep_run_is_no_measurement(nadir, tmp_path):
    lockstep = run(nadir.with_overrides(duration_s=1.0), "library", tmp_path / "a.mcap").recording
    with pytest.raises(RigError, match=r"a.mcap was not run in real time: .*--realtime"):
        run(with_latency(nadir, from_recording=str(lockstep)), "library", tmp_path / "b.mcap")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "give from_recording, or both"),
        ({"median_s": 0.01}, "give from_recording, or both"),
        ({"from_recording": "a.mcap", "median_s": 0.01}, "not both"),
        ({"median_s": 0.02, "p99_s": 0.01}, "p99_s = 0.01 must not be below median_s = 0.02"),
    ],
)
def test_a_table_that_says_too_much_or_too_little_is_refused(table, words):
    with pytest.raises(ValidationError, match=words):
        LatencyTable(**table)
