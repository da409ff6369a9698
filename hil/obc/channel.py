"""Devices' own lines to an OBC: octets out and in, never waited for."""

from __future__ import annotations

import sys

assert sys.platform != "win32"  # before what is not there on Windows

import os
import socket
import tty
from collections.abc import Callable, Sequence
from contextlib import suppress

import serial

from hil.errors import LinkError, ObcError, RigError
from hil.obc.place import LineTo

_AT_ONCE = 65_536
USARTS = 8
"""Of the emulated STM32F405."""


class Channel:
    """One line's octets over a file descriptor.

    ``dropped``: octets that the other end did not take; a UART loses them as well.
    """

    def __init__(self, fd: int, name: str) -> None:
        """Take over a descriptor."""
        self.fd, self.name, self.dropped = fd, name, 0
        os.set_blocking(fd, False)

    def read(self) -> bytes:
        """Return what has come, perhaps nothing. Raises LinkError when the line is gone."""
        try:
            return os.read(self.fd, _AT_ONCE)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LinkError(f"line {self.name} is gone: {error.strerror}") from error

    def write(self, data: bytes) -> None:
        """Send octets; what the other end has no room for is dropped and counted."""
        try:
            sent = os.write(self.fd, data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise LinkError(f"line {self.name} is gone: {error.strerror}") from error
        self.dropped += len(data) - sent

    def close(self) -> None:
        """Free the descriptor; safe to call twice."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


class PortChannel(Channel):
    """A line through a serial adapter."""

    def __init__(self, line: LineTo) -> None:
        """Open the adapter's port; raises LinkError when that cannot be, RigError without one."""
        if line.port is None:
            raise RigError(f'[[line]] "{line.name}" names no port: a board is reached by one')
        try:
            self._serial = serial.Serial(
                line.port, line.baud, line.bits, line.parity, line.stop, timeout=0, exclusive=True
            )
        except (serial.SerialException, OSError, ValueError) as error:
            raise LinkError(
                f'[[line]] "{line.name}": cannot open {line.port} at {line.baud} baud: {error} '
                "(see `hil ports`)"
            ) from error
        super().__init__(os.dup(self._serial.fileno()), f"{line.name} ({line.port})")

    def close(self) -> None:
        """Free the port; safe to call twice."""
        super().close()
        self._serial.close()


class Ends:
    """Lines with two local ends: the bench's channels, and those that a program is given.

    Both stay open here until the run is over: what is sent before the program listens is kept, and
    a program that is started anew finds the same lines. far: descriptors, in the lines' order.
    """

    def __init__(self, names: Sequence[str], pair: Callable[[], tuple[int, int]]) -> None:
        """Open a pair of descriptors, (ours, the program's), for each line."""
        self.channels: list[Channel] = []
        self.far: list[int] = []
        for name in names:
            ours, far = pair()
            self.channels.append(Channel(ours, name))
            self.far.append(far)

    def forget(self) -> None:
        """Lose what the program has not read: it ends, as a board does without power."""
        for far in self.far:
            os.set_blocking(far, False)
            with suppress(OSError):
                while os.read(far, _AT_ONCE):
                    pass
            os.set_blocking(far, True)

    def close(self) -> None:
        """Close both ends; safe to call twice."""
        while self.far:
            os.close(self.far.pop())
        for channel in self.channels:
            channel.close()


def pseudo_terminal() -> tuple[int, int]:
    """Return both ends of one that passes every octet on.

    Raises ObcError where the system gives none, as in a chroot without /dev/pts.
    """
    try:
        ours, far = os.openpty()
    except OSError as error:
        raise ObcError(
            f"no pseudo-terminal for the host process: {error.strerror} "
            "(is /dev/pts mounted? library needs none: --obc library)"
        ) from error
    tty.setraw(far)
    return ours, far


def socket_pair() -> tuple[int, int]:
    """Return both ends of one."""
    ours, far = socket.socketpair()
    return ours.detach(), far.detach()


def serial_arguments(lines: Sequence[LineTo], far: Sequence[int], *, wire: bool) -> list[str]:
    """Return the emulator's arguments for lines to USARTs; wire: USART 1 is the bench's own.

    USARTs between those of the lines are given a device that leads nowhere.
    """
    by_usart = {}
    for line, fd in zip(lines, far, strict=True):
        if line.usart is None or not 1 + wire <= line.usart <= USARTS:
            raise RigError(
                f'[[line]] "{line.name}": give usart = {1 + wire} to {USARTS}: the emulated board '
                "is reached by one"
            )
        by_usart[line.usart] = fd
    arguments: list[str] = []
    for usart in range(1 + wire, max(by_usart, default=0) + 1):
        device = "null"
        if usart in by_usart:
            arguments += ["-chardev", f"socket,id=usart{usart},fd={by_usart[usart]}"]
            device = f"chardev:usart{usart}"
        arguments += ["-serial", device]
    return arguments
