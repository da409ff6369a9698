"""When each sensor could not be used, and why."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hil.diagnosis.blindness import COLUMNS, REASONS
from hil.diagnosis.finding import Finding, Side
from hil.diagnosis.trouble import Marked, Trouble
from hil.diagnosis.units import share, span_words
from hil.judge.rows import Mask, Rows, parts_of

_NO_REASON = "it says invalid, and nothing in the geometry blinds it"
_SILENT = "no sample comes"
_SPANS_MOST = 5000
_LONG = 0.5  # of the bad steps: so long without a sensor is a cause


@dataclass
class Blind:
    """A span in which a sensor had no usable sample, and how often each reason held."""

    begin_s: float
    end_s: float
    reasons: Counter[str] = field(default_factory=Counter)
    worst: dict[str, float] = field(default_factory=dict)

    def words(self) -> str:
        """Return the commonest reason."""
        if not self.reasons:
            return _SILENT
        reason = self.reasons.most_common(1)[0][0]
        return reason.format(value=self.worst.get(reason, math.nan))


class Validity:
    """One sensor's usable samples, step after step."""

    def __init__(
        self, kind: str, instance: int, table: Any, rate_hz: float, radius_m: float
    ) -> None:
        self.kind, self.instance, self._table = kind, instance, table
        self.name = f"{kind.replace('_', ' ')} {instance}"
        self._prefix = f"{kind}{instance}_"
        self._radius_m = radius_m
        self._timeout_s = 2.5 / rate_hz
        self._last_s = -math.inf
        self._begun_s = math.nan
        self.blind: list[Blind] = []
        self._open = False
        self.steps = self.unusable = self.bad = self.bad_unusable = self.good_unusable = 0
        self.samples = 0

    @property
    def columns(self) -> set[str]:
        """The columns that it reads."""
        geometry = set(COLUMNS) if self.kind in REASONS else set()
        return {self._prefix + "valid", self._prefix + "age_s", "time_s"} | geometry

    def feed(self, rows: Rows, marked: Marked) -> Mask:
        """Take the next steps; return at which of them there was no usable sample."""
        time_s, valid = rows["time_s"], rows[self._prefix + "valid"]
        if not len(time_s):
            return np.zeros(0, dtype=bool)
        if math.isnan(self._begun_s):
            self._begun_s = float(time_s[0])
            self._last_s = self._begun_s  # the first sample is waited for as any other
        seen = np.where(valid > 0.5, time_s, -np.inf)
        last = np.maximum.accumulate(np.concatenate([[self._last_s], seen]))[1:]
        self._last_s = float(last[-1])
        unusable = time_s - last > self._timeout_s
        self._count(unusable, np.isfinite(valid), marked)
        self._note(rows, unusable)
        return np.asarray(unusable)

    def _count(self, unusable: Mask, sampled: Mask, marked: Marked) -> None:
        self.samples += int(np.count_nonzero(sampled))
        self.steps += len(unusable)
        self.unusable += int(np.count_nonzero(unusable))
        self.bad += int(np.count_nonzero(marked.bad))
        self.bad_unusable += int(np.count_nonzero(unusable & marked.bad))
        self.good_unusable += int(np.count_nonzero(unusable & marked.asked & ~marked.bad))

    def _note(self, rows: Rows, unusable: Mask) -> None:
        time_s, invalid = rows["time_s"], rows[self._prefix + "valid"] == 0.0
        for part in parts_of(unusable):
            begin_s, end_s = float(time_s[part.start]), float(time_s[part.stop - 1])
            if part.start == 0 and self._open:
                self.blind[-1].end_s = end_s
            elif len(self.blind) < _SPANS_MOST:
                self.blind.append(Blind(begin_s - self._timeout_s, end_s))
            self._explain(self.blind[-1], rows, part, invalid)
        self._open = bool(unusable[-1])

    def _explain(self, blind: Blind, rows: Rows, part: slice, invalid: Mask) -> None:
        at = np.flatnonzero(invalid[part]) + part.start
        if not len(at):
            return
        if self.kind not in REASONS:
            blind.reasons[_NO_REASON] += len(at)
            return
        there = {name: rows[name][at] for name in COLUMNS}
        unexplained = np.ones(len(at), dtype=bool)
        for reason in REASONS[self.kind](self._table, there, self._radius_m):
            holds = reason.holds & unexplained
            unexplained &= ~reason.holds
            if holds.any():
                blind.reasons[reason.words] += int(np.count_nonzero(holds))
                blind.worst[reason.words] = float(np.median(reason.value[holds]))
        if unexplained.any():
            blind.reasons[_NO_REASON] += int(np.count_nonzero(unexplained))

    def bands(self) -> list[tuple[float, float, str]]:
        """Return the spans without a usable sample: begin, end, why."""
        return [(each.begin_s, each.end_s, each.words()) for each in self.blind]


_LEADING = {"star_tracker": 1.0, "gyro": 1.0}
_PLACES = ("gps", "geodetic_gps")  # who does not know the place does not know where nadir is


def validity_findings(sensors: list[Validity], trouble: Trouble) -> Iterator[Finding]:
    """Yield which sensors were missing when it mattered, and which else for a long time."""
    has_tracker = any(each.kind == "star_tracker" for each in sensors)
    for each in sensors:
        if not each.unusable:
            continue
        longest = _longest(each, trouble)
        when = span_words(longest.begin_s, longest.end_s, trouble.end_s, trouble.begin_s)
        before = trouble.first_s - longest.begin_s
        led = (
            f", {before:.0f} s before it goes bad"
            if 1.0 < before < 1e4 and "whole" not in when
            else ""
        )
        dead = not longest.reasons
        state = "silent" if dead else "without a valid sample"
        if each.kind == "star_tracker" and not dead:
            state = "blind"
        words = f"{each.name} {state} {when}{led}: {longest.words()}"
        part_bad = each.bad_unusable / max(each.bad, 1)
        good_steps = trouble.asked_steps - trouble.bad_steps
        part_good = each.good_unusable / max(good_steps, 1)
        if part_bad > _LONG and part_bad > 1.5 * part_good:
            fit = _LEADING.get(each.kind, 0.45 if has_tracker else 0.9)
            side: Side = "any" if each.kind in _PLACES else "knowledge"
            strange = 10.0 if dead or longest.words() == _NO_REASON else 0.0
            yield Finding(words, fit * (70.0 + 10.0 * part_bad + strange), side, each.name)
        elif each.kind in _LEADING and each.unusable > 0.1 * each.steps:
            part = share(each.unusable / each.steps)
            yield Finding(f"{words} ({part} of the run)", 12.0, "any", each.name, cause=False)


def _longest(each: Validity, trouble: Trouble) -> Blind:
    """Return the longest span, of those that overlap what went bad if there are such."""
    near = [
        b for b in each.blind if b.end_s >= trouble.first_s - 600.0 and b.begin_s <= trouble.last_s
    ]
    return max(near or each.blind, key=lambda blind: blind.end_s - blind.begin_s)
