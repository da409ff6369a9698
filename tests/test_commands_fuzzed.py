"""Commands with arguments that do not fit: a sentence and a status, never a fault of the bench."""

import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from fuzz_commands import ROOT, fuzz

from hil.cli import main
from hil.cli.memory_limit import too_small
from hil.recording.export import whole_file

NADIR = str(ROOT / "rigs/dier5_nadir.toml")
LONG = "x" * 300  # a name has 255 octets at most


def said(*words):
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.output


@pytest.mark.slow
def test_commands_with_arguments_at_random_end_in_words():
    faults, _ = fuzz(44, seed=5)
    assert not faults


@pytest.mark.parametrize("words", [("verify", LONG), ("check", LONG), ("judge", LONG)])
def test_a_name_that_no_file_can_have_is_refused(words):
    status, told = said(*words)
    assert status == 2
    assert "File name too long" in told


def test_a_disk_that_is_full_is_no_fault_of_the_bench():
    status, told = said("new", "/dev/full/mine")
    assert status == 2
    assert "fault" not in told


def test_what_a_terminal_would_obey_is_shown_as_text_in_a_usage_error():
    status, told = said("parts", "\x1b[31m\u202e")
    assert status == 2
    assert "[[\\x1b[31m\\u202e]]" in told


def test_a_spacecraft_whose_part_is_not_there_is_refused_in_words(tmp_path):
    craft = tmp_path / "craft.toml"
    craft.write_text(
        'name = "small"\n[body]\nmass_kg = 4.0\n'
        "inertia_body_kg_m2 = [[0.04, 0.0, 0.0], [0.0, 0.03, 0.0], [0.0, 0.0, 0.02]]\n"
        '[[camera]]\npart = "none.toml"\nrate_hz = 1.0\n'
    )
    status, told = said("info", str(craft))
    assert (status, "none.toml: no such file" in told) == (2, True)


@pytest.mark.parametrize("seed", [2**63, 10**40])
def test_a_seed_that_no_table_holds_is_refused(seed):
    status, told = said("run", NADIR, "--obc", "library", "--seed", str(seed))
    assert status == 2
    assert f"seed = {seed}: must be less than 9.22337e+18" in told


def test_a_folder_that_was_removed_is_told(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    status, told = said("parts")
    assert (status, told.count("\n")) == (2, 1)
    assert "the current folder cannot be used: No such file or directory" in told


def test_memory_that_does_not_suffice_is_no_fault_of_the_bench(monkeypatch):
    def full(*_):
        raise MemoryError

    monkeypatch.setattr("hil.rig.load_rig", full)
    assert said("check", NADIR) == (
        2,
        "hil: out of memory: this process may have no more\n",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="a limit that holds is Linux's")
def test_a_limit_of_memory_that_is_too_small_is_told_before_a_library_hangs_by_it():
    command = f"ulimit -v 300000; exec {sys.executable} -m hil check {NADIR}"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("hil: this process may have 307 MB of memory (ulimit -v 300000)")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(("limit", "cores", "enough"), [(-1, 64, True), (2 * 10**9, 8, True),
                                                        (2 * 10**9, 64, False)])  # fmt: skip
def test_more_cores_take_more_memory(limit, cores, enough):
    """Each thread of the linear algebra sets 32 MB aside, twice."""
    assert (too_small(limit, cores) == "") == enough


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_has_no_room_in_its_file_is_told_not_cut_in_silence(tmp_path, unbuffered):
    with (tmp_path / "schema.json").open("wb") as file:
        ended = subprocess.run(
            [sys.executable, "-m", "hil", "schema"],
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            stdout=file,
            stderr=subprocess.PIPE,
            preexec_fn=no_file_above(4096),
        )
    assert (ended.returncode, ended.stderr) == (2, b"hil: cannot write: File too large\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_command_whose_words_find_no_room_ends_as_it_would(tmp_path, unbuffered):
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "hil", "check", "nothing.toml", NADIR],
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            stdout=subprocess.PIPE,
            stderr=full,
        )
    assert (ended.returncode, b"valid" in ended.stdout) == (2, True)


def test_half_a_project_for_which_there_is_no_room_is_taken_away(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "hil", "new", "mine"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        preexec_fn=no_file_above(100),
    )
    assert ended.returncode == 2
    assert b"mine: File too large" in ended.stderr
    assert not any(tmp_path.iterdir())


def test_a_report_that_finds_no_room_leaves_the_one_before(tmp_path):
    made = tmp_path / "report.html"
    made.write_text("before")
    with suppress(OSError), whole_file(made) as file:
        file.write(b"half")
        raise OSError
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [
        ("report.html", "before")
    ]


@pytest.mark.parametrize("words", [("faults", NADIR, "-o"), ("seu", NADIR, "--csv")])
def test_a_survey_is_not_flown_for_a_file_that_cannot_be_written(words, tmp_path):
    status, told = said(*words, str(tmp_path / "nowhere" / "it"))
    assert status == 2
    assert "there is no folder" in told


def no_file_above(octets):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))
