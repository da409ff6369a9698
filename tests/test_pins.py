"""What hangs on the board's pins: what a rig may say, and what becomes of duties and pulses."""

from pathlib import Path

import pytest
from lines_rigs import CRAFT, RIG, write
from rig_files import told

from hil.bench.pins import Pins, pins_to
from hil.obc.place import PinTo
from hil.rig import load_rig

ROD = """
[[rod]]
axis_body = {}
dipole_max_A_m2 = 0.2
"""
GPS = """
[[gps]]
rate_hz = 1.0
antenna_body = [0.0, 0.0, -1.0]
zenith_range_deg = 75.0
position_noise_m = 1.0
velocity_noise_m_s = 0.02
"""
RODS = CRAFT + ROD.format("[1.0, 0.0, 0.0]") + ROD.format("[0.0, 0.6, 0.8]") + GPS
PIN = '\n[[pin]]\ndevice = "{}"\n{}\n'
BRIDGES = PIN.format("rod 0", 'plus = "TIM4_CH1"\nminus = "TIM4_CH2"') + PIN.format(
    "rod 1", 'plus = "PB0"'
)
PULSE = PIN.format("gps 0", 'pps = "PA8"')
S, MS = 10**9, 10**6


@pytest.mark.parametrize(
    ("pins", "sentence"),
    [
        (
            BRIDGES + PIN.format("rod 2", 'plus = "PB1"'),
            '"rod 2": no device that hangs on pins; did you mean',
        ),
        (PIN.format("rod 0", 'plus = "TIM2_CH1"'), 'plus = "TIM2_CH1"'),
        (
            PIN.format("rod 0", 'minus = "PB1"') + PULSE,
            '"rod 0": give plus, perhaps minus, and no other pin',
        ),
        (PIN.format("gps 0", 'plus = "PB1"'), '"gps 0": give pps, and no other pin'),
        (
            PIN.format("gps 0", 'pps = "TIM1_CH1"'),
            "TIM1_CH1 is a timer's channel: name a port's pin",
        ),
        (BRIDGES + PIN.format("rod 1", 'plus = "PB1"'), "[[pin]]: rod 1 has 2 tables: give it one"),
        (PIN.format("wheel x", 'trigger = "PB1"'), '"wheel x": no device that hangs on pins'),
        (PIN.format("gyro 0", 'pps = "PB1"'), '"gyro 0": give trigger, and no other pin'),
        (BRIDGES.replace("PB0", "TIM4_CH1"), "TIM4_CH1 is given 2 times: give each its own"),
        (PIN.format("rod 0", 'plus = "PB1"'), "rod 1 is on no line"),
    ],
)
def test_a_wrong_pin_is_one_sentence(tmp_path, pins, sentence):
    rest = RIG.replace("wire = false", 'wire = false\nnot_connected = ["gps 0"]')
    rig = (RIG if "gps 0" in pins else rest) + pins
    assert sentence in told(write(tmp_path, rig, RODS))


@pytest.fixture
def pins(tmp_path):
    rig = load_rig(write(tmp_path, RIG + BRIDGES + PULSE, RODS))
    assert pins_to(rig) == [PinTo(4, 1), PinTo(4, 2), PinTo(pin=16)]
    return Pins(rig, epoch_ns=1_774_094_400 * S + 700 * MS)


def test_a_bridge_gives_the_difference_of_its_sides_along_the_rods_axis(pins):
    assert pins.changed([0.75, 0.25, 0.5]) == pytest.approx([0.1, 0.06, 0.08])
    assert pins.changed([0.75, 0.25, 0.5]) is None
    assert pins.changed([0.0, 1.0, 0.0]) == pytest.approx([-0.2, 0.0, 0.0])


def test_a_pulse_begins_at_each_full_second_of_a_receiver_that_has_a_fix(pins):
    def fixed(_):
        return True

    assert pins.edges(0, 300 * MS, fixed) == []
    assert pins.edges(300 * MS, 301 * MS, fixed) == [(300 * MS, 8, 1), (301 * MS, 8, 0)]
    assert pins.edges(301 * MS, 1300 * MS, fixed) == []
    assert pins.edges(300 * MS, 301 * MS, lambda _: False) == []


def test_the_rig_of_the_project_has_its_rods_on_bridges():
    rig = load_rig(Path(__file__).parents[1] / "rigs" / "dier5_nadir_lines.toml")
    assert [each.device for each in rig.pin] == ["rod 0", "rod 1", "rod 2"]
