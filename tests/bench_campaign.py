"""What campaigns cost: time, workers against each other, memory of a worker. By hand.

python tests/bench_campaign.py campaign RIG -n N [--workers W]   a whole campaign, with its verdicts
python tests/bench_campaign.py workers RIG -n N [--rounds R]     two workers against one, in turn
python tests/bench_campaign.py ceiling RIG -n N [--rounds R]     how much two cores can give at all
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

from hil import bench
from hil.campaign.work import Task, run_case
from hil.recording import Recording
from hil.rig import load_rig

TESTS = Path(__file__).parent
COMPUTES = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from bench_compiled import answer_all
from hil.obc.places import open_obc
said, reply = np.load(sys.argv[2]), np.zeros(4096, np.uint8)
octets, begins = said["octets"], said["begins"]
with open_obc("library") as obc:
    answer_all(*obc.entry, octets, begins, reply)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(sys.argv[3])):
        answer_all(*obc.entry, octets, begins, reply)
    print("done", flush=True)
"""
TOLD_AFTER = (100, 300, 1000, 3000, 10_000, 30_000)
MOST_MB = 300.0


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
    few, ratios, most = max(4, runs // 8), [], []
    for _ in range(rounds):
        most += ceilings(rig, runs, 1)
        one, two = (
            campaign_s(rig, runs, count, show=False) - campaign_s(rig, few, count, show=False)
            for count in (1, 2)
        )
        ratios.append(one / two)
        print(f"{runs - few} more runs: one worker {one:.1f} s, two {two:.1f} s")
    given, most_given = statistics.median(ratios), statistics.median(most)
    print(
        f"two workers give {given:.2f} times one: {given / most_given:.0%} of the "
        f"{most_given:.2f} that this machine gives two processes that share nothing"
    )


def ceilings(rig: Path, runs: int, rounds: int) -> list[float]:
    """Print and return how much two processes give that only compute, the flight code alone."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.mcap"
        bench.run(load_rig(rig).with_overrides(duration_s=200.0), "library", path)
        said = [data for _, data in Recording(path).to_obc]
        octets = np.frombuffer(b"".join(said), np.uint8)
        np.savez(Path(folder) / "said.npz", octets=octets, begins=np.cumsum([0, *map(len, said)]))
        for _ in range(rounds):
            one, two = (computing_s(folder, runs, count) for count in (1, 2))
            found.append(2.0 * one / two)
            print(f"computing alone: one process {one:.2f} s, two {two:.2f} s: {found[-1]:.2f}")
    return found


def computing_s(folder: str, times: int, processes: int) -> float:
    """Time on the wall until processes, begun together, have each answered a run so many times."""
    command = [sys.executable, "-c", COMPUTES, TESTS, f"{folder}/said.npz", str(times)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    begun = [subprocess.Popen(command, **pipes) for _ in range(processes)]
    for each in begun:
        each.stdout.readline()
    begin_s = time.perf_counter()
    for each in begun:
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in begun:
        each.stdout.readline()
    spent_s = time.perf_counter() - begin_s
    for each in begun:
        each.communicate()
    return spent_s


def memory(rig_path: Path, runs: int, duration_s: float) -> None:
    """Print what one process takes while it makes runs, as a worker does, each with its seed."""
    rig, told = load_rig(rig_path).with_overrides(duration_s=duration_s), []
    for number in range(1, runs + 1):
        source = rig.with_overrides(seed=number).source.metadata()
        outcome, _ = run_case(Task(number, source, "library"))
        if "error" in outcome:
            raise SystemExit(outcome["error"])
        told.append(_resident_MB())
        if number in TOLD_AFTER or number == runs:
            print(f"after {number} runs: {told[-1]:.1f} MB", flush=True)
    settled = told[len(told) // 10 :]
    slope = np.polyfit(np.arange(len(settled)), settled, 1)[0]
    print(f"largest {max(told):.1f} MB; it grows by {1000 * slope:.2f} MB in 1000 runs")
    if max(told) > MOST_MB:
        raise SystemExit(f"a worker is to take at most {MOST_MB:g} MB")


def _resident_MB() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024.0


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("campaign", "workers", "ceiling", "memory"))
    parser.add_argument("rig", type=Path)
    parser.add_argument("-n", type=int, required=True)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--duration", type=float, default=130.0, help="of a run, simulated seconds")
    told = parser.parse_args()
    if told.what == "campaign":
        spent_s = campaign_s(told.rig, told.n, told.workers, show=True)
        print(f"{told.n} runs of {told.rig.stem} in {spent_s:.1f} s on the wall")
    elif told.what == "workers":
        workers(told.rig, told.n, told.rounds)
    elif told.what == "ceiling":
        ceilings(told.rig, told.n, told.rounds)
    else:
        memory(told.rig, told.n, told.duration)


if __name__ == "__main__":
    main()
