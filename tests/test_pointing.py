"""The indices and interpretations of ECSS-E-ST-60-10C, on cases whose answers are known by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation
from scipy.stats import binom

from hil.judge.pointing import (
    Errors,
    PointingError,
    Tail,
    at_probability,
    attitude_error,
    boresight_error,
    confidence,
    direction_error,
    error_vectors,
    failures_among,
    index_of_period,
    index_series,
    q_eci_from_target,
    runs_needed,
    step_means,
)

X90 = [np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)]
Z90 = [0.0, 0.0, np.sqrt(0.5), np.sqrt(0.5)]
LEVEL = [0.0, 0.0, 0.0, 1.0]
quaternions = arrays(float, 4, elements=st.floats(-1, 1)).filter(lambda q: np.dot(q, q) > 0.1)


def unit(q):
    return q / np.linalg.norm(q)


def degrees(x):
    return np.degrees(x).tolist()


# ---- errors --------------------------------------------------------------------------------------


def test_a_body_turned_by_90_degrees_about_x_is_off_by_90_degrees_about_x():
    assert degrees(attitude_error(X90, LEVEL)) == pytest.approx([90.0, 0.0, 0.0])
    assert degrees(attitude_error(LEVEL, X90)) == pytest.approx([-90.0, 0.0, 0.0])


def test_a_turn_about_the_boresight_is_an_attitude_error_but_no_boresight_error():
    assert degrees(attitude_error(Z90, LEVEL)) == pytest.approx([0.0, 0.0, 90.0])
    assert direction_error(Z90, LEVEL, [0, 0, 1]).tolist() == [0.0, 0.0, 0.0]
    assert degrees(direction_error(Z90, LEVEL, [1, 0, 0])) == pytest.approx([0.0, 0.0, 90.0])


def test_a_boresight_that_looks_the_wrong_way_is_off_by_180_degrees():
    over = direction_error([1.0, 0.0, 0.0, 0.0], LEVEL, [0, 0, 1])
    assert np.degrees(np.linalg.norm(over)) == pytest.approx(180.0)


def test_one_body_axis_has_the_rotation_vectors_part_about_it():
    both = [X90, Z90]
    assert degrees(error_vectors(both, LEVEL, "x")[:, 0]) == pytest.approx([90.0, 0.0])
    assert degrees(error_vectors(both, LEVEL, "z")[:, 0]) == pytest.approx([0.0, 90.0])
    assert error_vectors(both, LEVEL, "boresight", [1, 0, 0]).shape == (2, 3)


@given(quaternions, quaternions)
def test_the_attitude_error_is_scipys_rotation_between_the_two(body, target):
    between = Rotation.from_quat(target).inv() * Rotation.from_quat(body)
    error = attitude_error(unit(body), unit(target))
    assert np.linalg.norm(error) == pytest.approx(between.magnitude(), abs=1e-9)
    assert Rotation.from_rotvec(error).approx_equal(between, atol=1e-9)


@given(quaternions, quaternions)
def test_the_boresight_error_is_the_angle_between_the_directions_in_eci(body, target):
    a, b = (Rotation.from_quat(q).apply([0, 0, 1]) for q in (body, target))
    angle = 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))  # Kahan's formula
    error = direction_error(unit(body), unit(target), [0, 0, 1])
    assert np.linalg.norm(error) == pytest.approx(angle, abs=1e-9)


@pytest.mark.parametrize("axis", ["boresight", "attitude", "x", "y", "z"])
@pytest.mark.parametrize("norm", [0.0, 1e-30, 0.998, 1.002, np.nan])
def test_a_quaternion_that_is_no_rotation_has_no_error_and_never_0(axis, norm):
    q = np.array([LEVEL, np.multiply(norm, LEVEL), np.multiply(norm, X90)])
    for body, target in ((q, LEVEL), (LEVEL, q)):
        error = error_vectors(body, target, axis)
        assert (error[0] == 0.0).all()
        assert np.isnan(error[1:]).all()
    assert np.isnan(boresight_error(q, [0.0, 0.0, 1.0], [0, 0, 1])[1:]).all()


@given(quaternions, st.floats(0.9991, 1.0009))
def test_a_quaternion_that_single_precision_made_a_little_longer_is_one(q, norm):
    assert np.isfinite(attitude_error(norm * unit(q), LEVEL)).all()


def test_an_error_of_a_billionth_of_a_degree_is_seen():
    tiny = [np.radians(0.5e-9), 0.0, 0.0, 1.0]
    assert degrees(direction_error(tiny, LEVEL, [0, 0, 1]))[0] == pytest.approx(1e-9, rel=1e-6)


def test_the_nadir_target_is_lvlh_of_the_true_orbit():
    truth = {
        "truth_position_eci_m": np.array([[7e6, 0.0, 0.0]]),
        "truth_velocity_eci_m_s": np.array([[0.0, 7500.0, 0.0]]),
    }
    to_eci = Rotation.from_quat(q_eci_from_target(truth, "nadir")[0])
    assert to_eci.apply([0, 0, 1]) == pytest.approx([-1.0, 0.0, 0.0])
    assert to_eci.apply([1, 0, 0]) == pytest.approx([0.0, 1.0, 0.0])


def test_the_eci_target_is_the_quaternion_made_unit():
    assert q_eci_from_target({}, "eci", [0, 0, 3, 3]) == pytest.approx(Z90)
    with pytest.raises(PointingError) as error:
        q_eci_from_target({}, "eci")
    assert str(error.value) == 'target "eci" needs the quaternion q_eci_from_target'
    with pytest.raises(PointingError, match=r"q_eci_from_target = .* is no attitude"):
        q_eci_from_target({}, "eci", [0, 0, 0, 0])


# ---- indices -------------------------------------------------------------------------------------

TIME = 0.1 * np.arange(100)
SAWTOOTH = np.tile([0.0, 2.0], 50)[:, None]  # mean and deviation 1 over an even number of steps
RAMP = TIME[:, None]


def test_the_absolute_error_is_the_length_of_the_error():
    series = index_series("APE", [0.0, 0.1], [[3.0, 4.0, 0.0], [0.0, 0.0, -1.0]])
    assert series.value.tolist() == [5.0, 1.0]
    assert series.time_s.tolist() == [0.0, 0.1]


def test_mean_and_relative_error_take_the_windows_mean_before_the_length():
    assert index_series("MPE", TIME, SAWTOOTH, window_s=0.4).value == pytest.approx(1.0)
    assert index_series("RPE", TIME, SAWTOOTH, window_s=0.4).value == pytest.approx(1.0)
    signed = SAWTOOTH - 1.0
    assert index_series("MKE", TIME, signed, window_s=0.4).value == pytest.approx(0.0)


@pytest.mark.parametrize(("step_s", "window_s"), [(0.1, 1.0), (0.1, 0.1), (0.02, 1.0), (0.25, 4.0)])
def test_a_ramp_moves_by_half_its_window_from_the_mean(step_s, window_s):
    time = step_s * np.arange(round(2 * window_s / step_s) + 1)
    series = index_series("RKE", time, 3.0 * time[:, None], window_s)
    assert series.value.max() == pytest.approx(3.0 * window_s / 2, rel=1e-12)


def test_every_instant_counts_once_wherever_it_is_in_its_period():
    """Six bad samples of a hundred: more than 5 %, at the start of the period as in its middle."""
    for first in (0, 45, 94):
        error = np.zeros((100, 1))
        error[first : first + 6, 0] = [5.0, -5.0] * 3
        series = index_series("RPE", TIME, error, window_s=1.0)
        assert series.time_s.tolist() == TIME.tolist()
        assert at_probability([series.value], 0.95, "temporal") == pytest.approx(5.0, abs=0.3)


@given(arrays(float, (60, 3), elements=st.floats(-1, 1)), st.integers(1, 59))
def test_the_relative_error_is_the_farthest_from_the_mean_of_a_window_around_it(error, steps):
    """ECSS-E-ST-60-10C: the mean over an interval that contains the instant; which is left open."""
    time, weights = 0.1 * np.arange(60), np.full(steps + 1, 1.0 / steps)
    weights[[0, -1]] /= 2
    means = np.array([weights @ error[j : j + steps + 1] for j in range(60 - steps)])
    expected = [
        np.linalg.norm(error[k] - means[max(0, k - steps) : min(k, 59 - steps) + 1], axis=1).max()
        for k in range(60)
    ]
    assert index_series("RPE", time, error, 0.1 * steps).value == pytest.approx(expected, abs=1e-12)


@given(arrays(float, (97, 2), elements=st.floats(-1, 1)), st.integers(1, 40), st.integers(1, 30))
def test_an_index_in_pieces_is_the_index_of_the_whole(error, steps, piece):
    time = 0.1 * np.arange(97)
    for index in ("APE", "MPE", "RPE", "PDE"):
        whole = index_series(index, time, error, 0.1 * steps, 0.1 * (steps + 3))
        period, values, before = index_of_period(index, steps, steps + 3), [], None
        for start in range(0, 97, piece):
            at = error[start : start + piece]
            errors = Errors(time[start : start + piece], at, step_means(at, before))
            values.append(period.extend(errors).value)
            before = at[-1:]
        values.append(period.end().value)
        assert np.concatenate(values) == pytest.approx(whole.value, abs=1e-12)


@given(st.floats(0.05, 2.0), st.floats(0.0, 6.3), st.integers(1, 90))
def test_the_mean_of_a_sine_is_its_integral_but_for_the_trapezoids_error(hz, phase, steps):
    """By the rule's own sum the mean is the integral's times (w h / 2) / tan(w h / 2)."""
    rate, window_s = 2 * np.pi * hz, 0.1 * steps
    error = np.sin(rate * TIME + phase)[:, None]
    series = index_series("MPE", TIME, error, window_s)
    ends = np.cos(rate * (series.time_s + window_s) + phase)
    integral = (np.cos(rate * series.time_s + phase) - ends) / (rate * window_s)
    half = rate * 0.1 / 2
    assert series.value == pytest.approx(abs(integral * half / np.tan(half)), abs=1e-9)


def test_a_sine_over_its_own_period_has_no_mean_and_its_amplitude_as_relative_error():
    error = 2.0 * np.sin(2 * np.pi * TIME)[:, None]
    assert index_series("MPE", TIME, error, 1.0).value == pytest.approx(0.0, abs=1e-12)
    slow = 2.0 * np.sin(2 * np.pi * TIME / 4)[:, None]  # has samples at its peaks
    assert index_series("RPE", TIME, slow, 4.0).value.max() == pytest.approx(2.0, rel=1e-12)


def test_the_last_window_counts_where_not_every_window_does():
    """Of windows of 200 steps every second one is looked at, and at the end the last, from 3 on."""
    error = np.zeros((204, 1))
    error[-1] = 1.0  # half of the last control period: 1/2 of 200 steps
    time_s = 0.1 * np.arange(204)
    found = index_series("RPE", time_s, error, 20.0).value
    assert found[:4] == pytest.approx(0.0)  # settled when their own windows had ended
    assert found[4:203] == pytest.approx(0.5 / 200)
    assert found[203] == pytest.approx(1.0 - 0.5 / 200)


def test_drift_is_the_difference_of_the_means_of_two_windows():
    series = index_series("PDE", TIME, 0.5 * RAMP, window_s=1.0, separation_s=4.0)
    assert series.value == pytest.approx(2.0)
    assert series.time_s[0] == pytest.approx(4.0)
    assert index_series("KDE", TIME, SAWTOOTH, 0.4, 4.0).value == pytest.approx(0.0)


def test_a_constant_error_has_a_mean_and_nothing_else():
    error = np.full((100, 3), [0.6, 0.0, 0.8])
    figures = {i: index_series(i, TIME, error, 1.0, 3.0).value for i in ("MPE", "RPE", "PDE")}
    assert figures["MPE"] == pytest.approx(1.0)
    assert figures["RPE"] == pytest.approx(0.0, abs=1e-12)
    assert figures["PDE"] == pytest.approx(0.0, abs=1e-12)


def test_a_window_starts_at_every_step():
    series = index_series("MPE", TIME, RAMP, window_s=4.0)
    assert series.time_s.tolist() == TIME[:60].tolist()


@given(st.integers(1, 99), st.integers(2, 100))
def test_windows_leave_no_sample_out(steps, samples):
    time = 0.1 * np.arange(max(samples, steps + 1))
    seen = index_series("RPE", time, time[:, None], 0.1 * steps).time_s
    assert np.unique(np.rint(10 * seen)).tolist() == list(range(len(time)))


@given(arrays(float, (60, 3), elements=st.floats(-1, 1)), st.integers(1, 59))
def test_relative_and_mean_error_bound_the_absolute_error(error, steps):
    time = 0.1 * np.arange(60)
    mean = index_series("MPE", time, error, 0.1 * steps).value
    relative = index_series("RPE", time, error, 0.1 * steps).value
    absolute = index_series("APE", time, error).value
    assert mean.max() <= absolute.max() + 1e-12
    assert relative.max() <= 2 * absolute.max() + 1e-12


@pytest.mark.parametrize(
    ("index", "window_s", "separation_s", "message"),
    [
        ("RPE", None, None, "RPE needs window_s"),
        ("PDE", 1.0, None, "PDE needs separation_s"),
        (
            "MPE",
            20.0,
            None,
            "MPE: no observation period holds a window of 20 s: the longest lasts 9.9 s",
        ),
        (
            "RKE",
            0.04,
            None,
            "RKE: window_s = 0.04 must be a multiple of step_s = 0.1 (nearest: 0.1)",
        ),
        (
            "RPE",
            0.25,
            None,
            "RPE: window_s = 0.25 must be a multiple of step_s = 0.1 (nearest: 0.2)",
        ),
        (
            "PDE",
            5.0,
            6.0,
            "PDE: no observation period holds two windows of 5 s whose starts are 6 s apart: the "
            "longest lasts 9.9 s",
        ),
        (
            "PRE",
            1.0,
            None,
            "PRE compares windows of different observation periods, and there is only one",
        ),
    ],
)
def test_a_window_that_does_not_fit_is_named(index, window_s, separation_s, message):
    with pytest.raises(PointingError) as error:
        index_series(index, TIME, RAMP, window_s, separation_s)
    assert str(error.value) == message


# ---- statistics ----------------------------------------------------------------------------------


def test_the_standards_sine_of_random_amplitude_gives_its_three_figures():
    """Error A sin(w t), A uniform from 0 to 10, at 0.9; the exact figures are 7.129, 9.877, 9.

    The mixed one solves x/10 + 1/10 int_x^10 2/pi asin(x/A) dA = 0.9; the temporal one is
    10 sin(0.45 pi). A thousand drawn amplitudes scatter about them (7.15, 9.87, 8.99, say).
    """
    amplitude = 10.0 * (np.arange(2000) + 1) / 2000
    phase = 2 * np.pi * (np.arange(1000) + 0.5) / 1000
    values = np.abs(amplitude[:, None] * np.sin(phase))
    assert at_probability(values, 0.9, "mixed") == pytest.approx(7.1292, abs=0.005)
    assert at_probability(values, 0.9, "temporal") == pytest.approx(9.8769, abs=0.005)
    assert at_probability(values, 0.9, "ensemble") == pytest.approx(9.0, abs=0.005)


def test_one_run_has_the_interpretations_it_can_have():
    values = [np.arange(1.0, 101.0)]
    assert at_probability(values, 0.9, "temporal") == 90.0
    assert at_probability(values, 0.9, "mixed") == 90.0
    assert at_probability(values, 0.9, "ensemble") == 100.0


def test_all_interpretations_at_probability_one_are_the_largest_value():
    values = np.random.default_rng(1).random((5, 30))
    for interpretation in ("temporal", "ensemble", "mixed"):
        assert at_probability(values, 1.0, interpretation) == values.max()


def test_what_is_not_known_counts_as_infinite():
    values = [[0.1] * 98 + [np.nan] * 2]
    assert at_probability(values, 0.98, "temporal") == 0.1
    assert at_probability(values, 0.99, "temporal") == np.inf


@given(st.lists(st.floats(0, 10), min_size=1), st.floats(0.01, 1.0), st.integers(1, 9))
def test_a_tail_has_numpys_quantile_and_keeps_no_more_than_it_needs(values, probability, piece):
    tail = Tail(probability, len(values))
    for start in range(0, len(values), piece):
        tail.extend(values[start : start + piece])
    expected = np.quantile(values, probability, method="inverted_cdf")
    assert tail.quantile() == expected
    assert (tail.count, tail.unknown, tail.largest_known) == (len(values), 0, max(values))


def test_a_tail_of_a_million_values_is_small():
    values = np.random.default_rng(3).random(1_000_000)
    tail = Tail(0.9973, len(values))
    for start in range(0, len(values), 10_000):
        tail.extend(values[start : start + 10_000])
    assert tail.quantile() == np.quantile(values, 0.9973, method="inverted_cdf")
    assert sum(map(len, tail._pieces)) < 0.1 * len(values)


def test_an_unknown_interpretation_is_refused():
    with pytest.raises(PointingError) as error:
        at_probability([[1.0]], 0.9, "typical")
    assert str(error.value) == (
        "interpretation 'typical' is unknown: choose temporal or ensemble or mixed"
    )


@given(arrays(float, (4, 25), elements=st.floats(0, 10)), st.floats(0.01, 1.0))
def test_the_figure_holds_for_the_asked_share_and_nothing_smaller_does(values, probability):
    figure = at_probability(values, probability, "mixed")
    assert np.mean(values <= figure) >= probability - 1e-12
    assert np.mean(values < figure) < probability + 1e-12
    assert figure <= at_probability(values, probability, "temporal")


def test_runs_with_phases_of_different_lengths_are_judged_together():
    members = [np.arange(1.0, 101.0), np.array([70.0])]
    assert at_probability(members, 0.9, "temporal") == 90.0
    assert at_probability(members, 1.0, "ensemble") == 100.0
    assert at_probability(members, 0.7, "mixed") == 70.0


@pytest.mark.parametrize(("probability", "runs"), [(0.95, 45), (0.99, 230), (0.9973, 852)])
def test_so_many_runs_without_failure_show_a_probability_with_90_percent_confidence(
    probability, runs
):
    assert runs_needed(probability) == runs
    assert confidence(runs - 1, probability) < 0.9 <= confidence(runs, probability)


@given(st.integers(1, 200), st.floats(0.5, 0.999), st.integers(0, 5))
def test_confidence_is_the_binomial_tail(runs, probability, failures):
    expected = 1.0 - binom.cdf(failures, runs, 1.0 - probability)
    assert confidence(runs, probability, failures) == pytest.approx(expected, abs=1e-9)


def test_confidence_in_many_failures_does_not_overflow():
    assert confidence(5000, 0.9, 450) == pytest.approx(1 - binom.cdf(450, 5000, 0.1), abs=1e-9)
    assert confidence(5000, 0.9973, 4000) == 0.0


def test_no_number_of_runs_shows_certainty():
    assert confidence(10**6, 1.0) == 0.0
    with pytest.raises(PointingError, match="no number of runs shows a probability of 1"):
        runs_needed(1.0)


def test_a_run_fails_by_its_worst_moment_or_by_its_share_of_time():
    members = [[0.0, 0.0], [0.0, 2.0], [2.0, np.nan], [1.0, 1.0]]
    assert failures_among(members, 1.0, "ensemble") == 2
    assert failures_among(members, 1.0, "mixed") == 2  # half of one and all of another, rounded up
    assert failures_among(members[:2], 1.0, "mixed") == 1
    assert failures_among([[0.0] * 9 + [2.0]] * 10, 1.0, "mixed") == 1


def test_failures_ask_for_more_runs():
    assert runs_needed(0.95, failures=1) == 77
    assert runs_needed(0.95, at_confidence=0.95) == 59
