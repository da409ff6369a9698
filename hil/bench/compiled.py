"""The loop of one spacecraft around a `library` OBC in compiled code, step by step as ever.

Compiled code makes steps while they are usual. What is not, such as an event or a telecommand, is
left to the ordinary loop: both go on from what the other one left.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

from hil.bench.result import Stopwatch
from hil.bench.steprow import measured_only
from hil.bench.world import Command
from hil.devices.registry import registry
from hil.devices.rod import RodDrives
from hil.devices.sensor import Sample, starts
from hil.devices.wheel import WheelDrives
from hil.errors import RigError
from hil.link.clock import Clock
from hil.link.messages import COMMAND, ESTIMATE, HOUSEKEEPING, RODS_MAX, WHEELS_MAX
from hil.link.words import FRAMES_SHOWN
from hil.native import driver, tables
from hil.native.calls import address_of
from hil.native.world import WORLD
from hil.obc.library import REPLY_CAPACITY, LibraryObc
from hil.physics import kernel
from hil.physics.compiled import announce_compiling, is_compiling
from hil.physics.records import records
from hil.physics.vectors import FloatArray

if TYPE_CHECKING:
    from hil.bench.member import Member

_STEPS = 256  # at once: between them a run can be interrupted, and tells its progress
_COMMANDS_MOST = 4096  # on their way
_ACTUATORS = 3  # kinds of this package: wheels, rods, thrusters
_WHOLE = 1 << 53  # up to here float64 has every whole number
_STAGES = ("devices", "obc", "wire", "recording", "truth")


def refusal(member: Member, clock: Clock) -> str:
    """Return why a member's steps cannot be made by compiled code; nothing when they can."""
    rig, world, obc = member.rig, member.world, member.obc
    own = [each for each in world.sensors if not tables.fits(each)]
    longest = (rig.steps + 1) * max((clock.period_s * 1_000_000).numerator, clock.parts[1])
    reasons = {
        f"it runs on {obc.name}": not isinstance(obc, LibraryObc),
        "it is paced in real time": member.realtime,
        "nothing is compiled here (NUMBA_DISABLE_JIT)": not is_compiling(),
        f"no clock for compiled code on {sys.platform}": not _clock_address(),
        "it has faults": bool(rig.fault),
        "it has lines of its devices' own": bool(rig.line) or not rig.obc.wire,
        "it has a camera": bool(member.cameras),
        "it has a radio": rig.radio is not None,
        f"its {own[0].kind} measures in Python" if own else "": bool(own),
        "a wheel follows its commands slowly": world.follows_slowly,
        "it has actuators that another package brings": len(registry().actuators) > _ACTUATORS,
        "its latency differs from step to step": not isinstance(member.latency_s, float),
        "it is too long": longest >= _WHOLE,
        "its samples are too many": tables.octets_most(world.sensors) > REPLY_CAPACITY,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def clock_times_s(clock: Clock, first: int, n: int) -> FloatArray:
    """Return the instants of n steps, as the clock tells them one by one."""
    us = clock.period_s * 1_000_000
    times_s: FloatArray = np.arange(first, first + n) * us.numerator / us.denominator * 1e-6
    return times_s


def _is_usual(command: Command) -> bool:
    """Whether a command is one to wheels' torques and rods only."""
    return command.keys() == {"wheel", "rod"} and len(command["wheel"]) == WHEELS_MAX


def _clock_address() -> int:
    if sys.platform == "win32":
        return 0
    return ctypes.cast(ctypes.CDLL(None).clock_gettime, ctypes.c_void_p).value or 0


class CompiledLoop:
    """Takes a member through usual steps."""

    def __init__(self, member: Member, stopwatch: Stopwatch) -> None:
        """For a member that there is no ``refusal`` of, and whose run has begun."""
        announce_compiling(driver.run, "the compiled loop")
        self._member, self._stopwatch = member, stopwatch
        drives, rods = member.world.drives["wheel"], member.world.drives["rod"]
        assert isinstance(member.obc, LibraryObc)
        assert isinstance(drives, WheelDrives)
        assert isinstance(rods, RodDrives)
        self._obc, self._drives, self._rods = member.obc, drives, rods
        sensors, truth = member.world.sensors, member.world.truth
        self._sensors = sensors
        self._row = member.step_row
        columns = starts(tuple(self._row.columns))
        self._table = tables.sensor_records(sensors, columns)
        tables.find_code(self._table, sensors, truth.row)
        self._waiting = tables.waiting_room(sensors)
        self._apids = tables.slots(sensors)
        self._sequences = np.zeros(len(self._apids), np.int64)
        self._time = tables.time_record(member.clock, member.rig.step_s)
        self._replies, self._codes = tables.reply_records()
        self._needs = np.array(measured_only(), np.int64)
        self._told, self._user = np.zeros(len(self._needs) + 2), np.zeros(len(self._row.user))
        self._width = sum(size for _, size in self._row.columns)
        self._loop, self._world = self._loop_record(columns), self._world_record()
        room = _COMMANDS_MOST
        self._underway = np.zeros((room, WHEELS_MAX + RODS_MAX))
        self._due = np.zeros(room, np.int64)
        self._rows = np.zeros((_STEPS, self._width))
        self._octets = np.zeros((_STEPS, 2, REPLY_CAPACITY), np.uint8)
        self._sizes = np.zeros((_STEPS, 2), np.int64)
        self._stage_ns = np.zeros(driver.STAGES, np.int64)
        narrow = np.zeros(1, np.float32)
        most = max([each.compiled.shown.size for each in sensors if each.compiled], default=1)
        self._room: tuple[Any, ...] = (
            np.zeros(512, np.uint8),
            narrow,
            narrow.view(np.uint32),
            np.zeros(len(self._replies), np.int64),
            np.zeros(2, np.int64),
        )
        self._shown = np.zeros(most)
        self._values = np.zeros(len(self._codes))
        self._run(0, 0)  # compiled before the first step

    def _loop_record(self, columns: dict[str, int]) -> Any:
        record = records(driver.LOOP)
        record["clock"] = _clock_address()
        if sys.platform != "win32":  # where there is no such clock, ``refusal`` says so
            record["clock_kind"] = time.CLOCK_MONOTONIC
        record["reply_column"] = columns[f"command_{COMMAND.fields[1].name}"]
        record["separate_column"] = record["reply_column"] + WHEELS_MAX + RODS_MAX
        record["estimate_column"] = columns[f"estimate_{ESTIMATE.fields[0].name}"]
        housekeeping = columns[f"housekeeping_{HOUSEKEEPING.fields[0].name}"]
        record["housekeeping_column"] = housekeeping
        record["user_column"] = housekeeping + len(self._told)
        estimate, command, told = self._replies
        record["estimate_size"], record["command_values"] = estimate["fields"], command["begin"]
        record["dipole_values"], record["wheels"] = command["begin"] + WHEELS_MAX, WHEELS_MAX
        record["housekeeping"], record["housekeeping_size"] = told["begin"], told["fields"]
        return record

    def _world_record(self) -> Any:
        world, record = self._member.world, records(WORLD)
        record["advance"] = address_of(kernel.advance, world.truth.arguments(0))
        record["steps"], record["step_s"] = world.period_steps, world.truth.step_s
        assert isinstance(self._member.latency_s, float)
        record["waiting"] = world.waiting(self._member.latency_s)
        record["rods_at_once"] = self._rods.at_once
        return record

    # -- steps -------------------------------------------------------------------------------------

    def go(self, step: int, until: int) -> int:
        """Make usual steps from this one on, some at once; return the first that is not made."""
        if not self._can_go_on():
            return step
        self._member.record()
        self._stopwatch.add_up()
        begin_s = time.perf_counter()
        made, why = self._run(step, min(until - step, _STEPS))
        self._tell_stages(begin_s)
        if why == driver.NO_NORMALS:
            self._refill(step + made)
        elif why == driver.UNUSUAL:
            self._leave_to_the_session(step + made, made)
            return step + made + 1
        return step + made if made or why != driver.NO_NORMALS else self.go(step, until)

    def _can_go_on(self) -> bool:
        member = self._member
        underway = member.world.underway
        ours = all(_is_usual(command) for _, command in underway)
        return member.session.settled and ours and len(underway) < _COMMANDS_MOST - _STEPS

    def _run(self, step: int, most: int) -> tuple[int, int]:
        member, truth = self._member, self._member.world.truth
        self._load()
        clock = member.clock
        times_s = clock_times_s(clock, step, most)
        _, _, _, node_steps, calm2, _, _, state, work, _, period, written, *rest = truth.arguments(
            0
        )
        self._world["node_steps"], self._world["calm2"] = node_steps, calm2
        run: Any = driver.run
        made, why = run(
            step, times_s, self._rows[:most], self._octets, self._sizes, self._loop, self._time,
            self._table, self._waiting, self._shown, self._sequences, self._replies, self._codes,
            self._needs, self._values, self._told, self._user, *self._room, self._stage_ns,
            self._world, self._underway, self._due, self._drives.records, self._drives.applied_Nm,
            self._rods.records, self._rods.refused, self._rods.applied_body_A_m2,
            self._rods.dipole_body_A_m2, *truth.thrust, truth.on_times_s, truth.row, written, state,
            work, period, *rest,
        )  # fmt: skip
        self._store()
        answered = made + (why == driver.ASTRAY)
        self._record(step, answered)
        if answered:
            self._note(step, answered, made)
        self._tell_truth(why)
        return made, why

    def _tell_truth(self, why: int) -> None:
        """Have the truth know how far it has come; raises RigError when it could not go on."""
        outcome = int(self._world["outcome"][0]) if why == driver.ASTRAY else kernel.DONE
        try:
            self._member.world.truth.went_to(int(self._world["step"][0]), outcome)
        except ValueError as error:
            raise RigError(f"the simulated world cannot go on: {error}") from error

    def _tell_stages(self, begin_s: float) -> None:
        """Add where the time went; what is not compiled counts as recording."""
        told = self._stopwatch.stage_s
        for stage, spent_ns in zip(_STAGES, self._stage_ns.tolist(), strict=True):
            told[stage] += spent_ns * 1e-9
        whole_s = time.perf_counter() - begin_s
        told["recording"] += whole_s - 1e-9 * float(self._stage_ns.sum())
        self._stage_ns[:] = 0
        self._stopwatch.begin()

    def _load(self) -> None:
        """Take over from the ordinary loop where it has come to."""
        world, session = self._member.world, self._member.session
        self._loop["exchange"], self._loop["obc"] = self._obc.entry
        self._loop["sequence"] = session.command_count.sequence
        counts = session.framer.sequences
        self._sequences[:] = [counts.get(apid, 0) for apid in self._apids]
        self._told[:], self._user[:] = self._row.housekeeping, self._row.user
        for k, sensor in enumerate(self._sensors):
            assert sensor.compiled is not None
            self._table["following"][k] = sensor.compiled.normals.following
            waiting = list(sensor.waiting)
            self._table["head"][k], self._table["waiting"][k] = 0, len(waiting)
            for place, (taken, values, valid) in enumerate(waiting):
                self._waiting[k, place, : 2 + len(values)] = (taken, valid, *values)
        self._world["step"], self._world["prepared_until"] = world.truth.prepared
        self._world["underway"] = len(world.underway)
        for place, (due, command) in enumerate(world.underway):
            self._due[place] = due
            self._underway[place] = [*command["wheel"], *command["rod"]]

    def _store(self) -> None:
        """Have the ordinary loop go on from here."""
        session = self._member.session
        given = zip(self._apids, self._sequences.tolist(), strict=True)
        session.framer.sequences.update(given)
        self._row.tell(self._told.tolist(), self._user.tolist())
        for k, sensor in enumerate(self._sensors):
            assert sensor.compiled is not None
            sensor.compiled.normals.go_to(int(self._table["following"][k]))
            head, n = int(self._table["head"][k]), int(self._table["waiting"][k])
            places = self._waiting.shape[1]
            sensor.waiting = deque(
                self._on_its_way(k, (head + i) % places, sensor.compiled.shown.size)
                for i in range(n)
            )
        underway = int(self._world["underway"][0])
        commands = [
            {"wheel": values[:WHEELS_MAX], "rod": values[WHEELS_MAX:]}
            for values in self._underway[:underway].tolist()
        ]
        due = self._due[:underway].tolist()
        self._member.world.underway = deque(zip(due, commands, strict=True))

    def _on_its_way(self, k: int, place: int, n: int) -> tuple[int, tuple[float, ...], bool]:
        taken, valid, *values = self._waiting[k, place, : 2 + n].tolist()
        return int(taken), tuple(values), bool(valid)

    def _refill(self, step: int) -> None:
        """Draw normals for the sensors that have too few left for this step."""
        for sensor in self._sensors:
            own = sensor.compiled
            assert own is not None
            due = step % sensor.period_steps == 0
            if due and own.normals.following + own.draws > own.normals.block.size:
                own.normals.refill()

    # -- what was made -----------------------------------------------------------------------------

    def _record(self, step: int, n: int) -> None:
        """Record steps that are whole."""
        if not n:
            return
        recorder, clock = self._member.recorder, self._member.clock
        times_ns = [clock.time_ns(step + k) for k in range(n)]
        if recorder.keeps_octets:
            for k, time_ns in enumerate(times_ns):
                recorder.to_obc(time_ns, self._said(k, 0))
                recorder.from_obc(time_ns, self._said(k, 1))
        recorder.steps(times_ns, self._rows[:n])

    def _said(self, k: int, way: int) -> bytes:
        octets: bytes = self._octets[k, way, : self._sizes[k, way]].tobytes()
        return octets

    def _note(self, step: int, n: int, made: int) -> None:
        """Have everybody else know of n steps that were answered, and of those that are whole."""
        member, session = self._member, self._member.session
        sent, heard = self._sizes[:n].sum(axis=0).tolist()
        sequence = int(self._loop["sequence"][0])
        session.went_on(step + n - 1, sequence, sent, heard, time.monotonic())
        for k in range(max(0, n - FRAMES_SHOWN), n):
            session.sent.append(self._said(k, 0))
            session.heard.append(self._said(k, 1))
        member.clock.go_to(step + n - 1)
        member.result.steps = step + made

    def _leave_to_the_session(self, step: int, k: int) -> None:
        """Have an unusual answer looked at, and the rest of its step made, as ever."""
        row, samples = self._rows[k], list[Sample | None]()
        for record in self._table:
            begin, n = int(record["column"]), int(record["values"])
            *values, valid, age_s = row[begin : begin + n + 2].tolist()
            sampled = valid == valid  # not NaN
            samples.append(Sample(tuple(values), bool(valid), age_s) if sampled else None)
        self._member.take_over(step, samples, self._said(k, 0), self._said(k, 1))
