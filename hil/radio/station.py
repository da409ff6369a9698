"""The ground's end: space packets by spacepackets, files by cfdp-py's receiving entity."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from cfdppy.exceptions import PduIgnoredForDest
from cfdppy.handler.dest import (
    DestHandler,
    LostSegmentTracker,
    acknowledge_inactive_eof_pdu,
)
from cfdppy.mib import (
    CheckTimerProvider,
    DefaultFaultHandlerBase,
    EntityType,
    IndicationConfig,
    LocalEntityConfig,
    RemoteEntityConfig,
    RemoteEntityConfigTable,
)
from cfdppy.restricted_filestore import RestrictedFilestore
from cfdppy.user import CfdpUserBase, TransactionFinishedParams
from spacepackets import countdown
from spacepackets.ccsds.spacepacket import PacketType, SpacePacketHeader
from spacepackets.cfdp import (
    ChecksumType,
    ConditionCode,
    TransactionId,
    TransmissionMode,
)
from spacepackets.cfdp.pdu import AbstractFileDirectiveBase, EofPdu, PduFactory, TransactionStatus
from spacepackets.cfdp.pdu.finished import DeliveryCode
from spacepackets.util import ByteFieldU8, UnsignedByteField

from hil.radio.alert import ALERT_APID, CFDP_APID, HEARD, HEARD_APID, Alert, alert_of

_GROUND, _SPACECRAFT = 1, 5  # entities
_NAK_S, _FINISHED_S = 3.0, 3.0
_TRIES = 100  # no pass is so long
_HEADER_OCTETS = 6


class File(NamedTuple):
    """A file that came whole, and what it is called."""

    name: str
    octets: bytes


class _Entity(CfdpUserBase, DefaultFaultHandlerBase, CheckTimerProvider):  # type: ignore[misc]
    """What a receiving entity tells of: files that are whole, and nothing else of interest."""

    def __init__(self, folder: Path) -> None:
        CfdpUserBase.__init__(self, RestrictedFilestore(folder))
        DefaultFaultHandlerBase.__init__(self)
        self.folder = folder
        self.names: dict[TransactionId, str] = {}
        self.files: list[File] = []
        self.failed: list[str] = []

    def metadata_recv_indication(self, params: object) -> None:
        self.names[params.transaction_id] = Path(params.dest_file_name).name  # type: ignore[attr-defined]

    def transaction_finished_indication(self, params: TransactionFinishedParams) -> None:
        told, name = params.finished_params, self.names.get(params.transaction_id, "")
        whole = told.delivery_code == DeliveryCode.DATA_COMPLETE
        if whole and told.condition_code == ConditionCode.NO_ERROR and name:
            self.files.append(File(name, (self.folder / name).read_bytes()))
        else:
            self.failed.append(f"{name or 'a file'}: {told.condition_code.name.lower()}")

    def provide_check_timer(
        self, local: UnsignedByteField, remote: UnsignedByteField, entity: EntityType
    ) -> countdown.Countdown:
        raise NotImplementedError((local, remote, entity))  # of class 1 only

    def transaction_indication(self, transaction_indication_params: object) -> None: ...
    def eof_sent_indication(self, transaction_id: TransactionId) -> None: ...
    def eof_recv_indication(self, transaction_id: TransactionId) -> None: ...
    def file_segment_recv_indication(self, params: object) -> None: ...
    def report_indication(self, transaction_id: TransactionId, status_report: object) -> None: ...
    def suspended_indication(self, transaction_id: object, cond_code: object) -> None: ...
    def resumed_indication(self, transaction_id: TransactionId, progress: int) -> None: ...
    def fault_indication(self, transaction_id: object, cond: object, progress: int) -> None: ...
    def abandoned_indication(self, transaction_id: object, cond: object, progress: int) -> None: ...
    def notice_of_suspension_cb(self, transaction_id: object, c: object, p: int) -> None: ...
    def notice_of_cancellation_cb(self, transaction_id: object, c: object, p: int) -> None: ...
    def abandoned_cb(self, transaction_id: object, cond: object, progress: int) -> None: ...
    def ignore_cb(self, transaction_id: object, cond: object, progress: int) -> None: ...


class _Receiver(DestHandler):  # type: ignore[misc]
    """A receiving entity with a list of lost segments of its own: cfdp-py 0.7 has one for all."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_params":
            value.acked_params.lost_seg_tracker = LostSegmentTracker()
        super().__setattr__(name, value)


