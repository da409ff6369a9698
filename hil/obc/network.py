"""A serial line behind a TCP port: octets as they are (a terminal server's raw form), or Telnet."""

from __future__ import annotations

import select
import socket
import time
from typing import Any
from urllib.parse import urlsplit

from serial import rfc2217

from hil.errors import LinkError, RigError

CONNECT_S = 5.0
_READ_SIZE = 65_536
_IAC = 0xFF  # RFC 854: "interpret as command"
_NEGOTIATIONS = range(251, 255)  # WILL, WON'T, DO, DON'T


def host_and_port(url: str) -> tuple[str, int]:
    """Return the two of ``scheme://host:port``; raises RigError when one is missing."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # a port that is not a number, or none that can be
        host = port = None
    if not host or port is None:
        scheme = url.partition("://")[0]
        raise RigError(f"--obc {url}: name a host and a port: {scheme}://host:port")
    return host, port


class SocketLine:
    """An open TCP connection to a serial line, with the few calls of a serial port that are used.

    Raises OSError when the other end is gone, LinkError when it speaks Telnet: then every 0xFF on
    the line would be taken for a command.
    """

    timeout: float | None = 0.0

    def __init__(self, url: str) -> None:
        """Connect; raises OSError when nobody listens within CONNECT_S."""
        self._url = url
        self._socket = socket.create_connection(host_and_port(url), CONNECT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._heard = False

    def read(self) -> bytes:
        """Return all that has arrived; nothing after `timeout` seconds of silence."""
        ready, _, _ = select.select([self._socket], [], [], self.timeout)
        if not ready:
            return b""
        data = self._socket.recv(_READ_SIZE)
        if not data:
            raise ConnectionResetError("the other end closed the connection")
        if not self._heard:
            self._refuse_telnet(data)
        return data

    def write(self, data: bytes, timeout_s: float) -> None:
        """Send all; raises TimeoutError when the other end does not take it in time."""
        if _sent(self._socket, data, timeout_s) < len(data):
            raise TimeoutError

    def close(self) -> None:
        """End the connection; safe to call twice."""
        self._socket.close()

    def _refuse_telnet(self, data: bytes) -> None:
        self._heard = True
        if len(data) >= 3 and data[0] == _IAC and data[1] in _NEGOTIATIONS:
            other = self._url.replace("socket://", "rfc2217://")
            raise LinkError(
                f"{self._url}: the other end speaks Telnet: use {other}, or set the server to raw"
            )


class Rfc2217Line(rfc2217.Serial):  # type: ignore[misc]  # pyserial has no types
    """pyserial's client of a terminal server, whose writes end in time.

    Its own write waits for as long as the other end takes nothing.
    """

    _cut_pair = b""

    def write(self, data: bytes, timeout_s: float = CONNECT_S) -> int:
        """Send all; raises TimeoutError when the other end does not take it in time.

        Raises OSError when the other end is gone.
        """
        octets = self._cut_pair + data.replace(b"\xff", b"\xff\xff")
        with self._write_lock:
            connection: Any = self._socket
            if connection is None:
                raise ConnectionResetError("the connection is closed")
            sent = _sent(connection, octets, timeout_s)
        self._cut_pair = _half_pair(self._cut_pair, octets[:sent])
        if sent < len(octets):
            raise TimeoutError
        return len(data)


def _half_pair(before: bytes, sent: bytes) -> bytes:
    """Return 0xFF where a doubled one was cut in two: it would make a command of what follows."""
    run = len(sent) - len(sent.rstrip(b"\xff"))
    if run == len(sent):
        run += len(before)
    return b"\xff" * (run % 2)


def _sent(connection: socket.socket, data: bytes, timeout_s: float) -> int:
    """Send as much as the other end takes in so long; return how many octets that is."""
    until_s, sent = time.monotonic() + timeout_s, 0
    while sent < len(data):
        left_s = until_s - time.monotonic()
        _, ready, _ = select.select([], [connection], [], max(0.0, left_s))
        if not ready:
            break
        sent += connection.send(data[sent : sent + _READ_SIZE])
    return sent
