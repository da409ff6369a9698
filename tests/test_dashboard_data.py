"""What the dashboard makes of a recording, before anything is drawn."""

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from dashboard_runs import COLUMNS, MODES, RIG, STEP_s, error_arcsec, record, start_of, table
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from hil.dashboard import arrows
from hil.dashboard.captions import curve_lines, limit_text, verdict_text
from hil.dashboard.history import History
from hil.dashboard.modes import Modes
from hil.dashboard.panel import Limit
from hil.dashboard.panels import Panel, small_panels
from hil.dashboard.rows import Rows
from hil.dashboard.scales import angle_text, decade_range, plain, steady_range
from hil.dashboard.scene import differs
from hil.dashboard.session import Session
from hil.dashboard.theme import DARK
from hil.dashboard.ticks import decade_ticks, linear_ticks
from hil.dashboard.timeline import Timeline
from hil.judge import LinkCounts, Phase, Run, StepErrors, error_of, evaluate, evaluate_requirement
from hil.judge.allowed import Allowed
from hil.judge.errorcurve import ErrorCurve
from hil.judge.pointing import index_series
from hil.judge.requirements import ColumnRequirement, PointingRequirement
from hil.judge.run import RunJudge, Standing
from hil.recording import Event, Recorder, Recording
from hil.rig import load_rig

SIZES = dict(COLUMNS)
RUN = Run("run", STEP_s, MODES, float("inf"), frozenset(name for name, _ in COLUMNS))


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run.mcap"
    record(path)
    read = Session(path)
    while read.update():
        pass
    return read


def requirement(**values):
    given = {"name": "r", "index": "APE", "target": "nadir", "axis": "boresight",
             "limit_arcsec": 42.0, "probability": 0.95, "interpretation": "temporal"}  # fmt: skip
    return PointingRequirement.model_validate(given | values)


def batches(rows, sizes):
    """The rows in pieces of these sizes, over and over."""
    at = 0
    while at < len(rows):
        for size in sizes:
            if at < len(rows):
                yield Rows(rows[at : at + size], COLUMNS)
                at += size


# ---- pointing ------------------------------------------------------------------------------------


def test_the_pointing_error_is_the_runs_own(session):
    at = session.history.at(60.0)
    assert session.error_deg(at) * 3600 == pytest.approx(float(error_arcsec(60.0)), rel=1e-5)
    assert session.panels[0].title == "Pointing error"
    assert session.panels[0].axis_label == "error (arcsec)"


def test_the_share_within_the_limit_is_what_the_checks_find(session):
    recording = Recording(session.follower.path)
    shown = session.shown(len(session.history) - 1)
    verdict = evaluate_requirement(shown.requirement, [recording])
    error = error_of(shown.requirement, recording)
    late = recording["time_s"] >= 120.0 - 1e-9
    limit = shown.requirement.limit_arcsec
    inside = np.degrees(np.linalg.norm(error[late], axis=1)) * 3600 <= limit
    assert shown.counted == late.sum()
    assert shown.share == pytest.approx(inside.mean())
    assert verdict.met == (shown.share >= shown.requirement.probability)


def test_the_headline_is_the_verdict_on_all_requirements(session):
    verdicts = evaluate(session.rig, [Recording(session.follower.path)])
    assert [(each.name, each.met) for each in session.standings] == [
        (verdict.name, verdict.met) for verdict in verdicts
    ]
    assert [(each.text, each.value) for each in session.verdicts if each.judged] == [
        (verdict.text, verdict.value) for verdict in verdicts if verdict.judged
    ]
    missed = [verdict.name for verdict in verdicts if not verdict.met]
    assert f"missed: {', '.join(missed)}" in verdict_text(session.standings, True, DARK)


def test_what_a_run_was_too_short_for_is_not_called_missed():
    told = verdict_text([Standing("slow", True), Standing("nadir", None)], True, DARK)
    assert "1 of 2 met, not judged: nadir" in told
    assert "missed" not in told


def test_there_is_no_arrow_of_a_field_where_there_is_none(session):
    scene = session.scene(0)._replace(field=np.zeros(3))
    assert "field" not in [each.text for each in arrows.arrows(scene, DARK)]


@pytest.mark.parametrize(("curves", "lines"), [(3, [3]), (5, [5]), (9, [5, 4])])
def test_the_names_of_many_error_curves_stand_in_two_lines(curves, lines):
    panel = Panel("pointing", "", "", "deg", tuple("abcdefghi"[:curves]), lambda _: None)
    session = SimpleNamespace(panels=[panel], values=lambda *_: [0.1] * curves)
    assert [line.count("━") for line in curve_lines(session, 0, DARK)] == lines


