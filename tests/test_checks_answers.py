"""Steps without an answer are the link's; knowledge and mode are judged over the others."""

import json

import numpy as np
import pytest
from pydantic import TypeAdapter

from hil.judge import evaluate_requirement
from hil.judge.requirements import Requirement
from hil.recording import Recorder, Recording

STEPS, STEP_s = 600, 1.0
LEVEL = [0.0, 0.0, 0.0, 1.0]
COLUMNS = [
    ("time_s", 1), ("truth_q_eci_from_body", 4), ("command_wheel_torque_Nm", 3),
    ("command_dipole_body_A_m2", 3), ("estimate_q_eci_from_body", 4), ("estimate_flags", 1),
    ("estimate_mode", 1), ("reply_s", 1),
]  # fmt: skip
OF_THE_REPLY = slice(5, 17)
LATE = [*range(40, 44), 200, *range(400, 415), *range(593, 598)]  # 25 late replies


@pytest.fixture
def recorded(tmp_path):
    def record(late=LATE, mode=1.0, silent=()):
        table = np.zeros((STEPS, sum(size for _, size in COLUMNS)))
        table[:, 0] = STEP_s * np.arange(STEPS)
        table[:, 1:5] = table[:, 11:15] = LEVEL
        table[:, 16] = mode
        table[list(late), OF_THE_REPLY] = np.nan
        table[list(silent), 11:17] = np.nan  # a command without an estimate
        metadata = {"wire": {"modes": json.dumps(["idle", "nadir"])}}
        with Recorder(tmp_path / "run.mcap", COLUMNS, metadata=metadata) as recorder:
            for step, row in enumerate(table):
                recorder.step(step * 10**9, row)
        return Recording(tmp_path / "run.mcap")

    return record


def requirement(**keys):
    return TypeAdapter(Requirement).validate_python({"name": "it", **keys})


def knowledge(**keys):
    given = {"index": "AKE", "axis": "attitude", "limit_arcsec": 42.0, "probability": 0.9973}
    return requirement(**given | {"interpretation": "temporal"} | keys)


def test_late_replies_are_not_lost_attitude(recorded):
    verdict = evaluate_requirement(knowledge(), [recorded()])
    assert (verdict.met, verdict.value) == (True, pytest.approx(0.0))
    assert (verdict.basis.samples, verdict.basis.phase_s) == (575, 600.0)
    assert "575 s, 95.8 % of the phase" in verdict.text
    assert verdict.text.endswith("; 25 steps had no answer and count for the link")


def test_late_replies_are_no_other_mode(recorded):
    verdict = evaluate_requirement(requirement(mode="nadir", by_s=10.0), [recorded()])
    assert (verdict.met, verdict.value) == (True, 0.0)
    assert verdict.basis.samples == 565
    assert verdict.text.endswith("; 25 steps had no answer and count for the link")


def test_in_a_mode_a_step_without_an_answer_is_in_the_one_told_last(recorded):
    performance = {"index": "APE", "target": "eci", "q_eci_from_target": LEVEL}
    about = knowledge(**performance, in_mode="nadir", settle_s=3.0)
    assert evaluate_requirement(about, [recorded()]).basis.samples == 597


def test_an_answer_without_an_estimate_is_no_knowledge(recorded):
    verdict = evaluate_requirement(knowledge(), [recorded(silent=range(100, 110))])
    assert (verdict.met, verdict.value) == (False, np.inf)
    assert "attitude not reported in 10 of 575 samples; 25 steps had no answer" in verdict.text


@pytest.mark.parametrize("column", ["command_wheel_torque_Nm", "estimate_flags", "reply_s"])
def test_what_comes_with_the_reply_is_judged_where_there_is_one(recorded, column):
    verdict = evaluate_requirement(requirement(column=column, limit=1.0), [recorded()])
    assert (verdict.met, verdict.basis.samples) == (True, 575)
    late = requirement(column=column, limit=1.0, by_s=20.0)
    assert evaluate_requirement(late, [recorded()]).met


@pytest.mark.parametrize(
    "keys", [{"mode": "nadir", "by_s": 10.0}, {"column": "reply_s", "limit": 1}]
)
def test_where_no_step_was_answered_nothing_is_judged(recorded, keys):
    verdict = evaluate_requirement(requirement(**keys), [recorded(late=range(STEPS))])
    assert (verdict.met, verdict.judged) == (False, False)
    assert "answered" in verdict.text


