"""Builds the firmware: CMake does it, this decides with which compiler and where the result lies.

A build lives in a folder named by the hash of its sources and tools, so an edited source is never
run from an old build, and a second run builds nothing.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hil.errors import ObcError, RigError
from hil.machine.cache import cache_folder, is_spare
from hil.machine.locks import locked

HOST, BOARD = "host", "stm32f405"
ARTIFACTS = {
    "library": (HOST, "libhil_obc.so"),
    "posix": (HOST, "obc-posix"),
    "qemu": (BOARD, "obc-usart.elf"),
    "qemu-fast": (BOARD, "obc-semihosting.elf"),
}
"""What the firmware's own CMake makes, by the place that it is for: the build and its file."""
DRIVERS = {"posix": (HOST, "obc-drivers"), "qemu": (BOARD, "obc-drivers.elf")}
"""As ARTIFACTS, of the flight software on devices' own lines."""
_USUAL = {HOST: ("cc", "zig"), BOARD: ("arm-none-eabi-gcc", "zig")}

_COMPLETE = "complete"  # names the files that the build made, with their SHA-256
_UNUSED_DAYS = 14.0
_NOT_BUILT = {"build", "examples"}
_CRASHED = re.compile("frontend command failed|signal terminated program|internal compiler error")
"""What clang, gcc and both say when they did not end by themselves."""
_SOURCE_SUFFIXES = {".c", ".h", ".ld", ".cmake", ".txt", ".in", ".s", ".S"}


@dataclass(frozen=True)
class Compiler:
    """A C compiler for one of the two targets, as CMake is to be told of it."""

    name: str
    target: str
    cmake_options: tuple[str, ...]
    version: str


def sources() -> Path:
    """The firmware's folder, in a checkout or inside the installed package."""
    package = Path(__file__).parents[1]
    for folder in (package.parent / "firmware_stubs", package / "_firmware"):
        if (folder / "CMakeLists.txt").is_file():
            return folder
    raise ObcError(f"the firmware's sources are neither beside nor in {package}: reinstall hil")


def compiler(target: str, name: str | None = None) -> Compiler:
    """The compiler called `name` (cc, gcc, clang, arm-none-eabi-gcc, zig), or the first there is.

    Raises RigError for one that builds for the other target, ObcError, naming what to install, when
    there is none.
    """
    if name:
        _refuse_for_the_other(target, name)
    usual = (name,) if name else _USUAL[target]
    for candidate in usual:
        version = _version(candidate)
        if version is not None:
            return Compiler(candidate, target, _options(target, candidate), version)
    wanted = " or ".join(usual)
    raise ObcError(
        f"no C compiler for the {target} firmware ({wanted} not found): run "
        "`hil doctor --install`, or install the ziglang wheel with `pip install ziglang`"
    )


def _refuse_for_the_other(target: str, name: str) -> None:
    """Raise RigError for a compiler for boards where the host's is wanted, and the other way."""
    for_board = Path(name).name.startswith("arm-none-eabi")
    if name == "zig" or for_board == (target == BOARD):
        return
    places = {each: [p for p, (made, _) in ARTIFACTS.items() if made == each] for each in _USUAL}
    theirs, wanted = (BOARD, HOST) if for_board else (HOST, BOARD)
    raise RigError(
        f"--compiler {name} builds for {' and '.join(places[theirs])}, not for "
        f"{' and '.join(places[wanted])}: use {' or '.join(_USUAL[wanted])}"
    )


def _version(name: str) -> str | None:
    if name == "zig":
        if importlib.util.find_spec("ziglang") is None:
            return None
        command = [sys.executable, "-m", "ziglang", "version"]
    elif (found := shutil.which(name)) is not None:
        command = [found, "-dumpfullversion", "-dumpversion"]
    else:
        return None
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _options(target: str, name: str) -> tuple[str, ...]:
    toolchains = sources() / "cmake"
    if target == BOARD:
        file = toolchains / f"{'zig' if name == 'zig' else 'arm-none-eabi'}-stm32f405.cmake"
        options = (f"-DCMAKE_TOOLCHAIN_FILE={file}",)
    elif name == "zig":
        options = (f"-DCMAKE_TOOLCHAIN_FILE={toolchains / 'zig-host.cmake'}",)
    else:
        return (f"-DCMAKE_C_COMPILER={name}",)
    return (*options, f"-DHIL_PYTHON={sys.executable}") if name == "zig" else options


