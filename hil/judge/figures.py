"""What a requirement judges, as numbers over one run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.errors import CheckError
from hil.judge.basis import Member, member_of
from hil.judge.knowledge import estimated_q_eci_from_body, unknown_words
from hil.judge.phases import asked, step_s, steps_of, stretches_of
from hil.judge.pointing import (
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
    samples_needed,
)
from hil.judge.requirements import ColumnRequirement, PointingRequirement
from hil.recording import Recording

FloatArray = NDArray[np.float64]


class Figure(NamedTuple):
    """What a requirement judges of one run; remark: what a reader must know besides."""

    series: Series
    member: Member
    remark: str = ""


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


def pointing_figure(
    requirement: PointingRequirement, recording: Recording, ground: Ground | None
) -> Figure:
    """Return a requirement's index over its phase, in rad; windows lie within one stretch."""
    time_s, errors = recording["time_s"], error_of(requirement, recording, ground)
    phase = asked(requirement, recording, ground)
    parts = _long_enough(stretches_of(phase, requirement, recording), requirement, time_s)
    series = [
        index_series(
            requirement.index,
            time_s[part],
            errors[part],
            requirement.window_s,
            requirement.separation_s,
        )
        for part in parts
    ]
    judged = steps_of(parts, recording)
    remark = unknown_words(recording, judged) if requirement.index in KNOWLEDGE else ""
    return Figure(_joined(series), member_of(recording, judged, phase), remark)


def column_figure(
    requirement: ColumnRequirement, recording: Recording, ground: Ground | None
) -> Figure:
    """Return a column's size over a requirement's phase, in the column's unit."""
    time_s, values = recording["time_s"], _part(requirement, recording)
    phase = asked(requirement, recording, ground)
    parts = stretches_of(phase, requirement, recording)
    series = [Series(time_s[part], values[part]) for part in parts]
    return Figure(_joined(series), member_of(recording, steps_of(parts, recording), phase))


def _long_enough(
    parts: list[slice], requirement: PointingRequirement, time_s: FloatArray
) -> list[slice]:
    """Return the stretches that hold a window, or all if none does: the index then says so."""
    every_s = step_s(time_s) or math.inf
    needed = samples_needed(every_s, requirement.window_s, requirement.separation_s)
    long = [part for part in parts if part.stop - part.start >= needed]
    return long or parts


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
