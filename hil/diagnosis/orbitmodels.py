"""Whether the OBC points at the nadir of an orbit by another gravity than the truth's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.trouble import Marked, Trouble
from hil.diagnosis.units import angle_words
from hil.judge.knowledge import estimated_q_eci_from_body
from hil.judge.requirements import PointingRequirement
from hil.judge.rows import FloatArray, Rows
from hil.physics.gravity import zonal_gravity
from hil.physics.records import RecordArray
from hil.physics.rotations import apply
from hil.physics.vectors import Vector, add_scaled, vector
from hil.rig import Rig

_ESTIMATE = frozenset({"estimate_q_eci_from_body", "estimate_flags"})
_POSITION = "truth_position_eci_m"
_EVERY_s, _STEP_s, _MOST = 10.0, 10.0, 2000
_ENOUGH, _EXPLAINS = 5, 0.35  # of the error is left where a model explains it
_MODELS = ((0, "a point mass, without J2"), (2, "J2 alone"))


class OrbitModels:
    """Where the believed boresight points in bad steps, beside the nadirs of orbits as told.

    Such an orbit begins where the OBC was told, and goes on by a gravity of lower degree.
    """

    columns = _ESTIMATE | {_POSITION, "time_s"}

    def __init__(self, rig: Rig, trouble: Trouble) -> None:
        """trouble: of which the first missed requirement to point at the nadir counts."""
        self._rig = rig
        self._boresight: FloatArray | None = next(
            (
                np.array(each.boresight_body)
                for each in trouble.missed
                if isinstance(each, PointingRequirement) and each.target == "nadir"
            ),
            None,
        )
        self._last_s = -math.inf
        self._kept: list[FloatArray] = []  # of time, the believed boresight, the true nadir

    @property
    def wanted(self) -> bool:
        """Whether it can tell anything: fixes correct an orbit, a firmware without points by it."""
        return self._boresight is not None and not self._rig.spacecraft.tables("gps")

    def feed(self, rows: Rows, marked: Marked) -> None:
        """Take the next steps; of bad ones one in ten seconds."""
        time_s, boresight = rows["time_s"], self._boresight
        if boresight is None:
            return
        estimated = estimated_q_eci_from_body(rows)
        for at in np.flatnonzero(marked.bad & np.isfinite(estimated).all(axis=1)):
            if time_s[at] < self._last_s + _EVERY_s or len(self._kept) >= _MOST:
                continue
            self._last_s = float(time_s[at])
            points = apply(estimated[at], boresight)
            position = rows[_POSITION][at]
            down = -position / np.linalg.norm(position)
            self._kept.append(np.concatenate([[self._last_s], points, down]))

    def findings(
        self, told: tuple[FloatArray, FloatArray], pole: Vector, trouble: Trouble
    ) -> Iterator[Finding]:
        """Yield the gravity by which the orbit as told, from time 0 on, leads where the OBC points.

        pole: the central body's, a unit vector in ECI.
        """
        if len(self._kept) < _ENOUGH:
            return
        kept = np.array(self._kept)
        times, points = kept[:, 0], kept[:, 1:4]
        off = _rms(points - kept[:, 4:])
        if not trouble.matters(off):
            return
        for degree, words in _MODELS:
            planet = self._rig.environment.model_copy(update={"gravity_degree": degree})
            nadir = _nadirs(told, times, planet.record(self._rig.orbit.body), pole)
            departs = _rms(nadir - kept[:, 4:])
            if _rms(points - nadir) < _EXPLAINS * off and departs > 0.5 * off:
                truth = self._rig.environment.gravity_degree
                yield Finding(
                    f"the OBC points {angle_words(off)} off, at the nadir of an orbit about {words}"
                    f"; the rig's truth has [environment] gravity_degree = {truth}, and no GPS "
                    "corrects the orbit that was sent at the start",
                    93.0,
                    "control",
                    "orbit model",
                )
                return


def _rms(difference: FloatArray) -> float:
    return float(np.sqrt((difference**2).sum(axis=1).mean()))


def _nadirs(
    told: tuple[FloatArray, FloatArray], times: FloatArray, planet: RecordArray, pole: Vector
) -> FloatArray:
    """Return unit vectors (n, 3) down from an orbit that is told at time 0, at rising times."""
    r, v = vector(told[0]), vector(told[1])
    found = []
    for begin_s, end_s in pairwise([0.0, *times.tolist()]):
        steps = max(1, math.ceil((end_s - begin_s) / _STEP_s))
        for _ in range(steps):
            r, v = _stepped(r, v, (end_s - begin_s) / steps, planet, pole)
        found.append(r)
    positions = np.array(found)
    return np.asarray(-positions / np.linalg.norm(positions, axis=1, keepdims=True))


def _stepped(
    r: Vector, v: Vector, dt_s: float, planet: RecordArray, pole: Vector
) -> tuple[Vector, Vector]:
    """Return place and speed a step later, by the classical Runge-Kutta method."""
    pull = planet[0]
    half = 0.5 * dt_s
    a1 = zonal_gravity(r, pole, pull)
    r2, v2 = add_scaled(r, half, v), add_scaled(v, half, a1)
    a2 = zonal_gravity(r2, pole, pull)
    r3, v3 = add_scaled(r, half, v2), add_scaled(v, half, a2)
    a3 = zonal_gravity(r3, pole, pull)
    r4, v4 = add_scaled(r, dt_s, v3), add_scaled(v, dt_s, a3)
    a4 = zonal_gravity(r4, pole, pull)
    sixth = dt_s / 6.0
    for part, dr, dv in ((1.0, v, a1), (2.0, v2, a2), (2.0, v3, a3), (1.0, v4, a4)):
        r, v = add_scaled(r, part * sixth, dr), add_scaled(v, part * sixth, dv)
    return r, v
