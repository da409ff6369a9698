"""What a control step costs the OBC, by its housekeeping."""

from __future__ import annotations

from typing import Any

import numpy as np

from hil.judge.amounts import grouped
from hil.recording import Recording


def control_step(recording: Recording) -> dict[str, Any]:
    """Return what a control step costs the OBC by its housekeeping; null where not measured.

    clock: whose time it is, "board" or, on QEMU at its own pace, the emulating "host".
    """
    place = recording.metadata.get("obc", {}).get("place")
    return {
        "instructions": _middle_and_most(recording, "housekeeping_instructions"),
        "cpu_time_ns": _middle_and_most(recording, "housekeeping_cpu_time", "_ns"),
        "clock": {"qemu-fast": "instructions", "qemu": "host"}.get(place or "", "board"),
        "stack_octets": _largest(recording, "housekeeping_stack_used_max"),
    }


def _middle_and_most(recording: Recording, name: str, unit: str = "") -> dict[str, int] | None:
    """Return the median of the steps that were told, one a housekeeping, and the largest of all."""
    column, most = name + unit, _largest(recording, f"{name}_max{unit}")
    if most is None:
        return None
    told = recording[column][np.isfinite(recording[column])]
    return {"p50": int(np.percentile(told, 50.0, method="inverted_cdf")), "max": most}


def _largest(recording: Recording, column: str) -> int | None:
    values = recording[column] if column in recording else np.array([])
    known = values[np.isfinite(values)]
    return int(known.max()) if len(known) else None


def control_step_line(cost: dict[str, Any]) -> str:
    told = []
    if cost["instructions"]:
        p50, most = (grouped(cost["instructions"][key]) for key in ("p50", "max"))
        told.append(f"p50 {p50}, max {most} instructions")
    elif cost["cpu_time_ns"]:
        p50, most = (f"{cost['cpu_time_ns'][key] / 1e3:.0f}" for key in ("p50", "max"))
        told.append(f"p50 {p50}, max {most} us of the {cost['clock']}'s time")
    if cost["stack_octets"]:
        told.append(f"stack at most {grouped(cost['stack_octets'])} octets")
    return f"control step: {'; '.join(told)}" if told else ""
