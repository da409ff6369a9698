"""PRE and KRE: the means of windows in different observation periods, held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hil.errors import PointingError
from hil.judge.figure import Figure, Windows
from hil.judge.pointing import Series, angles
from hil.judge.requirements import PointingRequirement
from hil.judge.rows import TIME_TOLERANCE_s

FloatArray = NDArray[np.float64]


def reproduced(requirement: PointingRequirement, figures: Sequence[Figure]) -> None:
    """Fill the figures of some runs: each window's largest distance to one of another period.

    An observation period is a stretch of a run's phase; two runs have different ones. Within a run,
    windows whose starts are less than separation_s apart are not compared.
    Raises PointingError where there is only one period.
    """
    periods = [each for run, figure in enumerate(figures) for each in _periods(run, figure)]
    if len(periods) < 2:
        raise PointingError(
            f"{requirement.index} compares windows of different observation periods (stretches of "
            f"the phase, or runs), and there is only one that holds window_s = "
            f"{requirement.window_s:g}"
        )
    least_s = (requirement.separation_s or 0.0) - TIME_TOLERANCE_s
    for number, (run, windows) in enumerate(periods):
        others = [each for k, each in enumerate(periods) if k != number]
        farthest = [_farthest(start, mean, run, others, least_s) for start, mean in _each(windows)]
        known = [(start, far) for start, far in farthest if far is not None]
        if known:
            starts, values = zip(*known, strict=True)
            figures[run].extend(Series(np.array(starts), np.array(values)))
    for figure in figures:
        if not figure.count:
            raise PointingError(
                f"{requirement.index}: {figure.member.recording} has no two windows in different "
                f"observation periods separation_s = {requirement.separation_s:g} apart"
            )


def _farthest(
    start_s: float,
    mean: FloatArray,
    run: int,
    others: Sequence[tuple[int, Windows]],
    least_s: float,
) -> tuple[float, float | None]:
    """Return a window's start, and its largest distance to others; None if there is no other."""
    found: list[float] = []
    for other_run, windows in others:
        apart = np.abs(windows.start_s - start_s) >= least_s
        compared = windows.mean if other_run != run else windows.mean[apart]
        if len(compared):
            found.append(float(np.fmax.reduce(angles(compared - mean))))
    return start_s, max(found, key=lambda far: (not np.isnan(far), far)) if found else None


def _periods(run: int, figure: Figure) -> Iterator[tuple[int, Windows]]:
    """Yield the windows of each observation period of a run."""
    if not figure.windows:
        return
    whole = Windows(*(np.concatenate(parts) for parts in zip(*figure.windows, strict=True)))
    for stretch in np.unique(whole.stretch):
        at = whole.stretch == stretch
        yield run, Windows(whole.start_s[at], whole.mean[at], whole.stretch[at])


def _each(windows: Windows) -> Iterator[tuple[float, FloatArray]]:
    for start_s, mean in zip(windows.start_s.tolist(), windows.mean, strict=True):
        yield start_s, mean[None, :]
