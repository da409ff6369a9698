"""A rig's radio on the bench: frames of the OBC to the ground, frames of the ground to the OBC."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hil.devices.sensor import generator, starts
from hil.errors import RigError
from hil.link import messages as m
from hil.physics.truth import Truth
from hil.radio.alert import Alert
from hil.radio.channel import Arrived, Channel
from hil.radio.contact import Contacts, Seen
from hil.rig import Rig
from hil.rig.columns import RADIO_COLUMNS

if TYPE_CHECKING:
    from hil.radio.station import File, GroundEnd

Told = tuple[m.Message, Sequence[float | int], int | None]
Tell = Callable[[str, str, float], None]
"""Takes the kind of an event at the ground, it in words, and its value."""
_STATE_EVERY_S = 1.0
_NAN = math.nan


class RadioUnit:
    """Radio, stations and ground of one spacecraft; knows truth, and hands on none of it.

    A step is `begin`, with what the OBC is told of it, then `take`.
    """

    def __init__(self, rig: Rig, truth: Truth, tell: Tell) -> None:
        """Raises RigError when a package is missing."""
        assert rig.radio is not None
        self._truth, self._tell, self._radio = truth, tell, rig.radio
        self._at = starts(truth.columns)
        self._contacts = Contacts(rig.radio, rig.stations)
        self._ground = ground_end()
        self._down, self._up = _channels(rig)
        self._seen = Seen(-math.pi / 2.0, None)
        self._now_s = self._contact_s = 0.0
        self._uptime_s = rig.obc.uptime_at_start_s
        self._heard: deque[tuple[float, bytes]] = deque()
        self._state_due_s, self._state_told = 0.0, (-1, -1)
        self._alerts: deque[tuple[float, ...]] = deque()
        self._numbers: set[tuple[int, float]] = set()
        self._files: deque[tuple[float, ...]] = deque()
        self._alert_row: tuple[float, ...] = (_NAN,) * _ALERT_SIZE
        self._file_row: tuple[float, ...] = (_NAN,) * _FILE_SIZE

    # -- a step ------------------------------------------------------------------------------------

    def begin(self, now_s: float) -> list[Told]:
        """Let the link go on to a step's instant; return what the radio tells the OBC then."""
        contact = self._seen.contact
        for frame in self._down.go_on(now_s, contact):
            self._take_down(frame)
        self._contact_s += now_s - self._now_s if contact is not None else 0.0
        self._ground.go_on(self._contact_s)
        self._send_up(now_s + 2.0 * self._radio.ground_delay_s)
        for frame in self._up.go_on(now_s, contact):
            self._heard.append((frame.time_s, frame.octets))
        self._now_s = now_s
        self._look()
        return [*self._frames_heard(now_s), *self._state()]

    def take(self, frames: Sequence[bytes], time_s: float) -> None:
        """Take frames that the OBC has the radio send."""
        for frame in frames:
            self._down.put(frame, time_s)

    @property
    def row(self) -> tuple[float, ...]:
        """The step's numbers, in the order of RADIO_COLUMNS."""
        seen, waiting = self._seen, self._down.waiting_octets
        if self._alerts:
            self._alert_row = self._alerts.popleft()
        if self._files:
            self._file_row = self._files.popleft()
        state = (float(seen.contact is not None), seen.elevation_rad, float(waiting))
        return (*state, *self._alert_row, *self._file_row)

    def counts(self) -> dict[str, int]:
        """Return what became of all frames."""
        ways = (("down", self._down.counts), ("up", self._up.counts))
        return {
            **{f"{way}_{name}": n for way, counts in ways for name, n in vars(counts).items()},
            "not_understood": self._ground.strangers,
        }

    def close(self) -> None:
        """Forget the ground's files."""
        self._ground.close()

    # -- from the spacecraft -----------------------------------------------------------------------

    def _take_down(self, frame: Arrived) -> None:
        late_s = frame.time_s - self._now_s if self._seen.contact is not None else 0.0
        self._ground.take(frame.octets, self._contact_s + max(0.0, late_s))
        received_s = frame.time_s + self._radio.ground_delay_s
        for alert in self._ground.alerts:
            self._note_alert(alert, frame, received_s)
        self._ground.alerts.clear()
        for file in self._ground.files():
            self._note_file(file, received_s)
        for failure in self._ground.failures():
            self._tell("file_failed", failure, _NAN)
        self._send_up(frame.time_s + 2.0 * self._radio.ground_delay_s)

    def _note_alert(self, alert: Alert, frame: Arrived, received_s: float) -> None:
        if (alert.number, alert.shutter_s) in self._numbers:
            return
        self._numbers.add((alert.number, alert.shutter_s))
        shutter_s = alert.shutter_s - self._uptime_s
        stages = (shutter_s, frame.told_s, frame.begun_s, received_s)
        what = (alert.number, alert.kind, alert.confidence / 255.0, alert.picture)
        place = (alert.latitude_deg, alert.longitude_deg, alert.height_m, *alert.covariance_m2)
        self._alerts.append(tuple(map(float, (*what, *stages, *place))))
        self._tell("alert_received", _alert_words(alert, stages), received_s - shutter_s)

    def _note_file(self, file: File, received_s: float) -> None:
        number = "".join(filter(str.isdigit, file.name))
        self._files.append((float(number or 0), float(len(file.octets)), received_s))
        words = f"{file.name}, {len(file.octets)} octets, is whole"
        self._tell("file_received", words, float(len(file.octets)))

    # -- to the spacecraft -------------------------------------------------------------------------

    def _send_up(self, time_s: float) -> None:
        for frame in self._ground.outgoing():
            self._up.put(frame, time_s)

    def _look(self) -> None:
        row, before = self._truth.row, self._seen.contact
        position = row[self._at["position_eci_m"] :][:3]
        attitude = row[self._at["q_eci_from_body"] :][:4]
        self._seen = self._contacts.at(self._now_s, position, attitude)
        now = self._seen.contact
        if (before and before.station) != (now and now.station):
            name = "contact_begins" if now else "contact_ends"
            station = now or before
            assert station is not None
            self._tell(name, station.station, math.degrees(self._seen.elevation_rad))

    def _frames_heard(self, now_s: float) -> list[Told]:
        told: list[Told] = []
        while self._heard and self._heard[0][0] <= now_s:
            told.append((m.RADIO_HEARD, (0, *self._heard.popleft()[1]), None))
        return told

    def _state(self) -> list[Told]:
        state = (int(self._seen.contact is not None), self._down.free_octets)
        if state == self._state_told and self._now_s < self._state_due_s - 1e-9:
            return []
        self._state_told, self._state_due_s = state, self._now_s + _STATE_EVERY_S
        return [(m.RADIO_STATE, state, None)]


