"""Pacing: absolute deadlines, so that lateness is told, never adds up, and nothing drifts."""

from fractions import Fraction

import pytest

from hil.bench.pace import RealTime
from hil.link.clock import Clock as SimulatedClock


class Clock:
    """A clock that only moves when somebody sleeps, and then a little too far."""

    def __init__(self, oversleep_ns=0, tick_ns=1000):
        self.now_ns, self._oversleep_ns, self._tick_ns = 10**15, oversleep_ns, tick_ns

    def __call__(self):
        self.now_ns += self._tick_ns  # reading it takes time too
        return self.now_ns

    def sleep(self, seconds):
        self.now_ns += round(seconds * 1e9) + self._oversleep_ns


class Paced:
    """Real time of 10 ms a step, or another period, on a clock that a test moves."""

    def __init__(self, clock, period_s=Fraction(1, 100)):
        self.asleep_ns = 0
        self._steps = SimulatedClock(period_s)
        self.pace = RealTime(self._steps, clock, clock.sleep, lambda: self.asleep_ns)

    def wait(self, step):
        self._steps.go_to(step)
        return self.pace.wait()


def test_steps_start_a_period_apart_however_badly_the_system_sleeps():
    clock = Clock(oversleep_ns=250_000)
    paced = Paced(clock)
    starts = []
    for step in range(1000):
        assert paced.wait(step) < 2e-6
        starts.append(clock.now_ns)
    assert starts[-1] - starts[0] == pytest.approx(999 * 10_000_000, abs=2000)


def test_a_period_of_no_whole_number_of_nanoseconds_does_not_drift():
    clock = Clock(tick_ns=1)
    paced = Paced(clock, Fraction(1, 60))
    paced.wait(0)
    begin_ns = clock.now_ns
    paced.wait(60 * 3600)
    assert clock.now_ns - begin_ns == pytest.approx(3_600_000_000_000, abs=1)


def test_a_late_step_starts_at_once_and_the_next_is_due_when_it_always_was():
    clock = Clock()
    paced = Paced(clock)
    paced.wait(0)
    begin_ns = clock.now_ns
    clock.now_ns += 14_000_000  # the step took 14 ms of its 10
    assert paced.wait(1) == pytest.approx(4e-3, abs=3e-6)
    paced.wait(2)
    assert clock.now_ns - begin_ns == pytest.approx(20_000_000, abs=3000)


def test_a_reply_may_take_until_the_next_step_is_due():
    clock = Clock()
    paced = Paced(clock)
    late_s = paced.wait(0)
    begin_s = clock.now_ns * 1e-9
    assert paced.pace.deadline_s(late_s) - begin_s == pytest.approx(0.010, abs=3e-6)
    clock.now_ns += 12_000_000
    assert paced.pace.deadline_s(paced.wait(1)) - begin_s == pytest.approx(0.020, abs=3e-6)


def test_a_step_that_begins_when_the_next_is_due_leaves_the_obc_a_whole_period():
    clock = Clock()
    paced = Paced(clock)
    paced.wait(0)
    clock.now_ns += 45_000_000
    late_s = paced.wait(1)
    assert late_s == pytest.approx(0.035, abs=3e-6)
    left_s = paced.pace.deadline_s(late_s) - clock.now_ns * 1e-9
    assert left_s == pytest.approx(0.010, abs=3e-6)


def test_a_bench_that_was_stopped_notices_it_once_and_for_how_long():
    clock = Clock()
    paced = Paced(clock)
    stops = []
    for step in range(600):
        if step == 7:
            clock.now_ns += 5_000_000_000
        paced.wait(step)
        stops.append(paced.pace.stopped_s)
    assert stops[7] == pytest.approx(4.99, abs=1e-3)  # the 10 ms before it was due are its own
    assert not any(stops[:7] + stops[8:])


def test_steps_that_take_too_long_each_are_no_stop():
    clock = Clock()
    paced = Paced(clock)
    for step in range(100):
        paced.wait(step)
        clock.now_ns += 100_000_000
        assert paced.pace.stopped_s == 0.0


def test_a_suspended_machine_is_noticed_though_its_clock_stood_still():
    clock = Clock()
    paced = Paced(clock)
    paced.wait(0)
    paced.asleep_ns += 3_600_000_000_000
    assert paced.wait(1) < 1e-5
    assert paced.pace.stopped_s == pytest.approx(3600.0, abs=1e-3)
    paced.wait(2)
    assert paced.pace.stopped_s == 0.0
