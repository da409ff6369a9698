"""A search for the worst case within what is dispersed, beside random sampling."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import differential_evolution
from scipy.stats import qmc

import hil
from hil.campaign.case import write_case
from hil.campaign.cases import Cases
from hil.campaign.cluster import cluster
from hil.campaign.draw import values_of
from hil.campaign.folder import Folder
from hil.campaign.plan import Plan, State
from hil.campaign.table import write_table
from hil.campaign.verdicts import Wanted, all_wanted, figure_of, share_of_limit
from hil.campaign.work import Outcome, Task, record_case, run_case
from hil.devices.sensor import generator
from hil.errors import RigError
from hil.obc.places import open_obc
from hil.rig import load_rig

FloatArray = NDArray[np.float64]
_BOX = (0.001, 0.999)  # of each distribution: what is still to be expected
_NO_RIG = 0.0  # ratio of a point whose values make no rig
_SMALLEST, _LARGEST = 8, 40  # points that evolve


class Found(NamedTuple):
    """The worst case that was found: its number, requirement, figure over limit, and its values.

    first: the worst of the points that the search began with, which are spread evenly.
    """

    case: int
    requirement: str
    ratio: float
    values: dict[str, Any]
    first: float
    runs: int
    manifest: str


class Search:
    """Differential evolution (Storn and Price, J. Global Optim. 11, 1997) in the draws' unit cube.

    All runs have the rig's own seed, so that the figures differ by what is dispersed alone.
    """

    def __init__(
        self, plan: Plan, requirement: str | None, tell: Callable[[State], None] = lambda _: None
    ) -> None:
        """requirement: the one to be driven to its limit; None: whichever comes nearest."""
        self.plan, self._tell = plan, tell
        self.folder = Folder(plan.folder)
        self.cases = Cases(plan.rig, plan.folder.absolute())
        self.wanted = self._chosen(all_wanted(plan.rig)[:-1], requirement)
        if not self.cases.variables:
            raise RigError("there is no worst case to search for: the rig has no [[disperse]]")
        if self.folder.begun or (plan.folder.is_dir() and any(plan.folder.iterdir())):
            raise RigError(f"{plan.folder} is not empty: a search begins in a new folder")
        self._runs = plan.runs or 0
        self.state = State(self._runs)
        self._outcomes: list[Outcome] = []
        self._ratios: dict[int, tuple[float, str]] = {}

    def _chosen(self, wanted: Sequence[Wanted], requirement: str | None) -> list[Wanted]:
        found = [each for each in wanted if each.limit and requirement in (None, each.name)]
        if not found:
            names = ", ".join(each.name for each in wanted if each.limit) or "none"
            raise RigError(
                f"no requirement to search for is called {requirement!r}: there are {names}"
            )
        return found

    def run(self) -> Found:
        """Search, and return the worst case; it is recorded in full."""
        plan, size = self.plan, len(self.cases.variables)
        points = min(max(_SMALLEST, 2 * size), _LARGEST, max(5, self._runs // 3))
        self._begin()
        self.cases.write_inputs()
        open_obc(plan.obc, machine=plan.rig.obc.machine).close()
        source = generator(plan.rig.seed, "search for the worst case")
        spread = qmc.LatinHypercube(size, rng=source).random(points)
        low, high = _BOX
        with cluster(plan.workers, plan.scheduler) as client:
            self.state.begin_s = time.monotonic()
            differential_evolution(
                lambda each: each,  # never called: the map below makes the runs
                [_BOX] * size,
                init=low + (high - low) * spread,
                maxiter=max(1, self._runs // points - 1),
                updating="deferred",
                workers=lambda _, given: self._rated(client, list(given)),
                polish=False,
                tol=0.0,
                rng=source,
            )
            found = self._found(points)
            self.folder.keep_recording(
                found.case, client.submit(record_case, self._task(found.case)).result()
            )
        write_table(self.folder, self.wanted, self._outcomes)
        return found._replace(manifest=self.folder.keep_manifest())

    def _begin(self) -> None:
        plan = self.plan
        self.folder.keep_settings(
            {
                "hil": hil.__version__,
                "obc": plan.obc,
                "blocks": [self._runs],
                "search": [each.name for each in self.wanted],
                "rig": plan.rig.source.metadata(),
            }
        )

    def _rated(self, client: Any, given: list[FloatArray]) -> list[float]:
        """Make a run for each point (size,) of the unit cube; return what is to be the least."""
        futures: list[Any] = []
        for shares in given:
            number = len(self._outcomes) + sum(each is not None for each in futures) + 1
            values = values_of(self.cases.variables, np.asarray(shares)[None])[0]
            files = self.cases.made(number, values, self.plan.rig.seed)
            if isinstance(files.made, list):
                futures.append(None)
                continue
            write_case(files.source)
            task = Task(number, files.source.metadata(), self.plan.obc)
            futures.append((client.submit(run_case, task, pure=False), values))
        return [-_NO_RIG if each is None else -self._take(*each) for each in futures]

    def _take(self, future: Any, values: dict[str, Any]) -> float:
        outcome = {**future.result()[0], "dispersed": values}
        self.folder.keep_outcome(outcome)
        self._outcomes.append(outcome)
        ratio, name = max(
            (share_of_limit(figure_of(each, outcome), each.limit), each.name)
            for each in self.wanted
        )
        self._ratios[outcome["case"]] = ratio, name
        self.state.take(
            outcome, ratio, f"{name} {100 * ratio:.0f} % of its limit in case {outcome['case']}"
        )
        self._tell(self.state)
        return ratio if math.isfinite(ratio) else 1e9

    def _found(self, points: int) -> Found:
        case = max(self._ratios, key=lambda number: self._ratios[number][0])
        ratio, name = self._ratios[case]
        values = next(each["dispersed"] for each in self._outcomes if each["case"] == case)
        first = max(self._ratios[number][0] for number in sorted(self._ratios)[:points])
        return Found(case, name, ratio, values, first, len(self._outcomes), "")

    def _task(self, number: int) -> Task:
        source = load_rig(self.folder.case_path(number)).source.metadata()
        return Task(number, source, self.plan.obc, None, "all")
