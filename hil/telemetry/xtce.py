"""Space Packets on a line, read by an XTCE file (CCSDS 660.0-B) and space_packet_parser."""

from __future__ import annotations

import binascii
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hil.errors import RigError, visible
from hil.protocols.stream import Part, Reader, synced

_HEADER = 6  # CCSDS 133.0-B-2, 4.1.3
_INITIAL = 0xFFFF  # CCSDS 732.0-B, the frame error control, which packets use as well


class XtceDecoder:
    """Finds packets by the length in their headers, and reads each by the file.

    refused: how often there was something else. why: what was wrong with the last of it.
    """

    def __init__(self, path: Path, where: str, sync: bytes, *, crc16: bool) -> None:
        """where: what a message names. Raises RigError for a file that is none, or missing."""
        self._name, self._crc16, self._sync = path.name, crc16, sync
        self._definition = _definition(path, where)
        self.parameters: tuple[str, ...] = tuple(self._definition.parameters)
        self._reader = Reader(synced(sync, self._packet) if sync else self._packet)
        self.why = ""

    @property
    def refused(self) -> int:
        """How often there was something that is no packet of the file."""
        return self._reader.refused

    def read(self, data: bytes) -> list[Mapping[str, object]]:
        """Return the packets that are complete now, each as its parameters by name."""
        found = []
        for heard in self._reader.read(data):
            if heard.name:
                found.append(heard.values)
            else:
                self.why = heard.why
        return found

    def _packet(self, buffer: bytes) -> Part | None:
        start = len(self._sync)
        if len(buffer) < start + _HEADER:
            return None
        length = _HEADER + 1 + int.from_bytes(buffer[start + 4 : start + 6], "big")
        if buffer[start] >> 5:
            return Part(1, why="no Space Packet: its version is not 0")
        end = start + length
        if len(buffer) < end:
            return None
        packet = buffer[start:end]
        if self._crc16 and binascii.crc_hqx(packet, _INITIAL):
            return Part(1, why=f"a packet of {length} octets has a wrong checksum")
        read = self._read(packet)
        # With a marker or a checksum it was a packet, of whatever kind: the next one follows it.
        octets = end if self._sync or self._crc16 else 1
        return Part(octets, why=read) if isinstance(read, str) else Part(end, "packet", read)

    def _read(self, packet: bytes) -> dict[str, Any] | str:
        apid = int.from_bytes(packet[:2], "big") & 0x7FF
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                return dict(self._definition.parse_bytes(packet))
        except Exception as error:  # a file of anybody's meets octets of anybody's
            said = str(error).partition(". ")[0].replace("\n", " ")
            return (
                f"{self._name} does not describe a packet of APID {apid} and {len(packet)} octets: "
                f"{said}"
            )


def _definition(path: Path, where: str) -> Any:
    try:
        from space_packet_parser.xtce.definitions import XtcePacketDefinition
    except ImportError:
        raise RigError(
            f"{where}: xtce needs space_packet_parser: pip install 'hil[telemetry]'"
        ) from None
    if not path.is_file():
        raise RigError(f"{where}: xtce = {path}: no such file")
    try:
        return XtcePacketDefinition.from_xtce(path)
    except Exception as error:  # whatever is in the file
        said = visible(str(error).replace("\n", " "))
        raise RigError(f"{where}: xtce = {path}: is no XTCE that can be read: {said}") from None
