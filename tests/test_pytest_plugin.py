"""Rigs as pytest files: run once, judged; a dead bench is an ERROR, bad pointing a FAIL."""

import xml.etree.ElementTree as ET
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hil import bench
from hil.errors import ObcError
from hil.judge.allowed import Allowed
from hil.recording import Recorder

pytest_plugins = ["pytester"]

_INSTALLED = any(entry.name == "hil" for entry in entry_points(group="pytest11"))
PLUGIN = ["-p", "no:hypothesispytest"]  # it takes most of a second to sum up nothing
PLUGIN += [] if _INSTALLED else ["-p", "hil.pytest_plugin"]
RIGS = Path(__file__).parent.parent / "rigs"

RIG = """\
title = "A test"
spacecraft = "small.toml"
seed = 3
duration_s = 10.0

[orbit]
epoch_utc = 2026-03-21T12:00:00Z
position_eci_m = [6900e3, 0.0, 0.0]
velocity_eci_m_s = [0.0, 7600.0, 0.0]

[obc]
mode = "nadir"

[[requirement]]
name = "slow"
column = "truth_rate_body_rad_s"
limit = 0.1

[[requirement]]
name = "very slow"
column = "truth_rate_body_rad_s"
limit = 0.01
from_s = 5.0
"""

SPACECRAFT = """\
name = "small"
[body]
mass_kg = 4.0
inertia_body_kg_m2 = [[0.04, 0.0, 0.0], [0.0, 0.03, 0.0], [0.0, 0.0, 0.02]]
"""


@contextmanager
def record(rig, out):
    """Write the recording of a whole run at 0.05 rad/s."""
    with Recorder(out, [("time_s", 1), ("truth_rate_body_rad_s", 3)]) as recorder:
        for step in range(rig.steps):
            recorder.step(step, np.array([0.1 * step, 0.05, 0.0, 0.0]))
        recorder.metadata("counters", dict.fromkeys(Allowed.model_fields, 0))
        yield


@pytest.fixture
def made(monkeypatch):
    """Replace the bench by one that only writes a recording; return what was asked of it."""
    runs, asked = [], []

    def run(rig, obc, out, **how):
        runs.append((rig.name, obc, rig.seed, rig.duration_s))
        asked.append({name: value for name, value in how.items() if value})
        with record(rig, out):
            if obc == "dead":
                raise ObcError("the OBC died\n  last sent: sync of step 7\n  last heard: nothing")
        return SimpleNamespace(recording=out, identity="a firmware build 1")

    monkeypatch.setattr(bench, "run", run)
    run.asked = asked
    return runs


@pytest.fixture
def session(pytester, made):
    """Run pytest in a folder with a rig and its spacecraft."""
    pytester.makefile(".toml", rig=RIG, small=SPACECRAFT)
    return lambda *arguments: pytester.runpytest_inprocess(*PLUGIN, *arguments)


def test_the_projects_rig_holds_what_it_says_on_the_firmware(pytester):
    result = pytester.runpytest_inprocess(*PLUGIN, RIGS / "dier5_nadir.toml")
    result.assert_outcomes(passed=5)


def test_each_requirement_is_a_test_and_a_miss_a_failure_in_a_sentence(session, made):
    result = session("-v", "--hil-out", "kept")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "rig.toml::slow?posix? PASSED*",
            "rig.toml::very slow?posix? FAILED*",
            "rig.toml::link?posix? PASSED*",
            "very slow: truth_rate_body_rad_s (norm) of 0.05 rad/s exceeds 0.01 rad/s "
            "(always, 5 s to 9.9 s of 1 run: 50 samples, 5 s, 100 % of the phase); "
            "worst 0.05 rad/s at 5 s in *kept/rig-posix.mcap",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert made == [("rig", "posix", 3, 10.0)]


