"""Looks at a campaign that goes on until every requirement is shown or refuted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hil.campaign.sequential import Watch
from hil.campaign.verdicts import Wanted, failure_of, never_judged


class Looks:
    """Looks at the runs with the numbers 1 to n, when all of these are done.

    Not at whichever came first: a run that fails is often a short one. runs: after how many it
    stopped; 0 before that.
    """

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._wanted = wanted
        self._watches = [Watch(each.share, each.confidence) for each in wanted]
        self._unjudged: set[str] = set()
        self.runs = 0

    def stop(self, outcomes: Mapping[int, Mapping[str, Any]]) -> str:
        """Look where that is due; return why to stop, "" to go on."""
        while not self.runs and self._all_done(outcomes):
            self._look([outcomes[number] for number in range(1, self._next + 1)])
        return self._why if self.runs else ""

    @property
    def why_open(self) -> str:
        """Why a campaign ends whose runs are all made before each requirement is decided."""
        pairs = zip(self._wanted, self._watches, strict=True)
        still = ", ".join(each.name for each, watch in pairs if not watch.word)
        return f"all runs are made, too few to show or to refute: {still} (more: --resume -n N)"

    @property
    def _why(self) -> str:
        pairs = zip(self._wanted, self._watches, strict=True)
        told = (
            f"{each.name} {'not judged' if each.name in self._unjudged else watch.word} after "
            f"{watch.runs} runs"
            for each, watch in pairs
        )
        return f"every requirement is shown or refuted: {', '.join(told)}"

    @property
    def words(self) -> list[str]:
        """What each requirement is; between the looks nothing is shown, nor refuted."""
        return [watch.word or "open" for watch in self._watches]

    @property
    def _next(self) -> int:
        return min(watch.next_look for watch in self._watches)

    def _all_done(self, outcomes: Mapping[int, Any]) -> bool:
        return len(outcomes) >= self._next and all(
            number in outcomes for number in range(1, self._next + 1)
        )

    def _look(self, first: Sequence[Mapping[str, Any]]) -> None:
        n = len(first)
        for wanted, watch in zip(self._wanted, self._watches, strict=True):
            if watch.next_look == n:
                watch.look(sum(failure_of(wanted, each) for each in first))
        if all(watch.word for watch in self._watches):
            self.runs = n
            self._unjudged = {each.name for each in self._wanted if never_judged(each, first)}
