"""Whether the flight software blames a device that is well. By hand.

Flies rigs in which nothing fails, for several seeds, and prints each event that names a device as
failed. There must be none.
"""

import argparse
import tempfile
from pathlib import Path

from hil.bench import run
from hil.recording import Recording
from hil.rig import load_rig

RIGS = Path(__file__).parents[1] / "rigs"
BLAME = {
    "sensor_silent",
    "sensor_frozen",
    "sensor_doubted",
    "sensor_switched",
    "field_doubted",
    "rod_failed",
    "tachometer_failed",
    "tachometer_outlier",
    "wheel_stalled",
    "wheel_reversed",
    "gyro_outlier",
    "state_impossible",
    "rates_apart",
}


def main() -> None:
    """Fly and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    healthy = ["dier5_nadir", "dier5_commissioning", "alfarabi1", "alfarabi2"]
    parser.add_argument("rigs", nargs="*", default=healthy)
    parser.add_argument("--seeds", type=int, nargs=2, default=(1, 10), metavar=("FROM", "TO"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen.rigs:
            rig, alarms = load_rig(RIGS / f"{name}.toml"), 0
            for seed in range(chosen.seeds[0], chosen.seeds[1] + 1):
                thin = rig.with_overrides(seed=seed, requirement=[])
                path = Path(folder) / "run.mcap"
                for event in Recording(run(thin, "library", path).recording).events:
                    if event.source == "obc" and event.name in BLAME:
                        alarms += 1
                        print(f"{name}, seed {seed}: {event.time_s:.1f} s {event.words}")
            seeds = f"seeds {chosen.seeds[0]} to {chosen.seeds[1]}"
            print(f"{name}, {seeds}: {alarms} false alarms", flush=True)


if __name__ == "__main__":
    main()
