"""The window, on Qt's offscreen screen."""

import os

import numpy as np
import pytest
from dashboard_runs import (
    COLUMNS,
    STEP_s,
    error_arcsec,
    metadata,
    record,
    start_of,
    table,
    write,
)
from numpy.testing import assert_allclose
from planted import CAUSES, diagnosed

from hil.recording import Recorder

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.plots


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run.mcap"
    record(path)
    return path


@pytest.fixture
def opened(qtbot):
    """Opens windows whose frames are run by hand."""
    from hil.dashboard.session import Session
    from hil.dashboard.window import Dashboard

    def open_(path, follow=False, theme="dark"):
        window = Dashboard(Session(path), follow, theme)
        window.stop()
        qtbot.addWidget(window)
        window.show()
        for _ in range(8):
            window.tick()
        return window

    return open_


def panel(window, key):
    return next(each for each in window.grid.panels if each.panel.key == key)


def shown_s(window):
    """The span of time in each panel."""
    return [tuple(each.view.getPlotItem().vb.viewRange()[0]) for each in window.grid.panels]


def test_the_pointing_error_is_written_largest_and_on_top(run, opened):
    window = opened(run)
    large = window.grid.large
    assert large.header.text.startswith("Pointing error")
    assert f"{error_arcsec(149.9):.1f} arcsec" in large.header.text
    assert "within the limit" in large.header.text
    assert all(large.header.height() > each.header.height() for each in window.grid.small)
    assert all(large.width() > each.width() for each in window.grid.small)


def test_the_curve_is_the_runs_error(run, opened):
    time_s, log10_error = opened(run).grid.large.drawn(0)
    assert np.allclose(10.0**log10_error, error_arcsec(time_s), rtol=0.02)


def test_every_axis_has_a_name_and_a_unit(run, opened):
    for each in opened(run).grid.panels:
        plot = each.view.getPlotItem()
        for side in ("left", "bottom"):
            assert "(" in plot.getAxis(side).labelText


def test_it_fits_a_laptops_screen(run, opened):
    window = opened(run)
    window.resize(1366, 700)
    assert (window.width(), window.height()) == (1366, 700)
    assert min(each.view.height() for each in window.grid.panels) > 100


def test_it_grows_with_the_file(tmp_path, opened):
    path = tmp_path / "live.mcap"
    window = opened(path, follow=True)
    assert window.grid is None
    with Recorder(path, COLUMNS, metadata=metadata()) as recorder:
        for first in range(0, 1000, 100):
            write(recorder, table(100, first))
            recorder.flush()
            window.tick()
            time_s, _ = window.grid.large.drawn(0)
            assert time_s[-1] == pytest.approx((first + 99) * STEP_s)
        assert "live" in window.toolbar.heading.text


def test_a_pause_holds_the_picture_and_not_the_reading(tmp_path, opened):
    path = tmp_path / "live.mcap"
    with Recorder(path, COLUMNS, metadata=metadata()) as recorder:
        write(recorder, table(100))
        recorder.flush()
        window = opened(path, follow=True)
        window.toolbar.pause.click()
        write(recorder, table(100, first=100))
        recorder.flush()
        window.tick()
        assert window.grid.large.drawn(0)[0][-1] == pytest.approx(9.9)
        assert len(window.session.history) == 200
        window.toolbar.pause.click()
        window.tick()
        assert window.grid.large.drawn(0)[0][-1] == pytest.approx(19.9)


def test_a_zoom_in_one_panel_is_a_zoom_in_all_until_latest_is_asked_for(run, opened):
    window = opened(run)
    panel(window, "rates").zoomed.emit(20.0, 40.0)
    window.tick()
    assert shown_s(window) == [(20.0, 40.0)] * len(window.grid.panels)
    window.toolbar.latest.click()
    window.tick()
    assert all(span[0] == 0.0 and span[1] >= 149.9 for span in shown_s(window))


def test_the_wheel_over_a_plot_zooms(run, opened, qtbot):
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    window = opened(run)
    view = panel(window, "field").view
    at = QPointF(view.width() / 2, view.height() / 2)
    event = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)
    window.tick()
    spans = shown_s(window)
    assert len(set(spans)) == 1
    assert spans[0][1] - spans[0][0] < 500.0


