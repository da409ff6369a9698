"""A campaign from its first run to its last: cases out to workers, outcomes into its folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from hil.campaign.begin import blocks_of
from hil.campaign.case import Drawn, files_of, write_case
from hil.campaign.cases import Cases
from hil.campaign.cluster import cluster
from hil.campaign.folder import Folder
from hil.campaign.judged import judged_runs, looks_at, verdicts_on
from hil.campaign.kept import told_if_unusable
from hil.campaign.plan import Finished, Plan, State
from hil.campaign.table import write_table
from hil.campaign.verdicts import (
    CampaignVerdict,
    all_wanted,
    figure_of,
    share_of_limit,
)
from hil.campaign.warm import compile_first
from hil.campaign.work import DrawnTask, Made, Outcome, Task, record_case, run_drawn
from hil.errors import RigError
from hil.obc.names import PLACES
from hil.obc.places import open_obc
from hil.rig import load_rig, rig_from

_AHEAD = 3  # cases that wait for each worker
_FAILURES_KEPT = 50


class Campaign:
    """Makes the runs of a plan, or those that are still to be made."""

    def __init__(self, plan: Plan, tell: Callable[[State], None] = lambda _: None) -> None:
        """tell: is called after each run. Raises RigError for what cannot be a campaign."""
        if plan.obc not in PLACES:
            raise RigError(f"--obc {plan.obc}: a campaign runs on {', '.join(PLACES)}")
        rig_from(plan.rig.source)  # as a run by itself, which each case is: RigError if it is none
        self.plan, self._tell = plan, tell
        self.folder = Folder(plan.folder)
        self.cases = Cases(plan.rig, plan.folder.absolute())
        self._template = self.cases.template.packed
        self.wanted = all_wanted(plan.rig)
        self._firmware: str | None = None
        self._blocks = blocks_of(plan, self.folder)
        self._outcomes = {each["case"]: each for each in self.folder.outcomes()}
        total = sum(self._blocks)
        self.state = State(total, len(self._outcomes), at_most=plan.until_shown)
        self._looks = looks_at(plan.rig) if plan.until_shown else None
        self._kept = sum(1 for _ in (plan.folder / "recordings").glob("*.mcap"))

    # -- runs --------------------------------------------------------------------------------------

    def run(self) -> Finished:
        """Make all runs and return what they show; KeyboardInterrupt keeps what is done."""
        firmware = self.plan.folder / "firmware"
        self._firmware = str(firmware.absolute()) if firmware.is_file() else None
        image = Path(self._firmware) if self._firmware else None
        machine = self.plan.rig.obc.machine
        # Built once, and before there are workers.
        open_obc(self.plan.obc, firmware=image, machine=machine).close()
        self._take_kept()
        self.cases.write_inputs()
        why = self._stop()
        begin_s = time.monotonic()
        try:
            if (not why and self.state.done < self.state.total) or self._worst_unkept():
                if self.plan.scheduler is None:
                    compile_first(self.plan.rig, self.plan.obc)
                with cluster(self.plan.workers, self.plan.scheduler) as client:
                    why = why or self._make(client)
                    self._keep_worst(client)
        finally:
            self._write_table()
        return self._finished(why or self._all_made, time.monotonic() - begin_s)

    def _make(self, client: Any) -> str:
        """Have the runs made that are still to be made; return why it stopped."""
        from distributed import as_completed

        wanted = [n for n in range(1, self.state.total + 1) if n not in self._outcomes]
        waiting = self.cases.drawn(self._blocks, wanted)
        self.state.begin_s = time.monotonic()
        ahead = _AHEAD * max(1, len(client.scheduler_info()["workers"]))
        futures = as_completed()  # type: ignore[no-untyped-call]
        underway: dict[Any, Drawn] = {}

        def submit(drawn: Drawn | None) -> None:
            if drawn is not None:
                future = client.submit(run_drawn, self._task(drawn), pure=False)
                underway[future] = drawn
                futures.add(future)  # type: ignore[no-untyped-call]

        for _ in range(ahead):
            submit(next(waiting, None))
        for future in futures:
            drawn = underway.pop(future)
            made = self._result(future, drawn)
            if isinstance(made, list):
                submit(self.cases.again(drawn, made))
                continue
            self._take(drawn, made)
            if why := self._stop():
                client.cancel(list(underway))
                return why
            submit(next(waiting, None))
        return self._all_made

    @property
    def _all_made(self) -> str:
        return "all runs are made" if self._looks is None else self._looks.why_open

    def _task(self, drawn: Drawn) -> DrawnTask:
        keep = self.plan.keep
        if keep == "worst" and self._kept >= _FAILURES_KEPT:
            keep = "none"
        return DrawnTask(drawn, self._template, self.plan.obc, self._firmware, keep)

    def _result(self, future: Any, drawn: Drawn) -> Made | list[str]:
        """Return what a run came to; one whose workers were lost again and again has failed."""
        try:
            made: Made | list[str] = future.result()
        except (Exception, CancelledError) as error:
            words = f"its worker was lost: {type(error).__name__}: {error}"
            number, files = drawn.number, files_of(self.cases.template, drawn)
            told = {"case": number, "error": words, "exit_status": 3, "met": False, "wall_s": 0.0}
            return Made(files.source, told, b"")
        return made

    def _take(self, drawn: Drawn, made: Made) -> None:
        outcome = {**made.outcome, "seed": drawn.seed, "dispersed": drawn.values}
        if drawn.attempt:
            outcome["redrawn"] = drawn.attempt
        with told_if_unusable(self.plan.folder):
            write_case(made.source)
        if made.recording:
            self.folder.keep_recording(drawn.number, made.recording)
            self._kept += 1
        self.folder.keep_outcome(outcome)
        self._outcomes[drawn.number] = outcome
        self._count(outcome)

    def _take_kept(self) -> None:
        for outcome in self._outcomes.values():
            self._count(outcome)

    def _count(self, outcome: Outcome) -> None:
        ratio, words = -1.0, f"case {outcome['case']} failed"
        if "error" not in outcome:
            rated = [
                (share_of_limit(figure_of(each, outcome), each.limit), each)
                for each in self.wanted[:-1]
            ]
            ratio, worst = max(rated, key=lambda pair: pair[0], default=(-1.0, None))
            if worst is not None:
                words = (
                    f"{worst.name} {figure_of(worst, outcome):.4g} of {worst.limit:g} "
                    f"{worst.unit} in case {outcome['case']}"
                )
        self.state.take(outcome, ratio, words)
        self._tell(self.state)

    # -- after -------------------------------------------------------------------------------------

    def _stop(self) -> str:
        """Return why to stop, "" to go on."""
        return "" if self._looks is None else self._looks.stop(self._outcomes)

    def _verdicts(self) -> list[CampaignVerdict]:
        return verdicts_on(self.plan.rig, self._outcomes, self._looks)

    def _worst_cases(self) -> list[int]:
        """The worst case of each requirement."""
        found = [each.worst_case for each in self._verdicts() if each.wanted.limit and each.worst]
        return sorted({number for number in found if number is not None})

    def _worst_unkept(self) -> list[int]:
        if self.plan.keep == "none" or not self._outcomes:
            return []
        return [
            number
            for number in self._worst_cases()
            if not self.folder.recording_path(number).exists()
            and "error" not in self._outcomes[number]
        ]

    def _keep_worst(self, client: Any) -> None:
        tasks = {
            number: client.submit(record_case, self._task_of(number), pure=False)
            for number in self._worst_unkept()
        }
        for number, future in tasks.items():
            self.folder.keep_recording(number, future.result())

    def _task_of(self, number: int) -> Task:
        source = load_rig(self.folder.case_path(number)).source
        return Task(number, source.metadata(), self.plan.obc, self._firmware, "all")

    def _write_table(self) -> None:
        if self._outcomes:
            write_table(
                self.folder, self.wanted, [self._outcomes[n] for n in sorted(self._outcomes)]
            )
            self.folder.keep_manifest()

    def _finished(self, why: str, wall_s: float) -> Finished:
        outcomes = judged_runs(self._outcomes, self._looks)
        made = self.state.done - self.state.before
        return Finished(
            self.plan.folder,
            outcomes,
            self._verdicts(),
            why,
            self.folder.manifest_hash(),
            wall_s,
            sum("redrawn" in each for each in outcomes),
            made * self.plan.rig.duration_s,
        )
