"""The cases of a campaign in order: drawn, made into rigs, and redrawn where these cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hil.campaign.case import Drawn, Files, Template, files_of, tabled, write_inputs
from hil.campaign.draw import again, correlated, cut_off, ends, unit_draws, values_of
from hil.errors import RigError
from hil.rig import Rig
from hil.rig.disperse import Variable, correlation_matrix, variables

_ATTEMPTS = 100
_TOLD_FROM = 0.01  # of a distribution being cut off


class Cases:
    """Draws the cases of a campaign; the same rig and blocks give the same cases."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        """folder: the campaign's. Raises RigError for a dispersal that cannot be drawn from."""
        self.rig, self._folder = rig, folder
        self.variables = variables(rig)
        self._correlation = correlation_matrix(rig, self.variables)
        self.template = Template(rig, tabled(rig), folder, self.variables)

    def drawn(self, blocks: Sequence[int], wanted: Sequence[int]) -> Iterator[Drawn]:
        """Yield what was drawn for the cases with the numbers wanted, in order.

        blocks: how many cases were asked for at a time; a Latin hypercube is one such block.
        """
        first = 1
        numbers = set(wanted)
        for runs in blocks:
            here = sorted(numbers.intersection(range(first, first + runs)))
            if here:
                shares = self._shares(first, runs)[[number - first for number in here]]
                for number, values in zip(here, values_of(self.variables, shares), strict=True):
                    yield Drawn(number, self._seed(number), values)
            first += runs

    def again(self, drawn: Drawn, wrong: Sequence[str]) -> Drawn:
        """Return other values of a case whose last ones made no rig; RigError after too many."""
        if drawn.attempt + 1 == _ATTEMPTS:
            raise RigError(
                f"the dispersed values gave no valid rig {_ATTEMPTS} times in a row; the last "
                f"time: {wrong[0]}"
            )
        seed, size, attempt = self.rig.seed, len(self.variables), drawn.attempt + 1
        shares = correlated(again(seed, size, drawn.number, attempt)[None], self._correlation)
        return drawn._replace(values=values_of(self.variables, shares)[0], attempt=attempt)

    def made(self, number: int, values: dict[str, Any], seed: int | None = None) -> Files:
        """Return the files of the case with these values, whether they make a rig or not.

        seed: of its noise; by default that of case 1 is the rig's own, that of case 2 the next.
        """
        drawn = Drawn(number, self._seed(number) if seed is None else seed, values)
        return files_of(self.template, drawn)

    def write_inputs(self) -> None:
        """Write the files that all cases refer to."""
        write_inputs(self._folder, self.template.base)

    def _seed(self, number: int) -> int:
        return self.rig.seed + number - 1

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
            made = cases.made(1, values).made
            for words in made[:1] if isinstance(made, list) else ():
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
