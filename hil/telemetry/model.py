"""A [line.telemetry] table: how the flight software's own telemetry is read, and what is in it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hil.config import Model, NonNegative

Name = Annotated[str, Field(min_length=1)]
_HEX = r"^([0-9A-Fa-f]{2})*$"


class Telemetry(Model):
    """A [line.telemetry] table.

    xtce: a file that describes the packets, relative to the rig's file. decoder: in its place, the
    name of an entry point of an installed package, group hil.telemetry.
    sync: octets before each packet, in hexadecimal digits, as 1ACFFC1D. crc16: whether each packet
    ends with CCSDS's packet error control.
    attitude: names of the parameters that are the quaternion's four. scalar: which of them is the
    scalar. turns: v_eci = q v_body q* is eci_from_body, whatever the firmware calls it.
    known: name of one that is 0 while the firmware does not know its attitude.
    rate: names of the three of the body's rate. mode: name of that of the mode, a number or a word
    of [obc] modes. position_ecef: names of the three of the place that a receiver gave, in
    position_unit. wheel_speed: one name for each wheel, in the order of the spacecraft's, in
    wheel_speed_unit. `hil phase` compares these two with what it shows. age_s: how old they are
    when their last octet is here. hold_s: for how long the last told attitude is carried on at the
    told rate.
    """

    xtce: Name | None = None
    decoder: Name | None = None
    sync: Annotated[str, Field(pattern=_HEX)] = ""
    crc16: bool = False
    attitude: tuple[Name, Name, Name, Name] | None = None
    scalar: Literal["first", "last"] | None = None
    turns: Literal["eci_from_body", "body_from_eci"] | None = None
    known: Name | None = None
    rate: tuple[Name, Name, Name] | None = None
    rate_unit: Literal["rad/s", "deg/s"] = "rad/s"
    mode: Name | None = None
    position_ecef: tuple[Name, Name, Name] | None = None
    position_unit: Literal["m", "km"] = "m"
    wheel_speed: tuple[Name, ...] | None = Field(default=None, min_length=1, max_length=4)
    wheel_speed_unit: Literal["rad/s", "rpm"] = "rad/s"
    age_s: NonNegative = 0.0
    hold_s: NonNegative = 1.0

    @model_validator(mode="after")
    def _says_it_once(self) -> Self:
        if (self.xtce is None) == (self.decoder is None):
            raise ValueError("give xtce, a file, or decoder, an installed package's, and not both")
        if not self.names:
            raise ValueError(
                "names no parameter: give attitude, rate, mode, position_ecef or wheel_speed"
            )
        if self.attitude and not (self.scalar and self.turns):
            raise ValueError(
                "attitude needs its convention: give scalar = first or last, and turns = "
                "eci_from_body or body_from_eci"
            )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """All parameters that it names."""
        single = [each for each in (self.known, self.mode) if each]
        vectors = (self.attitude, self.rate, self.position_ecef, self.wheel_speed)
        return (*(name for each in vectors for name in each or ()), *single)
