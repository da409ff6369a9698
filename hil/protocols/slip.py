"""SLIP with an END at both ends (RFC 1055): Sagitta and the Nanosatellite Protocol."""

from __future__ import annotations

from collections.abc import Callable

from hil.protocols.stream import Look, Part, Reader

END = b"\xc0"
_ESCAPED_END, _ESCAPE, _ESCAPED_ESCAPE = b"\xdb\xdc", b"\xdb", b"\xdb\xdd"
LONGEST = 1024


def encoded(content: bytes) -> bytes:
    """Return a frame with this content."""
    escaped = content.replace(_ESCAPE, _ESCAPED_ESCAPE).replace(END, _ESCAPED_END)
    return END + escaped + END


def decoded(escaped: bytes) -> bytes | None:
    """Return what was between two ENDs; None when an escape is none."""
    if _ESCAPE not in escaped:
        return escaped
    if escaped.count(_ESCAPE) != escaped.count(_ESCAPED_END) + escaped.count(_ESCAPED_ESCAPE):
        return None
    return escaped.replace(_ESCAPED_END, END).replace(_ESCAPED_ESCAPE, _ESCAPE)


Understand = Callable[[bytes], tuple[str, dict[str, object]] | str]
"""Of a frame's content: its name and values, or why it is refused."""


def reader(understand: Understand) -> Reader:
    """Return a reader of frames."""
    return Reader(look(understand), END)


def look(understand: Understand) -> Look:
    """Return what finds frames in a stream."""

    def found(buffer: bytes) -> Part | None:
        if buffer[:1] != END:
            at = buffer.find(END)
            return Part(at if at > 0 else len(buffer), why="outside a frame")
        begin = len(buffer) - len(buffer.lstrip(END))  # an END may belong to a frame that is over
        end = buffer.find(END, begin)
        if end < 0 or begin == len(buffer):
            return Part(len(buffer), why="too long") if len(buffer) > LONGEST else None
        content = decoded(buffer[begin:end])
        told = "an escape that is none" if content is None else understand(content)
        # Its END may begin the next frame as well.
        return Part(end, why=told) if isinstance(told, str) else Part(end, *told)

    return found
