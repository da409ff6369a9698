"""Which recordings are judged together: those of one rig, whatever their seeds."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from hil.errors import RigError
from hil.recording import Recording
from hil.rig import Rig, rig_of

Group = tuple[Rig, list[Path]]


def by_rig(paths: Sequence[Path], rig: Rig | None = None) -> list[Group]:
    """Return recordings in groups, each with the rig to judge it by.

    rig: by which all are judged, instead of by those that they were made with.
    """
    if rig is not None:
        return [(rig, list(paths))]
    groups: dict[str, Group] = {}
    for path in paths:
        own = rig_of(Recording(path))
        overrides = {key: value for key, value in own.source.overrides.items() if key != "seed"}
        key = json.dumps([own.source.metadata() | {"overrides": overrides}], sort_keys=True)
        groups.setdefault(key, (own, []))[1].append(path)
    return list(groups.values())


def recordings_below(folder: Path) -> list[Path]:
    """Return the recordings in a folder and those in it, by name; what may not be read is left."""
    walked = os.walk(folder)
    return sorted(Path(at, name) for at, _, names in walked for name in names if _is_mcap(name))


def _is_mcap(name: str) -> bool:
    return name.endswith(".mcap")


def recordings_in(paths: Sequence[Path]) -> list[Path]:
    """Return recordings as they are, and of each folder those in it, by name.

    Raises RigError for a folder without one.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = recordings_below(path)
        if not inside:
            raise RigError(f"{path} holds no recording (*.mcap)")
        found += inside
    return list(dict.fromkeys(found))
