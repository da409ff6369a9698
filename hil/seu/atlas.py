"""Which bits are flipped, and what became of each: counted by variable, with confidence."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from hil.errors import RigError
from hil.judge.binomial import lower_bound, upper_bound
from hil.obc.memory import Memory
from hil.obc.symbols import Variable
from hil.seu.apart import runs
from hil.seu.forked import forks
from hil.seu.outcome import Outcome
from hil.seu.plan import Plan

Progress = Callable[[int, int], None]


class Flip(NamedTuple):
    """A bit that was flipped, and what became of it."""

    symbol: str
    bit: int
    outcome: Outcome


@dataclass
class Atlas:
    """bits: how many each variable has, by its name. flips: in the order of the variables."""

    bits: dict[str, int]
    flips: list[Flip] = field(default_factory=list)

    @property
    def all_bits(self) -> int:
        """How many bits there are to be flipped."""
        return sum(self.bits.values())

    def by_symbol(self, depth: int) -> dict[str, Counter[str]]:
        """Return how often there was each outcome, by the first parts of the variables' names."""
        found: dict[str, Counter[str]] = {}
        for flip in self.flips:
            found.setdefault(shortened(flip.symbol, depth), Counter())[flip.outcome.kind] += 1
        return found

    def counts(self) -> Counter[str]:
        """Return how often there was each outcome."""
        return Counter(flip.outcome.kind for flip in self.flips)

    def share(self, kind: str, confidence: float = 0.95) -> tuple[float, float, float]:
        """Return the share of an outcome, and between what it is with this confidence.

        Of all bits that could have been flipped, as the sample tells; all flipped: without doubt.
        """
        n, k = len(self.flips), self.counts()[kind]
        if n and n == self.all_bits:
            return (k / n, k / n, k / n)
        each = 0.5 * (1.0 + confidence)  # the two miss it with half of what is left each
        return (k / n if n else float("nan"), lower_bound(k, n, each), upper_bound(k, n, each))


def shortened(symbol: str, depth: int) -> str:
    """Return the first parts of a variable's name, without the numbers of array elements."""
    return re.sub(r"\[\d+\]", "", ".".join(symbol.split(".")[:depth]))


def drawn(
    memory: Memory, prefix: str, samples: int | None, seed: int
) -> list[tuple[Variable, int]]:
    """Return bits to flip: a sample without repetition, or all; of the variables of a prefix.

    Raises RigError when there is no such variable.
    """
    whole = Memory(_of(memory, prefix), lambda *_: None)
    bits = np.arange(whole.bits)
    if samples is not None and samples < whole.bits:
        bits = np.sort(np.random.default_rng(seed).choice(whole.bits, samples, replace=False))
    return [whole.at(bit) for bit in bits.tolist()]


def _of(memory: Memory, prefix: str) -> Sequence[Variable]:
    if not prefix:
        return memory.variables
    found = memory.find(prefix)
    end = found.address + found.size
    return [each for each in memory.variables if found.address <= each.address < end]


def survey(
    plan: Plan,
    prefix: str = "",
    samples: int | None = 500,
    seed: int = 1,
    at_once: int = 1,
    progress: Progress = lambda _done, _total: None,
) -> Atlas:
    """Flip bits, one a run, and tell what becomes of each.

    prefix: of the variables' names. samples: how many bits, drawn by seed; None: all.
    at_once: how many runs beside each other. Raises RigError, LinkError or ObcError.
    """
    if "/" in plan.place:
        raise RigError(f"hil seu needs library, posix, qemu or qemu-fast, not {plan.place}")
    forked = plan.place == "library" and sys.platform != "win32"
    with forks(plan) if forked else runs(plan) as flown:
        bits = {each.name: 8 * each.size for each in _of(flown.memory, prefix)}
        flips = drawn(flown.memory, prefix, samples, seed)
        found = []
        for done, ((variable, bit), outcome) in enumerate(flown.outcomes(flips, at_once)):
            found.append(Flip(variable.name, bit, outcome))
            progress(done + 1, len(flips))
    order = {name: place for place, name in enumerate(bits)}
    return Atlas(bits, sorted(found, key=lambda flip: (order[flip.symbol], flip.bit)))
