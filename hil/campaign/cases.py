"""The cases of a campaign in order: drawn, made into rigs, and redrawn where these cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hil.campaign.case import Tabled, case_source, tabled, write_case, write_inputs
from hil.campaign.draw import again, correlated, cut_off, ends, unit_draws, values_of
from hil.errors import RigError
from hil.rig import Rig, Source, problems
from hil.rig.disperse import Variable, correlation_matrix, variables

_ATTEMPTS = 100
_TOLD_FROM = 0.01  # of a distribution being cut off


class Case(NamedTuple):
    """One run of a campaign: its number from 1, its seed, what was drawn, and its files.

    attempt: how often it was drawn anew, because the values before made no rig.
    """

    number: int
    seed: int
    values: dict[str, Any]
    source: Source
    attempt: int


class Cases:
    """Draws the cases of a campaign; the same rig and blocks give the same cases."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        """folder: the campaign's. Raises RigError for a dispersal that cannot be drawn from."""
        self.rig, self._folder = rig, folder
        self.variables = variables(rig)
        self._correlation = correlation_matrix(rig, self.variables)
        self._base: Tabled = tabled(rig)
        self._inputs_written = False

    def draw(self, blocks: Sequence[int], wanted: Sequence[int]) -> Iterator[Case]:
        """Yield the cases with the numbers wanted, in order; their files are written.

        blocks: how many cases were asked for at a time; a Latin hypercube is one such block.
        """
        first = 1
        numbers = set(wanted)
        for runs in blocks:
            here = sorted(numbers.intersection(range(first, first + runs)))
            if here:
                shares = self._shares(first, runs)
                for number in here:
                    yield self.written(self.case(number, shares[number - first]))
            first += runs

    def case(self, number: int, shares: np.ndarray) -> Case:
        """Return the case of these draws, or of others if they make no rig."""
        seed, size = self.rig.seed, len(self.variables)
        wrong: list[str] = []
        for attempt in range(_ATTEMPTS):
            values = values_of(self.variables, shares)
            made = self.made(number, values)._replace(attempt=attempt)
            wrong = problems(made.source)
            if not wrong:
                return made
            shares = correlated(again(seed, size, number, attempt + 1)[None], self._correlation)[0]
        raise RigError(
            f"the dispersed values gave no valid rig {_ATTEMPTS} times in a row; the last "
            f"time: {wrong[0]}"
        )

    def made(self, number: int, values: dict[str, Any], seed: int | None = None) -> Case:
        """Return the case with these values, whether they make a rig or not.

        seed: of its noise; by default that of case 1 is the rig's own, that of case 2 the next.
        """
        seed = self.rig.seed + number - 1 if seed is None else seed
        drawn = self.variables
        source = case_source(self.rig, self._base, self._folder, number, seed, drawn, values)
        return Case(number, seed, values, source, 0)

    def written(self, case: Case) -> Case:
        """Write a case's files and return it."""
        if not self._inputs_written:
            write_inputs(self._folder, self._base)
            self._inputs_written = True
        write_case(case.source)
        return case

    def _shares(self, first: int, runs: int) -> np.ndarray:
        method, size = self.rig.sampling.method, len(self.variables)
        return correlated(unit_draws(method, self.rig.seed, size, first, runs), self._correlation)


def dispersal_problems(rig: Rig) -> list[str]:
    """Return a sentence for each dispersed key whose distribution reaches what makes no rig."""
    cases = Cases(rig, Path("campaign"))
    middle = {each.name: ends(each)[0] for each in cases.variables}
    own = {each.name: _own(each) for each in cases.variables}
    found = []
    for each in cases.variables:
        for value in ends(each):
            values = {**middle, **own, each.name: value}
            for words in problems(cases.made(1, values).source)[:1]:
                shown = f"{value:g}" if isinstance(value, float) else repr(value)
                said = words.partition(": ")[2]
                found.append(
                    f'{rig.source.path}: [[disperse]] "{each.table.key}": {each.name} = {shown} '
                    f"is not a valid rig: {said}"
                )
    return list(dict.fromkeys(found))


def dispersal_remarks(rig: Rig) -> list[str]:
    """Return a sentence for each distribution of which the key cuts off more than a little."""
    shares = [(each, cut_off(each)) for each in variables(rig)]
    return [
        f'{rig.source.path}: [[disperse]] "{each.table.key}": {100 * share:.2g} % of the '
        f"distribution are cut off: the key must be {each.places[0].allowed_words}"
        for each, share in shares
        if share > _TOLD_FROM
    ]


def _own(each: Variable) -> Any:
    """The file's own value, where a variable can have it."""
    if each.how == "factor":
        return 1.0
    if each.how in ("tilt", "seconds"):
        return 0.0
    return each.places[0].own if each.places[0].own is not None else ends(each)[0]
