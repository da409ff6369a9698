"""The loop: truth and devices on one side, the OBC on the other, a recording of both."""

import platform
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hil
from hil.budget import budget
from hil.devices.sensor import Sample
from hil.errors import LinkError, RigError
from hil.latency import latency_of
from hil.link.cuc import ticks_from_us
from hil.link.framing import Framer
from hil.link.messages import BY_NAME, FLAG_INVALID, MODES, PROTOCOL_VERSION, SYNC, WHEELS_MAX
from hil.obc.dialogue import Dialogue, Reply
from hil.obc.identity import Identity
from hil.obc.place import LineGoneError, Obc
from hil.obc.places import open_obc
from hil.obc.replug import ResumingDialogue
from hil.pace import Lockstep, Pace, RealTime
from hil.priority import without_garbage_collection
from hil.recording import Recorder
from hil.requirements import Allowed
from hil.rig import Rig
from hil.steprow import StepRow
from hil.uplink import send, telecommands
from hil.world import Command, World

STAGES = ("devices", "wire", "waiting", "obc", "truth", "recording")
_PROGRESS_EVERY = 50
_FLUSH_S = 0.25
_COUNTERS = (
    *Allowed.model_fields,
    "bytes_to_obc",
    "bytes_from_obc",
    "frames_before_hello",
    "replugs",
)


@dataclass
class Result:
    """What a run came to; the rest stands in its recording.

    stage_s: wall time spent in each part of the loop, seconds; "obc" is from a step's bytes being
    handed over to its reply being understood.
    """

    recording: Path
    rig: str
    place: str
    description: str
    identity: Identity | None = None
    steps: int = 0
    step_s: float = 0.0
    wall_s: float = 0.0
    counters: dict[str, int] = field(default_factory=dict)
    stage_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))


