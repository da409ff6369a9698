"""Windows, observation periods and what does not fit them, after ECSS-E-ST-60-10C, section 3.2."""

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from hil.judge import evaluate_requirement
from hil.judge.requirements import Requirement
from hil.physics.rotations import from_rotation_vector
from hil.recording import Recorder, Recording

STEPS, STEP_s = 600, 0.1
ARCSEC = np.pi / 648_000
COLUMNS = [("time_s", 1), ("truth_q_eci_from_body", 4), ("truth_sunlit", 1)]


@pytest.fixture
def recorded(tmp_path):
    def record(error_arcsec, sunlit=1.0, name="run.mcap", steps=STEPS):
        turn = np.zeros((steps, 3))
        turn[:, 0] = error_arcsec * ARCSEC
        time_s = STEP_s * np.arange(steps)
        lit = np.broadcast_to(sunlit, steps)
        with Recorder(tmp_path / name, COLUMNS) as recorder:
            for step, row in enumerate(np.column_stack([time_s, from_rotation_vector(turn), lit])):
                recorder.step(step * 10**8, row)
        return Recording(tmp_path / name)

    return record


def requirement(**keys):
    given = {
        "name": "it", "index": "PRE", "target": "eci", "q_eci_from_target": [0.0, 0.0, 0.0, 1.0],
        "axis": "attitude", "limit_arcsec": 5.0, "probability": 1.0, "interpretation": "temporal",
        "window_s": 2.0,
    }  # fmt: skip
    merged = {key: value for key, value in (given | keys).items() if value is not None}
    return TypeAdapter(Requirement).validate_python(merged)


SECOND = np.arange(STEPS) >= 300
SUNLIT = np.abs(np.arange(STEPS) - 300) > 50  # two stretches
APART = {"while_sunlit": True}


def test_two_stretches_that_differ_are_not_reproduced(recorded):
    """Error 0 in one sunlit stretch, 10 arcsec in the other: their windows' means differ by 10."""
    run = recorded(np.where(SECOND, 10.0, 0.0), SUNLIT)
    verdict = evaluate_requirement(requirement(**APART), [run])
    assert (verdict.met, verdict.judged) == (False, True)
    assert verdict.value == pytest.approx(10.0)
    drift = requirement(**APART, index="PDE", separation_s=4.0)
    assert evaluate_requirement(drift, [run]).value == pytest.approx(0.0, abs=1e-9)


def test_stretches_that_drift_alike_are_reproduced_but_for_their_windows_places(recorded):
    ramp = np.arange(STEPS) % 300 / 100.0  # arcsec: 3 in each stretch
    verdict = evaluate_requirement(requirement(**APART), [recorded(ramp, SUNLIT)])
    means = np.array([ramp[k : k + 21] @ ([0.5] + [1.0] * 19 + [0.5]) / 20 for k in range(580)])
    first, second = means[[*range(0, 230, 20), 229]], means[[*range(351, 580, 20), 579]]
    expected = np.abs(first[:, None] - second).max()
    assert verdict.value == pytest.approx(expected, rel=1e-3)


def test_two_runs_are_two_observation_periods(recorded):
    runs = [recorded(0.0, name="a.mcap"), recorded(4.0, name="b.mcap")]
    verdict = evaluate_requirement(requirement(), runs)
    assert (verdict.met, verdict.basis.runs) == (True, 2)
    assert verdict.value == pytest.approx(4.0)


@pytest.mark.parametrize("probability", [0.5, 0.9, 0.9973])
@pytest.mark.parametrize("lengths", [(20, 2000), (2000, 20), (2000, 20, 300)])
def test_runs_of_any_lengths_in_any_order_are_one_set_of_values(recorded, lengths, probability):
    errors = [np.random.default_rng(n).random(n) * (1.0 + n % 7) for n in lengths]
    runs = [recorded(e, name=f"{len(e)}.mcap", steps=len(e)) for e in errors]
    mixed = {"index": "APE", "window_s": None, "interpretation": "mixed"}
    verdict = evaluate_requirement(requirement(**mixed, probability=probability), runs)
    expected = np.quantile(np.concatenate(errors), probability, method="inverted_cdf")
    assert verdict.value == pytest.approx(expected, rel=1e-6)


def test_one_observation_period_reproduces_nothing(recorded):
    verdict = evaluate_requirement(requirement(), [recorded(0.0)])
    assert (verdict.met, verdict.judged) == (False, False)
    assert verdict.text == (
        "it: not judged: PRE compares windows of different observation periods (stretches of the "
        "phase, or runs), and there is only one that holds window_s = 2"
    )