@pytest.mark.parametrize("name", ["very slow", "slow [rad/s]", "slow::very"])
def test_what_failed_last_is_run_again_and_fails_again(session, pytester, name):
    pytester.makefile(".toml", rig=RIG.replace("very slow", name))
    pytester.makefile(".toml", other=RIG.replace("limit = 0.01", "limit = 0.2"))
    session("-p", "cacheprovider").assert_outcomes(failed=1, passed=5)
    session("--lf").assert_outcomes(failed=1)


@pytest.mark.parametrize("name", ["slow::very", "slow [1]::[2]", "50 % süß"])
def test_a_printed_id_runs_its_test(session, pytester, name):
    pytester.makefile(".toml", rig=RIG.replace("very slow", name))
    ids = [line for line in session("--collect-only", "-q").outlines if "::" in line]
    assert len(ids) == 3
    session(ids[1]).assert_outcomes(failed=1)


def test_runs_are_named_by_this_sessions_worker_and_by_no_other(session, monkeypatch, made):
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw7")  # of a session around this one
    session("--hil-out", "kept")
    assert [path.name for path in Path("kept").iterdir()] == ["rig-posix.mcap"]


def test_a_firmware_that_nothing_can_run_is_an_error_in_words(session, made):
    Path("my.elf").write_text("notes")
    result = session("--hil-firmware", "my.elf")
    result.stdout.fnmatch_lines(["no place runs my.elf: it is neither a program nor a library.*"])
    assert made == []


def test_a_rig_is_judged_over_all_the_seeds_asked_for(session, made):
    result = session("--hil-seeds", "1-3,7", "-v", "--hil-out", "kept")
    result.assert_outcomes(passed=2, failed=1)
    assert [seed for _, _, seed, _ in made] == [1, 2, 3, 7]
    result.stdout.fnmatch_lines(["very slow: *kept/rig-posix-seed=*.mcap"])


COUNTED = """
import os
from types import SimpleNamespace
from test_pytest_plugin import record
from hil import bench

def run(rig, obc, out, **how):
    with open("runs.txt", "a") as runs:
        print(rig.name, obc, rig.seed, os.environ["PYTEST_XDIST_WORKER"], file=runs)
    with record(rig, out):
        return SimpleNamespace(recording=out, identity="a firmware build 1")

bench.run = run
"""


@pytest.mark.parametrize(
    "asked",
    [
        ["--hil-seeds", "1-3"],
        pytest.param(["rig.toml", "other.toml", "test_a.py"], marks=pytest.mark.slow),
    ],
)
def test_workers_make_no_run_twice(pytester, monkeypatch, asked):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    pytester.makeconftest(COUNTED)
    pytester.makefile(".toml", rig=RIG, other=RIG.replace("0.01", "0.2"), small=SPACECRAFT)
    pytester.makepyfile(
        test_a="import pytest\n@pytest.mark.parametrize('n', range(9))\ndef test_b(n): pass"
    )
    places = ["--hil-obc", "posix", "--hil-obc", "library"]
    done = pytester.runpytest_subprocess(*PLUGIN, "-p", "xdist", "-n", "2", *places, *asked)
    done.assert_outcomes(passed=9 + 10, failed=2)
    runs = [line.rsplit(" ", 1) for line in Path("runs.txt").read_text().splitlines()]
    assert len(runs) == len({run for run, _ in runs}) == 4 * (3 if "--hil-seeds" in asked else 1)
    assert {worker for _, worker in runs} == {"gw0", "gw1"}


def test_a_failure_says_how_its_worst_run_is_made_again(session, pytester):
    told = session("--hil-seeds", "4-6", "--hil-out", "kept").stdout
    told.fnmatch_lines(["very slow: *kept/rig-posix-seed=4.mcap"])
    told.fnmatch_lines(["  again: hil run rig.toml --obc posix --seed 4"])
    Path("my.elf").write_text("#!/bin/sh\n")
    told = session("--hil-firmware", "my.elf", "--hil-realtime", "--hil-obc", "posix").stdout
    told.fnmatch_lines(
        ["  again: hil run rig.toml --obc posix --seed 3 --firmware my.elf --realtime"]
    )


