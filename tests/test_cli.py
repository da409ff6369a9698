"""The command line: what it prints, its exit status, one clear message for whatever is wrong."""

import io
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from fake_obc import FakeObc, SilentObc

from hil.bench.world import World
from hil.cli import main
from hil.cli.console import print_any_letter, show
from hil.obc import driver
from hil.recording import Recorder, Recording

ROOT = Path(__file__).parents[1]
NADIR = str(ROOT / "rigs" / "dier5_nadir.toml")


def hil(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def on_fake_obc(monkeypatch):
    """Runs go to the OBC that this is called with."""

    def use(obc):
        monkeypatch.setattr("hil.bench.start.open_obc", lambda *_, **__: obc)
        monkeypatch.setattr(driver, "HELLO_PATIENCE_S", 0.02)

    return use


def edited_rig(folder, old, new, file="dier5_nadir.toml"):
    """A copy of the rigs folder with one piece of one file changed; returns the rig's path."""
    rigs = shutil.copytree(ROOT / "rigs", folder / "rigs")
    text = (rigs / file).read_text()
    assert old in text
    (rigs / file).write_text(text.replace(old, new, 1))
    return rigs / "dier5_nadir.toml"


def assert_explained(result, status, *words):
    """One message, no traceback, the documented exit status."""
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    for word in words:
        assert str(word) in result.stderr


def test_a_run_prints_what_ran_then_a_table_and_where_the_recording_lies(folder):
    result = hil("run", NADIR, "--obc", "library", "--out", folder / "a.mcap")
    assert result.exit_code == 0
    assert result.stderr.startswith("Di'er-5 held at nadir: 600 s on library: firmware library")
    assert re.search(r"nadir pointing +met +[\d.]+ arcsec +42 arcsec", result.stdout)
    assert re.search(r"[\d ]+ steps/s", result.stdout)
    assert str(folder / "a.mcap") in result.stdout


def test_the_recording_goes_to_a_folder_of_its_own_when_nothing_else_is_said(folder):
    result = hil("run", NADIR, "--obc", "library", "--json")
    [path] = (folder / "recordings").iterdir()
    assert re.fullmatch(r"dier5_nadir-library-\d{8}T\d{6}\.mcap", path.name)
    assert json.loads(result.stdout)["recording"] == str(path.relative_to(folder))


def test_json_is_one_object_on_standard_output(folder):
    figures = json.loads(hil("run", NADIR, "--obc", "library", "--json").stdout)
    assert figures["met"] is True
    assert [each["name"] for each in figures["requirements"]][:1] == ["nadir pointing"]
    assert figures["counters"]["crc_errors"] == figures["counters"]["lost_replies"] == 0


def test_a_missed_requirement_is_exit_status_one(folder):
    rig = edited_rig(folder, "limit_arcsec = 42.0", "limit_arcsec = 0.1")
    result = hil("run", rig, "--obc", "library")
    assert result.exit_code == 1
    assert re.search(r"nadir pointing +missed", result.stdout)
    assert result.stderr.splitlines()[-1] == "missed: nadir pointing"


def test_the_same_run_again_is_the_same_bits(folder):
    hil("run", NADIR, "--obc", "library", "--duration", 200, "--out", "a.mcap")
    again = hil("run", NADIR, "--obc", "posix", "--duration", 200, "--out", "b.mcap",
                "--against", "a.mcap")  # fmt: skip
    assert again.exit_code == 0
    assert "same bits as a.mcap" in again.stderr


def test_a_run_that_differs_names_step_and_column_and_fails(folder):
    hil("run", NADIR, "--obc", "library", "--duration", 200, "--out", "a.mcap")
    other = hil("run", NADIR, "--obc", "library", "--duration", 200, "--seed", 2, "--against",
                "a.mcap", "--out", "b.mcap")  # fmt: skip
    assert other.exit_code == 1
    assert re.search(r"not the same as a.mcap: step 0 \(0.000 s\), \w+:", other.stderr)
    assert hil("compare", "a.mcap", "a.mcap").exit_code == 0
    told = hil("compare", "a.mcap", "b.mcap")
    assert told.exit_code == 1
    first, second = told.stderr.splitlines()
    assert first == "run seed differs: 1 and 2"
    assert second.startswith("not the same as a.mcap: step 0 (0.000 s), ")
    assert "requirement" in told.stdout
    assert re.search(r"^truth_rate_body_rad_s +\d\S* rad/s +\S+ s +\d+$", told.stdout, re.M)
    figures = json.loads(hil("compare", "a.mcap", "b.mcap", "--json").stdout)
    assert not figures["same"]
    wheel = next(each for each in figures["requirements"] if each["a"]["value"] is not None)
    assert wheel["a"]["value"] != wheel["b"]["value"]


def test_a_shorter_run_of_the_same_bits_is_told_by_its_length(folder):
    hil("run", NADIR, "--obc", "library", "--duration", 20, "--out", "a.mcap")
    other = hil("run", NADIR, "--obc", "library", "--duration", 5, "--out", "b.mcap", "--against",
                "a.mcap")  # fmt: skip
    told = "the same bits for 50 steps; a.mcap has 200, b.mcap 50"
    assert f"not the same as a.mcap: {told}\n" in other.stderr
    assert other.exit_code == hil("compare", "a.mcap", "b.mcap").exit_code == 1


def test_what_a_short_run_could_not_judge_is_said_last_and_counts_as_missed(folder):
    result = hil("run", NADIR, "--obc", "library", "--duration", 20, "--json")
    figures = json.loads(result.stdout)
    open_ = [each["name"] for each in figures["requirements"] if not each["judged"]]
    assert all(each["met"] for each in figures["requirements"] if each["judged"])
    told = f"not judged, which counts as missed: {', '.join(open_)}"
    assert open_
    assert result.stderr.splitlines()[-1] == told
    assert result.exit_code == 1


def test_recover_tells_what_there_is_and_what_is_missing(folder):
    hil("run", NADIR, "--obc", "library", "--duration", 200, "--out", "a.mcap")
    Path("cut.mcap").write_bytes(Path("a.mcap").read_bytes()[:500_000])
    result = hil("recover", "cut.mcap", "new.mcap")
    assert result.exit_code == 0
    assert re.fullmatch(r"new.mcap: \d+ steps; the file is cut in the middle .*\n", result.stdout)
    assert_explained(hil("recover", "cut.mcap", "new.mcap"), 2, "new.mcap exists")
    assert_explained(hil("recover", "nowhere.mcap", "b.mcap"), 2, "cannot read the recording")
    assert not Path("b.mcap").exists()


def test_info_tells_what_a_recording_holds(folder):
    hil("run", NADIR, "--obc", "library", "--duration", 200, "--out", "a.mcap")
    shown = hil("info", "a.mcap").stdout
    assert "2000 steps" in shown
    assert "firmware hil-adcs" in shown
    assert all(len(line) < 1000 for line in shown.splitlines() if not line.startswith("columns"))
    assert json.loads(hil("info", "a.mcap", "--json").stdout)
    files = hil("info", "a.mcap", "--rig").stdout
    for file in (NADIR, ROOT / "rigs/spacecraft/dier5.toml", ROOT / "rigs/parts/rwp015.toml"):
        assert Path(file).read_text().rstrip() in files
    assert '{"duration_s": 200.0}' in files.splitlines()[0]


# -- recordings that must not be lost -------------------------------------------------------------


def test_runs_of_the_same_second_each_have_a_recording_of_their_own(folder, monkeypatch):
    class StoppedClock(datetime):
        @classmethod
        def now(cls, zone):
            return cls(2026, 3, 21, 12, tzinfo=zone)

    monkeypatch.setattr("hil.cli.output.datetime", StoppedClock)
    for seed in (1, 2, 3):
        hil("run", NADIR, "--obc", "library", "--duration", 5, "--seed", seed)
    runs = {path.name: Recording(path) for path in (folder / "recordings").iterdir()}
    start = "dier5_nadir-library-20260321T120000"
    assert sorted(runs) == [f"{start}-2.mcap", f"{start}-3.mcap", f"{start}.mcap"]
    assert all(run.complete for run in runs.values())
    assert {run.metadata["run"]["seed"] for run in runs.values()} == {"1", "2", "3"}


def test_a_run_that_never_began_leaves_no_file(folder):
    assert hil("run", NADIR, "--obc", "/dev/ttyNONE7").exit_code == 3
    assert not list((folder / "recordings").iterdir())


def test_a_recording_that_another_bench_writes_is_refused(folder):
    with Recorder("a.mcap", [("time_s", 1)]) as other:
        other.step(0, bytes(8))
        other.flush()
        result = hil("run", NADIR, "--obc", "library", "--duration", 5, "--out", "a.mcap")
        assert_explained(result, 2, "another bench is writing a.mcap: name another file")
    assert len(Recording("a.mcap")) == 1
    assert Recording("a.mcap").complete


@pytest.mark.parametrize("out", ["a.mcap", "link.mcap"])
def test_the_recording_to_compare_with_cannot_be_overwritten(folder, out):
    hil("run", NADIR, "--obc", "library", "--duration", 5, "--out", "a.mcap")
    Path("link.mcap").symlink_to("a.mcap")
    before = Path("a.mcap").read_bytes()
    result = hil("run", NADIR, "--obc", "library", "--duration", 5, "--out", out,
                 "--against", "a.mcap")  # fmt: skip
    assert_explained(result, 2, f"--out {out} is the recording that --against compares with")
    assert Path("a.mcap").read_bytes() == before


def test_a_missing_recording_to_compare_with_is_told_before_the_run(folder):
    result = hil("run", NADIR, "--obc", "library", "--out", "b.mcap", "--against", "a.mcap")
    assert_explained(result, 2, "cannot read the recording a.mcap")
    assert not Path("b.mcap").exists()


def test_only_a_recording_is_replaced_and_that_is_said(folder):
    rig = edited_rig(folder, "seed = 1", "seed = 2")
    before = rig.read_bytes()
    result = hil("run", rig, "--obc", "library", "--duration", 5, "--out", rig)
    assert_explained(result, 2, f"{rig} exists and is not a recording of this bench: name another")
    assert rig.read_bytes() == before
    for said in ("firmware:", "replacing the recording a.mcap"):
        result = hil("run", rig, "--obc", "library", "--duration", 5, "--out", "a.mcap")
        assert said in result.stderr


def test_the_recording_that_the_rig_replays_is_not_overwritten(folder):
    hil("run", NADIR, "--obc", "library", "--duration", 1, "--realtime", "--out", "lab.mcap")
    rig = edited_rig(folder, "latency_s = 0.02", "latency = {from_recording = '../lab.mcap'}")
    result = hil("run", rig, "--obc", "library", "--duration", 5, "--out", "lab.mcap")
    assert_explained(result, 2, "--out lab.mcap is the recording that the rig replays")


# -- bad rigs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "file", "words"),
    [
        ("seed = 1", "sed = 1", "dier5_nadir.toml", ["sed", "unknown key", "did you mean seed"]),
        ("duration_s = 600.0", 'duration_s = "long"', "dier5_nadir.toml", ["duration_s", "number"]),
        ("0.1038", "0.9038", "spacecraft/dier5.toml", ["dier5.toml", "inertia_body_kg_m2"]),
        ("seed = 1", "seed = [", "dier5_nadir.toml", ["is not TOML", "line"]),
        ('spacecraft/dier5.toml"', 'spacecraft/die5.toml"', "dier5_nadir.toml",
         ["die5.toml: no such file", "did you mean dier5.toml"]),
    ],
    ids=["unknown key", "wrong type", "impossible inertia", "no TOML", "no spacecraft"],
)  # fmt: skip
def test_a_rig_that_cannot_be_used_is_told_by_file_and_key(folder, old, new, file, words):
    rig = edited_rig(folder, old, new, file)
    assert_explained(hil("run", rig, "--obc", "library"), 2, *words)
    assert_explained(hil("check", rig), 2, *words)
    assert not (folder / "recordings").exists()


