"""A session held against the recordings of an earlier one: a figure must not get much worse."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hil.errors import HilError
from hil.judge import LINK, Verdict, evaluate
from hil.judge.amounts import amount
from hil.pytest_plugin.runs import Recordings, Run, Runs
from hil.recording import Recording, differing_runs
from hil.rig import Rig

_WORKER = re.compile(r"-gw\d+(?=(?:-\d+)?$)")  # of pytest-xdist: the same run may be another's


class Change(NamedTuple):
    """A requirement's figure before and now.

    share: by how much of the limit the figure is worse, negative where it is better; NaN where it
    cannot be said. differs: in what rig, firmware or versions differ, a sentence each.
    """

    before: Verdict
    now: Verdict
    share: float
    differs: tuple[str, ...]

    def words(self) -> str:
        """Return both figures and the difference in a sentence."""
        then, value = amount(self.before.value, self.before.unit), self.now.reached
        if math.isnan(self.share):
            return f"before: {then} ({'met' if self.before.met else 'missed'})"
        how = "worse" if self.share > 0.0 else "better"
        worse = f"{100.0 * abs(self.share):.3g} % of the limit {how}"
        value = value or amount(self.now.value, self.now.unit)
        return f"before: {then}, now {value}: {'the same' if not self.share else worse}"


class Earlier:
    """The recordings of an earlier session (``--hil-out`` of it), by the names of its runs."""

    def __init__(self, folder: Path) -> None:
        """Raise HilError when there is no recording in the folder."""
        self.folder = folder
        self._paths = {_name(path): path for path in sorted(folder.glob("*.mcap"))}
        if not self._paths:
            raise HilError(
                f"--hil-against {folder}: holds no recording: give the folder that --hil-out of an "
                "earlier session named"
            )
        self._judged: dict[tuple[Path, ...], tuple[list[Verdict], tuple[str, ...]]] = {}

    def change(self, rig: Rig, made: Runs, runs: Sequence[Run], now: Verdict) -> Change | None:
        """Return what a requirement came to before and now; None where a run has no earlier one.

        The earlier runs are judged by the rig as it is now: both figures are of one yardstick.
        """
        paths = tuple(self._paths[key] for run in runs if (key := _name(run.path)) in self._paths)
        if len(paths) < len(runs):
            return None
        if paths not in self._judged:
            self._judged[paths] = _evaluated(rig, made, paths, runs)
        verdicts, differs = self._judged[paths]
        before = next((each for each in verdicts if each.name == now.name), None)
        return None if before is None else Change(before, now, _worse(before, now), differs)


def _name(path: Path) -> str:
    return _WORKER.sub("", path.stem)


def _evaluated(
    rig: Rig, made: Runs, paths: tuple[Path, ...], runs: Sequence[Run]
) -> tuple[list[Verdict], tuple[str, ...]]:
    earlier: Sequence[Recording] = Recordings(paths, made.read)
    pairs = zip(earlier, made.recordings(runs), strict=True)
    differs = dict.fromkeys(each for a, b in pairs for each in differing_runs(a, b))
    return evaluate(rig, earlier), tuple(differs)


def _worse(before: Verdict, now: Verdict) -> float:
    """Return by how much of its limit a figure is worse than before."""
    if LINK in (before.name, now.name) or not now.limit > 0.0 or not before.judged:
        return math.nan
    if not math.isfinite(now.value) or not math.isfinite(before.value):
        return math.nan
    more_is_better = any(v.judged and v.met != (v.value <= v.limit) for v in (before, now))
    share = (now.value - before.value) / now.limit
    return -share if more_is_better else share