def test_a_separation_is_the_least_between_windows_of_one_run(recorded):
    run = recorded(np.where(SECOND, 10.0, 0.0), SUNLIT)
    assert evaluate_requirement(requirement(**APART, separation_s=20.0), [run]).judged
    far = evaluate_requirement(requirement(**APART, separation_s=59.0), [run])
    assert not far.judged
    assert "no two windows in different observation periods separation_s = 59 apart" in far.text


def test_bad_samples_count_the_same_at_the_start_of_a_phase_as_in_its_middle(recorded):
    """Six of a hundred alternate by 5 arcsec: more than the 5 % that may exceed 3 arcsec."""
    steady = {"index": "RPE", "window_s": 1.0, "limit_arcsec": 3.0, "probability": 0.95}
    for first in (200, 245, 294):
        error = np.zeros(STEPS)
        error[first : first + 6] = [5.0, -5.0] * 3
        about = requirement(**steady, from_s=20.0, to_s=29.9)
        verdict = evaluate_requirement(about, [recorded(error)])
        assert not verdict.met
        assert verdict.value == pytest.approx(5.0, abs=0.3)


@pytest.mark.parametrize(("key", "value"), [("window_s", 0.25), ("window_s", 0.04)])
def test_a_window_is_never_rounded(recorded, key, value):
    verdict = evaluate_requirement(requirement(index="RPE", **{key: value}), [recorded(0.0)])
    assert not verdict.judged
    assert f"{key} = {value:g} must be a multiple of step_s = 0.1 (nearest: " in verdict.text


@pytest.mark.parametrize("separation_s", [1.0, 2.0])
def test_windows_of_a_drift_do_not_overlap(separation_s):
    with pytest.raises(ValidationError, match="the two must not overlap"):
        requirement(index="PDE", separation_s=separation_s)


@pytest.mark.parametrize(("samples", "judged"), [(20, False), (21, True)])
def test_a_stretch_is_long_enough_from_a_window_on(recorded, samples, judged):
    """2 s at steps of 0.1 s begin and end with a sample: 21."""
    lit = np.arange(STEPS) < samples
    about = requirement(index="MPE", while_sunlit=True)
    verdict = evaluate_requirement(about, [recorded(1.0, lit)])
    assert verdict.judged == judged
    if judged:
        assert verdict.basis.samples == samples
    else:
        assert verdict.text.endswith("no observation period holds a window of 2 s: the longest "
                                     "lasts 1.9 s")  # fmt: skip


@pytest.mark.parametrize(
    ("settle_s", "samples"), [(0.3, 597), (0.25, 597), (0.31, 596), (0.0, 600)]
)
def test_settling_leaves_out_every_step_that_begins_within_it(recorded, settle_s, samples):
    about = requirement(index="APE", window_s=None, settle_s=settle_s)
    assert evaluate_requirement(about, [recorded(1.0)]).basis.samples == samples


# ---- about half a turn ---------------------------------------------------------------------------

ABOUT_HALF = np.where(np.arange(STEPS) % 2, 179.9, 180.1) * 3600.0  # about an axis, or its opposite
WRONG_WAY_ROUND = {"separation_s": None, "limit_arcsec": 3600.0}


@pytest.mark.parametrize("axis", ["attitude", "x"])
@pytest.mark.parametrize(("index", "value_deg"), [("APE", 179.9), ("MPE", 180.0), ("RPE", 0.1)])
def test_errors_about_half_a_turn_do_not_cancel(recorded, axis, index, value_deg):
    window_s = None if index == "APE" else 2.0
    about = requirement(index=index, axis=axis, window_s=window_s, **WRONG_WAY_ROUND)
    verdict = evaluate_requirement(about, [recorded(ABOUT_HALF)])
    assert verdict.value / 3600.0 == pytest.approx(value_deg, abs=1e-6)
    assert verdict.met == (index == "RPE")


@pytest.mark.parametrize("rate_deg_s", [20.0, -75.0])
def test_a_body_that_turns_round_and_round_is_off_in_the_mean(recorded, rate_deg_s):
    """Of a turn at an even rate the mean over a short window is the error in its middle."""
    error = rate_deg_s * 3600.0 * STEP_s * np.arange(STEPS)
    about = requirement(index="MPE", window_s=0.2, **WRONG_WAY_ROUND)
    verdict = evaluate_requirement(about, [recorded(error)])
    assert not verdict.met
    assert verdict.value / 3600.0 == pytest.approx(180.0, abs=0.1 * abs(rate_deg_s))


def test_two_runs_with_the_body_the_wrong_way_round_are_alike(recorded):
    runs = [recorded(179.9 * 3600.0, name="a.mcap"), recorded(180.1 * 3600.0, name="b.mcap")]
    verdict = evaluate_requirement(requirement(limit_arcsec=720.1, separation_s=None), runs)
    assert verdict.value == pytest.approx(720.0)
