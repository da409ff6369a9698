"""A recording gives back what was written, whatever becomes of the bench that writes it."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mcap.exceptions import McapError
from mcap.reader import make_reader
from mcap.stream_reader import StreamReader
from mcap_ros1.decoder import DecoderFactory
from numpy.testing import assert_allclose
from scipy.spatial.transform import Rotation

from hil.recording import Event, Recorder, Recording, RecordingError, recover
from hil.recording.event import decoded
from hil.recording.fold import DEVICES_A_SECOND, KEPT_A_SECOND

COLUMNS = [("time_s", 1), ("step", 1), ("truth_rate_body_rad_s", 3), ("command_wheel_torque_Nm", 4)]
EPOCH_NS = 1_765_584_000_000_000_000  # 2025-12-13T00:00:00Z


def rows(n):
    table = np.random.default_rng(5).normal(size=(n, 9))
    table[:, 0], table[:, 1] = 0.1 * np.arange(n), np.arange(n)
    return table


def write(path, table, **options):
    with Recorder(path, COLUMNS, epoch_unix_ns=EPOCH_NS, **options) as recorder:
        for k, row in enumerate(table):
            recorder.to_obc(k * 10**8, b"to %d" % k)
            recorder.from_obc(k * 10**8, b"")
            recorder.step(k * 10**8, row)
    return path


def test_a_run_comes_back_column_by_column(tmp_path):
    table = rows(50)
    recording = Recording(write(tmp_path / "run.mcap", table))
    assert recording.complete
    assert len(recording) == 50
    assert recording.columns == tuple(COLUMNS)
    assert recording["time_s"].tolist() == table[:, 0].tolist()
    assert recording["truth_rate_body_rad_s"].tolist() == table[:, 2:5].tolist()
    assert list(recording.arrays()) == [name for name, _ in COLUMNS]
    assert "command_wheel_torque_Nm" in recording
    assert "mode" not in recording


def test_bytes_come_back_as_they_went_over_the_line(tmp_path):
    recording = Recording(write(tmp_path / "run.mcap", rows(3)))
    assert recording.to_obc == [(0, b"to 0"), (10**8, b"to 1"), (2 * 10**8, b"to 2")]
    assert recording.from_obc == [(0, b""), (10**8, b""), (2 * 10**8, b"")]


@given(
    rows=arrays(np.uint64, (7, 3)),
    frames=st.lists(st.binary(max_size=40), min_size=7, max_size=7),
    chunk_bytes=st.integers(1, 500),
)
def test_any_bits_and_bytes_come_back(tmp_path_factory, rows, frames, chunk_bytes):
    path = tmp_path_factory.getbasetemp() / "any.mcap"
    with Recorder(path, [("a", 1), ("b", 2)], chunk_bytes=chunk_bytes) as recorder:
        for k, (row, frame) in enumerate(zip(rows, frames, strict=True)):
            recorder.from_obc(k, frame)
            recorder.step(k, row.view(np.float64))
    recording = Recording(path)
    assert recording["a"].view(np.uint64).tolist() == rows[:, 0].tolist()
    assert np.ascontiguousarray(recording["b"]).view(np.uint64).tolist() == rows[:, 1:].tolist()
    assert recording.from_obc == list(enumerate(frames))


def test_events_and_metadata_come_back(tmp_path):
    with Recorder(tmp_path / "run.mcap", COLUMNS, metadata={"run": {"seed": 7}}) as recorder:
        recorder.event(5, "obc", "mode_entered", "nadir", code=8, value=1.0)
        recorder.metadata("result", {"crc_errors": 0, "obc": "posix"})
    recording = Recording(tmp_path / "run.mcap")
    assert recording.events == [Event(5, "obc", "mode_entered", "nadir", 8, 1.0)]
    assert recording.metadata == {
        "run": {"seed": "7"},
        "result": {"crc_errors": "0", "obc": "posix"},
    }
    assert recording.complete
    assert len(recording) == 0


def test_events_of_one_kind_are_counted_when_they_come_too_fast(tmp_path):
    with Recorder(tmp_path / "run.mcap", COLUMNS) as recorder:
        for k in range(1000):  # 100 a second
            recorder.event(k * 10**7, "obc", "sensor_silent", f"no. {k}", code=14, value=k)
            recorder.step(k * 10**7, np.full(9, k / 100))
        recorder.event(10**10, "obc", "sensor_silent", "the last", code=14)
    events = Recording(tmp_path / "run.mcap").events
    assert sum(event.times for event in events) == 1001
    singly = DEVICES_A_SECOND + KEPT_A_SECOND  # each tells another value: devices first, then any
    assert len(events) == 10 * (singly + 1) + 1
    counted = events[singly]
    assert (counted.time_ns, counted.last_ns, counted.times) == (20 * 10**7, 99 * 10**7, 80)
    assert (counted.text, counted.value) == ("no. 99", 99.0)
    assert events[0] == Event(0, "obc", "sensor_silent", "no. 0", 14, 0.0)


def test_a_babbling_obc_cannot_fill_the_recording_with_kinds(tmp_path):
    with Recorder(tmp_path / "run.mcap", COLUMNS) as recorder:
        for code in range(65_536):
            recorder.event(5, "obc", "event", code=code)
        recorder.event(5, "bench", "late_reply")
    events = Recording(tmp_path / "run.mcap").events
    assert sum(event.times for event in events) == 65_537
    assert len(events) < 300
    assert events[-1].name == "late_reply" or events[-2].name == "late_reply"


def test_telecommands_are_never_counted_away(tmp_path):
    with Recorder(tmp_path / "run.mcap", COLUMNS) as recorder:
        for k in range(20):
            recorder.event(0, "ground", "telecommand", f"order {k}")
    texts = [event.text for event in Recording(tmp_path / "run.mcap").events]
    assert texts == [f"order {k}" for k in range(20)]


def test_events_are_shown_by_foxglove_as_a_log(tmp_path):
    with Recorder(tmp_path / "run.mcap", COLUMNS, epoch_unix_ns=EPOCH_NS) as recorder:
        recorder.event(5 * 10**8, "obc", "too_hot", "too hot: 0", code=15, severity="error")
    with (tmp_path / "run.mcap").open("rb") as stream:
        ((schema, channel, message),) = make_reader(stream).iter_messages(topics=["/event"])
    assert (schema.name, schema.encoding, channel.message_encoding) == (
        "foxglove.Log",
        "jsonschema",
        "json",
    )
    log = json.loads(message.data)
    assert log["timestamp"] == {"sec": EPOCH_NS // 10**9, "nsec": 5 * 10**8}
    assert (log["level"], log["name"], log["message"]) == (4, "obc", "too hot: 0")


_IMPOSSIBLE = "state impossible (an estimate was beyond reason), 0: 0"
OLD_EVENTS = [  # as they were recorded before they had names, and what they are read as
    (("obc", _IMPOSSIBLE), ("obc", "state_impossible", 0.0)),
    (("obc", "event 300: 2.5"), ("obc", "event_300", 2.5)),
    (("telecommand", "the orbit"), ("ground", "telecommand", np.nan)),
    (("fault", "crc: 00"), ("bench", "crc_error", np.nan)),
    (("fault", "cobs: 00"), ("bench", "broken_frame", np.nan)),
    (("late", "command for step 3"), ("bench", "late_reply", np.nan)),
]


@pytest.mark.parametrize(("old", "read"), OLD_EVENTS)
def test_events_of_old_recordings_are_read(old, read):
    kind, text = old
    event = decoded(json.dumps({"kind": kind, "text": text}).encode(), 7)
    assert (event.time_ns, event.source, event.name, event.text) == (7, *read[:2], text)
    assert np.array_equal(event.value, read[2], equal_nan=True)


@pytest.mark.parametrize("data", [b"[]", b"7", b"{", b"{}", b'{"kind":1}', b"[" * 10**5, b"\xff"])
def test_an_event_that_is_none_is_an_error_that_is_expected(data):
    with pytest.raises(ValueError, match=r"."):
        decoded(data, 0)


def test_a_row_is_copied_when_it_is_recorded(tmp_path):
    row = np.zeros(9)
    with Recorder(tmp_path / "run.mcap", COLUMNS) as recorder:
        for k in range(3):
            row[:] = k
            recorder.step(k, row)
    assert Recording(tmp_path / "run.mcap")["step"].tolist() == [0.0, 1.0, 2.0]


def test_a_vector_of_no_parts_is_left_out(tmp_path):
    with Recorder(tmp_path / "run.mcap", [("time_s", 1), ("wheel_speed_rad_s", 0)]) as recorder:
        recorder.step(0, np.zeros(1))
    assert Recording(tmp_path / "run.mcap").columns == (("time_s", 1),)


def test_a_frame_of_pandas_has_a_column_for_each_number(tmp_path):
    frame = Recording(write(tmp_path / "run.mcap", rows(4))).pandas()
    assert frame.shape == (4, 9)
    assert list(frame)[:5] == ["time_s", "step", *(f"truth_rate_body_rad_s[{i}]" for i in range(3))]


def test_without_pandas_the_error_names_the_way_round(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(RecordingError) as error:
        Recording(write(tmp_path / "run.mcap", rows(1))).pandas()
    assert str(error.value) == "pandas is not installed: pip install pandas, or use .arrays()"


# ---- other programs ------------------------------------------------------------------------------


def test_an_independent_decoder_agrees_value_by_value(tmp_path):
    table = rows(300)
    path = write(tmp_path / "run.mcap", table, chunk_bytes=4096)
    with path.open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True, decoder_factories=[DecoderFactory()])
        decoded = list(reader.iter_decoded_messages(topics=["/step", "/to_obc"]))
    steps = [(m.log_time, s) for _, c, m, s in decoded if c.topic == "/step"]
    seen = [
        [s.time_s, s.step, *s.truth_rate_body_rad_s, *s.command_wheel_torque_Nm] for _, s in steps
    ]
    assert seen == table.tolist()
    assert [t for t, _ in steps] == [EPOCH_NS + k * 10**8 for k in range(300)]
    assert [bytes(s.data) for _, c, _, s in decoded if c.topic == "/to_obc"][7] == b"to 7"


def test_the_library_finds_every_index_and_checksum_right(tmp_path):
    path = write(tmp_path / "run.mcap", rows(200), chunk_bytes=4096, metadata={"run": {"seed": 1}})
    with path.open("rb") as stream:
        for _ in StreamReader(stream, validate_crcs=True).records:
            pass
    with path.open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        summary = reader.get_summary()
        late = list(reader.iter_messages(topics=["/step"], starting_at=EPOCH_NS + 150 * 10**8))
        assert [record.metadata for record in reader.iter_metadata()] == [{"seed": "1"}]
    assert len(late) == 50
    assert summary.statistics.message_count == 600
    assert summary.statistics.message_start_time == EPOCH_NS
    assert summary.statistics.message_end_time == EPOCH_NS + 199 * 10**8
    assert len(summary.chunk_indexes) == summary.statistics.chunk_count > 3


def test_the_message_index_points_at_the_messages(tmp_path):
    path = write(tmp_path / "run.mcap", rows(100), chunk_bytes=4096)
    data = path.read_bytes()
    with path.open("rb") as stream:
        chunk = make_reader(stream).get_summary().chunk_indexes[1]
    for channel, offset in chunk.message_index_offsets.items():
        assert data[offset] == 0x07
        assert int.from_bytes(data[offset + 9 : offset + 11], "little") == channel


# ---- what is left of a run that was cut short ----------------------------------------------------

KILLED_WRITER = """
import os, signal, sys
import numpy as np
from hil.recording import Recorder
recorder = Recorder(sys.argv[1], [("time_s", 1), ("x", 9)], chunk_bytes=8000)
for k in range(1000):
    recorder.step(k, np.full(10, float(k)))
