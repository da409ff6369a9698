"""When a requirement holds: stretches of one run's steps."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hil.errors import CheckError
from hil.judge.pointing import Ground
from hil.judge.requirements import Requirement
from hil.recording import Recording

_TIME_TOLERANCE_s = 1e-9  # a step's time is a product of floats
Mask = NDArray[np.bool_]


def stretches(
    requirement: Requirement, recording: Recording, ground: Ground | None = None
) -> list[slice]:
    """Return the stretches of steps in which a requirement holds, at least one.

    Raises CheckError when the run is incomplete, ends too early, or has no such step.
    """
    return stretches_of(asked(requirement, recording, ground), requirement, recording)


def stretches_of(phase: Mask, requirement: Requirement, recording: Recording) -> list[slice]:
    """Return the same, of the steps at which it is asked for."""
    if requirement.in_mode is not None:
        phase = phase & in_mode(recording, requirement.in_mode)
    settling = _steps(requirement.settle_s, recording["time_s"])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], phase.astype(np.int8), [0]])))
    pieces = [(int(start) + settling, int(end)) for start, end in edges.reshape(-1, 2)]
    found = [slice(start, end) for start, end in pieces if start < end]
    if not found:
        raise CheckError(_never(requirement, recording))
    return found


def asked(requirement: Requirement, recording: Recording, ground: Ground | None = None) -> Mask:
    """Return at which steps it is to be judged, whatever the firmware does, however it settles."""
    phase = _in_time(requirement, recording)
    if requirement.while_elevation_above_deg is not None:
        phase = phase & _above_horizon(requirement, recording, ground)
    if requirement.while_sunlit:
        phase = phase & (recording["truth_sunlit"] > 0.5)
    return phase


def steps_of(parts: Sequence[slice], recording: Recording) -> Mask:
    """Return which of a recording's steps some stretches take in."""
    steps = np.zeros(len(recording), dtype=bool)
    for part in parts:
        steps[part] = True
    return steps


def step_s(time_s: NDArray[np.float64]) -> float:
    """Return how far the instants of steps are apart."""
    return float(time_s[-1] - time_s[0]) / (len(time_s) - 1) if len(time_s) > 1 else 0.0


def in_mode(recording: Recording, mode: str) -> Mask:
    """Return at which steps the firmware said that it is in a mode.

    Raises CheckError when the recording does not say which number that is.
    """
    names = json.loads(recording.metadata.get("wire", {}).get("modes", "[]"))
    if mode not in names:
        raise CheckError(f"{recording.path} knows no mode {mode}: it has {', '.join(names)}")
    return np.asarray(recording["estimate_mode"] == names.index(mode))


def _in_time(requirement: Requirement, recording: Recording) -> Mask:
    if not recording.complete:
        raise CheckError(f"{recording.path} is incomplete: {recording.incomplete_reason}")
    time_s = recording["time_s"]
    end_s = float(time_s[-1]) if len(time_s) else 0.0
    phase = time_s >= requirement.from_s - _TIME_TOLERANCE_s
    if requirement.to_s is not None:
        if requirement.to_s > end_s + (end_s / max(len(time_s) - 1, 1)) + _TIME_TOLERANCE_s:
            raise CheckError(
                f"it holds until {requirement.to_s:g} s and {recording.path} ends at {end_s:g} s"
            )
        phase &= time_s <= requirement.to_s + _TIME_TOLERANCE_s
    if not phase.any():
        raise CheckError(
            f"it holds from {requirement.from_s:g} s on and {recording.path} ends at {end_s:g} s"
        )
    return np.asarray(phase)


def _above_horizon(requirement: Requirement, recording: Recording, ground: Ground | None) -> Mask:
    name = requirement.ground
    if ground is None or name not in ground.targets:
        raise CheckError(f"there is no place called {name}")
    time_s, position_eci_m = recording["time_s"], recording["truth_position_eci_m"]
    elevation_rad = ground.elevation_rad(name, time_s, position_eci_m)
    return np.asarray(elevation_rad > math.radians(requirement.while_elevation_above_deg or 0.0))


def _steps(duration_s: float, time_s: NDArray[np.float64]) -> int:
    """Return how many steps a duration takes, rounded up."""
    if not duration_s or len(time_s) < 2:
        return 0
    return math.ceil(duration_s / step_s(time_s) - _TIME_TOLERANCE_s)


def _never(requirement: Requirement, recording: Recording) -> str:
    words = []
    if requirement.in_mode is not None:
        words.append(f"in mode {requirement.in_mode}")
    if requirement.while_elevation_above_deg is not None:
        above = f"{requirement.while_elevation_above_deg:g} deg above the horizon"
        words.append(f"{above} of {requirement.ground}")
    if requirement.while_sunlit:
        words.append("in sunlight")
    settled = f" for more than {requirement.settle_s:g} s" if requirement.settle_s else ""
    return f"{recording.path} is never {' and '.join(words)}{settled} in the phase"
