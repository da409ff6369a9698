"""What a rig of failures misses, and by how much, seed by seed. By hand.

`bench_failures.py alfarabi2_faults --seeds 1 10` flies it on `library` and prints each requirement
that was missed, with what the flight software told from the fault that it is about until it ends.
"""

import argparse
import tempfile
from pathlib import Path

from hil.bench import run
from hil.judge import evaluate
from hil.recording import Recording
from hil.rig import load_rig

FAILURES = Path(__file__).parents[1] / "rigs" / "failures"
AFTER_S = 200.0


def told_around(recording: Recording, fault: str | None) -> list[str]:
    """Return what was told for a while after the fault of this name began."""
    begun = [e.time_s for e in recording.events if e.source == "fault" and f"{fault}:" in e.words]
    if not begun:
        return []
    return [
        f"{event.time_s - begun[0]:.1f} s {event.name} {event.value:g}"
        for event in recording.events
        if event.source == "obc" and begun[0] <= event.time_s < begun[0] + AFTER_S
    ]


def main() -> None:
    """Fly and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rig", choices=[path.stem for path in FAILURES.glob("*.toml")])
    parser.add_argument("--seeds", type=int, nargs=2, default=(1, 10), metavar=("FROM", "TO"))
    chosen = parser.parse_args()
    rig = load_rig(FAILURES / f"{chosen.rig}.toml")
    faults = {each.name: each.fault for each in rig.requirement}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(chosen.seeds[0], chosen.seeds[1] + 1):
            path = Path(folder) / "run.mcap"
            recording = Recording(run(rig.with_overrides(seed=seed), "library", path).recording)
            missed = [each for each in evaluate(rig, [recording]) if not each.met]
            print(f"seed {seed}: {len(missed)} of {len(rig.requirement)} missed", flush=True)
            for each in missed:
                words = "; ".join(told_around(recording, faults.get(each.name))[:12])
                print(f"  {each.name}: {each.value} {each.unit}; told: {words or '-'}", flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
