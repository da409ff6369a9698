"""Whether commanded dipoles suit the true field, or one with other axes or signs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.momentum import Momentum
from hil.diagnosis.turns import TURNS
from hil.diagnosis.units import amount
from hil.judge.requirements import ColumnRequirement
from hil.judge.rows import FloatArray, Rows
from hil.physics.rotations import apply, conjugate
from hil.rig import Rig

_COMMAND, _FIELD, _Q = "command_dipole_body_A_m2", "truth_field_eci_T", "truth_q_eci_from_body"
_RATE, _SPEED = "truth_rate_body_rad_s", "truth_wheel_speed_rad_s"
_LEAST = 0.05  # of the largest dipole
_TUMBLES_rad_s = 0.01  # faster, the body's own turning is most of the field's change
_LOADED_Nms, _HELD = 1e-3, 0.3  # momentum of wheels; of the body's momentum
_ENOUGH, _FIRST, _EVERY = 50, 500, 5
_LAWS = ("brake a tumbling", "brake a tumbling", "unload wheels")
_SUITS, _SUITS_NOT = 0.85, 0.75  # mean cosine between what is commanded and a law's dipole
_INVERTED = next(k for k, turn in enumerate(TURNS) if (turn.matrix == -np.eye(3)).all())
_MATRICES = np.array([turn.matrix for turn in TURNS])


class Dipoles:
    """Commanded dipoles beside those of the two laws that all rods follow, of the field as turned.

    A tumbling body is braked by a dipole against the field's change in body axes; wheels are
    unloaded by the cross product of their momentum and the field (Markley and Crassidis,
    Fundamentals of Spacecraft Attitude Determination and Control, sections 7.5.1 and 7.5.2). A
    field that is misread gives the same law's dipole of other axes.
    """

    def __init__(self, rig: Rig) -> None:
        craft = rig.spacecraft
        self._brakes = rig.obc.mode == "detumble" or any(
            isinstance(each, ColumnRequirement) and each.column == _RATE for each in rig.requirement
        )  # and spins the body up for no other end
        self._momentum = Momentum(rig)
        self._most = min(rod.dipole_max_A_m2 for rod in craft.rod)
        self.columns = frozenset(
            {_COMMAND, _FIELD, _Q, _RATE} | ({_SPEED} if craft.wheel else set())
        )
        self._sums = np.zeros((len(_LAWS), len(TURNS)))  # cosines by turn
        self._counts = np.zeros(len(_LAWS))
        self._tumbling, self._largest = 0, 0.0

    def feed(self, rows: Rows) -> None:
        """Take the next steps, some of them."""
        taken = {name: rows[name][::_EVERY] for name in self.columns}
        dipole = taken[_COMMAND]
        given: FloatArray = np.linalg.norm(dipole, axis=1)
        field = apply(conjugate(taken[_Q]), taken[_FIELD])
        rate = taken[_RATE]
        turns = np.linalg.norm(rate, axis=1) > _TUMBLES_rad_s
        speed = taken.get(_SPEED, np.zeros((len(rate), 0)))
        momentum = self._momentum.of_wheels(speed)
        held = np.linalg.norm(momentum, axis=1)
        loaded = ~turns & (held > _LOADED_Nms)
        body = np.linalg.norm(self._momentum.of_body(rate), axis=1)
        tumbles = turns & (held < _HELD * body) & self._brakes  # what wheels hold is unloaded
        self._tumbling += int(np.count_nonzero(tumbles))
        self._largest = max(self._largest, float(given[tumbles].max(initial=0.0)))
        known = given > _LEAST * self._most
        for law, mask in enumerate((known & tumbles, known & tumbles, known & loaded)):
            mask &= np.cumsum(mask) <= _FIRST - self._counts[law]
            there = np.einsum("tij,nj->tni", _MATRICES, field[mask])
            if law == 0:
                changes = np.cross(rate[mask], field[mask])
                lawful = np.einsum("tij,nj->tni", _MATRICES, changes)
            else:
                lawful = np.cross((rate, momentum)[law - 1][mask][None], there)
            size = np.linalg.norm(lawful, axis=2)
            alike = np.einsum("tni,ni->tn", lawful, dipole[mask])
            self._sums[law] += (alike / np.maximum(size * given[mask], 1e-30)).sum(axis=1)
            self._counts[law] += np.count_nonzero(mask)

    def findings(self) -> Iterator[Finding]:
        """Yield as which field the OBC takes the true one, if its dipoles suit another."""
        yield from self._hardly_any()
        for sums, count, law in zip(self._sums, self._counts, _LAWS, strict=True):
            if count < _ENOUGH:
                continue
            cosines = sums / count
            best = int(np.argmax(cosines))
            if cosines[best] < _SUITS or cosines[0] > _SUITS_NOT:
                continue
            if law == _LAWS[-1] and best == _INVERTED:
                continue  # or the wheels are to keep a momentum, and have not reached it
            words = (
                f"the OBC commands dipoles that would {law} if the field were "
                f"{TURNS[best].words} of the true one, not [x, y, z]: it misreads the "
                "magnetometer, or sends its dipoles with these axes and signs; the wire has body "
                "axes, T and A m2"
            )
            yield Finding(words, 89.0, "any", "magnetometer 0")
            return

    def _hardly_any(self) -> Iterator[Finding]:
        """Yield that the body tumbled and that rods were hardly ever commanded."""
        if self._tumbling * _EVERY < _FIRST or self._largest > _LEAST * self._most:
            return
        words = (
            f"the body tumbles, and the OBC commands dipoles of at most "
            f"{amount(1e3 * self._largest, 'mA m2', 2)} where a rod makes "
            f"{amount(1e3 * self._most, 'mA m2', 2)}: the wire has A m2"
        )
        yield Finding(words, 80.0, "any", "small dipoles")
