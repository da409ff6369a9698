"""What two runs were made with, where it differs."""

from __future__ import annotations

from collections.abc import Iterator

from hil.recording.kept import Kept, rig_files

_OBC = ("place", "firmware", "build", "protocol")
_VERSIONS = ("hil", "python")


def differing_runs(a: Kept, b: Kept) -> list[str]:
    """Return, a sentence each, in what the rigs, the OBC or the versions of two runs differ."""
    return [*_rig(a, b), *_told(a, b, "obc", _OBC), *_told(a, b, "versions", _VERSIONS)]


def _rig(a: Kept, b: Kept) -> Iterator[str]:
    yield from _told(a, b, "run", ("rig", "seed", "duration_s", "step_s", "pace"))
    files_a, given_a = rig_files(a) or ({}, {})
    files_b, given_b = rig_files(b) or ({}, {})
    odd = sorted(path for path, text in files_a.items() if files_b.get(path, text) != text)
    odd += sorted(files_a.keys() ^ files_b.keys())
    if odd:
        yield f"the rig's files differ: {', '.join(odd)}"
    for key in sorted({*given_a, *given_b} - {"seed", "duration_s"}):
        if given_a.get(key) != given_b.get(key):
            values = f"{given_a.get(key)} and {given_b.get(key)}"
            yield f"given instead of the rig's own {key}: {values}"


def _told(a: Kept, b: Kept, record: str, keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        in_a, in_b = (each.metadata.get(record, {}).get(key, "not told") for each in (a, b))
        if in_a != in_b:
            yield f"{record} {key} differs: {in_a} and {in_b}"
