"""What went over devices' own lines in a run, counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hil.lines.end import End

Record = Callable[..., None]
"""Takes time in ns, number of the line, octets, and from_obc."""


class Carried:
    """Counts of one run, whose octets are recorded as they are counted.

    octets: of each line, to the OBC and from it. lost: octets that came while a fault of the OBC
    had it stand still.
    """

    def __init__(self, ends: Sequence[End], record: Record) -> None:
        """Begin with nothing."""
        self._ends, self._record = ends, record
        self.octets = [[0, 0] for _ in ends]
        self.lost = 0

    def note(self, time_ns: int, number: int, data: bytes, *, from_obc: bool) -> None:
        """Record and count what went over a line."""
        self._record(time_ns, number, data, from_obc=from_obc)
        self.octets[number][from_obc] += len(data)

    def of_each_line(self) -> dict[str, dict[str, int]]:
        """Return octets each way, and how often its devices heard no message, by line."""
        return {
            end.line.name: {
                "octets_to_obc": to_obc,
                "octets_from_obc": from_obc,
                "noises": _noises(end),
                "collisions": end.collisions,
            }
            for end, (to_obc, from_obc) in zip(self._ends, self.octets, strict=True)
        }

    def counts(self, dropped: int) -> dict[str, int]:
        """Return those of all lines together. dropped: octets that the OBC did not take."""
        return {
            "line_octets_lost_to_faults": self.lost,
            "line_octets_dropped": dropped,
            "line_collisions": sum(end.collisions for end in self._ends),
            "line_noises": sum(_noises(end) for end in self._ends),
        }


def _noises(end: End) -> int:
    return sum(seat.device.reader.refused for seat in end.seats)
