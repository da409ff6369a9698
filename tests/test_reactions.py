"""Requirements on the reaction to a fault: worked values, near misses, what cannot be judged."""

import json
import math
import time
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from hil.bench import run
from hil.errors import RigError
from hil.judge import Phase, evaluate, evaluate_requirement, run_of, stretches
from hil.judge.requirements import Requirement
from hil.recording import Recorder, Recording
from hil.rig import load_rig, with_faults

NADIR = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
STEPS, STEP_s = 1000, 0.1  # 100 s
TIME = STEP_s * np.arange(STEPS)
MODES = ["idle", "nadir", "sun_safe"]
GYRO = ("gyro sticks: gyro 0 held", 20.0, 50.0)


@pytest.fixture
def recorded(tmp_path):
    """Record a run: a mode and a rate at each step, faults (words, from, to), events (s, name)."""

    def record(mode=1.0, rate=0.0, faults=(GYRO,), told=(), name="run.mcap"):
        parts = [TIME, np.broadcast_to(mode, STEPS), np.broadcast_to(rate, STEPS)]
        columns = [("time_s", 1), ("estimate_mode", 1), ("truth_rate_body_rad_s", 1)]
        happens = [(begin, "fault", "fault_began", words, math.nan) for words, begin, _ in faults]
        happens += [(end, "fault", "fault_ended", words, math.nan) for words, _, end in faults]
        happens += [(at, "obc", event, event, value) for at, event, value in told]
        severe = {"wheel_stalled": "error"}
        metadata = {"wire": {"modes": json.dumps(MODES)}, "run": {"step_s": STEP_s}}
        with Recorder(tmp_path / name, columns, metadata=metadata) as recorder:
            for k, row in enumerate(np.column_stack(parts)):
                for at, source, event, text, value in happens:
                    if at is not None and round(at / STEP_s) == k:
                        severity = severe.get(event, "info")
                        recorder.event(
                            k * 10**8, source, event, text, value=value, severity=severity
                        )
                recorder.step(k * 10**8, row)
        return Recording(tmp_path / name)

    return record


def requirement(**keys):
    return TypeAdapter(Requirement).validate_python({"name": "it", **keys})


def from_then_on(*begins):
    """1 until the first instant, then the given values from the given instants on."""
    values = np.ones(STEPS)
    for at_s, value in begins:
        values[round(at_s / STEP_s) :] = value
    return values


# ---- detected within -----------------------------------------------------------------------------

DETECTED = {"event": "sensor_silent", "after_fault": "gyro sticks", "by_s": 5.0}


@pytest.mark.parametrize(("at_s", "after_s", "met"), [(23.0, 3.0, True), (27.5, 7.5, False)])
def test_an_event_counts_from_when_the_fault_began(recorded, at_s, after_s, met):
    recording = recorded(told=[(5.0, "sensor_silent", 1.0), (at_s, "sensor_silent", 2.0)])
    verdict = evaluate_requirement(requirement(**DETECTED), [recording])
    assert (verdict.met, verdict.value) == (met, pytest.approx(after_s))
    assert verdict.basis.samples == 51  # 0 to 5 s, a step 0.1 s
    assert verdict.worst_time_s == pytest.approx(at_s)
    by = "by" if met else "not by"
    told = f"reported {after_s:g} s after gyro sticks began at 20 s, {by} 5 s"
    assert f"it: event sensor silent {told}" in verdict.text


def test_a_detection_that_did_not_come_tells_what_came_instead_and_what_was_in_force(recorded):
    recording = recorded(told=[(5.0, "sensor_silent", 1.0), (26.1, "mode_given_up", 1.0)])
    verdict = evaluate_requirement(requirement(**DETECTED), [recording])
    assert not verdict.met
    assert verdict.reached == "not reported"
    words = "was to be by 5 s after gyro sticks began at 20 s: reported instead: "
    assert f"{words}mode given up 1 after 6.1 s" in verdict.text
    assert verdict.text.endswith("in force then: gyro sticks: gyro 0 held (since 20 s)")


def test_an_event_names_its_device_by_its_value_or_is_called_by_its_code(recorded, tmp_path):
    recording = recorded(told=[(21.0, "sensor_silent", 4.0), (22.0, "sensor_silent", 104.0)])
    right = requirement(**DETECTED, event_value=104.0)
    assert evaluate_requirement(right, [recording]).value == pytest.approx(2.0)
    assert not evaluate_requirement(requirement(**DETECTED, event_value=3.0), [recording]).met
    by_code = requirement(**{**DETECTED, "event": 0})
    assert evaluate_requirement(by_code, [recording]).value == pytest.approx(1.0)


