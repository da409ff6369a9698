"""Writes the firmware into the board with whichever programmer there is, and explains failures."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.errors import ObcError, RigError

_FLASH_ADDRESS = "0x08000000"
_LAST_LINES = 8
_USB = Path("/sys/bus/usb/devices")

_NO_PROBE = (
    "no ST-LINK is plugged in: look at its USB cable (`lsusb -d 0483:` shows it), and give the "
    "device to this virtual machine or container if it is one"
)
_NO_PERMISSION = (
    "this user may not open the device: install the programmer's udev rules (Debian's package "
    "{package} brings them), run `sudo udevadm control --reload && sudo udevadm trigger`, plug it "
    "in anew"
)
_NO_TARGET = (
    "the ST-LINK sees no STM32: is the board powered, are SWDIO, SWCLK and GND connected, is it "
    "not held in reset? Firmware that switches SWD off needs NRST connected too, or its reset "
    "button held while this starts"
)
_BUSY = "another program has the device: end the debugger or the other programmer, then try again"
_PROTECTED = (
    "the flash is protected against writing: `openocd -f interface/stlink.cfg -f "
    'target/stm32f4x.cfg -c "init; reset halt; stm32f2x unlock 0; reset halt; exit"` lifts it and '
    "erases all; then switch the board off and on"
)
_NO_DFU = (
    "no STM32 in DFU mode is plugged in: set BOOT0 high (jumper or button), reset the board, and "
    "use the USB connector of the STM32 itself, not that of an ST-LINK"
)
_BOOT_AGAIN = "the STM32's boot loader was disturbed: reset the board with BOOT0 high and try again"


@dataclass(frozen=True)
class Programmer:
    """A program that writes flash: how it is called, and what its usual messages mean.

    package: Debian's. usb: the devices that it works with, vendor:product, as prefixes. causes:
    regular expressions of its output, the first that is found tells. done: what it says when all
    is written, whatever its exit status.
    """

    name: str
    package: str
    usb: tuple[str, ...]
    arguments: Callable[[Path], Sequence[str]]
    causes: tuple[tuple[str, str], ...]
    done: str | None = None


def _openocd_arguments(elf: Path) -> list[str]:
    # Tcl takes what stands in braces as it is.
    program = f"program {{{elf}}} verify reset exit"
    return ["-f", "interface/stlink.cfg", "-f", "target/stm32f4x.cfg", "-c", program]


def _st_flash_arguments(elf: Path) -> list[str]:
    return ["--connect-under-reset", "--reset", "write", str(_image(elf)), _FLASH_ADDRESS]


def _dfu_util_arguments(elf: Path) -> list[str]:
    leave = f"{_FLASH_ADDRESS}:leave"
    return ["-d", "0483:df11", "-a", "0", "-s", leave, "-D", str(_image(elf))]


_ST_LINK = ("0483:374", "0483:375")
PROGRAMMERS = (
    Programmer(
        "openocd",
        "openocd",
        _ST_LINK,
        _openocd_arguments,
        (
            (r"LIBUSB_ERROR_ACCESS", _NO_PERMISSION),
            (r"LIBUSB_ERROR_BUSY", _BUSY),
            (r"device protected|write protected", _PROTECTED),
            (
                r"unable to connect to the target|invalid mode value|voltage may be too low",
                _NO_TARGET,
            ),
            (r"timed out while waiting for target halted", _NO_TARGET),
            (r"open failed|unable to find a matching .*device", _NO_PROBE),
            (r"Can't find interface/stlink.cfg", "OpenOCD's scripts are missing: install it anew"),
        ),
    ),
    Programmer(
        "st-flash",
        "stlink-tools",
        _ST_LINK,
        _st_flash_arguments,
        (
            (r"LIBUSB_ERROR_ACCESS|access error|opening ST-Link", _NO_PERMISSION),
            (r"LIBUSB_ERROR_BUSY", _BUSY),
            (r"(?i)couldn't find any st-link", _NO_PROBE),
            (r"(?i)write protect", _PROTECTED),
            (
                r"(?i)failed to enter swd mode|unknown chip id|(failed to|can ?not) connect",
                _NO_TARGET,
            ),
        ),
    ),
    Programmer(
        "dfu-util",
        "dfu-util",
        ("0483:df11",),
        _dfu_util_arguments,
        (
            (r"LIBUSB_ERROR_ACCESS|Cannot open DFU device", _NO_PERMISSION),
            (r"No DFU capable USB device", _NO_DFU),
            (r"errVENDOR|[Pp]rotected|special command .(ERASE_PAGE|READ_UNPROTECT)", _PROTECTED),
            (r"dfuERROR|Error during (download|special command)", _BOOT_AGAIN),
        ),
        done="File downloaded successfully",  # starting the firmware ends the USB connection
    ),
)


def programmer(
    name: str | None = None, usb: Path | None = None, suitable: Sequence[str] = ()
) -> Programmer:
    """The programmer called `name`, or the first one installed whose device is plugged in.

    suitable: those that a board takes, the best first; else all. When no device is seen, the first
    one installed: it will say so itself. Raises RigError, naming the packages, when there is none.
    """
    known = {each.name: each for each in PROGRAMMERS}
    if name is not None and name not in known:
        raise RigError(f"hil firmware flash --with {name}: expected {', '.join(known)}")
    wanted = [known[each] for each in ([name] if name else suitable or known)]
    installed = [each for each in wanted if shutil.which(each.name)]
    if not installed:
        packages = ", ".join(f"{each.package} (for {each.name})" for each in wanted)
        raise RigError(f"no programmer is installed: `sudo apt install` one of {packages}")
    plugged = _plugged(usb or _USB)
    fitting = [each for each in installed if any(device.startswith(each.usb) for device in plugged)]
    return (fitting or installed)[0]


def _plugged(usb: Path) -> list[str]:
    """The USB devices of this machine as vendor:product; none where the system does not tell."""
    return [
        f"{vendor.read_text().strip()}:{(vendor.parent / 'idProduct').read_text().strip()}"
        for vendor in usb.glob("*/idVendor")
    ]


def flash(elf: Path, tool: Programmer, say: Callable[[str], None]) -> None:
    """Write `elf` into the board with `tool`; its command and all its output go to `say`.

    Raises RigError when a file is missing, ObcError with the cause and the cure when it fails.
    """
    if not elf.is_file():
        raise RigError(f"{elf}: no such file")
    command = [tool.name, *tool.arguments(elf.resolve())]
    say(f"$ {shlex.join(command)}")
    status, lines = _run(command, say)
    said = "\n".join(lines)
    if status == 0 or (tool.done is not None and tool.done in said):
        return
    raise ObcError(f"{tool.name} could not flash the board: {_cause(tool, said, status)}")


def _run(command: Sequence[str], say: Callable[[str], None]) -> tuple[int, list[str]]:
    lines = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            say(lines[-1])
    return process.returncode, lines


def _cause(tool: Programmer, said: str, status: int) -> str:
    for pattern, cause in tool.causes:
        if re.search(pattern, said):
            return cause.format(package=tool.package)
    last = " | ".join(said.splitlines()[-_LAST_LINES:]) or "it said nothing"
    return f"exit status {status}: {last}"


def _image(elf: Path) -> Path:
    """The raw image beside an ELF file, which the build makes too."""
    image = elf.with_suffix(".bin")
    if not image.is_file():
        raise RigError(f"{image}: no such file; make it with `objcopy -O binary {elf} {image}`")
    return image
