"""A verdict says on how much it rests: runs, samples, time, and how much went unjudged."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from hil.judge import evaluate_requirement
from hil.judge.requirements import Requirement
from hil.recording import Recorder, Recording

STEPS, STEP_s = 100, 0.1
COLUMNS = [
    ("time_s", 1), ("truth_rate_body_rad_s", 1), ("estimate_mode", 1), ("truth_sunlit", 1),
    ("truth_q_eci_from_body", 4),
]  # fmt: skip


@pytest.fixture
def recorded(tmp_path):
    def record(name="run.mcap", rate=0.0, mode=1.0, sunlit=1.0):
        parts = [STEP_s * np.arange(STEPS), rate, mode, sunlit, 0.0, 0.0, 0.0, 1.0]
        table = np.stack([np.broadcast_to(part, STEPS) for part in parts], axis=1).astype(float)
        path = tmp_path / name
        path.unlink(missing_ok=True)
        metadata = {"wire": {"modes": json.dumps(["idle", "nadir"])}}
        with Recorder(path, COLUMNS, metadata=metadata) as recorder:
            for k, row in enumerate(table):
                recorder.step(k * 10**8, row)
        return Recording(path)

    return record


def slow(**keys):
    table = {"name": "slow", "column": "truth_rate_body_rad_s", "limit": 0.1}
    return TypeAdapter(Requirement).validate_python(table | keys)


# ---- time that is not judged ---------------------------------------------------------------------


def test_the_basis_is_what_was_judged_of_the_phase(recorded):
    basis = evaluate_requirement(slow(from_s=2.0, settle_s=1.0), [recorded()]).basis
    assert (basis.runs, basis.samples) == (1, 70)
    assert (basis.judged_s, basis.phase_s) == (pytest.approx(7.0), pytest.approx(8.0))
    assert basis.judged_share == 0.875
    assert (basis.confidence, basis.runs_needed, basis.shown) == (None, None, True)


def test_a_firmware_that_leaves_the_mode_leaves_time_unjudged_and_the_sun_does_not(recorded):
    run = recorded(mode=np.arange(STEPS) >= 40, sunlit=np.arange(STEPS) < 80)
    basis = evaluate_requirement(slow(in_mode="nadir", while_sunlit=True), [run]).basis
    assert (basis.samples, basis.judged_share) == (40, 0.5)
    assert evaluate_requirement(slow(while_sunlit=True), [run]).basis.judged_share == 1.0


FLICKER = np.tile([0] * 5 + [1] * 20, 4)  # 2 s of 2.5 s in the mode


def test_a_share_that_is_asked_for_fails_a_mode_that_flickers(recorded):
    in_mode = {"in_mode": "nadir", "settle_s": 1.5}
    run = recorded(mode=FLICKER)
    assert evaluate_requirement(slow(**in_mode), [run]).met
    verdict = evaluate_requirement(slow(**in_mode, judged_share_min=0.9), [run])
    assert (verdict.met, verdict.judged, verdict.value) == (False, True, 0.0)
    assert "20 samples, 2 s, 20 % of the phase" in verdict.text
    assert verdict.text.endswith(
        "; missed: 20 % of the phase was judged and at least 90 % is asked"
    )
    assert evaluate_requirement(slow(**in_mode, judged_share_min=0.2), [run]).met


def test_stretches_too_short_for_a_window_go_unjudged_and_it_shows(recorded):
    mode = np.concatenate([[0] * 5, [1] * 30, [0] * 5, [1] * 10, [0] * 5, [1] * 45])
    windowed = {
        "index": "RPE", "target": "eci", "q_eci_from_target": [0.0, 0.0, 0.0, 1.0],
        "axis": "attitude", "window_s": 1.0, "limit_deg": 1.0, "probability": 1.0,
        "interpretation": "temporal", "name": "steady", "in_mode": "nadir",
    }  # fmt: skip
    requirement = TypeAdapter(Requirement).validate_python(windowed)

    basis = evaluate_requirement(requirement, [recorded(mode=mode)]).basis
    assert (basis.samples, basis.judged_share) == (75, 0.75)  # 1.0 s needs eleven samples


def test_the_share_is_that_of_the_run_with_the_least(recorded):
    runs = [recorded("a.mcap"), recorded("b.mcap", mode=np.arange(STEPS) < 30)]
    verdict = evaluate_requirement(slow(in_mode="nadir", judged_share_min=0.6), runs)
    assert (verdict.met, verdict.basis.judged_share) == (False, 0.3)
    assert "of 2 runs: 130 samples, 13 s, 30 % of the phase" in verdict.text


def test_nearly_all_is_not_called_all(recorded):
    mode = np.arange(STEPS) != 50
    verdict = evaluate_requirement(
        slow(in_mode="nadir", judged_share_min=1.0), [recorded(mode=mode)]
    )
    assert not verdict.met
    assert "99 % of the phase" in verdict.text


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.booleans(), min_size=STEPS, max_size=STEPS), st.integers(0, 5))
def test_what_settles_and_what_is_out_of_the_mode_is_all_that_goes_unjudged(recorded, mode, settle):
    run = recorded(mode=np.array(mode))
    judged = sum(all(mode[max(k - settle, 0) : k + 1]) and k >= settle for k in range(STEPS))
    verdict = evaluate_requirement(slow(in_mode="nadir", settle_s=settle * STEP_s), [run])
    assert verdict.judged == (judged > 0)
    if verdict.judged:
        assert verdict.basis.samples == judged
        assert verdict.basis.judged_share == judged / STEPS


def test_what_is_asked_from_a_moment_on_rests_on_what_follows_it(recorded):
    basis = evaluate_requirement(slow(by_s=8.0), [recorded()]).basis
    assert (basis.samples, basis.judged_s, basis.judged_share) == (20, pytest.approx(2.0), 1.0)


# ---- what runs show ------------------------------------------------------------------------------


@pytest.mark.parametrize("interpretation", ["ensemble", "mixed"])
def test_one_run_that_meets_what_is_said_of_runs_is_told_to_be_one(recorded, interpretation):
    about = slow(probability=0.9973, interpretation=interpretation)
    verdict = evaluate_requirement(about, [recorded()])
    assert (verdict.met, verdict.basis.shown) == (True, False)
    assert verdict.caveat == "1 run; 852 needed for 99.73 % at 90 % confidence"
    assert verdict.text.endswith(verdict.caveat)
    assert verdict.basis.confidence == pytest.approx(0.0027)


def test_what_holds_in_every_run_by_itself_needs_no_more_runs(recorded):
    verdict = evaluate_requirement(
        slow(probability=0.9973, interpretation="temporal"), [recorded()]
    )
    assert (verdict.caveat, verdict.basis.confidence) == ("", None)


def test_enough_runs_leave_nothing_open_and_a_failure_among_them_asks_for_more(recorded):
    good = recorded("good.mcap")
    bad = recorded("bad.mcap", rate=np.where(np.arange(STEPS) == 7, 1.0, 0.0))
    about = slow(probability=0.8, interpretation="ensemble")
    enough = evaluate_requirement(about, [good] * 11)
    assert (enough.caveat, enough.basis.shown, enough.basis.runs_needed) == ("", True, 11)
    failing = evaluate_requirement(about, [*[good] * 10, bad])
    assert (failing.met, failing.basis.failures, failing.basis.runs_needed) == (True, 1, 18)
    assert failing.caveat.startswith("11 runs; 18 needed for 80 % at 90 %")


def test_what_is_missed_has_no_caveat(recorded):
    verdict = evaluate_requirement(
        slow(probability=0.9, interpretation="ensemble"), [recorded(rate=1.0)]
    )
    assert (verdict.met, verdict.caveat) == (False, "")


def test_no_number_of_runs_shows_all_of_them(recorded):
    verdict = evaluate_requirement(slow(probability=1.0, interpretation="mixed"), [recorded()])
    assert verdict.met
    assert verdict.caveat == "1 run; no number of runs shows 100 %"
    assert verdict.basis.runs_needed is None
