"""A requirement's values of a run, reduced piece by piece."""

from pathlib import Path

import numpy as np
import pytest

from hil.judge.basis import Member
from hil.judge.evaluate import _at_probability
from hil.judge.figure import Figure
from hil.judge.pointing import Series, Tail
from hil.judge.requirements import ColumnRequirement, PointingRequirement
from hil.judge.steps import StepErrors
from hil.physics.rotations import from_rotation_vector

HALF = 0.5


def figure(*pieces):
    """Values with the instants 0, 1, 2 ... s, as they come in pieces."""
    found = Figure(Tail(HALF), 1.0, Member(Path("run.mcap"), 1.0, 0, 0))
    begin = 0
    for piece in pieces:
        time_s = begin + np.arange(float(len(piece)))
        found.extend(Series(time_s, np.array(piece)))
        begin += len(piece)
    return found


def under(interpretation):
    return ColumnRequirement(
        name="it", column="a", limit=1.0, probability=HALF, interpretation=interpretation
    )


def test_of_equal_peaks_the_first_counts_whatever_piece_it_is_in():
    assert figure([1.0, 5.0], [5.0, 2.0]).worst == (5.0, 1.0)
    assert figure([1.0, 5.0], [6.0, 2.0]).worst == (6.0, 2.0)


@pytest.mark.parametrize("cut", [1, 2, 7, 19])
def test_errors_in_two_pieces_are_those_of_the_whole(cut):
    requirement = PointingRequirement(
        name="it",
        index="MPE",
        axis="attitude",
        target="eci",
        q_eci_from_target=[0.0, 0.0, 0.0, 1.0],
        window_s=1.0,
        limit_deg=1.0,
        probability=0.95,
        interpretation="temporal",
    )
    turn = 0.01 * np.random.default_rng(1).normal(size=(20, 3))
    rows = {
        "time_s": 0.1 * np.arange(20),
        "truth_q_eci_from_body": np.array([from_rotation_vector(each) for each in turn]),
    }
    whole = StepErrors(requirement, None).of(rows)
    errors = StepErrors(requirement, None)
    pieces = [
        errors.of({name: column[at] for name, column in rows.items()})
        for at in (slice(None, cut), slice(cut, None))
    ]
    for name in ("at", "mean"):
        joined = np.concatenate([getattr(each, name) for each in pieces])
        np.testing.assert_array_equal(joined, getattr(whole, name))


def test_runs_reduced_apart_are_judged_together():
    """Values 1, 2, 3, 4 in one and 11, 12, 13, 14 in the other: at least half are up to 4."""
    apart = [figure([1.0, 2.0, 3.0, 4.0]), figure([11.0, 12.0, 13.0, 14.0])]
    assert _at_probability(under("mixed"), apart) == 4.0
    assert _at_probability(under("mixed"), apart[::-1]) == 4.0
    assert _at_probability(under("mixed"), apart[:1]) == 2.0
    assert _at_probability(under("temporal"), apart) == 12.0
    assert _at_probability(under("ensemble"), apart) == 4.0  # all of the first run


@pytest.mark.parametrize(("count", "probability"), [(100, 0.55), (100, 0.07), (1000, 0.57)])
def test_the_share_of_a_probability_is_counted_in_decimals(count, probability):
    # 100 times 0.55 is 55.00000000000001 in binary: the 55th value counts, not the 56th.
    tail = Tail(probability, count)
    tail.extend(np.arange(1, count + 1))
    assert tail.quantile() == round(count * probability)
