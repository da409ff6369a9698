# A complete firmware in MicroPython: it stops a spacecraft's rotation with a gyro and three wheels.

import struct

from hil_link import (
    ACCEPTED,
    COMMAND,
    GYRO,
    HELLO_REQUEST,
    INVALID,
    MODE_DETUMBLE,
    OUT_OF_RANGE,
    SET_MODE,
    SET_ORBIT,
    SYNC,
    Link,
    acknowledgement,
)
from machine import UART

DAMPING_NM_S = 0.05  # N m of braking for each rad/s: 0.17 kg m2 stop with a time constant of 3.4 s

rate_body_rad_s = [0.0, 0.0, 0.0]


def answer(apid, sequence, payload):
    if apid == HELLO_REQUEST:  # back to the boot state, so that every run starts alike
        rate_body_rad_s[:] = [0.0, 0.0, 0.0]
    elif apid == GYRO and not payload[0] & INVALID:
        rate_body_rad_s[:] = struct.unpack(">3f", payload[1:])
    elif apid == SYNC:
        return COMMAND, command(payload)
    elif apid == SET_MODE:  # of the modes it has one
        result = ACCEPTED if payload[0] == MODE_DETUMBLE else OUT_OF_RANGE
        return acknowledgement(apid, sequence, result)
    elif apid == SET_ORBIT:  # every setting wants an answer, also one that is of no use here
        return acknowledgement(apid, sequence, ACCEPTED)
    return None


def command(sync):
    # SYNC closes a step: its samples are all here. The answer carries the same step number.
    (step,) = struct.unpack(">I", sync)
    # A wheel that is driven forwards pushes the body backwards: this sign brakes.
    x, y, z = [DAMPING_NM_S * rate for rate in rate_body_rad_s]
    return struct.pack(">I7f", step, x, y, z, 0.0, 0.0, 0.0, 0.0)


uart = UART(0, 115200, rxbuf=256)  # a port without REPL: there an octet 3 would be Ctrl-C
bench = Link(uart.read, uart.write, answer, b"micropython", b"1", [(GYRO, 1)])  # it needs a gyro
while True:
    bench.poll()
