"""What went over the line, in words for a person."""

from collections.abc import Sequence

from hil.link import messages as m
from hil.link.framing import Deframer
from hil.link.packet import Fault, Packet
from hil.link.parameters import EVENTS

REFERENCE_FIRMWARE = "hil-adcs"
FRAMES_SHOWN = 4


def event_words(firmware: str, code: int) -> str:
    """What an event's code means; only the reference flight software's codes are known here."""
    if firmware == REFERENCE_FIRMWARE and 1 <= code <= len(EVENTS):
        event = EVENTS[code - 1]
        return f"{event.name.replace('_', ' ')} ({event.doc}), {event.value}"
    return f"event {code}"


def in_words(chunks: Sequence[bytes]) -> str:
    """The last frames of some bytes by name; what is broken or unfinished with its octets."""
    reader = Deframer()
    words = [_word(event) for chunk in chunks for event in reader.receive(chunk)]
    if reader.pending:
        words.append(f"{len(reader.pending)} bytes of an unfinished frame ({reader.pending.hex()})")
    return ", ".join(words[-2 * FRAMES_SHOWN :]) or "nothing"


def _word(event: Packet | Fault) -> str:
    if isinstance(event, Fault):
        return f"a broken frame ({event.kind}: {event.data.hex()})"
    step = f" of step {event.values[0]}" if event.message in (m.SYNC, m.COMMAND) else ""
    return f"{event.message.name}{step}"
