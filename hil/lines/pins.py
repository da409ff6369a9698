"""A [[pin]] table of a rig: what hangs on the board's pins that is no line."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from pydantic import Field

from hil.config import Model

_PATTERN = r"^(TIM([1348])_CH([1-4])|P([A-I])(1[0-5]|[0-9]))$"
PinName = Annotated[str, Field(pattern=_PATTERN)]


class Pin(Model):
    """A [[pin]] table: one device that hangs on pins of the emulated board.

    device: "rod 0": which part of the time its bridge's plus side is high, less that of its minus
    side, is the part of its largest dipole. "gps 0": pps is driven high at each full second of UTC
    at which it has a fix, for 1 ms. "gyro 0": it sends its last sample each time that the board
    pulls its trigger low. A pin is a port's, as PB6, or a timer's channel, as TIM4_CH1.
    """

    device: Annotated[str, Field(min_length=1)]
    plus: PinName | None = None
    minus: PinName | None = None
    pps: PinName | None = None
    trigger: PinName | None = None

    @property
    def given(self) -> dict[str, str]:
        """All pins that it names, by key."""
        keys = {"plus": self.plus, "minus": self.minus, "pps": self.pps, "trigger": self.trigger}
        return {key: name for key, name in keys.items() if name}


class PinPlace(NamedTuple):
    """A timer's channel, or else a pin: 16 times the port's number, A is 0, and the pin's."""

    timer: int = 0
    channel: int = 0
    pin: int = 0


def place_of(name: str) -> PinPlace:
    """Return where a pin of that name is."""
    found = re.match(_PATTERN, name)
    assert found
    _, timer, channel, port, pin = found.groups()
    if timer:
        return PinPlace(int(timer), int(channel))
    return PinPlace(pin=16 * (ord(port) - ord("A")) + int(pin))
