"""What the events and the line tell: modes, rejected samples, faults, late and lost replies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.trouble import Trouble
from hil.diagnosis.units import share, span_words
from hil.judge import faults_of
from hil.judge.requirements import ModeRequirement
from hil.judge.rows import Mask, Rows
from hil.recording import Event

_REFUSED = ("star_tracker_outlier", "gps_outlier", "gps_velocity_outlier", "sample_rejected")
_BY_FAULT = 110.0
_LED_s = 30.0  # an event so long before a change of mode led to it
_OUT_OF_SERVICE = {"wheel_stalled": "it did not turn as commanded"}
_LEADS = (
    "tumbling", "attitude_lost", "state_impossible", "mode_given_up", "mode_refused", "mode_waits",
    "sensor_silent", "wheel_stalled", "tachometer_failed", "wheel_saturated", "orbit_lost",
    "time_jumped", "field_doubted", "unloading_failed",
)  # fmt: skip


class _Kind(NamedTuple):
    times: int
    first_s: float
    last_s: float


def _of_kind(events: Sequence[Event], name: str) -> _Kind | None:
    some = [each for each in events if each.source == "obc" and each.name == name]
    if not some:
        return None
    last = max(1e-9 * (each.last_ns or each.time_ns) for each in some)
    return _Kind(sum(each.times for each in some), some[0].time_s, last)


def event_findings(
    events: Sequence[Event], modes: Sequence[str], trouble: Trouble
) -> Iterator[Finding]:
    """Yield rejected samples, and modes with what led to them."""
    for name in _REFUSED:
        kind = _of_kind(events, name)
        if kind is not None and kind.times >= 5:
            span = f"{kind.first_s:.1f} to {kind.last_s:.1f} s"
            words = f"{name.replace('_', ' ')} x {kind.times}, {span}"
            near = kind.last_s >= trouble.first_s - 600.0
            weight = 34.0 if near and kind.times >= 50 else 15.0
            yield Finding(words, weight, "knowledge", name, cause=False)
    for event in events:
        if event.source == "obc" and event.name in _OUT_OF_SERVICE:
            why = _OUT_OF_SERVICE[event.name]
            words = (
                f"the OBC took wheel {event.value:g} out of service at {event.time_s:.1f} s: {why}"
            )
            yield Finding(words, 66.0, "control", f"out {event.value:g}")
    yield from _mode_findings(events, modes, trouble)


def _mode_findings(
    events: Sequence[Event], modes: Sequence[str], trouble: Trouble
) -> Iterator[Finding]:
    entered = [each for each in events if each.source == "obc" and each.name == "mode_entered"]
    told = []
    for before, each in zip([None, *entered], entered, strict=False):
        if any(e.source == "ground" and abs(e.time_s - each.time_s) < 0.5 for e in events):
            continue  # as the ground ordered
        led = _led_to(events, each, before)
        if led:
            told.append(f"mode {_mode(each, modes)} at {each.time_s:.1f} s, after {led}")
    for name in ("mode_refused", "mode_waits", "mode_given_up"):
        last = next((e for e in reversed(events) if e.source == "obc" and e.name == name), None)
        if last is not None and name != "mode_given_up":
            words = f"{_text(last)} at {last.time_s:.1f} s"
            wanted = any(isinstance(each, ModeRequirement) for each in trouble.missed)
            yield Finding(words, 60.0 if wanted else 22.0, "any", name, cause=wanted)
    if told:
        more = f" ({len(told) - 2} more)" if len(told) > 2 else ""
        yield Finding("; ".join(told[:2]) + more, 32.0, "any", "modes", cause=False)


def _led_to(events: Sequence[Event], entered: Event, before: Event | None) -> str:
    """Return what the OBC told shortly before it changed its mode, or who ordered that."""
    since_s = entered.time_s - _LED_s
    if before is not None:
        since_s = max(since_s, before.time_s)
    for each in reversed(events):
        if not since_s <= each.time_s <= entered.time_s + 1e-9 or each is entered:
            continue
        if each.source == "obc" and each.name in _LEADS:
            return f"{_text(each)} at {each.time_s:.1f} s"
        if each.source == "fault":
            return f"fault {each.text} at {each.time_s:.1f} s"
    return ""


def _text(event: Event) -> str:
    name = event.name.replace("_", " ")
    return f"{name} ({event.value:.3g})" if np.isfinite(event.value) else name


def _mode(event: Event, modes: Sequence[str]) -> str:
    number = int(event.value) if np.isfinite(event.value) else -1
    return modes[number] if 0 <= number < len(modes) else f"{event.value:g}"


def with_faults(found: list[Finding], events: Sequence[Event], trouble: Trouble) -> list[Finding]:
    """Return the findings and the injected faults; what a fault's device shows names the fault."""
    for fault in faults_of(events):
        end_s = min(fault.end_s, trouble.end_s)
        when = span_words(fault.begin_s, end_s, trouble.end_s, trouble.begin_s)
        during = bool(trouble.verdicts) and (
            not trouble.bad_steps
            or (fault.begin_s <= trouble.last_s and fault.end_s >= trouble.first_s - 120.0)
        )
        device = fault.device.replace("_", " ")  # the topic of findings on it
        shown = max(
            (each for each in found if each.cause and each.topic == device),
            key=lambda each: each.weight,
            default=None,
        )
        if during and shown is not None and shown.weight >= 60.0:
            found.remove(shown)
            words = f"{shown.words} (fault {fault.words}, {when})"
            found.append(shown._replace(words=words, weight=_BY_FAULT, side="any"))
        else:
            words = f"fault {fault.words}, in force {when}"
            weight = _BY_FAULT if during else 30.0
            found.append(Finding(words, weight, "any", f"fault {fault.words}", cause=during))
    return found


