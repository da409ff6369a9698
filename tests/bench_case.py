"""What one case of a campaign costs in a warm worker, against an earlier commit. By hand.

python tests/bench_case.py [--against COMMIT] [--rig RIG] [-n N] [--rounds R]: both trees make and
judge the same cases in turn. Figures are processor time of a process that has made some cases
before: all of a case, of that its steps, and the rest, which is set-up and judging.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from earlier import tree_of

ROOT = Path(__file__).parents[1]
CHILD = """
import json, sys, tempfile, time
from pathlib import Path
from hil.bench import Bench
from hil.campaign.cases import Cases
from hil.campaign.work import Task, run_case
from hil.rig import load_rig

spent_s, made_steps = [0.0], Bench._go_through_steps
def steps(bench, progress):
    begin = time.process_time()
    try:
        return made_steps(bench, progress)
    finally:
        spent_s[0] += time.process_time() - begin
Bench._go_through_steps = steps
cases, warm = int(sys.argv[2]), 2
with tempfile.TemporaryDirectory() as folder:
    made = Cases(load_rig(sys.argv[1]), Path(folder))
    drawn_s, tasks = time.process_time(), []
    every = [warm + cases], range(1, warm + cases + 1)
    if hasattr(made, "drawn"):
        from hil.campaign.work import DrawnTask, run_drawn
        template, run = made.template.packed, lambda task: run_drawn(task).outcome
        tasks = [DrawnTask(drawn, template, "library") for drawn in made.drawn(*every)]
    else:
        run = lambda task: run_case(task)[0]
        for case in made.draw(*every):
            tasks.append(Task(case.number, case.source.metadata(), "library"))
    drawn_s = time.process_time() - drawn_s
    told = []
    for task in tasks:
        spent_s[0], begin = 0.0, time.process_time()
        outcome = run(task)
        told.append((time.process_time() - begin, spent_s[0], outcome["digest"]))
print(json.dumps({"drawn": drawn_s / len(tasks), "cases": told[warm:]}))
"""


def measured(tree: Path, rig: Path, cases: int) -> dict:
    """What cases cost in a process of a tree's own."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tree / rig.resolve().relative_to(ROOT)), str(cases)],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def tell(name: str, rounds: list[dict]) -> None:
    """Print one tree's figures."""
    cases = [case for each in rounds for case in each["cases"]]
    all_ms, steps_ms = (1e3 * statistics.median(case[k] for case in cases) for k in (0, 1))
    rest_ms = 1e3 * statistics.median(case[0] - case[1] for case in cases)
    drawn_ms = 1e3 * statistics.median(each["drawn"] for each in rounds)
    print(
        f"{name:6} a case {all_ms:6.1f} ms: steps {steps_ms:.1f}, set-up and judging {rest_ms:.1f};"
        f" and {drawn_ms:.2f} ms before it is handed to a worker"
    )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", default="af13619", metavar="COMMIT")
    parser.add_argument("--rig", type=Path, default=ROOT / "rigs" / "dier5_nadir.toml")
    parser.add_argument("-n", type=int, default=10, help="cases a round")
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    with tree_of(told.against) as tree:
        pairs = [
            (measured(tree, told.rig, told.n), measured(ROOT, told.rig, told.n))
            for _ in range(told.rounds)
        ]
    before, now = ([pair[side] for pair in pairs] for side in (0, 1))
    tell("before", before)
    tell("now", now)
    bits = [[case[2] for case in each[0]["cases"]] for each in (before, now)]
    print("the same bits" if bits[0] == bits[1] else "OTHER BITS")


if __name__ == "__main__":
    main()
