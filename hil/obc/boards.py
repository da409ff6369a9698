"""Boards whose devices' lines are serial adapters, one each."""

from __future__ import annotations

import sys

assert sys.platform != "win32"  # before what is not there on Windows

from collections.abc import Sequence
from types import TracebackType

from hil.errors import RigError
from hil.obc.channel import Channel, PortChannel
from hil.obc.place import LineTo, Obc
from hil.obc.port import PortObc


def _opened(lines: Sequence[LineTo]) -> list[PortChannel]:
    channels: list[PortChannel] = []
    try:
        for line in lines:
            channels.append(PortChannel(line))
    except BaseException:
        _close(channels)
        raise
    return channels


def _close(channels: Sequence[Channel]) -> None:
    for channel in channels:
        channel.close()


class BoardObc(Obc):
    """A board that knows no bench: only devices' lines lead to it."""

    name = "ports"

    def __init__(self, lines: Sequence[LineTo], *, wire: bool) -> None:
        """Open all ports; raises LinkError for one that cannot be opened."""
        if wire:
            raise RigError(
                "--obc ports is for a rig with [obc] wire = false: give the port of the bench's "
                "own line"
            )
        self.channels = _opened(lines)
        self.description = f"a board on {', '.join(str(line.port) for line in lines)}"

    def write(self, data: bytes, deadline_s: float) -> bool:
        raise NotImplementedError("there is no line to the bench")

    def read(self, deadline_s: float) -> bytes:
        raise NotImplementedError("there is no line to the bench")

    def close(self) -> None:
        _close(self.channels)


class WiredBoardObc(PortObc):
    """A board with the bench's own line and devices' lines beside it."""

    def __init__(self, port: str, baud: int, lines: Sequence[LineTo], *, wire: bool) -> None:
        """Open all ports; raises LinkError for one that cannot be opened."""
        if not wire:
            raise RigError(
                f"the rig has no line of the bench's own ([obc] wire = false), and --obc {port} "
                f"would be one: give --obc ports"
            )
        super().__init__(port, baud)
        try:
            self.channels = _opened(lines)
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _close(self.channels)
        super().__exit__(kind, error, trace)
