"""Requirements on what the firmware tells: that an event comes in time, or that none comes."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from hil.config import NonNegative
from hil.judge.required import Limit, Required
from hil.recording import Event

Code = Annotated[int, Field(ge=0, le=0xFFFF)]
Called = Annotated[str, Field(min_length=1)] | Code
"""An event by its name, or by its code where the bench knows no names of the firmware.

A severity stands for all events that have it.
"""
ALARMS = ("warning", "error", "fatal")


class EventRequirement(Required):
    """The firmware tells an event, by_s at the latest.

    event: its name, its code, or a severity. event_value: the value that goes with it, which tells
    of which device it speaks; any if not given.
    """

    event: Called
    event_value: float | None = None
    by_s: NonNegative

    @property
    def stated_limit(self) -> Limit:
        """The latest moment."""
        return Limit(self.by_s, "s", 1.0)

    def is_told_by(self, event: Event) -> bool:
        """Whether this is the event."""
        return is_called(event, self.event) and self.event_value in (None, event.value)

    @model_validator(mode="after")
    def _has_a_moment(self) -> Self:
        self._judges_a_moment(self.by_s)
        if self.to_s is not None:
            raise ValueError("an event takes no to_s: by_s is its end")
        if self.by_s < self.from_s:
            raise ValueError(f"by_s = {self.by_s} must not be earlier than from_s = {self.from_s}")
        return self


class NoEventRequirement(Required):
    """The firmware tells none of some events: no false alarm.

    no_event: their names, codes or severities.
    """

    no_event: Annotated[tuple[Called, ...], Field(min_length=1)]

    @property
    def stated_limit(self) -> Limit:
        """None at all."""
        return Limit(0.0, "", 1.0)

    def is_told_by(self, event: Event) -> bool:
        """Whether this is one of the events."""
        return any(is_called(event, each) for each in self.no_event)


def is_called(event: Event, called: str | int) -> bool:
    """Return whether an event is the firmware's, with this name, this code or this severity."""
    if called in ALARMS:
        own: str | int = event.severity
    else:
        own = event.name if isinstance(called, str) else event.code
    return event.source == "obc" and own == called
