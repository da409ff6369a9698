"""All protocols that there are: the project's own and those of installed packages.

A package names one in its entry points,
``[project.entry-points."hil.protocols"]  any_name = "its.module:PROTOCOL"``.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from hil.errors import DeviceError
from hil.protocols.device import Protocol

GROUP = "hil.protocols"


@cache
def protocols() -> dict[str, Protocol]:
    """Return all protocols by name.

    Raises DeviceError for a package whose protocol cannot be used, with its name and the cure.
    """
    found = dict(built_in())
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        package = entry.dist.name if entry.dist else "an installed package"
        called = f"{package}: its protocol {entry.name} = {entry.value!r} (entry points {GROUP!r})"
        try:
            loaded = entry.load()
        except Exception as error:  # whatever a package of others may raise
            raise DeviceError(
                f"{called} cannot be imported: {type(error).__name__}: {error}"
            ) from error
        if not isinstance(loaded, Protocol):
            raise DeviceError(f"{called} is {loaded!r}: it must be a Protocol")
        if loaded.name in found:
            raise DeviceError(f"{called} is called {loaded.name!r}, as another one is already")
        found[loaded.name] = loaded
    return found


@cache
def built_in() -> dict[str, Protocol]:
    """Return the project's own protocols by name, of which the committed page tells."""
    return {each.name: each for each in _built_in()}


def _built_in() -> Iterator[Protocol]:
    room = import_module("hil.protocols")
    for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        if module.name != __name__:
            several = getattr(import_module(module.name), "PROTOCOLS", ())
            yield from several
