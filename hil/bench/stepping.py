"""What a spacecraft on the bench does in a control period."""

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from hil.bench.codec import Codec, command_of
from hil.bench.deck import LEAD_S, Deck
from hil.bench.ground import Ground
from hil.bench.keep import RecordingTap
from hil.bench.nowire import NoWire
from hil.bench.pictures import record_pictures, sights_of
from hil.bench.radio import RadioUnit
from hil.bench.result import Result
from hil.bench.steprow import StepRow, slots
from hil.bench.world import Command, World
from hil.devices.camera import CameraUnit
from hil.devices.sensor import Sample, starts
from hil.errors import LinkError
from hil.faults import Injector
from hil.faults.obc import DOWN, UP
from hil.link.clock import Clock
from hil.link.events import Reply, Values
from hil.link.messages import ESTIMATE, USER
from hil.link.session import Session
from hil.obc.driver import Driver
from hil.obc.place import Obc
from hil.recording import Recorder
from hil.rig import Rig
from hil.rig.latency import PERIODS_LATE_MOST

_MODE_AT = next(at for at, name in enumerate(slots(ESTIMATE)) if name == "mode")
RowParts = tuple[
    float, int, Sequence[float], Sequence[Sample | None], Reply, float, Sequence[float]
]
_now = time.perf_counter


class Stepping:
    """The steps of a run that has begun: `prepare`, `send`, `record` and `receive`, in this order.

    What they are made with, a Member has put together.
    """

    rig: Rig
    obc: Obc
    realtime: bool
    announce: Callable[[str], None]
    world: World
    cameras: list[CameraUnit]
    clock: Clock
    session: Session
    recorder: Recorder
    step_row: StepRow
    result: Result
    latency_s: float | Callable[[int], float]
    _driver: Driver | NoWire
    _codec: Codec
    _deck: Deck | None
    _faults: Injector | None
    _ground: Ground
    _radio: RadioUnit | None
    _tap: RecordingTap
    _lap: Callable[[tuple[str, float]], None]
    _timeout_s: float
    _late_after_s: float
    _flush_every: int
    _ahead: int
    _held: tuple[int, RowParts] | None
    _written: int
    _sunlit_at: int
    _telemetry_told: bool

    def prepare(self) -> None:
        """Sample what is due and make the present step's frames."""
        step, framer, ahead = self.clock.step, self.session.framer, self._ahead
        if step >= self._ground.next_step:
            self._tell_obc()
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

    def _tell_obc(self) -> None:
        assert isinstance(self._driver, Driver)
        self._ground.send(self._driver, self.session, self.clock, self.recorder)

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
        told = reply if self._deck is None else self._as_recorded(self._deck, reply)
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
        if self._deck is None:
            world.advance(command_of(reply), latency_s)
        else:
            self._advance(self._deck, command_of(reply), latency_s)
        self.result.steps = clock.step + 1
        self._lap(("truth", _now()))

    def _mode_in(self, estimate: Values) -> str:
        """Return the name of a mode; one that the rig does not name by its number."""
        if math.isnan(float(estimate[_MODE_AT])):
            return ""
        number, names = int(estimate[_MODE_AT]), self.rig.obc.modes
        return names[number] if number < len(names) else f"mode {number}"

    def _as_recorded(self, deck: Deck, reply: Reply) -> Reply:
        if self.rig.obc.wire:
            return reply
        return reply._replace(
            command=deck.actuators.values(self.clock.step), estimate=deck.estimate()
        )

    def _end_lines(self, deck: Deck) -> None:
        """Where time goes on carry octets until the period is over, else once."""
        if deck.hands_out_time:
            deck.go_through()
            return
        if self.realtime:
            deck.serve(self._deadline_s - LEAD_S)
        deck.exchange()

    def _advance(self, deck: Deck, command: Command | None, latency_s: float) -> None:
        """Let the world go on with what the OBC told the actuators, on whatever line."""
        told = [] if command is None else [(latency_s, deck.actuators.merged(command))]
        for late_s, each in sorted([*told, *deck.actuators.commands()], key=lambda each: each[0]):
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
        """Make the rest of a step in which the OBC was called with frames, and of its answer."""
        assert isinstance(self._driver, Driver)
        self.clock.go_to(step)
        self._samples = samples
        taken = self.obc.taken(len(sent))
        self._deadline_s = time.monotonic() + self._timeout_s
        self._driver.begin(self._deadline_s, asked=taken > 0)
        if taken:
            self._driver.note_sent(sent[:taken])
            self._tap.taken_from_no_line(self.clock.now_ns, sent[:taken])
        if taken < len(sent):
            self._driver.send(sent[taken:], self._deadline_s)
        self.obc.answered(answer)
        self.receive(0.0)