print("written", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_bench_leaves_is_read_up_to_the_last_chunk(tmp_path):
    path = tmp_path / "run.mcap"
    killed = subprocess.run([sys.executable, "-c", KILLED_WRITER, path], stdout=subprocess.PIPE)
    assert killed.returncode == -signal.SIGKILL
    assert killed.stdout == b"written\n"
    recording = Recording(path)
    assert recording["time_s"].tolist() == [float(k) for k in range(len(recording))]
    assert len(recording) > 1000 - 8000 / 80
    assert not recording.complete
    assert recording.incomplete_reason == "the file has no end: the bench was killed"


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "run.mcap"
    return write(path, rows(60), chunk_bytes=2048)


def data_and_bounds(path):
    """Return a file's bytes, where its first chunk begins and where its data end."""
    with path.open("rb") as stream:
        chunks = make_reader(stream).get_summary().chunk_indexes
    data = path.read_bytes()
    return data, chunks[0].chunk_start_offset, int.from_bytes(data[-28:-20], "little")


@given(place=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_gives_its_whole_chunks(whole_file, place):
    data, start, end = data_and_bounds(whole_file)
    path = whole_file.with_name("cut.mcap")
    path.write_bytes(data[: start + int(place * (end - start))])
    recording = Recording(path)
    assert not recording.complete
    table = rows(60)[: len(recording)]
    assert recording["truth_rate_body_rad_s"].tolist() == table[:, 2:5].tolist()


def test_a_damaged_chunk_ends_the_reading_and_is_said(whole_file, tmp_path):
    data = bytearray(whole_file.read_bytes())
    with whole_file.open("rb") as stream:
        chunk = make_reader(stream).get_summary().chunk_indexes[2]
    data[chunk.chunk_start_offset + chunk.chunk_length - 40] ^= 0x40
    (tmp_path / "bad.mcap").write_bytes(data)
    recording = Recording(tmp_path / "bad.mcap")
    assert 0 < len(recording) < 60
    assert recording.incomplete_reason.startswith(
        f"the file is damaged at byte {chunk.chunk_start_offset} of {len(data)}: "
    )


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_damaged_byte_goes_unseen(whole_file, place, bit):
    data, _, end = data_and_bounds(whole_file)
    at = int(place * end)
    path = whole_file.with_name("flipped.mcap")
    path.write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
    try:
        recording = Recording(path)
    except RecordingError:
        return
    assert not recording.complete


def test_a_run_that_raises_is_kept_and_says_why(tmp_path):
    def run(recorder):
        recorder.step(0, np.zeros(9))
        raise TimeoutError("no reply for step 1")

    with pytest.raises(TimeoutError), Recorder(tmp_path / "run.mcap", COLUMNS) as recorder:
        run(recorder)
    recording = Recording(tmp_path / "run.mcap")
    assert len(recording) == 1
    assert not recording.complete
    assert recording.incomplete_reason == ("the run was stopped: TimeoutError: no reply for step 1")


def messages(path):
    """What the library reads in a file, through its summary."""
    with path.open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        return [(c.topic, m.sequence, m.log_time, m.data) for _, c, m in reader.iter_messages()]


def test_a_recovered_file_holds_every_sound_message_and_opens_elsewhere(whole_file, tmp_path):
    data, start, end = data_and_bounds(whole_file)
    cut, new = tmp_path / "cut.mcap", tmp_path / "new.mcap"
    cut.write_bytes(data[: (start + end) // 2])
    with pytest.raises(McapError):
        messages(cut)
    damage = recover(cut, new)
    assert damage.startswith("the file is cut in the middle of a record, at byte ")
    kept = Recording(new)
    assert 0 < len(kept) == len(Recording(cut)) < 60
    assert kept.incomplete_reason == f"the run was stopped: {damage}"
    assert messages(new) == messages(whole_file)[: 3 * len(kept)]


def test_nothing_is_lost_in_recovering_a_whole_file(whole_file, tmp_path):
    assert recover(whole_file, tmp_path / "new.mcap") == ""
    assert (tmp_path / "new.mcap").read_bytes() == whole_file.read_bytes()


def test_recovering_overwrites_nothing(whole_file):
    before = whole_file.read_bytes()
    with pytest.raises(RecordingError, match=r"run\.mcap exists: name a new file"):
        recover(whole_file, whole_file)
    assert whole_file.read_bytes() == before


def test_ctrl_c_is_called_an_interruption(tmp_path):
    with pytest.raises(KeyboardInterrupt), Recorder(tmp_path / "run.mcap", COLUMNS):
        raise KeyboardInterrupt
    told = Recording(tmp_path / "run.mcap").incomplete_reason
    assert told == "the run was stopped: interrupted"


def test_flush_puts_everything_so_far_on_disk(tmp_path):
    with Recorder(tmp_path / "run.mcap", COLUMNS) as recorder:
        recorder.step(0, np.zeros(9))
        recorder.flush()
        assert len(Recording(tmp_path / "run.mcap")) == 1


# ---- what cannot be done is said -----------------------------------------------------------------


def test_a_row_of_the_wrong_length_is_refused(tmp_path):
    with pytest.raises(RecordingError) as error, Recorder(tmp_path / "r.mcap", COLUMNS) as recorder:
        recorder.step(0, np.zeros(8))
    assert str(error.value) == "a step row holds 8 numbers, its columns 9"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ([("a", 1), ("a", 3)], "column 'a' is listed 2 times; names must differ"),
        ([("a b", 1)], "column 'a b' cannot be recorded: use letters, digits and _"),
    ],
)
def test_columns_that_cannot_be_told_apart_are_refused(tmp_path, columns, message):
    with pytest.raises(RecordingError) as error:
        Recorder(tmp_path / "run.mcap", columns)
    assert str(error.value) == message


def test_an_unknown_column_is_named_with_those_there_are(tmp_path):
    path = write(tmp_path / "run.mcap", rows(1))
    with pytest.raises(RecordingError) as error:
        Recording(path)["rate"]
    assert str(error.value) == (
        f"{path} has no column 'rate'; its columns: time_s, step, truth_rate_body_rad_s, "
        "command_wheel_torque_Nm"
    )


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    path = tmp_path / "notes.mcap"
    with pytest.raises(RecordingError) as missing:
        Recording(path)
    path.write_text(json.dumps({}))
    with pytest.raises(RecordingError) as foreign:
        Recording(path)
    assert str(missing.value) == f"cannot read the recording {path}: No such file or directory"
    assert (
        str(foreign.value) == f"{path} is not a recording: it does not begin as an MCAP file does"
    )


def test_only_one_recorder_at_a_time_has_a_file(tmp_path):
    path = tmp_path / "run.mcap"
    with Recorder(path, COLUMNS) as recorder:
        with pytest.raises(RecordingError) as error:
            Recorder(path, COLUMNS)
        recorder.step(0, np.zeros(9))
    assert str(error.value) == (
        f"another bench is writing {path}: name another file for the recording"
    )
    assert Recording(path).complete
    write(path, rows(3))
    assert len(Recording(path)) == 3


def test_a_pipe_is_refused_at_once(tmp_path):
    """Opened, it would wait for somebody who reads it."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RecordingError, match=r"pipe: it is a pipe: name a file"):
        Recorder(tmp_path / "pipe", [("time_s", 1)])


def test_a_file_that_is_no_recording_is_not_overwritten(tmp_path):
    path = tmp_path / "rig.toml"
    path.write_text("seed = 1")
    with pytest.raises(
        RecordingError, match=r"rig\.toml exists and is not a recording of this bench"
    ):
        Recorder(path, COLUMNS)
    assert path.read_text() == "seed = 1"


def test_a_full_disk_is_said():
    with pytest.raises(RecordingError) as error, Recorder("/dev/full", COLUMNS):
        pass
    assert str(error.value) == "cannot write the recording /dev/full: No space left on device"


# ---- cost ----------------------------------------------------------------------------------------


def test_ten_minutes_are_read_in_a_tenth_of_a_second(tmp_path):
    columns = [("time_s", 1), ("x", 79)]
    table = np.random.default_rng(1).normal(size=(6000, 80)).astype(np.float32).astype(float)
    table[:, 0] = np.arange(6000)
    with Recorder(tmp_path / "run.mcap", columns) as recorder:
        for k, row in enumerate(table):
            recorder.to_obc(k, b"x" * 140)
            recorder.from_obc(k, b"y" * 110)
            recorder.step(k, row)
    spent = []
    for _ in range(5):
        start = time.process_time()
        recording = Recording(tmp_path / "run.mcap")
        spent.append(time.process_time() - start)
    assert len(recording) == 6000
    assert min(spent) < 0.1


@pytest.mark.parametrize("kept_octets", [2**26, 0])
def test_columns_can_be_handed_to_scipy_as_they_are(tmp_path, monkeypatch, kept_octets):
    monkeypatch.setattr("hil.recording.scan.KEPT_OCTETS", kept_octets)  # in memory, and in pieces
    columns = (("time_s", 1), ("q", 4), ("v", 3))
    quarter = np.sqrt(0.5)
    with Recorder(tmp_path / "run.mcap", columns) as recorder:
        for step in range(3):
            row = [0.1 * step, 0.0, 0.0, quarter, quarter, 1.0, 0.0, 0.0]
            recorder.step(step, np.array(row))
    recording = Recording(tmp_path / "run.mcap")
    turned = Rotation.from_quat(recording["q"]).apply(recording["v"])
    assert_allclose(turned, np.tile([0.0, 1.0, 0.0], (3, 1)), atol=1e-15)
    for block in recording.blocks():
        Rotation.from_quat(block["q"]).apply(block["v"])
    every = recording.arrays()
    Rotation.from_quat(every["q"]).apply(every["v"])
