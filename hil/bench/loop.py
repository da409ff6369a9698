"""The loop itself: sense, send, wait for the reply, record, go on."""

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path

from hil.bench.keep import (
    RecordingTap,
    keep_partial_recording,
    make_folder,
    obc_metadata,
    run_metadata,
    unix_ns,
)
from hil.bench.latency import latency_of
from hil.bench.pace import Lockstep, Pace, RealTime
from hil.bench.preflight import check_room
from hil.bench.result import Result, Stopwatch
from hil.bench.rows import DeferredRows
from hil.bench.steprow import StepRow
from hil.bench.uplink import send, telecommands
from hil.bench.world import Command, World
from hil.devices.registry import registry
from hil.devices.sensor import Sample
from hil.errors import LinkError, RigError
from hil.judge.requirements import COUNTED
from hil.link.budget import budget
from hil.link.cuc import ticks_from_us
from hil.link.framing import Framer
from hil.link.messages import FLAG_INVALID, SET_PARAMETER, SYNC, THRUSTER_COMMAND, WHEELS_MAX
from hil.machine.priority import without_garbage_collection
from hil.obc.dialogue import Dialogue, Reply
from hil.obc.place import LineGoneError, Obc
from hil.obc.replug import ResumingDialogue
from hil.recording import Recorder
from hil.rig import Rig

_PROGRESS_EVERY = 50
_FLUSH_S = 0.25
_COUNTERS = (
    *COUNTED,
    "bytes_to_obc",
    "bytes_from_obc",
    "frames_before_hello",
    "replugs",
)


