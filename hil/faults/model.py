"""A [[fault]] table: what fails, on which device, when, for how long, how hard."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from hil.config import Model, NonNegative, Positive, Vector

Values = Annotated[tuple[float, ...], Field(min_length=1, max_length=16)]
Probability = Annotated[float, Field(gt=0.0, le=1.0)]
WHENS = ("at_s", "on", "mean_between_s")
COMMON = ("name", "device", "kind", *WHENS, "after_s", "duration_s")


class Fault(Model):
    """A [[fault]] table. Which of the keys after duration_s a kind takes, its kind says."""

    name: Annotated[str, Field(min_length=1)]
    """In events, bands and verdicts; each fault has its own."""
    device: Annotated[str, Field(min_length=1)]
    """What fails: gyro 0, wheel x, rod 2, thruster a, line to_obc, line from_obc, obc; of
    devices' own lines: line NAME, line NAME to_obc, line NAME from_obc."""
    kind: str
    """How it fails."""
    at_s: NonNegative | None = None
    """When it begins, in simulated time."""
    on: str | None = None
    """With what it begins: mode NAME, event NAME, fault NAME, rise NAME (of a [[target]]), eclipse
    entry or eclipse exit."""
    mean_between_s: Positive | None = None
    """It comes at random, so far apart on average, by the rig's seed."""
    after_s: NonNegative = 0.0
    """How long after ``on`` it begins."""
    duration_s: Positive | None = None
    """How long it lasts; to the run's end if not given."""

    value: Values | None = None
    """What the device shows, in the unit of its column."""
    offset: Values | None = None
    """What is added to each value, in the unit of its column."""
    drift_per_s: Values | None = None
    """What is added to each value a second since the fault began."""
    sigma: NonNegative | None = None
    """1 sigma of noise that is added to each value, in the unit of its column."""
    factor: float | None = None
    """What the value is multiplied by."""
    axes: tuple[str, ...] | None = None
    """Which axis each value shows: ["y", "x", "-z"]."""
    turn_deg: Vector | None = None
    """Rotation vector, in body axes, that turns what it shows."""
    dipole_body_A_m2: Vector | None = None
    """Dipole of the rods whose field stays."""
    weeks: int | None = None
    """How many weeks its time stamp is wrong by; a negative number is earlier, as far back as the
    time code goes."""
    resolution: Positive | None = None
    """What values are rounded to, in the unit of the column."""
    size: NonNegative | None = None
    """How far a spike goes, in the unit of the column."""
    probability: Probability | None = None
    """Probability that a sample or frame is hit."""
    count: Annotated[int, Field(gt=0)] | None = None
    """After how many frames the fault ends."""
    delay_s: Positive | None = None
    """How much later samples or frames come."""
    watchdog_s: Positive | None = None
    """How long it hangs until its watchdog resets it; without the key it has no watchdog."""
    symbol: Annotated[str, Field(min_length=1)] | None = None
    """A variable of the firmware or a member of one, by its C name: flight.adcs.mode."""
    bit: Annotated[int, Field(ge=0)] | None = None
    """Which bit, counted from the lowest one of the symbol's first octet."""
    rate_per_bit_day: Positive | None = None
    """How often each bit is flipped a day, on average."""
    ppm: float | None = None
    """How much too fast its clock runs, in parts per million; a negative number is too slow."""
    offset_s: float | None = None
    """How wrong the time is; a positive number is later than the truth."""
    cell: Annotated[int, Field(ge=0)] | None = None
    """Which cell, counted from 0."""
    torque_Nm: float | None = None
    """What the motor gives, whatever is commanded."""
    dipole_A_m2: float | None = None
    """What the rod gives, whatever is commanded."""
    octets: Annotated[int, Field(gt=0, le=4096)] | None = None
    """How many are inserted in each control period."""
    bit_error_rate: Probability | None = None
    """Probability that a bit on the line is flipped."""

    @model_validator(mode="after")
    def _begins_once(self) -> Self:
        given = [key for key in WHENS if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(
                f"give exactly one of {', '.join(WHENS)} (given: {', '.join(given) or 'none'})"
            )
        if self.after_s and self.on is None:
            raise ValueError("after_s goes with on")
        if self.mean_between_s is not None and self.duration_s is None:
            raise ValueError("mean_between_s needs duration_s: it must end before it comes again")
        return self

    @property
    def given(self) -> list[str]:
        """The keys beyond those that every fault has."""
        return [
            key
            for key in type(self).model_fields
            if key not in COMMON and getattr(self, key) is not None
        ]
