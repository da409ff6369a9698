"""Time in the loop against right values: what the OBC is told, when commands act, who is late."""

import math
import time
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from fake_obc import FakeObc
from wire import TABLE

from hil import judge
from hil.bench import Bench, Member, run, stepping
from hil.bench import loop as loop_module
from hil.bench.pace import RealTime
from hil.bench.world import World
from hil.link import messages as m
from hil.link.framing import Deframer
from hil.recording import Recording

TICKS = 1 << 24


def packets(recording):
    """Everything that the OBC was told, after the uplink."""
    heard = Deframer(TABLE)
    return [packet for _, data in recording.to_obc for packet in heard.receive(data)]


def slower_gyro(rig, latency_s):
    """The rig with a gyro whose samples come out late."""
    craft = rig.spacecraft
    gyro = craft.gyro[0].model_copy(update={"latency_s": latency_s})
    return rig.model_copy(update={"spacecraft": craft.model_copy(update={"gyro": (gyro,)})})


def test_a_sample_that_comes_late_carries_the_earlier_time_of_its_measurement(nadir, tmp_path):
    rig = slower_gyro(nadir.with_overrides(duration_s=2.0), 0.2)
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    told, step_ticks = {}, {}
    gyro = None
    for packet in packets(recording):
        if packet.message.name == "gyro":
            gyro = packet
        elif packet.message is m.SYNC:
            told[packet.values[0]], gyro = gyro, None
            step_ticks[packet.values[0]] = packet.ticks
    # Step 10 is at 1 s; what is sent there was measured 0.2 s before, at 0.8 s.
    assert step_ticks[10] == TICKS
    assert told[10].ticks == round(0.8 * TICKS)
    assert told[0] is told[1] is None
    assert recording["gyro0_age_s"][10] == pytest.approx(0.2)
    assert told[10].values[2:] == tuple(recording["gyro0_rate_body_rad_s"][10])


def test_a_period_of_a_sixtieth_of_a_second_is_exact_on_the_wire_and_in_the_truth(nadir, tmp_path):
    rig = nadir.with_overrides(
        duration_s=10.0,
        step_s=1.0 / 60.0,
        truth={"step_s": 1.0 / 60.0},
        obc={"mode": "nadir", "latency_s": 0.0},
        requirement=[],
    )
    member = Member(rig, FakeObc(), tmp_path / "run.mcap")
    Bench([member]).run()
    recording = Recording(tmp_path / "run.mcap")
    syncs = {p.values[0]: p.ticks for p in packets(recording) if p.message is m.SYNC}
    assert syncs == {
        step: math.floor(Fraction(step * TICKS, 60) + Fraction(1, 2)) for step in syncs
    }
    assert len(syncs) == 600
    assert recording["time_s"] == pytest.approx(np.arange(600) / 60.0, rel=1e-15)
    assert member.world.truth.time_s == pytest.approx(10.0, rel=1e-14)
    log_ns = [time_ns for time_ns, data in recording.to_obc if time_ns]
    assert log_ns == [round(step * 1e9 / 60.0) for step in range(1, 600)]


def test_the_truth_is_integrated_in_an_exact_part_of_the_period(nadir):
    rig = nadir.with_overrides(
        step_s=1.0 / 60.0, truth={}, obc={"mode": "nadir", "latency_s": 0.0}, requirement=[]
    )
    parts = rig.step_s / rig.truth_step_s
    assert parts == pytest.approx(round(parts), rel=1e-15)


# -- when a command acts ---------------------------------------------------------------------------


def gained_s(rig, latencies_s, wheel=0):
    """For how long of each period a wheel was driven, by latencies of commands of 1 mN m each."""
    world = World(rig)
    craft = rig.spacecraft.wheel[wheel]
    gained = []
    for latency_s in latencies_s:
        before = float(world.truth_of("wheel_speed_rad_s")[wheel])
        world.advance({"wheel": [1e-3] * len(rig.spacecraft.wheel)}, latency_s)
        gained.append(float(world.truth_of("wheel_speed_rad_s")[wheel]) - before)
    return np.array(gained) * craft.spin_inertia_kg_m2 / (1e-3 * craft.torque_gain)


