# The bench's line in MicroPython: CCSDS space packets with a CRC-32C, in COBS frames that end with
# a zero. Nothing else is needed. `hil wire` prints the table that the numbers and formats are from.
#
# Comments stand where docstrings would: a small board has no memory to read those.

import gc
import struct

HELLO_REQUEST = 0x100
SET_ORBIT = 0x102
SET_MODE = 0x103
LAST_SETTING = 0x10F  # 0x101..0x10F: what the bench waits for an answer to
SYNC = 0x110
GYRO = 0x120
HELLO = 0x200
ACK = 0x201
COMMAND = 0x210

MODE_DETUMBLE = 2
INVALID = 0x10  # of the first octet of a sample
ACCEPTED = 0
UNKNOWN_ID = 1
OUT_OF_RANGE = 2


def crc_table():
    # What each half of an octet adds to the CRC.
    table = []
    for crc in range(16):
        for _ in range(4):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


CRC_TABLE = crc_table()
CRC_RESIDUE = 0x48674BC7  # the CRC of data that ends with its own CRC


def crc32c(data):
    # CRC-32C (Castagnoli).
    crc = 0xFFFFFFFF
    for octet in data:
        crc ^= octet
        crc = crc >> 4 ^ CRC_TABLE[crc & 15]
        crc = crc >> 4 ^ CRC_TABLE[crc & 15]
    return crc ^ 0xFFFFFFFF


def cobs_encode(data):
    # For less than 254 octets, as all packets are.
    out = bytearray(1)
    code_at = 0
    for octet in data:
        if octet:
            out.append(octet)
        else:
            out[code_at] = len(out) - code_at
            code_at = len(out)
            out.append(0)
    out[code_at] = len(out) - code_at
    return out


def cobs_decode(frame):
    # The data of a frame without the zero that ends it; None when the frame is broken.
    out = bytearray()
    start = 0
    while start < len(frame):
        end = start + frame[start]
        if end > len(frame):
            return None
        out += frame[start + 1 : end]
        if frame[start] < 255 and end < len(frame):
            out += b"\0"
        start = end
    return out


def encode(apid, sequence, payload):
    # One packet from the OBC as a frame.
    data = struct.pack(">HHH", apid, 0xC000 | sequence, len(payload) + 3) + payload
    return cobs_encode(data + struct.pack("<I", crc32c(data))) + b"\0"


def decode(frame):
    # (apid, sequence, payload) of the packet to the OBC; None when the frame holds no valid one.
    data = cobs_decode(frame)
    if data is None or len(data) < 10 or crc32c(data) != CRC_RESIDUE:
        return None
    identification, control, length = struct.unpack(">HHH", data[:6])
    header = 13 if identification & 0x0800 else 6  # with CUC time or without
    if identification & 0xF000 != 0x1000 or length + 7 != len(data) or len(data) < header + 4:
        return None
    return identification & 0x07FF, control & 0x3FFF, data[header:-4]


def acknowledgement(apid, sequence, result):
    # What answers a set_ packet: (apid, payload).
    return ACK, struct.pack(">HHB", apid, sequence, result)


class Link:
    # read() returns the octets that have come or None, write(octets) sends all of them.
    # answer(apid, sequence, payload) takes a packet and returns (apid, payload) to send, or None.
    # firmware, build: up to 16 octets. sensors: (APID of its samples, how many are needed) of each
    # kind that is handled.
    def __init__(self, read, write, answer, firmware, build, sensors):
        self.read = read
        self.write = write
        self.answer = answer
        self.hello = struct.pack(">H16s16sII", 2, firmware, build, 0, 0)  # any control period
        for sensor in sensors:
            self.hello += struct.pack(">HB", *sensor)
        self.received = b""
        self.sent = {}

    def poll(self):
        # Collect while octets come, and take the frames apart once the line is quiet: a UART's
        # buffer is small and Python is slow, so that octets would be lost in between.
        octets = self.read()
        if octets:
            self.received += octets
        elif self.received:
            gc.collect()  # now, while the bench waits: later it would miss octets
            frames = self.received.split(b"\0")
            self.received = frames.pop()
            for frame in frames:
                self.handle(decode(frame))

    def handle(self, packet):
        if packet is None:
            return
        if packet[0] == HELLO_REQUEST:
            self.sent = {}
            self.answer(*packet)
            self.send(HELLO, self.hello)
            return
        reply = self.answer(*packet)
        if reply is None and HELLO_REQUEST < packet[0] <= LAST_SETTING:
            reply = acknowledgement(packet[0], packet[1], UNKNOWN_ID)
        if reply:
            self.send(*reply)

    def send(self, apid, payload):
        sequence = self.sent.get(apid, 0)
        self.sent[apid] = (sequence + 1) & 0x3FFF
        self.write(encode(apid, sequence, payload))
