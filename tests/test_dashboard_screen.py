"""What is said where no window can be opened, and what a window costs the bench: nothing."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from dashboard_runs import RIG, record
from fake_obc import FakeObc

import hil.dashboard
from hil.bench import Bench, Member
from hil.dashboard import DashboardError, screen
from hil.recording import Recording, first_difference
from hil.rig import load_rig

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def no_screen(monkeypatch):
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def offscreen(monkeypatch, no_screen):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


def run_dashboard(*arguments):
    command = [sys.executable, "-m", "hil.dashboard", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


# ---- where there can be no window ----------------------------------------------------------------


def test_a_terminal_without_a_screen_is_told(no_screen, tmp_path):
    record(tmp_path / "run.mcap", steps=10)
    done = run_dashboard(tmp_path / "run.mcap")
    assert done.returncode == 2
    assert done.stderr.startswith("hil: live plots need a screen, and this terminal has none")
    assert "Traceback" not in done.stderr


def test_a_bench_without_a_screen_starts_no_process(no_screen, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(DashboardError, match="neither DISPLAY nor WAYLAND_DISPLAY"):
        hil.dashboard.launch(Path("run.mcap"))


def test_missing_packages_are_named_with_the_extra_that_brings_them(offscreen, monkeypatch):
    monkeypatch.setattr(screen.importlib.util, "find_spec", lambda _: None)
    wanted = r"pyqtgraph and PySide6-Essentials: pip install 'hil\[plot\]'"
    with pytest.raises(DashboardError, match=wanted):
        hil.dashboard.check()


@pytest.mark.plots
def test_missing_system_libraries_are_named_by_their_debian_packages(offscreen, monkeypatch):
    monkeypatch.setattr(screen, "_loads", lambda library: "EGL" not in library)
    with pytest.raises(DashboardError, match="sudo apt-get install libegl1"):
        hil.dashboard.check()
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setattr(screen, "_loads", lambda library: "cursor" not in library)
    with pytest.raises(DashboardError, match="libxcb-cursor0"):
        hil.dashboard.check()


@pytest.mark.plots
def test_a_qt_that_would_abort_is_refused(offscreen, monkeypatch):
    monkeypatch.setattr(screen.sys, "version_info", (3, 11, 7))
    monkeypatch.setattr(screen.importlib.metadata, "version", lambda _: "6.12.0")
    with pytest.raises(DashboardError, match=r"PySide6 6\.12\.0 aborts under Python 3\.11"):
        hil.dashboard.check()


@pytest.mark.plots
def test_a_file_that_is_not_there_or_no_recording_is_told(offscreen, tmp_path):
    done = run_dashboard(tmp_path / "none.mcap")
    assert (done.returncode, "none.mcap: no such file" in done.stderr) == (2, True)
    (tmp_path / "odd.mcap").write_text("a picture")
    done = run_dashboard(tmp_path / "odd.mcap", "--follow")
    assert (done.returncode, "odd.mcap is not a recording" in done.stderr) == (2, True)


@pytest.mark.plots
def test_a_file_without_a_step_is_told_and_opens_no_window(offscreen, tmp_path):
    record(tmp_path / "run.mcap", steps=100)
    whole = (tmp_path / "run.mcap").read_bytes()
    for size in (0, 100, len(whole) // 2):  # the one chunk of this run is in its second half
        (tmp_path / "cut.mcap").write_bytes(whole[:size])
        done = run_dashboard(tmp_path / "cut.mcap")
        assert (done.returncode, "cut.mcap holds no step to plot" in done.stderr) == (2, True)


@pytest.mark.plots
def test_a_picture_of_no_file_is_refused_as_that(tmp_path):
    wanted = [str(tmp_path / "none.mcap"), "--png", str(tmp_path / "x.png")]
    command = [sys.executable, "-m", "hil", "plot", *wanted]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("hil: cannot read the recording ")
    assert "none.mcap: no such file" in done.stderr


# ---- a process of its own ------------------------------------------------------------------------


def bench(path, seconds, realtime=False, spoil=lambda _, reply: reply):
    rig = load_rig(RIG).with_overrides(duration_s=seconds)
    obc = FakeObc(spoil=spoil)
    return Bench([Member(rig, obc, path, realtime=realtime)])


@pytest.mark.plots
def test_a_window_that_hangs_and_dies_delays_no_step(offscreen, tmp_path):
    path = tmp_path / "run.mcap"
    window = hil.dashboard.launch(path)

    def disturb(step, reply):
        if step == 25:
            os.kill(window.pid, signal.SIGSTOP)  # the slowest screen there is
        if step == 35:
            window.kill()
        return reply

    (result,) = bench(path, 4.0, realtime=True, spoil=disturb).run()
    assert window.wait() == -signal.SIGKILL
    recording = Recording(path)
    assert len(recording) == result.steps == 40
    assert recording["late_s"].max() < 0.1  # no step began later than its own period
    assert result.counters["lost_replies"] == 0


@pytest.mark.plots
def test_a_window_changes_no_bit_of_a_run(offscreen, tmp_path):
    alone, watched = tmp_path / "alone.mcap", tmp_path / "watched.mcap"
    bench(alone, 30.0).run()
    window = hil.dashboard.launch(watched)
    try:
        bench(watched, 30.0).run()
    finally:
        window.kill()
        window.wait()
    assert first_difference(Recording(alone), Recording(watched)) is None


_LAUNCH = """
import sys
from pathlib import Path
from hil.dashboard import launch
print(launch(Path(sys.argv[1])).pid)
"""


@pytest.mark.plots
def test_a_window_that_nobody_can_see_ends_with_its_bench_and_holds_no_output(offscreen, tmp_path):
    record(tmp_path / "run.mcap", steps=10)
    command = [sys.executable, "-W", "ignore", "-c", _LAUNCH, str(tmp_path / "run.mcap")]
    bench = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    try:
        window = os.pidfd_open(int(bench.stdout))
    except ProcessLookupError:
        return  # it is gone already
    try:
        assert select.select([window], [], [], 60.0)[0]
    finally:
        os.close(window)


_SIGNAL = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from hil.dashboard.application import application, show
application()
QTimer.singleShot(0, lambda: os.kill(os.getpid(), int(sys.argv[2])))
sys.exit(show(Path(sys.argv[1]), False, "dark"))
"""


