"""The runs of a pytest session: made once, shared by all tests that judge them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from hil import bench
from hil.errors import HilError
from hil.recording import Recording
from hil.rig import Rig


class Run(NamedTuple):
    """One run that came to its end."""

    recording: Recording
    result: bench.Result


class Runs:
    """The session's runs: each rig, with its overrides, once on each OBC."""

    def __init__(self, folder: Callable[[], Path], **how: Any) -> None:
        """how: what ``bench.run`` is given beside rig, OBC and recording, the same for all."""
        self._folder, self._how = folder, how
        self._done: dict[tuple[object, ...], Run | HilError] = {}
        self._names: set[str] = set()

    def run(self, rig: Rig, obc: str) -> Run:
        """Return the run of a rig on an OBC; the first to ask makes it; all get its error."""
        source = rig.source
        key = (source.path.resolve(), obc, *sorted(source.overrides.items()))
        if key not in self._done:
            self._done[key] = self._made(rig, obc)
        done = self._done[key]
        if isinstance(done, HilError):
            raise done
        return done

    def _made(self, rig: Rig, obc: str) -> Run | HilError:
        path = self._path(rig, obc)
        try:
            result = bench.run(rig, obc=obc, out=path, **self._how)
            return Run(Recording(result.recording), result)
        except HilError as error:
            kept = f"\n  recording so far: {path}" if path.exists() else ""
            told = type(error)(f"{error}{kept}")
            return told.with_traceback(error.__traceback__)

    def _path(self, rig: Rig, obc: str) -> Path:
        given = [f"{key}={value}" for key, value in sorted(rig.source.overrides.items())]
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        stem = re.sub(r"[^\w.=-]+", "_", "-".join(filter(None, [rig.name, obc, *given, worker])))
        name, n = stem, 1
        while name in self._names:  # rigs of the same name in different folders
            n += 1
            name = f"{stem}-{n}"
        self._names.add(name)
        return self._folder() / f"{name}.mcap"
