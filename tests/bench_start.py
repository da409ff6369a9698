"""What a start costs before anything is run: imports and a rig, against an earlier commit. By hand.

python tests/bench_start.py [--against COMMIT] [--rounds R]: processor seconds, both trees in turn.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

from earlier import tree_of

ROOT = Path(__file__).parents[1]
CHILD = """
import time
begin = time.process_time()
from hil.rig import load_rig
load_rig("rigs/dier5_nadir.toml")
print(time.process_time() - begin)
"""


def start_s(tree: Path) -> float:
    """Processor time of importing what a rig takes, and of reading one."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", default="af13619", metavar="COMMIT")
    parser.add_argument("--rounds", type=int, default=7)
    told = parser.parse_args()
    with tree_of(told.against) as tree:
        start_s(tree), start_s(ROOT)  # octet code is written
        pairs = [(start_s(tree), start_s(ROOT)) for _ in range(told.rounds)]
    before, now = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    print(f"a start: {before:.3f} s before, {now:.3f} s now")


if __name__ == "__main__":
    main()