def test_the_figure_of_each_seed_goes_into_the_junit_report(session, pytester):
    session("--hil-seeds", "4-5", "--junitxml", "report.xml")
    case = next(
        each
        for each in ET.parse(pytester.path / "report.xml").iter("testcase")
        if each.get("name") == "very slow[posix]"
    )
    found = {p.get("name"): p.get("value") for p in case.iter("property")}
    assert (found["hil_value_seed_4"], found["hil_value_seed_5"]) == ("0.05", "0.05")


@pytest.mark.parametrize("seeds", ["one", "1-", "5-2", "1,1", ""])
def test_seeds_that_are_none_are_refused(session, made, seeds):
    result = session("--hil-seeds", seeds)
    result.stderr.fnmatch_lines(["*--hil-seeds*"])
    assert made == []


def test_firmware_and_pace_are_passed_on(session, made):
    Path("my.elf").write_text("#!/bin/sh\n")
    session("--hil-firmware", "my.elf", "--hil-realtime", "--hil-resume").assert_outcomes(
        passed=2, failed=1
    )
    assert bench.run.asked == [{"firmware": Path("my.elf"), "realtime": True, "resume": True}]


def test_a_rig_runs_once_on_each_obc_asked_for(session, made):
    result = session("--hil-obc", "posix", "--hil-obc", "/dev/ttyACM0", "-v")
    result.assert_outcomes(passed=4, failed=2)
    result.stdout.fnmatch_lines(["rig.toml::link?/dev/ttyACM0? PASSED*"])
    assert [obc for _, obc, *_ in made] == ["posix", "/dev/ttyACM0"]


LINES = """
[[line]]
name = "down"
baud = 115200
[line.telemetry]
xtce = "a.xml"
mode = "MODE"
"""


def test_a_rig_of_lines_is_skipped_where_there_are_none_and_one_sentence_says_so(
    session, pytester, made
):
    pytester.makefile(".toml", rig=RIG.replace("[obc]\n", "[obc]\nwire = false\n") + LINES)
    result = session("--hil-obc", "library", "--hil-obc", "qemu-fast", "--hil-obc", "qemu")
    result.assert_outcomes(passed=2, failed=1, skipped=2, warnings=2)
    assert [obc for _, obc, *_ in made] == ["qemu-lines"]
    for place in ("library", "qemu-fast"):
        why = (
            f"rig was not run on {place}, which has no lines, and the rig has [[][[]line]] tables: "
            "run it with --hil-obc posix or --hil-obc qemu"
        )
        result.stdout.fnmatch_lines([f"*NotRunWarning: {why}"])


def test_an_obc_that_dies_is_an_error_with_its_last_frames(session, made):
    result = session("--hil-obc", "dead", "--hil-out", "kept")
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(
        [
            "the OBC died",
            "  last sent: sync of step 7",
            "  last heard: nothing",
            "  recording so far: *kept/rig-dead.mcap",
        ]
    )
    assert len(made) == 1


def test_a_requirement_that_cannot_be_judged_is_an_error(session, pytester):
    pytester.makefile(".toml", rig=RIG.replace("limit = 0.1", 'limit = 0.1\nin_mode = "target"', 1))
    result = session()
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["slow: not judged: * has no column 'estimate_mode'; its columns: *"]
    )


def test_what_one_run_does_not_show_of_those_to_come_is_a_warning(session, pytester):
    among_runs = 'probability = 0.9973\ninterpretation = "ensemble"\nlimit = 0.1'
    pytester.makefile(".toml", rig=RIG.replace("limit = 0.1", among_runs, 1))
    result = session("--junitxml", "report.xml")
    result.assert_outcomes(passed=2, failed=1, warnings=1)
    result.stdout.fnmatch_lines(
        ["*TooFewRunsWarning: slow: met (1 run; 852 needed for 99.73 % at 90 % *"]
    )
    report = (pytester.path / "report.xml").read_text()
    assert '<property name="hil_runs_needed" value="852"' in report
    strict = session("-W", "error::hil.pytest_plugin.TooFewRunsWarning")
    strict.assert_outcomes(passed=1, failed=2)


