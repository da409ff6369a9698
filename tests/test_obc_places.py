"""Every place an OBC can live: it answers, its death is told, nothing outlives it."""

import _ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_obc import Talk

from hil.errors import LinkError, ObcError, RigError
from hil.machine import build
from hil.obc import driver, qemu
from hil.obc.image import place_for
from hil.obc.places import open_obc
from hil.obc.process import Child, CoreLease

DEVICES = {"gyro": 1, "star_tracker": 1, "tachometer": 3, "magnetometer": 1, "coarse_sun_sensor": 1}
EMULATED = [pytest.param(name, marks=pytest.mark.emulator) for name in ("qemu", "qemu-fast")]
PROCESSES = ["posix", *EMULATED]
PLACES = ["library", *PROCESSES]


def hello(obc):
    return Talk(obc, patience_s=2.0).hello(DEVICES)


@pytest.fixture(scope="module")
def artifacts():
    return {place: build.build(place) for place in ("library", "posix")}


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def wait_until(condition, patience_s=60.0):
    until = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < until, "did not happen in time"
        os.sched_yield()


@pytest.mark.parametrize("place", PLACES)
def test_the_same_build_answers_in_every_place(place):
    with open_obc("library") as library, open_obc(place) as obc:
        assert hello(obc) == hello(library)
        assert place in ("library", "posix") or "STM32F405" in obc.description


@pytest.mark.parametrize("place", PROCESSES)
def test_nothing_is_left_running_after_close(place):
    with open_obc(place) as obc:
        hello(obc)
        pid = obc.pid
        assert is_running(pid)
    assert not is_running(pid)
    obc.close()  # twice does no harm


@pytest.mark.parametrize("place", PROCESSES)
def test_a_killed_obc_is_reported_with_how_it_ended(place):
    with open_obc(place) as obc:
        hello(obc)
        os.kill(obc.pid, signal.SIGKILL)
        with pytest.raises(ObcError, match=rf"\(pid {obc.pid}\) ended with signal SIGKILL"):
            hello(obc)


@pytest.mark.parametrize("place", PROCESSES)
def test_a_killed_bench_leaves_no_obc_behind(place):
    bench = subprocess.Popen(
        [sys.executable, "-c", _BENCH_THAT_WAITS, place], stdout=subprocess.PIPE, text=True
    )
    pid = int(bench.stdout.readline())
    assert is_running(pid)
    bench.kill()
    bench.communicate()
    wait_until(lambda: not is_running(pid))