def test_every_coming_of_a_fault_is_judged_and_the_latest_reaction_counts(recorded):
    twice = [GYRO, ("gyro sticks: gyro 0 held", 60.0, 70.0)]
    told = [(22.0, "sensor_silent", 1.0), (64.0, "sensor_silent", 1.0)]
    verdict = evaluate_requirement(requirement(**DETECTED), [recorded(faults=twice, told=told)])
    assert verdict.value == pytest.approx(4.0)
    missing = recorded(faults=twice, told=told[:1], name="other.mcap")
    assert not evaluate_requirement(requirement(**DETECTED), [missing]).met


def test_an_event_that_comes_after_another_fault_has_begun_is_not_about_the_first(recorded):
    both = [GYRO, ("wheel dies: wheel x dead", 60.0, 70.0)]
    late = recorded(faults=both, told=[(59.0, "sensor_silent", 0.0)])
    assert evaluate_requirement(requirement(**DETECTED), [late]).value == pytest.approx(39.0)
    later = recorded(faults=both, told=[(62.0, "sensor_silent", 0.0)], name="later.mcap")
    assert math.isinf(evaluate_requirement(requirement(**DETECTED), [later]).value)


def test_an_event_may_be_asked_for_in_a_run_without_faults(recorded):
    recording = recorded(faults=(), told=[(12.0, "mode_entered", 2.0)])
    entered = requirement(event="mode_entered", event_value=2.0, by_s=15.0)
    assert evaluate_requirement(entered, [recording]).value == pytest.approx(12.0)


@pytest.mark.parametrize(("from_s", "came_s"), [(5.25, 5.3), (5.65, 5.9), (5.95, math.inf)])
def test_events_that_were_counted_together_came_first_and_last(recorded, from_s, came_s):
    """Ten in a second: four are kept singly, six are told as one from 5.4 to 5.9 s."""
    often = [(5.0 + 0.1 * k, "sensor_silent", 0.0) for k in range(10)]
    recording = recorded(faults=(), told=often)
    asked = requirement(event="sensor_silent", from_s=from_s, by_s=20.0)
    assert evaluate_requirement(asked, [recording]).value == pytest.approx(came_s)
    none = requirement(no_event=["sensor_silent"], from_s=from_s)
    assert evaluate_requirement(none, [recording]).met == math.isinf(came_s)


def test_many_events_of_one_device_do_not_hide_that_of_another(recorded):
    often = [(5.0 + 0.1 * k, "sensor_silent", 0.0) for k in range(10)]
    recording = recorded(faults=(), told=[*often, (5.6, "sensor_silent", 7.0)])
    asked = requirement(event="sensor_silent", event_value=7.0, by_s=20.0)
    assert evaluate_requirement(asked, [recording]).value == pytest.approx(5.6)


# ---- in a mode, a column below a limit -----------------------------------------------------------


@pytest.mark.parametrize(("by_s", "met"), [(10.0, True), (7.0, False)])
def test_a_mode_is_reached_in_time_after_a_fault_and_kept_until_it_ends(recorded, by_s, met):
    recording = recorded(mode=from_then_on((28.0, 2.0), (50.0, 1.0)))
    safe = requirement(mode="sun_safe", while_fault="gyro sticks", by_s=by_s)
    verdict = evaluate_requirement(safe, [recording])
    assert (verdict.met, verdict.value) == (met, pytest.approx(8.0))
    assert "mode sun_safe from 8 s after gyro sticks began at 20 s on" in verdict.text
    kept_longer = requirement(mode="sun_safe", after_fault="gyro sticks", by_s=by_s)
    left = evaluate_requirement(kept_longer, [recording])
    assert not left.met
    assert "mode sun_safe is left again" in left.text


def test_a_mode_that_does_not_come_tells_the_one_it_was_in(recorded):
    safe = requirement(mode="sun_safe", after_fault="gyro sticks", by_s=10.0, to_s=30.0)
    verdict = evaluate_requirement(safe, [recorded()])
    assert "is not reached, and was to be by 10 s after gyro sticks began at 20 s" in verdict.text
    assert "at the end nadir" in verdict.text
    assert "in force then: gyro sticks" in verdict.text