class Bench:
    """One rig, one open OBC, one run."""

    def __init__(
        self,
        rig: Rig,
        obc: Obc,
        path: Path,
        announce: Callable[[str], None] = lambda _: None,
        *,
        realtime: bool = False,
        resume: bool = False,
    ) -> None:
        self._rig, self._obc, self._announce = rig, obc, announce
        self._resume = resume
        self._world = World(rig)
        thrusters = len(rig.spacecraft.thruster)
        self._row = StepRow(
            self._world.truth.columns, self._world.sensors, obc.instruction_ns, thrusters
        )
        self._step_us = round(rig.step_s * 1e6)
        self._pace: Pace = (
            RealTime(self._step_us) if realtime else Lockstep(rig.obc.reply_timeout_s)
        )
        self._rig_latency_s = latency_of(
            rig.obc.latency, rig.obc.latency_s, rig.source.path, rig.seed
        )
        self._orders = deque(telecommands(rig, self._world))
        # In real time a chunk would take a minute to fill; a live view wants what there is.
        self._flush_every = max(1, round(_FLUSH_S / rig.step_s)) if realtime else 0
        self.result = Result(path, rig.name, obc.name, obc.description, step_s=rig.step_s)

    def run(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Result:
        """Say HELLO, send the uplink, and go through all steps."""
        path, rig = self.result.recording, self._rig
        make_folder(path.parent)
        self._check_room()
        recorder = Recorder(
            path,
            self._row.columns,
            metadata=run_metadata(rig, self._obc, realtime=self._pace.realtime),
            epoch_unix_ns=unix_ns(rig.orbit.epoch_utc),
        )
        with recorder, keep_partial_recording(self.result):
            tap = RecordingTap(recorder)
            dialogue = self._dialogue(tap)
            try:
                self._start(dialogue, recorder, tap)
                with without_garbage_collection():
                    self._loop(dialogue, recorder, tap, progress)
            finally:
                self._finish(dialogue, recorder)
        return self.result

    def _check_room(self) -> None:
        """Refuse a run that line or disk cannot take, before a file is touched."""
        if self._pace.realtime and self._obc.baud is not None:
            self._check_budget(self._obc.baud)
        row_bytes = 8 * sum(size for _, size in self._row.columns)
        if told := check_room(self._rig, row_bytes, self.result.recording):
            self._announce(told)

    def _dialogue(self, tap: RecordingTap) -> Dialogue:
        timeout_s, realtime = self._rig.obc.reply_timeout_s, self._pace.realtime
        table = registry().table
        if not self._resume:
            return Dialogue(self._obc, tap, timeout_s, table)
        return ResumingDialogue(
            self._obc, tap, timeout_s, table, realtime=realtime, say=self._announce
        )

    def _start(self, dialogue: Dialogue, recorder: Recorder, tap: RecordingTap) -> None:
        devices = self._world.device_count
        identity = dialogue.hello(self._step_us, devices, self._rig.orbit.epoch_utc)
        self.result.identity = identity
        self._announce(f"firmware: {identity}")
        not_handled = ", ".join(identity.not_handled(devices))
        if not_handled:
            self._announce(f"the firmware does not handle: {not_handled}")
        recorder.metadata("obc", obc_metadata(self._obc, identity, not_handled))
        self._send_orders(dialogue, tap, 0)

    def _send_orders(self, dialogue: Dialogue, tap: RecordingTap, step: int) -> None:
        while self._orders and self._orders[0].step <= step:
            try:
                send(dialogue, self._orders[0])
            except LineGoneError as error:
                if not dialogue.wait_for_line(error):
                    return  # it goes when the line is back
            else:
                order = self._orders.popleft()
                if order.message is not SET_PARAMETER:
                    tap.event("ground", "telecommand", order.what)

    def _check_budget(self, baud: int) -> None:
        samples = Counter(sensor.message for sensor in self._world.sensors)
        commands = [THRUSTER_COMMAND] if self._rig.spacecraft.thruster else []
        cost = budget(samples, baud, self._rig.step_s, self._obc.adapter_s, commands)
        self._announce(f"line: {cost}")
        if not cost.fits:
            raise RigError(
                f"{self._rig.name} cannot run in real time on {self._obc.name}: {cost}; raise "
                "[obc] baud or step_s, or lower the sensors' rates"
            )

    def _loop(
        self,
        dialogue: Dialogue,
        recorder: Recorder,
        tap: RecordingTap,
        progress: Callable[[int, int], None],
    ) -> None:
        stopwatch = Stopwatch(self.result.stage_s)
        rows = DeferredRows(recorder, self._row.pack, stopwatch, self._flush_every)
        begin = time.perf_counter()
        try:
            self._steps(dialogue, rows, tap, stopwatch.lap, progress)
        finally:
            rows.record()
        self.result.wall_s = time.perf_counter() - begin

    def _steps(
        self,
        dialogue: Dialogue,
        rows: DeferredRows,
        tap: RecordingTap,
        lap: Callable[[str], None],
        progress: Callable[[int, int], None],
    ) -> None:
        total = self._rig.steps
        ahead = int(self._obc.send_ahead and not self._pace.realtime)
        for step in range(total):
            tap.time_ns = step * self._step_us * 1000
            self._send_orders(dialogue, tap, step)
            samples = self._world.sense(step, 0, ahead)
            if ahead:
                dialogue.send_ahead(b"".join(self._frames(dialogue.framer, step, 0, samples)))
            samples += self._world.sense(step, ahead)
            lap("devices")
            frames = self._frames(dialogue.framer, step, ahead, samples)
            frames.append(dialogue.framer.frame(SYNC, (step,), ticks_from_us(step * self._step_us)))
            lap("wire")
            late_s = self._pace.wait(step)
            lap("waiting")
            patience_s = self._pace.patience_s(step)
            reply = dialogue.step(step, b"".join(frames), patience_s, rows.record_meanwhile)
            lap("obc")
            truth = self._world.truth.row.tolist()
            time_s = step * self._step_us * 1e-6
            rows.hold(tap.time_ns, (time_s, step, truth, samples, reply, late_s))
            lap("recording")
            command = self._command(dialogue, step, reply)
            latency_s = self._latency_s(dialogue, step, reply, late_s)
            self._world.advance(command, latency_s)
            lap("truth")
            self.result.steps = step + 1
            if step % _PROGRESS_EVERY == 0:
                progress(step, total)

    def _frames(
        self, framer: Framer, step: int, first: int, samples: Sequence[Sample | None]
    ) -> list[bytes]:
        """The samples of a step, from sensor number `first` on, as frames in the sensors' order."""
        now_us = step * self._step_us
        frames = []
        for sensor, sample in zip(self._world.sensors[first:], samples[first:], strict=False):
            if sample is not None:
                values, valid, age_s = sample
                ticks = ticks_from_us(now_us - round(age_s * 1e6)) if age_s else None
                flags = 0 if valid else FLAG_INVALID
                frames.append(
                    framer.frame(sensor.message, (flags, sensor.instance, *values), ticks)
                )
        return frames

    def _latency_s(self, dialogue: Dialogue, step: int, reply: Reply, late_s: float) -> float:
        """From the step's start to its command's effect: measured in real time, else the rig's."""
        most_s = self._rig.step_s
        if self._pace.realtime:
            return min(most_s, late_s + reply.reply_s)
        latency_s = self._rig_latency_s(step)
        if self._rig.obc.latency is None:
            return latency_s  # a pipeline may be longer than a period: nothing is late
        if latency_s > most_s:
            dialogue.counters["late_replies"] += 1
        return min(most_s, latency_s)

    def _command(self, dialogue: Dialogue, step: int, reply: Reply) -> Command | None:
        """What the actuators are told; None when they are told nothing new."""
        if reply.command is not None:
            values = [float(value) for value in reply.command[1:]]
            on_time_s = [float(value) for value in reply.thrusters[1:]] if reply.thrusters else ()
            return Command(values[:WHEELS_MAX], values[WHEELS_MAX:], on_time_s)
        patience_s = self._rig.obc.reply_timeout_s
        too_many = dialogue.counters["lost_replies"] > self._rig.allowed.lost_replies
        lost = too_many and not reply.unplugged
        if lost and dialogue.silent_s >= (patience_s if self._pace.realtime else 0.0):
            raise LinkError(
                f"step {step}: no complete reply from {self._obc.description} within "
                f"{patience_s:g} s{dialogue.last_frames()}"
            )
        return None

    def _finish(self, dialogue: Dialogue, recorder: Recorder) -> None:
        """What was counted goes into the recording however the run ended."""
        result = self.result
        result.counters = {name: dialogue.counters[name] for name in _COUNTERS}
        result.counters["rejected_commands"] = self._world.rejected_commands
        recorder.metadata("counters", result.counters)
        recorder.metadata(
            "result", {"steps": result.steps, "wall_s": result.wall_s, **result.stage_s}
        )