def test_a_rig_that_is_not_there_is_told(folder):
    assert_explained(hil("run", "nowhere.toml"), 2, "nowhere.toml: no such file")


def test_a_recording_that_is_none_is_told(folder):
    (folder / "notes.mcap").write_text("no recording")
    assert_explained(hil("info", "notes.mcap"), 2, "notes.mcap")
    assert_explained(hil("info", "nowhere.mcap"), 2, "nowhere.mcap")


# -- bad links -----------------------------------------------------------------------------------


def test_an_unknown_place_is_a_usage_error(folder):
    assert_explained(hil("run", NADIR, "--obc", "qmeu"), 2, "--obc qmeu: expected one of library")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", NADIR, "--obc", "/dev/ttyACM0", "--firmware", "a.elf"],
         "--firmware is for library, posix, qemu, qemu-fast, posix-lines, qemu-lines, not for "
         "/dev/ttyACM0: a"),
        (["run", NADIR, "--obc", "/dev/ttyACM0", "--compiler", "gcc"], "--compiler is for library"),
        (["run", NADIR, "--firmware", "a", "--compiler", "gcc"], "give one of them"),
        (["run", NADIR, "--resume"], "--resume is for a port: posix has no cable"),
        (["phase", NADIR, "--obc", "/dev/ttyACM0", "--firmware", "a"], "--firmware is for library"),
    ],
)  # fmt: skip
def test_an_option_without_a_meaning_for_the_obc_is_a_usage_error(folder, arguments, words):
    assert_explained(hil(*arguments), 2, words)


