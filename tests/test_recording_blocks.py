"""A long run is read in pieces, and a column of it costs that column."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from hil.recording import Recorder, Recording, RecordingError, scan

COLUMNS = [("time_s", 1), ("truth_q_eci_from_body", 4), ("step", 1)]
STEPS = 250


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("blocks") / "run.mcap"
    with Recorder(path, COLUMNS, chunk_bytes=1000) as recorder:
        for k, row in enumerate(table()):
            recorder.to_obc(k, b"to %d" % k)
            recorder.step(k, row)
    return path


def table():
    rows = np.random.default_rng(3).normal(size=(STEPS, 6))
    rows[:, 0], rows[:, 5] = 0.1 * np.arange(STEPS), np.arange(STEPS)
    return rows


@pytest.fixture(params=["kept whole", "read from disk"])
def recording(path, request, monkeypatch):
    if request.param == "read from disk":
        monkeypatch.setattr(scan, "KEPT_OCTETS", 0)
    return Recording(path)


@given(rows=st.integers(1, 2 * STEPS), kept=st.sampled_from([0, 10**9]))
def test_blocks_put_together_are_the_columns_whatever_their_length(path, rows, kept):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "KEPT_OCTETS", kept)
        recording = Recording(path)
    blocks = list(recording.blocks(["step", "truth_q_eci_from_body"], rows=rows))
    lengths = [len(block["step"]) for block in blocks]
    assert lengths[:-1] == [rows] * (len(blocks) - 1)
    assert 0 < lengths[-1] <= rows
    whole = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    assert list(whole) == ["step", "truth_q_eci_from_body"]
    assert np.array_equal(whole["truth_q_eci_from_body"], table()[:, 1:5])
    assert np.array_equal(whole["step"], np.arange(STEPS))


def test_a_column_is_the_same_however_it_is_read(recording):
    assert np.array_equal(recording["truth_q_eci_from_body"], table()[:, 1:5])
    assert np.array_equal(recording["time_s"], table()[:, 0])
    assert [*recording.arrays()] == [name for name, _ in COLUMNS]
    assert np.array_equal(recording.read(["step"])["step"], np.arange(STEPS))
    assert recording.to_obc[7] == (7, b"to 7")
    assert (recording.to_obc_total.messages, recording.from_obc_total.octets) == (STEPS, 0)


def test_all_columns_come_when_none_are_named(recording):
    (block,) = recording.blocks(rows=STEPS)
    assert [*block] == [name for name, _ in COLUMNS]


def test_scipy_takes_a_column_as_it_is(recording):
    turned = Rotation.from_quat(recording["truth_q_eci_from_body"]).apply(
        recording["truth_q_eci_from_body"][:, :3]
    )
    assert turned.shape == (STEPS, 3)
    assert recording["time_s"].flags.writeable


def test_an_unknown_column_is_refused_before_anything_is_read(recording):
    with pytest.raises(RecordingError, match=r"has no column 'rate'; its columns: time_s, truth_q"):
        recording.blocks(["rate"])


def test_a_file_changed_meanwhile_is_said(path, tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "KEPT_OCTETS", 0)
    copy = tmp_path / "copy.mcap"
    data = path.read_bytes()
    copy.write_bytes(data)
    recording = Recording(copy)
    at = data.index(b"zstd") + 30
    copy.write_bytes(data[:at] + bytes([data[at] ^ 8]) + data[at + 1 :])
    with pytest.raises(RecordingError, match=r"copy\.mcap was changed while it was read, at byte"):
        recording["time_s"]


def test_the_page_about_recordings_shows_what_can_be_done(path, tmp_path, monkeypatch, capsys):
    page = (Path(__file__).parents[1] / "docs" / "recordings.md").read_text()
    examples = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    with Recorder(tmp_path / "run.mcap", [("time_s", 1), ("truth_rate_body_rad_s", 3)]) as recorder:
        recorder.event(5 * 10**8, "obc", "too_hot", "it is hot", value=80.0)
        for k in range(3):
            recorder.step(k, np.array([k, 0.1, -0.2 * k, 0.0]))
    monkeypatch.chdir(tmp_path)
    names = {}
    for example in examples:
        exec(example, names)
    assert names["fastest_rad_s"] == 0.4
    assert names["rate_rad_s"].shape == (3, 3)
    assert capsys.readouterr().out == "0.5 obc too_hot 80.0 it is hot\n"


LONG = """
import resource, sys
import numpy as np
from hil.recording import Recorder, Recording
path, steps = sys.argv[1], int(sys.argv[2])
row = np.random.default_rng(1).normal(size=60)
with Recorder(path, [("time_s", 1), ("x", 59)]) as recorder:
    for k in range(steps):
        row[0] = k
        recorder.to_obc(k, b"x" * 60)
        recorder.step(k, row)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, recording = peak(), Recording(path)
opened = peak()
assert sum(len(block["x"]) for block in recording.blocks(["x"])) == steps
assert recording["time_s"][-1] == steps - 1
print(before, opened, peak())
"""


@pytest.mark.slow
def test_the_memory_that_reading_takes_does_not_grow_with_the_run(tmp_path):
    peaks_MiB = []
    for steps in (180_000, 360_000):  # 86 and 173 MB of rows: neither is kept whole
        command = [sys.executable, "-c", LONG, tmp_path / "long.mcap", str(steps)]
        peaks_MiB.append([float(x) for x in subprocess.check_output(command).split()])
    (before, opened, read), (_, opened_twice, read_twice) = peaks_MiB
    assert opened - before < 100
    assert opened_twice - opened < 5
    assert read_twice - read < 10  # the column itself: 1.4 MB more
