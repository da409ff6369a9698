"""What a requirement judges, as numbers over one run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hil.checks.phases import stretches
from hil.checks.verdict import CheckError
from hil.pointing import (
    DIRECTIONS,
    KNOWLEDGE,
    Columns,
    Ground,
    Series,
    boresight_error,
    direction_eci,
    error_vectors,
    index_series,
    q_eci_from_target,
)
from hil.recording import Recording
from hil.requirements import ColumnRequirement, PointingRequirement

FloatArray = NDArray[np.float64]


def error_of(
    requirement: PointingRequirement, columns: Columns, ground: Ground | None = None
) -> FloatArray:
    """Return the error vectors (n, parts) in rad that a requirement's index is taken of.

    columns: a recording or some steps of one. ground: the rig's, for a target on the ground.
    Raises PointingError for a place that ground does not have.
    """
    q, axis, boresight = (
        columns["truth_q_eci_from_body"],
        requirement.axis,
        requirement.boresight_body,
    )
    target = requirement.target
    if requirement.index in KNOWLEDGE or target is None:
        return error_vectors(columns["estimate_q_eci_from_body"], q, axis, boresight)
    if target in DIRECTIONS:
        wanted = direction_eci(columns, target, ground, requirement.ground)
        return boresight_error(q, wanted, boresight)
    wanted = q_eci_from_target(columns, target, requirement.q_eci_from_target)
    return error_vectors(q, wanted, axis, boresight)


def pointing_series(
    requirement: PointingRequirement, recording: Recording, ground: Ground | None
) -> Series:
    """Return a requirement's index over its phase, in rad; windows lie within one stretch."""
    phase, time_s = stretches(requirement, recording, ground), recording["time_s"]
    errors = error_of(requirement, recording, ground)
    return _joined(
        [
            index_series(
                requirement.index,
                time_s[part],
                errors[part],
                requirement.window_s,
                requirement.separation_s,
            )
            for part in _long_enough(phase, requirement, time_s)
        ]
    )


def column_series(
    requirement: ColumnRequirement, recording: Recording, ground: Ground | None
) -> Series:
    """Return a column's size over a requirement's phase, in the column's unit."""
    phase, values = stretches(requirement, recording, ground), _part(requirement, recording)
    return _joined([Series(recording["time_s"][part], values[part]) for part in phase])


def _long_enough(
    phase: list[slice], requirement: PointingRequirement, time_s: FloatArray
) -> list[slice]:
    """Return the stretches that hold a window, or all if none does: the index then says so."""
    needed_s = (requirement.window_s or 0.0) + (requirement.separation_s or 0.0)
    step_s = (time_s[-1] - time_s[0]) / max(len(time_s) - 1, 1)
    long = [part for part in phase if (part.stop - part.start + 0.5) * step_s >= needed_s]
    return long or phase


def _joined(pieces: Sequence[Series]) -> Series:
    return Series(
        np.concatenate([piece.time_s for piece in pieces]),
        np.concatenate([piece.value for piece in pieces]),
    )


def _part(requirement: ColumnRequirement, recording: Recording) -> FloatArray:
    values = np.atleast_2d(recording[requirement.column].T).T
    if requirement.part == "norm":
        return np.asarray(np.linalg.norm(values, axis=1))
    if requirement.part == "largest":
        return np.asarray(np.abs(values).max(axis=1))
    if requirement.part >= values.shape[1]:
        raise CheckError(
            f"{requirement.column} has no part {requirement.part}: it has {values.shape[1]}, from 0"
        )
    return np.asarray(np.abs(values[:, requirement.part]))