def test_enough_seeds_show_what_is_said_of_runs_to_come(session, pytester):
    among_runs = 'probability = 0.5\ninterpretation = "ensemble"\nlimit = 0.1'
    pytester.makefile(".toml", rig=RIG.replace("limit = 0.1", among_runs, 1))
    session("--hil-seeds", "1-3").assert_outcomes(passed=2, failed=1, warnings=1)
    session("--hil-seeds", "1-4").assert_outcomes(passed=2, failed=1, warnings=0)


@pytest.mark.parametrize(
    ("old", "new"), [("[orbit]", "[orbti]"), ("spacecraft", "spacecaft"), ("[[req", "[[rq")]
)
def test_a_mistake_in_a_rig_is_an_error_and_not_a_rig_less(session, pytester, old, new):
    pytester.makefile(".toml", rig=RIG.replace(old, new))
    result = session()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*rig.toml: *"])


def test_other_toml_files_are_left_alone(pytester):
    pytester.makefile(".toml", small=SPACECRAFT, pyproject="[tool.x]\n", broken="= no toml")
    (pytester.path / "binary.toml").write_bytes(b"\xff\x00")
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes()


def test_a_test_written_by_hand_gets_the_recording_of_a_run(session, pytester, made):
    pytester.makepyfile(
        """
        def test_slow(hil_run):
            recording = hil_run("rig.toml", duration_s=6, seed=2)
            assert len(recording) == 60

        def test_same_run(hil_run):
            assert hil_run("rig.toml", seed=2, duration_s=6)["time_s"][-1] < 6

        def test_the_rigs_own_run(hil_run, hil_obc):
            assert hil_obc == "posix"
            assert len(hil_run("rig.toml")) == 100
        """
    )
    session().assert_outcomes(passed=5, failed=1)
    assert sorted(made) == [("rig", "posix", 2, 6.0), ("rig", "posix", 3, 10.0)]


def test_a_dead_obc_is_an_error_in_a_test_written_by_hand_too(session, pytester):
    pytester.makepyfile('def test_slow(hil_run):\n    hil_run("rig.toml")\n')
    result = session(
        "--hil-obc", "dead", "test_a_dead_obc_is_an_error_in_a_test_written_by_hand_too.py"
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["the OBC died", "  last sent: sync of step 7"])


def test_figures_and_firmware_go_into_the_junit_report(session, pytester):
    session("--junitxml", "report.xml", "--hil-out", "kept")
    cases = {
        case.get("name"): case for case in ET.parse(pytester.path / "report.xml").iter("testcase")
    }
    found = {p.get("name"): p.get("value") for p in cases["very slow[posix]"].iter("property")}
    assert found == {
        "hil_obc": "posix",
        "hil_firmware": "a firmware build 1",
        "hil_recording": "kept/rig-posix.mcap",
        "hil_value": "0.05",
        "hil_limit": "0.01",
        "hil_unit": "rad/s",
        "hil_worst_time_s": "5.0",
        "hil_runs": "1",
        "hil_samples": "50",
        "hil_judged_s": "5.0",
        "hil_phase_s": "5.0",
        "hil_judged_share": "1.0",
        "hil_confidence_wanted": "0.9",
    }
    assert "exceeds 0.01 rad/s" in cases["very slow[posix]"].find("failure").get("message", "")


def test_runs_of_two_rigs_of_one_name_are_kept_apart(session, pytester):
    for folder in ("a", "b"):
        (pytester.mkdir(folder) / "rig.toml").write_text(RIG)
        (pytester.path / folder / "small.toml").write_text(SPACECRAFT)
    session("a", "b", "--hil-out", "kept")
    kept = sorted(path.name for path in (pytester.path / "kept").iterdir())
    assert kept == ["rig-posix-2.mcap", "rig-posix.mcap"]


