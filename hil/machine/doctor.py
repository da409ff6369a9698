"""What this machine lacks for each thing the bench can do, and how to get it."""

import ctypes.util
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.errors import RigError

USES = {
    "posix": "the firmware on this machine, library and posix",
    "qemu": "the emulated board",
    "board": "writing the firmware into a real one",
    "plots": "live plots",
    "network": "tests of boards behind a terminal server",
    "compilers": "tests with every compiler",
    "examples": "tests of the examples for other boards",
}
"""What can be asked for, and what that is."""
REQUIRED = "posix"
"""The use without which the bench does nothing; who wants another one names it."""

_ARDUINO_CORE = "/usr/share/arduino/hardware/arduino/avr/cores/arduino/Arduino.h"
_SIMAVR = "/usr/include/simavr/sim_avr.h"
_MICROPYTHON_BOARD = (
    Path(__file__).parents[2] / "firmware_stubs" / "examples" / "micropython" / "board"
)


_QT_LIBRARIES = (
    *("glib-2.0", "GL", "EGL", "xkbcommon", "fontconfig", "dbus-1"),
    *("xcb-cursor", "xcb-icccm", "xcb-image", "xcb-keysyms", "xcb-render-util", "xcb-shape"),
    *("xcb-xkb", "xkbcommon-x11"),
)
_QT_PACKAGES = (
    *("libglib2.0-0", "libgl1", "libegl1", "libxkbcommon0", "libfontconfig1", "libdbus-1-3"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1"),
    *("libxcb-render-util0", "libxcb-shape0", "libxcb-xkb1", "libxkbcommon-x11-0"),
)


@dataclass(frozen=True)
class Need:
    """One thing a use depends on: how to see it, and the packages or npm folder that bring it."""

    what: str
    uses: tuple[str, ...]
    present: Callable[[], str | None]
    apt: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    npm: Path | None = None


def _program(*names: str) -> Callable[[], str | None]:
    return lambda: next((path for name in names if (path := shutil.which(name))), None)


def _server(name: str) -> Callable[[], str | None]:
    """Look where servers lie, too, which is on the path of root alone."""
    return lambda: shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def _all(*found: Callable[[], str | None]) -> Callable[[], str | None]:
    def present() -> str | None:
        places = [each() for each in found]
        return None if None in places else ", ".join(place for place in places if place)

    return present


def _file(path: str | Path) -> Callable[[], str | None]:
    return lambda: str(path) if Path(path).exists() else None


def _wheels(*names: str) -> Callable[[], str | None]:
    def present() -> str | None:
        missing = [name for name in names if importlib.util.find_spec(name) is None]
        return None if missing else f"wheels {', '.join(names)}"

    return present


def _libraries(*names: str) -> Callable[[], str | None]:
    def present() -> str | None:
        missing = [name for name in names if ctypes.util.find_library(name) is None]
        return None if missing else f"libraries {', '.join(names)}"

    return present


def _host_compiler() -> str | None:
    return _program("cc")() or _wheels("ziglang")()


def _board_compiler() -> str | None:
    return _program("arm-none-eabi-gcc")() or _wheels("ziglang")()


NEEDS = (
    Need("C compiler for the host", ("posix",), _host_compiler, pip=("ziglang",)),
    Need("C compiler for the STM32F405", ("qemu",), _board_compiler, pip=("ziglang",)),
    Need("STM32F405 emulator", ("qemu",), _program("qemu-system-arm"), ("qemu-system-arm",)),
    Need(
        "programmer for the STM32F405",
        ("board",),
        _program("openocd", "st-flash", "dfu-util"),
        ("openocd",),
    ),
    Need(
        "plotting wheels",
        ("plots",),
        _wheels("pyqtgraph", "PySide6", "OpenGL"),
        pip=("pyqtgraph>=0.14", "PySide6-Essentials>=6.11,<6.12", "PyOpenGL>=3.1.7"),
    ),
    Need(
        "Qt's libraries",
        ("plots",),
        _libraries(*_QT_LIBRARIES),
        _QT_PACKAGES,
    ),
    Need("virtual screen", ("plots",), _program("Xvfb"), ("xvfb", "libgl1-mesa-dri")),
    Need("gcc for the host", ("compilers",), _program("gcc"), ("gcc", "libc6-dev")),
    Need("clang for the host", ("compilers",), _program("clang"), ("clang", "libclang-rt-dev")),
    Need(
        "gcc for the STM32F405",
        ("compilers",),
        _program("arm-none-eabi-gcc"),
        ("gcc-arm-none-eabi", "libnewlib-arm-none-eabi"),
    ),
    Need("zig for both", ("compilers",), _wheels("ziglang"), pip=("ziglang",)),
    Need(
        "C compiler and make",
        ("examples",),
        _all(_program("cc"), _program("make")),
        ("gcc", "libc6-dev", "make"),
    ),
    Need(
        "Arduino's compiler and core",
        ("examples",),
        _all(_program("avr-gcc"), _file(_ARDUINO_CORE)),
        ("gcc-avr", "avr-libc", "binutils-avr", "arduino-core-avr"),
    ),
    Need("terminal server", ("network",), _server("ser2net"), ("ser2net",)),
    Need("AVR emulator", ("examples",), _file(_SIMAVR), ("libsimavr-dev",)),
    Need("Node", ("examples",), _all(_program("node"), _program("npm")), ("nodejs", "npm")),
    Need(
        "MicroPython for Node",
        ("examples",),
        _file(_MICROPYTHON_BOARD / "node_modules" / "@micropython"),
        npm=_MICROPYTHON_BOARD,
    ),
)


def needs(uses: Sequence[str]) -> list[Need]:
    """The needs of these uses, or of all when none is named; raises RigError for an unknown use."""
    for use in uses:
        if use not in USES:
            raise RigError(f"hil doctor {use}: expected {', '.join(USES)}")
    return [need for need in NEEDS if not uses or set(uses) & set(need.uses)]


def is_required(need: Need, uses: Sequence[str]) -> bool:
    """Whether a need is one of what was named, or where nothing was, of what none can do without.

    The rest is told of and lacked without harm: who has a board needs no emulator.
    """
    return bool(uses) or REQUIRED in need.uses


def missing(uses: Sequence[str]) -> list[Need]:
    """Those needs that this machine does not meet."""
    return [need for need in needs(uses) if need.present() is None]


def remedy(need: Need) -> str:
    """The command that would bring it."""
    if need.npm:
        return shlex.join(_npm_command(need.npm))
    return shlex.join(_pip_command([need]) if need.pip else ["sudo", *_apt_command([need])])


def install(lacking: Sequence[Need], say: Callable[[str], None]) -> bool:
    """Install what is lacking; false when something could not be, after saying what to do."""
    wheels = [need for need in lacking if need.pip]
    packages = [need for need in lacking if need.apt]
    done = _run(_pip_command(wheels), say) if wheels else True
    if packages:
        done = _install_packages(packages, say) and done
    for need in lacking:
        if need.npm:  # last: Node itself may have come with the packages
            done = _run(_npm_command(need.npm), say) and done
    importlib.invalidate_caches()
    return done


def _install_packages(packages: Sequence[Need], say: Callable[[str], None]) -> bool:
    command = _apt_command(packages)
    if shutil.which("apt-get") is None:
        say(
            f"no apt-get here: install {', '.join(need.what for need in packages)} with this "
            f"system's package manager (on Debian: {shlex.join(command)})"
        )
        return False
    as_root = [] if sys.platform != "win32" and os.geteuid() == 0 else ["sudo"]
    if as_root and shutil.which("sudo") is None:
        say(f"neither root nor sudo: ask an administrator for `{shlex.join(command)}`")
        return False
    return _run([*as_root, "apt-get", "update", "-q"], say) and _run([*as_root, *command], say)


def _pip_command(lacking: Sequence[Need]) -> list[str]:
    wheels = sorted({wheel for need in lacking for wheel in need.pip})
    return [sys.executable, "-m", "pip", "install", *wheels]


def _apt_command(lacking: Sequence[Need]) -> list[str]:
    packages = sorted({package for need in lacking for package in need.apt})
    return ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]


def _npm_command(folder: Path) -> list[str]:
    return ["npm", "ci", "--prefix", str(folder)]


def _run(command: Sequence[str], say: Callable[[str], None]) -> bool:
    say(f"$ {shlex.join(command)}")
    try:
        return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0
    except FileNotFoundError:
        say(f"{command[0]} is not installed")
        return False
