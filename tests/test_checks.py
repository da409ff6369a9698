"""Requirements against recordings: met, missed, or not judged, and always in a sentence."""

import math

import numpy as np
import pytest
from pydantic import TypeAdapter

from hil.judge import counters, evaluate, evaluate_link, evaluate_requirement
from hil.judge.allowed import Allowed
from hil.judge.requirements import Requirement
from hil.physics.rotations import from_rotation_vector, multiply
from hil.recording import Recorder, Recording

STEPS, STEP_s = 100, 0.1
COLUMNS = [
    ("time_s", 1),
    ("truth_q_eci_from_body", 4),
    ("estimate_q_eci_from_body", 4),
    ("estimate_flags", 1),
    ("truth_rate_body_rad_s", 3),
    ("mode", 1),
]
NO_TROUBLE = dict.fromkeys(Allowed.model_fields, 0)


def columns(tilt_deg=0.01, knowledge_deg=0.0, rate_rad_s=0.0, flags=0.0, told=None):
    """A body tilted about x from the ECI axes; each argument a number or one per step.

    told: the quaternion that the firmware tells, if it is not off by knowledge_deg about y.
    """
    tilt = np.zeros((STEPS, 3))
    tilt[:, 0] = np.radians(tilt_deg)
    off = np.zeros((STEPS, 3))
    off[:, 1] = np.radians(knowledge_deg)
    truth = from_rotation_vector(tilt)
    rate = np.zeros((STEPS, 3))
    rate[:, 2] = rate_rad_s
    return {
        "time_s": STEP_s * np.arange(STEPS),
        "truth_q_eci_from_body": truth,
        "estimate_q_eci_from_body": multiply(truth, from_rotation_vector(off))
        if told is None
        else np.broadcast_to(told, (STEPS, 4)),
        "estimate_flags": np.broadcast_to(flags, STEPS),
        "truth_rate_body_rad_s": rate,
        "mode": np.full(STEPS, 2.0),
    }


@pytest.fixture
def recorded(tmp_path):
    def record(name="run.mcap", counted=NO_TROUBLE, **values):
        parts = columns(**values)
        table = np.column_stack([parts[column] for column, _ in COLUMNS])
        with Recorder(tmp_path / name, COLUMNS) as recorder:
            for k, row in enumerate(table):
                recorder.step(k * 10**8, row)
            recorder.metadata("counters", counted)
        return Recording(tmp_path / name)

    return record


def requirement(**changes):
    table = {
        "name": "pointing",
        "index": "APE",
        "target": "eci",
        "q_eci_from_target": [0.0, 0.0, 0.0, 1.0],
        "axis": "boresight",
        "limit_deg": 0.1,
        "probability": 0.9,
        "interpretation": "temporal",
        "from_s": 5.0,
    }
    return TypeAdapter(Requirement).validate_python(
        {key: value for key, value in (table | changes).items() if value is not None}
    )


def column_requirement(**changes):
    table = {"name": "rate", "column": "truth_rate_body_rad_s", "limit": 0.1}
    return TypeAdapter(Requirement).validate_python(
        {key: value for key, value in (table | changes).items() if value is not None}
    )


def late_error(value_deg, first_step=50):
    tilt = np.full(STEPS, 0.01)
    tilt[first_step:] = value_deg
    return tilt


# ---- pointing ------------------------------------------------------------------------------------


def test_a_requirement_that_is_met_says_by_how_much(recorded):
    recording = recorded()
    verdict = evaluate_requirement(requirement(), [recording])
    assert (verdict.met, verdict.judged, verdict.unit, verdict.limit) == (True, True, "deg", 0.1)
    assert verdict.value == pytest.approx(0.01)
    assert verdict.text == (
        "pointing: APE (boresight) of 0.01 deg is within 0.1 deg (90 % temporal, 5 s to 9.9 s "
        "of 1 run: 50 samples, 5 s, 100 % of the phase); "
        f"worst 0.01 deg at 5 s in {recording.path}"
    )