def short_rig(*expected):
    """A rig of 14 s that says that these faults, device and kind, have no effect."""
    text = (RIGS / "dier5_nadir.toml").read_text().replace('"spacecraft/', f'"{RIGS}/spacecraft/')
    text = text.replace("duration_s = 600.0", "duration_s = 14.0").replace("120.0", "9.0")
    text = text.replace("limit_arcsec = 42.0", "limit_deg = 2.0")
    table = '[[expected_rating]]\ndevice = "{}"\nkind = "{}"\nat_worst = "no effect"\n'
    return "\n".join([text, *(table.format(*each) for each in expected)])


def test_a_rig_that_says_how_bad_faults_may_become_has_a_test_for_each(pytester):
    pytester.makefile(".toml", it=short_rig(("wheel x", "stuck_*"), ("rod 0", "dead")))
    result = pytester.runpytest_inprocess(*PLUGIN, "--hil-obc", "library", "-k", "fault", "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*::fault rod 0 dead[[]library] PASSED*"])


def test_a_fault_that_becomes_worse_than_expected_fails_in_words(pytester):
    pytester.makefile(".toml", it=short_rig(("wheel x", "runaway")))
    result = pytester.runpytest_inprocess(*PLUGIN, "--hil-obc", "library", "-k", "fault and wheel")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["fault wheel x runaway, rating *, noticed *, worst * deg*; expected no effect at worst"]
    )


# -- held against an earlier session ---------------------------------------------------------------


@pytest.fixture
def faster(monkeypatch):
    """Make the bench of the next session turn the spacecraft faster."""

    def run(rig, obc, out, **how):
        with Recorder(out, [("time_s", 1), ("truth_rate_body_rad_s", 3)]) as recorder:
            for step in range(rig.steps):
                recorder.step(step, np.array([0.1 * step, 0.07, 0.0, 0.0]))
            recorder.metadata("counters", dict.fromkeys(Allowed.model_fields, 0))
        return SimpleNamespace(recording=out, identity="a firmware build 2")

    return lambda: monkeypatch.setattr(bench, "run", run)


def test_a_figure_worse_than_the_earlier_sessions_fails_with_both(session, faster):
    session("--hil-out", "green")
    faster()
    result = session("--hil-against", "green", "--junitxml", "report.xml")
    result.assert_outcomes(passed=1, failed=2)  # slow by the change, very slow as before
    result.stdout.fnmatch_lines(
        [
            "slow: met, but worse by more than 10 % of its limit",
            "  before: 0.05 rad/s, now 0.07 rad/s: 20 % of the limit worse",
            "held against green: of 2 figures 0 the same, 0 better, 2 worse",
        ]
    )
    assert '<property name="hil_value_before" value="0.05' in Path("report.xml").read_text()


def test_a_figure_may_be_worse_by_so_much(session, faster):
    session("--hil-out", "green")
    faster()
    session("--hil-against", "green", "--hil-worse", "21 %").assert_outcomes(passed=2, failed=1)


def test_an_earlier_session_on_other_workers_is_found(session, made):
    session("--hil-out", "green")
    Path("green/rig-posix.mcap").rename("green/rig-posix-gw1.mcap")
    result = session("--hil-against", "green")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["held against green: of 2 figures 2 the same, 0 better, 0 worse"])


def test_a_rig_that_did_not_run_before_is_told_and_passes(session, made, pytester):
    session("--hil-out", "green")
    Path("rig.toml").rename("other.toml")
    result = session("--hil-against", "green")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["  no earlier run: 3, the first of them other.toml::slow*"])


def test_a_folder_without_recordings_is_refused_before_any_run(session, made):
    result = session("--hil-against", "nowhere")
    result.stderr.fnmatch_lines(["*--hil-against nowhere: holds no recording: give the folder *"])
    assert made == []