def test_the_cursor_tells_what_was_at_an_instant(run, opened):
    window = opened(run)
    panel(window, "rates").pointed.emit(40.0)
    window.tick()
    assert f"{error_arcsec(40.0):.0f} arcsec" in window.grid.large.header.text
    assert "limit from 120 s on" in window.grid.large.header.text
    assert window.foot.text.startswith("cursor 40.0 s · mode nadir · last event 0.0 s")
    panel(window, "rates").pointed.emit(float("nan"))
    for _ in range(4):
        window.tick()
    assert f"{error_arcsec(149.9):.1f} arcsec" in window.grid.large.header.text


def test_an_error_above_the_limit_is_said_to_be(tmp_path, opened):
    path = tmp_path / "bad.mcap"
    rows = table(1500)
    rows[1400:, 2:6] = rows[0, 2:6]  # the body stays where it was at first
    with Recorder(path, COLUMNS, metadata=metadata()) as recorder:
        write(recorder, rows)
    window = opened(path)
    assert "above the limit" in window.grid.large.header.text


def test_errors_on_the_line_stand_in_the_links_panel(run, opened):
    assert panel(opened(run), "link").header.text.endswith("1 CRC")


def test_without_opengl_the_attitude_is_flat_and_says_so(run, opened):
    window = opened(run)
    assert window.grid.attitude.lacks
    assert "2-D projection: no OpenGL here" in window.grid.attitude_heading.text


def test_the_picture_is_saved(run, opened, tmp_path):
    from PySide6.QtGui import QImage

    window = opened(run)
    assert window.save_png(tmp_path / "run.png")
    assert QImage(str(tmp_path / "run.png")).width() >= 1366
    assert not window.save_png(tmp_path / "no" / "such" / "folder.png")


@pytest.mark.parametrize(("theme", "bright"), [("dark", False), ("light", True)])
def test_themes_are_dark_and_light_and_can_be_changed(run, opened, theme, bright):
    window = opened(run, theme=theme)
    assert _is_bright(window) == bright
    window.toolbar.theme.click()
    window.tick()
    assert _is_bright(window) != bright


def _is_bright(window):
    picture = window.grab().toImage()
    places = [(x, y) for x in range(40, picture.width(), 97) for y in range(40, 600, 53)]
    return np.mean([picture.pixelColor(x, y).lightness() for x, y in places]) > 128


