"""The health of the line and of who is at its other end."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hil.errors import CheckError, HilError
from hil.judge.requirements import Allowed
from hil.judge.verdict import LINK, Verdict, not_judged
from hil.recording import Recording

_RESETS = "housekeeping_watchdog_resets"
_NOT_ALWAYS_COUNTED = "late_steps"  # of a bench: older recordings count them as late replies
_IMPOSSIBLE = "state_impossible"  # the event's name


def evaluate_link(allowed: Allowed, recordings: Sequence[Recording]) -> Verdict:
    """Judge what the bench counted and the firmware told against what the rig allows."""
    try:
        troubles = [(_trouble(allowed, recording), recording.path) for recording in recordings]
    except HilError as error:
        return not_judged(LINK, error, recordings[0].path, 0.0, "")
    found = [(trouble, path) for trouble, path in troubles if trouble]
    path = (found or troubles)[0][1]
    text = f"{LINK}: met: nothing beyond what is allowed"
    if found:
        words = ", ".join(f"{name} {n} (allowed {most})" for name, n, most in found[0][0])
        text = f"{LINK}: missed: {words}; recording {path}"
    excess = sum(n - most for trouble, _ in found for _, n, most in trouble)
    return Verdict(LINK, not found, float(excess), 0.0, "", math.nan, text, path)


def counters(recording: Recording) -> dict[str, int]:
    """Return what the bench counted and the firmware told, by name.

    Raises CheckError when the run did not come to its end.
    """
    if not recording.complete:
        raise CheckError(f"{recording.path} is incomplete: {recording.incomplete_reason}")
    counted = recording.metadata.get("counters", {})
    counts = {name: int(count) for name, count in counted.items()} | told_troubles(recording)
    return {_NOT_ALWAYS_COUNTED: 0} | counts if "late_replies" in counted else counts


def told_troubles(recording: Recording) -> dict[str, int]:
    """Return what the firmware told of its own troubles, by the names of the rig's [allowed].

    What it never tells counts as 0: housekeeping and events are a firmware's choice.
    """
    resets = recording[_RESETS] if _RESETS in recording else np.array([])
    known = resets[np.isfinite(resets)]
    told = [event for event in recording.events if event.source == "obc"]
    return {
        "watchdog_resets": int(known.max() - known[0]) if len(known) else 0,  # since power on
        "impossible_states": sum(event.times for event in told if event.name == _IMPOSSIBLE),
    }


def _trouble(allowed: Allowed, recording: Recording) -> list[tuple[str, int, int]]:
    counted = counters(recording)
    limits: dict[str, int] = allowed.model_dump()
    missing = [name for name in limits if name not in counted]
    if missing:
        raise CheckError(f"{recording.path} does not count {', '.join(missing)}")
    return [(name, counted[name], most) for name, most in limits.items() if counted[name] > most]
