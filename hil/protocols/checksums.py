"""Checksums of the devices' protocols, by the standard library's two polynomials.

A CRC that shifts the other way is that of octets whose bits are turned round, turned round itself
(Williams, A Painless Guide to CRC Error Detection Algorithms, section 11). Names are those of the
catalogue of parametrised CRC algorithms (reveng.sourceforge.io/crc-catalogue).
"""

from __future__ import annotations

import binascii
import zlib
from functools import reduce
from operator import xor

_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))
_ALL = 0xFFFFFFFF


def _reversed(value: int, octets: int) -> int:
    return int.from_bytes(value.to_bytes(octets, "little").translate(_REVERSED), "big")


def crc32_mpeg2(data: bytes) -> int:
    """CRC-32/MPEG-2: STIM300."""
    return _reversed(zlib.crc32(data.translate(_REVERSED)) ^ _ALL, 4)


def crc32_novatel(data: bytes) -> int:
    """The 32-bit CRC of NovAtel's logs: as CRC-32, but it starts with 0 and is not inverted."""
    return zlib.crc32(data, _ALL) ^ _ALL


def crc16_mcrf4xx(data: bytes) -> int:
    """CRC-16/MCRF4XX: the Nanosatellite Protocol."""
    return _reversed(binascii.crc_hqx(data.translate(_REVERSED), 0xFFFF), 2)


def crc16_xmodem(data: bytes) -> int:
    """CRC-16/XMODEM: VectorNav."""
    return binascii.crc_hqx(data, 0)


def _shifted(octet: int) -> int:
    for _ in range(8):
        octet = (octet << 1 ^ 0x07) & 0xFF if octet & 0x80 else octet << 1
    return octet


_CRC8 = bytes(map(_shifted, range(256)))


def crc8_stim210(data: bytes) -> int:
    """CRC-8 of polynomial 0x07 that starts with 0xFF: STIM210."""
    value = 0xFF
    for octet in data:
        value = _CRC8[value ^ octet]
    return value


def fletcher8(data: bytes) -> bytes:
    """The two octets of RFC 1145's 8-bit Fletcher sum: UBX."""
    a = b = 0
    for octet in data:
        a += octet
        b += a
    return bytes((a & 0xFF, b & 0xFF))


def xor8(data: bytes) -> int:
    """All octets by exclusive or: NMEA 0183."""
    return reduce(xor, data, 0)


def sum8(data: bytes) -> int:
    """Low octet of the sum: nanoSSOC-D60."""
    return sum(data) & 0xFF
