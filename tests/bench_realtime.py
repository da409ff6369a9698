"""How punctual real time is. By hand: python tests/bench_realtime.py

Runs the main rig in real time around the host process, at 100 Hz for 60 s and at 500 Hz for 20 s,
and prints the rate's error and how late the steps began, beside a bare loop of absolute sleeps at
the same rate in the same run. With `--rate-hz 100 --seconds 3600 --busy 2` one such run is made
beside busy processes of the lowest priority.
"""

import argparse
import ctypes
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from hil import bench
from hil.recording import Recording
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
PERCENTILES = (50, 99, 99.9)
_LIBC = ctypes.CDLL(None, use_errno=True)
_ABSOLUTE = 1


class _Timespec(ctypes.Structure):
    _fields_ = (("s", ctypes.c_long), ("ns", ctypes.c_long))


def bare_lateness_s(step_ns: int, steps: int) -> np.ndarray:
    """Lateness of a loop that does nothing but clock_nanosleep to absolute instants."""
    start_ns = time.monotonic_ns() + step_ns
    late_ns = np.empty(steps)
    for step in range(steps):
        due_ns = start_ns + step * step_ns
        until = _Timespec(*divmod(due_ns, 1_000_000_000))
        _LIBC.clock_nanosleep(time.CLOCK_MONOTONIC, _ABSOLUTE, ctypes.byref(until), None)
        late_ns[step] = time.monotonic_ns() - due_ns
    return late_ns * 1e-9


def measure(rate_hz: int, duration_s: float) -> None:
    """Print the figures of one rate."""
    rig = load_rig(ROOT / "rigs" / "dier5_nadir.toml")
    rig = rig.with_overrides(
        step_s=1.0 / rate_hz,
        duration_s=duration_s,
        truth={"step_s": 1.0 / rate_hz},
        allowed={"late_replies": 10**6, "lost_replies": 10**6},
        requirement=[],
        obc={"mode": "nadir", "latency_s": 0.0},
    )
    bare = bare_lateness_s(round(1e9 / rate_hz), round(duration_s * rate_hz / 4))
    with tempfile.TemporaryDirectory() as folder:
        result = bench.run(rig, "posix", Path(folder) / "run.mcap", realtime=True)
        recording = Recording(result.recording)
        late_s, reply_s = recording["late_s"], recording["reply_s"]
    bare = np.append(bare, bare_lateness_s(round(1e9 / rate_hz), len(bare)))
    # From the first step's start to the last's: what a clock beside the bench would see.
    seen_s = (len(late_s) - 1) / rate_hz + late_s[-1] - late_s[0]
    error_ppm = 1e6 * (seen_s * rate_hz / (len(late_s) - 1) - 1.0)
    counted = ", ".join(
        f"{result.counters[name]} {name.replace('_', ' ')}"
        for name in ("late_steps", "late_replies", "lost_replies")
    )
    print(
        f"{rate_hz} Hz for {duration_s:g} s: rate error {error_ppm:+.3f} ppm, begun "
        f"{1e3 * (late_s[-1] - late_s[0]):+.3f} ms off at the end; {len(late_s)} steps, {counted}; "
        f"load {os.getloadavg()[2]:.1f} on {os.cpu_count()} cores"
    )
    for name, values in (("steps late", late_s), ("bare sleep late", bare), ("replies", reply_s)):
        figures = zip(PERCENTILES, np.percentile(values, PERCENTILES) * 1e6, strict=True)
        print(f"  {name:15} " + ", ".join(f"p{p:g} {us:.0f} us" for p, us in figures))


def main() -> None:
    """Measure the two rates, or the one that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rate-hz", type=int)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--busy", type=int, default=0)
    options = parser.parse_args()
    idle = ["nice", "-n", "19", sys.executable, "-c", "while True: pass"]
    busy = [subprocess.Popen(idle) for _ in range(options.busy)]
    try:
        if options.rate_hz:
            measure(options.rate_hz, options.seconds)
        else:
            measure(100, 60.0)
            measure(500, 20.0)
    finally:
        for each in busy:
            each.kill()
            each.wait()


if __name__ == "__main__":
    main()
