"""The health of the line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hil.checks.verdict import LINK, CheckError, Verdict, not_judged
from hil.errors import HilError
from hil.recording import Recording
from hil.requirements import Allowed


def evaluate_link(allowed: Allowed, recordings: Sequence[Recording]) -> Verdict:
    """Judge what the bench counted on the line against what the rig allows."""
    try:
        troubles = [(_trouble(allowed, recording), recording.path) for recording in recordings]
    except HilError as error:
        return not_judged(LINK, error, recordings[0].path, 0.0, "")
    found = [(trouble, path) for trouble, path in troubles if trouble]
    path = found[0][1] if found else recordings[0].path
    text = f"{LINK}: met: nothing beyond what is allowed"
    if found:
        words = ", ".join(f"{name} {n} (allowed {most})" for name, n, most in found[0][0])
        text = f"{LINK}: missed: {words}; recording {path}"
    excess = sum(n - most for trouble, _ in found for _, n, most in trouble)
    return Verdict(LINK, not found, float(excess), 0.0, "", math.nan, text, path)


def counters(recording: Recording) -> dict[str, int]:
    """Return what the bench counted on the line, by name; CheckError if it did not come to that."""
    if not recording.complete:
        raise CheckError(f"{recording.path} is incomplete: {recording.incomplete_reason}")
    counted = recording.metadata.get("counters", {})
    return {name: int(count) for name, count in counted.items()}


def _trouble(allowed: Allowed, recording: Recording) -> list[tuple[str, int, int]]:
    counted = counters(recording)
    limits: dict[str, int] = allowed.model_dump()
    missing = [name for name in limits if name not in counted]
    if missing:
        raise CheckError(f"{recording.path} does not count {', '.join(missing)}")
    return [(name, counted[name], most) for name, most in limits.items() if counted[name] > most]
