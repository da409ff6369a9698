"""A serial port: a board on the bench, or anything that pyserial can reach by a URL."""

import contextlib
import errno
import time
from typing import Any

import serial

from hil.errors import LinkError
from hil.machine.ports import Port, holders, latency_s, listens_to_dtr, may_open, ports, same_device
from hil.obc.network import Rfc2217Line, SocketLine, host_and_port
from hil.obc.place import LineGoneError, Obc

_SHORTEST_S = 1e-3  # pyserial takes no time at all for leave to write a part
_HANG_UP = ("readiness to read", "Input/output error", "No such device")
"""What pyserial and the system say of a port whose device is gone."""
_RAW, _RFC2217 = "socket://", "rfc2217://"
_BUSY = "another program has it open"
_ADVICE = {
    errno.ENOENT: "it does not exist",
    errno.EBUSY: _BUSY,
    errno.EAGAIN: _BUSY,
    errno.EIO: "it is no serial line, or its other end is gone",
    errno.ENOTTY: "it is no serial line",
}


class PortObc(Obc):
    """Whatever answers on a port, `/dev/ttyACM0`, `socket://host:port` or `rfc2217://host:port`.

    Opening lets a board run. Boards with USB of their own say nothing until DTR tells them that
    somebody listens; behind an adapter DTR and RTS may lead to the board's reset, so both are let
    go. Many systems pulse both while they open a port, which resets some boards once: HELLO is
    repeated until such a board has started.
    """

    may_be_booting = True

    def __init__(self, port: str, baud: int) -> None:
        """Open `port`; raises LinkError with what is there instead when it cannot be opened."""
        self.name = port
        self.description = f"serial port {port} at {baud} baud"
        self.baud = baud
        self._serial = _open(port, baud)
        self._device = same_device(port)
        self.adapter_s = latency_s(port)

    def write(self, data: bytes, deadline_s: float) -> bool:
        left_s = max(_SHORTEST_S, deadline_s - time.monotonic())
        try:
            if isinstance(self._serial, SocketLine | Rfc2217Line):
                self._serial.write(data, left_s)
            else:  # the public setter sets up the whole port anew
                self._serial._write_timeout = left_s
                self._serial.write(data)
        except (serial.SerialTimeoutException, TimeoutError):
            return False
        except (serial.SerialException, OSError) as error:
            raise self._gone(error) from error
        return True

    def read(self, deadline_s: float) -> bytes:
        left_s = max(0.0, deadline_s - time.monotonic())
        try:
            if isinstance(self._serial, SocketLine):
                self._serial.timeout = left_s
                return self._serial.read()
            self._serial._timeout = left_s
            return bytes(self._serial.read(max(1, self._serial.in_waiting)))
        except (serial.SerialException, OSError, TypeError) as error:
            raise self._gone(error) from error

    def _gone(self, error: Exception) -> LineGoneError:
        # While it is held open the system would give its name to no other, not even to itself.
        self.close()
        hung_up = any(word in str(error) for word in _HANG_UP)
        why = "its cable was pulled, or it lost its power" if hung_up else error
        return LineGoneError(f"port {self.name} is gone: {why}")

    def debug(self) -> str:
        """Return what to do: a board is stopped by a probe of its own."""
        return "the debugger of your probe, as `openocd -f board.cfg` and its gdb"

    def reopen(self) -> bool:
        """Open it again, under the name that the system gives the same device now."""
        self.close()
        port = self._device() or self.name
        try:
            self._serial = _open(port, self.baud or 0)
        except LinkError:
            return False
        self.adapter_s = latency_s(port)
        return True

    def close(self) -> None:
        # A port whose device was pulled out may refuse even to be closed.
        with contextlib.suppress(serial.SerialException, OSError):
            self._serial.close()


def _open(port: str, baud: int) -> Any:
    if port.startswith((_RAW, _RFC2217)):
        host_and_port(port)
    if port.startswith(_RAW):
        return _connected(port)
    line = _closed_line(port, baud)
    listens = listens_to_dtr(port)
    with contextlib.suppress(AttributeError, ValueError):
        line.dtr = line.rts = listens
    try:
        line.open()
    except (serial.SerialException, OSError, ValueError) as error:
        raise LinkError(f"cannot open port {port}: {_why(error, port)}. {_present()}") from error
    # An FTDI adapter waits 16 ms for more bytes unless it is told not to.
    with contextlib.suppress(AttributeError, ValueError, OSError):
        line.set_low_latency_mode(True)
    return line


def _connected(url: str) -> SocketLine:
    try:
        return SocketLine(url)
    except OSError as error:
        raise LinkError(f"cannot open port {url}: {error.strerror or error}") from error


def _closed_line(port: str, baud: int) -> serial.Serial:
    if port.startswith(_RFC2217):
        return _closed_telnet(port, baud)
    settings: dict[str, Any] = {"baudrate": baud, "timeout": 0, "do_not_open": True}
    settings["write_timeout"] = _SHORTEST_S
    try:
        return serial.serial_for_url(port, exclusive=True, **settings)
    except TypeError:  # the URL handlers know no exclusive access
        return serial.serial_for_url(port, **settings)
    except (serial.SerialException, ValueError) as error:
        raise LinkError(f"{port} is not a port: {error}. {_present()}") from error


def _closed_telnet(url: str, baud: int) -> Rfc2217Line:
    line = Rfc2217Line(None, baudrate=baud, timeout=0)
    line.port = _lenient(url)
    return line


def _lenient(url: str) -> str:
    """Return an rfc2217:// URL that does without an answer about DTR and RTS: many give none."""
    option = "ign_set_control"
    return url if option in url else f"{url}{'&' if '?' in url else '?'}{option}"


def _why(error: Exception, port: str) -> str:
    number = getattr(error, "errno", None)
    cause = error.__context__
    if number is None and type(cause).__module__ == "termios" and cause is not None:
        number = cause.args[0]
    if number == errno.EACCES:
        return may_open(port)
    advice = _ADVICE.get(number, str(error)) if number else str(error)
    return f"{advice}{holders(port)}" if advice is _BUSY else advice


def _present() -> str:
    found = ", ".join(map(_in_short, ports()))
    return f"Ports here: {found or 'none'} (see `hil ports`)"


def _in_short(port: Port) -> str:
    return f"{port.device} ({port.kind or port.description})"
