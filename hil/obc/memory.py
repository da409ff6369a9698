"""What an OBC remembers, where single bits of it can be flipped from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hil.errors import ObcError, RigError
from hil.obc.symbols import Variable, named

_GONE = " (deleted)"  # proc(5), "/proc/pid/maps"
FlipOctet = Callable[[int, int], None]  # address, mask


class Memory:
    """The variables of a firmware that runs, by their C names.

    flip_octet: inverts the bits of a mask in the octet at an address of the firmware's file.
    """

    def __init__(self, variables: Sequence[Variable], flip_octet: FlipOctet) -> None:
        self.variables, self._flip_octet = variables, flip_octet

    @property
    def bits(self) -> int:
        """How many there are, of all variables together."""
        return 8 * sum(each.size for each in self.variables)

    def find(self, symbol: str) -> Variable:
        """Return a variable or member by its C name; RigError with similar names if it is none."""
        found = named(self.variables, symbol)
        if found is None:
            last = symbol.rpartition(".")[2].partition("[")[0]
            near = [each.name for each in self.variables if last and last in each.name][:5]
            hint = f"there are {', '.join(near)}" if near else "`hil seu RIG --list` lists them"
            raise RigError(f'symbol = "{symbol}": the firmware has no such variable; {hint}')
        return found

    def at(self, bit: int) -> tuple[Variable, int]:
        """Return the variable that has bit number `bit` of all of them, and the bit's number in it.

        Raises IndexError beyond the last.
        """
        for each in self.variables:
            if bit < 8 * each.size:
                return each, bit
            bit -= 8 * each.size
        raise IndexError(bit)

    def flip(self, variable: Variable, bit: int) -> None:
        """Invert a bit; 0 is the lowest of the variable's first octet."""
        self._flip_octet(variable.address + bit // 8, 1 << bit % 8)


def flip_octet(pid: int, address: int, mask: int) -> None:
    """Invert bits of an octet in another process; raises ObcError when it cannot be reached."""
    try:
        with Path(f"/proc/{pid}/mem").open("r+b", buffering=0) as memory:
            memory.seek(address)
            [octet] = memory.read(1)
            memory.seek(address)
            memory.write(bytes([octet ^ mask]))
    except (OSError, ValueError) as error:
        raise ObcError(f"the memory of process {pid} cannot be changed: {error}") from error


def loaded_at(pid: int | str, file: Path) -> int:
    """Return where a process has the beginning of a program's file; raises ObcError if nowhere."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        places, _, offset, _, _, *path = line.split(maxsplit=5)
        if path and int(offset, 16) == 0 and Path(path[0].removesuffix(_GONE)) == file:
            return int(places.split("-")[0], 16)
    raise ObcError(f"process {pid} has not loaded {file}")