@pytest.mark.parametrize("sizes", [(1000,), (1, 7, 30)])
@pytest.mark.parametrize("index", ["MPE", "PDE"])
def test_a_windowed_error_is_the_index_of_the_window_that_ends_there(index, sizes):
    window = {"window_s": 2.0} | ({"separation_s": 5.0} if index == "PDE" else {})
    kind, rows = requirement(index=index, **window), table(200)
    curve = ErrorCurve(kind, StepErrors(kind, None), STEP_s)
    parts = [curve.extend(curve.source.of(each.columns)) for each in batches(rows, sizes)]
    got = np.radians(np.concatenate(parts))
    whole = Rows(rows, COLUMNS)
    expected = index_series(index, whole["time_s"], error_of(kind, whole), **window)
    ends = np.rint(expected.time_s / STEP_s).astype(int) + 20
    assert_allclose(got[ends], expected.value, rtol=1e-6, atol=1e-12)
    assert np.isnan(got[: ends[0]]).all()


def test_an_estimate_that_the_firmware_disowns_is_no_knowledge_error():
    rows = table(10)
    rows[:4, start_of("estimate_flags")] = 1.0
    kind = requirement(index="AKE", target=None, axis="attitude")
    curve = ErrorCurve(kind, StepErrors(kind, None), STEP_s)
    error = curve.extend(curve.source.of(Rows(rows, COLUMNS).columns))
    assert np.isnan(error[:4]).all()
    assert_allclose(error[4:] * 3600, 5.0, rtol=1e-5)


def test_a_phase_in_a_mode_begins_when_it_has_settled():
    phase = Phase(requirement(in_mode="nadir", settle_s=2.0), None, RUN)
    held = []
    for rows in batches(table(100), (3, 8)):
        held += list(phase.extend(rows.columns).settled)
    assert np.flatnonzero(held)[0] == 30  # mode nadir from 1 s on, 2 s to settle
    assert all(held[30:])
    assert_allclose(phase.spans, [(3.0, 9.9)])


def test_a_phase_of_time_is_known_before_it_comes():
    phase = Phase(requirement(from_s=120.0, to_s=300.0), None, RUN)
    assert phase.planned == [(120.0, 300.0)]
    assert phase.last_at(120.0) == 120.0
    assert phase.last_at(301.0) < 301.0


def test_between_two_phases_the_one_before_still_counts():
    early = Phase(requirement(to_s=10.0), None, RUN)
    late = Phase(requirement(from_s=20.0), None, RUN)
    assert early.last_at(15.0) > late.last_at(15.0)
    assert late.last_at(25.0) == 25.0


# ---- what is drawn -------------------------------------------------------------------------------


@given(st.integers(1, 700), st.integers(20, 200))
def test_an_envelope_keeps_the_least_and_the_greatest_and_few_points(rows, points):
    values = np.sin(np.arange(rows) ** 1.5)
    history = History(1)
    history.extend(np.arange(rows) * STEP_s, values[:, None])
    time_s, drawn = history.envelope(slice(0, 1), 0.0, rows * STEP_s, points)
    assert drawn.shape == (1, len(time_s))
    assert len(time_s) <= points + 4 * rows / points + 2  # groups, and the last one's rows
    assert drawn.max() == np.float32(values.max())
    assert drawn.min() == np.float32(values.min())


@pytest.mark.parametrize("rows", [1000, 1024, 1025, 50_001])
def test_a_history_keeps_extremes_of_a_long_run_and_instants_of_what_is_not_drawn(rows):
    random = np.random.default_rng(7)
    time_s = np.arange(float(rows))
    values = np.stack([random.normal(size=rows), time_s], axis=1)
    history = History(2, drawn=1, most=1024)
    for begin in range(0, rows, 333):
        history.extend(time_s[begin : begin + 333], values[begin : begin + 333])
    assert len(history) <= 1024 + history.group
    assert len(history) >= min(rows, 512)
    instants, kept = history.time_s, history.row(slice(None))
    assert instants[0] == 0.0
    assert history.end_s >= rows - history.group
    np.testing.assert_array_equal(kept[1], instants)
    assert (np.diff(instants) > 0.0).all()
    whole = rows - rows % history.group
    groups = values[:whole, 0].astype(np.float32).reshape(-1, history.group)
    pairs = kept[0, : 2 * len(groups)].reshape(-1, 2)
    np.testing.assert_array_equal(pairs.min(axis=1), groups.min(axis=1))
    np.testing.assert_array_equal(pairs.max(axis=1), groups.max(axis=1))
    np.testing.assert_array_equal(kept[0, len(pairs) * 2 :], values[whole:, 0].astype(np.float32))


