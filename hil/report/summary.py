"""What a run came to, for a terminal and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Console

from hil.diagnosis import Diagnosis
from hil.errors import visible
from hil.judge import Verdict, faults_of, link_counts
from hil.judge.allowed import Allowed
from hil.judge.amounts import grouped
from hil.recording import Recording
from hil.report.controlstep import control_step, control_step_line
from hil.report.propellant import propellant, propellant_line
from hil.report.verdicts import (
    NO_DIAGNOSIS,
    diagnosis_dict,
    print_diagnosis,
    print_verdicts,
    verdict_dict,
)

_PERCENTILES = {"p50": 50.0, "p99": 99.0, "p99_9": 99.9, "max": 100.0}


def summary_dict(
    recording: Recording, verdicts: Sequence[Verdict], diagnosis: Diagnosis = NO_DIAGNOSIS
) -> dict[str, Any]:
    """Return a run's figures from its recording, ready for JSON: what is not a number is null."""
    run, obc = (recording.metadata.get(name, {}) for name in ("run", "obc"))
    timing = {name: _told(value) for name, value in recording.metadata.get("result", {}).items()}
    steps, wall_s = _steps(recording, timing.pop("steps", None)), timing.pop("wall_s", None) or 0.0
    simulated_s = steps * (_told(run.get("step_s", "")) or 0.0)
    return {
        "rig": run.get("rig"),
        "obc": obc.get("place", run.get("obc")),
        "description": obc.get("description"),
        "firmware": _firmware(obc),
        "met": all(verdict.met for verdict in verdicts),
        "requirements": [verdict_dict(verdict) for verdict in verdicts],
        "diagnosis": diagnosis_dict(diagnosis),
        "steps": steps,
        "simulated_s": round(simulated_s, 9),
        "wall_s": wall_s,
        "steps_per_s": _ratio(steps, wall_s),
        "times_real_time": _ratio(simulated_s, wall_s),
        "reply_s": percentiles(recording, "reply_s"),
        "late_s": percentiles(recording, "late_s"),
        "control_step": control_step(recording),
        "thrusters": propellant(recording),
        "stage_us": {name: 1e6 * (spent or 0.0) / max(steps, 1) for name, spent in timing.items()},
        "counters": link_counts(recording).at_the_end,
        "faults": [
            {**fault._asdict(), "end_s": fault.end_s if math.isfinite(fault.end_s) else None}
            for fault in faults_of(recording.events)
        ],
        "recording": str(recording.path),
    }


def print_summary(
    console: Console,
    recording: Recording,
    verdicts: Sequence[Verdict],
    diagnosis: Diagnosis = NO_DIAGNOSIS,
) -> None:
    """Print a run's verdicts as a table, why it missed some, and its figures below."""
    figures = summary_dict(recording, verdicts)
    print_verdicts(console, verdicts)
    print_diagnosis(console, diagnosis)
    console.print(speed_words(figures))
    console.print(_times_line("replies", figures["reply_s"]) or "no replies")
    if figures["late_s"]["max"]:  # only a step paced by the clock can be late
        console.print(_times_line("steps began late by", figures["late_s"]))
    if told := control_step_line(figures["control_step"]):
        console.print(told)
    console.print(_counter_line(figures["counters"]))
    if told := propellant_line(figures["thrusters"]):
        console.print(told)
    for fault in figures["faults"]:
        console.print(visible(f"fault: {_fault_line(**fault)}"), markup=False)
    console.print(visible(f"recording: {figures['recording']}"), markup=False)


def _steps(recording: Recording, told: float | None) -> int:
    """Return how many steps were made; a recording may hold one in so many."""
    if told is not None:
        return int(told)
    step_s = _told(recording.metadata.get("run", {}).get("step_s", "")) or 0.0
    if not step_s or not len(recording) or "time_s" not in recording:
        return len(recording)
    return max(len(recording), 1 + round(float(recording["time_s"][-1]) / step_s))


def speed_words(figures: Mapping[str, Any]) -> str:
    """Return how many steps were made in which time."""
    return (
        f"{figures['steps']} steps, {figures['simulated_s']:g} s simulated in "
        f"{figures['wall_s']:.1f} s: {_number(figures['steps_per_s'])} steps/s, "
        f"{_number(figures['times_real_time'])} times real time"
    )


def firmware_of(recording: Recording) -> str | None:
    """Return name, build and protocol of the firmware that answered; None if none did."""
    return _firmware(recording.metadata.get("obc", {}))


def _firmware(obc: Mapping[str, str]) -> str | None:
    if "firmware" not in obc:
        return None
    return f"{obc['firmware']} build {obc.get('build', '?')}, protocol {obc.get('protocol', '?')}"


def _told(text: str) -> float | None:
    """Return the number that a metadata value holds, if it is one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def percentiles(recording: Recording, column: str) -> dict[str, float | None]:
    """Return percentiles of a column of wall times in seconds; null where there are none."""
    times = recording[column] if column in recording else np.array([])
    known = times[np.isfinite(times)]
    return {
        name: float(np.percentile(known, percent)) if len(known) else None
        for name, percent in _PERCENTILES.items()
    }


def _times_line(what: str, times_s: dict[str, float | None]) -> str:
    known = [f"{name} {1e6 * value:.0f}" for name, value in times_s.items() if value is not None]
    return f"{what}: {', '.join(known)} us".replace("p99_9", "p99.9") if known else ""


def _fault_line(words: str, begin_s: float, end_s: float | None) -> str:
    until = "to the end" if end_s is None else f"to {end_s:g} s"
    return f"{words}, from {begin_s:g} s {until}"


def _counter_line(counters: dict[str, int]) -> str:
    watched = {name: counters[name] for name in Allowed.model_fields if name in counters}
    seen = [f"{count} {name.replace('_', ' ')}" for name, count in watched.items()]
    for name in ("replugs", "injected_restarts", "replies_lost_to_faults"):
        if counters.get(name):
            seen.append(f"{counters[name]} {name.replace('_', ' ')}")
    return f"link: {', '.join(seen) or 'nothing counted'}"


def _ratio(a: float, b: float) -> float | None:
    return a / b if b > 0.0 else None


def _number(value: float | None) -> str:
    return "?" if value is None else grouped(value)
