"""The loop of one spacecraft around an OBC that can be called, in compiled code, step by step.

Compiled code makes steps while they are usual. What is not, such as an event or a telecommand, is
left to the ordinary loop: both go on from what the other one left.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from hil.bench.handover import Handover
from hil.bench.member import Member
from hil.bench.refusal import clock_address
from hil.bench.result import Stopwatch
from hil.bench.steprow import MEASURED_ONLY
from hil.devices.rod import RodDrives
from hil.devices.sensor import Sample, starts
from hil.devices.wheel import WheelDrives
from hil.errors import RigError
from hil.link.clock import Clock
from hil.link.messages import COMMAND, ESTIMATE, HOUSEKEEPING, RODS_MAX, WHEELS_MAX
from hil.link.words import FRAMES_SHOWN
from hil.native import driver, tables
from hil.native.calls import address_of
from hil.native.octets import BODY_OCTETS
from hil.native.world import WORLD
from hil.obc.library import REPLY_CAPACITY
from hil.physics import kernel
from hil.physics.compiled import announce_compiling, is_to_be_compiled
from hil.physics.records import records
from hil.physics.vectors import FloatArray

# At once: between them a run can be interrupted, and tells its progress. It begins with few, for a
# short run, and goes on with twice as many each time: what Python does between them takes 0.3 ms.
_FIRST_STEPS, _STEPS = 512, 2048
_WORD = (1 << 63) - 1
_STAGES = ("devices", "obc", "wire", "truth")


def clock_times_s(clock: Clock, first: int, n: int) -> FloatArray:
    """Return the instants of n steps, as the clock tells them one by one."""
    us = clock.period_s * 1_000_000
    times_s: FloatArray = np.arange(first, first + n) * us.numerator / us.denominator * 1e-6
    return times_s


def clock_times_ns(clock: Clock, first: int, n: int) -> list[int]:
    """Return the same in nanoseconds."""
    us = clock.period_s * 1_000_000
    if 2000 * (first + n) * us.numerator + us.denominator > _WORD:
        return [clock.time_ns(step) for step in range(first, first + n)]
    parts = 2000 * np.arange(first, first + n) * us.numerator + us.denominator
    times_ns: list[int] = (parts // (2 * us.denominator)).tolist()
    return times_ns


def loop_is_to_be_compiled() -> bool:
    """Whether the first run costs some seconds and much memory, as no cache has the loop."""
    return is_to_be_compiled(driver.run)


class CompiledLoop:
    """Takes a member through usual steps."""

    def __init__(self, member: Member, stopwatch: Stopwatch) -> None:
        """For a member that there is no ``refusal`` of, and whose run has begun."""
        announce_compiling(driver.run, "the compiled loop")
        self._member, self._stopwatch = member, stopwatch
        drives, rods = member.world.drives["wheel"], member.world.drives["rod"]
        assert isinstance(drives, WheelDrives)
        assert isinstance(rods, RodDrives)
        self._drives, self._rods = drives, rods
        self._time = tables.time_record(member.clock, member.rig.step_s)
        self._replies, self._codes = tables.reply_records()
        self._needs = np.array(MEASURED_ONLY, np.int64)
        self._loop, self._world = self._loop_record(), self._world_record()
        self._handover = Handover(member, self._loop, self._world)
        self._at_once = _FIRST_STEPS
        self._make_room()
        self._run(0, 0)  # compiled before the first step
        self._stage_ns[:] = 0

    def _make_room(self) -> None:
        sensors, columns = self._member.world.sensors, self._member.step_row.columns
        self._rows = np.zeros((_STEPS, sum(size for _, size in columns)))
        # Of a step that is recorded without its octets, they are kept for an error's words only.
        steps = _STEPS if self._member.recorder.keeps_octets else 2 * FRAMES_SHOWN
        longest = max(tables.octets_most(sensors), tables.answer_octets_most())
        self._octets = np.zeros((steps, 2, longest), np.uint8)
        self._answer = np.zeros(REPLY_CAPACITY, np.uint8)
        self._sizes = np.zeros((_STEPS, 2), np.int64)
        self._stage_ns = np.zeros(driver.STAGES, np.int64)
        self._values, narrow = np.zeros(len(self._codes)), np.zeros(1, np.float32)
        most = max([each.compiled.shown.size for each in sensors if each.compiled], default=1)
        self._shown = np.zeros(most)
        self._room: tuple[Any, ...] = (
            np.zeros(BODY_OCTETS, np.uint8),
            narrow,
            narrow.view(np.uint32),
            np.zeros(len(self._replies), np.int64),
            np.zeros(2, np.int64),
        )

    def _loop_record(self) -> Any:
        record, columns = records(driver.LOOP), starts(tuple(self._member.step_row.columns))
        record["clock"] = clock_address()
        if sys.platform != "win32":  # where there is no such clock, ``refusal`` says so
            record["clock_kind"] = time.CLOCK_MONOTONIC
        record["reply_column"] = columns[f"command_{COMMAND.fields[1].name}"]
        record["separate_column"] = record["reply_column"] + WHEELS_MAX + RODS_MAX
        record["estimate_column"] = columns[f"estimate_{ESTIMATE.fields[0].name}"]
        housekeeping = columns[f"housekeeping_{HOUSEKEEPING.fields[0].name}"]
        record["housekeeping_column"] = housekeeping
        record["user_column"] = housekeeping + len(self._member.step_row.housekeeping)
        estimate, command, told = self._replies
        record["estimate_size"], record["command_values"] = estimate["fields"], command["begin"]
        record["dipole_values"] = command["begin"] + WHEELS_MAX
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
        if not self._handover.is_usual(_STEPS):
            return step
        self._member.record()
        self._stopwatch.add_up()
        begin_s = time.perf_counter()
        made, why = self._run(step, min(until - step, self._at_once))
        if made == self._at_once:
            self._at_once = min(_STEPS, 2 * made)
        self._tell_stages(begin_s)
        if why == driver.UNUSUAL:
            self._leave_to_the_session(step + made, made)
            return step + made + 1
        return step + made

    def _run(self, step: int, most: int) -> tuple[int, int]:
        self._loop["exchange"], self._loop["obc"] = self._member.obc.entry
        self._handover.load()
        begin_ns = time.perf_counter_ns()
        self._handover.draw(most)
        self._stage_ns[0] += time.perf_counter_ns() - begin_ns
        made, why = self._make(step, most)
        self._handover.store()
        answered = made + (why == driver.ASTRAY)
        self._record(step, answered)
        if answered:
            self._note(step, answered, made)
        self._tell_truth(why)
        return made, why

    def _make(self, step: int, most: int) -> tuple[int, int]:
        """Make so many steps, or fewer; return how many are whole, and why it ended."""
        truth, ours = self._member.world.truth, self._handover
        times_s = clock_times_s(self._member.clock, step, most)
        _, _, _, node_steps, calm2, _, _, state, work, _, period, written, *rest = truth.arguments(
            0
        )
        self._world["node_steps"], self._world["calm2"] = node_steps, calm2
        run: Any = driver.run
        made, why = run(
            step, times_s, self._rows[:most], self._octets, self._answer, self._sizes, self._loop,
            self._time, ours.table, ours.waiting, self._shown, ours.sequences, self._replies,
            self._codes, self._needs, self._values, ours.told, ours.user, *self._room,
            self._stage_ns, self._world, ours.underway, ours.due, self._drives.records,
            self._drives.applied_Nm, self._rods.records, self._rods.refused,
            self._rods.applied_body_A_m2, self._rods.dipole_body_A_m2, *truth.thrust,
            truth.on_times_s, truth.row, written, state, work, period, *rest,
        )  # fmt: skip
        return int(made), int(why)

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

    # -- what was made -----------------------------------------------------------------------------

    def _record(self, step: int, n: int) -> None:
        """Record steps that are whole."""
        if not n:
            return
        recorder, clock = self._member.recorder, self._member.clock
        times_ns = clock_times_ns(clock, step, n)
        if recorder.keeps_octets:
            for k, time_ns in enumerate(times_ns):
                recorder.to_obc(time_ns, self._said(step, k, 0))
                recorder.from_obc(time_ns, self._said(step, k, 1))
        recorder.steps(times_ns, self._rows[:n])

    def _said(self, first: int, k: int, way: int) -> bytes:
        """Return what was said in the k-th of the steps from the first on."""
        place = (first + k) % len(self._octets)
        octets: bytes = self._octets[place, way, : self._sizes[k, way]].tobytes()
        return octets

    def _note(self, step: int, n: int, made: int) -> None:
        """Have everybody else know of n steps that were answered, and of those that are whole."""
        member, session = self._member, self._member.session
        sent, heard = self._sizes[:n].sum(axis=0).tolist()
        sequence = int(self._loop["sequence"][0])
        session.went_on(step + n - 1, sequence, sent, heard, time.monotonic())
        for k in range(max(0, n - FRAMES_SHOWN), n):
            session.sent.append(self._said(step, k, 0))
            session.heard.append(self._said(step, k, 1))
        member.clock.go_to(step + n - 1)
        member.result.steps = step + made

    def _leave_to_the_session(self, step: int, k: int) -> None:
        """Have an unusual answer looked at, and the rest of its step made, as ever."""
        row, samples = self._rows[k], list[Sample | None]()
        for record in self._handover.table:
            begin, n = int(record["column"]), int(record["values"])
            *values, valid, age_s = row[begin : begin + n + 2].tolist()
            sampled = valid == valid  # not NaN
            samples.append(Sample(tuple(values), bool(valid), age_s) if sampled else None)
        answer = self._answer[: self._sizes[k, 1]].tobytes()
        self._member.take_over(step, samples, self._said(step - k, k, 0), answer)
