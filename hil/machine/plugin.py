"""Compiles the emulator's plugin, on the machine that it runs on."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from hil.errors import ObcError
from hil.machine.cache import cache_folder
from hil.machine.locks import locked

_FLAGS = ("-std=c99", "-O2", "-D_POSIX_C_SOURCE=200809L", "-shared", "-fPIC")


def lockstep_plugin() -> Path:
    """Return the compiled plugin, made now unless it exists.

    Raises ObcError without a compiler, or when it does not compile.
    """
    source = _source()
    name = hashlib.sha256(source.read_bytes() + repr(_FLAGS).encode()).hexdigest()[:12]
    plugin = cache_folder() / f"lockstep-{name}.so"
    with locked(plugin.with_suffix(".lock")):
        if not plugin.exists():
            _compile(source, plugin)
    return plugin


def _source() -> Path:
    package = Path(__file__).parents[1]
    for folder in (package.parent / "qemu_plugin", package / "_qemu_plugin"):
        if (folder / "lockstep.c").is_file():
            return folder / "lockstep.c"
    raise ObcError(f"the plugin's source is neither beside nor in {package}: reinstall hil")


def _compile(source: Path, plugin: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise ObcError(
            "qemu-lines needs a C compiler for the emulator's plugin (cc, gcc or clang): run "
            "`hil doctor --install posix`, or run on qemu in real time"
        )
    made = plugin.with_suffix(".new")
    command = [compiler, *_FLAGS, "-o", str(made), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[:10])
        raise ObcError(f"the emulator's plugin does not compile with {compiler}:\n{said}")
    made.replace(plugin)
