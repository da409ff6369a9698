"""Whether thrusters fire so that they take the momentum out, or in another order than the rig's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.momentum import Momentum
from hil.judge.rows import FloatArray, Rows
from hil.rig import Rig

_COMMAND, _RATE, _SPEED = "command_on_time_s", "truth_rate_body_rad_s", "truth_wheel_speed_rad_s"
_FIRST, _ENOUGH, _FEW = 40, 20, 4
"""Pulses that are looked at, at least, thrusters of which all orders are tried."""
_SUITS, _SUITS_NOT = 0.99, 0.96  # cosine between all impulses and the momentum that is to go


class Impulses:
    """Commanded on-times beside the momentum of body and wheels, in each order of the thrusters.

    Up to four thrusters are tried in all orders, more of them with two exchanged.
    """

    columns = frozenset({_COMMAND, _RATE, _SPEED})

    def __init__(self, rig: Rig) -> None:
        craft = rig.spacecraft
        centre, valves = craft.body.centre_of_mass_body_m, craft.thruster
        self._names = [each.name for each in valves]
        self._torques = np.array([each.torque_body_Nm(centre) for each in valves])
        self._momentum = Momentum(rig)
        self._orders = list(_orders(len(valves)))
        self._pulses: list[FloatArray] = []  # of on-times and the momentum at it

    def feed(self, rows: Rows) -> None:
        """Take the next steps, until enough valves have opened."""
        if len(self._pulses) >= _FIRST:
            return
        on_s = rows[_COMMAND][:, : len(self._names)]
        fires = np.isfinite(on_s).all(axis=1) & (on_s.max(axis=1, initial=0.0) > 0.0)
        wheels = self._momentum.of_wheels(rows[_SPEED][fires])
        momentum = self._momentum.of_body(rows[_RATE][fires]) + wheels
        self._pulses += list(np.column_stack([on_s[fires], momentum]))

    def _cosines(self) -> FloatArray:
        """Return how far each order's impulses, all together, are against the momentum.

        All together, as what a pulse leaves over is the next ones'.
        """
        n = len(self._names)
        sums = np.array(self._pulses[:_FIRST]).sum(axis=0)
        momentum = sums[n:] / len(self._pulses[:_FIRST])
        size = float(np.linalg.norm(momentum))
        impulses = np.array([sums[:n] @ self._torques[list(order)] for order in self._orders])
        given = np.linalg.norm(impulses, axis=1)
        unloads = (given < size) & (given > 0.03 * size)  # a burn's torques are for another end
        return np.where(unloads, impulses @ -momentum / np.maximum(given * size, 1e-30), 0.0)

    def findings(self) -> Iterator[Finding]:
        """Yield in which order the on-times would unload, where in the rig's they do not."""
        if len(self._pulses) < _ENOUGH:
            return
        cosines = self._cosines()
        best = int(np.argmax(cosines))
        if cosines[0] > _SUITS_NOT or cosines[best] < _SUITS:
            return
        meant = ", ".join(self._names[at] for at in self._orders[best])
        words = (
            "thrusters are opened in another order than the rig's: their impulses do not take the "
            f"momentum out, and would in the order {meant}; the wire has on-times in the rig's "
            f"order, {', '.join(self._names)}"
        )
        yield Finding(words, 92.0, "control", "thrusters")


def _orders(n: int) -> Iterator[tuple[int, ...]]:
    """Yield orders of n thrusters, the rig's own first."""
    if n <= _FEW:
        yield from permutations(range(n))
        return
    yield tuple(range(n))
    for a, b in combinations(range(n), 2):
        order = list(range(n))
        order[a], order[b] = b, a
        yield tuple(order)
