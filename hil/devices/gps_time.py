"""What a GPS receiver tells of time: week, time of the week, leap seconds once it knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from hil.config import NonNegative
from hil.devices.kinds import SensorKind
from hil.devices.sensor import Installation, Sample, Sensor, SensorModel
from hil.link import messages as wire
from hil.physics.constants import EARTH
from hil.physics.epoch import Epoch
from hil.physics.leap import GPS_EPOCH, leap_s
from hil.physics.vectors import FloatArray

WEEK_ms = 604_800_000
UNKNOWN_LEAP_s = 255


class GpsTime(SensorModel):
    """A [[gps_time]] table."""

    week_bits: int = Field(16, ge=8, le=16)
    """The week's number rolls over after so many bits: 10 in the old navigation message, 13 in the
    new one."""
    first_fix_s: NonNegative = 0.0
    """From the run's start until the receiver knows the time; before, its samples are invalid."""
    leap_known_after_s: NonNegative = 0.0
    """From the run's start until leap seconds are known: of a cold receiver up to 750."""
    next_leap_second_utc: Epoch | None = None
    """A leap second that is not in the tables, inserted just before this instant."""


class GpsTimeUnit(Sensor):
    """The clock of a receiver on the bench. Before the first fix its sample is invalid."""

    message: ClassVar[wire.Message] = wire.sample(
        "gps_time",
        0x12A,
        "GPS time of the sample; UTC is that minus the leap seconds.",
        wire.Field("week", "u16", doc="since 1980-01-06, as far as the receiver's bits go"),
        wire.Field("time_of_week_ms", "u32", unit="ms"),
        wire.Field("leap_s", "u8", unit="s", doc="GPS time minus UTC; 255: not known yet"),
    )

    def __init__(self, model: GpsTime, instance: int, installation: Installation) -> None:
        """Start with the date of the run's start."""
        super().__init__(model, instance, installation)
        self._model, self._epoch_utc = model, installation.epoch_utc
        self._weeks = 1 << model.week_bits
        since = self._epoch_utc - GPS_EPOCH + timedelta(seconds=self._leap_s(0.0))
        self._start_ms = since // timedelta(milliseconds=1)
        self._now_s = 0.0

    def sample(self, step: int, row: FloatArray) -> Sample | None:
        """Measure if it is time to, and return the reading that comes out at this step, if any."""
        self._now_s = step * self.step_s
        return super().sample(step, row)

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:  # noqa: ARG002
        """Return week, ms of the week and leap seconds."""
        model, now_s = self._model, self._now_s
        if now_s < model.first_fix_s:
            return (0, 0, UNKNOWN_LEAP_s), False
        week, ms = divmod(self._start_ms + round(1e3 * now_s), WEEK_ms)
        leap = UNKNOWN_LEAP_s if now_s < model.leap_known_after_s else self._leap_s(now_s)
        return (week % self._weeks, ms, leap), True

    def _leap_s(self, now_s: float) -> int:
        """Leap seconds at a run's time, which counts seconds that UTC inserts meanwhile."""
        utc, coming = self._epoch_utc + timedelta(seconds=now_s), self._model.next_leap_second_utc
        inserted_s = leap_s(utc) - leap_s(self._epoch_utc)
        told = leap_s(utc - timedelta(seconds=inserted_s))
        if coming is None:
            return told
        lasts_s = 1.0 if coming > self._epoch_utc else 0.0  # the inserted second itself
        return told + (utc >= coming + timedelta(seconds=lasts_s))


KINDS = (
    SensorKind(
        heading="gps_time",
        model=GpsTime,
        unit=GpsTimeUnit,
        central_bodies=(EARTH.name,),
        works_from=GPS_EPOCH,
    ),
)
