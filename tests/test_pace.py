"""Pacing: absolute deadlines, so that lateness is told, never adds up, and nothing drifts."""

import pytest

from hil.bench.pace import Lockstep, RealTime


class Clock:
    """A clock that only moves when somebody sleeps, and then a little too far."""

    def __init__(self, oversleep_ns=0, tick_ns=1000):
        self.now_ns, self._oversleep_ns, self._tick_ns = 10**15, oversleep_ns, tick_ns

    def __call__(self):
        self.now_ns += self._tick_ns  # reading it takes time too
        return self.now_ns

    def sleep(self, seconds):
        self.now_ns += round(seconds * 1e9) + self._oversleep_ns


def paced(clock, step_us=10_000):
    return RealTime(step_us, clock, clock.sleep)


def test_steps_start_a_period_apart_however_badly_the_system_sleeps():
    clock = Clock(oversleep_ns=250_000)
    pace = paced(clock)
    starts = []
    for step in range(1000):
        assert pace.wait(step) < 2e-6
        starts.append(clock.now_ns)
    assert starts[-1] - starts[0] == pytest.approx(999 * 10_000_000, abs=2000)


def test_a_late_step_starts_at_once_and_the_next_is_due_when_it_always_was():
    clock = Clock()
    pace = paced(clock)
    pace.wait(0)
    begin_ns = clock.now_ns
    clock.now_ns += 14_000_000  # the step took 14 ms of its 10
    assert pace.wait(1) == pytest.approx(4e-3, abs=3e-6)
    pace.wait(2)
    assert clock.now_ns - begin_ns == pytest.approx(20_000_000, abs=3000)


def test_a_reply_may_take_until_the_next_step_is_due():
    clock = Clock()
    pace = paced(clock)
    pace.wait(0)
    assert pace.patience_s(0) == pytest.approx(0.010, abs=3e-6)
    clock.now_ns += 12_000_000
    assert pace.patience_s(0) == 0.0


def test_lockstep_never_waits():
    pace = Lockstep(reply_timeout_s=2.0)
    assert pace.wait(5) == 0.0
    assert pace.patience_s(5) == 2.0
