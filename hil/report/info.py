"""What a recording holds and where it came from, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from rich.console import Console

from hil.errors import visible
from hil.judge.amounts import finite
from hil.recording import Event, Recording
from hil.recording.kept import rig_files
from hil.report.controlstep import control_step, control_step_line


def info_dict(recording: Recording) -> dict[str, Any]:
    """Return what a recording holds and where it came from, ready for JSON."""
    time_s = recording["time_s"] if "time_s" in recording else np.array([])
    epoch = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        microseconds=recording.epoch_unix_ns // 1000
    )
    sent, heard = recording.to_obc_total, recording.from_obc_total
    return {
        "recording": str(recording.path),
        "bytes": recording.path.stat().st_size,
        "complete": recording.complete,
        "incomplete_reason": recording.incomplete_reason,
        "epoch_utc": epoch.isoformat(),
        "steps": len(recording),
        "last_step_s": float(time_s[-1]) if len(time_s) else None,
        "to_obc": {"writes": sent.messages, "bytes": sent.octets},
        "from_obc": {"reads": heard.messages, "bytes": heard.octets},
        "events": [_event_dict(event) for event in recording.events],
        "control_step": control_step(recording),
        "columns": [{"name": name, "size": size} for name, size in recording.columns],
        "metadata": recording.metadata,
    }


def print_info(console: Console, recording: Recording) -> None:
    """Print what a recording holds, a line a thing; what the rig's files say is left out."""
    info = info_dict(recording)
    state = "complete" if info["complete"] else f"incomplete: {info['incomplete_reason']}"
    last = _seconds(info["last_step_s"])
    lines = [
        f"{info['recording']}: {info['bytes']} bytes, {state}",
        f"{info['steps']} steps from {info['epoch_utc']}, the last at {last}",
        f"to OBC: {info['to_obc']['bytes']} bytes in {info['to_obc']['writes']} writes; "
        f"from OBC: {info['from_obc']['bytes']} bytes in {info['from_obc']['reads']} reads",
    ]
    for name, values in info["metadata"].items():
        lines.append(f"{name}: {', '.join(_short(recording, values))}")
    if told := control_step_line(info["control_step"]):
        lines.append(told)
    lines += [f"event at {event.time_s:g} s: {event.words}" for event in recording.events]
    widths = [name if size == 1 else f"{name}[{size}]" for name, size in recording.columns]
    lines.append(f"columns: {', '.join(widths)}")
    shown = [visible(lines[0], lines=True), *map(visible, lines[1:])]  # a reason may have lines
    console.print("\n".join(shown), markup=False)


def _short(recording: Recording, values: dict[str, str]) -> Iterator[str]:
    """Yield a metadata record's values as words; of whole files only the names."""
    for key, value in values.items():
        if key == "parts":
            files, _ = rig_files(recording) or ({}, {})
            yield f"{max(0, len(files) - 2)} part files"
        elif "\n" not in value:
            yield f"{key} {value}"


def _event_dict(event: Event) -> dict[str, Any]:
    return event._asdict() | {"value": finite(event.value)}


def _seconds(time_s: float | None) -> str:
    return "no time" if time_s is None else f"{time_s:.6g} s"