def test_a_requirement_that_is_missed_names_limit_value_worst_time_and_recording(recorded):
    tilt = late_error(0.2)
    tilt[70] = 0.5
    recording = recorded(tilt_deg=tilt)
    verdict = evaluate_requirement(requirement(), [recording])
    assert not verdict.met
    assert verdict.worst_time_s == pytest.approx(7.0)
    assert verdict.text == (
        "pointing: APE (boresight) of 0.2 deg exceeds 0.1 deg (90 % temporal, 5 s to 9.9 s "
        "of 1 run: 50 samples, 5 s, 100 % of the phase); "
        f"worst 0.5 deg at 7 s in {recording.path}"
    )


def test_a_miss_by_little_is_not_rounded_away(recorded):
    verdict = evaluate_requirement(requirement(), [recorded(tilt_deg=0.1000004)])
    assert "of 0.1000004 deg exceeds 0.1 deg" in verdict.text


@pytest.mark.parametrize("limit_deg", [0.1, 0.3, 3.0, 45.0, 90.0])
def test_a_value_that_equals_its_limit_is_within_it(recorded, limit_deg):
    # 45 degrees come back as 45.00000000000001 from the quaternion.
    met = evaluate_requirement(
        requirement(limit_deg=limit_deg, probability=1.0), [recorded(tilt_deg=limit_deg)]
    )
    above = evaluate_requirement(
        requirement(limit_deg=limit_deg * (1.0 - 1e-10), probability=1.0),
        [recorded("b.mcap", tilt_deg=limit_deg)],
    )
    assert (met.met, above.met) == (True, False)
    assert f"of {limit_deg:g} deg is within {limit_deg:g} deg" in met.text


def test_errors_outside_the_phase_do_not_count(recorded):
    early = 0.01 + 90.0 * (np.arange(STEPS) < 50)
    assert evaluate_requirement(requirement(), [recorded(tilt_deg=early)]).met
    assert (
        evaluate_requirement(requirement(from_s=4.9, probability=1.0), [recorded()]).met is not None
    )
    assert not evaluate_requirement(
        requirement(from_s=4.9, probability=1.0), [recorded(tilt_deg=early)]
    ).met
    assert evaluate_requirement(
        requirement(to_s=7.0, probability=1.0), [recorded(tilt_deg=late_error(9.0, first_step=71))]
    ).met


def test_the_share_of_time_is_the_probability(recorded):
    recording = recorded(tilt_deg=late_error(0.2, first_step=96))  # 4 of 50 samples
    assert evaluate_requirement(requirement(probability=0.92), [recording]).met
    assert not evaluate_requirement(requirement(probability=0.94), [recording]).met


def test_a_limit_in_arcsec_is_judged_and_said_in_arcsec(recorded):
    limits = {"limit_deg": None, "limit_arcsec": 35.0}
    verdict = evaluate_requirement(requirement(**limits), [recorded()])
    assert not verdict.met
    assert (verdict.unit, verdict.limit) == ("arcsec", 35.0)
    assert verdict.value == pytest.approx(36.0)


def test_a_turn_about_the_boresight_is_seen_by_attitude_alone(recorded):
    recording = recorded(tilt_deg=1.0)
    along_x = {"boresight_body": [1.0, 0.0, 0.0]}
    assert evaluate_requirement(requirement(**along_x), [recording]).met
    assert not evaluate_requirement(requirement(axis="attitude"), [recording]).met
    assert not evaluate_requirement(requirement(axis="x"), [recording]).met
    assert evaluate_requirement(requirement(axis="y"), [recording]).met


KNOWLEDGE = {"index": "AKE", "target": None, "q_eci_from_target": None, "axis": "attitude"}


def test_knowledge_compares_the_estimate_with_the_truth_whatever_the_pointing(recorded):
    verdict = evaluate_requirement(
        requirement(**KNOWLEDGE), [recorded(tilt_deg=30.0, knowledge_deg=0.05)]
    )
    assert verdict.met
    assert verdict.value == pytest.approx(0.05)


def test_a_missing_estimate_is_a_miss_at_its_instant(recorded):
    knowledge = np.full(STEPS, 0.001)
    knowledge[60:70] = np.nan
    verdict = evaluate_requirement(requirement(**KNOWLEDGE), [recorded(knowledge_deg=knowledge)])
    assert not verdict.met
    assert verdict.value == math.inf
    assert verdict.worst_time_s == pytest.approx(6.0)
    assert (
        "AKE (attitude) is not known in 20 % of the time (10 % may exceed the limit), and where it "
        "is known 0.001 deg, limit 0.1 deg"
    ) in verdict.text
    assert "not known at 6 s" in verdict.text
    assert "worst known 0.001 deg at 5 s" in verdict.text
    assert "inf" not in verdict.text
    assert verdict.text.endswith("; attitude not reported in 10 of 50 samples")


