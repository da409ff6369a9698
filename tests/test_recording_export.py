"""A recording's steps in other formats hold the same numbers, however long it is."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from hil.cli import main
from hil.recording import Recorder, Recording, RecordingError, reader
from hil.recording.export import export_file, export_to

COLUMNS = [("time_s", 1), ("truth_rate_body_rad_s", 3), ("mode", 1)]
STEPS = 50


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch):
    monkeypatch.setattr(reader, "BLOCK_ROWS", 7)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "run.mcap"
    with Recorder(path, COLUMNS, metadata={"run": {"seed": 7}}) as recorder:
        for row in table():
            recorder.step(round(row[0] * 1e9), row)
    return path


def table():
    rows = np.random.default_rng(2).normal(size=(STEPS, 5))
    rows[:, 0] = 0.1 * np.arange(STEPS)
    rows[3, 4], rows[4, 1] = np.nan, np.inf
    return rows


def test_csv_holds_every_bit_under_names_of_parts(path):
    out = io.BytesIO()
    export_to(Recording(path), out, "csv")
    head, *rows = csv.reader(io.StringIO(out.getvalue().decode()))
    assert head == ["time_s", *(f"truth_rate_body_rad_s[{i}]" for i in range(3)), "mode"]
    assert np.array_equal(np.array(rows, dtype=float), table(), equal_nan=True)


def test_json_is_an_object_a_step_and_says_null_where_there_is_no_number(path):
    out = io.BytesIO()
    export_to(Recording(path), out, "json")
    steps = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(steps) == STEPS
    assert steps[5]["truth_rate_body_rad_s"] == table()[5, 1:4].tolist()
    assert steps[3]["mode"] is None
    assert steps[4]["truth_rate_body_rad_s"][0] is None


def test_parquet_holds_the_numbers_and_what_the_run_was(path, tmp_path):
    new = tmp_path / "run.parquet"
    export_file(Recording(path), new, "parquet")
    read = pyarrow.parquet.read_table(new)
    columns = [read.column(name).to_numpy() for name in read.column_names]
    assert np.array_equal(np.stack(columns, axis=1), table(), equal_nan=True)
    assert json.loads(read.schema.metadata[b"run"]) == {"seed": "7"}


def test_only_the_columns_asked_for_are_written(path):
    out = io.BytesIO()
    export_to(Recording(path), out, "csv", ["mode", "time_s"])
    assert out.getvalue().splitlines()[0] == b"mode,time_s"
    with pytest.raises(RecordingError, match="has no column 'speed'"):
        export_to(Recording(path), io.BytesIO(), "csv", ["speed"])


def test_a_run_without_a_step_is_exported_too(tmp_path):
    path = tmp_path / "none.mcap"
    with Recorder(path, COLUMNS):
        pass
    for form in ("csv", "json", "parquet"):
        export_file(Recording(path), tmp_path / "out", form)
    assert pyarrow.parquet.read_table(tmp_path / "out").num_rows == 0


def test_the_recording_itself_is_not_overwritten(path):
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="is the recording itself"):
        export_file(Recording(path), path, "csv")
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_written_whole_is_not_there(path, tmp_path):
    with pytest.raises(RecordingError, match="cannot write"):
        export_file(Recording(path), tmp_path / "no" / "run.csv", "csv")
    with pytest.raises(RecordingError, match="has no column"):
        export_file(Recording(path), tmp_path / "run.csv", "csv", ["speed"])
    assert [file.name for file in tmp_path.iterdir()] == ["run.mcap"]


def hil(*words):
    return CliRunner().invoke(main, ["export", *map(str, words)])


def test_the_command_goes_by_the_option_or_by_the_files_ending(path, tmp_path):
    assert hil(path, "--csv").stdout.startswith("time_s,truth_rate_body_rad_s[0],")
    assert hil(path, "-o", tmp_path / "a.parquet").stdout == f"{tmp_path}/a.parquet: 50 steps\n"
    columns = hil(path, "--json", "--columns", "mode").stdout.splitlines()
    assert json.loads(columns[0]) == {"mode": table()[0, 4]}
    assert (hil(path).exit_code, hil(path, "--parquet").exit_code) == (2, 2)
    assert hil(path).stderr == "hil: name a format: --csv, --json, --parquet\n"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_an_export_that_is_broken_off_leaves_nothing(path, name):
    out = path.with_name("run.csv")
    stopped = f"""
import signal
from hil.cli import main
from hil.recording import export
signal.signal(signal.SIGHUP, signal.SIG_DFL)
export._csv_lines = lambda *_: iter(lambda: signal.raise_signal(signal.{name}), 0)
main(["export", {str(path)!r}, "--csv", "-o", {str(out)!r}])
"""
    ended = subprocess.run([sys.executable, "-c", stopped], stderr=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (130, f"hil: interrupted by {name}\n".encode())
    assert list(path.parent.iterdir()) == [path]