@pytest.mark.plots
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_window_ends_on_a_signal_with_the_status_of_an_interrupted_command(
    offscreen, tmp_path, number
):
    record(tmp_path / "run.mcap", steps=10)
    command = [sys.executable, "-c", _SIGNAL, str(tmp_path / "run.mcap"), str(int(number))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (130, False)


# ---- in three dimensions -------------------------------------------------------------------------

_SHOOT = """
import sys, time
from pathlib import Path
from hil.dashboard.application import application
from hil.dashboard.session import Session
from hil.dashboard.window import Dashboard
qt = application()
window = Dashboard(Session(Path(sys.argv[1])), False)
window.show()
while window.grid is None or window.session.follower.state != "ended":
    qt.processEvents()
for _ in range(20):
    qt.processEvents()
    window.tick()
assert window.save_png(Path(sys.argv[2]))
view = window.grid.attitude
corner = view.mapTo(window, view.rect().topLeft())
print(view.lacks, corner.x(), corner.y(), view.width(), view.height())
"""


@pytest.fixture
def x_display(no_screen, monkeypatch):
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    try:
        with os.fdopen(read) as display:
            monkeypatch.setenv("DISPLAY", f":{display.readline().strip()}")
        monkeypatch.setenv("LIBGL_ALWAYS_SOFTWARE", "1")
        yield
    finally:
        server.terminate()
        server.wait()


@pytest.mark.plots
def test_with_opengl_the_attitude_is_solid(x_display, tmp_path):
    from PySide6.QtGui import QColor, QImage

    from hil.dashboard.theme import DARK

    record(tmp_path / "run.mcap")
    done = subprocess.run(
        [sys.executable, "-c", _SHOOT, tmp_path / "run.mcap", tmp_path / "run.png"],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lacks, *place = done.stdout.split()
    assert lacks == "False"
    picture = QImage(str(tmp_path / "run.png")).copy(*map(int, place))
    assert picture.width() > 200
    for colour in (DARK.target, DARK.field, DARK.nadir, DARK.sun, DARK.body, *DARK.curves[:3]):
        assert _pixels_like(picture, QColor(colour)) > 20, colour


def _pixels_like(picture, colour):
    """How many pixels have about this colour's hue and are no grey."""
    picture = picture.convertToFormat(picture.Format.Format_RGB888)
    line = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
    pixels = line[:, : 3 * picture.width()].reshape(-1, 3).astype(float)
    wanted = np.array(colour.getRgb()[:3], dtype=float)
    return int((np.abs(pixels - wanted).max(axis=1) < 30).sum())


@pytest.mark.plots
def test_a_picture_is_saved_without_a_screen(tmp_path):
    record(tmp_path / "run.mcap")
    environment = {key: value for key, value in os.environ.items() if "DISPLAY" not in key}
    environment.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, "-m", "hil", "plot", "run.mcap", "--png"]

    def saved(name):
        return subprocess.run(
            [*command, name],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert saved("run.png").returncode == 0
    picture = (tmp_path / "run.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 1600
    told = saved("nowhere/run.png")
    assert told.returncode == 2
    assert "cannot save the picture nowhere/run.png" in told.stderr
