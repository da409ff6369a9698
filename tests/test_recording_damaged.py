"""Nothing that reads a recording is brought down by it, waits for it, or fills the memory."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from recording_mutations import DAMAGES, OPERATIONS, records, sound, tried

from hil.errors import visible
from hil.recording import Recorder, Recording, RecordingError, recover
from hil.recording.follow import Follower
from hil.recording.messages import MAX_CHUNK_OCTETS


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # numbers at the end of their range
@pytest.mark.parametrize("each", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_damaged_recording_ends_in_a_sentence_whatever_is_done_with_it(tmp_path, each):
    cases = each * len(DAMAGES)
    outcomes = list(tried(cases, tmp_path, seed=7))
    assert len(outcomes) == cases * len(OPERATIONS)
    assert [outcome for outcome in outcomes if outcome[-1]] == []


# ---- what is said --------------------------------------------------------------------------------


@pytest.fixture
def whole(tmp_path):
    data = sound(tmp_path / "whole.mcap")
    return data, records(data)


def reason(tmp_path, data):
    path = tmp_path / "damaged.mcap"
    path.write_bytes(data)
    return Recording(path).incomplete_reason


def chunks(data, found):
    return [(start, end) for start, end in found if data[start] == 6]


def test_a_length_beyond_all_reason_is_not_believed(whole, tmp_path):
    data, found = whole
    start, _ = chunks(data, found)[1]
    damaged = data[: start + 1] + (2**63).to_bytes(8, "little") + data[start + 9 :]
    assert reason(tmp_path, damaged) == (
        f"the file is damaged at byte {start} of {len(data)}: chunk record: it claims "
        "9223372036854775808 bytes, more than any record of a run"
    )


def test_a_chunk_that_claims_to_unpack_to_two_gigabytes_is_not_unpacked(whole, tmp_path):
    data, found = whole
    start, _ = chunks(data, found)[0]
    damaged = data[: start + 25] + (2_100_000_000).to_bytes(8, "little") + data[start + 33 :]
    assert reason(tmp_path, damaged) == (
        f"the file is damaged at byte {start} of {len(data)}: chunk record: it claims to hold "
        "2100000000 bytes, more than any chunk of a run"
    )


def test_a_file_cannot_unpack_to_more_than_one_of_its_size_can_hold(tmp_path):
    """A chunk may be as large as any, so that many of them are what is to be refused."""
    path = tmp_path / "bomb.mcap"
    with Recorder(path, [("time_s", 1)], chunk_bytes=MAX_CHUNK_OCTETS) as recorder:
        for k in range(12):
            recorder.to_obc(k, bytes(7 * 2**20))
            recorder.to_obc(k, bytes(7 * 2**20))
            recorder.flush()
    size = path.stat().st_size
    assert size < 50_000
    said = Recording(path).incomplete_reason
    assert "the file claims to unpack to" in said
    assert f" of {size}: chunk record: " in said


def test_zeros_in_place_of_records_are_told_from_a_killed_bench(whole, tmp_path):
    data, found = whole
    start, _ = chunks(data, found)[2]
    assert reason(tmp_path, data[:start] + bytes(4000)) == (
        f"the file is damaged at byte {start} of {start + 4000}: unknown record: no record of a "
        "run begins with 0x00"
    )


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -1.0, 0.0])
def test_steps_whose_time_does_not_run_forward_are_no_steps(tmp_path, wrong):
    path = tmp_path / "odd.mcap"
    with Recorder(path, [("time_s", 1), ("x", 1)]) as recorder:
        for k, time_s in enumerate([0.0, 0.1, 0.2]):
            recorder.step(k, np.array([time_s, 1.0]))
        recorder.flush()
        recorder.step(3, np.array([wrong, 1.0]))
    recording = Recording(path)
    assert len(recording) == 3
    assert recording.incomplete_reason.endswith("chunk record: time_s does not run forward")


SPECIAL = {
    "folder": "it is a folder, not a file",
    "pipe": "it is a pipe, not a file",
    "device": "it is a device, not a file",
    "empty": "it is empty",
    "other": "it does not begin as an MCAP file does",
}


READERS = {
    "read": Recording,
    "follow": lambda path: Follower(path).poll(),
    "recover": lambda path: recover(path, path.parent / "new.mcap"),
}


@pytest.mark.parametrize(
    ("read", "kind"),  # an empty file may be one that a bench has just made: it is waited for
    [(read, kind) for read in READERS for kind in SPECIAL if (read, kind) != ("follow", "empty")],
)
def test_what_is_no_file_of_a_recording_is_called_what_it_is(tmp_path, kind, read):
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "other":
        path.write_bytes(b"a picture")
    else:
        path.write_bytes(b"")
    with pytest.raises(RecordingError) as error:
        READERS[read](path)
    assert str(error.value) == f"{path} is not a recording: {SPECIAL[kind]}"


def test_a_name_that_no_file_can_have_is_refused(tmp_path):
    with pytest.raises(RecordingError, match="cannot read the recording"):
        Recording(f"{tmp_path}/a\0b.mcap")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_without_permission_is_refused(whole, tmp_path):
    (tmp_path / "whole.mcap").chmod(0)
    with pytest.raises(RecordingError, match="Permission denied"):
        Recording(tmp_path / "whole.mcap")


# ---- what is saved -------------------------------------------------------------------------------


def test_what_follows_a_damage_is_saved(whole, tmp_path):
    data, found = whole
    start, end = chunks(data, found)[1]
    damaged, new = tmp_path / "damaged.mcap", tmp_path / "new.mcap"
    damaged.write_bytes(data[: end - 9] + bytes([data[end - 9] ^ 1]) + data[end - 8 :])
    said = recover(damaged, new)
    assert said.startswith(f"the file is damaged at byte {start} of {len(data)}: chunk record: ")
    assert said.endswith("bytes are left out in 1 place")
    kept, before, all_ = Recording(new), Recording(damaged), Recording(tmp_path / "whole.mcap")
    assert len(before) < len(kept) < len(all_)
    steps = kept["step"].astype(int).tolist()
    assert steps[: len(before)] == list(range(len(before)))
    assert steps[-1] == len(all_) - 1
    assert kept.metadata["counters"] == all_.metadata["counters"]
    assert not kept.complete


@pytest.mark.parametrize("lost", [8, 40, 300], ids=["the magic", "the header", "the columns"])
def test_a_file_whose_begin_is_lost_takes_its_columns_from_the_summary(whole, tmp_path, lost):
    data, _ = whole
    damaged, new = tmp_path / "damaged.mcap", tmp_path / "new.mcap"
    damaged.write_bytes(bytes(lost) + data[lost:])
    recover(damaged, new)
    kept, all_ = Recording(new), Recording(tmp_path / "whole.mcap")
    assert kept.columns == all_.columns
    assert kept.epoch_unix_ns == all_.epoch_unix_ns
    assert np.array_equal(kept["step"], all_["step"])
    assert [event.time_ns for event in kept.events] == [event.time_ns for event in all_.events]


def test_chunks_without_anything_else_are_not_passed_off_as_a_recording(tmp_path):
    path = tmp_path / "noise.mcap"
    path.write_bytes(np.random.default_rng(1).bytes(100_000))
    with pytest.raises(RecordingError, match="is not a recording"):
        recover(path, tmp_path / "new.mcap")
    assert not (tmp_path / "new.mcap").exists()


# ---- text from outside ---------------------------------------------------------------------------


def test_escapes_and_hidden_signs_are_written_out():
    assert visible("a\x1b[31mred\x07") == "a\\x1b[31mred\\x07"
    assert visible("two\nlines") == "two\\nlines"
    assert visible("two\nlines", lines=True) == "two\nlines"
    assert visible("abc\u202edef\u200b\x9b") == "abc\\u202edef\\u200b\\x9b"
    assert visible("Al-Farabi-1: \u00e9, \u043f\u0443\u0441\u043a, 100 %") == (
        "Al-Farabi-1: \u00e9, \u043f\u0443\u0441\u043a, 100 %"
    )


def test_a_recordings_text_cannot_colour_or_clear_a_terminal(tmp_path):
    path = tmp_path / "rude.mcap"
    rude = "\x1b[2J\x1b]0;owned\x07[bold red]loud[/]"
    meta = {"run": {"title": rude}, "obc": {"firmware": rude, "place": "[/]"}}
    with Recorder(path, [("time_s", 1)], metadata=meta) as recorder:
        recorder.event(0, "obc", "event", rude + "\nevent at 9 s: obc: a lie")
        recorder.step(0, np.zeros(1))
    hil = [sys.executable, "-m", "hil"]
    out = subprocess.run([*hil, "info", path], capture_output=True, text=True)
    assert out.returncode == 0
    assert "\x1b" not in out.stdout + out.stderr
    assert "\x07" not in out.stdout + out.stderr
    assert "\\x1b[2J\\x1b]0;owned\\x07[bold red]loud[/]" in out.stdout
    assert sum(line.startswith("event at") for line in out.stdout.splitlines()) == 1


def test_the_limits_that_the_damages_are_tried_under_bite(tmp_path):
    """A planted hog: an operation that takes too much memory is found."""
    from recording_mutations import failure

    def hog(path, good):
        return bytearray(2**30)

    before = resource.getrlimit(resource.RLIMIT_DATA)
    assert "MemoryError" in failure(hog, Path("a"), Path("b"))
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


@pytest.mark.parametrize("missing", [1, 8, 9, 10, 18, 19, 40])
def test_a_file_cut_in_the_middle_of_a_record_is_said_to_be_so(whole, tmp_path, missing):
    """Also where no more of the record is gone than its own beginning is long."""
    data, found = whole
    start, end = chunks(data, found)[1]
    assert reason(tmp_path, data[: end - missing]) == (
        f"the file is cut in the middle of a record, at byte {start} of {end - missing}"
    )
