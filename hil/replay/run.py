"""Sends a recording's octets to an OBC, each when all recorded answers before it have come."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hil.devices.registry import registry
from hil.errors import LinkError, RecordingError
from hil.faults.obc import RESET, RESTARTS
from hil.faults.seu import FLIPPED, flipped
from hil.link.framing import Deframer
from hil.link.messages import HELLO, PROTOCOL_VERSION
from hil.link.packet import Packet, named_values
from hil.obc.place import PATIENT_S, Cause, Obc, standing_words
from hil.recording import Event, Recording
from hil.replay.answers import Answers, Difference

PATIENCE_S = 5.0
_HELLO_TRY_S = 0.5
_LINGER_S = 0.1  # for what an OBC on a real line says beyond the last recorded answer
Octets = Iterator[tuple[int, bool, bytes]]


class Outcome(NamedTuple):
    """What a replay came to.

    compared: packets; lost: those that the recording lacks, lost on its line; broken: frames of
    the recording that are no packets. until_s: up to where the recording was played.
    """

    difference: Difference | None
    compared: int
    lost: int
    broken: int
    until_s: float


def replay(
    recording: Recording,
    obc: Obc,
    until_s: float | None = None,
    announce: Callable[[str], None] = lambda _: None,
    *,
    gdb_at_s: float | None = None,
) -> Outcome:
    """Play a recording's octets to an open OBC, and compare what it answers packet by packet.

    until_s: leave out what was sent after this simulated time. announce: told first how the
    recording's firmware and this one differ. gdb_at_s: before the first octet of this simulated
    time the OBC stands still until a debugger has it go on, and is waited for from then on.
    Raises RecordingError for a recording without octets or of another protocol, LinkError or
    ObcError when the OBC is silent or gone.
    """
    _refuse_others(recording)
    return _Replay(recording, obc, until_s, announce, gdb_at_s).run()


def _refuse_others(recording: Recording) -> None:
    if not recording.to_obc_total.octets:
        raise RecordingError(
            f"{recording.path} holds no octets of the bench's line: the rig has [recording] "
            "octets = false, or no such line"
        )
    spoken = recording.metadata.get("wire", {}).get("protocol", str(PROTOCOL_VERSION))
    if spoken != str(PROTOCOL_VERSION):
        raise RecordingError(
            f"{recording.path} speaks protocol {spoken}, this bench {PROTOCOL_VERSION}: its "
            "octets mean nothing to a firmware of today"
        )


class _Replay:
    """One pass through a recording."""

    def __init__(
        self,
        recording: Recording,
        obc: Obc,
        until_s: float | None,
        announce: Callable[[str], None],
        gdb_at_s: float | None,
    ) -> None:
        self._recording, self._obc, self._announce = recording, obc, announce
        self._until_s, self._gdb_at_s, self._patience_s = until_s, gdb_at_s, PATIENCE_S
        self._injected = deque(_injected(recording, obc))
        self._answers, self._now_s = Answers(registry().table, _step_s(recording)), 0.0

    def run(self) -> Outcome:
        """Play all of it, or up to the first answer that differs."""
        octets = self._recording.line()
        if self._gdb_at_s is not None and self._gdb_at_s <= 0.0:
            self._stop()
        self._hello(octets)
        difference = self._play(octets)
        answers = self._answers
        return Outcome(difference, answers.compared, answers.lost, answers.broken, self._now_s)

    def _play(self, octets: Octets) -> Difference | None:
        for time_ns, to_obc, data in octets:
            if self._until_s is not None and time_ns > 1e9 * self._until_s:
                break
            self._now_s = 1e-9 * time_ns
            if self._injected and self._injected[0].time_ns <= time_ns:
                if difference := self._settle():
                    return difference
                self._inject()
            if not to_obc:
                self._answers.recorded(self._now_s, data)
                continue
            if difference := self._settle():
                return difference
            if self._gdb_at_s is not None and self._now_s >= self._gdb_at_s - 1e-9:
                self._stop()
            self._write(data)
        return self._settle() or self._rest()

    def _stop(self) -> None:
        """Have the OBC stand still for a debugger."""
        self._gdb_at_s, self._patience_s = None, PATIENT_S
        self._announce(standing_words(self._obc.debug()))
        self._obc.await_debugger()

    def _inject(self) -> None:
        """Do to the OBC what the faults of the recorded run did to it by now."""
        while self._injected and self._injected[0].time_ns <= round(1e9 * self._now_s):
            event = self._injected.popleft()
            if event.name == FLIPPED:
                memory = self._obc.memory()
                memory.flip(*flipped(memory, event.text))
                continue
            if event.name == RESET:
                self._obc.reset(Cause(event.code))
            else:
                self._obc.power_off()
                self._obc.power_on()
            self._answers.restarted()

    def _write(self, data: bytes) -> None:
        if not self._obc.write(data, time.monotonic() + self._patience_s):
            raise LinkError(
                f"{self._obc.description} takes no more octets at {self._now_s:.3f} s: is it "
                "halted by a debugger, or its firmware stuck?"
            )

    def _settle(self) -> Difference | None:
        """Wait for all answers that the recording has by now; the first that differs."""
        answers = self._answers
        answers.without_hello()
        until_s, overdue = time.monotonic() + self._patience_s, False
        while True:
            if difference := answers.first_difference():
                return difference
            if not answers.awaited:
                return None
            if overdue:  # it may say a lot, but not what is awaited
                return answers.missing()
            overdue = time.monotonic() > until_s
            data = self._obc.read(until_s)
            if not data:
                return answers.missing()
            answers.replayed(data)

    def _rest(self) -> Difference | None:
        """Whether the OBC has more to say than the recording."""
        until_s = time.monotonic() + (0.0 if self._obc.answers_at_once else _LINGER_S)
        while data := self._obc.read(until_s):
            self._answers.replayed(data)
            if time.monotonic() > until_s:
                break
        return self._answers.surplus()

    # -- HELLO -------------------------------------------------------------------------------------

    def _hello(self, octets: Octets) -> None:
        """Ask as the recorded bench did until it was answered, and say who differs."""
        request, told, after = _recorded_hello(octets, self._recording)
        self._answers.recorded(0.0, after)
        reader, until_s = Deframer(registry().table), time.monotonic() + self._patience_s
        while (now_s := time.monotonic()) < until_s:
            self._write(request)
            try_s = _HELLO_TRY_S if self._patience_s < PATIENT_S else PATIENT_S
            try_until_s = min(now_s + try_s, until_s)
            while data := self._obc.read(try_until_s):
                here, after = _hello_of(reader, data)
                if here is not None:
                    self._answers.replayed(after)
                    self._tell_who(told, here)
                    return
                if time.monotonic() >= try_until_s:
                    break
        silent = f"no answer to HELLO within {PATIENCE_S:g} s: {self._obc.when_silent}"
        raise LinkError(f"{self._obc.description}: {silent}")

    def _tell_who(self, recorded: Packet, here: Packet) -> None:
        a, b = named_values(recorded), named_values(here)
        for key in ("protocol", "firmware", "build"):
            if a[key] != b[key]:
                self._announce(f"another {key}: recorded {a[key]}, replayed {b[key]}")


def _step_s(recording: Recording) -> float:
    try:
        step_s = float(recording.metadata["run"]["step_s"])
    except (KeyError, ValueError):
        step_s = math.nan
    if not (math.isfinite(step_s) and step_s > 0.0):
        raise RecordingError(f"{recording.path} does not tell its control period")
    return step_s


def _injected(recording: Recording, obc: Obc) -> list[Event]:
    """Return the events that tell what faults of the recorded run did to the OBC."""
    found = [
        each
        for each in recording.events
        if each.source == "fault" and each.name in (*RESTARTS, FLIPPED)
    ]
    if found and not {"reset", "bit_flip"} <= obc.can:
        raise RecordingError(
            f"in {recording.path} faults restarted the OBC or changed its memory, which cannot be "
            f"done on {obc.name}: use --obc library, posix, qemu or qemu-fast"
        )
    return found


def _recorded_hello(octets: Octets, recording: Recording) -> tuple[bytes, Packet, bytes]:
    """Return the recorded question and answer, and the octets that follow on the answer."""
    request, reader = b"", Deframer(registry().table)
    for _, to_obc, data in octets:
        if to_obc:
            request = data
        else:
            told, after = _hello_of(reader, data)
            if told is not None:
                return request, told, after
    raise RecordingError(f"{recording.path} has no answer to HELLO: there is nothing to replay")


def _hello_of(reader: Deframer, data: bytes) -> tuple[Packet | None, bytes]:
    """Return HELLO if it is complete with these octets, and the octets after it."""
    frames = data.split(b"\0")
    for at, frame in enumerate(frames[:-1]):
        for packet in reader.receive(frame + b"\0"):
            if isinstance(packet, Packet) and packet.message is HELLO:
                return packet, b"\0".join(frames[at + 1 :])
    reader.receive(frames[-1])
    return None, b""
