"""What a run came to, for a terminal and as JSON; and what a recording holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.diagnosis import Diagnosis
from hil.errors import visible
from hil.judge import Basis, Verdict, faults_of, link_counts, share_words
from hil.judge.amounts import amount
from hil.judge.requirements import Allowed
from hil.recording import Event, Recording
from hil.recording.kept import rig_files
from hil.report.propellant import propellant, propellant_line

NO_DIAGNOSIS = Diagnosis()
_LIKELY = "likely cause: "
_PERCENTILES = {"p50": 50.0, "p99": 99.0, "p99_9": 99.9, "max": 100.0}


# ---- a run ---------------------------------------------------------------------------------------


def summary_dict(
    recording: Recording, verdicts: Sequence[Verdict], diagnosis: Diagnosis = NO_DIAGNOSIS
) -> dict[str, Any]:
    """Return a run's figures from its recording, ready for JSON: what is not a number is null."""
    run, obc = (recording.metadata.get(name, {}) for name in ("run", "obc"))
    timing = {name: _told(value) for name, value in recording.metadata.get("result", {}).items()}
    steps, wall_s = len(recording), timing.pop("wall_s", None) or 0.0
    timing.pop("steps", None)
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
    if told := _control_step_line(figures["control_step"]):
        console.print(told)
    console.print(_counter_line(figures["counters"]))
    if told := propellant_line(figures["thrusters"]):
        console.print(told)
    for fault in figures["faults"]:
        console.print(visible(f"fault: {_fault_line(**fault)}"), markup=False)
    console.print(visible(f"recording: {figures['recording']}"), markup=False)


def speed_words(figures: Mapping[str, Any]) -> str:
    """Return how many steps were made in which time."""
    return (
        f"{figures['steps']} steps, {figures['simulated_s']:g} s simulated in "
        f"{figures['wall_s']:.1f} s: {_number(figures['steps_per_s'])} steps/s, "
        f"{_number(figures['times_real_time'])} times real time"
    )


def print_verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    """Print verdicts as a table; below it, why some are not met and what runs do not show yet."""
    console.print(_verdict_table(verdicts))
    for verdict in verdicts:
        if not verdict.met:
            console.print(visible(verdict.text), style="red", markup=False)
        elif verdict.caveat:
            told = visible(f"{verdict.name}: met ({verdict.caveat})")
            console.print(told, style="yellow", markup=False)


def print_diagnosis(console: Console, diagnosis: Diagnosis) -> None:
    """Print the likely causes, then the circumstances; nothing where nothing was found."""
    for line in diagnosis_lines(diagnosis):
        style = "yellow" if line.startswith(_LIKELY) else None
        console.print(visible(line), style=style, markup=False)


def diagnosis_lines(diagnosis: Diagnosis) -> list[str]:
    """Return a diagnosis as lines that stand alone."""
    first = [f"{_LIKELY}{cause.words}" for cause in diagnosis.causes[:1]]
    others = [f"also possible: {cause.words}" for cause in diagnosis.causes[1:]]
    return [*first, *others, *(f"remark: {remark.words}" for remark in diagnosis.remarks)]


def diagnosis_dict(diagnosis: Diagnosis) -> dict[str, list[str]]:
    """Return a diagnosis, ready for JSON: the likeliest cause first."""
    return {
        "causes": [cause.words for cause in diagnosis.causes],
        "remarks": [remark.words for remark in diagnosis.remarks],
    }


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


def verdict_dict(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict, ready for JSON."""
    return {
        "name": verdict.name,
        "met": verdict.met,
        "judged": verdict.judged,
        "value": _finite(verdict.value),
        "limit": verdict.limit,
        "unit": verdict.unit,
        "reached": verdict.reached,
        "worst_time_s": _finite(verdict.worst_time_s),
        "basis": verdict.basis._asdict() if verdict.basis else None,
        "caveat": verdict.caveat,
        "text": verdict.text,
        "recording": str(verdict.recording),
    }


def _verdict_table(verdicts: Sequence[Verdict]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("requirement", "", "value", "limit", "worst at", "judged"):
        right = heading not in ("requirement", "")
        table.add_column(heading, justify="right" if right else "left")
    for verdict in verdicts:
        word, style = _word(verdict)
        worst = f"{verdict.worst_time_s:.1f} s" if math.isfinite(verdict.worst_time_s) else ""
        reached = verdict.reached or _amount(verdict.value, verdict.unit)
        allowed = verdict.allowed or _amount(verdict.limit, verdict.unit)
        cells = verdict.name, word, reached, allowed, worst, _judged(verdict.basis)
        texts = [Text(visible(cell)) for cell in cells]
        texts[1].stylize(style)
        table.add_row(*texts)
    return table


def _amount(value: float, unit: str) -> str:
    return "" if math.isnan(value) else amount(value, unit)


def _word(verdict: Verdict) -> tuple[str, str]:
    if verdict.met:
        return "met", "yellow" if verdict.caveat else "green"
    return ("missed", "bold red") if verdict.judged else ("not judged", "bold yellow")


def _judged(basis: Basis | None) -> str:
    """Return for how long, and how much of the phase that is unless it is all."""
    if basis is None:
        return ""
    share = share_words(basis.judged_share)
    part = "" if basis.judged_share == 1.0 else f", {share}"
    return f"{_number(basis.judged_s) if basis.judged_s >= 1.0 else f'{basis.judged_s:g}'} s{part}"


def _times_line(what: str, times_s: dict[str, float | None]) -> str:
    known = [f"{name} {1e6 * value:.0f}" for name, value in times_s.items() if value is not None]
    return f"{what}: {', '.join(known)} us".replace("p99_9", "p99.9") if known else ""


def _control_step_line(cost: dict[str, Any]) -> str:
    told = []
    if cost["instructions"]:
        p50, most = (_number(cost["instructions"][key]) for key in ("p50", "max"))
        told.append(f"p50 {p50}, max {most} instructions")
    elif cost["cpu_time_ns"]:
        p50, most = (f"{cost['cpu_time_ns'][key] / 1e3:.0f}" for key in ("p50", "max"))
        told.append(f"p50 {p50}, max {most} us of the {cost['clock']}'s time")
    if cost["stack_octets"]:
        told.append(f"stack at most {_number(cost['stack_octets'])} octets")
    return f"control step: {'; '.join(told)}" if told else ""


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
    return "?" if value is None else f"{value:,.0f}".replace(",", " ")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


# ---- a recording ---------------------------------------------------------------------------------


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
    if told := _control_step_line(info["control_step"]):
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
    return event._asdict() | {"value": _finite(event.value)}


def _seconds(time_s: float | None) -> str:
    return "no time" if time_s is None else f"{time_s:.6g} s"