def test_the_time_may_count_from_the_end_of_a_fault(recorded):
    recording = recorded(mode=from_then_on((28.0, 2.0), (63.0, 1.0)))
    back = requirement(mode="nadir", after_fault_end="gyro sticks", by_s=15.0)
    verdict = evaluate_requirement(back, [recording])
    assert (verdict.met, verdict.value) == (True, pytest.approx(13.0))
    assert "gyro sticks ended at 50 s" in verdict.text


def test_a_column_is_back_below_its_limit_in_time(recorded):
    recording = recorded(rate=np.where((TIME >= 20.0) & (TIME < 61.0), 0.5, 0.01))
    slow = {"column": "truth_rate_body_rad_s", "limit": 0.1, "after_fault_end": "gyro sticks"}
    assert evaluate_requirement(requirement(**slow, by_s=12.0), [recording]).value == pytest.approx(
        11.0
    )
    late = evaluate_requirement(requirement(**slow, from_s=10.0, to_s=40.0), [recording])
    assert not late.met
    assert "times count from when gyro sticks ended: 50 s" in late.text
    assert "above the limit for the last time at 60.9 s" in late.text
    assert evaluate_requirement(requirement(**slow, from_s=11.0, to_s=40.0), [recording]).met


def test_a_column_stays_below_its_limit_while_a_fault_is_in_force(recorded):
    never = requirement(column="truth_rate_body_rad_s", limit=0.1, while_fault="gyro sticks")
    before_and_after = np.where((TIME >= 20.0) & (TIME < 50.0), 0.05, 0.5)
    assert evaluate_requirement(never, [recorded(rate=before_and_after)]).met
    meanwhile = np.where(np.abs(TIME - 31.0) < 0.01, 0.2, 0.0)
    verdict = evaluate_requirement(never, [recorded(rate=meanwhile, name="other.mcap")])
    assert (verdict.met, verdict.value) == (False, pytest.approx(0.2))
    assert verdict.worst_time_s == pytest.approx(31.0)
    assert verdict.text.endswith("in force then: gyro sticks: gyro 0 held (since 20 s)")


def test_of_many_comings_of_a_fault_the_first_four_are_named(recorded):
    often = [("gyro sticks: gyro 0 held", 5.0 * n, 5.0 * n + 1.0) for n in range(1, 8)]
    slow = {"column": "truth_rate_body_rad_s", "limit": 0.1, "after_fault": "gyro sticks"}
    verdict = evaluate_requirement(
        requirement(**slow, to_s=1.0), [recorded(rate=0.5, faults=often)]
    )
    assert "gyro sticks began: 5 s, 10 s, 15 s, 20 s and 3 times more" in verdict.text


@pytest.mark.parametrize(
    ("keys", "steps"),
    [
        ({"while_fault": "gyro sticks"}, (200, 500)),
        ({"while_fault": "gyro sticks", "from_s": 5.0}, (250, 500)),
        ({"after_fault": "gyro sticks", "from_s": 5.0, "to_s": 10.0}, (250, 301)),
        ({"after_fault_end": "gyro sticks", "from_s": 1.0}, (510, 1000)),
    ],
)
def test_a_phase_begins_and_ends_at_the_step_of_its_fault(recorded, keys, steps):
    judged = requirement(column="truth_rate_body_rad_s", limit=0.1, **keys)
    assert stretches(judged, recorded()) == [slice(*steps)]


def test_a_moment_is_over_by_so_long_after_its_fault(recorded):
    recording = recorded()
    mode = requirement(mode="nadir", while_fault="gyro sticks", by_s=5.0)
    due = Phase(mode, None, run_of(recording)).due(recording["time_s"])
    assert np.flatnonzero(due)[[0, -1]].tolist() == [250, 499]


def test_without_a_fault_in_force_a_requirement_holds_before_and_after(recorded):
    calm = requirement(column="truth_rate_body_rad_s", limit=0.1, while_no_fault=True, settle_s=5.0)
    assert stretches(calm, recorded()) == [slice(50, 200), slice(550, 1000)]


# ---- no false alarm ------------------------------------------------------------------------------

QUIET = {"no_event": ["sensor_silent", "wheel_stalled"], "while_no_fault": True, "settle_s": 3.0}


