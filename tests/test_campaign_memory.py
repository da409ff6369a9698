"""What a worker of a campaign lets go."""

import gc
import itertools
import weakref

import pytest

from hil.campaign import work


class Ring:
    """Holds itself, as a run's world does."""

    def __init__(self) -> None:
        self.own = self


@pytest.mark.parametrize(("runs", "held"), [(1, True), (work._COLLECT_AFTER, False)])
def test_a_worker_lets_go_what_its_runs_have_left(runs, held, monkeypatch):
    monkeypatch.setattr(work, "_runs", itertools.count(runs))
    gc.collect()
    gc.disable()
    try:
        left = weakref.ref(Ring())
        outcome, _ = work.run_case(work.Task(1, {}, "library"))
        assert "error" in outcome  # there is no rig: a run that fails counts too
        assert (left() is not None) == held
    finally:
        gc.enable()
