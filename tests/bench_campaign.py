"""What campaigns cost: time, workers against each other, memory of a worker. By hand.

python tests/bench_campaign.py campaign RIG -n N [--workers W]   a whole campaign, with its verdicts
python tests/bench_campaign.py workers RIG -n N [--rounds R]     two workers against one, in turn
python tests/bench_campaign.py memory RIG -n N [--duration S]    a worker's memory as it goes on
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from hil.campaign.work import Task, run_case
from hil.rig import load_rig


def campaign_s(rig: Path, runs: int, workers: int | None, *, show: bool) -> float:
    """Make a campaign by the command line; return its time on the wall."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hil", "campaign", str(rig), "-n", str(runs)]
        command += ["--out", str(Path(folder) / "campaign")]
        command += [] if workers is None else ["--workers", str(workers)]
        begin_s = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        spent_s = time.perf_counter() - begin_s
    if done.returncode > 1:
        raise SystemExit(done.stdout + done.stderr)
    if show:
        print(done.stdout)
    return spent_s


def workers(rig: Path, runs: int, rounds: int) -> None:
    """Print how much faster two workers are, by the runs beyond a short campaign's."""
    few, ratios = max(4, runs // 8), []
    for _ in range(rounds):
        one, two = (
            campaign_s(rig, runs, count, show=False) - campaign_s(rig, few, count, show=False)
            for count in (1, 2)
        )
        ratios.append(one / two)
        print(f"{runs - few} more runs: one worker {one:.1f} s, two {two:.1f} s")
    print(f"two workers give {statistics.median(ratios):.2f} times one")


def memory(rig_path: Path, runs: int, duration_s: float) -> None:
    """Print what one process takes while it makes runs, as a worker does, each with its seed."""
    rig, told = load_rig(rig_path).with_overrides(duration_s=duration_s), []
    for number in range(1, runs + 1):
        source = rig.with_overrides(seed=number).source.metadata()
        outcome, _ = run_case(Task(number, source, "library"))
        if "error" in outcome:
            raise SystemExit(outcome["error"])
        told.append(_resident_MB())
        if number % max(1, runs // 10) == 0:
            print(f"after {number} runs: {told[-1]:.1f} MB", flush=True)
    settled = told[len(told) // 10 :]
    slope = np.polyfit(np.arange(len(settled)), settled, 1)[0]
    print(f"largest {max(told):.1f} MB; it grows by {1000 * slope:.2f} MB in 1000 runs")


def _resident_MB() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024.0


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("campaign", "workers", "memory"))
    parser.add_argument("rig", type=Path)
    parser.add_argument("-n", type=int, required=True)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--duration", type=float, default=60.0, help="of a run, simulated seconds")
    told = parser.parse_args()
    if told.what == "campaign":
        spent_s = campaign_s(told.rig, told.n, told.workers, show=True)
        print(f"{told.n} runs of {told.rig.stem} in {spent_s:.1f} s on the wall")
    elif told.what == "workers":
        workers(told.rig, told.n, told.rounds)
    else:
        memory(told.rig, told.n, told.duration)


if __name__ == "__main__":
    main()
