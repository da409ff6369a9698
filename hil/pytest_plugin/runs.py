"""The runs of a pytest session: made once, shared by all tests that judge them."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hil import bench
from hil.diagnosis import Diagnosis, diagnose_worst
from hil.errors import HilError
from hil.judge import Verdict, evaluate
from hil.machine.locks import port_lock
from hil.obc.names import PLACES
from hil.recording import Recording
from hil.rig import Rig

_SHORT = 20
_READ = 4  # recordings kept in memory, so that the tests of one run share it


class Run(NamedTuple):
    """One run that came to its end; its recording is a file."""

    path: Path
    result: bench.Result


class Recordings(Sequence[Recording]):
    """Recordings of which each is read when it is asked for: hundreds would not fit in memory."""

    def __init__(self, paths: Sequence[Path], read: Callable[[Path], Recording]) -> None:
        self._paths, self._read = paths, read

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return Recordings(self._paths[place], self._read)
        return self._read(self._paths[place])


def _overrides(rig: Rig) -> list[str]:
    """Return what is given instead of the rig file's values, fit for a file's name."""
    found = []
    for key, value in sorted(rig.source.overrides.items()):
        text = json.dumps(value, sort_keys=True, default=str)
        if len(text) > _SHORT:
            text = hashlib.sha256(text.encode()).hexdigest()[:8]
        found.append(f"{key}={text}")
    return found


def _alone_on(obc: str) -> contextlib.AbstractContextManager[None]:
    """Wait while another worker of pytest-xdist, or another session, runs on the same port."""
    if obc in PLACES:
        return contextlib.nullcontext()
    return port_lock(obc)


class Runs:
    """The session's runs: each rig, with its overrides, once on each OBC."""

    def __init__(self, folder: Callable[[], Path], worker: str = "", **how: Any) -> None:
        """worker: the pytest-xdist worker whose runs these are, if any.

        how: what ``bench.run`` is given beside rig, OBC and recording, the same for all.
        """
        self._folder, self._worker, self._how = folder, worker, how
        self._done: dict[tuple[object, ...], Run | HilError] = {}
        self._names: set[str] = set()
        self._judged: dict[tuple[Path, ...], list[Verdict]] = {}
        self._diagnosed: dict[tuple[Path, ...], Diagnosis] = {}
        self.read = functools.lru_cache(maxsize=_READ)(Recording)

    def recordings(self, runs: Sequence[Run]) -> Sequence[Recording]:
        """Return the recordings of some runs."""
        return Recordings([run.path for run in runs], self.read)

    def verdicts(self, rig: Rig, runs: Sequence[Run]) -> list[Verdict]:
        """Return the verdicts on some runs of a rig; each recording is read once for all."""
        key = tuple(run.path for run in runs)
        if key not in self._judged:
            self._judged[key] = evaluate(rig, self.recordings(runs))
        return self._judged[key]

    def why(self, rig: Rig, runs: Sequence[Run]) -> Diagnosis:
        """Return the diagnosis of some runs of a rig, made once for all its requirements."""
        key = tuple(run.path for run in runs)
        if key not in self._diagnosed:
            verdicts = self.verdicts(rig, runs)
            self._diagnosed[key] = diagnose_worst(rig, key, verdicts, self.read)
        return self._diagnosed[key]

    def run(self, rig: Rig, obc: str) -> Run:
        """Return the run of a rig on an OBC; the first to ask makes it; all get its error."""
        source = rig.source
        key = (source.path.resolve(), obc, *_overrides(rig))
        if key not in self._done:
            self._done[key] = self._made(rig, obc)
        done = self._done[key]
        if isinstance(done, HilError):
            raise done
        return done

    def _made(self, rig: Rig, obc: str) -> Run | HilError:
        path = self._path(rig, obc)
        try:
            with _alone_on(obc):
                result = bench.run(rig, obc=obc, out=path, **self._how)
            return Run(result.recording, result)
        except HilError as error:
            kept = f"\n  recording so far: {path}" if path.exists() else ""
            told = type(error)(f"{error}{kept}")
            return told.with_traceback(error.__traceback__)

    def _path(self, rig: Rig, obc: str) -> Path:
        parts = filter(None, [rig.name, obc, *_overrides(rig), self._worker])
        stem = re.sub(r"[^\w.=-]+", "_", "-".join(parts))
        name, n = stem, 1
        while name in self._names:  # rigs of the same name in different folders
            n += 1
            name = f"{stem}-{n}"
        self._names.add(name)
        return self._folder() / f"{name}.mcap"
