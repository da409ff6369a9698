"""One spacecraft on the bench: its world, its OBC, and the recording of both."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hil.bench.codec import Codec
from hil.bench.deck import Deck
from hil.bench.greeting import Greeting
from hil.bench.ground import Ground
from hil.bench.keep import (
    RecordingTap,
    keep_partial_recording,
    keep_printed,
    make_folder,
    recorded_as,
    run_metadata,
    tell_printed,
    unix_ns,
)
from hil.bench.latency import latency_of
from hil.bench.nowire import NoWire
from hil.bench.preflight import check_budget, check_room
from hil.bench.radio import RadioUnit
from hil.bench.result import Result, Stopwatch
from hil.bench.riglines import off_the_wire, telemetry_of
from hil.bench.tally import LATE_ESTIMATES, counts_of, tally, telemetry_words
from hil.bench.uplink import telecommands
from hil.bench.wiring import faults_of, line_of, reconnection_of
from hil.bench.world import World
from hil.devices.camera import CameraUnit
from hil.devices.registry import registry
from hil.devices.sensor import starts
from hil.errors import RigError
from hil.faults.obc import refused
from hil.link.clock import Clock
from hil.link.session import Session
from hil.obc.driver import Driver
from hil.obc.place import PATIENT_S, Line, Obc
from hil.recording import Recorder
from hil.rig import Rig
from hil.rig.latency import PERIODS_LATE_MOST

_FLUSH_S = 0.25


class Member(Greeting):
    """A rig, an open OBC, a recording: one of those that a Bench takes through its steps.

    resume: wait for a port that is unplugged. gdb: stop the OBC before the first octet, for a
    debugger that has it go on, and wait for its answers as long as it takes. wrap_line: a line
    around the OBC's, for faults of it. recorder: makes what the run is recorded into.
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
        self.step_row = self._row_with(rig.obc.telemetry)
        self._radio = RadioUnit(rig, self.world.truth, self._tell_ground) if rig.radio else None
        self.latency_s = latency_of(rig.obc.latency, rig.obc.latency_s, rig.source.path, rig.seed)
        latency = rig.obc.latency
        self._late_after_s = latency.late_after_s(rig.step_s) if latency else math.inf
        self._telemetry_told = False
        self._ground = Ground(telecommands(rig, self.world) if rig.obc.wire else ())
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

    def _join(self, clock: Clock, stopwatch: Stopwatch, recorder: Recorder) -> None:
        rig, obc = self.rig, self.obc
        self.clock, self._stopwatch, self.recorder = clock, stopwatch, recorder
        self._lap, self._tap = stopwatch.lap, RecordingTap(recorder)
        self.session = Session(clock, registry().table, rig.obc.pass_over_apids)
        self._faults = faults = faults_of(rig, self.world, obc, clock, self._tap)
        told = clock if faults is None else faults.clock(clock)
        sensors, elsewhere = self.world.sensors, self._elsewhere
        self._codec = Codec(sensors, rig.spacecraft.separate, told, elsewhere)
        self._deck = self._deck_of(recorder) if rig.line else None
        if self._deck is not None and faults is not None:
            faults.put_on_lines(self._deck.ends, lambda: clock.now_ns)
        self._driver = self._driver_of() if rig.obc.wire else NoWire()
        self._sunlit_at = starts(self.world.truth.columns)["sunlit"]
        periods = [each.period_steps + each.delay_steps for each in sensors]
        self._looks_back = max(periods, default=0) + PERIODS_LATE_MOST + 1
        self._held = None
        self._ahead = int(obc.send_ahead and not self.realtime and rig.obc.wire)
        self._written = 0

    def _deck_of(self, recorder: Recorder) -> Deck:
        return Deck(
            self.rig,
            self.obc,
            self.world.sensors,
            self.clock,
            recorder.line,
            realtime=self.realtime,
            telemetry=self._telemetry,
        )

    def _driver_of(self) -> Driver:
        def tell(kind: str, text: str) -> None:
            self._tell(kind, text)
            self.announce(text)

        obc, clock, settings = self.obc, self.clock, self.rig.obc
        served = self._deck if self.realtime else None
        line = self._wrap_line(line_of(obc, clock, self._tap, self._faults, served), clock)
        waits = None
        if self._resume:
            waits = reconnection_of(obc, self.session, tell, realtime=self.realtime)
        return Driver(
            obc,
            self.session,
            self._tap,
            self._timeout_s,
            boot_s=PATIENT_S if self._gdb else settings.boot_s,
            quiet_s=settings.quiet_before_hello_s,
            reconnection=waits,
            line=line,
        )

    @property
    def columns(self) -> Sequence[tuple[str, int]]:
        """The parts of a step's row, in order."""
        return self.step_row.columns

    def record_into(self, recorder: Recorder) -> None:
        """Have the rest of the run recorded elsewhere."""
        self.recorder = recorder
        self._tap.record_into(recorder)

    def calm_until(self, step: int) -> int:
        """Return the step before which there is neither a word of the ground nor a fault.

        A fault may hold what a sensor showed, or what was commanded last: so many steps before it
        are not calm.
        """
        end = min(self.rig.steps, self._ground.next_step)
        if self._faults is not None:
            end = int(min(end, self._faults.calm_until(step) - self._looks_back))
        return end

    def go_on(self, make: Callable[[int, int], int], step: int, until: int) -> int:
        """Have steps made elsewhere, from one on, as far as that goes; return the next one."""
        return make(step, until)

    # -- after the last step -----------------------------------------------------------------------

    def _finish(self) -> None:
        """What was counted goes into the recording however the run ended."""
        self.record()
        self._stopwatch.add_up()
        self.result.stage_s = dict(self._stopwatch.stage_s)
        self.result.counters = counts_of(self.session, self.world.rejected_commands)
        if self.session.counters["late_estimates"]:
            self.announce(LATE_ESTIMATES)
        if self._deck is not None:
            self.result.counters |= self._deck.counts()
            for words in telemetry_words(self._deck):
                self._tell("telemetry", words)
                self.announce(words)
        tally(self.recorder, self.result, self._deck, self._faults, self._radio)
        if self._radio is not None:
            self._radio.close()
