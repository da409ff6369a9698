"""What the run of a fleet came to: each member, the fleet as a whole, and whose OBC is slowest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.console import Console

from hil.errors import visible
from hil.judge import Verdict
from hil.judge.amounts import grouped
from hil.recording import Recording
from hil.report.summary import percentiles, summary_dict
from hil.report.verdicts import print_verdicts, verdict_dict


@dataclass(frozen=True)
class FleetRun:
    """A fleet that was run: recordings and verdicts by member, the fleet's own verdicts.

    ended: why members ended before the others, by name.
    """

    name: str
    title: str
    recordings: Mapping[str, Recording]
    verdicts: Mapping[str, Sequence[Verdict]]
    together: Sequence[Verdict]
    ended: Mapping[str, str]

    @property
    def every(self) -> list[Verdict]:
        """All verdicts; a member's bear its name."""
        own = [_called(name, verdict) for name, found in self.verdicts.items() for verdict in found]
        return [*own, *self.together]


def _called(name: str, verdict: Verdict) -> Verdict:
    return replace(verdict, name=f"{name}: {verdict.name}")


def slowest_obc(run: FleetRun) -> dict[str, Any]:
    """Return whose replies took longest in all: name, place, share of all waiting, percentiles."""
    waited = {name: float(np.nansum(each["reply_s"])) for name, each in run.recordings.items()}
    name = max(waited, key=lambda each: waited[each])
    recording = run.recordings[name]
    return {
        "spacecraft": name,
        "obc": recording.metadata.get("obc", {}).get("place"),
        "share_of_waiting": waited[name] / (sum(waited.values()) or 1.0),
        "reply_s": percentiles(recording, "reply_s"),
    }


def fleet_dict(run: FleetRun) -> dict[str, Any]:
    """Return a fleet's figures, ready for JSON."""
    return {
        "fleet": run.name,
        "met": not run.ended and all(verdict.met for verdict in run.every),
        "requirements": [verdict_dict(verdict) for verdict in run.together],
        "slowest_obc": slowest_obc(run),
        "ended": dict(run.ended),
        "spacecraft": {
            name: summary_dict(recording, run.verdicts[name])
            for name, recording in run.recordings.items()
        },
    }


def print_fleet(console: Console, run: FleetRun) -> None:
    """Print the verdicts on each member and on the fleet, and the figures of the run below."""
    for name, recording in run.recordings.items():
        place = recording.metadata.get("obc", {}).get("place", "?")
        console.print(visible(f"{name} on {place}"), style="bold", markup=False)
        print_verdicts(console, run.verdicts[name])
        if name in run.ended:
            told = f"ended after {len(recording)} steps: {run.ended[name]}"
            console.print(visible(told), style="red", markup=False)
    if run.together:
        console.print("the fleet", style="bold")
        print_verdicts(console, run.together)
    _print_figures(console, run)


def _print_figures(console: Console, run: FleetRun) -> None:
    figures = [summary_dict(each, ()) for each in run.recordings.values()]
    steps, wall_s = sum(each["steps"] for each in figures), max(each["wall_s"] for each in figures)
    rate = grouped(steps / wall_s) if wall_s else "?"
    console.print(
        f"{len(figures)} spacecraft, {steps} steps in {wall_s:.1f} s: {rate} steps/s together"
    )
    slowest = slowest_obc(run)
    times = (f"{key.replace('_', '.')} {1e6 * v:.0f}" for key, v in slowest["reply_s"].items() if v)
    share = f"{100.0 * slowest['share_of_waiting']:.0f} % of all waiting"
    told = f"slowest OBC: {slowest['spacecraft']} on {slowest['obc']}, {share}"
    console.print(f"{told}; replies {', '.join(times)} us", markup=False)
    for recording in run.recordings.values():
        console.print(visible(f"recording: {recording.path}"), markup=False)
