"""What was tested, by hash: rig, firmware, versions, recordings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from hil.recording import Recording
from hil.report.summary import firmware_of
from hil.rig import Rig

_OCTETS = 2**20
_SHOWN = 16  # digits of a hash


def tested(rig: Rig, recordings: Sequence[Recording]) -> list[tuple[str, list[str]]]:
    """Return what was tested as pairs of a word and what it was; each value once."""
    source = rig.source
    texts = [source.text, source.spacecraft_text, *source.parts.values(), source.orbit_text]
    given = {
        "rig": [f"{source.path.name}, sha256 {text_hash(texts)} with spacecraft and parts"],
        "spacecraft": [rig.spacecraft.name],
        "run on": _each(recordings, "obc", "place"),
        "OBC": _each(recordings, "obc", "description"),
        "firmware": list(dict.fromkeys(filter(None, map(firmware_of, recordings)))),
        "seeds": [", ".join(_each(recordings, "run", "seed"))],
        "simulated": _each(recordings, "run", "duration_s", " s"),
        "pace": _each(recordings, "run", "pace"),
        "bench": [f"hil {each}" for each in _each(recordings, "versions", "hil")],
        "Python": _each(recordings, "versions", "python"),
    }
    return [(word, values) for word, values in given.items() if any(values)]


def _each(recordings: Sequence[Recording], record: str, key: str, after: str = "") -> list[str]:
    values = [each.metadata.get(record, {}).get(key) for each in recordings]
    return [f"{value}{after}" for value in dict.fromkeys(values) if value]


def text_hash(texts: Sequence[str]) -> str:
    """Return the first digits of the SHA-256 of texts one after the other."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode())
    return digest.hexdigest()[:_SHOWN]


def file_hash(path: Path) -> str:
    """Return the first digits of a file's SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while octets := file.read(_OCTETS):
            digest.update(octets)
    return digest.hexdigest()[:_SHOWN]
