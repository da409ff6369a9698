"""What a worker of a campaign lets go."""

import gc
import io
import itertools
import json
import runpy
import sys
import warnings
import weakref

import pytest

from hil.campaign import warm, work


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


@pytest.mark.parametrize(
    ("obc", "cold", "made"), [("library", True, 1), ("library", False, 0), ("posix", True, 0)]
)
def test_a_process_of_its_own_compiles_before_there_are_workers(
    obc, cold, made, nadir, monkeypatch
):
    commands = []
    monkeypatch.setattr(warm, "loop_is_to_be_compiled", lambda: cold)
    monkeypatch.setattr(warm.subprocess, "run", lambda command, **_: commands.append(command))
    warm.compile_first(nadir, obc)
    assert len(commands) == made


def test_that_process_makes_a_run_of_the_rig_that_it_is_given(nadir, monkeypatch):
    given, made = nadir.source.metadata(), []
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(given)))
    monkeypatch.setattr(work, "run_case", made.append)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # runpy's, of a module loaded already
        runpy.run_module(warm.__name__, run_name="__main__")
    assert made == [work.Task(0, given, "library")]
