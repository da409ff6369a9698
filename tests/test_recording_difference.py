"""Two runs are compared bit by bit, and the first difference is named."""

import numpy as np
import pytest

from hil.recording import (
    Difference,
    Distance,
    Recorder,
    Recording,
    RecordingError,
    difference,
    differing_runs,
    distances,
    first_difference,
)

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


# ---- how far -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_the_largest_difference_of_each_column_is_told_with_its_instant(
    recorded, monkeypatch, rows
):
    monkeypatch.setattr(difference, "BLOCK_ROWS", rows)
    a, b = recorded("a"), recorded("b", (3, 2, 22.0))  # 23 there
    assert distances(a, b) == [Distance("truth_x", 1.0, 3, 0.1 * 3, 1)]
    assert distances(a, a) == []


def test_of_several_differences_the_largest_counts_and_all_are_counted(tmp_path):
    runs = []
    for name, values in (("a", [0.0, 1.0, 2.0, 3.0]), ("b", [0.5, 1.0, 5.0, 2.0])):
        with Recorder(tmp_path / name, [("time_s", 1), ("x", 1)]) as recorder:
            for k, value in enumerate(values):
                recorder.step(k, np.array([0.1 * k, value]))
        runs.append(Recording(tmp_path / name))
    assert distances(*runs) == [Distance("x", 3.0, 2, 0.2, 3)]


def test_a_number_in_one_run_only_is_an_infinite_distance(recorded):
    (found,) = distances(recorded("a"), recorded("b", (1, 1, np.nan)))
    assert (found.column, found.largest, found.step, found.steps) == ("truth_x", np.inf, 1, 1)


def test_zeros_of_another_sign_differ_and_are_not_apart(recorded):
    (found,) = distances(recorded("c", (1, 1, 0.0)), recorded("d", (1, 1, -0.0)))
    assert (found.largest, found.step, found.steps) == (0.0, 1, 1)


# ---- what made them ------------------------------------------------------------------------------


def made(path, **changes):
    meta = {
        "run": {"rig": "nadir", "seed": "1"},
        "rig": {"path": "nadir.toml", "text": "one", "spacecraft_path": "3u.toml",
                "spacecraft_text": "two", "parts": "{}", "overrides": "{}"},
        "obc": {"place": "library", "firmware": "hil-adcs", "build": "1a"},
        "versions": {"hil": "0.1.0", "python": "3.11.7"},
    }  # fmt: skip
    for key, value in changes.items():
        record, _, name = key.partition("__")
        meta[record][name] = value
    with Recorder(path, [("time_s", 1)], metadata=meta):
        pass
    return Recording(path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"run__seed": "2"}, "run seed differs: 1 and 2"),
        ({"rig__spacecraft_text": "three"}, "the rig's files differ: 3u.toml"),
        ({"rig__parts": '{"rm3100.toml": "x"}'}, "the rig's files differ: rm3100.toml"),
        ({"rig__overrides": '{"mode": "idle"}'},
         "given instead of the rig's own mode: None and idle"),
        ({"obc__build": "2b"}, "obc build differs: 1a and 2b"),
        ({"versions__hil": "0.2.0"}, "versions hil differs: 0.1.0 and 0.2.0"),
    ],
)  # fmt: skip
def test_what_two_runs_were_made_with_is_told_where_it_differs(tmp_path, change, sentence):
    a = made(tmp_path / "a")
    assert differing_runs(a, made(tmp_path / "b")) == []
    assert differing_runs(a, made(tmp_path / "b", **change)) == [sentence]
