"""Speed of an image in lockstep, with shares: `python tests/bench_board.py [--runs 2] [--s 60]`.

With `--runs 20 --busy 4` four processes compute all the while, which this program starts and ends.

Runs rigs/dier5_nadir_lines.toml on qemu-lines. Prints how fast it goes against real time by the
wall's clock and by the time that bench and emulator computed, which is the same on a machine with
nothing else to do; how much of that each took; and whether all runs went octet for octet the same.
"""

import argparse
import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from hil import bench
from hil.machine import build
from hil.machine.plugin import lockstep_plugin
from hil.recording import Recording
from hil.rig import load_rig

RIG = Path(__file__).parents[1] / "rigs" / "dier5_nadir_lines.toml"


def computed_s(who):
    """Return how long a process and the system for it computed."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def one_run(rig, path):
    """Return wall, bench and emulator seconds, and what identifies the run's octets."""
    before = computed_s(resource.RUSAGE_SELF), computed_s(resource.RUSAGE_CHILDREN)
    begun_s = time.monotonic()
    bench.run(rig, "qemu-lines", path)
    wall_s = time.monotonic() - begun_s
    bench_s = computed_s(resource.RUSAGE_SELF) - before[0]
    emulator_s = computed_s(resource.RUSAGE_CHILDREN) - before[1]
    said = hashlib.sha256()
    for at_ns, line, from_obc, data in Recording(path).device_lines():
        said.update(f"{at_ns} {line} {from_obc} ".encode() + data)
    return wall_s, bench_s, emulator_s, said.hexdigest()[:16]


@contextmanager
def beside(number):
    """Have so many processes compute meanwhile."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for each in busy:
            each.kill()
            each.wait()


def main():
    """Run and tell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--s", type=float, default=60.0, help="simulated")
    parser.add_argument("--busy", type=int, default=0, help="processes that compute meanwhile")
    wanted = parser.parse_args()
    rig = load_rig(RIG).with_overrides(duration_s=wanted.s)
    build.build("qemu", drivers=True)
    lockstep_plugin()
    identities = set()
    with tempfile.TemporaryDirectory() as folder, beside(wanted.busy):
        one_run(rig.with_overrides(duration_s=1.0), Path(folder) / "warm.mcap")
        for _ in range(wanted.runs):
            wall_s, bench_s, emulator_s, identity = one_run(rig, Path(folder) / "run.mcap")
            identities.add(identity)
            both_s = bench_s + emulator_s
            print(
                f"{wanted.s:g} s in {wall_s:.1f} s of the wall's clock: {wanted.s / wall_s:.1f} "
                f"times real time; computed {both_s:.1f} s: {wanted.s / both_s:.1f} times; "
                f"emulator {emulator_s / both_s:.0%}, bench {bench_s / both_s:.0%}; {identity}"
            )
    same = "all the same" if len(identities) == 1 else "NOT THE SAME"
    print(f"{wanted.runs} runs beside {wanted.busy} busy processes: {same}, octet for octet")
    sys.exit(len(identities) != 1)


if __name__ == "__main__":
    main()
