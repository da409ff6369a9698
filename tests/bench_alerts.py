"""What the alert rigs come to over seeds: python tests/bench_alerts.py [SEEDS] [RIG ...].

Prints each requirement's figure seed by seed, then that of all seeds together. It is a script to
run by hand: a run takes some 10 s of a core.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from hil import bench
from hil.judge import evaluate
from hil.recording import Recording
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
RIGS = ("dier5_alert", "dier5_alert_later", "dier5_fire")


def main() -> None:
    """Print the figures of all rigs."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    for name in sys.argv[2:] or RIGS:
        with tempfile.TemporaryDirectory() as folder:
            rig, recordings = load_rig(ROOT / "rigs" / f"{name}.toml"), []
            for seed in range(1, seeds + 1):
                out = Path(folder) / f"{seed}.mcap"
                run = rig.with_overrides(seed=seed)
                recordings.append(Recording(bench.run(run, "library", out).recording))
                show(f"{name} seed {seed}", rig, recordings[-1:])
            show(f"{name} all {seeds}", rig, recordings)


def show(called, rig, recordings) -> None:
    """Print one line."""
    found = evaluate(rig, recordings)
    told = ", ".join(f"{each.name} {'' if each.met else 'MISSED '}{each.reached}" for each in found)
    print(f"{called}: {told}", flush=True)


if __name__ == "__main__":
    main()