EVERY_AXIS = pytest.mark.parametrize("axis", ["boresight", "attitude", "x", "y", "z"])


@EVERY_AXIS
@pytest.mark.parametrize("told", [[0.0] * 4, [0.0, 0.0, 0.0, 1e-30], [0.0, 0.0, 0.0, 0.998]])
def test_what_is_no_rotation_is_no_knowledge(recorded, axis, told):
    about = requirement(**KNOWLEDGE | {"axis": axis}, probability=0.01)
    verdict = evaluate_requirement(about, [recorded(tilt_deg=0.0, told=told)])
    assert (verdict.met, verdict.judged, verdict.value) == (False, True, math.inf)
    assert verdict.text.endswith("; attitude reported as not a unit quaternion in 50 of 50 samples")


@EVERY_AXIS
def test_an_attitude_that_the_firmware_calls_unknown_is_no_knowledge_however_right(recorded, axis):
    about = requirement(**KNOWLEDGE | {"axis": axis})
    flags = np.where(np.arange(STEPS) < 60, 3.0, 2.0)  # bit 1 says nothing
    verdict = evaluate_requirement(about, [recorded(flags=flags)])
    assert (verdict.met, verdict.value) == (False, math.inf)
    assert verdict.text.endswith("; attitude reported as unknown in 10 of 50 samples")


def test_a_share_of_unknown_attitudes_that_the_probability_allows_is_still_told(recorded):
    flags = np.where(np.arange(STEPS) < 55, 1.0, 0.0)
    verdict = evaluate_requirement(requirement(**KNOWLEDGE), [recorded(flags=flags)])
    assert verdict.met
    assert verdict.text.endswith("; attitude reported as unknown in 5 of 50 samples")


def test_what_the_firmware_believes_decides_nothing_about_its_performance(recorded):
    assert evaluate_requirement(requirement(), [recorded(flags=1.0, told=[0.0] * 4)]).met


def test_a_relative_error_takes_its_window_from_the_phase_alone(recorded):
    step = late_error(5.0)
    windowed = {"index": "RPE", "window_s": 1.0, "probability": 1.0}
    assert evaluate_requirement(requirement(**windowed), [recorded(tilt_deg=step)]).met
    assert not evaluate_requirement(
        requirement(**windowed, from_s=4.9), [recorded(tilt_deg=step)]
    ).met


# ---- many runs -----------------------------------------------------------------------------------


def test_the_interpretations_differ_over_runs_as_the_standard_says(recorded):
    runs = [recorded(f"{i}.mcap") for i in range(9)]
    runs.append(
        recorded("bad.mcap", tilt_deg=late_error(0.5, first_step=90))
    )  # a fifth of the time
    met = {
        name: evaluate_requirement(requirement(interpretation=name), runs)
        for name in ("temporal", "ensemble", "mixed")
    }
    assert [verdict.met for verdict in met.values()] == [False, True, True]
    assert met["temporal"].recording.name == "bad.mcap"
    assert "5 s to 9.9 s of 10 runs" in met["mixed"].text


# ---- any column ----------------------------------------------------------------------------------


def test_a_body_rate_below_a_limit_after_a_time(recorded):
    rate = np.where(np.arange(STEPS) < 50, 0.2, 0.01)
    recording = recorded(rate_rad_s=rate)
    slow = column_requirement(from_s=5.0, limit=None, limit_deg_s=0.6)
    assert evaluate_requirement(slow, [recording]).text == (
        "rate: truth_rate_body_rad_s (norm) of 0.573 deg/s is within 0.6 deg/s (always, 5 s to "
        "9.9 s of 1 run: 50 samples, 5 s, 100 % of the phase); "
        f"worst 0.573 deg/s at 5 s in {recording.path}"
    )
    always = evaluate_requirement(column_requirement(), [recording])
    assert not always.met
    assert (always.value, always.unit, always.worst_time_s) == (0.2, "rad/s", 0.0)


