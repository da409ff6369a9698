"""What a terminal and a script are told of a run and of a recording."""

import io
import json
import math

import numpy as np
import pytest
from rich.console import Console

from hil.judge import Basis, Verdict
from hil.recording import Recorder, Recording
from hil.report.info import info_dict, print_info
from hil.report.propellant import propellant, propellant_line
from hil.report.summary import percentiles, print_summary, summary_dict

CAVEAT = "1 run; 852 needed for 99.73 % at 90 % confidence"


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "run.mcap"
    columns = [("time_s", 1), ("truth_rate_body_rad_s", 3), ("reply_s", 1)]
    rig = {"path": "a.toml", "text": "one\ntwo"}
    with Recorder(path, columns, metadata={"rig": rig}, epoch_unix_ns=86_400 * 10**9) as recorder:
        recorder.to_obc(0, b"12345")
        recorder.event(2 * 10**8, "obc", "mode_entered", "mode nadir")
        for step in range(100):
            recorder.step(step * 10**8, np.array([0.1 * step, 0, 0, 0, 1e-6 * (step + 1)]))
    return Recording(path)


@pytest.fixture
def run(recording, tmp_path):
    """A recording as the bench makes it: of what is run, on what, how long it took."""
    path = tmp_path / "made.mcap"
    given = {"rig": "a", "obc": "posix", "step_s": "0.1"}
    with Recorder(path, recording.columns, metadata={"run": given}) as recorder:
        for step in range(100):
            recorder.step(step * 10**8, np.array([0.1 * step, 0, 0, 0, 1e-6 * (step + 1)]))
        obc = {"place": "posix", "description": "host process", "firmware": "mine", "build": "7"}
        recorder.metadata("obc", obc | {"protocol": "2"})
        recorder.metadata("counters", {"crc_errors": 2, "lost_replies": 0, "bytes_to_obc": 5})
        recorder.metadata("result", {"steps": 100, "wall_s": 0.05, "obc": 0.004, "truth": 0.001})
    return Recording(path)


@pytest.mark.parametrize("ended", [True, False])
def test_steps_are_those_made_and_not_those_recorded(tmp_path, ended):
    """Of 100 steps every fourth is recorded, the last one of step 96."""
    path = tmp_path / "thin.mcap"
    with Recorder(path, [("time_s", 1)], metadata={"run": {"step_s": "0.1"}}, every=4) as recorder:
        for step in range(100):
            recorder.step(step * 10**8, np.array([0.1 * step]))
        if ended:
            recorder.metadata("result", {"steps": 100, "wall_s": 0.05, "truth": 0.001})
    figures = summary_dict(Recording(path), [])
    assert figures["steps"] == (100 if ended else 97)
    assert figures["simulated_s"] == pytest.approx(10.0 if ended else 9.7)
    if ended:
        assert figures["steps_per_s"] == pytest.approx(2000.0)
        assert figures["stage_us"] == {"truth": pytest.approx(10.0)}


def verdicts(path):
    missed = "pointing: APE of 0.2 deg exceeds 0.1 deg"
    most = Basis(1, 876, 87.6, 100.0, 0.876)
    alone = Basis(1, 12345, 1234.5, 1234.5, 1.0, 0, 0.0027, 852)
    return [
        Verdict("pointing", False, 0.2, 0.1, "deg", 7.0, missed, path, basis=most),
        Verdict(
            "one",
            True,
            0.0,
            1.0,
            "",
            1.0,
            "",
            path,
            basis=alone,
            caveat=CAVEAT,
        ),
        Verdict(
            "rate", False, math.nan, 1.0, "deg/s", math.nan, "rate: not judged: x", path, False
        ),
        Verdict("link", True, 0.0, 0.0, "", math.nan, "link: met", path),
    ]


def printed(function, *arguments):
    console = Console(file=io.StringIO(), width=100, soft_wrap=True)
    function(console, *arguments)
    return console.file.getvalue().splitlines()


def test_a_run_is_one_json_object_without_nan(run):
    told = summary_dict(run, verdicts(run.path))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (told["met"], told["steps_per_s"], told["times_real_time"]) == (False, 2000.0, 200.0)
    assert told["stage_us"] == {"obc": 40.0, "truth": 10.0}
    assert told["requirements"][2]["value"] is None
    assert told["requirements"][2]["basis"] is None
    assert told["requirements"][0]["basis"] == {
        "runs": 1,
        "samples": 876,
        "judged_s": 87.6,
        "phase_s": 100.0,
        "judged_share": 0.876,
        "failures": None,
        "confidence": None,
        "runs_needed": None,
        "confidence_wanted": 0.9,
    }
    assert told["requirements"][1]["basis"]["runs_needed"] == 852
    assert told["requirements"][1]["caveat"] == CAVEAT
    assert told["firmware"] == "mine build 7, protocol 2"


