"""Whether what the OBC believes is the truth by another convention: order, sign, frame, unit."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.followedrate import FollowedRate
from hil.diagnosis.lag import Lag
from hil.diagnosis.turns import TURNS
from hil.diagnosis.units import number, unit_words
from hil.judge.knowledge import estimated_q_eci_from_body
from hil.judge.rows import FloatArray, Rows
from hil.physics.rotations import conjugate, multiply, q_eci_from_lvlh, rotation_vector

_Q, _RATE = "estimate_q_eci_from_body", "estimate_rate_body_rad_s"
_TRUE_Q, _TRUE_RATE = "truth_q_eci_from_body", "truth_rate_body_rad_s"
_EARTH = "truth_q_eci_from_ecef"
_PLACE = ("truth_position_eci_m", "truth_velocity_eci_m_s")
COLUMNS = frozenset({_Q, _RATE, "estimate_flags", _TRUE_Q, _TRUE_RATE, _EARTH, *_PLACE})

_NEAR = math.cos(0.5 * math.radians(5.0))
_MOST, _FEW = 0.7, 0.3
_ENOUGH = 20
_TURNS_rad_s = 2e-4
"""A slower body does not tell what a rate is."""
_MISTAKES = (
    "the true one the other way round: the wire has it from body to ECI",
    "the true one with w first: the wire has (x, y, z, w)",
    "the true one read as if w came first: the wire has (x, y, z, w)",
    "that relative to the orbit (LVLH): the wire has it to ECI",
    "that relative to the rotating Earth: the wire has it to ECI",
)


class Estimates:
    """The OBC's attitude and rate beside the true ones."""

    def __init__(self) -> None:
        self._steps = self._right = 0
        self._lag, self.followed_rate = Lag(), FollowedRate()
        self._like = np.zeros(len(_MISTAKES))
        self._cross, self._shown2, self._true2, self._turning = np.zeros((3, 3)), 0.0, 0.0, 0

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        true, shown = rows[_TRUE_Q], estimated_q_eci_from_body(rows)
        known = np.isfinite(shown).all(axis=1)
        lvlh = q_eci_from_lvlh(*(rows[name] for name in _PLACE))
        meant = (
            conjugate(true),
            true[:, [3, 0, 1, 2]],
            true[:, [1, 2, 3, 0]],
            multiply(conjugate(lvlh), true),
            multiply(conjugate(rows[_EARTH]), true),
        )
        self._steps += int(np.count_nonzero(known))
        self._right += _near(shown[known], true[known])
        off = rotation_vector(multiply(conjugate(true[known]), shown[known]))
        self._lag.feed(off, rows[_TRUE_RATE][known])
        self._like += [_near(shown[known], each[known]) for each in meant]
        rate, told = rows[_TRUE_RATE], rows[_RATE]
        self.followed_rate.feed(told, rate)
        turning = np.isfinite(told).all(axis=1) & (np.linalg.norm(rate, axis=1) > _TURNS_rad_s)
        rate, told = rate[turning], told[turning]
        self._cross += told.T @ rate
        self._shown2 += float((told**2).sum())
        self._true2 += float((rate**2).sum())
        self._turning += len(rate)

    def findings(self) -> Iterator[Finding]:
        """Yield by which convention attitude and rate would be right, where they are wrong."""
        if self._steps > _ENOUGH and self._right < _FEW * self._steps:
            best = int(np.argmax(self._like))
            if self._like[best] > _MOST * self._steps:
                words = f"the attitude that the OBC tells is {_MISTAKES[best]}"
                yield Finding(words, 96.0, "any", "estimate")
        yield from self._lag.findings()
        yield from self._rate()

    def _rate(self) -> Iterator[Finding]:
        if self._turning < _ENOUGH or not self._shown2:
            return
        alike = [float(np.sum(turn.matrix * self._cross)) for turn in TURNS]
        best = TURNS[int(np.argmax(alike))]
        scale = max(alike) / self._true2
        if self._shown2 - scale**2 * self._true2 > 0.1 * self._shown2:
            return
        if best.changes:
            words = f"the rate that the OBC tells is {best.words} of the true rate, not [x, y, z]"
        elif not 0.7 < scale < 1.4:
            words = (
                f"the rate that the OBC tells is {number(scale, 3)} times the true rate"
                f"{unit_words(scale)}"
            )
        else:
            return
        yield Finding(words, 95.0, "any", "estimated rate")


def _near(a: FloatArray, b: FloatArray) -> int:
    return int(np.count_nonzero(np.abs(np.sum(a * b, axis=1)) > _NEAR))
