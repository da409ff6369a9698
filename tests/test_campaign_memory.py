"""What a worker of a campaign lets go."""

import gc
import itertools
import json
import subprocess
import sys
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


def test_that_process_makes_a_run_of_the_rig_that_it_is_given(nadir):
    given = json.dumps(nadir.with_overrides(duration_s=1.0).source.metadata())
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", warm.__name__], input=given, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "hil.obc.library" in done.stderr  # imported by a run alone
