"""Whether the OBC points at the nadir of an orbit by another gravity than the truth's."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.trouble import Marked, Trouble
from hil.diagnosis.units import angle_words
from hil.judge.knowledge import estimated_q_eci_from_body
from hil.judge.requirements import PointingRequirement
from hil.judge.rows import FloatArray, Rows
from hil.physics.celestial import Falling
from hil.physics.rotations import apply
from hil.rig import Rig

_ESTIMATE = frozenset({"estimate_q_eci_from_body", "estimate_flags"})
_POSITION = "truth_position_eci_m"
_EVERY_s, _MOST = 10.0, 2000
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

    def findings(self, told: tuple[FloatArray, FloatArray], trouble: Trouble) -> Iterator[Finding]:
        """Yield the gravity by which the orbit as told at time 0 leads where the OBC points."""
        if len(self._kept) < _ENOUGH:
            return
        kept = np.array(self._kept)
        times, points = kept[:, 0], kept[:, 1:4]
        off = _rms(points - kept[:, 4:])
        if not trouble.matters(off):
            return
        for degree, words in _MODELS:
            nadir = self._nadirs(told, times, degree)
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

    def _nadirs(
        self, told: tuple[FloatArray, FloatArray], times: FloatArray, degree: int
    ) -> FloatArray:
        """Return unit vectors (n, 3) down from an orbit that is told at time 0."""
        gravity = {"gravity_degree": degree, "third_bodies": False}
        environment = self._rig.environment.model_copy(update=gravity)
        positions = Falling(told, self._rig.orbit, environment).states(times)[:, :3]
        return np.asarray(-positions / np.linalg.norm(positions, axis=1, keepdims=True))


def _rms(difference: FloatArray) -> float:
    return float(np.sqrt((difference**2).sum(axis=1).mean()))
