"""Memory of a long run in lockstep: python tests/bench_lockstep.py --steps 10000000

A run of so many steps, thinned as `[recording]` allows, is made in a process of its own, whose
memory (what it holds by itself, without files) is looked at all the while. Prints it from a tenth
of the run on, and by how much it changed until the run's end.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from hil.recording import Recording

RIG = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
EVERY_s = 0.5
FLY = """
import sys
from hil import bench
from hil.rig import load_rig
rig = load_rig(sys.argv[1]).with_overrides(
    duration_s=float(sys.argv[2]), requirement=[], recording={"every": 1000, "octets": False}
)
bench.run(rig, "library", sys.argv[3])
"""
KEPT = 1000  # of so many steps one is recorded


def held_MB(process: int) -> float:
    """What a process holds by itself."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1e3
    return 0.0


def main() -> None:
    """Run, look, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=10_000_000)
    options = parser.parse_args()
    begin_s, seen = time.monotonic(), []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.mcap"
        command = [sys.executable, "-c", FLY, str(RIG), str(0.1 * options.steps), str(path)]
        child = subprocess.Popen(command)
        with suppress(KeyboardInterrupt):  # told so far
            while child.poll() is None:
                # Of the steps made the recording's growth tells.
                written = path.stat().st_size if path.exists() else 0
                seen.append((written, held_MB(child.pid)))
                time.sleep(EVERY_s)
        child.kill()
        child.wait()
        steps = KEPT * len(Recording(path))
    whole = seen[-1][0]
    flown = [(written / whole, held) for written, held in seen if written >= 0.1 * whole and held]
    for tenth in range(1, 11):
        near = [held for share, held in flown if 0.1 * tenth <= share + 1e-9]
        if near:
            print(f"  {10 * tenth:3} % of the run: {near[0]:.1f} MB")
    least, most = min(held for _, held in flown), max(held for _, held in flown)
    print(
        f"{steps} steps in {time.monotonic() - begin_s:.0f} s: {least:.1f} to {most:.1f} MB, "
        f"{flown[-1][1] - flown[0][1]:+.1f} MB from a tenth of the run to its end"
    )


if __name__ == "__main__":
    main()
