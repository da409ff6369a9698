"""Every command of `hil` that works for a while, interrupted at random moments of it.

    python tests/kill_commands.py -n 3 --seed 1

SIGINT, SIGTERM or SIGHUP comes anywhere between the start of the interpreter and the command's end.
After each: the exit status is 130 or that of a command which nobody disturbed, nothing is told in
tracebacks, no process is left, nothing stays in the temporary folder, and no file is there in part.
Prints a line for each command, and every fault.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from kill_bench import RIGS, Machine, ended, still_there, waited

from hil.errors import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NADIR = str(RIGS / "dier5_nadir.toml")
COMMANDS = {
    "check": ("check", NADIR, str(RIGS / "dier5_recognition.toml")),
    "judge": ("judge", "long.mcap"),
    "info": ("info", "long.mcap"),
    "compare": ("compare", "long.mcap", "long.mcap"),
    "recover": ("recover", "long.mcap", "out"),
    "report": ("report", "long.mcap", "-o", "out"),
    "plot": ("plot", "long.mcap", "--png", "out.png"),
    "csv": ("export", "long.mcap", "--csv", "-o", "out"),
    "parquet": ("export", "long.mcap", "--parquet", "-o", "out"),
    "replay": ("replay", "long.mcap", "--obc", "library"),
    "phase": ("phase", NADIR, "--obc", "library"),
    "margins": ("margins", NADIR),
    "faults": ("faults", NADIR, "--devices", "gyro 0", "--workers", "1", "-o", "out"),
    "seu": ("seu", NADIR, "--samples", "20", "--jobs", "1", "--csv", "out"),
    "campaign": ("campaign", "campaign.toml", "-n", "3", "--workers", "1", "--out", "out"),
    "new": ("new", "project"),
    "doctor": ("doctor",),
}


def struck(
    machine: Machine, name: str, mark: str, took_s: float, last: str, rng: random.Random
) -> list[str]:
    """Start a command, interrupt it somewhere; what is wrong with its end.

    took_s, last: how long it takes and how its last line begins when nobody disturbs it.
    """
    cleaned(machine)
    begun, number = machine.hil(mark, *COMMANDS[name]), rng.choice(SIGNALS)
    at_s = rng.uniform(0.0, took_s)
    if waited(begun, at_s):
        begun.send_signal(number)
    status, faults = ended(begun, mark), []
    said, how = machine.said, f"{name}, {number.name} after {at_s:.2f} s"
    if status is None:
        return [f"{how}: hangs"]
    # Before the program is loaded, and after its last word, it may end as any program does.
    loading_or_ending = last_word(said) in ("", last, "hil:")
    if status not in (0, 1, INTERRUPTED) and not (loading_or_ending and status == -number):
        faults.append(f"{how}: status {status}: {said[-400:]}")
    if "Traceback" in said:
        faults.append(f"{how}: {said[-1500:]}")
    faults += [f"{how}: left behind: {command}" for command in still_there(mark)]
    left = [path.name for path in (machine.folder / "tmp").iterdir()]
    left += [path.name for path in machine.folder.glob("*.part")]
    return faults + ([f"{how}: left {left}"] if left else [])


def last_word(said: str) -> str:
    """Return the first word of the last line, which holds no figure."""
    return " ".join(said.strip().splitlines()[-1:]).partition(" ")[0]


def cleaned(machine: Machine) -> None:
    """Take away what a command made."""
    for name in ("out", "out.png", "project"):
        path = machine.folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def main() -> int:
    """Try, print a line for each command, and return whether anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", type=int, default=3, help="tries of each command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=COMMANDS, default=COMMANDS, metavar="NAME")
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        machine = Machine(Path(name))
        tables = (machine.folder / "rig.toml").read_text()
        (machine.folder / "campaign.toml").write_text(tables + DISPERSED)
        machine.start("library", 600.0, "made").wait()
        machine.recording.rename(machine.folder / "long.mcap")
        for command in options.only:
            cleaned(machine)
            begin_s = time.monotonic()
            machine.hil("undisturbed", *COMMANDS[command]).wait()
            took_s, last = time.monotonic() - begin_s, last_word(machine.said)
            counts: Counter[str] = Counter()
            for number in range(options.n):
                rng, mark = random.Random(f"{options.seed} {number}"), f"{os.getpid()}-{command}"
                faults = struck(machine, command, f"{mark}-{number}", took_s, last, rng)
                counts["wrong" if faults else "right"] += 1
                wrong += len(faults)
                for fault in faults:
                    print(fault, flush=True)
            print(f"{command:9} {options.n} tries, {took_s:.0f} s each: {dict(counts)}", flush=True)
    print(f"{wrong} faults")
    return 1 if wrong else 0


DISPERSED = """
[[disperse]]
key = "spacecraft.body.residual_dipole_body_A_m2"
distribution = "normal"
sigma = 0.008
[[requirement]]
name = "rate"
column = "truth_rate_body_rad_s"
limit_deg_s = 90.0
probability = 0.9
interpretation = "ensemble"
"""


if __name__ == "__main__":
    sys.exit(main())
