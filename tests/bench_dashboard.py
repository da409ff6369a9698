"""What the live plots cost: a window at 20 frames a second over 60 s of data at 100 Hz.

    python tests/bench_dashboard.py [seconds]

Prints the share of a core that the dashboard's process takes while its file grows by five steps a
frame, as in a real-time run, on whatever screen there is (none: Qt's offscreen one).
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from hil import bench
from hil.recording import Recorder, Recording
from hil.rig import load_rig

RIG = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
STEP_s, FRAME_s, SHOWN_s = 0.01, 0.05, 60.0
ALLOWED_SHARE = 0.20
STARTED_s = 8.0  # to import Qt and to draw the first picture


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        rows, source = _rows(Path(folder))
        share = _measured(Path(folder) / "live.mcap", rows, source, seconds)
    platform = os.environ.get("QT_QPA_PLATFORM", "the screen")
    print(
        f"dashboard on {platform}: {100 * share:.1f} % of a core at {1 / FRAME_s:.0f} frames/s "
        f"with {SHOWN_s:.0f} s of {1 / STEP_s:.0f} Hz data (allowed: {100 * ALLOWED_SHARE:.0f} %)"
    )
    return 0 if share <= ALLOWED_SHARE else 1


def _rows(folder: Path) -> tuple[np.ndarray, Recording]:
    """A real run's rows (n, width), to be stamped anew as they are written."""
    rig = load_rig(RIG).with_overrides(duration_s=120.0)
    recording = Recording(bench.run(rig, "library", folder / "run.mcap").recording)
    return np.column_stack([recording[name] for name, _ in recording.columns]), recording


def _measured(path: Path, rows: np.ndarray, source: Recording, seconds: float) -> float:
    metadata = {**source.metadata, "run": {**source.metadata["run"], "step_s": str(STEP_s)}}
    with Recorder(path, source.columns, metadata=metadata) as recorder:
        step = _write(recorder, rows, 0, round(SHOWN_s / STEP_s))
        command = [sys.executable, "-m", "hil.dashboard", str(path), "--follow"]
        window = subprocess.Popen(command)
        try:
            step = _grow(recorder, rows, step, STARTED_s)
            before_s = _cpu_s(window.pid)
            began_s = time.monotonic()
            _grow(recorder, rows, step, seconds)
            return (_cpu_s(window.pid) - before_s) / (time.monotonic() - began_s)
        finally:
            window.kill()
            window.wait()


def _grow(recorder: Recorder, rows: np.ndarray, step: int, seconds: float) -> int:
    """Write a frame's steps a frame, on the wall clock; return the next step."""
    began_s = time.monotonic()
    for frame in range(round(seconds / FRAME_s)):
        time.sleep(max(0.0, began_s + frame * FRAME_s - time.monotonic()))
        step = _write(recorder, rows, step, round(FRAME_s / STEP_s))
    return step


def _write(recorder: Recorder, rows: np.ndarray, step: int, steps: int) -> int:
    for now in range(step, step + steps):
        row = rows[now % len(rows)].copy()
        row[:2] = now * STEP_s, now
        recorder.step(round(now * STEP_s * 1e9), row)
    recorder.flush()
    return step + steps


def _cpu_s(pid: int) -> float:
    """User and system time of a process so far (proc(5), stat, fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
