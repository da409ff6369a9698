"""Single-event upsets: bits of the OBC's memory that a particle flips."""

from __future__ import annotations

import numpy as np

from hil.errors import RigError
from hil.faults.model import Fault
from hil.faults.obc import ObcFault, Tell
from hil.obc.memory import Memory
from hil.obc.place import Obc
from hil.obc.symbols import Variable

FLIPPED = "bit_flipped"
"""The event; its text is the variable's name and the bit's number, read back by `flipped`."""
_DAY_S = 86_400.0


def flipped(memory: Memory, text: str) -> tuple[Variable, int]:
    """Return what an event says was flipped; raises RigError for a firmware without it."""
    symbol, _, bit = text.rpartition(" bit ")
    return memory.find(symbol), int(bit)


class Upset(ObcFault):
    """Bits flipped in what the OBC remembers. injected: how many so far."""

    def __init__(
        self, fault: Fault, obc: Obc, step_s: float, tell: Tell, source: np.random.Generator
    ) -> None:
        """Find what is to be flipped, so that a wrong name is told before the start."""
        super().__init__(fault, obc, step_s, tell)
        self._source, self.injected = source, 0
        try:
            self._look_at(obc.memory())
        except RigError as error:
            self.misfit = str(error)

    def _look_at(self, memory: Memory) -> None:
        """Take what is needed to know of the memory."""

    def _flip(self, memory: Memory, variable: Variable, bit: int) -> None:
        memory.flip(variable, bit)
        self.injected += 1
        self._tell(FLIPPED, f"{variable.name} bit {bit}")


class BitFlip(Upset):
    """One bit, once."""

    def _look_at(self, memory: Memory) -> None:
        self._variable = memory.find(self._fault.symbol or "")
        if (self._fault.bit or 0) >= 8 * self._variable.size:
            last = 8 * self._variable.size - 1
            self.misfit = f"bit = {self._fault.bit}: {self._variable.name} has bits 0 to {last}"

    def begin(self) -> None:
        self._flip(self._obc.memory(), self._variable, self._fault.bit or 0)
        self.spent = True


class BitFlips(Upset):
    """Any bit, at random."""

    def _look_at(self, memory: Memory) -> None:
        self._bits = memory.bits

    def step(self) -> None:
        rate = (self._fault.rate_per_bit_day or 0.0) / _DAY_S
        number = int(self._source.poisson(rate * self._bits * self._step_s))
        if number:
            memory = self._obc.memory()
            for bit in self._source.integers(self._bits, size=number).tolist():
                self._flip(memory, *memory.at(bit))
