"""HELLO: what the bench asks with, who answers, and whether the two fit together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from hil.errors import ObcError
from hil.link import messages as m
from hil.link.misfit import misfit_of, swapped, swapped_words
from hil.link.packet import Fault, Packet
from hil.link.protocol1 import hello_in
from hil.link.table import MessageTable

_EPOCH_DAY_0 = datetime(2000, 1, 1, tzinfo=UTC)
_MS_A_DAY = 86_400_000


@dataclass(frozen=True)
class Identity:
    """Who answered HELLO.

    step_s: the only control period that it can do, or None. handles: the kinds of sensors that it
    has a use for; a kind that this bench does not know is called by its APID. device_count: the
    fewest of each kind that it needs, only kinds that it does need.
    """

    protocol: int
    firmware: str
    build: str
    step_s: Fraction | None
    handles: tuple[str, ...]
    device_count: Mapping[str, int]

    def __str__(self) -> str:
        return f"{self.firmware} build {self.build}, protocol {self.protocol}"

    def not_handled(self, rig_devices: Mapping[str, int]) -> tuple[str, ...]:
        """The rig's sensors that the firmware has no use for, as "kind instance"."""
        return tuple(
            f"{kind.replace('_', ' ')} {instance}"
            for kind, count in rig_devices.items()
            if kind not in self.handles
            for instance in range(count)
        )


def request_values(
    step_s: Fraction,
    rig_devices: Mapping[str, int],
    table: MessageTable,
    epoch_utc: datetime | None = None,
) -> list[int]:
    """The values of a HELLO_REQUEST for this control period, these sensors and this time 0.

    Raises ObcError when the control period does not fit its fraction.
    """
    if max(step_s.numerator, step_s.denominator) >= 1 << 32 or step_s <= 0:
        raise ObcError(
            f"a control period of {step_s} s cannot be sent to the OBC: it must be a fraction of "
            "whole numbers below 2**32, such as 1/60 or 0.1"
        )
    day, ms = divmod(_since_2000_ms(epoch_utc), _MS_A_DAY)
    devices = [(table.by_name[kind].apid, min(n, 255)) for kind, n in rig_devices.items() if n]
    head = [m.PROTOCOL_VERSION, step_s.numerator, step_s.denominator, day, ms]
    return head + [value for device in devices for value in device]


def _since_2000_ms(epoch_utc: datetime | None) -> int:
    """Milliseconds since 2000-01-01; 0 without a date, and outside of what 16 bits of days hold."""
    if epoch_utc is None:
        return 0
    ms = round((epoch_utc - _EPOCH_DAY_0).total_seconds() * 1000)
    return ms if 0 <= ms < (_MS_A_DAY << 16) else 0


def identity_of(
    hello: Packet, step_s: Fraction, rig_devices: Mapping[str, int], table: MessageTable
) -> Identity:
    """The identity that a HELLO tells.

    Raises ObcError with both sides' words when protocol, control period or devices do not fit.
    """
    protocol, firmware, build, numerator, denominator, *devices = hello.values
    if protocol != m.PROTOCOL_VERSION:
        _refuse_swapped_octets(int(protocol), f"{firmware} build {build}")
        raise ObcError(_other_protocol(int(protocol), f" {firmware} build {build}"))
    counts = dict(_device_counts([int(value) for value in devices], table))
    their_step_s = Fraction(int(numerator), int(denominator)) if numerator and denominator else None
    needs = {kind: n for kind, n in counts.items() if n}
    who = Identity(int(protocol), str(firmware), str(build), their_step_s, tuple(counts), needs)
    if who.step_s not in (None, step_s):
        raise ObcError(
            f"the firmware ({who}) is built for a control period of {who.step_s} s, the rig asks "
            f"for {step_s} s: change step_s in the rig or rebuild the firmware"
        )
    _refuse_missing_devices(who, rig_devices, table)
    return who


def _refuse_swapped_octets(protocol: int, who: str) -> None:
    meant = swapped(protocol, 2)
    if protocol > 0xFF and meant <= m.PROTOCOL_VERSION:
        raise ObcError(
            swapped_words(f"the firmware {who} says that it speaks protocol", protocol, meant)
        )


def _device_counts(devices: Sequence[int], table: MessageTable) -> Iterator[tuple[str, int]]:
    for apid, count in zip(devices[::2], devices[1::2], strict=True):
        message = table.by_apid.get(apid)
        yield message.name if message else f"sensor kind 0x{apid:03X}", count


def _refuse_missing_devices(
    who: Identity, rig_devices: Mapping[str, int], table: MessageTable
) -> None:
    unknown = [f"{n} x {kind}" for kind, n in who.device_count.items() if kind not in table.by_name]
    if unknown:
        raise ObcError(
            f"the firmware ({who}) needs {', '.join(unknown)}, which this bench does not know: "
            "install the bench or the package that has this sensor, or flash a firmware that does "
            "without"
        )
    missing = [
        f"{n} x {kind} (rig: {rig_devices.get(kind, 0)})"
        for kind, n in who.device_count.items()
        if n > rig_devices.get(kind, 0)
    ]
    if missing:
        raise ObcError(
            f"the firmware ({who}) needs {', '.join(missing)}: add them to the rig's spacecraft or "
            "flash a firmware that does without"
        )


def refuse_misfit(fault: Fault, table: MessageTable) -> None:
    """Raise ObcError for an answer to HELLO that shows how the firmware's packets differ.

    That is a HELLO of protocol 1, whose checksum was another one, or octets in the wrong order. A
    firmware of today answers a HELLO_REQUEST of protocol 1, too: that says nothing new.
    """
    hello = hello_in(fault)
    if hello and hello.message is m.HELLO:
        _refuse_swapped_octets(hello.version, "of protocol 1")
        if hello.version < m.PROTOCOL_VERSION:
            raise ObcError(_other_protocol(hello.version, ""))
    elif words := misfit_of(fault, table):
        raise ObcError(words)


def _other_protocol(theirs: int, who: str) -> str:
    told = (
        f"the firmware{who} speaks protocol {theirs}, this bench speaks protocol "
        f"{m.PROTOCOL_VERSION}: "
    )
    if theirs < m.PROTOCOL_VERSION:
        return (
            told + "rebuild and flash the firmware with this bench's firmware_stubs/link, or "
            f"install the bench that fits it (hil 0.{theirs})"
        )
    return (
        told + f"install the bench that fits it (hil 0.{theirs} or later), or rebuild and flash "
        "the firmware with this bench's firmware_stubs/link"
    )
