"""A [[line]] table of a rig: where a line leads to, how it is set, what is at the bench's end."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from hil.config import Model
from hil.protocols.uart import Format, format_of
from hil.telemetry.model import Telemetry

Quaternion = tuple[float, float, float, float]
_NAME = r"^[A-Za-z][A-Za-z0-9_]*$"


def _unit(q: Quaternion) -> Quaternion:
    length = math.sqrt(sum(each * each for each in q))
    if abs(length - 1.0) > 1e-6:
        raise ValueError(f"{list(q)} has length {length:.6g}, not 1: it is not a rotation")
    x, y, z, w = (each / length for each in q)
    return (x, y, z, w)


def _format(text: str) -> str:
    format_of(text)
    return text


class OnLine(Model):
    """A [[line.device]] table: one device at the bench's end of a line.

    device: as faults call it: "gyro 0", "wheel x". protocol: that of its part file when it is not
    given. address: on a line that several share. setup: what somebody once told the part and it
    keeps without power, in its own commands. q_body_from_device: how it is mounted, scalar last;
    what it measures is said in its own axes.
    """

    device: Annotated[str, Field(min_length=1)]
    protocol: str | None = None
    address: Annotated[int, Field(ge=0, le=255)] = 0
    setup: tuple[str, ...] = ()
    q_body_from_device: Annotated[Quaternion, AfterValidator(_unit)] = (0.0, 0.0, 0.0, 1.0)


class Line(Model):
    """A [[line]] table.

    usart: of the emulated board, from 1. port: of an adapter that leads to a board. A host program
    is given a pseudo-terminal, whatever stands here. telemetry: in the place of devices, what the
    flight software tells of itself.
    """

    name: Annotated[str, Field(pattern=_NAME)]
    usart: Annotated[int, Field(ge=1, le=8)] | None = None
    port: Annotated[str, Field(min_length=1)] | None = None
    baud: Annotated[int, Field(ge=300, le=10_000_000)]
    format: Annotated[str, AfterValidator(_format)] = "8N1"
    duplex: Literal["full", "half"] = "full"
    device: tuple[OnLine, ...] = ()
    telemetry: Telemetry | None = None

    @property
    def form(self) -> Format:
        """Bits of an octet."""
        return format_of(self.format)

    @property
    def octets_a_second(self) -> float:
        """What it carries each way."""
        return self.baud / self.form.length
