"""Runs of many processes whose parts are killed at random moments: campaigns, fleets, viewers.

    python tests/kill_many.py -n 40 --seed 1

A campaign's worker or the campaign itself, then `--resume`: every case is there once. One OBC of a
fleet: the others go on to their ends, or all end, as the fleet says. An OBC with devices on lines,
and a bench that serves Foxglove. After each: no process is left, nothing is told in tracebacks,
recordings are read, and the next run with the same cache and into the same place succeeds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import kill_bench
from kill_bench import KILL, RIGS, TERM, Machine, marked, still_there, wait_for

from hil.recording import Recording, RecordingError

CASES, WORKERS = 12, 2


class Many(Machine):
    """A folder with a campaign's rig and a fleet in it, and a cache of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        rig = (folder / "rig.toml").read_text()
        (folder / "campaign.toml").write_text(f"{rig}\n[[disperse]]\n{DISPERSE}{RATE}")
        text = f'title = "Two"\nduration_s = 60.0\nwhen_one_ends = "{GO_ON}"\n'
        members = "".join(f'[[spacecraft]]\nname = "{n}"\nrig = "rig.toml"\n' for n in "ab")
        (folder / "fleet.toml").write_text(text + members)
        (folder / "all.toml").write_text(text.replace(GO_ON, "all end") + members)


GO_ON = "the others go on"
DISPERSE = (
    'key = "spacecraft.body.residual_dipole_body_A_m2"\ndistribution = "normal"\nsigma = 0.008\n'
)
RATE = (
    '[[requirement]]\nname = "rate"\ncolumn = "truth_rate_body_rad_s"\nlimit_deg_s = 90.0\n'
    'probability = 0.9\ninterpretation = "ensemble"\n'
)


def ended(started: subprocess.Popen, mark: str, faults: list[str]) -> int:
    """Wait until a command ends; one that hangs is ended, and is a fault."""
    status = kill_bench.ended(started, mark)
    if status is None:
        faults.append("hangs")
        return started.wait()
    return status


def when(started: subprocess.Popen, there: Callable[[], object]) -> bool:
    """Wait until something is there; whether the command still runs then."""
    wait_for(started, there)
    return started.poll() is None


def children(mark: str, word: str, main: int) -> list[int]:
    """The numbers of a run's processes with a word in their command, but for the first of all."""
    return [number for number, command in marked(mark) if word in command and number != main]


def looked_at(machine: Many, mark: str) -> list[str]:
    """What is left behind, and tracebacks."""
    said = machine.said
    traces = [f"traceback: {said[-1500:]}"] if "Traceback" in said else []
    return traces + [f"left behind: {command}" for command in still_there(mark)]


def campaign(machine: Many, mark: str, rng: random.Random) -> tuple[str, list[str]]:
    """Kill a worker, or the campaign, when some cases are done; go on with it."""
    out, faults = machine.folder / mark, []
    words = ("campaign", "campaign.toml", "-n", str(CASES), "--workers", str(WORKERS),
             "--duration", "60", "--keep", "all", "--out", str(out))  # fmt: skip
    results, after = out / "results.jsonl", rng.randrange(CASES)
    how = rng.choice(("worker", "command by SIGKILL", "command by SIGTERM"))
    begun = machine.hil(mark, *words)
    lines = lambda: results.read_text().count("\n") if results.exists() else 0  # noqa: E731
    if when(begun, lambda: out.exists() and lines() >= after):
        if how == "worker":
            there = children(mark, "spawn", begun.pid) or children(mark, "multiprocessing", 0)
            if there:
                os.kill(rng.choice(there), KILL)
        else:
            begun.send_signal(KILL if how.endswith("KILL") else TERM)
    status = ended(begun, mark, faults)
    expected = {0} if how == "worker" else {-KILL, 0} if how.endswith("KILL") else {130, 0}
    if status not in expected:
        faults.append(f"{how}: status {status}: {machine.said[-600:]}")
    faults += looked_at(machine, mark)
    if status:
        again = machine.hil(mark, *words, "--resume")
        if found := ended(again, mark, faults):
            faults.append(f"{how}, --resume: status {found}: {machine.said[-600:]}")
        faults += looked_at(machine, mark)
    told = [json.loads(line)["case"] for line in results.read_text().splitlines()]
    if sorted(told) != list(range(1, CASES + 1)):
        faults.append(f"{how}: cases {sorted(told)}")
    return how, faults


