"""How fast the compiled loop is, against an earlier commit and against its floor. By hand.

python tests/bench_compiled.py [--against COMMIT] [--rounds N]. First stands where a step's time
goes, beside the floor: the flight code alone on the same octets, the truth alone at the rig's
steps, the random draws alone, all compiled. Then come runs of the main rig on the library, the
earlier commit's and this tree's in turn, as a campaign makes and judges them, and recorded in full.
Figures are processor time of one process: what a control step costs is the difference of a long run
and a short one.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import numba
import numpy as np
from earlier import tree_of

from hil import bench
from hil.bench.compiled import CompiledLoop
from hil.bench.world import World
from hil.campaign.work import thinned
from hil.native.calls import exchange_at
from hil.obc.places import open_obc
from hil.recording import HeldRecorder, Recording
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
RIG = ROOT / "rigs" / "dier5_nadir.toml"
LONG_S, SHORT_S = 600.0, 60.0
ROUNDS = 4
CHILD = """
import json, sys, tempfile, time
from pathlib import Path
from hil import bench
from hil.campaign.work import Task, run_case
from hil.rig import load_rig
rig, found = load_rig(sys.argv[1]), {}
with tempfile.TemporaryDirectory() as folder:
    for name in ("campaign", "in full"):
        costs = []
        for duration_s in (float(sys.argv[3]), float(sys.argv[2]), float(sys.argv[3])):
            made = rig.with_overrides(duration_s=duration_s)
            begin = time.process_time()
            if name == "campaign":
                outcome, _ = run_case(Task(1, made.source.metadata(), "library"))
                assert "error" not in outcome, outcome
            else:
                bench.run(made, "library", Path(folder) / "run.mcap")
            costs.append(time.process_time() - begin)
        found[name] = costs[1:]
print(json.dumps(found))
"""


def measured(tree: Path) -> dict[str, list[float]]:
    """Processor seconds of a long and a short run, by how they are recorded."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tree / RIG.relative_to(ROOT)), str(LONG_S), str(SHORT_S)],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def against(tree: Path, rounds: int) -> None:
    """Print both trees' figures, measured in turn."""
    pairs = [(measured(tree), measured(ROOT)) for _ in range(rounds)]
    steps = (LONG_S - SHORT_S) / load_rig(RIG).step_s
    for name in pairs[0][0]:
        step_us, run_s = [], []
        for side in (0, 1):
            costs = [pair[side][name] for pair in pairs]
            step_us.append(statistics.median(1e6 * (c[0] - c[1]) / steps for c in costs))
            run_s.append(statistics.median(c[0] for c in costs))
        print(
            f"{name:9} before {step_us[0]:6.1f} us a step, now {step_us[1]:5.1f}: "
            f"{step_us[0] / step_us[1]:.1f} times; a run of {LONG_S:g} s {run_s[0]:.2f} s and "
            f"{run_s[1]:.3f} s: {run_s[0] / run_s[1]:.1f} times"
        )


@numba.njit
def answer_all(exchange, obc, octets, begins, reply):
    for i in range(begins.shape[0] - 1):
        size = begins[i + 1] - begins[i]
        at = octets.ctypes.data + begins[i]
        exchange_at(exchange, obc, at, size, reply.ctypes.data, reply.shape[0])


def flight_us(recording: Recording, steps: int) -> float:
    """The flight code alone, on what a run sent it."""
    said = [data for _, data in recording.to_obc]
    begins = np.cumsum([0, *map(len, said)])
    octets, reply = np.frombuffer(b"".join(said), np.uint8).copy(), np.zeros(4096, np.uint8)
    costs = []
    for _ in range(6):
        with open_obc("library") as obc:
            begin = time.process_time()
            answer_all(*obc.entry, octets, begins, reply)
            costs.append(time.process_time() - begin)
    return 1e6 * min(costs) / steps


def truth_us(rig) -> float:
    """The truth alone, at the rig's steps, commands held."""
    truth, costs = World(rig).truth, []
    steps, periods = round(rig.step_s / rig.truth_step_s), 5000
    for _ in range(6):
        begin = time.process_time()
        truth.advance(steps * periods, np.zeros(len(rig.spacecraft.wheel)), np.zeros(3))
        costs.append(time.process_time() - begin)
    return 1e6 * min(costs) / periods


def draws_us(rig) -> float:
    """The random draws alone."""
    rates = [(s.compiled.draws, s.period_steps) for s in World(rig).sensors if s.compiled]
    number = round(10_000 * sum(draws / period for draws, period in rates))
    source, costs = np.random.Generator(np.random.PCG64(1)), []
    for _ in range(6):
        begin = time.process_time()
        source.standard_normal(number)
        costs.append(time.process_time() - begin)
    return 1e6 * min(costs) / 10_000


def on_processor_time(loop, made=CompiledLoop._loop_record):
    """Have stages told in processor time, which a busy machine stretches little."""
    record = made(loop)
    record["clock_kind"] = time.CLOCK_THREAD_CPUTIME_ID
    return record


def clock_us() -> float:
    """What it costs to ask that clock once."""
    begin = time.process_time()
    for _ in range(20_000):
        time.thread_time_ns()
    return 1e6 * (time.process_time() - begin) / 20_000


def stages_us(rig, path: Path, **how) -> dict[str, float]:
    """Where the processor time of a step goes, of the cheapest of some runs."""
    best = None
    for _ in range(ROUNDS):
        with patch.object(CompiledLoop, "_loop_record", on_processor_time):
            result = bench.run(rig, "library", path, **how)
        found = {name: 1e6 * s / result.steps for name, s in result.stage_s.items() if s}
        if best is None or sum(found.values()) < sum(best.values()):
            best = found
    return best


def step_us(rig, path: Path, **how) -> float:
    """Processor time of a step: the difference of a long run and a short one, the least of some."""
    costs = {LONG_S: [], SHORT_S: []}
    for _ in range(ROUNDS):
        for duration_s, told in costs.items():
            made = rig.with_overrides(duration_s=duration_s)
            begin = time.process_time()
            bench.run(made, "library", path, **how)
            told.append(time.process_time() - begin)
    return 1e6 * (min(costs[LONG_S]) - min(costs[SHORT_S])) / ((LONG_S - SHORT_S) / rig.step_s)


def floor() -> None:
    """Print where a step's time goes, and what it would be at least."""
    rig = load_rig(RIG)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.mcap"
        bench.run(rig, "library", path)
        recording = Recording(path)
        least = {
            "flight code": flight_us(recording, len(recording)),
            "truth": truth_us(rig),
            "draws": draws_us(rig),
        }
        floor_us = sum(least.values())
        ways = {
            "as a campaign holds it": (thinned(rig), {"recorder": HeldRecorder}),
            "recorded in full": (rig, {}),
        }
        told = ", ".join(f"{name} {us:.2f}" for name, us in least.items())
        print(f"floor, us a step: {told}; sum {floor_us:.2f}")
        print(f"asking for the time takes {clock_us():.2f} us, which each stage has once or less")
        for name, (made, how) in ways.items():
            stages = ", ".join(f"{k} {us:.2f}" for k, us in stages_us(made, path, **how).items())
            cost = step_us(made, path, **how)
            print(f"{name}: {cost:.1f} us a step, {cost / floor_us:.2f} floors; {stages}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", default="95228b1", metavar="COMMIT")
    parser.add_argument("--rounds", type=int, default=3, help="none: only where a step's time goes")
    told = parser.parse_args()
    floor()
    if not told.rounds:
        return
    with tree_of(told.against) as tree:
        against(tree, told.rounds)


if __name__ == "__main__":
    main()