class Line:
    """Replies that were late or did not come, step after step."""

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self.lost = self.steps = 0
        self.first_s = self.last_s = float("nan")

    columns = frozenset({"time_s", "command_wheel_torque_Nm", "command_dipole_body_A_m2"})

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        values = [
            rows[name].reshape(len(rows["time_s"]), -1)
            for name in rows
            if name.startswith("command_")
        ]
        if not values:
            return
        lost: Mask = ~np.asarray(np.isfinite(np.concatenate(values, axis=1)).any(axis=1))
        self.steps += len(lost)
        self.lost += int(np.count_nonzero(lost))
        if lost.any():
            at = rows["time_s"][lost]
            self.first_s = float(at[0]) if np.isnan(self.first_s) else self.first_s
            self.last_s = float(at[-1])

    def findings(self, trouble: Trouble, counters: dict[str, int]) -> Iterator[Finding]:
        """Yield how many replies were missing or late, where that could matter."""
        if self.lost and self.steps:
            part = self.lost / self.steps
            when = span_words(self.first_s, self.last_s, trouble.end_s, trouble.begin_s)
            words = f"{self.lost} of {self.steps} replies are missing, {when}"
            link = "link" in trouble.verdicts
            matters = part > 0.02 or link
            yield Finding(
                words, 62.0 + min(30.0, 100.0 * part), "line", "lost replies", cause=matters
            )
        late = counters.get("late_replies", 0)
        if late and self.steps:
            part = late / self.steps
            period = f"the control period of {self._step_s:g} s"
            words = f"{late} replies ({share(part)}) are later than {period}"
            link = "link" in trouble.verdicts
            weight = 62.0 + min(30.0, 60.0 * part)
            yield Finding(words, weight, "line", "late replies", cause=part > 0.02 or link)
        resets = counters.get("watchdog_resets", 0)
        if resets:
            words = f"the OBC's watchdog reset it {resets} times"
            yield Finding(words, 91.0, "any", "watchdog")
        impossible = counters.get("impossible_states", 0)
        if impossible:
            words = f"the OBC's filters began anew {impossible} times: an estimate was no number"
            yield Finding(words, 45.0, "any", "impossible")
