"""What a fault did to a run: a run with it held against the same run without."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.faults.rating import Rating
from hil.judge import error_of, stretches
from hil.judge.events import ALARMS
from hil.judge.figures import size_of
from hil.judge.requirements import ColumnRequirement, PointingRequirement
from hil.recording import Event, Recording
from hil.recording.kept import mode_names
from hil.rig import Rig

FloatArray = NDArray[np.float64]
Goal = PointingRequirement | ColumnRequirement
SAFE_MODES = ("sun_safe", "detumble")
_COARSE, _COARSE_rad = 10.0, math.radians(2.0)  # of the limit, but no less than an antenna's beam
_SLOW_rad_s = math.radians(1.0)
_SPIN_rad_s = math.radians(5.0)  # where no wheel holds the body, and a spin keeps its axis
_UNNAMED = "event"  # of a firmware of which the bench knows neither names nor severities
_SAME_s = 1.0
RATE = "truth_rate_body_rad_s"


class Outcome(NamedTuple):
    """What came of a fault in one run, times in s after it began but for the recovery.

    noticed: the first alarm that the healthy run did not give, and after how long. modes: those
    entered that the healthy run did not enter. lost_s: for how long the rig's first requirement was
    not met though it was in the healthy run. recovered_s: from the fault's end until it was met
    again for good; None: never, or never lost. worst: its largest error, in words.
    """

    rating: Rating
    noticed: str = ""
    noticed_s: float | None = None
    modes: tuple[str, ...] = ()
    lost_s: float = 0.0
    recovered_s: float | None = None
    worst: str = ""
    fastest_deg_s: float = 0.0
    why: str = ""


def goal_of(rig: Rig) -> Goal | None:
    """Return the requirement that "lost" and "recovered" are about.

    The first on an error of pointing (APE), else of knowledge (AKE), else on a column; None if a
    rig has none of them.
    """
    plain = [each for each in rig.requirement if each.fault is None]
    pointing = [each for each in plain if isinstance(each, PointingRequirement)]
    ranked: list[Goal] = [each for each in pointing if each.index == "APE"]
    ranked += [each for each in pointing if each.index == "AKE"]
    ranked += [each for each in plain if isinstance(each, ColumnRequirement)]
    return next(iter(ranked), None)


class _Course(NamedTuple):
    """How a run went: sizes of the goal's error in SI, whether known to be judged, and modes."""

    time_s: FloatArray
    error: FloatArray
    modes: list[str]
    rate_rad_s: FloatArray
    events: tuple[Event, ...]


def outcome_of(
    rig: Rig, healthy: Recording, failed: Recording, begin_s: float, end_s: float
) -> Outcome:
    """Return what came of a fault that was in force from one instant to another.

    Both recordings are of one rig and seed, with and without the fault.
    """
    goal, sound, course = goal_of(rig), _course(rig, healthy), _course(rig, failed)
    limit = math.inf if goal is None else goal.stated_limit.value * goal.stated_limit.unit_si
    judged = _judged(rig, goal, healthy) & (course.time_s >= begin_s - 1e-9)
    lost = judged & ~(course.error <= limit) & (sound.error <= limit)
    noticed = _noticed(sound.events, course.events, begin_s)
    other = np.array([a != b for a, b in zip(course.modes, sound.modes, strict=True)])
    other &= course.time_s >= begin_s - 1e-9
    step_s = float(course.time_s[1] - course.time_s[0])
    slow_rad_s = _SLOW_rad_s if rig.spacecraft.wheel else _SPIN_rad_s
    rating, why = _rating(goal, limit, slow_rad_s, sound, course, judged, lost, other)
    return Outcome(
        rating,
        *noticed,
        modes=_entered(course, other),
        lost_s=round(step_s * int(np.count_nonzero(lost)), 6),
        recovered_s=_recovered_s(course.time_s, judged, lost, end_s, step_s),
        worst=_worst(goal, course.error[judged]),
        fastest_deg_s=float(np.degrees(course.rate_rad_s[course.time_s >= begin_s - 1e-9].max())),
        why=why,
    )