def build(
    place: str,
    compiler_name: str | None = None,
    *,
    drivers: bool = False,
    options: tuple[str, ...] = (),
) -> Path:
    """The file that `place` runs, built now unless this very build exists.

    drivers: that of the flight software on devices' own lines. options: what CMake is told of the
    board. Raises ObcError with the compiler's words when the build fails.
    """
    target, artifact = (DRIVERS if drivers else ARTIFACTS)[place]
    tool = compiler(target, compiler_name)
    tool = replace(tool, cmake_options=(*tool.cmake_options, *options))
    folder = build_folder(tool)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder.with_suffix(".lock")):  # two benches started at once build once
        if not _is_whole(folder):
            _run_cmake(tool, folder)
            (folder / _COMPLETE).write_text(_digests(folder, target))
            _remove_unused(folder.parent)
        (folder / _COMPLETE).touch()
    return folder / artifact


def _is_whole(folder: Path) -> bool:
    """Whether a build came to its end and its files are still what it made."""
    try:
        made = json.loads((folder / _COMPLETE).read_text())
        return bool(made) and all(_digest(folder / name) == digest for name, digest in made.items())
    except (OSError, ValueError, AttributeError):
        return False


def _digests(folder: Path, target: str) -> str:
    every = (*ARTIFACTS.values(), *DRIVERS.values())
    names = [name for made, name in every if made == target]
    return json.dumps({name: _digest(folder / name) for name in names})


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _remove_unused(cache: Path) -> None:
    """Take out the builds that nobody ran for long: every edit of a source makes a new one."""
    oldest_s = time.time() - _UNUSED_DAYS * 86400.0
    for mark in cache.glob(f"*/{_COMPLETE}"):
        if mark.stat().st_mtime < oldest_s:
            shutil.rmtree(mark.parent, ignore_errors=True)
            mark.parent.with_suffix(".lock").unlink(missing_ok=True)


def sizes(artifact: Path) -> list[str]:
    """What the build said of the size of the file that it made."""
    log = (artifact.parent / "build.log").read_text().splitlines()
    return [line for line in log if line.startswith(f"{artifact.name}: ")]


def build_folder(tool: Compiler) -> Path:
    """Where the build of the present sources with this compiler lies."""
    digest = hashlib.sha256(repr((tool, sys.executable)).encode())
    for path in _source_files(sources()):
        digest.update(str(path.relative_to(sources())).encode() + b"\0" + path.read_bytes() + b"\0")
    return cache_folder() / "firmware" / f"{tool.target}-{tool.name}-{digest.hexdigest()[:12]}"


def _source_files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.suffix in _SOURCE_SUFFIXES)
    return sorted(path for path in found if not _NOT_BUILT & set(path.relative_to(folder).parts))


def _run_cmake(tool: Compiler, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    cmake, ninja = _program("cmake"), _program("ninja")
    configure = [cmake, "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}", "-S", str(sources())]
    options = ["-B", str(folder), f"-DHIL_PORT={tool.target}", *tool.cmake_options]
    for command in ([*configure, *options], [cmake, "--build", str(folder)]):
        done = run_step(command)
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-40:])
            raise ObcError(f"the firmware does not build with {tool.name} {tool.version}:\n{said}")
        (folder / "build.log").write_text(done.stdout)


def run_step(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of a build; once more where a compiler itself crashed.

    Short memory or a full disk kills one now and then, and that says nothing about the source.
    """
    for _ in range(2):
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=_environment()
        )
        if not done.returncode or _CRASHED.search(done.stdout + done.stderr) is None:
            break
    return done


def _environment() -> dict[str, str]:
    """The environment of a build: zig's own cache goes into ours, since a home may be read-only.

    So does that of ccache, as which a compiler may pass, where the user's caches cannot be used.
    """
    own = {"ZIG_GLOBAL_CACHE_DIR": str(cache_folder() / "zig")}
    if is_spare():
        own["CCACHE_DIR"] = str(cache_folder() / "ccache")
    return {**own, **os.environ}


def _program(name: str) -> str:
    """The wheel's program beside this Python before whatever the PATH offers."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise ObcError(f"{name} is not installed: `pip install {name}`")
    return found
