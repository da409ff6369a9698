"""Decoders of telemetry: what each is, and which one a rig names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, runtime_checkable

from hil.errors import RigError
from hil.telemetry.model import Telemetry

GROUP = "hil.telemetry"
_SHOWN = 12


@runtime_checkable
class Decoder(Protocol):
    """Reads a line's octets, however they are cut up.

    An entry point is called without arguments for each run, and returns one.
    """

    def read(self, data: bytes) -> Iterable[Mapping[str, object]]:
        """Return the messages that are complete now, each as its parameters by name."""


def decoder_of(table: Telemetry, rig: Path, line: str) -> Decoder:
    """Return the decoder that a line's table names.

    rig: the rig's file. Raises RigError for a file or package that is missing or cannot be used,
    and for a parameter that it does not know.
    """
    where = f'[[line]] "{line}" [line.telemetry]'
    if table.xtce is not None:
        from hil.telemetry.xtce import XtceDecoder

        path = rig.parent / table.xtce
        made: Decoder = XtceDecoder(path, where, bytes.fromhex(table.sync), crc16=table.crc16)
    else:
        made = _installed(str(table.decoder), where)
    refuse_unknown(table, getattr(made, "parameters", None), where)
    return made


def refuse_unknown(table: Telemetry, known: Iterable[str] | None, where: str) -> None:
    """Raise RigError for a parameter that a decoder, which tells what it knows, does not know."""
    names = None if known is None else list(known)
    for name in table.names:
        if names is not None and name not in names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            there_are = ", ".join(names[:_SHOWN]) + more
            read_by = table.xtce or table.decoder
            raise RigError(f"{where}: {read_by} has no parameter {name}; it has {there_are}")


def _installed(name: str, where: str) -> Decoder:
    entries = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise RigError(
            f'{where}: decoder = "{name}": no installed package has an entry point of this name in '
            f"group {GROUP}; there are {known}"
        )
    try:
        made = entries[name].load()()
    except Exception as error:  # whatever a package of others may raise
        raise RigError(
            f'{where}: decoder = "{name}" cannot be used: {type(error).__name__}: {error}'
        ) from error
    if not isinstance(made, Decoder):
        raise RigError(
            f'{where}: decoder = "{name}" returned {made!r}: it must return an object with read()'
        )
    return made
