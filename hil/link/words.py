"""What went over the line, in words for a person."""

from collections.abc import Sequence

from hil.link import messages as m
from hil.link.framing import Deframer
from hil.link.packet import Fault, Packet
from hil.link.protocol1 import hello_in
from hil.link.table import MessageTable

FRAMES_SHOWN = 4
_TEXT_LEAST = 5  # fewer printable octets in a row are often no text
_TEXT_SHOWN = 120
_TEXT_SHARE = 0.95  # of printable octets: noise at a wrong rate has a third, frames have half


def silence_in_words(
    heard: int, echoed: bool, patience_s: float, when_silent: str, text: str = ""
) -> str:
    """What it may mean that nobody answers HELLO.

    heard: how many bytes came. echoed: the bench's own request was among them. when_silent: what
    to look for where there is nothing at all. text: what came, when it is text.
    """
    if not heard:
        return f"no answer to HELLO within {patience_s:g} s: {when_silent}"
    if echoed:
        return (
            f"the line returns what is sent, and no answer to HELLO within {patience_s:g} s: "
            "are RX and TX joined, or does the other end echo?"
        )
    if text:
        return (
            f"{heard} bytes but no HELLO within {patience_s:g} s, and they are text: {text}. Is it "
            "a console's or a boot loader's port? What stops a boot loader when octets come needs "
            "[obc] quiet_before_hello_s; a firmware that boots for long needs [obc] boot_s"
        )
    return (
        f"{heard} bytes but no HELLO within {patience_s:g} s: wrong baud rate, or a firmware that "
        "does not speak this protocol?"
    )


def in_words(chunks: Sequence[bytes], table: MessageTable) -> str:
    """The last frames of some bytes by name; what is broken or unfinished with its octets."""
    reader = Deframer(table)
    words = [_word(event, table) for chunk in chunks for event in reader.receive(chunk)]
    if reader.pending:
        shown = octets_in_words(reader.pending)
        words.append(f"{len(reader.pending)} bytes of an unfinished frame ({shown})")
    return ", ".join(words[-2 * FRAMES_SHOWN :]) or "nothing"


def _word(event: Packet | Fault, table: MessageTable) -> str:
    if isinstance(event, Fault):
        if hello := hello_in(event):
            return f"{hello.message.name} with the checksum of protocol 1"
        return f"{_broken(event)} ({event.kind}: {octets_in_words(event.data)})"
    if event.message is m.ACK:
        apid, count, _ = event.values
        asked = table.by_apid.get(int(apid))
        return f"ack of {asked.name if asked else f'APID 0x{int(apid):03x}'} {count}"
    if event.message.name.startswith("set_"):
        return f"{event.message.name} {event.sequence}"
    step = f" of step {event.values[0]}" if event.message in (m.SYNC, m.COMMAND) else ""
    return f"{event.message.name}{step}"


def _broken(fault: Fault) -> str:
    if 0 < _text_before(fault.data) < len(fault.data):
        return "text and a frame in one: what prints on this line must end with a zero octet"
    return "a broken frame"


def octets_in_words(data: bytes) -> str:
    """Octets in quotes as far as they begin as text, control characters visible; else in hex."""
    end = _text_before(data)
    text, rest = ascii(data[:end].decode("ascii")), data[end:].hex()
    return f"{text} {rest}".rstrip() if end else rest


def _text_before(data: bytes) -> int:
    """How many octets at the beginning are text; 0 for so few that it may be by chance."""
    end = next((at for at, octet in enumerate(data) if not _is_text(octet)), len(data))
    return end if end >= _TEXT_LEAST else 0


def _is_text(octet: int) -> bool:
    return 0x20 <= octet < 0x7F or octet in b"\r\n\t"


def text_in(data: bytes) -> str:
    """Return the end of what came, in quotes, when it is text for people; else nothing."""
    shown = data[-_TEXT_SHOWN:].replace(b"\0", b"")
    readable = sum(map(_is_text, shown))
    if len(shown) < _TEXT_LEAST or readable < _TEXT_SHARE * len(shown):
        return ""
    return ascii(shown.decode("latin-1"))
