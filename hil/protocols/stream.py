"""Messages in a stream of octets, however it is cut into pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

LONGEST = 8192
"""No message of any protocol is longer; what waits for its end beyond that is noise."""


class Part(NamedTuple):
    """What the beginning of a stream is: so many octets that are a message, or are noise.

    why: it is noise, and why. With neither name nor why it is passed over, as an empty line is.
    """

    octets: int
    name: str = ""
    values: Mapping[str, Any] = {}
    why: str = ""


class Heard(NamedTuple):
    """A message, or octets that are none: those have no name, and ``why`` says it."""

    data: bytes
    name: str
    values: Mapping[str, Any]
    why: str = ""


_made = tuple.__new__  # of a Heard, in half the time that its own takes

Look = Callable[[bytes], Part | None]
"""What the beginning of a stream is; None when more octets are needed to tell.

What is told of a stream's beginning must not change when more octets follow, save for noise, which
may grow.
"""


class Reader:
    """Finds messages by a Look; refused: how often there was something that is not a message.

    closing: an octet that ends a message and may begin the next one as well.
    """

    def __init__(self, look: Look, closing: bytes = b"") -> None:
        self._look, self._closing = look, closing
        self._buffer = b""
        self._noise = bytearray()
        self._why = ""
        self.refused = 0

    def read(self, data: bytes) -> list[Heard]:
        """Return the messages that are complete now, with the noise before each."""
        heard: list[Heard] = []
        buffer = self._buffer + data
        while buffer:
            part = self._look(buffer)
            if part is None:
                if len(buffer) <= LONGEST:
                    break
                part = Part(1, why="it does not end")
            piece, buffer = buffer[: part.octets], buffer[part.octets :]
            if part.why:
                heard += self._add_noise(piece, part.why)
            elif part.name:
                if self._noise:
                    heard += self.rest()
                heard.append(_made(Heard, (piece, part.name, part.values, "")))
        self._buffer = buffer
        return heard

    def cut_up(self, data: bytes) -> tuple[list[bytes], bytes]:
        """Return messages and the noise between them as they are, and what is not complete yet.

        Octets that are passed over go with what follows them.
        """
        pieces: list[bytes] = []
        noisy, at = False, 0
        while at < len(data) and (part := self._look(data[at:])) is not None:
            at += part.octets
            if part.name or part.why:
                piece, data, at = data[:at], data[at:], 0
                if noisy and part.why:
                    pieces[-1] += piece
                else:
                    pieces.append(piece)
                noisy = bool(part.why)
        if pieces and data and not data.strip(self._closing):
            pieces[-1], data = pieces[-1] + data, b""
        return pieces, data

    def _add_noise(self, piece: bytes, why: str) -> list[Heard]:
        """Keep noise until a message follows; return it in pieces where none does for long."""
        if not self._noise:
            self._why = why
        self._noise += piece
        told = []
        while len(self._noise) > LONGEST:
            told += self._told(LONGEST)
            self._why = why
        return told

    def rest(self) -> list[Heard]:
        """Return the noise so far, of which no message has followed yet."""
        return self._told(len(self._noise))

    def _told(self, octets: int) -> list[Heard]:
        noise, self._noise = bytes(self._noise[:octets]), self._noise[octets:]
        if not noise:
            return []
        self.refused += 1
        return [Heard(noise, "", {}, self._why)]


def synced(sync: bytes, at: Callable[[bytes], Part | None]) -> Look:
    """Return a Look for messages that begin with ``sync``; at: of what begins with it."""

    def found(buffer: bytes) -> Part | None:
        if buffer.startswith(sync):
            return at(buffer)
        if sync.startswith(buffer):
            return None
        begin = buffer.find(sync, 1)
        if begin > 0:
            return Part(begin, why="no message")
        held = next(n for n in range(len(sync) - 1, -1, -1) if buffer.endswith(sync[:n]))
        return Part(len(buffer) - held, why="no message")

    return found


def lines(understand: Callable[[bytes], tuple[str, Mapping[str, Any]] | str], ends: bytes) -> Look:
    """Return a Look for lines of text, each up to one of the octets ``ends``.

    understand: of a line without its end, its name and values, or why it is none.
    """
    longest = 512

    def found(buffer: bytes) -> Part | None:
        end = next((at for at, octet in enumerate(buffer) if octet in ends), None)
        if end is None:
            return Part(len(buffer), why="no line") if len(buffer) > longest else None
        if end == 0:
            return Part(1)
        told = understand(buffer[:end])
        return Part(end + 1, why=told) if isinstance(told, str) else Part(end + 1, *told)

    return found
