"""How compiled code and the ordinary loop take over from each other, at any step."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from hil.bench.member import Member
from hil.bench.world import Command
from hil.devices.reading import CompiledReading
from hil.devices.sensor import starts
from hil.link.messages import RODS_MAX, WHEELS_MAX
from hil.native import tables
from hil.physics.vectors import FloatArray

_COMMANDS_MOST = 4096  # on their way


class Handover:
    """What lasts from step to step, as compiled code has it: sensors, counts, commands underway.

    loop, world: their records, of ``hil.native``.
    """

    def __init__(self, member: Member, loop: Any, world: Any) -> None:
        self._member, self._loop, self._world = member, loop, world
        self._sensors, self._row = member.world.sensors, member.step_row
        columns = starts(tuple(self._row.columns))
        self.table = tables.sensor_records(self._sensors, columns)
        tables.find_code(self.table, self._sensors, member.world.truth.row)
        self.waiting = tables.waiting_room(self._sensors)
        self._apids = tables.slots(self._sensors)
        self.sequences = np.zeros(len(self._apids), np.int64)
        self.told = np.zeros(len(self._row.housekeeping))
        self.user = np.zeros(len(self._row.user))
        self.underway = np.zeros((_COMMANDS_MOST, WHEELS_MAX + RODS_MAX))
        self.due = np.zeros(_COMMANDS_MOST, np.int64)
        self._normals: list[FloatArray] = []

    def is_usual(self, steps: int) -> bool:
        """Return whether compiled code can go on with what there is, for so many steps."""
        underway = self._member.world.underway
        ours = all(_is_usual(command) for _, command in underway)
        return self._member.session.settled and ours and len(underway) < _COMMANDS_MOST - steps

    def load(self) -> None:
        """Take over from the ordinary loop where it has come to."""
        world, session = self._member.world, self._member.session
        self._loop["sequence"] = session.command_count.sequence
        counts = session.framer.sequences
        self.sequences[:] = [counts.get(apid, 0) for apid in self._apids]
        self.told[:], self.user[:] = self._row.housekeeping, self._row.user
        self.table["head"] = 0
        for k, sensor in enumerate(self._sensors):
            self.table["waiting"][k] = len(sensor.waiting)
            for place, (taken, values, valid) in enumerate(sensor.waiting):
                self.waiting[k, place, : 2 + len(values)] = (taken, valid, *values)
        self._world["step"], self._world["prepared_until"] = world.truth.prepared
        self._world["underway"] = len(world.underway)
        for place, (due, command) in enumerate(world.underway):
            self.due[place] = due
            self.underway[place] = [*command["wheel"], *command["rod"]]

    def draw(self, steps: int) -> None:
        """Have all normals lie ready that so many steps take."""
        self._normals = []
        for record, sensor in zip(self.table, self._sensors, strict=True):
            own = sensor.compiled
            assert own is not None
            blocks = _blocks(own, steps // sensor.period_steps + 1)
            self._normals.append(own.normals.with_next(blocks))
            record["normals"] = self._normals[-1].ctypes.data
            record["following"], record["begun"] = own.normals.following, 0
            record["blocks"] = blocks

    def store(self) -> None:
        """Have the ordinary loop go on from here."""
        session = self._member.session
        given = zip(self._apids, self.sequences.tolist(), strict=True)
        session.framer.sequences.update(given)
        self._row.tell(self.told.tolist(), self.user.tolist())
        following, begun = self.table["following"].tolist(), self.table["begun"].tolist()
        heads, waiting = self.table["head"].tolist(), self.table["waiting"].tolist()
        places = self.waiting.shape[1]
        for k, sensor in enumerate(self._sensors):
            own = sensor.compiled
            assert own is not None
            for _ in range(begun[k]):
                own.normals.refill()
            own.normals.following = following[k]
            sensor.waiting = deque(
                self._on_its_way(k, (heads[k] + i) % places, own.shown.size)
                for i in range(waiting[k])
            )
        underway = int(self._world["underway"][0])
        commands = [
            {"wheel": values[:WHEELS_MAX], "rod": values[WHEELS_MAX:]}
            for values in self.underway[:underway].tolist()
        ]
        due = self.due[:underway].tolist()
        self._member.world.underway = deque(zip(due, commands, strict=True))

    def _on_its_way(self, k: int, place: int, n: int) -> tuple[int, tuple[float, ...], bool]:
        taken, valid, *values = self.waiting[k, place, : 2 + n].tolist()
        return int(taken), tuple(values), bool(valid)


def _blocks(own: CompiledReading, samples: int) -> int:
    """Return how many more blocks of normals so many samples begin, whose own lie in one each."""
    if not own.draws:
        return 0
    size = own.normals.block.size
    left = (size - own.normals.following) // own.draws
    return max(0, -(-(samples - left) // (size // own.draws)))


def _is_usual(command: Command) -> bool:
    """Whether a command is one to wheels' torques and rods only."""
    return command.keys() == {"wheel", "rod"} and len(command["wheel"]) == WHEELS_MAX
