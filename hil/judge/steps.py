"""Error vectors of the steps of a run, and of what lies between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hil.judge.knowledge import estimated_q_eci_from_body
from hil.judge.pointing import (
    DIRECTIONS,
    KNOWLEDGE,
    Columns,
    Continuous,
    Errors,
    Ground,
    boresight_error,
    direction_eci,
    error_vectors,
    lengths,
    nearer,
    q_eci_from_target,
    step_means,
)
from hil.judge.requirements import PointingRequirement
from hil.judge.rows import Rows
from hil.physics.rotations import from_rotation_vector, multiply

FloatArray = NDArray[np.float64]

MEAN_TURN = "truth_period_mean_turn_body_rad"
INSIDE_TURN = "truth_period_inside_turn_body_rad"
INSIDE_AGE = "truth_period_inside_age_s"
_WITHIN = {MEAN_TURN, INSIDE_TURN, INSIDE_AGE}
_KEPT = ("time_s", "truth_velocity_eci_m_s")  # of the step before the first of a piece
_TURN_MOST_rad = 0.1  # in a control period: where the body turns farther, its rows alone are judged
_VECTORS = ("axis", "target", "ground", "q_eci_from_target", "boresight_body")


def error_of(
    requirement: PointingRequirement, columns: Columns, ground: Ground | None = None
) -> FloatArray:
    """Return the error vectors (n, parts) in rad that a requirement's index is taken of.

    columns: a recording or some steps of one. ground: the rig's, for a target on the ground.
    Where the firmware tells no attitude, its knowledge has the error NaN.
    Raises PointingError for a place that ground does not have.
    """
    q, axis, boresight = (
        columns["truth_q_eci_from_body"],
        requirement.axis,
        requirement.boresight_body,
    )
    target = requirement.target
    if requirement.index in KNOWLEDGE or target is None:
        return error_vectors(estimated_q_eci_from_body(columns), q, axis, boresight)
    if target in DIRECTIONS:
        wanted = direction_eci(columns, target, ground, requirement.ground)
        return boresight_error(q, wanted, boresight)
    wanted = q_eci_from_target(columns, target, requirement.q_eci_from_target)
    return error_vectors(q, wanted, axis, boresight)


def same_vectors(a: PointingRequirement, b: PointingRequirement) -> bool:
    """Return whether two requirements' indices are taken of the same error vectors."""
    knows = (a.index in KNOWLEDGE) == (b.index in KNOWLEDGE)
    return knows and all(getattr(a, name) == getattr(b, name) for name in _VECTORS)


class StepErrors:
    """The errors that requirements judge, piece after piece; for all that judge the same."""

    def __init__(
        self, requirement: PointingRequirement, ground: Ground | None, every: int = 1
    ) -> None:
        """every: of how many steps one is recorded; what lies between is known of single ones."""
        self.requirement, self._ground, self._every = requirement, ground, every
        whole = {"axis": "attitude"} if requirement.axis in ("x", "y", "z") else {}
        self._turns = requirement.model_copy(update=whole)  # whose errors are whole rotations
        self._continuous = Continuous()
        self._before: Rows | None = None  # the last step of the piece before
        self._error_before: FloatArray | None = None
        self._last: tuple[Rows, Errors] | None = None

    @staticmethod
    def columns(requirement: PointingRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that its error vectors are made of."""
        needed = {"time_s", "truth_q_eci_from_body"}
        if requirement.index in KNOWLEDGE:
            return needed | {"estimate_q_eci_from_body", "estimate_flags"}
        if requirement.target == "nadir":
            needed |= {"truth_position_eci_m", "truth_velocity_eci_m_s"}
        elif requirement.target == "sun":
            needed.add("truth_sun_eci")
        elif requirement.target in ("ground", "object"):
            needed |= {"truth_position_eci_m"}
            needed |= {"truth_velocity_eci_m_s"} & available
        return needed | (_WITHIN if available >= _WITHIN else set())

    def of(self, rows: Rows) -> Errors:
        """Return the errors at these steps; asked again for the same ones, the same."""
        if self._last is None or self._last[0] is not rows:
            self._last = rows, self._computed(rows)
        return self._last[1]

    def _computed(self, rows: Rows) -> Errors:
        turns = error_of(self._turns, rows, self._ground)
        chosen = self._continuous.extend(turns)
        at = self._part(chosen)
        size = None if chosen is turns else lengths(self._part(turns))
        errors = Errors(rows["time_s"], at, step_means(at, self._error_before), size=size)
        known = self._every == 1 and MEAN_TURN in rows
        if self.requirement.index not in KNOWLEDGE and known:
            errors = self._with_inside(rows, errors, chosen)
        if len(at):
            self._error_before = at[-1:].copy()
            self._before = {name: rows[name][-1:].copy() for name in _KEPT if name in rows}
        return errors

    def _part(self, turns: FloatArray) -> FloatArray:
        """Return what the requirement judges of whole rotations (n, 3)."""
        axis = self.requirement.axis
        return turns[:, "xyz".index(axis), None] if axis in ("x", "y", "z") else turns

    def _with_inside(self, rows: Rows, errors: Errors, turns: FloatArray) -> Errors:
        """Return the errors with what the truth says of the time between the steps."""
        period_s = np.diff(self._preceded(rows, "time_s"))
        mean = self._part(nearer(self._moved(rows, 0.5 * period_s, rows[MEAN_TURN]), turns))
        within = nearer(self._moved(rows, rows[INSIDE_AGE], rows[INSIDE_TURN]), turns)
        inside = self._part(within)
        far = lengths(rows[MEAN_TURN]) + lengths(rows[INSIDE_TURN]) > _TURN_MOST_rad
        return errors._replace(
            mean=np.where(far[:, None], errors.mean, mean),
            inside=np.where(far[:, None], errors.at, inside),
            inside_s=np.where(far, rows["time_s"], rows["time_s"] - rows[INSIDE_AGE]),
        )

    def _moved(self, rows: Rows, age_s: FloatArray, turn_rad: FloatArray) -> FloatArray:
        """Return the errors some time before each step, from the turn of the body until then."""
        moved = dict(rows)
        moved["time_s"] = rows["time_s"] - age_s
        attitude = rows["truth_q_eci_from_body"]
        moved["truth_q_eci_from_body"] = multiply(attitude, from_rotation_vector(turn_rad))
        if "truth_velocity_eci_m_s" in rows and "truth_position_eci_m" in rows:
            back = age_s[:, None]
            speed, place = rows["truth_velocity_eci_m_s"], rows["truth_position_eci_m"]
            period_s = np.diff(self._preceded(rows, "time_s"))[:, None]
            gained = np.diff(self._preceded(rows, "truth_velocity_eci_m_s"), axis=0)
            pull = np.divide(gained, period_s, out=np.zeros_like(gained), where=period_s > 0.0)
            moved["truth_position_eci_m"] = place - back * speed + 0.5 * back * back * pull
            moved["truth_velocity_eci_m_s"] = speed - back * pull
        return error_of(self._turns, moved, self._ground)

    def _preceded(self, rows: Rows, column: str) -> FloatArray:
        """Return a column with the step before the first; before the run's first, that itself."""
        before = rows if self._before is None else self._before
        return np.concatenate([before[column][:1], rows[column]])
