"""The tables of a rig that say where it starts and how it is run."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from hil.config import Axis, Model, NonNegative, Positive
from hil.link.messages import MODES, USER
from hil.obc.names import USUAL_MACHINE
from hil.physics.vectors import Vector
from hil.rig.latency import LatencyTable

UPTIME_MAX_s = 3.15576e9  # a hundred years: CUC seconds of four octets last 136
_MODES_MOST = 256  # their number is one octet
TELEMETRY_NAME = r"^[A-Za-z][A-Za-z0-9_]{0,62}$"
TelemetryName = Annotated[str, Field(pattern=TELEMETRY_NAME)]
ModeName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_ -]{0,31}$")]


class TruthSettings(Model):
    """How the truth is integrated; without a step, with one that suits the spacecraft."""

    step_s: Positive | None = None


class Attitude(Model):
    """Where the body starts: turned from LVLH or ECI about an axis, with a rate relative to it."""

    reference: Literal["lvlh", "eci"] = "lvlh"
    offset_axis_body: Axis = (1.0, 0.0, 0.0)
    offset_deg: float = 0.0
    rate_body_deg_s: Vector = (0.0, 0.0, 0.0)


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    most = USER.group.most if USER.group else 0
    if len(names) > most:
        raise ValueError(f"has {len(names)} names: message user carries at most {most} numbers")
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f'names "{name}" twice')
    return names


def _each_mode_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(names) <= _MODES_MOST:
        raise ValueError(f"has {len(names)} names: a firmware has 1 to {_MODES_MOST} modes")
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f'names "{name}" twice')
    return names


class ObcSettings(Model):
    """The OBC's mode, how late its commands take effect, how long its replies are awaited.

    pass_over_apids: of packets on its line that are meant for somebody else.
    uptime_at_start_s: its time, which is that of all packets, when the run begins.
    boot_s: how long HELLO is repeated until it must have been answered.
    quiet_before_hello_s: how long nothing is sent after the line was opened, for a boot loader that
    any octet stops. telemetry: names of the numbers that the firmware tells of its own in message
    user, in their order; a recording has them as columns user_NAME. modes: the firmware's own names
    of its modes; the first has number 0 on the wire. Without them they are those of the wire.
    wire: whether there is the bench's own line, on which all devices are that have none of their
    own. not_connected: devices that the OBC has no line to. console: a board's second port, to
    which its firmware prints; it is not opened in other places. machine: the emulator's machine
    that the place qemu starts.
    """

    modes: Annotated[tuple[ModeName, ...], AfterValidator(_each_mode_once)] = MODES
    mode: str
    latency_s: NonNegative = 0.0
    latency: LatencyTable | None = None
    reply_timeout_s: Positive = 2.0
    boot_s: Positive | None = None
    quiet_before_hello_s: NonNegative = 0.0
    baud: Annotated[int, Field(gt=0)] = 921_600
    telemetry: Annotated[tuple[TelemetryName, ...], AfterValidator(_each_once)] = ()
    pass_over_apids: tuple[Annotated[int, Field(ge=0, le=0x7FF)], ...] = ()
    uptime_at_start_s: Annotated[float, Field(ge=0.0, le=UPTIME_MAX_s)] = 0.0
    wire: bool = True
    not_connected: tuple[str, ...] = ()
    console: str | None = None
    machine: str = USUAL_MACHINE
    console_baud: Annotated[int, Field(gt=0)] = 115_200


class Uplink(Model):
    """Errors, 1 sigma an axis, of the orbit that the ground tells the OBC at the start."""

    position_sigma_m: NonNegative = 0.0
    velocity_sigma_m_s: NonNegative = 0.0


class RecordingSettings(Model):
    """What a run's recording holds; what verdicts are made from is always recorded.

    columns: names, or patterns such as truth_*; all columns if not given. every: one step of so
    many. octets: whether the line's octets are recorded too.
    """

    columns: tuple[str, ...] | None = None
    every: Annotated[int, Field(ge=1)] = 1
    octets: bool = True