def test_a_port_that_does_not_exist_is_a_link_failure(folder):
    result = hil("run", NADIR, "--obc", "/dev/ttyNONE7")
    assert_explained(result, 3, "cannot open port /dev/ttyNONE7: it does not exist")


def test_a_silent_obc_is_a_link_failure(folder, on_fake_obc):
    on_fake_obc(SilentObc())
    assert_explained(hil("run", NADIR), 3, "no answer to HELLO")


def test_a_firmware_of_another_protocol_version_is_refused(folder, on_fake_obc):
    on_fake_obc(FakeObc(protocol=7))
    assert_explained(hil("run", NADIR), 3, "speaks protocol 7, this bench speaks protocol 2")


@pytest.mark.emulator
def test_an_elf_of_another_protocol_version_is_refused(folder, monkeypatch):
    from hil.machine import build

    sources = shutil.copytree(build.sources(), folder / "firmware_stubs")
    header = sources / "link" / "hil_messages.h"
    header.write_text(
        header.read_text().replace(
            "#define HIL_PROTOCOL_VERSION 2u", "#define HIL_PROTOCOL_VERSION 7u"
        )
    )
    monkeypatch.setattr(build, "sources", lambda: sources)
    result = hil("run", NADIR, "--obc", "qemu")
    assert_explained(result, 3, "speaks protocol 7, this bench speaks protocol 2: install")