def fleet(machine: Many, mark: str, rng: random.Random) -> tuple[str, list[str]]:
    """Kill the OBC of one member."""
    name, faults = rng.choice(("fleet", "all")), []
    out = machine.folder / f"{name}-runs"
    words = ("run", f"{name}.toml", "--obc", "posix", "--out", str(out))
    begun = machine.hil(mark, *words, "--duration", "3000")
    struck = when(begun, lambda: len(children(mark, "obc-posix", begun.pid)) == 2)
    if struck:
        time.sleep(rng.uniform(0.0, 3.0))
        struck = bool(there := children(mark, "obc-posix", begun.pid))
        if struck:
            os.kill(rng.choice(there), KILL)
    status = ended(begun, mark, faults)
    if status not in ({3} if "SIGKILL" in machine.said else {0}):
        faults.append(f"{name}: status {status}: {machine.said[-600:]}")
    faults += looked_at(machine, mark) + _read(sorted(out.glob("*.mcap")), name, status)
    if found := ended(machine.hil(mark, *words, "--duration", "10"), mark, faults):
        faults.append(f"{name}: the next run ends with {found}: {machine.said[-600:]}")
    return name, faults


def _read(paths: list[Path], name: str, status: int) -> list[str]:
    """What is wrong with the recordings of a fleet of which one member may have failed."""
    faults, whole = [], 0
    for path in paths:
        try:
            whole += Recording(path).complete
        except RecordingError as error:
            faults += [f"{name}: {error}"] if "holds" not in str(error) else []
    if status and name == "fleet" and whole < 1:
        faults.append("the other member did not come to its end")
    return faults


def served(machine: Many, mark: str, rng: random.Random) -> tuple[str, list[str]]:
    """Kill a bench that serves Foxglove."""
    how, faults = rng.choice((KILL, TERM)), []
    words = ("run", "rig.toml", "--obc", "library", "--foxglove", "--out", "served.mcap")
    begun = machine.hil(mark, *words, "--realtime", "--duration", "60")
    if when(begun, (machine.folder / "served.mcap").exists):
        time.sleep(rng.uniform(0.0, 3.0))
        begun.send_signal(how)
    status = ended(begun, mark, faults)
    if status not in ({-KILL} if how == KILL else {130}):
        faults.append(f"{how.name}: status {status}: {machine.said[-600:]}")
    faults += looked_at(machine, mark)
    if found := ended(machine.hil(mark, *words, "--duration", "5"), mark, faults):
        faults.append(f"the next run ends with {found}: {machine.said[-600:]}")
    (machine.folder / "served.mcap").unlink(missing_ok=True)
    return how.name, faults


def lines(machine: Many, mark: str, rng: random.Random) -> tuple[str, list[str]]:
    """Kill the emulator, or the bench, of a run with devices on lines of their own."""
    how, faults = rng.choice(("emulator", "bench")), []
    rig = RIGS / "dier5_nadir_lines.toml"
    words = ("run", str(rig), "--obc", "qemu-lines", "--out", "lines.mcap", "--duration")
    begun = machine.hil(mark, *words, "60")
    if when(begun, lambda: bool(children(mark, "qemu-system-arm", begun.pid))):
        time.sleep(rng.uniform(0.0, 5.0))
        there = children(mark, "qemu-system-arm", begun.pid) if how == "emulator" else [begun.pid]
        for number in there:
            os.kill(number, KILL)
    status = ended(begun, mark, faults)
    if status not in ({3} if how == "emulator" else {-KILL}):
        faults.append(f"{how}: status {status}: {machine.said[-600:]}")
    faults += looked_at(machine, mark)
    found = ended(machine.hil(mark, *words, "2"), mark, faults)
    if found not in (0, 1):  # two seconds are too short for what it must hold
        faults.append(f"the next run ends with {found}: {machine.said[-600:]}")
    return how, faults


KINDS = {"campaign": campaign, "fleet": fleet, "foxglove": served, "lines": lines}


def main() -> int:
    """Try, print a line for each kind, and return whether anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", type=int, default=8, help="kills of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        machine = Many(Path(name))
        for kind in options.only:
            counts: Counter[str] = Counter()
            for number in range(options.n):
                rng, mark = random.Random(f"{options.seed} {number}"), f"{os.getpid()}-{kind}"
                what, faults = KINDS[kind](machine, f"{mark}-{number}", rng)
                counts[what] += 1
                wrong += len(faults)
                for fault in faults:
                    print(f"{kind} {number} of seed {options.seed}: {fault}", flush=True)
            told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
            print(f"{kind:10} {counts.total():4} kills: {told}", flush=True)
    print(f"{wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