def test_an_envelope_does_not_change_behind_the_newest_group():
    values = np.random.default_rng(1).normal(size=(4000, 1))
    history = History(1)
    history.extend(np.arange(3990.0), values[:3990])
    _, before = history.envelope(slice(0, 1), 0.0, 4000.0, 300)
    history.extend(np.arange(3990.0, 4000.0), values[3990:])
    _, after = history.envelope(slice(0, 1), 0.0, 4000.0, 300)
    whole = 2 * (3990 // 32)
    assert np.array_equal(before[:, :whole], after[:, :whole])


def test_panels_have_names_units_and_the_rigs_limits(session):
    panels = {panel.key: panel for panel in session.panels}
    assert list(panels) == [
        "pointing", "rates", "wheel_speeds", "wheel_torques", "field", "dipole", "link",
    ]  # fmt: skip
    assert [limit.value for limit in panels["wheel_speeds"].limits] == [625.0]
    assert [limit.value for limit in panels["wheel_torques"].limits] == [4.0]
    assert panels["wheel_torques"].axis_label == "torque (mN m)"
    assert panels["link"].limits[0].value == 100.0
    assert all(panel.unit and panel.quantity for panel in session.panels)


def test_a_panel_is_only_there_for_what_the_spacecraft_has(nadir):
    sizes = {**SIZES, "estimate_gyro_bias_body_rad_s": 3}
    keys = [panel.key for panel in small_panels(nadir, sizes, realtime=False)]
    assert {"gyro_bias", "field", "dipole", "wheel_speeds"} <= set(keys)
    bare = nadir.spacecraft.model_copy(update={"rod": (), "wheel": (), "gyro": ()})
    without = nadir.model_copy(update={"spacecraft": bare})
    keys = [panel.key for panel in small_panels(without, sizes, realtime=False)]
    assert not {"gyro_bias", "dipole", "wheel_speeds", "wheel_torques"} & set(keys)


def test_a_required_column_without_a_panel_gets_one_with_its_limit(nadir):
    required = ColumnRequirement(
        name="no overspeed", column="truth_rate_body_rad_s", limit_deg_s=1.0, by_s=9.0
    )
    other = ColumnRequirement(name="warm", column="thermometer0_temperature_K", limit=300.0)
    rig = nadir.model_copy(update={"requirement": (required, other)})
    sizes = {**SIZES, "thermometer0_temperature_K": 1}
    panels = {panel.key: panel for panel in small_panels(rig, sizes, realtime=False)}
    assert panels["thermometer0_temperature_K"].limits[0].value == 300.0
    limit = panels["rates"].limits[0]
    assert (limit.text, limit.spans) == ("no overspeed: 1 deg/s by 9 s", [(9.0, math.inf)])


def test_the_numbers_of_a_firmware_share_a_panel_for_each_unit(nadir):
    sizes = {
        **SIZES, "user_battery_V": 1, "user_bus_V": 1, "user_spin_rad_s": 1, "user_steps": 1,
    }  # fmt: skip
    warm = ColumnRequirement(name="charged", column="user_battery_V", limit=9.0)
    for rig, volts in ((nadir, ("battery", "bus")), (None, ("battery", "bus"))):
        panels = {panel.key: panel for panel in small_panels(rig, sizes, realtime=False)}
        assert panels["user_battery_V"].curves == volts
        assert panels["user_battery_V"].axis_label == "value (V)"
        assert panels["user_spin_rad_s"].unit == "deg/s"
        assert panels["user_steps"].curves == ("steps",)
    rows = {"user_spin_rad_s": np.array([0.0, math.pi])}
    assert_allclose(panels["user_spin_rad_s"].compute(rows), [[0.0], [180.0]])
    limited = nadir.model_copy(update={"requirement": (warm,)})
    panels = {panel.key: panel for panel in small_panels(limited, sizes, realtime=False)}
    assert panels["user_battery_V"].limits[0].value == 9.0
    assert panels["user_bus_V"].curves == ("bus",)


def test_values_are_in_the_panels_units(session):
    last = len(session.history) - 1
    values = {panel.key: session.values(panel, last) for panel in session.panels}
    assert_allclose(values["rates"], [0.0, -np.degrees(1.1e-3), 0.0], rtol=1e-6)
    assert_allclose(values["wheel_torques"], [1.0, -1.0, 0.0], rtol=1e-6)
    assert_allclose(np.linalg.norm(values["field"]), 30.0, rtol=1e-6)
    assert_allclose(values["link"], [0.2], rtol=1e-6)


def test_the_body_stands_upright_over_the_nadir_when_it_points_there(session):
    scene = session.scene(len(session.history) - 1)
    assert_allclose(scene.targets["target"], [0.0, 0.0, -1.0], atol=1e-6)
    assert_allclose(scene.body_axes, np.diag([1.0, -1.0, -1.0]), atol=1e-4)
    assert_allclose(scene.field, [0.0, 1.0, 0.0], atol=1e-6)  # along the orbit's normal
    assert differs(scene, session.scene(0))


def test_a_recording_without_a_rig_is_shown_without_limits(tmp_path):
    with Recorder(tmp_path / "bare.mcap", COLUMNS) as recorder:
        for row in table(20):
            recorder.step(round(1e9 * row[0]), row)
    session = Session(tmp_path / "bare.mcap")
    session.update()
    assert session.rig is None
    assert [panel.limits for panel in session.panels] == [()] * len(session.panels)
    assert session.panels[0].title == "Knowledge error"


def test_modes_are_stretches_with_names(session):
    assert [segment.name for segment in session.modes.segments] == ["idle", "nadir"]
    assert session.modes.at(0.5) == "idle"
    assert session.modes.at(30.0) == "nadir"


def test_an_unknown_mode_has_its_number_and_a_silence_is_told():
    modes = Modes(MODES)
    rows = table(40)
    mode = start_of("estimate_mode")
    rows[:, mode], rows[5:8, mode], rows[20:35, mode] = 7.0, np.nan, np.nan
    modes.extend(Rows(rows[:22], COLUMNS))
    modes.extend(Rows(rows[22:], COLUMNS))
    assert [segment.name for segment in modes.segments] == ["mode 7", "no reply", "mode 7"]
    time_s = rows[:, start_of("time_s")]
    assert modes.segments[1].from_s == time_s[20]  # three late replies cut nothing off


def test_a_mode_has_the_same_place_whenever_it_comes():
    modes = Modes(("idle", "nadir"))
    assert [modes.place(name) for name in ("nadir", "idle", "mode 7")] == [1, 0, 2]


def test_errors_on_the_line_are_counted_as_they_happen():
    link, rows = LinkCounts(), table(10)
    command = start_of("command_wheel_torque_Nm")
    rows[3:5, command : command + 7] = np.nan  # the rods' dipole too
    link.feed(Rows(rows, COLUMNS).columns)
    for name in ("late_reply", "crc_error", "broken_frame"):
        link.note(Event(0, "bench", name))
    counts = {name: n for name, n in link.so_far.items() if n}
    expected = ("lost_replies", "late_replies", "crc_errors", "broken_frames")
    assert counts == dict.fromkeys(expected, 1)


def test_the_line_stands_as_long_as_no_more_goes_wrong_than_is_allowed():
    rig = SimpleNamespace(requirement=(), allowed=Allowed(crc_errors=2), ground=None)
    run = Run("run.mcap", 0.1, MODES, 10.0, frozenset(name for name, _ in COLUMNS))
    judge = RunJudge(rig, run, Path("run.mcap"))
    standing = []
    for step in range(3):
        judge.note(Event(step, "bench", "crc_error"))
        standing += [each.met for each in judge.so_far()]
    assert standing == [True, True, False]


# ---- axes ----------------------------------------------------------------------------------------


def test_a_span_moves_on_in_pages():
    timeline = Timeline(60.0, duration_s=600.0)
    assert timeline.range(30.0) == (0.0, 60.0)
    assert timeline.range(61.0) == (10.0, 70.0)
    assert timeline.range(69.0) == (10.0, 70.0)


def test_the_whole_run_is_shown_to_its_planned_end():
    assert Timeline(None, duration_s=600.0).range(3.0) == (0.0, 600.0)
    assert Timeline(None).range(31.0) == (0.0, 40.0)


def test_a_pause_and_a_zoom_hold_the_span_until_it_follows_again():
    timeline = Timeline(60.0)
    timeline.hold(100.0)
    assert timeline.range(500.0) == timeline.range(100.0)
    timeline.zoom(5.0, 6.0)
    assert timeline.range(500.0) == (5.0, 6.0)
    timeline.follow()
    assert timeline.range(500.0) == (440.0, 500.0)


def test_a_range_stays_while_it_fits_and_shrinks_when_it_is_too_wide():
    wide = steady_range(np.array([-100.0, 100.0], np.float32), None, 1.0)
    assert wide[0] <= -100.0
    assert wide[1] >= 100.0
    assert steady_range(np.array([-90.0, 80.0], np.float32), wide, 1.0) == wide
    narrow = steady_range(np.array([-1.0, 1.0], np.float32), wide, 1.0)
    assert narrow[1] - narrow[0] < 5.0


@pytest.mark.parametrize(
    ("values", "least", "expected"),
    [
        ((0.0, 3.0), 1.0, (-1.0, 4.0)),
        ((5.0, 5.0), 6.0, (0.0, 10.0)),
        ((-0.2, 0.2), 0.1, (-0.3, 0.3)),
    ],
)
def test_a_range_has_a_tenth_more_on_each_side_and_round_ends(values, least, expected):
    """A third of the width is a step of 1, 2 or 5: both ends are whole steps."""
    assert steady_range(np.array(values), None, least) == pytest.approx(expected)


def test_decades_stay_while_they_hold_the_values_and_are_not_much_too_many():
    values = np.array([0.5, 0.7])
    first = decade_range(values, None, 3.0)
    assert first == (0.0, 3.5)
    assert decade_range(values + 0.1, first, 2.4) == first
    assert decade_range(values + 3.0, first, 3.0) == (2.0, 4.0)
    assert decade_range(values, (-2.0, 3.5), 3.0) == first
    assert decade_range(np.array([-2.6, 1.0]), None) == (-3.0, 1.5)


def test_a_range_of_decades_shows_the_limit_too():
    low, high = decade_range(np.array([0.5, 0.7], np.float32), None, 3.0)
    assert low <= 0.5
    assert high > 3.0


def test_ticks_are_written_out():
    assert decade_ticks((-2.0, 1.5)) == [(-2.0, "0.01"), (-1.0, "0.1"), (0.0, "1"), (1.0, "10")]
    assert [text for _, text in linear_ticks((-0.5, 1.0))] == ["-0.5", "0.0", "0.5", "1.0"]
    assert [at for at, _ in linear_ticks((0.0, 5.0))] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert [at for at, _ in decade_ticks((-6.0, 6.0))] == [-6.0, -3.0, 0.0, 3.0, 6.0]


@pytest.mark.parametrize(
    ("degrees", "text"), [(0.001, "3.60 arcsec"), (0.25, "0.250 deg"), (175.2, "175 deg")]
)
def test_an_angle_is_in_the_unit_that_reads_well(degrees, text):
    assert angle_text(degrees) == text


def test_numbers_have_no_exponents():
    assert plain(0.000123) == "0.000123"
    assert plain(123456.0) == "123456"


def test_labels_at_one_place_are_moved_apart():
    placed = arrows.spread([(10.0, 50.0, 40.0, 15.0)] * 3, 200.0)
    tops = sorted(top for _, top, _, _ in placed)
    assert np.diff(tops).min() >= 15.0
    pushed = arrows.spread([(0.0, 95.0, 40.0, 15.0)] * 2, 100.0)
    assert all(top + height <= 100.0 for _, top, _, height in pushed)


def test_the_arrows_of_a_scene_have_names_and_lengths_of_their_own(session):
    drawn = {arrow.text: arrow.tip for arrow in arrows.arrows(session.scene(0), DARK)}
    assert set(drawn) == {"x", "y", "z", "Sun", "nadir", "field", "target"}
    assert np.linalg.norm(drawn["nadir"]) > np.linalg.norm(drawn["target"])


def test_the_limits_hold_for_the_rig_that_is_in_the_file(session):
    assert session.rig == load_rig(RIG)
    assert session.duration_s == load_rig(RIG).duration_s


@pytest.mark.parametrize(
    ("value", "text", "colour"),
    [
        (-0.6, "60 % of ±1", DARK.faint),
        (0.999, "100 % of ±1", DARK.faint),
        (1.0, "100 % of ±1", DARK.bad),
        (-1.4, "140 % of ±1", DARK.bad),
    ],
)
def test_a_limits_use_is_coloured_as_bad_from_the_limit_on(value, text, colour):
    limits = (Limit("wide", 3.0), Limit("narrow", 1.0))
    panel = Panel("torque", "Torque", "torque", "mN m", ("x", "y"), lambda rows: None, limits)
    said = limit_text(panel, [0.1, value, math.nan], DARK)
    assert text in said
    assert colour in said
