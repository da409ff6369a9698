"""Campaigns side by side: this bench's, Basilisk's, OpenSVF's. By hand.

python tests/compare_campaigns.py [--runs N] [--peers PYTHON] [--opensvf CHECKOUT]

Prints runs and simulated seconds a core-second of processor time. PYTHON is an interpreter that has
`bsk` and `opensvf` from PyPI (this one, if not given). OpenSVF's B-dot campaign is a script of its
repository, with a program and a model beside it that the package does not bring. The campaigns do
different things: this bench's has flight code, sensors, a wire and verdicts in every step.
"""

import argparse
import resource
import subprocess
import sys
from pathlib import Path

from hil.campaign.work import Task, run_case
from hil.rig import load_rig

HERE = Path(__file__).parent
RIG = HERE.parent / "rigs" / "dier5_nadir.toml"
OPENSVF_S = 60.0  # of one of its runs
PARTS = ("scripts/mc_bdot_detumbling.py", "obsw_sim", "bin/SpacecraftDynamics.fmu")


def used_s() -> float:
    """Processor time of this process and of those that it has waited for."""
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))


def tell(name: str, runs: int, simulated_s: float, core_s: float) -> None:
    """Print a campaign's figures."""
    print(
        f"{name}: {runs} runs of {simulated_s:g} s in {core_s:.1f} core-seconds: "
        f"{runs / core_s:.2f} runs and {runs * simulated_s / core_s:.0f} simulated seconds a "
        "core-second"
    )


def this_bench(runs: int) -> None:
    """Make runs as a worker does, after one that compiles."""
    rig = load_rig(RIG)
    run_case(Task(0, rig.with_overrides(duration_s=1.0).source.metadata(), "library"))
    begin_s = used_s()
    for number in range(1, runs + 1):
        outcome, _ = run_case(
            Task(number, rig.with_overrides(seed=number).source.metadata(), "library")
        )
        if "error" in outcome:
            raise SystemExit(outcome["error"])
    tell("hil, dier5_nadir on library", runs, rig.duration_s, used_s() - begin_s)


def missing(python: str, module: str, package: str) -> str:
    """Return what is missing for a peer, in a sentence; nothing when it is there."""
    done = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)
    return (
        f"{package} is not installed for {python}: pip install {package}" if done.returncode else ""
    )


def basilisk(python: str, runs: int) -> None:
    """Make as many runs of 600 s with Basilisk's controller."""
    if why := missing(python, "Basilisk", "bsk"):
        print(f"Basilisk's Monte Carlo: {why}")
        return
    script = str(HERE / "basilisk_campaign.py")
    costs = []
    for count in (1, runs + 1):  # the first one's cost is that of the imports, too
        command = [python, script, str(count), "600", "0.1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"Basilisk's Monte Carlo does not run: {done.stderr.strip().splitlines()[-1]}")
            return
        costs.append(float(done.stdout.split()[-1]))
    tell("Basilisk, feedback by MRP, its own controller", runs, 600.0, costs[1] - costs[0])


def opensvf(python: str, checkout: Path | None, runs: int) -> None:
    """Make as many runs of OpenSVF's B-dot campaign."""
    if why := missing(python, "svf", "opensvf"):
        print(f"OpenSVF's B-dot campaign: {why}")
        return
    lacks = [part for part in PARTS if checkout is None or not (checkout / part).exists()]
    if checkout is None or lacks:
        print(
            f"OpenSVF's B-dot campaign: the package does not bring {', '.join(lacks)}: name a "
            "checkout that has them by --opensvf"
        )
        return
    begin_s = used_s()
    command = [python, str(checkout / PARTS[0]), "--runs", str(runs)]
    subprocess.run(command, cwd=checkout, capture_output=True, check=True)
    tell("OpenSVF, B-dot", runs, OPENSVF_S, used_s() - begin_s)


def main() -> None:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--opensvf", type=Path, metavar="CHECKOUT")
    told = parser.parse_args()
    this_bench(told.runs)
    basilisk(told.peers, told.runs)
    opensvf(told.peers, told.opensvf, told.runs)


if __name__ == "__main__":
    main()