def _rating(
    goal: Goal | None,
    limit: float,
    slow_rad_s: float,
    sound: _Course,
    course: _Course,
    judged: NDArray[np.bool_],
    lost: NDArray[np.bool_],
    other: NDArray[np.bool_],
) -> tuple[Rating, str]:
    """Return the rating, and what made it the worst."""
    mode, rate = course.modes[-1], float(course.rate_rad_s[-1])
    if rate > max(slow_rad_s, 2.0 * float(sound.rate_rad_s[-1])):
        return "lost", f"it turns at {np.degrees(rate):.2g} deg/s at the end"
    if other[-1]:
        if mode in SAFE_MODES:
            return "safe", f"in mode {mode} at the end"
        return "lost", f"in mode {mode} at the end"
    coarse = _coarse(goal, limit)
    at_end = course.error[judged][-1] if judged.any() else 0.0
    if judged.any() and lost[judged][-1] and not at_end <= coarse:
        return "lost", f"{_worst(goal, course.error[judged][-1:])} at the end in mode {mode}"
    return ("degraded", "") if lost.any() or other.any() else ("no effect", "")


def _coarse(goal: Goal | None, limit: float) -> float:
    return (
        max(_COARSE * limit, _COARSE_rad) if isinstance(goal, PointingRequirement) else 10 * limit
    )


def _course(rig: Rig, recording: Recording) -> _Course:
    goal, names = goal_of(rig), mode_names(recording)
    rate = np.linalg.norm(recording[RATE], axis=1)
    events = tuple(event for event in recording.events if event.source == "obc")
    modes, last = [], "none"
    for number in recording["estimate_mode"].tolist():
        if math.isfinite(number):  # a step without an answer has the mode told last
            last = names[int(number)] if int(number) < len(names) else f"mode {number:g}"
        modes.append(last)
    return _Course(recording["time_s"], _error(rig, goal, recording), modes, rate, events)


def _error(rig: Rig, goal: Goal | None, recording: Recording) -> FloatArray:
    if goal is None:
        return np.zeros(len(recording))
    columns = {name: recording[name] for name, _ in recording.columns}
    if isinstance(goal, ColumnRequirement):
        return size_of(goal, columns)
    return np.asarray(np.linalg.norm(error_of(goal, columns, rig.ground), axis=1))


def _judged(rig: Rig, goal: Goal | None, healthy: Recording) -> NDArray[np.bool_]:
    """Return at which steps the goal applies, by the healthy run."""
    mask = np.zeros(len(healthy), dtype=bool)
    if goal is None:
        return ~mask
    for part in stretches(goal, healthy, rig.ground):
        mask[part] = True
    return mask


def _noticed(
    sound: tuple[Event, ...], events: tuple[Event, ...], begin_s: float
) -> tuple[str, float | None]:
    for event in events:
        alarm = event.severity in ALARMS or event.name == _UNNAMED
        if event.time_s < begin_s - 1e-9 or not alarm:
            continue
        same = (
            each
            for each in sound
            if each.name == event.name and abs(each.time_s - event.time_s) <= _SAME_s
        )
        if next(same, None) is None:
            value = f" {event.value:g}" if math.isfinite(event.value) else ""
            return f"{event.name}{value}", round(event.time_s - begin_s, 6)
    return "", None


def _entered(course: _Course, other: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(course.modes[at] for at in np.flatnonzero(other).tolist()))


def _recovered_s(
    time_s: FloatArray,
    judged: NDArray[np.bool_],
    lost: NDArray[np.bool_],
    end_s: float,
    step_s: float,
) -> float | None:
    if not lost.any() or lost[judged][-1]:
        return None
    last_s = float(time_s[np.flatnonzero(lost)[-1]])
    return round(max(0.0, last_s + step_s - end_s), 6)


def _worst(goal: Goal | None, error: FloatArray) -> str:
    from hil.judge.amounts import amount

    if goal is None or not len(error):
        return ""
    known = error[np.isfinite(error)]
    if not len(known):
        return "not known"
    limit = goal.stated_limit
    return amount(float(known.max()) / limit.unit_si, limit.unit, 3)