@pytest.mark.parametrize(("at_s", "met"), [(21.0, True), (52.0, True), (54.0, False), (9.0, False)])
def test_an_alarm_is_false_where_nothing_has_failed(recorded, at_s, met):
    recording = recorded(told=[(at_s, "wheel_stalled", 1.0), (7.0, "mode_entered", 1.0)])
    verdict = evaluate_requirement(requirement(**QUIET), [recording])
    assert (verdict.met, verdict.value) == (met, 0 if met else 1)
    if not met:
        told = f"it: 1 reported that must not be: wheel stalled 1 after {at_s:g} s"
        assert told in verdict.text
        assert verdict.worst_time_s == pytest.approx(at_s)


def test_a_severity_stands_for_all_events_that_have_it(recorded):
    recording = recorded(told=[(9.0, "mode_entered", 1.0), (24.0, "wheel_stalled", 1.0)])
    error = requirement(event="error", after_fault="gyro sticks", by_s=5.0)
    assert evaluate_requirement(error, [recording]).value == pytest.approx(4.0)
    assert evaluate_requirement(requirement(no_event=["warning", "fatal"]), [recording]).met
    assert not evaluate_requirement(requirement(no_event=["error"]), [recording]).met


@pytest.mark.parametrize(("at_s", "met"), [(9.9, True), (10.0, False), (12.0, False), (12.1, True)])
def test_an_alarm_at_either_end_of_the_phase_is_within_it(recorded, at_s, met):
    recording = recorded(faults=(), told=[(at_s, "sensor_silent", 1.0)])
    alarm = requirement(no_event=["sensor_silent"], from_s=10.0, to_s=12.0)
    assert evaluate_requirement(alarm, [recording]).met is met


def test_an_alarm_in_a_run_without_faults_is_always_false(recorded):
    alarm = requirement(no_event=["sensor_silent"])
    assert evaluate_requirement(alarm, [recorded(faults=())]).met
    loud = recorded(faults=(), told=[(1.0, "sensor_silent", 1.0)], name="loud.mcap")
    assert not evaluate_requirement(alarm, [loud]).met


def test_a_phase_that_begins_with_the_last_step_is_judged(recorded):
    last = {"column": "estimate_mode", "limit": 9.0, "after_fault": "gyro sticks", "from_s": 79.9}
    verdict = evaluate_requirement(requirement(**last), [recorded()])
    assert (verdict.judged, verdict.basis.samples) == (True, 1)


# ---- what cannot be judged -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "faults", "words"),
    [
        (DETECTED, (), "the fault gyro sticks did not begin in the run"),
        ({**DETECTED, "by_s": 90.0}, (GYRO,), "there are no more than 79.9 s until the run"),
        (
            {"mode": "nadir", "after_fault_end": "gyro sticks", "by_s": 1.0},
            [("gyro sticks: gyro 0 held", 20.0, None)],
            "the fault gyro sticks did not end in the run",
        ),
        (
            {"mode": "nadir", "after_fault": "gyro sticks", "by_s": 5.0, "to_s": 90.0},
            (GYRO,),
            "applies until 90 s after gyro sticks began",
        ),
        (
            {"column": "estimate_mode", "limit": 9.0, "after_fault": "gyro sticks", "to_s": 90.0},
            (GYRO,),
            "applies until 90 s after gyro sticks began, which is 110 s; the run ends at 99.9 s",
        ),
        (
            {"mode": "sun_safe", "while_fault": "gyro sticks", "by_s": 40.0},
            (GYRO,),
            "there are no more than 29.9 s until the run or the fault ends",
        ),
    ],
)
def test_a_reaction_that_the_run_does_not_come_to_is_not_judged(recorded, keys, faults, words):
    verdict = evaluate_requirement(requirement(**keys), [recorded(faults=faults)])
    assert not verdict.judged
    assert words in verdict.text


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"after_fault": "a", "while_fault": "b"}, "give one of after_fault, while_fault"),
        ({"after_fault": "a", "to_s": 9.0}, "takes no to_s"),
        ({"after_fault": "a", "from_s": 9.0}, "by_s = 5.0 must not be earlier than from_s"),
        ({"in_mode": "nadir"}, "by_s does not go with in_mode"),
        ({"event": ""}, "at least 1 character"),
    ],
)
def test_keys_that_contradict_each_other_are_refused(keys, words):
    with pytest.raises(ValidationError, match=words):
        requirement(**{"event": "sensor_silent", "by_s": 5.0, **keys})


# ---- before the start ----------------------------------------------------------------------------

FAULT = {"name": "stuck", "device": "gyro 0", "kind": "held", "at_s": 100.0, "duration_s": 30.0}


def text_of(table, **keys):
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join([f"[[{table}]]", *lines, ""])