def test_noise_before_hello_does_no_harm(folder, on_fake_obc):
    on_fake_obc(FakeObc(boot_noise=b"\xffbooting...\r\n\0"))
    result = hil("run", NADIR, "--duration", 200, "--json")
    assert json.loads(result.stdout)["counters"]["frames_before_hello"] == 1
    assert json.loads(result.stdout)["counters"]["broken_frames"] == 0


def test_a_reply_cut_in_half_stops_the_run_and_keeps_the_recording(folder, on_fake_obc):
    on_fake_obc(FakeObc(spoil=lambda step, reply: reply[:-20] if step == 40 else reply))
    result = hil("run", NADIR, "--out", "cut.mcap")
    assert_explained(result, 3, "step 40: no complete reply", "bytes of an unfinished frame",
                     "recording so far: cut.mcap")  # fmt: skip
    assert len(Recording("cut.mcap")) == 41


def test_a_run_into_a_folder_that_cannot_be_written_is_told(folder):
    (folder / "file").write_text("")
    result = hil("run", NADIR, "--obc", "library", "--out", folder / "file" / "a.mcap")
    assert_explained(result, 2, str(folder / "file"))


def test_a_run_that_nobody_answers_leaves_no_recording(folder, on_fake_obc):
    on_fake_obc(SilentObc())
    result = hil("run", NADIR, "--out", "a.mcap")
    assert_explained(result, 3, "no answer to HELLO")
    assert not Path("a.mcap").exists()
    assert "a.mcap" not in result.stderr


def test_a_run_refused_before_its_first_step_keeps_what_was_said(folder, on_fake_obc):
    on_fake_obc(FakeObc(protocol=7))
    result = hil("run", NADIR, "--out", "a.mcap")
    assert_explained(result, 3, "no step was completed; what was said on the line: a.mcap")
    assert Recording("a.mcap").from_obc


