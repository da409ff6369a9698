"""One spacecraft on the bench: its world, its OBC, and the recording of both."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from hil.bench.codec import Codec, command_of
from hil.bench.deck import LEAD_S, Deck, off_the_wire, telemetry_of
from hil.bench.keep import (
    RecordingTap,
    TappedLine,
    keep_partial_recording,
    keep_printed,
    make_folder,
    obc_metadata,
    recorded_as,
    run_metadata,
    tell_printed,
    unix_ns,
)
from hil.bench.latency import latency_of
from hil.bench.nowire import NoWire, ServedLine
from hil.bench.pictures import record_pictures, sights_of
from hil.bench.preflight import check_budget, check_room
from hil.bench.radio import RadioUnit
from hil.bench.result import Result, Stopwatch
from hil.bench.steprow import StepRow, slots
from hil.bench.uplink import booted_utc, send, telecommands
from hil.bench.world import Command, World
from hil.devices.camera import CameraUnit
from hil.devices.registry import registry
from hil.devices.sensor import Sample, Sensor, starts
from hil.errors import LinkError, RigError
from hil.faults import Injector
from hil.faults.obc import DOWN, UP, refused
from hil.judge.requirements import COUNTED
from hil.link.clock import Clock
from hil.link.events import Reply, Values
from hil.link.messages import ESTIMATE, SET_PARAMETER, USER
from hil.link.session import Session
from hil.obc.driver import Driver
from hil.obc.library import LibraryObc
from hil.obc.place import PATIENT_S, Line, LineGoneError, Obc, standing_words
from hil.obc.reconnect import Reconnection
from hil.recording import Recorder
from hil.rig import Rig
from hil.rig.latency import PERIODS_LATE_MOST

_FLUSH_S = 0.25
_COUNTERS = (
    *COUNTED,
    "bytes_to_obc",
    "bytes_from_obc",
    "frames_before_hello",
    "repeated_hellos",
    "passed_over_packets",
    "late_estimates",
    "frozen_writes",
    "babbling",
    "bench_stops",
    "replugs",
    "injected_restarts",
    "replies_lost_to_faults",
)
_LATE_ESTIMATES = (
    "estimates come after their command, so that each counts for the step after: the firmware is "
    "to send its estimate first"
)
_MODE_AT = next(at for at, name in enumerate(slots(ESTIMATE)) if name == "mode")
RowParts = tuple[
    float, int, Sequence[float], Sequence[Sample | None], Reply, float, Sequence[float]
]
_now = time.perf_counter


class Member:
    """A rig, an open OBC, a recording: one of those that a Bench takes through its steps.

    A step is `prepare`, `send`, `record` and `receive`, in this order. resume: wait for a port that
    is unplugged. gdb: stop the OBC before the first octet, for a debugger that has it go on, and
    wait for its answers as long as it takes. wrap_line: a line around the OBC's, for faults of it.
    recorder: makes what the run is recorded into.
    """

    def __init__(
        self,
        rig: Rig,
        obc: Obc,
        path: Path,
        announce: Callable[[str], None] = lambda _: None,
        *,
        realtime: bool = False,
        resume: bool = False,
        gdb: bool = False,
        wrap_line: Callable[[Line, Clock], Line] = lambda line, _: line,
        show_printed: Callable[[str], None] | None = None,
        compiled: bool = False,
        recorder: Callable[..., Recorder] = Recorder,
    ) -> None:
        for sentence in refused(rig.fault, obc):
            raise RigError(sentence)
        self.rig, self.obc, self.realtime = rig, obc, realtime
        self.announce, self._resume, self._wrap_line = announce, resume, wrap_line
        self.world = World(rig)
        self.cameras = [each for each in self.world.sensors if isinstance(each, CameraUnit)]
        self._gdb, self._show_printed = gdb, show_printed
        self.may_be_compiled = compiled and not (resume or gdb)
        self._make_recorder = recorder
        self._timeout_s = PATIENT_S if gdb else rig.obc.reply_timeout_s
        self.step_row = StepRow(
            self.world.truth.columns,
            self.world.sensors,
            obc.instruction_ns,
            rig.spacecraft.separate,
            rig.obc.telemetry,
            radio=rig.radio is not None,
        )
        self._radio = RadioUnit(rig, self.world.truth, self._tell_ground) if rig.radio else None
        self.latency_s = latency_of(rig.obc.latency, rig.obc.latency_s, rig.source.path, rig.seed)
        latency = rig.obc.latency
        self._late_after_s = latency.late_after_s(rig.step_s) if latency else math.inf
        self._telemetry_told = False
        self._telecommands = deque(telecommands(rig, self.world) if rig.obc.wire else ())
        self._elsewhere, self._telemetry = off_the_wire(rig), telemetry_of(rig)
        # In real time a chunk would take a minute to fill; a live view wants what there is.
        self._flush_every = max(1, round(_FLUSH_S / rig.step_s)) if realtime else 0
        self.result = Result(path, rig.name, obc.name, obc.description, step_s=rig.step_s)

    @contextmanager
    def opened(self, clock: Clock, stopwatch: Stopwatch) -> Iterator[None]:
        """Have the recording open, and whatever happens closed with what was counted."""
        path, rig = self.result.recording, self.rig
        make_folder(path.parent)
        keep_printed(self.obc, path, self._show_printed)
        self._check_room()
        metadata = run_metadata(rig, self.obc, realtime=self.realtime)
        epoch_ns = unix_ns(rig.orbit.epoch_utc)
        recorder = self._make_recorder(
            path,
            self.step_row.columns,
            metadata=metadata,
            epoch_unix_ns=epoch_ns,
            lines=bool(rig.line),
            cameras=len(self.cameras),
            **recorded_as(rig, self.step_row.columns),
        )
        with recorder, keep_partial_recording(self.result):
            self._join(clock, stopwatch, recorder)
            try:
                yield
            finally:
                self._finish()
                tell_printed(self.obc, self.announce)

    def _check_room(self) -> None:
        """Refuse a run that line or disk cannot take, before a file is touched."""
        if self.realtime and self.obc.baud is not None:
            on_the_wire = [each for each in self.world.sensors if self._is_on_the_wire(each)]
            self.announce(check_budget(self.rig, self.obc, on_the_wire))
        if told := check_room(self.rig, self.result.recording):
            self.announce(told)

    def _is_on_the_wire(self, sensor: Sensor) -> bool:
        return (sensor.kind, sensor.instance) not in self._elsewhere

    def _join(self, clock: Clock, stopwatch: Stopwatch, recorder: Recorder) -> None:
        rig, obc = self.rig, self.obc
        self.clock, self._stopwatch, self.recorder = clock, stopwatch, recorder
        self._lap, self._tap = stopwatch.lap, RecordingTap(recorder)
        self.session = session = Session(clock, registry().table, rig.obc.pass_over_apids)
        self._faults = self._faults_of(rig) if rig.fault else None
        told = clock if self._faults is None else self._faults.clock(clock)
        sensors, elsewhere = self.world.sensors, self._elsewhere
        self._codec = Codec(sensors, rig.spacecraft.separate, told, elsewhere)
        self._deck = (
            Deck(
                rig,
                obc,
                sensors,
                clock,
                recorder.line,
                realtime=self.realtime,
                telemetry=self._telemetry,
            )
            if rig.line
            else None
        )
        if self._deck is not None and self._faults is not None:
            self._faults.put_on_lines(self._deck.ends, lambda: clock.now_ns)
        self._driver = self._driver_of(session) if rig.obc.wire else NoWire()
        self._held: tuple[int, RowParts] | None = None
        self._ahead = int(obc.send_ahead and not self.realtime and rig.obc.wire)
        self._written = 0

    def _driver_of(self, session: Session) -> Driver:
        rig = self.rig
        return Driver(
            self.obc,
            session,
            self._tap,
            self._timeout_s,
            boot_s=PATIENT_S if self._gdb else rig.obc.boot_s,
            quiet_s=rig.obc.quiet_before_hello_s,
            reconnection=self._reconnection() if self._resume else None,
            line=self._line(),
        )

    def _faults_of(self, rig: Rig) -> Injector:
        def tell(name: str, words: str, code: int = 0) -> None:
            self._tap.event(self.clock.now_ns, "fault", name, words, code=code, severity="warning")

        faults = Injector(rig.fault, self.world, rig.seed, rig.step_s, tell, self.obc)
        for sentence in faults.misfits:
            raise RigError(sentence)
        self._tap.listener = faults.watch.told
        self._sunlit_at = starts(self.world.truth.columns)["sunlit"]
        return faults

    def _line(self) -> Line:
        line: Line = self.obc
        if (faults := self._faults) is not None:
            if faults.of_the_line or faults.of_the_obc:
                line = TappedLine(line, self._tap, self.clock)
            line = faults.wrap(faults.around_obc(line))
        if self._deck is not None and self.realtime:
            line = ServedLine(line, self._deck)
        return self._wrap_line(line, self.clock)

    def _reconnection(self) -> Reconnection:
        def say(kind: str, text: str) -> None:
            self.session.counters["replugs"] += kind == "replugged"
            self._tell(kind, text)
            self.announce(text)

        return Reconnection(self.obc, say, realtime=self.realtime)

    # -- before the first step ---------------------------------------------------------------------

    def start(self) -> None:
        """Say HELLO, and tell the OBC all that goes before the first step."""
        if self._gdb:
            self.announce(standing_words(self.obc.debug()))
            self.obc.await_debugger()
        if self._deck is not None:
            self._deck.power_on()
        if isinstance(self._driver, NoWire):
            self.announce(f"lines only: {', '.join(line.name for line in self.rig.line)}")
            about = {"place": self.obc.name, "description": self.obc.description}
            self.recorder.metadata("obc", about)
            return
        devices = self._devices_on_the_wire()
        identity = self._driver.hello(devices, booted_utc(self.rig))
        self.result.identity = identity
        self.announce(f"firmware: {identity}")
        not_handled = ", ".join(identity.not_handled(devices))
        self._codec.withhold([kind for kind in devices if kind not in identity.handles])
        if not_handled:
            self.announce(f"the firmware does not handle: {not_handled}")
        self.recorder.metadata("obc", obc_metadata(self.obc, identity, not_handled))
        self._send_telecommands()

    def _devices_on_the_wire(self) -> dict[str, int]:
        kinds = [each.kind for each in self.world.sensors if self._is_on_the_wire(each)]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    def _send_telecommands(self) -> None:
        """Send what is due; what the line does not take now goes when it is back."""
        assert isinstance(self._driver, Driver)
        while self._telecommands and self._telecommands[0].step <= self.clock.step:
            if self.session.obc_is_down:
                lost = f"{self._telecommands.popleft().what}: lost, the OBC is down"
                self.recorder.event(self.clock.now_ns, "ground", "telecommand", lost)
                continue
            try:
                what = send(self._driver, self._telecommands[0])
            except LineGoneError as error:
                if not self._driver.wait_for_line(error):
                    return
            else:
                told = self._telecommands.popleft()
                if told.message is not SET_PARAMETER:
                    self.recorder.event(self.clock.now_ns, "ground", "telecommand", what)

    @property
    def columns(self) -> Sequence[tuple[str, int]]:
        """The parts of a step's row, in order."""
        return self.step_row.columns

    def record_into(self, recorder: Recorder) -> None:
        """Have the rest of the run recorded elsewhere."""
        self.recorder = recorder
        self._tap.record_into(recorder)

    # -- a step ------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Sample what is due and make the present step's frames."""
        if self._telecommands and self._telecommands[0].step <= self.clock.step:
            self._send_telecommands()
        step, framer, ahead = self.clock.step, self.session.framer, self._ahead
        if self._faults is not None:
            self._have_faults_begin(self._faults)
        samples: list[Sample | None] = []
        if ahead:
            samples = self.world.sense(step, 0, ahead)
            self._begin(time.monotonic() + self._timeout_s)
            self._driver.send(
                self._codec.frames(framer, 0, samples, closed=False), self._deadline_s
            )
        samples += self.world.sense(step, ahead)
        self._samples = samples
        self._lap(("devices", _now()))
        others = self._radio.begin(self.clock.now_s) if self._radio is not None else ()
        self._frames = self._codec.frames(
            framer, ahead, samples[ahead:], closed=True, others=others
        )
        if self.cameras:
            record_pictures(self.recorder, self.clock.now_ns, self.cameras)
        self._lap(("wire", _now()))

    def _have_faults_begin(self, faults: Injector) -> None:
        sunlit = float(self.world.truth.row[self._sunlit_at])
        faults.begin_step(self.clock.step, sunlit, self._elevation_rad)
        session = self.session
        if faults.obc_is_down != session.obc_is_down:
            session.obc_is_down = faults.obc_is_down
            if self._deck is not None:
                self._deck.obc_is_down = session.obc_is_down
            name, words = DOWN if session.obc_is_down else UP
            self._tap.event(self.clock.now_ns, "fault", name, words)
        if restarts := faults.take_restarts():
            session.counters["injected_restarts"] += restarts
            session.obc_restarted()

    def _elevation_rad(self, target: str) -> float:
        """How high a place on the ground sees the spacecraft."""
        at = starts(self.world.truth.columns)["position_eci_m"]
        position = self.world.truth.row[None, at : at + 3]
        ground = self.rig.ground
        return float(ground.elevation_rad(target, np.array([self.clock.now_s]), position)[0])

    def _begin(self, deadline_s: float) -> None:
        self._deadline_s = deadline_s
        self._driver.begin(deadline_s)

    def send(self, deadline_s: float | None) -> None:
        """Send the step's frames. The reply has to come by then; without a deadline in time."""
        if not self._ahead:
            self._begin(deadline_s or time.monotonic() + self._timeout_s)
        if self._deck is not None:
            begun_s = self._deadline_s - self.rig.step_s if deadline_s else time.monotonic()
            self._deck.begin(self._samples, begun_s)
        self._driver.send(self._frames, self._deadline_s)
        self._lap(("obc", _now()))

    def record(self) -> None:
        """Record the row of the step before, in the time that the OBC takes."""
        if self._held is None:
            return
        time_ns, row = self._held
        self._held = None
        self.recorder.step(time_ns, self.step_row.pack(*row))
        if self._flush_every and self._written % self._flush_every == 0:
            self.recorder.flush()
        self._written += 1
        self._lap(("recording", _now()))

    def receive(self, late_s: float) -> None:
        """Wait for the reply and let the world go on by a control period.

        late_s: how long after its due time on the wall clock the step began; 0 in lockstep.
        """
        clock, world = self.clock, self.world
        reply = self._driver.reply(self._deadline_s)
        if self._deck is not None:
            self._end_lines(self._deck)
        self._lap(("obc", _now()))
        told = self._as_recorded(reply)
        radio = self._radio.row if self._radio is not None else ()
        truth_row = world.truth.row.tolist()
        row = (clock.now_s, clock.step, truth_row, self._samples, told, late_s, radio)
        self._held = (clock.now_ns, row)
        if reply.command is None:
            self._lose(reply)
        if self._faults is not None and told.estimate is not None:
            self._faults.watch.mode(self._mode_in(told.estimate))
        if self._driver.stopped_s and not self.realtime:
            self.tell_stop(self._driver.stopped_s)
        if reply.sightings is not None:
            self.recorder.sights(clock.now_ns, sights_of(reply.sightings))
        latency_s = self._latency_of(reply, late_s)
        if self._radio is not None and reply.radio:
            self._radio.take(reply.radio, clock.now_s + latency_s)
        if reply.separate:
            self.session.counters["rejected_commands"] += self._codec.absent(reply)
            self._compare_telemetry(reply)
        self._lap(("recording", _now()))
        self._command(command_of(reply), latency_s)
        self.result.steps = clock.step + 1
        self._lap(("truth", _now()))

    def _mode_in(self, estimate: Values) -> str:
        """Return the name of a mode; one that the rig does not name by its number."""
        if math.isnan(float(estimate[_MODE_AT])):
            return ""
        number, names = int(estimate[_MODE_AT]), self.rig.obc.modes
        return names[number] if number < len(names) else f"mode {number}"

    def _as_recorded(self, reply: Reply) -> Reply:
        if self._deck is None or self.rig.obc.wire:
            return reply
        return reply._replace(
            command=self._deck.told(self.clock.step), estimate=self._deck.estimate()
        )

    def _end_lines(self, deck: Deck) -> None:
        """Where time goes on carry octets until the period is over, else once."""
        if deck.hands_out_time:
            deck.go_through()
            return
        if self.realtime:
            deck.serve(self._deadline_s - LEAD_S)
        deck.exchange()

    def _command(self, command: Command | None, latency_s: float) -> None:
        """Let the world go on with what the OBC told the actuators, on whatever line."""
        told = [] if command is None else [(latency_s, command)]
        if self._deck is not None:
            told = [(late_s, self._deck.merged(each)) for late_s, each in told]
            told = sorted([*told, *self._deck.commands()], key=lambda each: each[0])
        for late_s, each in told:
            self.world.tell(each, late_s)
        self.world.advance(None, 0.0)

    def _latency_of(self, reply: Reply, late_s: float) -> float:
        """From the step's start to its command's effect: measured in real time, else the rig's."""
        period_s, counters = self.rig.step_s, self.session.counters
        line_s = self._faults.line_late_s if self._faults is not None else 0.0
        if self.realtime:
            latency_s = late_s + reply.reply_s + line_s
            late = late_s >= period_s or (reply.command is not None and latency_s > period_s)
            counters["late_steps"] += late
            return min(period_s, latency_s)
        if isinstance(self.latency_s, float):
            # A pipeline may be longer than a period: nothing is late.
            return self.latency_s + line_s
        latency_s = self.latency_s(self.clock.step) + line_s
        counters["late_replies"] += latency_s > self._late_after_s
        return min(PERIODS_LATE_MOST * period_s, latency_s)

    def _compare_telemetry(self, reply: Reply) -> None:
        """Say once when the firmware tells more or fewer numbers of its own than the rig names."""
        values, named = reply.separate.get(USER), len(self.rig.obc.telemetry)
        if values is not None and len(values) - 1 != named and not self._telemetry_told:
            self._telemetry_told = True
            words = (
                f"the firmware tells {len(values) - 1} numbers of its own and [obc] telemetry "
                f"names {named}"
            )
            self._tell("user_telemetry", words)
            self.announce(words)

    def _tell_telemetry(self, deck: Deck) -> None:
        """Say at the end what was amiss with the firmware's own telemetry."""
        if (believed := deck.believed) is None:
            return
        told = [
            f"telemetry: no message had {', '.join(names)}"
            for names in [believed.never_told]
            if names
        ]
        if believed.refused:
            told.append(f"telemetry: {believed.refused} times no message; at last: {believed.why}")
        for words in told:
            self._tell("telemetry", words)
            self.announce(words)

    def tell_stop(self, stopped_s: float) -> None:
        """Say that the bench itself did not run for so long: the OBC is not to blame."""
        words = f"the bench was stopped for {stopped_s:.1f} s at step {self.clock.step}"
        self.session.counters["bench_stops"] += 1
        self.session.heard_s += stopped_s
        self._tell("bench_stopped", words)
        self.announce(words)

    def _tell_ground(self, name: str, text: str, value: float) -> None:
        self.recorder.event(self.clock.now_ns, "ground", name, text, value=value)

    def _tell(self, name: str, text: str) -> None:
        self.recorder.event(self.clock.now_ns, "bench", name, text, severity="warning")

    def _lose(self, reply: Reply) -> None:
        """Raise LinkError when more replies are lost than the rig allows, and nothing is heard."""
        timeout_s, session = self._timeout_s, self.session
        too_many = session.counters["lost_replies"] > self.rig.allowed.lost_replies
        silent_s = time.monotonic() - session.heard_s
        if reply.unplugged or not too_many or (self.realtime and silent_s < timeout_s):
            return
        frozen = "; it takes no more bytes: is it halted by a debugger, or its firmware stuck?"
        raise LinkError(
            f"step {self.clock.step}: no complete reply from {self.obc.description} within "
            f"{timeout_s:g} s{frozen if self._driver.frozen else ''}{session.last_frames()}"
        )

    def take_over(
        self, step: int, samples: list[Sample | None], sent: bytes, answer: bytes
    ) -> None:
        """Make the rest of a step of which the OBC has had its frames and given its answer."""
        assert isinstance(self._driver, Driver)
        assert isinstance(self.obc, LibraryObc)
        self.clock.go_to(step)
        self._samples = samples
        self._begin(time.monotonic() + self._timeout_s)
        self._driver.note_sent(sent)
        self.obc.answered(answer)
        self.receive(0.0)

    @property
    def next_telecommand(self) -> int | None:
        """The step before whose samples the ground's next word is sent."""
        return self._telecommands[0].step if self._telecommands else None

    def go_on(self, make: Callable[[int, int], int], step: int, until: int) -> int:
        """Have steps made elsewhere, from one on, as far as that goes; return the next one."""
        return make(step, until)

    # -- after the last step -----------------------------------------------------------------------

    def _finish(self) -> None:
        """What was counted goes into the recording however the run ended."""
        self.record()
        result, counters = self.result, self.session.counters
        if counters["late_estimates"]:
            self.announce(_LATE_ESTIMATES)
        result.counters = {name: counters[name] for name in _COUNTERS}
        result.counters["rejected_commands"] += self.world.rejected_commands
        self._stopwatch.add_up()
        result.stage_s = dict(self._stopwatch.stage_s)
        if self._deck is not None:
            result.counters |= self._deck.counts()
            self._tell_telemetry(self._deck)
            self.recorder.metadata("lines", self._deck.of_each_line())
        self.recorder.metadata("counters", result.counters)
        if self._faults is not None:
            self.recorder.metadata("faults", self._faults.counts())
        if self._radio is not None:
            self.recorder.metadata("radio", self._radio.counts())
            self._radio.close()
        figures = {"steps": result.steps, "wall_s": result.wall_s, **result.stage_s}
        self.recorder.metadata("result", figures)
