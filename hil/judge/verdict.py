"""What a requirement came to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from hil.errors import HilError, RunTooShortError
from hil.judge.amounts import amount
from hil.judge.basis import Basis

LINK = "link"


@dataclass(frozen=True)
class Verdict:
    """What a requirement came to; ``text`` says it in a sentence that stands alone.

    value, limit: in ``unit``, the one that the rig states its limit in. value is infinite where
    what was judged is not known, or did not come.
    worst_time_s: instant of the largest error, simulated seconds since the run's start.
    recording: the run that the largest error is in.
    reached: the value in words, in a unit that fits its size; what came nearest where it is
    infinite. allowed: the limit that this is to be held against.
    basis: how much it rests on; None for the line, and where nothing could be judged.
    caveat: what a verdict that is met leaves open for lack of runs, in words; see hil.judge.basis.
    judged: False when the recordings do not hold what it takes; ``met`` is then False too.
    too_short: that is so because a run ends before the requirement's time.
    """

    name: str
    met: bool
    value: float
    limit: float
    unit: str
    worst_time_s: float
    text: str
    recording: Path
    judged: bool = True
    too_short: bool = False
    basis: Basis | None = None
    caveat: str = ""
    reached: str = ""
    allowed: str = ""


def not_judged(name: str, error: HilError, path: Path, limit: float, unit: str) -> Verdict:
    """Return the verdict on what could not be judged, and why."""
    text, nan = f"{name}: not judged: {error}", math.nan
    allowed = amount(limit, unit)
    short = isinstance(error, RunTooShortError)
    return Verdict(
        name, False, nan, limit, unit, nan, text, path,
        judged=False, too_short=short, allowed=allowed,
    )  # fmt: skip
