"""Reading a recording while it grows."""

import numpy as np
import pytest
from dashboard_runs import COLUMNS, metadata, record, table, write
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.writer import Writer

from hil.recording import Recorder, Recording, RecordingError, follow
from hil.recording.follow import Follower
from hil.recording.scan import Contents


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "whole.mcap"
    return path, record(path, steps=60, chunk_bytes=4096)


def polled(follower):
    rows = []
    while len(new := follower.poll()):
        rows.append(new)
    return np.concatenate(rows) if rows else np.empty((0, 0))


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, 60_000), max_size=12))
def test_every_row_comes_once_wherever_the_file_ends_at_each_look(whole, tmp_path_factory, cuts):
    path, rows = whole
    data = path.read_bytes()
    growing = tmp_path_factory.mktemp("grow") / "run.mcap"
    follower, seen = Follower(growing), []
    for end in [*sorted(min(cut, len(data)) for cut in cuts), len(data)]:
        growing.write_bytes(data[:end])
        seen += list(follower.poll())
    assert np.array_equal(np.array(seen), rows)
    assert follower.state == "ended"
    assert follower.events == Recording(path).events
    assert follower.metadata == Recording(path).metadata


def test_it_waits_for_a_file_that_is_not_there_yet(tmp_path):
    path = tmp_path / "run.mcap"
    follower = Follower(path)
    assert len(follower.poll()) == 0
    assert follower.state == "waiting"
    with Recorder(path, COLUMNS, metadata=metadata()) as recorder:
        assert len(follower.poll()) == 0
        write(recorder, table(3))
        recorder.flush()
        assert len(follower.poll()) == 3
        assert follower.state == "growing"
        assert follower.columns == COLUMNS


def test_a_poll_parses_only_what_is_new(tmp_path, monkeypatch):
    parsed = []
    take = Contents.take
    monkeypatch.setattr(Contents, "take", lambda *record: (parsed.append(record), take(*record))[1])
    with Recorder(tmp_path / "run.mcap", COLUMNS) as recorder:
        follower = Follower(tmp_path / "run.mcap")
        write(recorder, table(1000))
        recorder.flush()
        follower.poll()
        parsed.clear()
        follower.poll()
        assert parsed == []
        write(recorder, table(2, first=1000))
        recorder.flush()
        follower.poll()
        assert 1 <= len(parsed) <= 4  # a chunk and its message indexes


def test_what_a_dead_writer_left_is_read_and_waited_upon(whole, tmp_path):
    path, rows = whole
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(path.read_bytes()[:20_000])
    follower = Follower(cut)
    seen = polled(follower)
    assert 0 < len(seen) < len(rows)
    assert np.array_equal(seen, rows[: len(seen)])
    assert follower.state == "growing"


def test_another_run_in_the_same_file_starts_afresh(tmp_path):
    path = tmp_path / "run.mcap"
    record(path, steps=50)
    follower = Follower(path)
    polled(follower)
    rows = record(path, steps=20)
    assert np.array_equal(polled(follower), rows)
    assert follower.generation == 1
    assert len(follower.events) == 2


def test_a_file_in_place_of_the_old_one_starts_afresh_however_long_it_is(tmp_path):
    path, other = tmp_path / "run.mcap", tmp_path / "other.mcap"
    record(path, steps=20)
    follower = Follower(path)
    polled(follower)
    rows = record(other, steps=90)
    other.replace(path)
    assert np.array_equal(polled(follower), rows)


def test_damage_is_told_and_what_came_before_it_kept(whole, tmp_path):
    path, rows = whole
    data = bytearray(path.read_bytes())
    at = data.index(b"zstd", 20_000) + 40
    data[at] ^= 0xFF
    (tmp_path / "bad.mcap").write_bytes(data)
    follower = Follower(tmp_path / "bad.mcap")
    seen = polled(follower)
    assert follower.state == "damaged"
    assert "damaged at byte" in follower.reason
    assert np.array_equal(seen, rows[: len(seen)])


def test_a_record_larger_than_a_poll_reads_is_read(whole, monkeypatch):
    monkeypatch.setattr(follow, "_AT_ONCE", 100)
    path, rows = whole
    follower, seen = Follower(path), []
    while follower.state != "ended":
        seen += list(follower.poll())
    assert np.array_equal(np.array(seen), rows)


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    path = tmp_path / "odd.mcap"
    path.write_bytes(b"a picture")
    with pytest.raises(RecordingError, match=r"odd\.mcap is not a recording"):
        Follower(path).poll()


def test_another_tools_recording_is_refused(tmp_path):
    path = tmp_path / "robot.mcap"
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start()
        writer.finish()
    with pytest.raises(RecordingError, match="no recording of this bench"):
        Follower(path).poll()


def test_named_columns_of_what_is_new_come_as_a_block(tmp_path):
    path = tmp_path / "run.mcap"
    follower = Follower(path)
    assert follower.block(["time_s"]) == {}
    rows = record(path, steps=20)
    block = follower.block(["time_s", "truth_rate_body_rad_s"])
    assert list(block) == ["time_s", "truth_rate_body_rad_s"]
    assert block["time_s"].tolist() == rows[:, 0].tolist()
    assert block["truth_rate_body_rad_s"].shape == (20, 3)
    assert follower.block(["time_s"])["time_s"].shape == (0,)
    with pytest.raises(RecordingError, match="has no column 'speed'"):
        follower.block(["speed"])
