"""The line's budget: what a step costs in octets and time, and the refusal that shows its sum."""

import pytest
from fake_obc import FakeObc
from wire import GYRO, STAR_TRACKER, TACHOMETER

from hil.bench import Bench, Member
from hil.errors import RigError
from hil.link.budget import budget
from hil.machine.ports import latency_s

SENSORS = {GYRO: 1, STAR_TRACKER: 1, TACHOMETER: 3}


def test_the_sum_is_that_of_the_frames():
    # By the table, with their times: gyro 32, star tracker 36, tachometers 3 x 24, sync 23.
    cost = budget(SENSORS, 115_200, 0.1)
    assert cost.octets_to_obc == 32 + 36 + 3 * 24 + 23
    assert cost.octets_from_obc == 54 + 44 + 63


def test_a_slow_line_does_not_fit_a_fast_step():
    assert budget(SENSORS, 921_600, 0.01).fits
    assert not budget(SENSORS, 115_200, 0.01).fits
    assert not budget(SENSORS, 921_600, 0.01, adapter_s=0.016).fits


def test_a_rig_that_cannot_fit_is_refused_with_the_arithmetic(tmp_path, nadir):
    obc = FakeObc()
    obc.baud = 9600
    with pytest.raises(
        RigError, match=r"octets out \+ \d+ back\) x 10 bits / 9600 baud = \d+ ms of"
    ):
        Bench([Member(nadir, obc, tmp_path / "a.mcap", realtime=True)]).run()


def test_an_adapters_latency_timer_counts(tmp_path):
    timer = tmp_path / "ttyUSB0" / "device" / "latency_timer"
    timer.parent.mkdir(parents=True)
    timer.write_text("16\n")
    assert latency_s("/dev/ttyUSB0", tmp_path) == 0.016
    assert latency_s("/dev/ttyACM0", tmp_path) == 0.0
