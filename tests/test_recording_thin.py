"""[recording] in a rig: fewer columns, fewer steps, no octets, and no verdict lost."""

import numpy as np
import pytest

from hil import bench, judge
from hil.errors import RigError
from hil.recording import HeldRecorder, Recorder, Recording
from hil.rig import load_rig
from hil.rig.recorded import column_sizes, expected_octets

COLUMNS = [("time_s", 1), ("a", 3), ("b", 1), ("c", 2)]


def rows(n):
    table = np.random.default_rng(3).normal(size=(n, 7))
    table[:, 0] = np.arange(n)
    return table


def written(path, n=10, **options):
    with Recorder(path, COLUMNS, **options) as recorder:
        for k, row in enumerate(rows(n)):
            recorder.to_obc(k, b"to")
            recorder.step(k, row)
            recorder.from_obc(k, b"from")
    return Recording(path)


def test_only_the_columns_kept_are_recorded_in_their_order(tmp_path):
    recording = written(tmp_path / "a.mcap", kept=["c", "time_s", "elsewhere"])
    assert recording.columns == (("time_s", 1), ("c", 2))
    assert np.array_equal(recording["c"], rows(10)[:, 5:7])
    assert np.array_equal(recording["time_s"], rows(10)[:, 0])


def test_one_step_of_so_many_is_recorded_from_the_first_on(tmp_path):
    recording = written(tmp_path / "a.mcap", every=4)
    assert recording["time_s"].tolist() == [0.0, 4.0, 8.0]
    assert np.array_equal(recording["a"], rows(10)[::4, 1:4])
    assert len(recording.to_obc) == 10


def test_octets_are_left_out_and_events_are_not(tmp_path):
    with Recorder(tmp_path / "a.mcap", COLUMNS, octets=False) as recorder:
        recorder.to_obc(0, b"to")
        recorder.event(0, "obc", "too_hot")
        recorder.step(0, rows(1)[0])
    recording = Recording(tmp_path / "a.mcap")
    assert (recording.to_obc, recording.from_obc) == ([], [])
    assert [event.name for event in recording.events] == ["too_hot"]


def test_a_run_held_in_memory_reads_as_one_from_a_file(tmp_path):
    def tell(recorder):
        with recorder:
            recorder.metadata("run", {"rig": "a", "modes": ["x"]})
            recorder.steps([0, 1, 2], rows(3))
            recorder.to_obc(0, b"to")
            for k, row in enumerate(rows(6)[3:], 3):
                recorder.step(k, row)
            for k in range(9):
                recorder.event(k, "obc", "too_hot", code=7, value=np.inf)
            recorder.metadata("run", {"title": "b"})

    how = {"kept": ["c", "time_s"], "every": 2, "octets": False, "epoch_unix_ns": 5}
    held = HeldRecorder(tmp_path / "held.mcap", COLUMNS, **how)
    tell(Recorder(tmp_path / "file.mcap", COLUMNS, **how))
    tell(held)
    ours, theirs = held.recording(), Recording(tmp_path / "file.mcap")
    assert not ours.path.exists()
    assert (len(ours), ours.columns, ours.complete) == (3, theirs.columns, True)
    for name, values in theirs.arrays().items():
        assert ours[name].tobytes() == values.tobytes()
    assert [str(event) for event in ours.events] == [str(event) for event in theirs.events]
    assert ours.metadata == theirs.metadata
    assert ours.epoch_unix_ns == theirs.epoch_unix_ns
    assert (ours.to_obc, ours.to_obc_total) == (theirs.to_obc, theirs.to_obc_total)


def test_octets_beyond_all_measure_are_recorded_in_pieces(tmp_path):
    data = np.random.default_rng(1).bytes(20 * 2**20)
    with Recorder(tmp_path / "a.mcap", COLUMNS) as recorder:
        recorder.from_obc(0, data)
    recording = Recording(tmp_path / "a.mcap")
    assert recording.complete
    assert b"".join(piece for _, piece in recording.from_obc) == data


# ---- in a rig ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rig():
    return load_rig("rigs/dier5_nadir.toml").with_overrides(duration_s=60.0)


def run(rig, path):
    bench.run(rig, "library", path)
    return Recording(path)


def test_a_thinned_recording_holds_the_same_bits_and_gives_the_same_verdicts(rig, tmp_path):
    table = {"columns": ["gyro0_*"], "octets": False}
    whole = run(rig, tmp_path / "whole.mcap")
    thin = run(rig.with_overrides(recording=table), tmp_path / "thin.mcap")
    assert {name for name in whole.arrays() if name.startswith("gyro0_")} <= {*thin.arrays()}
    assert "truth_field_eci_T" not in thin
    for name in {*thin.arrays()} - {"reply_s", "late_s"}:
        assert np.array_equal(thin[name], whole[name], equal_nan=True), name
    verdicts = [judge.evaluate(rig, [each]) for each in (whole, thin)]
    told = [[(v.name, v.met, v.judged, str(v.value)) for v in each] for each in verdicts]
    assert told[0] == told[1]
    assert (tmp_path / "thin.mcap").stat().st_size < 0.5 * (tmp_path / "whole.mcap").stat().st_size


def test_one_step_of_so_many_gives_the_same_durations(rig, tmp_path):
    """Ten steps a row: a window of 10 s is ten rows, not a hundred."""
    steady = next(each for each in rig.requirement if each.name == "steadiness")
    wanted = tuple(
        steady.model_copy(update={"name": index, "index": index, "window_s": 10.0, "from_s": 0.0})
        for index in ("RPE", "MPE")
    )
    judged = {}
    for every in (1, 10):
        thinned = rig.with_overrides(recording={"every": every})
        one = thinned.model_copy(update={"requirement": wanted})
        recording = run(one, tmp_path / f"{every}.mcap")
        judged[every] = judge.evaluate(one, [recording])[:-1]
        assert [each.basis.judged_s for each in judged[every]] == pytest.approx([60.0, 60.0])
    for whole, thin in zip(judged[1], judged[10], strict=True):
        assert thin.value == pytest.approx(whole.value, rel=0.2)  # one instant of ten is seen


def test_a_pattern_that_no_column_matches_is_refused_with_what_there_is(rig):
    with pytest.raises(RigError) as error:
        rig.with_overrides(recording={"columns": ["truth_wheel_*", "gyros_*"]})
    assert '[recording] columns: "gyros_*" matches no column; ' in str(error.value)


def test_the_columns_worked_out_for_a_rig_are_those_that_its_run_has(rig, tmp_path):
    recorded = run(rig.with_overrides(duration_s=1.0), tmp_path / "a.mcap")
    assert [*column_sizes(vars(rig.spacecraft)).items()] == [*recorded.columns]


@pytest.mark.parametrize(
    "table", [{}, {"octets": False}, {"columns": [], "octets": False}, {"every": 5}]
)
def test_the_size_foretold_is_that_of_the_file_within_a_quarter(rig, tmp_path, table):
    rig = rig.with_overrides(recording=table, duration_s=200.0)
    run(rig, tmp_path / "a.mcap")
    assert expected_octets(rig) == pytest.approx((tmp_path / "a.mcap").stat().st_size, rel=0.25)
