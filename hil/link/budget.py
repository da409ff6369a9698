"""Whether a step's bytes can cross the line in a control period, worked out before the run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hil.link import cuc
from hil.link.messages import COMMAND, ESTIMATE, HOUSEKEEPING, SYNC, Message
from hil.link.packet import CRC_OCTETS, HEADER_OCTETS

_FRAMING_OCTETS = 2  # COBS's code octet and the delimiter; a step has no packet of 254 or more
_BITS_PER_OCTET = 10  # 8N1: start bit, eight data bits, stop bit


@dataclass(frozen=True)
class Budget:
    """What one step costs on the line at the most, and what there is.

    adapter_s: for how long the port's adapter may hold received bytes back.
    """

    octets_to_obc: int
    octets_from_obc: int
    baud: int
    adapter_s: float
    step_s: float

    @property
    def line_s(self) -> float:
        """Time that all of it takes on the line and in the adapter, one after the other."""
        octets = self.octets_to_obc + self.octets_from_obc
        return octets * _BITS_PER_OCTET / self.baud + self.adapter_s

    @property
    def fits(self) -> bool:
        """Whether a reply can be there before the next step is due."""
        return self.line_s < self.step_s

    def __str__(self) -> str:
        adapter = f" + adapter {1e3 * self.adapter_s:g} ms" if self.adapter_s else ""
        return (
            f"({self.octets_to_obc} octets out + {self.octets_from_obc} back) x {_BITS_PER_OCTET} "
            f"bits / {self.baud} baud{adapter} = {1e3 * self.line_s:.3g} ms of a control period of "
            f"{1e3 * self.step_s:g} ms"
        )


def budget(
    samples: Mapping[Message, int],
    baud: int,
    step_s: float,
    adapter_s: float = 0.0,
    commands: Iterable[Message] = (),
    pieces: Mapping[Message, int] | None = None,
) -> Budget:
    """The budget of a step in which every sensor has a sample to send, and late ones their time.

    samples: how many sensors send each message. commands: what the OBC may send beside its command.
    pieces: how many packets of each stream go out in a step, of a camera's pixels.
    """
    to_obc = sum(n * _frame_octets(message) for message, n in samples.items())
    to_obc += sum(n * _frame_octets(message) for message, n in (pieces or {}).items())
    replies = [ESTIMATE, HOUSEKEEPING, COMMAND, *commands]
    from_obc = sum(map(_frame_octets, replies))
    return Budget(to_obc + _frame_octets(SYNC), from_obc, baud, adapter_s, step_s)


def _frame_octets(message: Message) -> int:
    time = 0 if message.time == "never" else cuc.OCTETS
    group = message.group.most * message.group.size if message.group else 0
    return HEADER_OCTETS + time + message.size + group + CRC_OCTETS + _FRAMING_OCTETS