def run(
    rig: Rig,
    obc: str = "posix",
    out: Path | None = None,
    *,
    firmware: Path | None = None,
    compiler: str | None = None,
    realtime: bool = False,
    resume: bool = False,
    announce: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Result:
    """Close the loop of a rig around an OBC and record it.

    obc: a place (library, posix, qemu, qemu-fast) or a port. out: the recording, MCAP.
    realtime: pace the steps by the wall clock instead of in lockstep.
    resume: wait for a port that is unplugged in mid-run, see hil.obc.replug.
    Raises RigError, LinkError or ObcError; the recording then holds all up to that moment.
    """
    path = out or Path(f"{rig.name}.mcap")
    with open_obc(obc, rig.obc.baud, firmware, compiler) as opened:
        announce(f"{rig.title}: {rig.duration_s:g} s on {obc}: {opened.description}")
        bench = Bench(rig, opened, path, announce, realtime=realtime, resume=resume)
        return bench.run(progress)


class _Tap:
    """Puts every byte and event of the line into the recording, at the present simulated time."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.time_ns = 0

    def to_obc(self, data: bytes) -> None:
        self._recorder.to_obc(self.time_ns, data)

    def from_obc(self, data: bytes) -> None:
        self._recorder.from_obc(self.time_ns, data)

    def event(self, kind: str, text: str) -> None:
        self._recorder.event(self.time_ns, kind, text)


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
        self._row = StepRow(self._world.truth.columns, self._world.sensors)
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
        self._messages = [BY_NAME[sensor.kind] for sensor in self._world.sensors]
        self.result = Result(path, rig.name, obc.name, obc.description, step_s=rig.step_s)

    def run(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Result:
        """Say HELLO, send the uplink, and go through all steps."""
        path, rig = self.result.recording, self._rig
        _make_folder(path.parent)
        epoch_ns = _unix_ns(rig.orbit.epoch_utc)
        with Recorder(
            path, self._row.columns, metadata=self._metadata(), epoch_unix_ns=epoch_ns
        ) as recorder:
            tap = _Tap(recorder)
            dialogue = self._dialogue(tap)
            try:
                self._start(dialogue, recorder)
                with without_garbage_collection():
                    self._loop(dialogue, recorder, tap, progress)
            finally:
                self._finish(dialogue, recorder)
        return self.result

    def _dialogue(self, tap: _Tap) -> Dialogue:
        timeout_s, realtime = self._rig.obc.reply_timeout_s, self._pace.realtime
        if not self._resume:
            return Dialogue(self._obc, tap, timeout_s)
        return ResumingDialogue(self._obc, tap, timeout_s, realtime=realtime, say=self._announce)

    def _start(self, dialogue: Dialogue, recorder: Recorder) -> None:
        if self._pace.realtime and self._obc.baud is not None:
            self._check_budget(self._obc.baud)
        identity = dialogue.hello(self._step_us, self._world.device_count)
        self.result.identity = identity
        self._announce(f"firmware: {identity}")
        recorder.metadata(
            "obc",
            {
                "place": self._obc.name,
                "description": self._obc.description,
                "firmware": identity.firmware,
                "build": identity.build,
                "protocol": str(identity.protocol),
            },
        )
        self._send_orders(dialogue, 0)

    def _send_orders(self, dialogue: Dialogue, step: int) -> None:
        while self._orders and self._orders[0].step <= step:
            try:
                send(dialogue, self._orders[0])
            except LineGoneError as error:
                if not dialogue.outlive(error):
                    return  # it goes when the line is back
            else:
                self._orders.popleft()

    def _check_budget(self, baud: int) -> None:
        cost = budget(self._world.device_count, baud, self._rig.step_s, self._obc.adapter_s)
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
        tap: _Tap,
        progress: Callable[[int, int], None],
    ) -> None:
        total = round(self._rig.duration_s / self._rig.step_s)
        lap = _Stopwatch(self.result.stage_s).lap
        begin = time.perf_counter()
        for step in range(total):
            tap.time_ns = step * self._step_us * 1000
            self._send_orders(dialogue, step)
            samples = self._world.sense(step)
            lap("devices")
            frames = self._frames(dialogue.framer, step, samples)
            lap("wire")
            late_s = self._pace.wait(step)
            lap("waiting")
            reply = dialogue.step(step, frames, self._pace.patience_s(step))
            lap("obc")
            recorder.step(tap.time_ns, self._row_of(step, samples, reply, late_s))
            lap("recording")
            command = self._command(dialogue, step, reply)
            latency_s = self._latency_s(dialogue, step, reply, late_s)
            self._world.advance(command, latency_s)
            lap("truth")
            self.result.steps = step + 1
            if self._flush_every and step % self._flush_every == 0:
                recorder.flush()
            if step % _PROGRESS_EVERY == 0:
                progress(step, total)
        self.result.wall_s = time.perf_counter() - begin

    def _frames(self, framer: Framer, step: int, samples: Sequence[Sample | None]) -> bytes:
        """The samples of a step as frames, in the sensors' order, closed by SYNC."""
        now_us = step * self._step_us
        frames = []
        for message, sensor, sample in zip(
            self._messages, self._world.sensors, samples, strict=True
        ):
            if sample is not None:
                values, valid, age_s = sample
                ticks = ticks_from_us(now_us - round(age_s * 1e6)) if age_s else None
                flags = 0 if valid else FLAG_INVALID
                frames.append(framer.frame(message, (flags, sensor.instance, *values), ticks))
        frames.append(framer.frame(SYNC, (step,), ticks_from_us(now_us)))
        return b"".join(frames)

    def _row_of(
        self, step: int, samples: Sequence[Sample | None], reply: Reply, late_s: float
    ) -> bytes:
        truth = self._world.truth.row.tolist()
        return self._row.pack(step * self._step_us * 1e-6, step, truth, samples, reply, late_s)

    def _latency_s(self, dialogue: Dialogue, step: int, reply: Reply, late_s: float) -> float:
        """From the step's start to its command's effect: measured in real time, else the rig's."""
        if self._pace.realtime:
            return late_s + reply.reply_s
        latency_s = self._rig_latency_s(step)
        if latency_s > self._rig.step_s:
            dialogue.counters["late_replies"] += 1
        return latency_s

    def _command(self, dialogue: Dialogue, step: int, reply: Reply) -> Command | None:
        """What the actuators are told; None when they are told nothing new."""
        if reply.command is not None:
            values = [float(value) for value in reply.command[1:]]
            return Command(values[:WHEELS_MAX], values[WHEELS_MAX:])
        patience_s = self._rig.obc.reply_timeout_s
        too_many = dialogue.counters["lost_replies"] > self._rig.allowed.lost_replies
        lost = too_many and not reply.unplugged
        if lost and dialogue.silent_s >= (patience_s if self._pace.realtime else 0.0):
            raise LinkError(
                f"step {step}: no complete reply from {self._obc.description} within "
                f"{patience_s:g} s{dialogue.last_frames()}"
            )
        return None

    def _metadata(self) -> dict[str, Mapping[str, object]]:
        rig = self._rig
        return {
            "run": {
                "rig": rig.name,
                "title": rig.title,
                "obc": self._obc.name,
                "seed": str(rig.seed),
                "pace": "real time" if self._pace.realtime else "lockstep",
                "step_s": repr(rig.step_s),
                "duration_s": repr(rig.duration_s),
            },
            "rig": rig.source.metadata(),
            "wire": {"protocol": PROTOCOL_VERSION, "modes": MODES},
            "versions": {"hil": hil.__version__, "python": platform.python_version()},
        }

    def _finish(self, dialogue: Dialogue, recorder: Recorder) -> None:
        """What was counted goes into the recording however the run ended."""
        result = self.result
        result.counters = {name: dialogue.counters[name] for name in _COUNTERS}
        result.counters["rejected_commands"] = self._world.rejected_commands
        recorder.metadata("counters", result.counters)
        recorder.metadata(
            "result", {"steps": result.steps, "wall_s": result.wall_s, **result.stage_s}
        )


def _unix_ns(instant: datetime) -> int:
    """Nanoseconds since 1970; exact, as a float's would not be."""
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RigError(f"cannot record into {folder}: {error.strerror}") from error


class _Stopwatch:
    """Adds the time since the last lap to the stage that it went into."""

    def __init__(self, totals_s: dict[str, float]) -> None:
        self._totals_s = totals_s
        self._last_s = time.perf_counter()

    def lap(self, stage: str) -> None:
        now_s = time.perf_counter()
        self._totals_s[stage] += now_s - self._last_s
        self._last_s = now_s
