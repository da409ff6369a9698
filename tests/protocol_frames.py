"""Frames of every protocol, of both directions, for the tests of protocols and of lines."""

import math

from hil.protocols import (
    hmr2300,
    nanossoc,
    nmea,
    novatel,
    nsp,
    sagitta,
    stim210,
    stim300,
    ubx,
    vn100,
)
from hil.protocols.device import Measured
from hil.protocols.times import gps_time

UTC_ns = 1_795_953_630_500_000_000  # 2026-11-29 12:00:30.5
ECEF = (-1234567.125, 4567890.25, 5123456.5, 1000.5, -2000.25, 7000.125)
FIX = Measured(ECEF, True, UTC_ns)
NO_FIX = Measured((0.0,) * 6, False, UTC_ns)
GPS_TIME = gps_time(UTC_ns)
Q = (0.1, -0.2, 0.3, math.sqrt(0.86))

FROM_DEVICE = {
    "stim300": [
        stim300.datagram(number, (1, -2, 400000), 0x40, -77, 200, 1234)
        for number in stim300.DATAGRAMS
    ]
    + [stim300.configuration(0x94)],
    "stim210": [
        stim210.datagram(number, (1, -2, 400000), 0, -77, 200, 1234) for number in stim210.KINDS
    ],
    "novatel": [
        novatel.message("BESTXYZ", novatel.bestxyz(ECEF[:3], ECEF[3:], fixed=True), GPS_TIME),
        novatel.message("TIME", novatel.time_log(UTC_ns, known=True), GPS_TIME),
        novatel.message("HWMONITOR", novatel.hardware_monitor(20.5, 3.3), GPS_TIME),
    ],
    "sagitta": [
        sagitta.telemetry(0x84, sagitta.SOLUTION, sagitta.solution(Q, True, 7), 0xC0, 0xDBC0),
        sagitta.frame(b"\x21\x83\x01\x00"),
    ],
    "nsp": [
        nsp.frame(nsp.HOST, 0xC0, 0xA7, b"\x15\x00\x00\xf7\x42"),
        nsp.frame(0xDB, 5, 0xA0, b"RW emulated"),
    ],
    "ubx": [ubx.frame(ubx.NAV_PVT, ubx.nav_pvt(FIX)), ubx.frame(ubx.ACK_ACK, b"\x06\x8a")],
    "nmea": [nmea.gga(nmea.place(ECEF[:3]), UTC_ns), nmea.rmc(None, 0.0, 0.0, UTC_ns)],
    "nanossoc": [
        nanossoc.frame(nanossoc.ANGLES, nanossoc.angles((0.1, -0.2, 0.97), True)),
        nanossoc.frame(nanossoc.FILTERED, bytes(16)),
    ],
    "hmr2300": [hmr2300.text((1234, -15000, 7))],
    "vn100": [
        vn100.frame({0: bytes(8), 5: b"\1" * 12, 10: b"\2" * 20}),
        vn100.sentence("VNWRG,75,1,80,01,0421"),
    ],
}
TO_DEVICE = {
    "stim300": [b"SERVICEMODE\r", b"C\r"],
    "stim210": [b"SERVICEMODE\r", b"d m\r", b"x N\r"],
    "novatel": [b"unlogall\n", b"log com1 bestxyzb ontime 1\r\n"],
    "sagitta": [sagitta.request(3, 1, b"\1"), sagitta.request(2, 24)],
    "nsp": [nsp.read_file(0xC0, 0x15), nsp.set_mode(0xDB, nsp.TORQUE, 1.5e-3)],
    "ubx": [ubx.frame((6, 0x8A), b"\0\1\0\0\1\0\x91\x20\1"), ubx.frame(ubx.MON_VER)],
    "nmea": [nmea.sentence("PXYZ,1")],
    "nanossoc": [nanossoc.frame(nanossoc.ANGLES), nanossoc.frame(nanossoc.FILTERED)],
    "hmr2300": [b"*00P\r", b"*99WE\r"],
    "vn100": [vn100.sentence("VNWRG,75,1,80,01,0421"), vn100.sentence("VNRRG,1")],
}
UNCHECKED = {"hmr2300"}
"""Whose octets have no checksum, so that a flipped bit can look good."""
UNCHECKED_COMMANDS = {"hmr2300", "stim300", "stim210", "novatel"}
