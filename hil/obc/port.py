"""A serial port: a board on the bench, or anything that pyserial can reach by a URL."""

import contextlib
import errno
import termios
from pathlib import Path

import serial
from serial.tools import list_ports

from hil.errors import LinkError, ObcError
from hil.obc.place import Obc

_SYSFS = Path("/sys/class/tty")
_ADVICE = {
    errno.ENOENT: "it does not exist",
    errno.EACCES: "permission denied: join its group (often `sudo adduser $USER dialout`)",
    errno.EBUSY: "another program has it open",
    errno.EAGAIN: "another program has it open",
    errno.EIO: "it is no serial line, or its other end is gone",
    errno.ENOTTY: "it is no serial line",
}


class PortObc(Obc):
    """Whatever answers on a port, `/dev/ttyACM0`, `socket://host:port` or `rfc2217://host:port`."""

    def __init__(self, port: str, baud: int) -> None:
        """Open `port`; raises LinkError with what is there instead when it cannot be opened."""
        self.name = port
        self.description = f"serial port {port} at {baud} baud"
        self.baud = baud
        self._serial = _open(port, baud)
        self.adapter_s = _adapter_latency_s(self._serial, port)

    def write(self, data: bytes) -> None:
        try:
            self._serial.write(data)
        except (serial.SerialException, OSError) as error:
            raise ObcError(f"port {self.name} is gone: {error}") from error

    def read(self, timeout_s: float) -> bytes:
        try:
            if self._serial.timeout != timeout_s:
                self._serial.timeout = timeout_s
            return bytes(self._serial.read(max(1, self._serial.in_waiting)))
        except (serial.SerialException, OSError, TypeError) as error:
            raise ObcError(f"port {self.name} is gone: {error}") from error

    def reset(self) -> None:
        """Drop what is on its way; HELLO puts the firmware back to its boot state."""
        self._serial.reset_input_buffer()

    def close(self) -> None:
        # A port whose device was pulled out may refuse even to be closed.
        with contextlib.suppress(serial.SerialException, OSError):
            self._serial.close()


def _adapter_latency_s(line: serial.Serial, port: str, sysfs: Path = _SYSFS) -> float:
    """Ask the adapter not to hold bytes back, and return for how long it still may.

    An FTDI adapter waits 16 ms for more bytes unless its latency timer is set to 1 ms.
    """
    with contextlib.suppress(AttributeError, ValueError, OSError):
        line.set_low_latency_mode(True)
    try:
        return int((sysfs / Path(port).name / "device" / "latency_timer").read_text()) / 1e3
    except (OSError, ValueError):
        return 0.0


def _open(port: str, baud: int) -> serial.Serial:
    try:
        line = serial.serial_for_url(
            port, baudrate=baud, timeout=0, exclusive=True, do_not_open=True
        )
    except TypeError:  # the URL handlers know no exclusive access
        line = serial.serial_for_url(port, baudrate=baud, timeout=0, do_not_open=True)
    except (serial.SerialException, ValueError) as error:
        raise LinkError(f"{port} is no port: {error}. {_present()}") from error
    # Raising DTR resets many boards; HELLO resets the firmware without it.
    with contextlib.suppress(AttributeError, ValueError):
        line.dtr = False
    try:
        line.open()
    except (serial.SerialException, OSError, ValueError) as error:
        raise LinkError(f"cannot open port {port}: {_why(error)}. {_present()}") from error
    return line


def _why(error: Exception) -> str:
    number = getattr(error, "errno", None)
    cause = error.__context__
    if number is None and isinstance(cause, termios.error):
        number = cause.args[0]
    return _ADVICE.get(number, str(error)) if number else str(error)


def _present() -> str:
    ports = [f"{port.device} ({port.description})" for port in list_ports.comports()]
    return "Ports here: " + (", ".join(ports) if ports else "none") + " (see `hil ports`)"
