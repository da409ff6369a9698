"""What a run records: names and sizes of the columns, in the order of a step's row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from hil.devices.registry import Separate
from hil.link.messages import COMMAND, ESTIMATE, HOUSEKEEPING, Message

Columns = list[tuple[str, int]]

USER_PREFIX = "user_"
"""Of the columns with what the firmware tells of its own."""
RADIO_COLUMNS: Columns = [
    ("radio_carrier", 1),
    ("radio_elevation_rad", 1),
    ("radio_waiting_octets", 1),
    ("alert_number", 1),
    ("alert_kind", 1),
    ("alert_confidence", 1),
    ("alert_picture", 1),
    ("alert_shutter_s", 1),
    ("alert_told_s", 1),
    ("alert_sent_s", 1),
    ("alert_received_s", 1),
    ("alert_latitude_deg", 1),
    ("alert_longitude_deg", 1),
    ("alert_height_m", 1),
    ("alert_covariance_m2", 3),
    ("file_alert", 1),
    ("file_octets", 1),
    ("file_received_s", 1),
]
"""Of a run with a radio. What the ground has stays as it came last, NaN before."""


class Recorded(Protocol):
    """A sensor, as far as its columns go."""

    @property
    def kind(self) -> str:
        """What it is called on the wire."""

    @property
    def instance(self) -> int:
        """Its number among those of its kind."""

    @property
    def columns(self) -> Sequence[tuple[str, int]]:
        """Names and sizes of its values."""


def run_columns(
    truth_columns: Iterable[tuple[str, int]],
    sensors: Iterable[Recorded],
    separate: Iterable[Separate],
    telemetry: Iterable[str] = (),
    *,
    radio: bool = False,
) -> Columns:
    """Return the columns of a run with this truth, these sensors and separate commands.

    telemetry: names of what the firmware tells of its own. radio: whether there is one.
    """
    columns: Columns = [("time_s", 1), ("step", 1)]
    columns += [(f"truth_{name}", size) for name, size in truth_columns]
    for sensor in sensors:
        columns += sensor_columns(sensor)
    columns += _reply_columns("command", COMMAND, skip=1)
    columns += [(f"command_{each.field}", each.n) for each in separate if each.n]
    columns += _reply_columns("estimate", ESTIMATE, skip=0)
    columns += _reply_columns("housekeeping", HOUSEKEEPING, skip=0)
    columns += [("housekeeping_instructions", 1), ("housekeeping_instructions_max", 1)]
    columns += [(USER_PREFIX + name, 1) for name in telemetry]
    columns += RADIO_COLUMNS if radio else []
    return [*columns, ("reply_s", 1), ("late_s", 1)]


def sensor_columns(sensor: Recorded) -> Columns:
    """Return the columns of one sensor."""
    prefix = f"{sensor.kind}{sensor.instance}_"
    values = [(prefix + name, size) for name, size in sensor.columns]
    return [*values, (prefix + "valid", 1), (prefix + "age_s", 1)]


def _reply_columns(prefix: str, message: Message, skip: int) -> Columns:
    return [(f"{prefix}_{field.name}", field.count) for field in message.fields[skip:]]