def test_one_component_or_the_largest_of_a_column_is_judged(recorded):
    recording = recorded(rate_rad_s=-0.2)
    parts = {
        part: evaluate_requirement(column_requirement(part=part), [recording])
        for part in (1, 2, "largest")
    }
    assert [verdict.value for verdict in parts.values()] == [0.0, 0.2, 0.2]
    assert parts[2].text.startswith("rate: truth_rate_body_rad_s[2] of 0.2 rad/s exceeds 0.1 rad/s")


def test_a_scalar_without_a_unit_is_judged_too(recorded):
    verdict = evaluate_requirement(column_requirement(column="mode", limit=2), [recorded()])
    assert verdict.met
    assert verdict.text.startswith("rate: mode (norm) of 2 is within 2 (always, ")


# ---- what cannot be judged is never met ----------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"from_s": 10.0}, "applies from 10 s, the run ends at 9.9 s"),
        ({"to_s": 11.0}, "applies until 11 s, the run ends at 9.9 s"),
        (
            {"target": "nadir", "q_eci_from_target": None},
            "{path} has no column 'truth_position_eci_m'; its columns: ",
        ),
        (
            {"index": "MPE", "window_s": 6.0},
            "MPE: no observation period holds a window of 6 s: the longest lasts 4.9 s",
        ),
    ],
)
def test_a_pointing_requirement_that_cannot_be_judged_says_why(recorded, changes, reason):
    recording = recorded()
    verdict = evaluate_requirement(requirement(**changes), [recording])
    assert (verdict.met, verdict.judged) == (False, False)
    assert math.isnan(verdict.value)
    assert verdict.text.startswith("pointing: not judged: " + reason.format(path=recording.path))


def test_a_component_that_is_not_there_is_not_judged(recorded):
    verdict = evaluate_requirement(column_requirement(part=3), [recorded()])
    assert verdict.text == (
        "rate: not judged: truth_rate_body_rad_s has no part 3: it has 3, from 0"
    )


def test_a_run_cut_short_is_not_judged(recorded):
    path = recorded().path
    path.write_bytes(path.read_bytes()[:-2000])
    cut = Recording(path)
    for verdict in evaluate(_Rig((requirement(),)), [cut]):
        assert not verdict.met
        assert f"not judged: {path} is incomplete: {cut.incomplete_reason}" in verdict.text


# ---- the line ------------------------------------------------------------------------------------


class _Rig:
    def __init__(self, requirement, allowed=None):
        self.requirement, self.allowed = requirement, allowed or Allowed()
        self.ground = None


def test_a_rig_is_judged_requirement_by_requirement_and_then_its_line(recorded):
    rig = _Rig((requirement(), column_requirement()))
    assert [(v.name, v.met) for v in evaluate(rig, [recorded()])] == [
        ("pointing", True),
        ("rate", True),
        ("link", True),
    ]


def test_trouble_on_the_line_beyond_what_is_allowed_is_named(recorded):
    recording = recorded(counted=NO_TROUBLE | {"crc_errors": 3, "lost_replies": 1, "other": 7})
    verdict = evaluate_link(Allowed(lost_replies=1), [recording])
    assert not verdict.met
    assert verdict.value == 3.0
    assert verdict.text == f"link: missed: crc_errors 3 (allowed 0); recording {recording.path}"
    assert evaluate_link(Allowed(lost_replies=1, crc_errors=3), [recording]).met


def test_a_verdict_on_unexpected_frames_says_how_to_pass_over_anothers_packets(recorded):
    recording = recorded(counted=NO_TROUBLE | {"unexpected_frames": 3})
    text = evaluate_link(Allowed(), [recording]).text
    assert "unexpected_frames 3 (allowed 0) (packets on the line for another receiver?" in text
    assert "name them in [obc] pass_over_apids" in text


def test_a_count_that_was_not_taken_does_not_pass_for_zero(recorded):
    recording = recorded(counted={"crc_errors": 0})
    verdict = evaluate_link(Allowed(), [recording])
    assert (verdict.met, verdict.judged) == (False, False)
    assert verdict.text == (
        f"link: not judged: {recording.path} does not count lost_replies, late_replies, "
        "stale_replies, broken_frames, unexpected_frames, rejected_commands, late_steps"
    )
    assert counters(recording) == {
        "crc_errors": 0,
        "watchdog_resets": 0,
        "impossible_states": 0,
        "frames_refused_by_obc": 0,
    }
