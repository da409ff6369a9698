"""hil judge: recordings judged without their runs."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from dashboard_runs import COLUMNS, RIG, metadata, table, write

from hil.cli import main
from hil.judge.allowed import COUNTED
from hil.recording import Recorder


@pytest.fixture
def recorded(tmp_path):
    def record(name="run.mcap", steps=1500, **overrides):
        with Recorder(tmp_path / name, COLUMNS, metadata=metadata(**overrides)) as recorder:
            write(recorder, table(steps))
            recorder.metadata("counters", dict.fromkeys(COUNTED, 0))
        return tmp_path / name

    return record


@pytest.fixture
def edited(tmp_path):
    """The rig of the recordings with something in its text replaced."""

    def edit(old, new):
        text = RIG.read_text()
        assert old in text
        craft = RIG.parent / "spacecraft"
        text = text.replace('"spacecraft/', f'"{craft}/').replace(old, new)
        path = tmp_path / "edited.toml"
        path.write_text(text)
        return path

    return edit


def judged(*arguments):
    return CliRunner().invoke(main, ["judge", *map(str, arguments)])


def test_a_recording_is_judged_by_the_rig_that_it_holds(recorded):
    result = judged(recorded())
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0][-2:] == ["1", "run"]
    assert [" ".join(line).partition(" met ")[0] for line in lines[2:]] == [
        "nadir pointing", "steadiness", "attitude knowledge", "in mode nadir", "link",
    ]  # fmt: skip


def test_a_recording_is_judged_by_an_edited_rig(recorded, edited):
    rig = edited("limit_arcsec = 42.0", "limit_arcsec = 11.0")
    result = judged(recorded(), "--rig", rig)
    assert result.exit_code == 1
    assert "nadir pointing: APE (boresight) of 12." in result.stdout
    assert "exceeds 11 arcsec" in result.stdout
    assert result.stderr.splitlines()[-1] == "missed: nadir pointing"


def test_runs_of_one_rig_with_several_seeds_are_judged_together(recorded):
    result = judged(recorded("a.mcap", seed=1), recorded("b.mcap", seed=2), "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["met"], len(told["rigs"])) == (0, True, 1)
    (rig,) = told["rigs"]
    assert len(rig["recordings"]) == 2
    assert rig["requirements"][0]["basis"]["runs"] == 2


def test_runs_of_different_rigs_are_judged_apart(recorded):
    result = judged(recorded("a.mcap"), recorded("b.mcap", duration_s=150.0), "--json")
    assert [len(rig["recordings"]) for rig in json.loads(result.stdout)["rigs"]] == [1, 1]


def test_a_run_too_short_for_its_rig_is_not_judged(recorded):
    result = judged(recorded(steps=300))
    assert result.exit_code == 1
    told = "nadir pointing: not judged: applies from 120 s, the run ends at 29.9 s"
    assert told in result.stdout


def test_what_holds_no_rig_says_so(tmp_path):
    with Recorder(tmp_path / "bare.mcap", COLUMNS) as recorder:
        write(recorder, table(20))
    result = judged(tmp_path / "bare.mcap")
    assert result.exit_code == 2
    assert "does not hold the rig that it was made with" in result.stderr


@pytest.mark.parametrize("window_s", ["0.25", "0.04"])
def test_a_window_that_does_not_fit_the_control_period_is_refused_before_the_run(edited, window_s):
    rig = edited("window_s = 1.0", f"window_s = {window_s}")
    result = CliRunner().invoke(main, ["check", str(rig)])
    assert result.exit_code == 2
    assert (
        f'"steadiness": window_s = {window_s} must be a multiple of step_s = 0.1' in result.stderr
    )


@pytest.mark.slow
def test_a_long_recording_is_judged_in_the_memory_of_a_short_one(tmp_path):
    """Opening and judging."""
    peaks = []
    for steps in (10_000, 1_000_000):
        path = tmp_path / f"{steps}.mcap"
        with Recorder(path, COLUMNS, metadata=metadata(duration_s=steps * 0.1)) as recorder:
            for first in range(0, steps, 10_000):
                write(recorder, table(10_000, first))
            recorder.metadata("counters", dict.fromkeys(COUNTED, 0))
        script = (
            "import resource, sys; from hil.cli import main; "
            "main(['judge', sys.argv[1]], standalone_mode=False); "
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, path], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout.splitlines()[-1]))
    assert peaks[1] - peaks[0] < 100_000  # KiB; the rows alone are 320 MB
