"""Of several causes the likelier one is named first."""

from types import SimpleNamespace

import numpy as np
import pytest

from hil.diagnosis.finding import ranked
from hil.diagnosis.story import Line
from hil.diagnosis.trouble import Marked
from hil.diagnosis.validity import Validity, validity_findings

STEPS = 1000
TIME_s = np.arange(STEPS) * 0.1
BAD = TIME_s >= 50.0
TROUBLE = SimpleNamespace(
    verdicts={"pointing": None}, steps=STEPS, asked_steps=STEPS, bad_steps=500,
    begin_s=0.0, first_s=50.0, last_s=99.9, end_s=99.9, asked_s=0.0,
)  # fmt: skip


def of_a_line(lost, counters):
    line = Line(0.1)
    torque = np.where(np.arange(STEPS) < lost, np.nan, 1e-4)
    rows = {"time_s": TIME_s, "command_wheel_torque_Nm": torque}
    line.feed(rows)
    return [
        each.words
        for each in ranked(list(line.findings(TROUBLE, counters)), "any", missed=True).causes
    ]


def test_a_watchdogs_reset_comes_before_the_replies_that_it_cost():
    first, second = of_a_line(30, {"watchdog_resets": 2})
    assert first == "the OBC's watchdog reset it 2 times"
    assert second.startswith("30 of 1000 replies are missing")


def test_many_late_replies_come_before_a_few_missing_ones_and_few_are_no_cause():
    assert of_a_line(30, {"late_replies": 400})[0].startswith("400 replies (40 %) are later")
    assert of_a_line(30, {"late_replies": 15})[0].startswith("30 of 1000 replies are missing")
    assert len(of_a_line(30, {"late_replies": 15})) == 1


def blind_gyro(instance, seconds):
    """Return a gyro that is silent for so long of the 50 s that are bad."""
    each = Validity("gyro", instance, None, 10.0, 6.4e6)
    valid = np.where((TIME_s >= 50.0) & (TIME_s < 50.0 + seconds), np.nan, 1.0)
    each.feed({"time_s": TIME_s, f"gyro{instance}_valid": valid}, Marked(BAD | ~BAD, BAD))
    return each


@pytest.mark.parametrize("longest", [0, 1])
def test_the_sensor_that_was_missing_for_more_of_the_bad_time_is_named_first(longest):
    sensors = [blind_gyro(each, 45.0 if each == longest else 30.0) for each in (0, 1)]
    causes = ranked(list(validity_findings(sensors, TROUBLE)), "any", missed=True).causes
    assert causes[0].words.startswith(f"gyro {longest} silent from 50.0 to 94.9 s")