_BENCH_THAT_WAITS = """
import sys, time
from hil.obc.places import open_obc
with open_obc(sys.argv[1]) as obc:
    print(obc.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.emulator
def test_an_emulator_runs_on_one_core():
    with open_obc("qemu") as obc:
        assert len(os.sched_getaffinity(obc.pid)) == 1


def test_a_core_is_leased_to_one_emulator_at_a_time(monkeypatch, tmp_path):
    # Apart from the leases of what other tests run at the same time.
    monkeypatch.setattr("hil.machine.locks._folder", lambda: tmp_path)
    leases = [CoreLease() for _ in os.sched_getaffinity(0)]
    assert sorted(lease.core for lease in leases) == sorted(os.sched_getaffinity(0))
    one_more = CoreLease()
    assert one_more.core in os.sched_getaffinity(0)
    for lease in [*leases, one_more]:
        lease.release()


def test_a_program_that_cannot_start_is_named():
    with pytest.raises(ObcError, match=r"cannot start /nowhere/obc: No such file"):
        Child(["/nowhere/obc"])


def test_the_last_words_of_a_program_are_kept():
    child = Child([sys.executable, "-c", "import sys; print('stack overflow'); sys.exit(7)"])
    assert child.obituary().endswith("ended with exit status 7: stack overflow")
    child.kill()


def test_an_unknown_place_is_refused_with_the_known_ones():
    with pytest.raises(RigError, match=r"--obc qmeu: expected one of library, posix, qemu, qemu-f"):
        open_obc("qmeu")


def test_a_library_that_is_no_firmware_is_refused():
    with pytest.raises(ObcError, match=r"cannot use .*_ctypes.* as an OBC: .*hil_obc_size"):
        open_obc("library", firmware=Path(_ctypes.__file__))


def test_a_system_without_pseudo_terminals_is_told_in_words(monkeypatch):
    def without_dev_pts():
        raise OSError(19, "No such device")

    monkeypatch.setattr(os, "openpty", without_dev_pts)
    with pytest.raises(ObcError, match=r"no pseudo-terminal.*No such device.*--obc library"):
        open_obc("posix")


def test_a_missing_emulator_is_no_reason_to_run_elsewhere(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ObcError, match=r"qemu-system-arm is not installed: run `hil doctor --inst"):
        open_obc("qemu")


@pytest.mark.parametrize("place", ["library", "posix", "qemu"])
def test_a_pipe_in_place_of_firmware_is_told_as_no_file(place, tmp_path):
    pipe = tmp_path / "a.elf"
    os.mkfifo(pipe)
    with pytest.raises(RigError, match=r"firmware .*a.elf is no file: build it, or correct"):
        open_obc(place, firmware=pipe)


@pytest.mark.parametrize("place", ["library", "posix", "qemu"])
def test_a_missing_file_is_named(place, tmp_path):
    with pytest.raises(RigError, match=r"firmware .*no.elf does not exist: build it, or correct"):
        open_obc(place, firmware=tmp_path / "no.elf")


def test_a_file_tells_where_it_runs(artifacts):
    for place in ("library", "posix"):
        assert place_for(artifacts[place]) == place
    assert place_for(None) == "posix"
    assert place_for(None, wire=False) == "posix-lines"
    assert place_for(None, wire=False, realtime=True) == "posix"


@pytest.mark.emulator
def test_a_file_for_the_board_runs_on_the_emulated_one():
    assert place_for(build.build("qemu")) == "qemu"


def test_a_script_is_a_program(tmp_path):
    (tmp_path / "obc.sh").write_text("#!/bin/sh\n")
    assert place_for(tmp_path / "obc.sh") == "posix"


def test_a_file_that_a_place_cannot_run_is_refused_with_the_place_that_can(artifacts, tmp_path):
    with pytest.raises(
        RigError, match=r"posix runs a program .*, and .*\.so is a shared library f"
    ):
        open_obc("posix", firmware=artifacts["library"])
    with pytest.raises(RigError, match=r"is a program for .*: use --obc posix$"):
        open_obc("library", firmware=artifacts["posix"])


def _with_machine(program, number, path):
    """The same file as if built for another machine."""
    data = bytearray(program.read_bytes())
    data[18:20] = number.to_bytes(2, "little")
    path.write_bytes(data)
    return path


def test_a_program_for_another_machine_is_named(artifacts, tmp_path):
    riscv = _with_machine(artifacts["posix"], 243, tmp_path / "obc")
    with pytest.raises(RigError, match=r"no place runs .*obc: it is a program for RISC-V\. --firm"):
        place_for(riscv)
    with pytest.raises(RigError, match=r"is a program for RISC-V: leave --firmware out for the"):
        open_obc("posix", firmware=riscv)


def test_what_is_no_firmware_is_refused(tmp_path):
    (tmp_path / "notes.md").write_text("no firmware")
    with pytest.raises(
        RigError, match=r"no place runs .*notes.md: it is neither a program nor a l"
    ):
        place_for(tmp_path / "notes.md")
    (tmp_path / "cut.elf").write_bytes(b"\x7fELF\x02")
    with pytest.raises(RigError, match="a damaged ELF file"):
        place_for(tmp_path / "cut.elf")


@pytest.mark.emulator
@pytest.mark.parametrize("place", ["qemu", "qemu-fast"])
def test_a_firmware_that_the_emulated_board_cannot_run_is_refused(place, artifacts):
    with pytest.raises(RigError, match=rf"{place} runs an ARM .elf built for the STM32F405, and"):
        open_obc(place, firmware=artifacts["posix"])


def test_a_program_that_does_not_answer_is_not_asked_for_its_wires(monkeypatch):
    monkeypatch.setattr(driver, "HELLO_PATIENCE_S", 0.05)
    with (
        open_obc("posix", firmware=Path("/bin/cat")) as obc,
        pytest.raises(LinkError, match=r"no answer to HELLO .*: does the program talk on the l"),
    ):
        hello(obc)


@pytest.mark.parametrize(
    ("place", "compiler", "words"),
    [
        ("posix", "arm-none-eabi-gcc", "builds for qemu and qemu-fast, not for library and posix"),
        ("qemu", "clang", "builds for library and posix, not for qemu and qemu-fast: use arm-"),
    ],
)
def test_a_compiler_for_the_other_target_is_refused(place, compiler, words):
    with pytest.raises(RigError, match=f"--compiler {compiler} {words}"):
        build.build(place, compiler)


def test_a_missing_compiler_is_named_with_the_cure(monkeypatch):
    monkeypatch.setattr(build, "_version", lambda _: None)
    with pytest.raises(ObcError, match=r"no C compiler .*cc or zig not found.*pip install ziglang"):
        build.compiler(build.HOST)


def test_a_firmware_that_does_not_compile_shows_the_compilers_words(tmp_path, monkeypatch):
    broken = tmp_path / "firmware_stubs"
    broken.mkdir()
    (broken / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.20)\nproject(x C)\nadd_executable(x x.c)\n"
    )
    (broken / "x.c").write_text("int main(void) { return nothing; }\n")
    monkeypatch.setattr(build, "sources", lambda: broken)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ObcError, match=r"does not build with cc (.|\n)*nothing"):
        build.build("posix")


CLANG_CRASHED = "zig: error: clang frontend command failed with exit code 135"
GCC_KILLED = "cc: fatal error: Killed signal terminated program cc1"


@pytest.mark.parametrize(
    ("said", "runs"), [(CLANG_CRASHED, 2), (GCC_KILLED, 2), ("x.c:1: error: 'nothing'", 1)]
)
def test_a_compiler_that_crashed_is_run_once_more_and_one_that_refuses_is_not(tmp_path, said, runs):
    count = tmp_path / "count"
    done = build.run_step(["sh", "-c", f'echo run >> "{count}"; echo "{said}" >&2; exit 1'])
    assert (done.returncode, count.read_text().count("run")) == (1, runs)


def test_a_build_goes_on_after_a_compilers_crash(tmp_path):
    count = tmp_path / "count"
    crash_once = f'[ -e "{count}" ] || {{ touch "{count}"; echo "{CLANG_CRASHED}"; exit 1; }}'
    assert build.run_step(["sh", "-c", crash_once]).returncode == 0


def test_a_second_build_of_the_same_sources_builds_nothing(monkeypatch):
    first = build.build("posix")
    monkeypatch.setattr(build, "_run_cmake", lambda *_: pytest.fail("built again"))
    assert build.build("posix") == first


def test_an_edited_source_is_another_build(tmp_path, monkeypatch):
    import shutil

    copy = shutil.copytree(build.sources(), tmp_path / "firmware_stubs")
    tool = build.compiler(build.HOST)
    monkeypatch.setattr(build, "sources", lambda: copy)
    before = build.build_folder(tool)
    (copy / "adcs" / "one_more.c").write_text("int one_more;\n")
    assert build.build_folder(tool) != before


def test_a_new_build_takes_out_those_that_nobody_ran_for_weeks(tmp_path, monkeypatch):
    """The compiler's part is taken over from a build that exists."""
    made = build.build("posix").parent
    monkeypatch.setattr(build, "_run_cmake", lambda _, folder: shutil.copytree(made, folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = tmp_path / "hil" / "firmware"
    now_s = time.time()
    for name, days in (("stale", 15.0), ("recent", 13.0)):
        (cache / name).mkdir(parents=True)
        (cache / name / "complete").touch()
        (cache / f"{name}.lock").touch()
        os.utime(cache / name / "complete", (now_s - days * 86400.0,) * 2)
    built = build.build("posix")
    assert built.is_relative_to(cache)
    assert {path.name for path in cache.iterdir() if path.is_dir()} == {built.parent.name, "recent"}
    assert not (cache / "stale.lock").exists()


def test_the_emulators_name_is_the_one_doctor_installs():
    from hil.machine.doctor import NEEDS

    assert any(qemu.EMULATOR in need.apt for need in NEEDS)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_in_the_midst_of_a_fork_is_not_lost(name):
    code = f"""
import os, signal
from hil.cli.interrupt import interrupt_on_signals
from hil.obc.process import Child
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
interrupt_on_signals()
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.{name}))
try:
    Child(["sleep", "600"])
except KeyboardInterrupt:
    print("interrupted", os.popen("ps -o comm= --ppid %d" % os.getpid()).read().split())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout.startswith("interrupted")
    assert "sleep" not in done.stdout