# ---- a near miss ---------------------------------------------------------------------------------


def test_a_mode_that_is_left_says_how_long_it_was_kept(recorded):
    mode = np.ones(STEPS)
    mode[:20], mode[550:] = 0.0, 0.0
    verdict = evaluate_requirement(requirement(mode="nadir", by_s=60.0), [recorded(mode=mode)])
    assert not verdict.met
    assert verdict.text.startswith(
        "it: mode nadir is left again, and was to be kept from 60 s on: longest kept from 20 s to "
        "550 s, at the end idle (always, 1 run: "
    )
    assert (verdict.reached, verdict.allowed) == ("idle", "nadir")


def test_of_two_stretches_as_long_the_first_is_said(recorded):
    mode = np.zeros(STEPS)
    mode[20:120], mode[300:400] = 1.0, 1.0
    kept = requirement(mode="nadir", by_s=60.0)
    verdict = evaluate_requirement(kept, [recorded(late=(), mode=mode)])
    assert "longest kept from 20 s to 120 s" in verdict.text


def test_a_mode_that_never_comes_says_which_it_is_instead(recorded):
    verdict = evaluate_requirement(requirement(mode="nadir", by_s=60.0), [recorded(mode=0.0)])
    assert "mode nadir is not reached, and was to be by 60 s: at the end idle" in verdict.text


def test_a_column_that_stays_too_large_says_how_near_it_came(recorded):
    slow = requirement(column="estimate_mode", limit=0.5, by_s=60.0)
    mode = np.where(np.arange(STEPS) == 300, 0.6, 1.0)
    verdict = evaluate_requirement(slow, [recorded(late=(), mode=mode)])
    assert verdict.text.startswith(
        "it: estimate_mode is 1 at the end and was to stay within 0.5 from 60 s on: smallest 0.6 "
        "at 300 s (always, "
    )
    assert not {"inf", "never"} & set(verdict.text.split())


def test_an_error_has_a_unit_that_fits_its_size(recorded):
    about = {"index": "APE", "target": "eci", "axis": "boresight"}
    away = knowledge(**about, q_eci_from_target=[np.sin(1.475), 0.0, 0.0, np.cos(1.475)])
    verdict = evaluate_requirement(away, [recorded(late=())])
    assert verdict.value == pytest.approx(608_481, rel=1e-4)
    assert "APE (boresight) of 169 deg exceeds 42 arcsec" in verdict.text
    assert verdict.reached == "169 deg"


# ---- columns that have no value at every step ----------------------------------------------------


@pytest.fixture
def sampled(tmp_path):
    """Record a thermometer at every tenth step, and telemetry that is told from step 30 on."""
    columns = [("time_s", 1), ("thermometer0_temperature_K", 1), ("thermometer0_age_s", 1)]
    columns += [("user_load", 1), ("housekeeping_stack_used_max", 1)]
    table = np.full((100, 5), np.nan)
    table[:, 0] = np.arange(100)
    table[::10, 1:3] = [300.0, 0.0]
    table[30:, 3] = 0.5
    with Recorder(tmp_path / "sampled.mcap", columns) as recorder:
        for step, row in enumerate(table):
            recorder.step(step * 10**9, row)
    return Recording(tmp_path / "sampled.mcap")


@pytest.mark.parametrize("by_s", [None, 20.0])
def test_a_sensors_column_is_judged_where_a_sample_came(sampled, by_s):
    keys = {} if by_s is None else {"by_s": by_s}
    column = "thermometer0_temperature_K"
    met = evaluate_requirement(requirement(column=column, limit=301.0, **keys), [sampled])
    missed = evaluate_requirement(requirement(column=column, limit=299.0, **keys), [sampled])
    assert (met.met, missed.met, missed.judged) == (True, False, True)
    assert met.basis.samples == (10 if by_s is None else 8)
    assert "100 % of the phase" in met.text


def test_telemetry_is_judged_from_the_first_time_that_it_is_told(sampled):
    verdict = evaluate_requirement(requirement(column="user_load", limit=0.6), [sampled])
    assert (verdict.met, verdict.basis.samples) == (True, 70)


def test_what_is_never_told_is_not_judged(sampled):
    column = "housekeeping_stack_used_max"
    verdict = evaluate_requirement(requirement(column=column, limit=1.0), [sampled])
    assert (verdict.met, verdict.judged) == (False, False)
    assert verdict.text == f"it: not judged: {column} was never told"
