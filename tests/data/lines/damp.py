#!/usr/bin/env python3
"""Flight software that knows no bench: it damps the body's rate by wheels, over two lines.

Started with NAME=PATH arguments. It reads STIM300 datagrams (0x94) from `imu`, starts three wheels
of the Nanosatellite Protocol on `wheels`, and tells each a torque. If there is a line `down`, it
tells the rate on it: Space Packets of APID 66 with three big-endian floats in deg/s and a mode.
Own code, standard library only.
"""

import os
import select
import struct
import sys
import termios
import tty

GAIN_Nm_s = 0.02
ADDRESSES = (0x21, 0xC0, 0xDB)
OWN = 0x11


def crc(data):
    value = 0xFFFF
    for octet in data:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ 0x8408 if value & 1 else value >> 1
    return value


def frame(to, control, data):
    body = bytes([to, OWN, control]) + data
    body += struct.pack("<H", crc(body))
    return b"\xc0" + body.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def opened(path):
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(fd, termios.TCSANOW)
    return fd


def crc32(data):
    value = 0xFFFFFFFF
    for octet in data:
        value ^= octet << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value >> 31 else value << 1) & 0xFFFFFFFF
    return value


def rates(stream):
    """Take a datagram off the front of a stream: (rates in rad/s, the rest), or (None, rest)."""
    while stream:
        if stream[0] == 0x94:
            if len(stream) < 25:
                return None, stream
            datagram = stream[:25]
            if crc32(datagram[:-4] + bytes(3)) == int.from_bytes(datagram[-4:], "big"):
                counts = (
                    int.from_bytes(datagram[i : i + 3], "big", signed=True) for i in (1, 4, 7)
                )
                return [count * 2.0**-14 * 0.017453292519943295 for count in counts], stream[25:]
        stream = stream[1:]
    return None, stream


def packet(rate, count):
    degrees = [each / 0.017453292519943295 for each in rate]
    body = struct.pack(">3fB", *degrees, 1)
    return struct.pack(">HHH", 66, 0xC000 | count % 0x4000, len(body) - 1) + body


def main():
    lines = dict(argument.split("=", 1) for argument in sys.argv[1:])
    imu, wheels = opened(lines["imu"]), opened(lines["wheels"])
    down = opened(lines["down"]) if "down" in lines else None
    stream, started, told = b"", 0, 0
    while True:
        for fd in select.select([imu, wheels], [], [])[0]:
            data = os.read(fd, 4096)
            stream += data if fd == imu else b""
        rate, stream = rates(stream)
        if rate is not None and down is not None:
            os.write(down, packet(rate, told))
            told += 1
        if rate is not None and started < len(ADDRESSES):  # one at a time: they share a pair
            os.write(wheels, frame(ADDRESSES[started], 0x81, b"\x00\x10\x00\x00"))
            started += 1
        elif rate is not None:  # nobody is asked to answer
            for address, each in zip(ADDRESSES, rate, strict=True):
                torque = max(-0.004, min(0.004, GAIN_Nm_s * each))
                os.write(wheels, frame(address, 0x08, struct.pack("<BBf", 0, 0x12, torque)))


main()
