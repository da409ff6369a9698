"""What a firmware prints is kept beside the recording, shown when asked for, and bounded."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hil.cli import main
from hil.machine.build import build
from hil.obc import printed
from hil.obc.process import Child

RIG = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"


def printing(tmp_path, *lines):
    """The reference firmware in a script that prints before it starts it."""
    script = tmp_path / "obc.sh"
    said = "\n".join(f"echo '{line}'" for line in lines)
    script.write_text(f"#!/bin/sh\n{said}\nexec {build('posix')} $1\n")
    script.chmod(0o755)
    return script


def run(tmp_path, firmware, *more):
    out = tmp_path / "a.mcap"
    words = ["run", str(RIG), "--duration", "5", "--out", str(out), "--firmware", str(firmware)]
    return CliRunner().invoke(main, [*words, *more]), tmp_path / "a.mcap.log"


def test_what_a_firmware_prints_lies_beside_the_recording(tmp_path):
    result, log = run(tmp_path, printing(tmp_path, "boot 3.1", "gyro: ok"))
    assert log.read_text() == "boot 3.1\ngyro: ok\n"
    assert f"what the OBC printed: {log}" in result.output
    assert "obc: boot" not in result.output


def test_it_is_shown_when_it_is_asked_for_and_obeyed_by_no_terminal(tmp_path):
    result, _ = run(tmp_path, printing(tmp_path, "\x1b[31mred"), "--obc-output")
    assert r"obc: \x1b[31mred" in result.output


def test_a_firmware_that_prints_nothing_leaves_no_file_of_its_own_or_of_an_earlier_run(tmp_path):
    run(tmp_path, printing(tmp_path, "boot"))
    result, log = run(tmp_path, build("posix"))
    assert not log.exists()
    assert "what the OBC printed" not in result.output


def finished(code, kept=None):
    """A Printed after a program of its own has ended."""
    output = printed.Printed()
    if kept:
        output.keep(kept)
    child = Child([sys.executable, "-c", code], printed=output)
    child.obituary()
    child.kill()
    return output


def test_what_comes_before_the_recording_is_open_is_not_lost(tmp_path):
    output = finished("print('early')")
    output.keep(tmp_path / "a.log")
    assert (tmp_path / "a.log").read_text() == "early\n"


def test_a_program_that_prints_without_end_is_kept_up_to_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(printed, "MOST_OCTETS", 10_000)
    output = finished("print('x' * 99 + '\\n' * 1, end='' ); print(('y' * 99 + '\\n') * 9999)",
                      tmp_path / "a.log")  # fmt: skip
    text = (tmp_path / "a.log").read_text()
    assert len(text) < 10_100
    assert text.endswith("(more was printed than is kept)\n")
    assert output.last_lines().count("y" * 99) == 4


def test_a_line_without_an_end_takes_no_memory():
    output = finished("import sys; sys.stdout.write('z' * 3_000_000)")
    assert len(output.last_lines()) <= 2000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_does_not_stop_the_program(tmp_path):
    (tmp_path / "a.log").symlink_to("/dev/full")
    output = printed.Printed()
    output._file = tmp_path / "a.log"
    child = Child([sys.executable, "-c", "print('x')"], printed=output)
    assert "exit status 0: x" in child.obituary()
    child.kill()
