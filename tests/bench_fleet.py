"""What a fleet costs: four members on `library`, against four runs by themselves. By hand.

Prints CPU seconds of each, in turn and several times, and the ratio of the medians: 1 is no cost.
The aim is at least 0.9.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from hil import bench
from hil.rig import load_fleet

SCO = Path(__file__).parents[1] / "rigs" / "fleets" / "sco_fleet.toml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--duration", type=float, default=100.0, help="simulated seconds")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    fleet = load_fleet(SCO).with_overrides(duration_s=options.duration, obc="library")
    with tempfile.TemporaryDirectory() as folder:
        bench.run_fleet(fleet, folder)  # builds and compiles
        alone, together = [], []
        for _ in range(options.rounds):
            begin = time.process_time()
            for member in fleet.members:
                bench.run(member.rig, "library", Path(folder) / "alone.mcap")
            middle = time.process_time()
            bench.run_fleet(fleet, folder)
            alone.append(middle - begin)
            together.append(time.process_time() - middle)
    for name, spent in (("four runs", alone), ("the fleet", together)):
        print(f"{name}: CPU s {', '.join(f'{each:.2f}' for each in spent)}")
    ratio = statistics.median(alone) / statistics.median(together)
    print(f"the fleet runs at {ratio:.2f} of the speed of its members by themselves")


if __name__ == "__main__":
    main()
