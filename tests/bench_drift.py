"""Whether gyro and star tracker that drift apart are told, and nothing else is. By hand."""

import tempfile
from pathlib import Path

from hil.bench import run
from hil.recording import Recording
from hil.rig import load_rig

NADIR = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
ARCSEC_PER_RAD = 206265.0


def told(drift_arcsec_s: float, axis: int, seed: int, path: Path) -> list[tuple[float, float]]:
    """Fly with a tracker that drifts from 150 s on; return times and values of rates_apart."""
    drift = [0.0] * 4  # of the quaternion's components: half the rotation
    drift[axis] = drift_arcsec_s / ARCSEC_PER_RAD / 2.0
    fault = {"name": "f", "device": "star_tracker 0", "kind": "drift", "drift_per_s": drift}
    fault |= {"at_s": 150.0, "duration_s": 90.0}
    rig = load_rig(NADIR).with_overrides(
        duration_s=240.0, seed=seed, requirement=[], fault=[fault] if drift_arcsec_s else []
    )
    events = Recording(run(rig, "library", path).recording).events
    return [(e.time_s, e.value) for e in events if e.name == "rates_apart"]


def main() -> None:
    """Fly and print."""
    with tempfile.TemporaryDirectory() as folder:
        for drift in (0.0, 8.0, 16.0, 36.0, 72.0):
            for axis in range(3):
                found = [told(drift, axis, seed, Path(folder) / "r.mcap") for seed in (1, 2)]
                print(f"{drift} arcsec/s about {'xyz'[axis]}: {found}", flush=True)


if __name__ == "__main__":
    main()
