"""Where a run's recording goes, and what must not be lost by that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from hil.cli.console import say
from hil.errors import RigError

if TYPE_CHECKING:
    from hil.rig import Rig

_FOLDER = Path("recordings")


@contextmanager
def recording_path(out: Path | None, rig: Rig, obc: str, against: Path | None) -> Iterator[Path]:
    """Yield where the recording goes; say what became of it when the run ends early.

    Without `out` a name that no other run has, which is given back when nothing was recorded.
    Raises RigError or RecordingError for an `out` that would destroy something.
    """
    if out is not None:
        _check_out(out, rig, against)
    path = out or _new_file(f"{rig.name}-{Path(obc).name.replace(':', '-')}")
    try:
        yield path
    except (Exception, KeyboardInterrupt) as error:
        for note in getattr(error, "__notes__", ()):
            say(note)
        raise
    finally:
        if out is None and path.is_file() and path.stat().st_size == 0:
            path.unlink()


def _check_out(out: Path, rig: Rig, against: Path | None) -> None:
    from hil.recording import check_replaceable

    if not check_replaceable(out):
        return
    if against is not None and out.samefile(against):
        raise RigError(
            f"--out {out} is the recording that --against compares with: name another file"
        )
    latency = rig.obc.latency
    if latency is not None and latency.from_recording is not None:
        replayed = rig.source.path.parent / latency.from_recording
        if replayed.is_file() and out.samefile(replayed):
            raise RigError(f"--out {out} is the recording that the rig replays: name another file")
    say(f"replacing the recording {out}")


def _new_file(stem: str) -> Path:
    """Make an empty file that nobody else has, named by the time of day."""
    start = f"{stem}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    names = (f"{start}-{n}.mcap" if n > 1 else f"{start}.mcap" for n in count(1))
    try:
        _FOLDER.mkdir(parents=True, exist_ok=True)
        return next(path for path in map(_FOLDER.joinpath, names) if _made(path))
    except OSError as error:
        raise RigError(
            f"cannot record into {_FOLDER.resolve()}: {error.strerror}; name a file with --out"
        ) from error


def _made(path: Path) -> bool:
    """Make a file; return whether there was none."""
    try:
        path.open("xb").close()
    except FileExistsError:
        return False
    return True
