"""The files made from the message table are the committed ones."""

from pathlib import Path

import pytest
import wire

from hil.link import messages as m
from hil.link.c_header import c_header
from hil.link.xtce import xtce

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("firmware_stubs/link/hil_messages.h", c_header),
        ("hil/link/hil_wire.xtce.xml", xtce),
    ],
)
def test_the_committed_file_is_what_the_table_gives(path, made):
    assert (ROOT / path).read_text() == made(wire.TABLE), (
        "stale: write it anew with `hil wire --write`"
    )


def test_every_message_has_a_name_and_an_apid_of_its_own():
    assert len(wire.TABLE.by_name) == len(wire.TABLE.by_apid) == len(wire.TABLE.messages)


def test_no_message_to_the_obc_can_carry_truth():
    names = {field.name for message in wire.TABLE.messages for field in message.fields}
    assert not any("truth" in name or "sun_eci" in name or "torque_body" in name for name in names)


def test_a_step_of_seven_devices_stays_under_190_octets():
    from hil.link.framing import Framer

    framer = Framer()
    frames = [framer.frame(wire.TACHOMETER, (0, wheel, 100.0)) for wheel in range(3)]
    frames += [
        framer.frame(wire.GYRO, (0, 0, 0.1, 0.2, 0.3)),
        framer.frame(wire.STAR_TRACKER, (0, 0, 0.5, 0.5, 0.5, 0.5), ticks=1),
        framer.frame(wire.MAGNETOMETER, (0, 0, 1e-5, 1e-5, 1e-5)),
        framer.frame(wire.COARSE_SUN_SENSOR, (0, 0, 1, 2, 3, 4, 5, 6)),
        framer.frame(m.SYNC, (1,), ticks=1),
    ]
    assert sum(map(len, frames)) == 185