@pytest.fixture
def rig_file(tmp_path):
    def write(required, **fault):
        rig = NADIR.read_text().replace('"spacecraft/', f'"{NADIR.parent}/spacecraft/')
        tables = [text_of("fault", **{**FAULT, **fault}), text_of("requirement", **required)]
        (tmp_path / "rig.toml").write_text("\n".join([rig, *tables]))
        return tmp_path / "rig.toml"

    return write


@pytest.mark.parametrize(
    ("keys", "fault", "words"),
    [
        (
            {"after_fault": "stick", "by_s": 5.0},
            {},
            'after_fault = "stick": no such [[fault]]; did',
        ),
        ({"event": "sensor_silnt", "by_s": 5.0}, {}, "no such event; did you mean sensor_silent?"),
        ({"after_fault": "stuck", "by_s": 550.0}, {}, "by_s = 550.0, counted from 100 s, lies be"),
        (
            {"after_fault_end": "stuck", "by_s": 480.0},
            {},
            "counted from 130 s, lies beyond the end",
        ),
        ({"while_fault": "stuck", "by_s": 40.0}, {}, 'the fault "stuck" lasts 30 s'),
        (
            {"after_fault": "stuck", "by_s": 5.0},
            {"at_s": 700.0},
            "at_s = 700 is after the run's last step",
        ),
        ({"event": 7, "by_s": -1.0}, {}, "by_s = -1.0: must be at least 0"),
    ],
)
def test_a_reaction_that_could_never_be_judged_is_told_before_the_start(
    rig_file, keys, fault, words
):
    path = rig_file({"name": "it", "event": "sensor_silent", **keys}, **fault)
    with pytest.raises(RigError) as told:
        load_rig(path)
    assert words in str(told.value)


def test_a_fault_that_does_not_end_has_no_time_after_its_end(rig_file):
    path = rig_file({"name": "it", "mode": "nadir", "after_fault_end": "stuck", "by_s": 5.0})
    path.write_text(path.read_text().replace("duration_s = 30.0", ""))
    with pytest.raises(RigError, match='the fault "stuck" never ends: give it duration_s'):
        load_rig(path)


# ---- flown ---------------------------------------------------------------------------------------


def test_a_file_of_faults_may_hold_requirements_on_the_reactions_and_they_are_judged(
    nadir, tmp_path
):
    silent = {"name": "silent", "device": "gyro 0", "kind": "silent", "at_s": 20.0}
    tables = [
        text_of("fault", **silent),
        text_of("requirement", name="told", event="sensor_silent", after_fault="silent", by_s=8.0),
        text_of("requirement", name="quiet", no_event=["sensor_silent"], while_no_fault=True),
    ]
    (tmp_path / "faults.toml").write_text("\n".join(tables))
    rig = with_faults(nadir, tmp_path / "faults.toml").with_overrides(duration_s=40.0)
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    told, quiet = evaluate(rig, [recording])[-3:-1]
    assert quiet.met
    silent_s = [event.time_s for event in recording.events if event.name == "sensor_silent"]
    assert told.met == bool(silent_s and silent_s[0] <= 28.0)
    assert told.value == (pytest.approx(silent_s[0] - 20.0) if silent_s else math.inf)


def test_many_comings_and_many_events_are_judged_at_once(tmp_path):
    """A thousand comings of a fault and 20 000 events: event by event this took minutes."""
    columns = [("time_s", 1), ("estimate_mode", 1)]
    with Recorder(tmp_path / "run.mcap", columns, metadata={"run": {"step_s": 0.1}}) as recorder:
        for k in range(10_000):
            if k % 10 in (2, 7):
                name = "fault_began" if k % 10 == 7 else "fault_ended"
                recorder.event(k * 10**8, "fault", name, "it fails: gyro 0 held")
            for code in range(2):
                recorder.event(k * 10**8, "obc", f"e{(2 * k + code) % 40}", code=code)
            recorder.step(k * 10**8, np.array([0.1 * k, 1.0]))
    begun_s = time.process_time()
    asked = requirement(event="e39", after_fault="it fails", by_s=0.9)
    none = requirement(no_event=["e39"], while_fault="it fails")
    verdicts = [evaluate_requirement(e, [Recording(tmp_path / "run.mcap")]) for e in (asked, none)]
    assert [each.met for each in verdicts] == [False, False]
    assert verdicts[1].value == 500  # at steps 19, 39, ...: in every other coming
    assert time.process_time() - begun_s < 20.0
