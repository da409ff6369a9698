"""A requirement's values of a run, reduced piece by piece."""

from pathlib import Path

import numpy as np

from hil.judge.basis import Member
from hil.judge.evaluate import _at_probability
from hil.judge.figure import Figure
from hil.judge.pointing import Series, Tail
from hil.judge.requirements import ColumnRequirement

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


def test_runs_reduced_apart_are_judged_together():
    """Values 1, 2, 3, 4 in one and 11, 12, 13, 14 in the other: at least half are up to 4."""
    apart = [figure([1.0, 2.0, 3.0, 4.0]), figure([11.0, 12.0, 13.0, 14.0])]
    assert _at_probability(under("mixed"), apart) == 4.0
    assert _at_probability(under("mixed"), apart[::-1]) == 4.0
    assert _at_probability(under("mixed"), apart[:1]) == 2.0
    assert _at_probability(under("temporal"), apart) == 12.0
    assert _at_probability(under("ensemble"), apart) == 4.0  # all of the first run