def hear_hangups():
    """In a child: under nohup it would inherit that a lost terminal is ignored, and rightly so."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_an_interrupted_run_keeps_its_recording(folder, name):
    command = [sys.executable, "-c", "from hil.cli import main; main()"]
    process = subprocess.Popen(
        [*command, "run", NADIR, "--obc", "library", "--duration", "1e5", "--out", "cut.mcap"],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_hangups,
    )
    while "firmware:" not in process.stderr.readline():
        assert process.poll() is None
    while not Path("cut.mcap").stat().st_size > 200_000:
        assert process.poll() is None
    process.send_signal(signal.Signals[name])
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 130
    assert said.splitlines()[-2:] == ["recording so far: cut.mcap", f"hil: interrupted by {name}"]
    kept = Recording("cut.mcap")
    assert len(kept) > 100
    assert kept.incomplete_reason == f"the run was stopped: interrupted by {name}"


def test_a_terminal_that_goes_away_ends_the_run_with_its_recording_kept(folder):
    bench, terminal = pty.fork()
    if not bench:
        hear_hangups()
        command = [sys.executable, "-c", "from hil.cli import main; main()"]
        run = ["run", NADIR, "--obc", "library", "--duration", "1e5", "--out", "cut.mcap"]
        os.execv(sys.executable, [*command, *run])
    while not (Path("cut.mcap").is_file() and Path("cut.mcap").stat().st_size > 200_000):
        assert os.read(terminal, 4096)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(bench, 0)[1]) == 130
    kept = Recording("cut.mcap")
    assert len(kept) > 100
    assert kept.incomplete_reason == "the run was stopped: interrupted by SIGHUP"


# -- the tools around ----------------------------------------------------------------------------


def test_wire_prints_the_table_in_three_forms():
    assert "star_tracker  0x121  bench -> OBC" in hil("wire").stdout
    assert (
        hil("wire", "--c").stdout
        == (ROOT / "firmware_stubs" / "link" / "hil_messages.h").read_text()
    )
    assert hil("wire", "--xtce").stdout.startswith("<?xml")


def test_only_a_checkout_has_files_to_write(folder, monkeypatch):
    header = folder / "site-packages" / "firmware_stubs" / "link" / "hil_messages.h"
    monkeypatch.setattr("hil.link.generated._FILES", {header: lambda _table: "text"})
    assert_explained(hil("wire", "--write"), 2, "--write needs a checkout", header)
    header.mkdir(parents=True)
    assert_explained(hil("wire", "--write"), 2, f"cannot write {header}: Is a directory")


@pytest.mark.emulator
def test_firmware_build_prints_the_files_and_their_code_size():
    result = hil("firmware", "build", "qemu")
    assert result.exit_code == 0
    assert re.search(
        r"qemu: .*obc-usart.elf\n  obc-usart.elf: \d+ bytes of code, \d+ bytes of data",
        result.stdout,
    )


def test_doctor_names_what_is_missing_and_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    result = hil("doctor", "qemu")
    assert result.exit_code == 1
    assert re.search(
        r"MISSING STM32F405 emulator .*apt-get install .*qemu-system-arm", result.stdout
    )


def test_doctor_refuses_an_unknown_use():
    told = "hil doctor qmeu: expected posix, qemu, board, plots"
    assert_explained(hil("doctor", "qmeu"), 2, told)


def test_a_fault_of_the_bench_is_status_four_with_a_file_to_report(folder, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("in the world")

    monkeypatch.setattr(World, "advance", fail)
    result = hil("run", NADIR, "--obc", "library", "--out", "a.mcap")
    assert_explained(
        result,
        4,
        "a fault of the bench itself",
        "ZeroDivisionError: in the world",
        "bench/stepping.py",
    )
    report = Path(re.search(r"with the file (\S+)", result.stderr)[1])
    assert "Traceback" in report.read_text()
    report.unlink()
    assert "no step was completed; what was said on the line: a.mcap" in result.stderr


def test_recordings_of_different_columns_are_compared_in_those_that_both_have(folder):
    for name, columns in (("a", [("time_s", 1), ("x_m", 1)]), ("b", [("time_s", 1), ("y_m", 1)])):
        with Recorder(Path(f"{name}.mcap"), [*columns, ("z_m", 1)]) as recorder:
            recorder.step(0, np.array([0.0, 1.0, 2.0 if name == "a" else 5.0]))
    result = hil("compare", "a.mcap", "b.mcap")
    assert result.exit_code == 1
    assert "columns that only one has: x_m, y_m; the others are compared" in result.stderr
    assert re.search(r"z_m +3 m +0 s +1", result.stdout)


def test_the_help_lists_every_command_under_a_title():
    text = hil("--help").stdout
    for name in main.commands:
        assert re.search(rf"^  {name} ", text, re.MULTILINE), name
        assert main.titles[name] + ":" in text


def test_a_letter_that_the_terminal_has_not_is_escaped(monkeypatch):
    octets = io.BytesIO()
    narrow = io.TextIOWrapper(octets, encoding="cp1252", errors="strict", write_through=True)
    monkeypatch.setattr(sys, "stdout", narrow)
    print_any_letter()
    show("Ғалам é")
    assert octets.getvalue() == b"\\u0492\\u0430\\u043b\\u0430\\u043c \xe9\n"