class GroundEnd:
    """Takes frames of a spacecraft, and has frames for it.

    Its timers run in the time that is told, which is that with a contact: what waits for an answer
    waits while there can be one.
    """

    def __init__(self, frame_octets: int) -> None:
        """frame_octets: of the longest frame that may be sent."""
        self._folder = tempfile.TemporaryDirectory(prefix="hil-ground-")
        self._entity = _Entity(Path(self._folder.name))
        self._remote = RemoteEntityConfig(
            entity_id=ByteFieldU8(_SPACECRAFT),
            max_file_segment_len=None,
            max_packet_len=frame_octets - _HEADER_OCTETS,
            closure_requested=False,
            crc_on_transmission=False,
            default_transmission_mode=TransmissionMode.ACKNOWLEDGED,
            crc_type=ChecksumType.CRC_32C,
            positive_ack_timer_interval_seconds=_FINISHED_S,
            positive_ack_timer_expiration_limit=_TRIES,
            nak_timer_interval_seconds=_NAK_S,
            nak_timer_expiration_limit=_TRIES,
        )
        self._handlers: dict[TransactionId, DestHandler] = {}
        self._ended: set[TransactionId] = set()
        self._sequence = {CFDP_APID: 0, HEARD_APID: 0}
        self._outgoing: list[bytes] = []
        self.alerts: list[Alert] = []
        self.strangers = 0

    def close(self) -> None:
        """Remove what was received from the disk."""
        self._folder.cleanup()

    def take(self, frame: bytes, contact_s: float) -> None:
        """Take a frame that came after so much time with a contact."""
        try:
            header = SpacePacketHeader.unpack(frame)
        except ValueError:
            self.strangers += 1
            return
        data = frame[_HEADER_OCTETS:]
        if header.packet_type != PacketType.TM or header.packet_len != len(frame):
            self.strangers += 1
        elif header.apid == ALERT_APID and (alert := alert_of(data)) is not None:
            self.alerts.append(alert)
            self._send(HEARD_APID, HEARD.pack(alert.number))
        elif header.apid == CFDP_APID:
            with _time(contact_s):
                self._take_pdu(data)
        else:
            self.strangers += 1

    def go_on(self, contact_s: float) -> None:
        """Let what waits for an answer see what time it is."""
        if not self._handlers:
            return
        with _time(contact_s):
            for number, handler in list(self._handlers.items()):
                handler.state_machine()
                self._fetch(number, handler)

    def outgoing(self) -> list[bytes]:
        """Return the frames that are to be sent, once."""
        frames, self._outgoing = self._outgoing, []
        return frames

    def files(self) -> list[File]:
        """Return the files that became whole, once."""
        files, self._entity.files = self._entity.files, []
        return files

    def failures(self) -> list[str]:
        """Return what became of the files that did not, once."""
        failed, self._entity.failed = self._entity.failed, []
        return failed

    def _take_pdu(self, data: bytes) -> None:
        try:
            pdu = PduFactory.from_raw(data)
        except ValueError:
            pdu = None
        if pdu is None:
            self.strangers += 1
            return
        number = TransactionId(pdu.source_entity_id, pdu.transaction_seq_num)
        if number in self._ended:
            if isinstance(pdu, EofPdu):  # 727.0-B-5, 4.7.2: acknowledged whatever became of it
                answer = acknowledge_inactive_eof_pdu(pdu, TransactionStatus.TERMINATED)
                self._send(CFDP_APID, bytes(answer.pack()))
            return
        handler = self._handlers.get(number) or self._new_handler(number)
        try:
            handler.state_machine(pdu)
        except PduIgnoredForDest:
            self.strangers += 1
        self._fetch(number, handler)
        if isinstance(pdu, AbstractFileDirectiveBase) and handler.packets_ready is False:
            handler.state_machine()  # what an EOF set going goes on
            self._fetch(number, handler)

    def _new_handler(self, number: TransactionId) -> DestHandler:
        entity = self._entity
        local = LocalEntityConfig(ByteFieldU8(_GROUND), IndicationConfig(), entity)
        table = RemoteEntityConfigTable([self._remote])
        handler = self._handlers[number] = _Receiver(local, entity, table, entity)
        return handler

    def _fetch(self, number: TransactionId, handler: DestHandler) -> None:
        while (holder := handler.get_next_packet()) is not None:
            self._send(CFDP_APID, bytes(holder.pdu.pack()))
        if handler.transaction_id is None and number in self._handlers:
            del self._handlers[number]
            self._ended.add(number)

    def _send(self, apid: int, data: bytes) -> None:
        header = SpacePacketHeader.tc(
            apid=apid, seq_count=self._sequence[apid], data_len=len(data) - 1
        )
        self._sequence[apid] = (self._sequence[apid] + 1) & 0x3FFF
        self._outgoing.append(bytes(header.pack()) + data)


@contextmanager
def _time(contact_s: float) -> Iterator[None]:
    """Have the library's timers read this time: a run's, not the wall's."""
    wall = countdown.time_ms
    countdown.time_ms = lambda: round(1000.0 * contact_s)
    try:
        yield
    finally:
        countdown.time_ms = wall
