"""A host program by the bench's clock: what it waits for comes when it is due, in every run."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from lines_rigs import RIG, program, write

from hil import bench
from hil.errors import ObcError, RigError
from hil.lines.sniff import Sniffer, said_in
from hil.machine import plugin
from hil.obc.place import LineTo
from hil.recording import Recording
from hil.rig import load_rig

posix_lines = pytest.importorskip("hil.obc.posix_lines", reason="pseudo-terminals")

ROOT = Path(__file__).parents[1]
MS = 1_000_000
LINE = LineTo("a", 115_200)
OCTET_ns = 86_806
BURSTS = [(120 * MS, 0, b"abc"), (130 * MS, 0, b"d"), (300 * MS, 0, b"xyz")]
DAY_ns = 1_800_000_000 * 10**9


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Return what makes a program of a C file, or of its text."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("programs")

    def make(source, *flags):
        if not isinstance(source, Path):
            path = folder / f"{abs(hash(source))}.c"
            path.write_text(source)
            source = path
        made = folder / source.stem
        subprocess.run([compiler, "-O1", "-o", made, source, *flags], check=True)
        return made

    return make


def said(path, folder, *bursts, until_ns=600 * MS, slice_ns=5 * MS):
    """Return what a program printed, and what came over its line."""
    printed = folder / "printed.log"
    with posix_lines.PosixLinesObc(path, [LINE], wire=False) as obc:
        obc.printed.keep(printed)
        obc.epoch_unix_ns = DAY_ns
        came = b""
        for begin_ns in range(0, until_ns, slice_ns):
            now = [each for each in bursts if begin_ns <= each[0] < begin_ns + slice_ns]
            obc.run_until(begin_ns + slice_ns, now)
            came += obc.channels[0].read()
    return printed.read_text() if printed.exists() else "", came


def test_everything_that_is_waited_for_comes_at_its_time(compiled, tmp_path):
    """Times in us from the run's start; each call takes 0.1 us, so that they are a few us late."""
    path = compiled(ROOT / "tests" / "data" / "lines" / "waits.c")
    told, came = said(path, tmp_path, *BURSTS)
    lines = [line.split() for line in told.splitlines()]
    fourth_us = 130_000 + OCTET_ns / 1e3
    third_us = 300_000 + 3 * OCTET_ns / 1e3
    expected = [
        ("day", 0, DAY_ns // 1000),
        ("time", 0, DAY_ns // 10**9),
        ("nanosleep", 5_000, 0),
        ("clock_nanosleep", 20_000, 0),
        ("usleep", 25_000, 0),
        ("poll", 40_000, 0),
        ("ppoll", 50_000, 0),
        ("select", 55_000, 0),
        ("epoll", 65_000, 1),
        ("timerfd", 80_000, 2),
        ("timerfd", 85_000, 1),
        ("read", fourth_us, 4),
        ("read", fourth_us + 100_000, 0),
        ("read", third_us + 100_000, 3),
        ("cond", third_us + 105_000, 1),
        ("cond", third_us + 110_000, 1),
        ("sem", third_us + 110_000, 0),
        ("sem", third_us + 115_000, -1),
        ("looked", 500_000, 0),
    ]
    assert [line[0] for line in lines] == [each[0] for each in expected]
    for (name, at_us, number), line in zip(expected, lines, strict=True):
        assert int(line[1]) == pytest.approx(at_us, abs=20), name
        assert int(line[2]) == pytest.approx(number, abs=1 if name == "day" else 0), name
    assert came == b"done"


def test_the_length_of_slices_changes_nothing(compiled, tmp_path):
    path = compiled(ROOT / "tests" / "data" / "lines" / "waits.c")
    one, other = (said(path, tmp_path, *BURSTS, slice_ns=each) for each in (MS, 10 * MS))
    assert one == other


@pytest.mark.parametrize(
    ("text", "flags", "words"),
    [
        (
            "#include <pthread.h>\nstatic void *run(void *c) { return c; }\nint main(void) { "
            "pthread_t t; return pthread_create(&t, 0, run, 0); }",
            ["-pthread"],
            "the bench's clock serves programs of one thread, without threads (pthread_create): "
            "run it in real time",
        ),
        (
            "#include <sys/time.h>\nint main(void) { struct itimerval v = {{1, 0}, {1, 0}}; "
            "return setitimer(ITIMER_REAL, &v, 0); }",
            [],
            "without setitimer",
        ),
    ],
)
def test_what_the_shim_cannot_serve_is_one_sentence(compiled, tmp_path, text, flags, words):
    with pytest.raises(ObcError) as refused:
        said(compiled(text, *flags), tmp_path)
    assert words in str(refused.value)


def test_a_program_that_never_asks_is_told_of(compiled, tmp_path, monkeypatch):
    monkeypatch.setattr(posix_lines, "_REST_S", 0.2)
    with pytest.raises(ObcError, match=r"did not wait for anything within 0.2 s.*dynamically"):
        said(compiled("int main(void) { for (;;) { } }", "-static"), tmp_path)


def test_octets_beyond_what_a_terminal_keeps_are_counted(compiled):
    path = compiled("#include <unistd.h>\nint main(void) { for (;;) sleep(1); }")
    with posix_lines.PosixLinesObc(path, [LINE], wire=False) as obc:
        obc.run_until(MS, [(0, 0, bytes(5000))])
        obc.run_until(2_000 * MS, [])
        assert obc.dropped == 5000 - 4095


def test_a_line_of_the_benchs_own_is_refused(tmp_path):
    with pytest.raises(RigError, match=r"posix-lines is for .* give \[obc\] wire = false"):
        posix_lines.PosixLinesObc(tmp_path, [LINE], wire=True)


def test_it_compiles_without_a_warning(tmp_path):
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    flags = [*plugin._SHIM_FLAGS, "-Wall", "-Wextra", "-Werror", "-Wno-nonnull-compare"]
    sources = sorted((ROOT / "clock_shim").glob("*.c"))
    subprocess.run([compiler, *flags, "-o", tmp_path / "a.so", *sources, "-ldl"], check=True)


# -- loops, with what fails ------------------------------------------------------------------------


def flown(tmp_path, name, *faults):
    tables = "".join(
        "\n[[fault]]\n" + "\n".join(f"{key} = {value!r}" for key, value in each.items())
        for each in faults
    )
    path = write(tmp_path, RIG + tables)
    result = bench.run(path, "posix-lines", tmp_path / name, firmware=program(tmp_path))
    return Recording(result.recording)


def rate(run, time_s):
    return np.linalg.norm(run["truth_rate_body_rad_s"][round(time_s / 0.05)])


def fault(device, kind, at_s, **keys):
    return {"name": f"{device} {kind}", "device": device, "kind": kind, "at_s": at_s, **keys}


FAULTS = (
    fault("line imu", "silence", 1.0, duration_s=0.5),
    fault("gyro 0", "wrong_checksum", 2.0, probability=0.3, duration_s=1.0),
    fault("obc", "power_off", 3.0, duration_s=0.5),
    fault("wheel y", "restart", 4.5),
)


def test_two_runs_with_everything_that_fails_are_the_same_octet_for_octet(tmp_path):
    one, two = (flown(tmp_path, f"{name}.mcap", *FAULTS) for name in ("one", "two"))
    assert list(one.device_lines()) == list(two.device_lines())
    for name in ("truth_rate_body_rad_s", "truth_wheel_speed_rad_s"):
        assert np.array_equal(one[name], two[name])
    assert one.metadata["counters"] == two.metadata["counters"]
    hits = {name: int(n) for name, n in one.metadata["faults"].items()}
    assert hits["line imu silence"] == 10  # 20 datagrams a second
    assert 2 <= hits["gyro 0 wrong_checksum"] <= 12
    assert hits["wheel y restart"] == 1
    counters = one.metadata["counters"]
    assert counters["injected_restarts"] == "1"
    assert int(counters["line_octets_lost_to_faults"]) == 10 * 25
    assert rate(one, 5.9) < 0.3 * rate(one, 0.0)


def test_an_image_that_is_reset_begins_anew_on_its_lines(tmp_path):
    run = flown(tmp_path, "a.mcap", fault("obc", "reset", 2.0))
    wheels = Sniffer(load_rig(tmp_path / "lines.toml").line[1], run_tables(tmp_path))
    inits = [
        round(1e-9 * said.time_ns, 1)
        for said in said_in(run.device_lines(), 1, wheels)
        if said.heard.name == "init" and said.from_obc
    ]
    assert len(inits) == 6
    assert inits[0] < 1.0
    assert 2.0 <= inits[3] <= 2.2
    assert rate(run, 5.9) < 0.1 * rate(run, 0.0)


def run_tables(folder):
    return load_rig(folder / "lines.toml").spacecraft.devices
