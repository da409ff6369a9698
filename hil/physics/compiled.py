"""Native code for the truth model, kept in a cache that no edited source can poison.

numba's own cache notices an edit of the cached function's file but not of a function that it calls
or of a constant in another module. So the cache directory here is named by a hash of every source
file that can end up in the native code; an edit anywhere means a new directory, and a compile.
"""

from __future__ import annotations

import hashlib
import logging
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import config as numba_config
from numba.core.caching import IndexDataCacheFile

from hil.machine.cache import cache_folder
from hil.physics.compiled_cache import CheckedCacheFile
from hil.physics.compiled_cheaply import compile_cheaply
from hil.physics.compiled_parts import Parts, is_known

config: Any = numba_config  # numba sets its attributes from the environment at run time

_LOG = logging.getLogger(__name__)
Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).resolve().parent.parent
_ROOMS = ("physics", "devices", "scene", "native")
if is_known():
    compile_cheaply()


def source_hash() -> str:
    """Return 16 hex digits that change with any source of the compiled rooms and the compiler."""
    digest = hashlib.sha256()
    for part in (numba.__version__, np.__version__, platform.python_version(), platform.machine()):
        digest.update(part.encode() + b"\0")
    for room in _ROOMS:
        for path in sorted((_PACKAGE / room).rglob("*.py")):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


CACHE_DIRECTORY = cache_folder(os.environ.get("NUMBA_CACHE_DIR")) / f"numba-{source_hash()}"


def compiled(function: Function) -> Function:
    """Compile a function with numba, cached; no fast-math: the interpreter gives the same bits.

    Everything is inlined into its caller, as C's ``static inline`` would be: twice the speed. The
    interpreter's lock is let go meanwhile, so that threads run side by side. No array is made: all
    are the caller's. So none is counted in and out of functions, which took a tenth of the time.
    """
    return _compiled(function, forceinline=True)


def compiled_apart(function: Function) -> Function:
    """Compile a function as ``compiled`` does, but to be called: for one long and often used."""
    return _compiled(function, forceinline=False)


def _compiled(function: Function, *, forceinline: bool) -> Function:
    previous = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE_DIRECTORY)
    njit: Any = numba.njit  # its types do not know all that it takes
    uncounted = {"_nrt": False} if is_known() else {}
    compiler = njit(
        cache=True, error_model="numpy", forceinline=forceinline, nogil=True, **uncounted
    )
    try:
        return cast(Function, _checked(Parts.given_by(compiler(function))))
    finally:
        config.CACHE_DIR = previous


def _checked(dispatcher: Any) -> Any:
    """Have damaged files of the cache noticed; the interpreter's functions have none."""
    cache: Any = getattr(dispatcher, "_cache", None)
    if isinstance(getattr(cache, "_cache_file", None), IndexDataCacheFile):
        cache._cache_file = CheckedCacheFile.instead_of(cache._cache_file)
    return dispatcher


def is_compiling() -> bool:
    """Whether functions are compiled; not so under NUMBA_DISABLE_JIT=1."""
    return not config.DISABLE_JIT


def is_to_be_compiled(function: Callable[..., Any]) -> bool:
    """Whether a function is neither in this process nor in the cache."""
    if not is_compiling() or getattr(function, "signatures", False):  # compiled or loaded already
        return False
    return not any(CACHE_DIRECTORY.rglob(f"*.{function.__name__}-*.nbi"))


def announce_compiling(function: Callable[..., Any], what: str) -> None:
    """Log that a cold cache costs some seconds; be silent when it is warm."""
    if is_to_be_compiled(function):
        _LOG.warning("compiling %s for this machine (once, under a minute) ...", what)