_SIZES = dict(RADIO_COLUMNS)
_ALERT_SIZE = sum(size for name, size in _SIZES.items() if name.startswith("alert_"))
_FILE_SIZE = sum(size for name, size in _SIZES.items() if name.startswith("file_"))


def ground_end() -> GroundEnd:
    """Return the ground's end; raises RigError where its packages are missing."""
    try:
        from hil.radio.station import GroundEnd
    except ImportError as error:
        raise RigError(
            f"[radio] needs the packages spacepackets and cfdp-py ({error}): "
            "pip install 'hil[radio]'"
        ) from None
    return GroundEnd(m.RADIO_FRAME_OCTETS)


def _channels(rig: Rig) -> tuple[Channel, Channel]:
    radio = rig.radio
    assert radio is not None
    down = Channel(
        radio.rate_bit_s,
        radio.frame_overhead_octets,
        radio.frame_loss,
        radio.buffer_octets,
        generator(rig.seed, "radio down"),
    )
    up = Channel(
        radio.up_rate_bit_s,
        radio.frame_overhead_octets,
        radio.up_loss,
        1 << 20,
        generator(rig.seed, "radio up"),
    )
    return down, up


def _alert_words(alert: Alert, stages: tuple[float, float, float, float]) -> str:
    shutter_s, told_s, begun_s, received_s = stages
    known = alert.kind < len(m.SIGHT_KINDS)
    kind = m.SIGHT_KINDS[alert.kind] if known else f"kind {alert.kind}"
    return (
        f"alert {alert.number}: {kind} at {alert.latitude_deg:.4f} {alert.longitude_deg:.4f}; "
        f"shutter {shutter_s:.2f} s, to the radio {told_s - shutter_s:.2f} s later, on the air "
        f"after {begun_s - shutter_s:.2f} s, on the ground after {received_s - shutter_s:.2f} s"
    )
