"""Two runs are compared bit by bit, and the first difference is named."""

import numpy as np
import pytest

from hil.recording import Difference, Recorder, Recording, RecordingError, first_difference

COLUMNS = [("time_s", 1), ("truth_x", 3), ("command_y", 2), ("reply_s", 1)]


@pytest.fixture
def recorded(tmp_path):
    def record(name, change=None, steps=5, columns=COLUMNS):
        table = np.arange(5.0 * 7).reshape(5, 7)
        table[:, 0] = 0.1 * np.arange(5)
        if change:
            row, column, value = change
            table[row, column] = value
        with Recorder(tmp_path / name, columns) as recorder:
            for k in range(steps):
                recorder.step(k, table[k])
        return Recording(tmp_path / name)

    return record


def test_equal_runs_do_not_differ(recorded):
    assert first_difference(recorded("a"), recorded("b")) is None


def test_the_first_step_that_differs_is_named_with_both_values(recorded):
    found = first_difference(recorded("a"), recorded("b", (3, 2, -1.0)))
    assert found == Difference(3, 0.1 * 3, "truth_x", (22.0, 23.0, 24.0), (22.0, -1.0, 24.0))
    assert str(found) == ("step 3 (0.300 s), truth_x: (22.0, 23.0, 24.0) and (22.0, -1.0, 24.0)")


def test_the_last_bit_is_a_difference(recorded):
    found = first_difference(recorded("a"), recorded("b", (2, 4, np.nextafter(18.0, 19.0))))
    assert (found.step, found.column) == (2, "command_y")


def test_nan_equals_nan_and_minus_zero_differs_from_zero(recorded):
    nan = recorded("a", (1, 1, np.nan))
    assert first_difference(nan, recorded("b", (1, 1, -np.nan))) is None
    zeros = recorded("c", (1, 1, 0.0)), recorded("d", (1, 1, -0.0))
    assert first_difference(*zeros).step == 1


def test_wall_clock_times_are_not_compared(recorded):
    assert first_difference(recorded("a"), recorded("b", (1, 6, 9.0))) is None
    assert first_difference(recorded("a"), recorded("b", (1, 6, 9.0)), exclude=()).step == 1


def test_what_the_obc_tells_of_its_machine_is_not_compared(recorded):
    columns = [*COLUMNS[:3], ("housekeeping_instructions", 1)]
    a, b = recorded("a", columns=columns), recorded("b", (1, 6, 9.0), columns=columns)
    assert first_difference(a, b) is None
    assert first_difference(a, b, exclude=()).step == 1


def test_only_columns_of_the_asked_prefixes_are_compared(recorded):
    a, b = recorded("a"), recorded("b", (1, 1, 0.5))
    assert first_difference(a, b, prefixes=["command_"]) is None
    assert first_difference(a, b, prefixes=["command_", "truth_"]).column == "truth_x"


def test_a_run_that_ended_early_differs_where_it_ends(recorded):
    found = first_difference(recorded("a"), recorded("b", steps=4))
    assert found == Difference(4, 0.1 * 4, "step", 4.0, None)


def test_runs_of_different_columns_cannot_be_compared(recorded):
    a, b = recorded("a"), recorded("b", columns=[*COLUMNS[:2], ("command_z", 2), COLUMNS[3]])
    with pytest.raises(RecordingError) as error:
        first_difference(a, b)
    assert str(error.value) == (
        f"{a.path} and {b.path} cannot be compared: they differ in columns command_y, command_z"
    )
