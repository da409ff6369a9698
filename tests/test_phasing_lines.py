"""Signs of devices on lines of their own: told by telemetry, and by what the wheels are told."""

import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from lines_rigs import RIG, program, write
from rig_files import edited

from hil.bench.pins import pins_to
from hil.bench.riglines import lines_to
from hil.errors import RigError
from hil.obc.places import open_obc
from hil.phasing import NOT_PHASED, phase_on_lines
from hil.phasing.lineclosed import Acts, ClosedRun, rods_on, wheels_on
from hil.rig import load_rig

DATA = Path(__file__).parent / "data" / "lines"
RIGS = Path(__file__).parents[1] / "rigs"
PASS = "pass"
DOWN = """
[[line]]
name = "down"
baud = 115200
[line.telemetry]
xtce = "damp.xml"
rate = ["RATE_X", "RATE_Y", "RATE_Z"]
rate_unit = "deg/s"
"""


def verdicts(folder, change=lambda text: text):
    """Phase the program that damps rates; return the verdicts by device and axis."""
    shutil.copy(DATA / "damp.xml", folder)
    firmware = program(folder)
    firmware.write_text(change(firmware.read_text()))
    rig = load_rig(write(folder, RIG + DOWN))
    started = partial(open_obc, "posix-lines", firmware=firmware, lines=lines_to(rig), wire=False)
    found = phase_on_lines(rig, started, "posix-lines")
    return {(each.device, each.axis): each.verdict for each in found}


def test_rates_are_told_and_the_wheels_oppose_them(tmp_path):
    found = verdicts(tmp_path)
    assert {found["gyro 0", axis] for axis in "xyz"} == {"pass"}
    assert {found["wheels on gyro 0", axis] for axis in "xyz"} == {"pass"}
    assert found["tachometer 1", "all"] == NOT_PHASED


def test_a_turned_sign_and_swapped_wheels_are_found(tmp_path):
    def wrong(text):
        text = edited(text, "GAIN_Nm_s * each", "-GAIN_Nm_s * each")
        return edited(text, "(1, 4, 7)", "(4, 1, 7)")

    found = verdicts(tmp_path, wrong)
    assert found["gyro 0", "x"] == "swapped"
    assert found["gyro 0", "z"] == "pass"
    assert found["wheels on gyro 0", "z"] == "inverted"
    assert found["wheels on gyro 0", "y"] == "swapped, inverted"


def test_time_that_goes_on_by_itself_is_refused(tmp_path):
    with pytest.raises(RigError, match="needs lockstep: use --obc posix-lines or qemu-lines"):
        phase_on_lines(load_rig(write(tmp_path)), lambda: None, "ports")


@pytest.mark.slow
def test_receivers_and_tachometers_are_compared_with_the_telemetry(tmp_path):
    """Of the reference flight software; with wheels' names swapped, and a place in other units."""
    text = (RIGS / "dier5_nadir_lines.toml").read_text()
    text = edited(text, '"WHEEL_1", "WHEEL_2"', '"WHEEL_2", "WHEEL_1"')
    text = edited(text, "position_ecef =", 'position_unit = "km"\nposition_ecef =')
    text = edited(text, '"spacecraft/', f'"{RIGS}/spacecraft/')
    (tmp_path / "rig.toml").write_text(edited(text, '"dier5_tel', f'"{RIGS}/dier5_tel'))
    rig = load_rig(tmp_path / "rig.toml")
    started = partial(open_obc, "posix-lines", lines=lines_to(rig), wire=False)
    found = {(each.device, each.axis): each for each in phase_on_lines(rig, started, "posix-lines")}
    wrong = {place: each.verdict for place, each in found.items() if each.wrong}
    assert wrong == {
        ("tachometer 0", "x"): "swapped",
        ("tachometer 1", "y"): "swapped",
        **{("gps 0", axis): "scaled" for axis in "xyz"},
    }
    assert "(metres for kilometres)" in found["gps 0", "x"].detail
    assert found["tachometer 2", "z"].measured[2] == pytest.approx(50.0, abs=0.5)
    assert {found["star_tracker 0", axis].verdict for axis in "xyz"} == {"pass"}


class Turned:
    """A closed run in which each torque answers another axis' rate, or the rate itself."""

    def __init__(self, matrix):
        self.matrix = matrix

    def answer(self, shifts, _):
        return Acts(np.zeros(3), 5e-3 * self.matrix @ shifts["gyro 0"])


@pytest.mark.parametrize(
    ("matrix", "wrong"),
    [
        (-np.eye(3), [PASS, PASS, PASS]),
        (np.diag([-1.0, 1.0, -1.0]), [PASS, "inverted", PASS]),
        (-np.eye(3)[[1, 0, 2]], ["swapped", "swapped", PASS]),
        (np.zeros((3, 3)), [NOT_PHASED]),
    ],
)
def test_wheels_that_need_all_sensors_are_judged_in_a_closed_loop(matrix, wrong):
    assert [each.verdict for each in wheels_on(Turned(matrix), "gyro 0")] == wrong


@pytest.mark.slow
@pytest.mark.emulator
def test_a_rod_whose_pins_are_swapped_is_found(tmp_path):
    """On the board's pins, in the loop of the reference flight software."""
    text = edited((RIGS / "dier5_nadir_lines.toml").read_text(), '"TIM4_CH1"', '"TIM4_CH9"')
    text = edited(edited(text, '"TIM4_CH2"', '"TIM4_CH1"'), '"TIM4_CH9"', '"TIM4_CH2"')
    text = edited(text, '"spacecraft/', f'"{RIGS}/spacecraft/')
    (tmp_path / "rig.toml").write_text(edited(text, '"dier5_tel', f'"{RIGS}/dier5_tel'))
    rig = load_rig(tmp_path / "rig.toml")
    axes = np.array([wheel.axis_body for wheel in rig.spacecraft.wheel])
    lines, pins = lines_to(rig), pins_to(rig)
    with open_obc("qemu-lines", lines=lines, pins=pins, wire=False) as obc:
        found = {each.axis: each for each in rods_on(ClosedRun(rig, obc), ["x", "y", "z"], axes)}
    assert set(found) == {"x", "y", "z"}
    assert any(each.wrong for each in found.values())