@pytest.mark.parametrize(
    ("latency_s", "acts_s"),
    [(0.0, 0.10), (0.02, 0.08), (0.021, 0.06), (0.039, 0.06), (0.04, 0.06), (0.0999, 0.0)],
)
def test_a_latency_is_rounded_up_to_the_truths_steps(nadir, latency_s, acts_s):
    assert nadir.truth_step_s == 0.02
    friction_s = gained_s(nadir, [0.1])[0]  # what a period without torque gives
    assert gained_s(nadir, [latency_s])[0] - friction_s == pytest.approx(acts_s, abs=2e-3)


class Fake:
    """A clock for real time that stands still but for what a test adds at some steps."""

    def __init__(self, at_step):
        self.now_ns, self._at_step = 10**12, dict(at_step)

    def pace(self, clock):
        def now_ns():
            self.now_ns += round(self._at_step.pop(clock.step, 0.0) * 1e9)
            return self.now_ns

        return RealTime(clock, now_ns, self.sleep, lambda: 0)

    def sleep(self, seconds):
        self.now_ns += round(seconds * 1e9) + 300_000  # the rest would be spun away


def in_real_time(rig, tmp_path, monkeypatch, at_step, obc=None):
    """A run in real time in which the bench loses time before some steps; all that is known."""
    told = []
    monkeypatch.setattr(loop_module, "RealTime", Fake(at_step).pace)
    member = Member(rig, obc or FakeObc(), tmp_path / "run.mcap", told.append, realtime=True)
    (result,) = Bench([member]).run()
    return result, Recording(result.recording), told


class Kick(FakeObc):
    """Drives the wheels in one step only."""

    def reply(self, step):
        torque_Nm = 1e-3 if step == 5 else 0.0
        return self._framer.frame(m.COMMAND, (step, *[torque_Nm] * 4, *[0.0] * 3))


def test_the_lateness_of_a_step_is_part_of_its_commands_latency(nadir, tmp_path, monkeypatch):
    rig = nadir.with_overrides(duration_s=1.0, requirement=[])
    _, recording, _ = in_real_time(rig, tmp_path, monkeypatch, {5: 0.130}, Kick())
    assert recording["late_s"][5] == pytest.approx(0.030, abs=2e-3)
    assert recording["late_s"][[4, 6]] == pytest.approx(0.0, abs=2e-3)
    wheel = nadir.spacecraft.wheel[0]
    gained = np.diff(recording["truth_wheel_speed_rad_s"][:, 0]) * wheel.spin_inertia_kg_m2
    driven_s = (gained - gained[2]) / (1e-3 * wheel.torque_gain)
    # 30 ms late and a reply at once: the command acts from 40 ms on, and 20 ms into the next step.
    assert driven_s[[4, 5, 6, 7]] == pytest.approx([0.0, 0.06, 0.02, 0.0], abs=3e-3)


def test_a_bench_that_was_stopped_says_so_and_counts_the_late_steps_as_its_own(
    nadir, tmp_path, monkeypatch
):
    rig = nadir.with_overrides(duration_s=10.0, requirement=[])
    result, recording, told = in_real_time(rig, tmp_path, monkeypatch, {7: 5.0})
    assert told[-1] == "the bench was stopped for 4.9 s at step 7"
    (event,) = [each for each in recording.events if each.name == "bench_stopped"]
    assert event.text == told[-1]
    # Step 7 begins 4.9 s late, and each of those after it 0.1 s less.
    assert result.counters["late_steps"] == 49
    assert result.counters["bench_stops"] == 1
    assert result.counters["lost_replies"] == result.counters["late_replies"] == 0
    (link,) = judge.evaluate(rig, [recording])
    assert "late_steps 49 (allowed 0)" in link.text
    assert "repl" not in link.text


def test_a_reply_that_is_lost_right_after_a_stop_does_not_end_the_run(nadir, tmp_path, monkeypatch):
    rig = nadir.with_overrides(duration_s=2.0, requirement=[])
    later_s = [0.0]  # by the bench's clock the last octets came before the stop

    def stopped_and_silent(step, reply):
        later_s[0] = 5.0 if step >= 7 else 0.0
        return b"" if step == 7 else reply

    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + later_s[0])
    monkeypatch.setattr(stepping, "time", clock)
    obc = FakeObc(spoil=stopped_and_silent)
    result, _, _ = in_real_time(rig, tmp_path, monkeypatch, {7: 5.0}, obc)
    assert (result.steps, result.counters["lost_replies"]) == (20, 1)
