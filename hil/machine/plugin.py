"""Compiles what runs inside another's process, on the machine that it runs on."""

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hil.errors import ObcError
from hil.machine.cache import cache_folder
from hil.machine.locks import locked

_FLAGS = ("-std=c99", "-O2", "-D_POSIX_C_SOURCE=200809L", "-shared", "-fPIC")
_SHIM_FLAGS = ("-std=c99", "-O2", "-D_GNU_SOURCE", "-shared", "-fPIC")


class _Part(NamedTuple):
    """A shared library of ours: its folder, what it is, and who needs it."""

    folder: str
    what: str
    needed_by: str
    flags: Sequence[str]
    libraries: Sequence[str] = ()


_PLUGIN = _Part("qemu_plugin", "the emulator's plugin", "qemu-lines", _FLAGS)
_SHIM = _Part("clock_shim", "the clock shim", "posix-lines", _SHIM_FLAGS, ("-ldl",))
_OTHERWISE = {_PLUGIN: "qemu", _SHIM: "posix"}


def lockstep_plugin() -> Path:
    """Return the emulator's compiled plugin, made now unless it exists.

    Raises ObcError without a compiler, or when it does not compile.
    """
    return _compiled(_PLUGIN)


def clock_shim() -> Path:
    """Return the library that gives a host program the bench's time, as lockstep_plugin does."""
    return _compiled(_SHIM)


def _compiled(part: _Part) -> Path:
    folder = _folder(part)
    every = b"".join(path.read_bytes() for path in sorted(folder.glob("*.[ch]")))
    name = hashlib.sha256(every + repr(part).encode()).hexdigest()[:12]
    made = cache_folder() / f"{part.folder}-{name}.so"
    with locked(made.with_suffix(".lock")):
        if not made.exists():
            _compile(part, sorted(folder.glob("*.c")), made)
    return made


def _folder(part: _Part) -> Path:
    package = Path(__file__).parents[1]
    for folder in (package.parent / part.folder, package / f"_{part.folder}"):
        if any(folder.glob("*.c")):
            return folder
    raise ObcError(f"{part.what}'s source is neither beside nor in {package}: reinstall hil")


def _compile(part: _Part, sources: Sequence[Path], made: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise ObcError(
            f"{part.needed_by} needs a C compiler for {part.what} (cc, gcc or clang): run "
            f"`hil doctor --install posix`, or run on {_OTHERWISE[part]} in real time"
        )
    new = made.with_suffix(".new")
    command = [compiler, *part.flags, "-o", str(new), *map(str, sources), *part.libraries]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[:10])
        raise ObcError(f"{part.what} does not compile with {compiler}:\n{said}")
    new.replace(made)
