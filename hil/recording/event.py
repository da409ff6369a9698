"""Events: what happened in a run besides its steps, by name, code and value."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

SOURCES = ("bench", "obc", "fault", "ground")
SEVERITIES = ("debug", "info", "warning", "error", "fatal")  # from 1, as Foxglove's Log has them
_NS = 1_000_000_000
_OLD_NAMES = {  # kinds of the recordings made before events had names
    "late": "late_reply",
    "stale": "stale_reply",
    "unexpected": "unexpected_frame",
}


class Event(NamedTuple):
    """Something that happened: nanoseconds since the run's start, who says it, what it is.

    source: "bench" (the line, the bench itself), "obc" (told by the firmware), "fault" (injected),
    "ground" (telecommands). name: the kind, as ``late_reply``; for the OBC the firmware's own.
    code, value: the firmware's; 0 and NaN where there is none. text: in words, for people.
    severity: one of SEVERITIES.
    times: how many there were from time_ns to last_ns, when they came too fast to be kept singly;
    code, value and text are then those of the last. last_ns: None where it is time_ns.
    """

    time_ns: int
    source: str
    name: str
    text: str = ""
    code: int = 0
    value: float = math.nan
    severity: str = "info"
    times: int = 1
    last_ns: int | None = None

    @property
    def time_s(self) -> float:
        """Seconds since the run's start."""
        return 1e-9 * self.time_ns

    @property
    def last_s(self) -> float:
        """When the last of them came."""
        return self.time_s if self.last_ns is None else 1e-9 * self.last_ns

    @property
    def words(self) -> str:
        """Who says what, on one line."""
        return f"{self.source}: {self.details}"

    @property
    def details(self) -> str:
        """What happened, on one line."""
        return f"{self.message}{f' (x {self.times})' if self.times > 1 else ''}"

    @property
    def message(self) -> str:
        """What happened, if it happened once."""
        return self.text or self.name.replace("_", " ")


def encoded(event: Event, epoch_unix_ns: int) -> bytes:
    """Return an event as JSON that Foxglove's Log panel shows, with the bench's own fields."""
    seconds, nanoseconds = divmod(epoch_unix_ns + event.time_ns, _NS)
    fields: dict[str, object] = {
        "timestamp": {"sec": seconds, "nsec": nanoseconds},
        "level": 1 + SEVERITIES.index(event.severity),
        "name": event.source,
        "message": event.message,
        "event": event.name,
        "code": event.code,
        "value": event.value if math.isfinite(event.value) else None,
    }
    if event.times > 1:
        fields |= {"times": event.times, "last_ns": event.last_ns}
    return json.dumps(fields).encode()


def decoded(data: bytes, time_ns: int) -> Event:
    """Return the event that a message holds; raises ValueError when it is none."""
    try:
        fields = json.loads(data)
        if "kind" in fields:
            return _old(fields["kind"], fields["text"], time_ns)
        return _event(fields, time_ns)
    except (KeyError, TypeError, IndexError, OverflowError, RecursionError):
        raise ValueError("an event does not say what it is") from None


def _event(fields: Mapping[str, Any], time_ns: int) -> Event:
    value = fields["value"]
    return Event(
        time_ns,
        str(fields["name"]),
        str(fields["event"]),
        str(fields["message"]),
        int(fields["code"]),
        math.nan if value is None else float(value),
        SEVERITIES[min(max(int(fields["level"]) - 1, 0), len(SEVERITIES) - 1)],
        int(fields.get("times", 1)),
        int(fields["last_ns"]) if "last_ns" in fields else None,
    )


def _old(kind: str, text: str, time_ns: int) -> Event:
    """Return an event of a recording that keeps events as a kind and a sentence."""
    if kind == "obc":  # "mode entered (the mode changed), mode: 2"
        name, _, _ = text.partition(":")[0].partition(" (")
        return Event(time_ns, "obc", name.replace(" ", "_"), text, 0, _last_number(text))
    if kind == "telecommand":
        return Event(time_ns, "ground", kind, text)
    if kind == "fault":
        name = "crc_error" if text.startswith("crc") else "broken_frame"
        return Event(time_ns, "bench", name, text, severity="warning")
    return Event(time_ns, "bench", _OLD_NAMES.get(kind, kind), text, severity="warning")


def _last_number(text: str) -> float:
    try:
        return float(text.rpartition(":")[2])
    except ValueError:
        return math.nan