def test_a_terminal_shows_verdicts_then_what_was_missed_then_figures(run):
    lines = [line.rstrip() for line in printed(print_summary, run, verdicts(run.path))]
    assert [line.split() for line in lines[:5]] == [
        ["requirement", "value", "limit", "worst", "at", "judged"],
        ["pointing", "missed", "0.2", "deg", "0.1", "deg", "7.0", "s", "88", "s,", "87.6", "%"],
        ["one", "met", "0", "1", "1.0", "s", "1", "234", "s"],
        ["rate", "not", "judged", "1", "deg/s"],
        ["link", "met", "0", "0"],
    ]
    assert lines[5:] == [
        "pointing: APE of 0.2 deg exceeds 0.1 deg",
        "one: met (1 run; 852 needed for 99.73 % at 90 % confidence)",
        "rate: not judged: x",
        "100 steps, 10 s simulated in 0.1 s: 2 000 steps/s, 200 times real time",
        "replies: p50 50, p99 99, p99.9 100, max 100 us",
        "link: 0 lost replies, 2 crc errors, 0 watchdog resets, 0 impossible states, "
        "0 frames refused by obc",
        f"recording: {run.path}",
    ]


def test_replies_have_their_percentiles(recording, tmp_path):
    assert percentiles(recording, "reply_s")["p50"] == pytest.approx(50.5e-6)
    assert percentiles(recording, "reply_s")["max"] == pytest.approx(100e-6)
    with Recorder(tmp_path / "none.mcap", [("time_s", 1)]):
        pass
    none = Recording(tmp_path / "none.mcap")
    assert percentiles(none, "reply_s") == {"p50": None, "p99": None, "p99_9": None, "max": None}


def housekept(path, place, **last):
    """A run of three seconds whose housekeeping rose to `last`, a tenth of it a step."""
    with Recorder(path, [(f"housekeeping_{name}", 1) for name in last]) as recorder:
        recorder.metadata("obc", {"place": place})
        for step in range(30):
            recorder.step(
                step, np.array([value * (step // 10 + 8) / 10 for value in last.values()])
            )
    return Recording(path)


@pytest.mark.parametrize(
    ("place", "instructions", "words"),
    [
        ("qemu-fast", 40_000.0, "p50 36 000, max 50 000 instructions; stack at most 1 500 octets"),
        ("qemu", math.nan, "p50 36, max 50 us of the host's time; stack at most 1 500 octets"),
        ("/dev/ttyACM0", math.nan, "p50 36, max 50 us of the board's time; "
         "stack at most 1 500 octets"),
    ],
)  # fmt: skip
def test_what_a_control_step_costs_is_told_in_what_the_place_counts(
    place, instructions, words, tmp_path
):
    recording = housekept(
        tmp_path / "a.mcap",
        place,
        instructions=instructions,
        instructions_max=instructions * 1.25,
        cpu_time_ns=40_000.0,
        cpu_time_max_ns=50_000.0,
        stack_used_max=1500.0,
    )
    assert f"control step: {words}" in printed(print_info, recording)
    told = info_dict(recording)["control_step"]
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_where_nothing_is_measured_nothing_is_told(recording, tmp_path):
    nothing = {"instructions": None, "cpu_time_ns": None, "clock": "board", "stack_octets": None}
    assert info_dict(recording)["control_step"] == nothing
    unmeasured = housekept(tmp_path / "a.mcap", "posix", cpu_time_ns=math.nan, stack_used_max=0.0)
    assert not any("control step" in line for line in printed(print_info, unmeasured))


def test_a_recording_tells_what_it_holds(recording):
    told = info_dict(recording)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["epoch_utc"] == "1970-01-02T00:00:00+00:00"
    assert (told["steps"], told["last_step_s"], told["complete"]) == (100, pytest.approx(9.9), True)
    assert told["to_obc"] == {"writes": 1, "bytes": 5}
    (event,) = told["events"]
    assert (event["time_ns"], event["source"], event["name"]) == (2 * 10**8, "obc", "mode_entered")
    assert (event["text"], event["value"], event["times"]) == ("mode nadir", None, 1)
    assert told["metadata"]["rig"]["text"] == "one\ntwo"


def test_a_terminal_shows_a_recording_a_line_a_thing(recording):
    size = recording.path.stat().st_size
    assert printed(print_info, recording) == [
        f"{recording.path}: {size} bytes, complete",
        "100 steps from 1970-01-02T00:00:00+00:00, the last at 9.9 s",
        "to OBC: 5 bytes in 1 writes; from OBC: 0 bytes in 0 reads",
        "rig: path a.toml",
        "event at 0.2 s: obc: mode nadir",
        "columns: time_s, truth_rate_body_rad_s[3], reply_s",
    ]


def test_a_recording_cut_short_says_so(recording):
    data = recording.path.read_bytes()
    recording.path.write_bytes(data[: len(data) // 2])
    cut = Recording(recording.path)
    assert not cut.complete
    assert printed(print_info, cut)[0].endswith(f" bytes, incomplete: {cut.incomplete_reason}")


def test_what_thrusters_give_is_told_for_a_day(tmp_path):
    columns, path = [("time_s", 1), ("truth_thruster_impulse_N_s", 2)], tmp_path / "a.mcap"
    with Recorder(path, columns) as recorder:
        for step in range(101):
            recorder.step(step * 10**8, np.array([0.1 * step, 0.02 * step, 0.01 * step]))
    spent = propellant(Recording(path))
    assert spent == pytest.approx({"impulse_N_s": 3.0, "impulse_N_s_a_day": 25_920.0})
    assert propellant_line(spent) == "thrusters: 3 N s, 2.592e+04 N s a day"
    assert propellant_line(None) == ""


def test_a_spacecraft_without_thrusters_is_told_of_none(run):
    assert propellant(run) is None
    assert summary_dict(run, [])["thrusters"] is None
