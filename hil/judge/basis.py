"""How much a verdict rests on: runs, samples, time, and what of its phase was judged at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hil.judge.pointing import confidence, failures_of, runs_needed
from hil.judge.required import CONFIDENCE
from hil.judge.rows import Mask


class Basis(NamedTuple):
    """How much a verdict rests on.

    samples, judged_s: that were judged, of all runs together. phase_s: how long the requirement's
    phase was, which the firmware cannot shorten: from from_s to to_s, as long as the place is in
    sight and the Sun shines where that is asked. judged_share: of it, in the run with the least.
    failures, confidence: of the runs, in the requirement's probability among runs; runs_needed: to
    be as sure of it as confidence_wanted with so many failures. None where it is about every run by
    itself, and runs_needed where no number of runs would do.
    """

    runs: int
    samples: int
    judged_s: float
    phase_s: float
    judged_share: float
    failures: int | None = None
    confidence: float | None = None
    runs_needed: int | None = None
    confidence_wanted: float = CONFIDENCE

    @property
    def shown(self) -> bool:
        """Whether the runs are enough for what is said of runs to come."""
        return self.confidence is None or self.confidence >= self.confidence_wanted


class Member(NamedTuple):
    """One run of those that a verdict rests on.

    judged, phase: at how many of its steps, step_s apart, was judged, and was to be judged.
    """

    recording: Path
    step_s: float
    judged: int
    phase: int

    def with_steps(self, judged: Mask, phase: Mask) -> Member:
        """Return it with the steps (n,) counted that were judged, and were to be judged."""
        return self._replace(
            judged=self.judged + int(np.count_nonzero(judged)),
            phase=self.phase + int(np.count_nonzero(phase)),
        )


def basis_of(members: Sequence[Member]) -> Basis:
    """Return the basis of a verdict on every run by itself."""
    return Basis(
        runs=len(members),
        samples=sum(each.judged for each in members),
        judged_s=math.fsum(each.judged * each.step_s for each in members),
        phase_s=math.fsum(each.phase * each.step_s for each in members),
        judged_share=min(each.judged / max(each.phase, 1) for each in members),
    )


def among_runs(
    basis: Basis,
    shares_above: Sequence[float],
    probability: float,
    interpretation: str | None,
    confidence_wanted: float = CONFIDENCE,
) -> Basis:
    """Return the basis with what it shows of runs to come, where the requirement is about those.

    shares_above: of each run, the share of its values that exceed the limit.
    """
    if interpretation not in ("ensemble", "mixed"):
        return basis
    failures = failures_of(shares_above, interpretation)
    return basis._replace(
        failures=failures,
        confidence=confidence(basis.runs, probability, failures),
        runs_needed=(
            runs_needed(probability, confidence_wanted, failures) if probability < 1.0 else None
        ),
        confidence_wanted=confidence_wanted,
    )


# ---- words ---------------------------------------------------------------------------------------


def basis_words(basis: Basis) -> str:
    """Return it in words: "1 run: 50 samples, 5 s, 100 % of the phase"."""
    samples = "1 sample" if basis.samples == 1 else f"{basis.samples} samples"
    return (
        f"{runs_words(basis.runs)}: {samples}, {basis.judged_s:.6g} s, "
        f"{share_words(basis.judged_share)} of the phase"
    )


def runs_words(runs: int) -> str:
    """Return "1 run" or "2 runs"."""
    return "1 run" if runs == 1 else f"{runs} runs"


def share_words(share: float) -> str:
    """Return a share in percent, never rounded up to all of it."""
    return f"{math.floor(1000 * share + 1e-9) / 10:g} %"


def caveat_words(basis: Basis, probability: float) -> str:
    """Return what a verdict that is met does not show yet; "" if nothing is left open."""
    if basis.shown:
        return ""
    runs, wanted = runs_words(basis.runs), f"{100 * probability:.6g} %"
    if basis.runs_needed is None:
        return f"{runs}; no number of runs shows {wanted}"
    sure = f"{100 * basis.confidence_wanted:g} % confidence"
    return f"{runs}; {basis.runs_needed} needed for {wanted} at {sure}"
