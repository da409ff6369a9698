"""Who answers HELLO, and whether bench and firmware fit together."""

from collections.abc import Mapping
from dataclasses import dataclass

from hil.errors import ObcError
from hil.link import messages as m
from hil.link.packet import Fault, Packet
from hil.link.table import MessageTable


@dataclass(frozen=True)
class Identity:
    """Who answered HELLO; `device_count` by kind, only kinds that are needed."""

    protocol: int
    firmware: str
    build: str
    step_us: int
    device_count: Mapping[str, int]

    def __str__(self) -> str:
        return f"{self.firmware} build {self.build}, protocol {self.protocol}"


def identity_of(
    hello: Packet, step_us: int, rig_devices: Mapping[str, int], table: MessageTable
) -> Identity:
    """The identity that a HELLO tells.

    Raises ObcError with both sides' words when protocol, control period or devices do not fit.
    """
    protocol, firmware, build, their_step_us, *counts = hello.values
    needs = {
        kind: int(counts[number])
        for kind, number in table.kind_numbers.items()
        if number < len(counts) and counts[number]
    }
    who = Identity(int(protocol), str(firmware), str(build), int(their_step_us), needs)
    if who.protocol != m.PROTOCOL_VERSION:
        raise ObcError(_other_protocol(who.protocol, f" ({who})"))
    if who.step_us not in (0, step_us):
        raise ObcError(
            f"the firmware ({who}) is built for a control period of {who.step_us} us, the rig "
            f"asks for {step_us} us: change step_s in the rig or rebuild the firmware"
        )
    missing = [
        f"{n} x {kind} (rig: {rig_devices.get(kind, 0)})"
        for kind, n in needs.items()
        if n > rig_devices.get(kind, 0)
    ]
    if missing:
        raise ObcError(
            f"the firmware ({who}) needs {', '.join(missing)}: add them to the rig's spacecraft or "
            "flash a firmware that does without"
        )
    return who


def refuse_other_layout(event: Packet | Fault) -> None:
    """Raise ObcError for a HELLO of another size: a firmware of another protocol version.

    Every version's HELLO has this APID and starts with the version.
    """
    if isinstance(event, Fault) and event.kind == "length" and len(event.data) >= 8:
        apid = ((event.data[0] << 8) | event.data[1]) & 0x7FF
        if apid == m.HELLO.apid:
            raise ObcError(_other_protocol(int.from_bytes(event.data[6:8], "big"), ""))


def _other_protocol(theirs: int, who: str) -> str:
    return (
        f"the firmware{who} speaks protocol version {theirs}, this bench speaks "
        f"{m.PROTOCOL_VERSION}: rebuild and flash the firmware with this bench's hil_messages.h, "
        "or install the bench that fits it"
    )
