"""How fast a single run on `posix` is, against an earlier commit or the ordinary loop. By hand.

python tests/bench_posix.py [--against COMMIT | --ordinary] [--rounds N] [--place PLACE]. Runs of
the main rig in turn. A step's cost is the difference of a long run and a short one: on the wall,
and in processor time of the bench and of the OBC's process together.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from earlier import tree_of

from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
RIG = ROOT / "rigs" / "dier5_nadir.toml"
LONG_S, SHORT_S = 300.0, 30.0
CHILD = """
import json, resource, sys, tempfile, time
from pathlib import Path
from hil import bench
from hil.rig import load_rig

def used():
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, whose))

rig, place, how = load_rig(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
costs = []
with tempfile.TemporaryDirectory() as folder:
    for duration_s in map(float, [sys.argv[5], *sys.argv[4:6]]):
        made = rig.with_overrides(duration_s=duration_s)
        wall, processor = time.perf_counter(), used()
        bench.run(made, place, Path(folder) / "run.mcap", **how)
        costs.append((time.perf_counter() - wall, used() - processor))
print(json.dumps(costs[1:]))
"""


def step_us(tree: Path, place: str, how: dict[str, bool]) -> tuple[float, float]:
    """What a step costs in a tree: on the wall, and in processor time."""
    rig = str(tree / RIG.relative_to(ROOT))
    done = subprocess.run(
        [sys.executable, "-c", CHILD, rig, place, json.dumps(how), str(LONG_S), str(SHORT_S)],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    long, short = json.loads(done.stdout)
    steps = (LONG_S - SHORT_S) / load_rig(RIG).step_s
    wall_us, processor_us = (1e6 * (a - b) / steps for a, b in zip(long, short, strict=True))
    return wall_us, processor_us


def compare(tree: Path, before: dict[str, bool], place: str, rounds: int) -> None:
    """Print both sides' figures, measured in turn."""
    pairs = [(step_us(tree, place, before), step_us(ROOT, place, {})) for _ in range(rounds)]
    for kind, name in enumerate(("on the wall", "processor time")):
        old, new = (statistics.median(pair[side][kind] for pair in pairs) for side in (0, 1))
        ratios = ", ".join(f"{a[kind] / b[kind]:.1f}" for a, b in pairs)
        print(
            f"{place}, {name}: before {old:.1f} us a step, now {new:.1f}: {old / new:.1f} times "
            f"(each pair: {ratios})"
        )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", default="95228b1", metavar="COMMIT")
    parser.add_argument("--ordinary", action="store_true", help="against this tree's other loop")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--place", default="posix")
    told = parser.parse_args()
    if told.ordinary:
        compare(ROOT, {"compiled": False}, told.place, told.rounds)
        return
    with tree_of(told.against) as tree:
        compare(tree, {}, told.place, told.rounds)


if __name__ == "__main__":
    main()
