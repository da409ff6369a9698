"""The firmware's own tests, in C, built by each host compiler and run under its sanitizers."""

import math
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from hil.flight.parameters import EVENTS, PARAMETERS, c_header
from hil.machine import build

STUBS = Path(__file__).parents[1] / "firmware_stubs"
FRAMES = Path(__file__).parent / "data" / "frames"
SUITES = [path.stem.removeprefix("test_") for path in sorted(STUBS.glob("tests/test_*.c"))]
OTHER_COMPILERS = [
    pytest.param("clang", marks=[pytest.mark.compilers, pytest.mark.slow]),
    pytest.param("zig", marks=[pytest.mark.compilers, pytest.mark.slow]),  # clang, packed anew
]


@pytest.fixture(scope="module")
def build_tests(tmp_path_factory):
    """Builds the C tests by one compiler, outside the source tree, and hands out the folder."""

    def built(name=None, built={}):  # noqa: B006  the same compiler builds once
        if name not in built:
            folder = tmp_path_factory.mktemp("firmware")
            tool = build.compiler(build.HOST, name)
            programs = [Path(sys.executable).parent / name for name in ("cmake", "ninja")]
            cmake, ninja = (str(path) if path.exists() else path.name for path in programs)
            options = [f"-DCMAKE_MAKE_PROGRAM={ninja}", "-DHIL_TESTS=ON", *tool.cmake_options]
            source = ["-S", str(STUBS), "-B", str(folder)]
            for command in ([cmake, "-G", "Ninja", *source, *options], [cmake, "--build", folder]):
                done = build.run_step(command)
                assert done.returncode == 0, done.stdout + done.stderr
            built[name] = folder
        return built[name]

    return built


def run(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("suite", SUITES)
def test_suite(suite, build_tests):
    assert " 0 failed" in run(build_tests() / "firmware-tests", FRAMES, suite)


@pytest.mark.parametrize("compiler", OTHER_COMPILERS)
def test_all_suites_from_another_compiler(compiler, build_tests):
    assert " 0 failed" in run(build_tests(compiler) / "firmware-tests", FRAMES)


def test_a_failed_check_fails_the_run(build_tests, tmp_path):
    """With no frame vectors to read, the framing suite must complain."""
    program = build_tests() / "firmware-tests"
    done = subprocess.run(
        [program, tmp_path, "framing"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "test_framing.c" in done.stdout


def test_fuzzed_bytes_find_nothing(build_tests):
    assert "no finding" in run(build_tests() / "firmware-fuzz", "3000")


def test_links_that_spoil_frames_of_files_find_nothing(build_tests):
    assert "no finding" in run(build_tests() / "firmware-fuzz-cfdp", "3000")


def test_the_committed_parameter_header_is_not_stale():
    header = STUBS / "adcs" / "adcs_parameters.h"
    assert header.read_text() == c_header(), "regenerate it: python -m hil.flight.parameters"


def test_the_field_on_board_is_that_of_the_model():
    """The committed coefficients are IGRF-14's, for functions that are not normalised."""
    text = (STUBS / "adcs" / "field_coefficients.h").read_text()
    pairs = re.findall(r"\{(\S+)f, (\S+)f\}", text)
    first = float(re.search(r"FIELD_FIRST_YEAR (\S+)f", text)[1])
    places = [(n, m) for n in range(1, 8) for m in range(n + 1)]
    epochs = [first + 5.0 * i for i in range(4)]
    wanted = [(year, n, m) for year in epochs for n, m in places]
    for (year, n, m), pair in zip(wanted, pairs, strict=True):
        scale = math.sqrt((1 if m == 0 else 2) * math.factorial(n - m) / math.factorial(n + m))
        expected = [1e-9 * scale * value for value in gauss(year, n, m)]
        assert [float(value) for value in pair] == pytest.approx(expected, rel=1e-5, abs=1e-16)


@cache
def model_rows():
    model = files("hil.physics").joinpath("data/IGRF14.shc").read_text(encoding="ascii")
    rows = [line.split() for line in model.splitlines() if not line.startswith("#")]
    table = {(int(row[0]), int(row[1])): [float(x) for x in row[2:]] for row in rows[2:]}
    return [float(year) for year in rows[1]], table


def gauss(year, degree, order):
    """g and h in nT at an epoch, as the model's file has them."""
    years, table = model_rows()
    at = years.index(year)
    return [table[degree, order][at], table[degree, -order][at] if order else 0.0]


def test_parameters_are_well_formed():
    for entry in PARAMETERS:
        assert entry.minimum <= entry.default <= entry.maximum, entry.name
        assert entry.doc
        assert entry.unit
    for table in (PARAMETERS, EVENTS):
        names = [entry.name for entry in table]
        assert len(set(names)) == len(names)


def test_a_build_writes_nothing_into_the_source_tree(build_tests):
    build_tests()
    assert not [path for path in STUBS.rglob("*") if path.name in ("CMakeCache.txt", "CMakeFiles")]


def test_no_file_and_no_line_of_the_firmware_is_too_long():
    generated = ("hil_messages.h", "adcs_parameters.h", "weights.h")
    for path in sorted(STUBS.rglob("*.[ch]")):
        if path.name not in generated:
            lines = path.read_text().splitlines()
            assert len(lines) <= 250, path
            assert max(map(len, lines)) <= 125, path


STORE_MAIN = """\
#include "file_store.h"
#include <stdio.h>
int main(int count, char **words)
{
    static struct file_store file;
    unsigned char word[4] = {1, 2, 3, 4};
    if (!file_store_open(&file, words[1])) {
        return 1;
    }
    if (count > 2 && !file.medium.program(file.medium.context, 1, 8, word, 4)) {
        return 2;
    }
    return file.medium.sector_size == 2048 ? 0 : 3;
}
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the posix place's store")
def test_what_a_program_stored_in_a_file_is_there_when_it_starts_again(tmp_path):
    """Two sectors of 2 048 octets, 0xFF where nothing was written; of another size it is new."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler for the host")
    (tmp_path / "main.c").write_text(STORE_MAIN)
    folders = [f"-I{STUBS / each}" for each in ("ports/posix", "adcs")]
    source = STUBS / "ports" / "posix" / "file_store.c"
    program, kept = tmp_path / "program", tmp_path / "store"
    subprocess.run(
        [compiler, "-std=c99", *folders, tmp_path / "main.c", source, "-o", program], check=True
    )
    new = b"\xff" * 4096
    written = new[: 2048 + 8] + bytes([1, 2, 3, 4]) + new[2048 + 12 :]
    subprocess.run([program, kept], check=True)
    assert kept.read_bytes() == new
    subprocess.run([program, kept, "write"], check=True)
    assert kept.read_bytes() == written
    subprocess.run([program, kept], check=True)
    assert kept.read_bytes() == written
    kept.write_bytes(written[:-1])
    subprocess.run([program, kept], check=True)
    assert kept.read_bytes() == new
    assert subprocess.run([program, tmp_path / "no" / "folder"], check=False).returncode == 1