def test_what_became_of_the_run_is_said(run, opened, tmp_path):
    assert "complete, 149.9 s" in opened(run).toolbar.heading.text
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(run.read_bytes()[: run.stat().st_size // 2])
    assert "the bench was killed" in opened(cut).toolbar.heading.text
    stopped = tmp_path / "stopped.mcap"
    with Recorder(stopped, COLUMNS, metadata=metadata()) as recorder:
        write(recorder, table(50))
        recorder.metadata("aborted", {"reason": "LinkError: cable pulled"})
    assert "stopped at 4.9 s: LinkError: cable pulled" in opened(stopped).toolbar.heading.text


def test_silence_is_told_while_nobody_can_say_what_it_means(tmp_path, opened, monkeypatch):
    from hil.dashboard import window as module

    path = tmp_path / "live.mcap"
    with Recorder(path, COLUMNS, metadata=metadata()) as recorder:
        write(recorder, table(50))
        recorder.flush()
        clock_s = [100.0]
        monkeypatch.setattr(module.time, "monotonic", lambda: clock_s[0])
        window = opened(path, follow=True)
        clock_s[0] += 12.0
        for _ in range(4):
            window.tick()
        assert "no new data for 12 s" in window.toolbar.heading.text


def test_another_run_in_the_same_file_takes_the_windows_place(tmp_path, opened):
    path = tmp_path / "live.mcap"
    record(path, steps=300)
    window = opened(path, follow=True)
    record(path, steps=100)
    window.tick()
    assert window.grid.large.drawn(0)[0][-1] == pytest.approx(9.9)


def test_a_file_that_becomes_something_else_is_told(tmp_path, opened):
    path = tmp_path / "live.mcap"
    record(path, steps=300)
    window = opened(path, follow=True)
    path.write_bytes(b"a picture")
    for _ in range(4):
        window.tick()
    assert "is not a recording" in window.toolbar.heading.text


def test_faults_are_bars_of_their_own_row_for_as_long_as_they_were_in_force(
    tmp_path, opened, nadir
):
    from hil import bench

    faults = [
        {"name": "a", "device": "gyro 0", "kind": "held", "at_s": 2.0, "duration_s": 3.0},
        {"name": "b", "device": "wheel x", "kind": "dead", "at_s": 6.0},
    ]
    rig = nadir.with_overrides(duration_s=10.0, fault=faults)
    result = bench.run(rig, "library", tmp_path / "run.mcap")
    window = opened(result.recording)
    bars = window.grid.large.strip._fault_bars
    shown = [bar.rect() for bar, _ in bars if bar.isVisible()]
    assert [(each.left(), each.right()) for each in shown] == [
        (pytest.approx(2.0), pytest.approx(5.0)),
        (pytest.approx(6.0), pytest.approx(9.9)),
    ]


def test_a_run_without_faults_has_no_row_for_them(run, opened):
    window = opened(run)
    assert window.grid.large.strip._fault_bars == []


def test_a_run_that_missed_something_says_why_and_shows_which_sensor_was_blind(tmp_path, opened):
    planted = next(each for each in CAUSES if each.name == "a dead star tracker")
    _, recording, _ = diagnosed(planted._replace(duration_s=150.0), tmp_path / "rig")
    window = opened(recording.path)
    window.session.wait_for_why()
    window._write_state()
    assert window.why.text.startswith("likely cause: star tracker 0 silent from 20.0 s on")
    assert not window.why.isHidden()
    assert window.grid.large.strip.rows[:4] == ["mode", "events", "faults", "star tracker 0"]
    spans, _ = window.grid.large.strip._spans["invalid"].getData()
    assert spans[:2] == pytest.approx([20.0, 149.9], abs=0.6)


def test_a_run_that_met_everything_has_no_line_for_causes(run, opened):
    assert opened(run).why.isHidden()


def test_a_line_without_room_takes_the_shorter_text_and_is_never_cut(qtbot):
    from hil.dashboard.line import Line

    line = Line()
    qtbot.addWidget(line)
    line.resize(200, 20)
    line.write("a" * 200, "short")
    assert line.text == "short"
    line.write("a" * 200, "b" * 60 + '<span style="color:#ff0000">XXX</span>')
    picture = line.grab().toImage()
    red = [
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if (picture.pixelColor(x, y).red() > 200 and picture.pixelColor(x, y).green() < 60)
    ]
    assert red
    assert min(red) > picture.width() // 2


def test_a_signal_that_jumps_between_pixels_is_drawn_as_its_envelope(tmp_path, opened):
    path = tmp_path / "run.mcap"
    rows = table(20_000)
    at = start_of("command_dipole_body_A_m2")
    rows[:, at] = np.where(np.arange(len(rows)) % 2, 0.3, -0.3)
    with Recorder(path, COLUMNS, metadata=metadata(duration_s=2000.0)) as recorder:
        write(recorder, rows)
    dipole = panel(opened(path), "dipole")
    time_s, values = dipole.drawn(0)
    half = len(time_s) // 2
    assert (np.diff(time_s[:half]) > 0).all()
    assert (np.diff(time_s[half:]) < 0).all()
    assert_allclose(values[:half], 0.3, rtol=1e-6)
    assert_allclose(values[half:], -0.3, rtol=1e-6)


@pytest.mark.parametrize(("value", "side"), [(0.3, "above"), (8.0, "below")])
def test_a_limits_words_are_not_written_over_zero_where_data_settle(qtbot, value, side):
    import pyqtgraph as pg

    from hil.dashboard.limitlines import LimitLines
    from hil.dashboard.panel import Limit, Panel
    from hil.dashboard.theme import DARK

    plot = pg.PlotItem()
    panel = Panel(
        "rate", "", "rate", "deg/s", ("x",), len, (Limit("words", value, both_signs=True),)
    )
    LimitLines(plot, panel, DARK).place((0.0, 100.0), (-10.0, 10.0))
    [words] = [item for item in plot.items if isinstance(item, pg.TextItem) and item.isVisible()]
    assert words.anchor.y() == {"above": 1.0, "below": 0.0}[side]
