"""The ground's receiving end, held against PDUs of spacepackets."""

from spacepackets.ccsds.spacepacket import SpacePacketHeader
from spacepackets.cfdp import ChecksumType, ConditionCode, PduConfig, TransmissionMode
from spacepackets.cfdp.pdu import EofPdu, FileDataPdu, MetadataPdu
from spacepackets.cfdp.pdu.file_data import FileDataParams
from spacepackets.cfdp.pdu.metadata import MetadataParams
from spacepackets.util import ByteFieldU8

from hil.radio.alert import CFDP_APID
from hil.radio.station import File, GroundEnd

CONTENT = bytes(range(60))


def configuration():
    return PduConfig(
        source_entity_id=ByteFieldU8(5),
        dest_entity_id=ByteFieldU8(1),
        transaction_seq_num=ByteFieldU8(1),
        trans_mode=TransmissionMode.ACKNOWLEDGED,
    )


def metadata():
    params = MetadataParams(False, ChecksumType.NULL_CHECKSUM, len(CONTENT), "a.pgm", "a.pgm")
    return MetadataPdu(configuration(), params)


def segment(offset):
    return FileDataPdu(configuration(), FileDataParams(CONTENT[offset : offset + 20], offset))


def end():
    return EofPdu(configuration(), bytes(4), len(CONTENT), condition_code=ConditionCode.NO_ERROR)


def heard(ground, *pdus):
    for number, pdu in enumerate(pdus):
        data = bytes(pdu.pack())
        header = SpacePacketHeader.tm(apid=CFDP_APID, seq_count=number, data_len=len(data) - 1)
        ground.take(bytes(header.pack()) + data, 0.1 * number)


def test_what_another_end_missed_is_not_missed_here():
    first, second = GroundEnd(255), GroundEnd(255)
    try:
        heard(first, metadata(), segment(0), segment(40))
        assert first.files() == []
        heard(second, metadata(), segment(0), segment(20), segment(40), end())
        assert second.files() == [File("a.pgm", CONTENT)]
    finally:
        first.close()
        second.close()
