"""What went over a line, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from hil.lines.build import Tables, places, protocol_of
from hil.lines.model import Line
from hil.protocols.registry import protocols
from hil.protocols.stream import Heard
from hil.telemetry.decoder import Decoder, decoder_of

_SHOWN = 24


class _Reads(Protocol):
    """What makes messages of octets."""

    def read(self, data: bytes) -> Iterable[Heard]: ...
    def rest(self) -> Iterable[Heard]: ...


Readers = dict[bool, list[tuple[str, _Reads]]]


class _Decoding:
    """A decoder of telemetry as a reader of messages; what it refuses is a message without name."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder, self._refused = decoder, 0

    def read(self, data: bytes) -> Iterator[Heard]:
        for message in self._decoder.read(data):
            yield Heard(b"", "packet", message)
        refused = int(getattr(self._decoder, "refused", 0))
        if refused > self._refused:
            self._refused = refused
            yield Heard(data, "", {}, str(getattr(self._decoder, "why", "")) or "is no packet")

    def rest(self) -> Iterator[Heard]:
        """Nothing: a decoder does not tell what it keeps."""
        yield from ()


class Said(NamedTuple):
    """A message, or octets that are none, and when its last octet was there."""

    time_ns: int
    from_obc: bool
    protocol: str
    heard: Heard

    def __str__(self) -> str:
        way = "OBC >" if self.from_obc else "> OBC"
        heard = self.heard
        if heard.name:
            words = f"{heard.name}  {_values(heard.values)}".rstrip()
        else:
            words = f"? {heard.why}: {_octets(heard.data)}"
        return f"{1e-9 * self.time_ns:12.6f} s  {way}  {self.protocol}  {words}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as values that JSON has."""
        return {
            "time_s": 1e-9 * self.time_ns,
            "from_obc": self.from_obc,
            "protocol": self.protocol,
            "message": self.heard.name or None,
            "values": dict(self.heard.values),
            "why_none": self.heard.why or None,
            "octets": self.heard.data.hex(),
        }


class Sniffer:
    """Reads both directions of a line by the protocols of the devices on it.

    Of a line with telemetry it reads what the OBC says by the decoder that the rig names.
    """

    def __init__(self, line: Line, tables: Tables, rig: Path | None = None) -> None:
        """rig: its file, beside which a telemetry's description lies.

        Raises RigError for a decoder that cannot be used.
        """
        if line.telemetry is not None:
            decoder = decoder_of(line.telemetry, rig or Path(), line.name)
            self._readers: Readers = {False: [], True: [("telemetry", _Decoding(decoder))]}
            return
        where = places(tables)
        names = []
        for each in line.device:
            place = where[each.device]
            names.append(protocol_of(each, tables[place.heading][place.number]) or "")
        self._readers = {
            from_obc: [
                (name, known.to_device() if from_obc else known.from_device())
                for name, known in ((name, protocols()[name]) for name in dict.fromkeys(names))
            ]
            for from_obc in (False, True)
        }

    def read(self, time_ns: int, data: bytes, *, from_obc: bool) -> Iterator[Said]:
        """Yield what is complete with these octets; where protocols are mixed, no noise."""
        readers = self._readers[from_obc]
        for name, reader in readers:
            for heard in reader.read(data):
                if heard.name or len(readers) == 1:
                    yield Said(time_ns, from_obc, name, heard)

    def rest(self, time_ns: int) -> Iterator[Said]:
        """Yield the octets of which no message has come."""
        for from_obc, readers in self._readers.items():
            for name, reader in readers if len(readers) == 1 else ():
                yield from (Said(time_ns, from_obc, name, heard) for heard in reader.rest())


def said_in(
    traffic: Iterable[tuple[int, int, bool, bytes]], number: int, sniffer: Sniffer
) -> Iterator[Said]:
    """Yield what a recording's octets say of one line, by its number in the rig."""
    time_ns = 0
    for time_ns, which, from_obc, data in traffic:
        if which == number:
            yield from sniffer.read(time_ns, data, from_obc=from_obc)
    yield from sniffer.rest(time_ns)


def _values(values: Mapping[str, Any]) -> str:
    return "  ".join(f"{key} {_shown(value)}" for key, value in values.items())


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return _octets(value) or "-"
    if isinstance(value, float):
        return f"{value:.7g}"
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_shown, value))})"
    return str(value)


def _octets(data: bytes) -> str:
    more = f" and {len(data) - _SHOWN} more" if len(data) > _SHOWN else ""
    return data[:_SHOWN].hex(" ") + more
