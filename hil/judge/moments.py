"""From which moment on something holds in a run, reduced while the run is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hil.errors import CheckError, RunTooShortError
from hil.judge.basis import Member
from hil.judge.figures import size_of, unanswered_words
from hil.judge.phases import Phase, Run, mode_number
from hil.judge.pointing import Ground
from hil.judge.requirements import ColumnRequirement, ModeRequirement
from hil.judge.rows import Mask, Rows, TIME_TOLERANCE_s, Valued

MomentRequirement = ColumnRequirement | ModeRequirement


@dataclass
class Moment:
    """From which instant on something holds in one run, as far as the run has come.

    since_s: NaN while it does not hold. nearest: of a column, its least size and when that was.
    last: its size at the last step. longest: of a mode, from when to when it held for longest.
    last_mode: the one at the last step. zero_s: from when it counts. instead: what was told in the
    place of an event, in words.
    """

    member: Member
    since_s: float = math.nan
    nearest: float = math.inf
    nearest_s: float = math.nan
    last: float = math.nan
    longest: tuple[float, float] | None = None
    last_mode: str = ""
    remark: str = ""
    zero_s: float = 0.0
    instead: tuple[str, ...] = ()

    @property
    def after_s(self) -> float:
        """How long after the instant from which it counts; infinite while it does not hold."""
        return math.inf if math.isnan(self.since_s) else self.since_s - self.zero_s


class MomentFigure:
    """The first instant after which a requirement holds at every step of its phase."""

    def __init__(
        self, requirement: MomentRequirement, ground: Ground | None, run: Run, recording: Path
    ) -> None:
        self._requirement, self._run = requirement, run
        self.phase = Phase(requirement, ground, run)
        self._by_s = requirement.by_s or 0.0
        self.moment = Moment(Member(recording, run.step_s, 0, 0))
        self._mode = (
            mode_number(requirement.mode, run) if isinstance(requirement, ModeRequirement) else -1
        )
        self._valued = Valued(_column(requirement), run.columns)
        self._end_s = 0.0
        self._unanswered = 0

    @staticmethod
    def columns(requirement: MomentRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        needed = Valued.columns(_column(requirement), available)
        return Phase.columns(requirement, available) | needed

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        if not len(rows["time_s"]):
            return
        applies = self.phase.extend(rows)
        time_s = rows["time_s"]
        self._end_s = float(time_s[-1])
        counted = applies.asked & self._valued.at(rows)
        asked = counted
        if self._valued.of_the_reply:
            asked = applies.asked
            self._unanswered += int(np.count_nonzero(asked & ~counted))
        from_then = asked & (time_s >= self._by_s - TIME_TOLERANCE_s)
        member = self.moment.member
        self.moment.member = member._replace(
            judged=member.judged + int(np.count_nonzero(from_then & counted)),
            phase=member.phase + int(np.count_nonzero(from_then)),
        )
        if counted.any():
            self._take(rows, counted)

    @property
    def met_so_far(self) -> bool | None:
        """Whether it holds in time; None as long as there is time left for it to come."""
        since_s = self.moment.since_s
        if since_s <= self._by_s + TIME_TOLERANCE_s:
            return True
        return False if self._end_s >= self._by_s else None

    def finish(self) -> Moment:
        """Return the moment at the run's end; CheckError when the run does not come to it."""
        self.phase.check()
        member = self.moment.member
        if self._end_s < self._by_s - TIME_TOLERANCE_s:
            raise RunTooShortError(
                f"applies from {self._by_s:g} s, the run ends at {self._end_s:g} s"
            )
        if not member.judged:
            raise CheckError(f"{self._valued.never} from {self._by_s:g} s on")
        self.moment.remark = "; ".join(unanswered_words(self._unanswered))
        return self.moment

    def _take(self, rows: Rows, counted: Mask) -> None:
        time_s = rows["time_s"][counted]
        if isinstance(self._requirement, ModeRequirement):
            mode = rows["estimate_mode"][counted]
            holds = mode == self._mode
            self.moment.last_mode = self._mode_name(float(mode[-1]))
        else:
            limit = self._requirement.stated_limit
            size = size_of(self._requirement, rows)[counted]
            holds = size <= limit.most_si  # NaN does not
            self._note_size(time_s, size)
        failing = np.flatnonzero(~holds)
        if len(failing):
            self._note_longest(float(time_s[failing[0]]), holds, time_s)
        elif math.isnan(self.moment.since_s):
            self.moment.since_s = float(time_s[0])
        if len(failing):
            after = int(failing[-1]) + 1
            self.moment.since_s = float(time_s[after]) if after < len(time_s) else math.nan

    def _note_size(self, time_s: np.ndarray, size: np.ndarray) -> None:
        known = np.where(np.isnan(size), np.inf, size)
        at = int(np.argmin(known))
        if known[at] < self.moment.nearest:
            self.moment.nearest, self.moment.nearest_s = float(known[at]), float(time_s[at])
        self.moment.last = float(size[-1])

    def _note_longest(self, fails_s: float, holds: Mask, time_s: np.ndarray) -> None:
        """Note the longest stretch that came to its end, the one from the pieces before first."""
        ended = []
        if not math.isnan(self.moment.since_s):
            ended.append((self.moment.since_s, fails_s))
        edges = np.flatnonzero(np.diff(np.concatenate([[0], holds.astype(np.int8)])))
        starts, ends = edges[::2], edges[1::2]
        for start, end in zip(starts.tolist(), ends.tolist(), strict=False):
            if start or math.isnan(self.moment.since_s):
                ended.append((float(time_s[start]), float(time_s[end])))
        best = self.moment.longest
        for span in ended:
            if best is None or span[1] - span[0] > best[1] - best[0]:
                best = span
        self.moment.longest = best

    def _mode_name(self, mode: float) -> str:
        if not math.isfinite(mode):
            return "no mode told"
        number = int(mode)
        return self._run.modes[number] if 0 <= number < len(self._run.modes) else f"mode {mode:g}"


def _column(requirement: MomentRequirement) -> str:
    """Return the column that a moment is looked for in."""
    return "estimate_mode" if isinstance(requirement, ModeRequirement) else requirement.column
