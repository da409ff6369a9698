"""Whether the told attitude sigma is what the attitude's error is, without a star tracker. By hand.

Flies Di'er-5 for an orbit with its star tracker silent, with hard iron of several sizes, and prints
by how much the error exceeds the told sigma: rms and the share beyond three sigma, over all axes.
`--rigs RIG...` flies these as they are, from 120 s on, and prints the same of each axis, with the
normalised error squared (3 when the sigmas are true), for five seeds if not told otherwise.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from hil.bench import run
from hil.judge.pointing import attitude_error
from hil.recording import Recording
from hil.rig import Rig, load_rig

RIGS = Path(__file__).parents[1] / "rigs"
HARD_IRON_uT = ((0.0, 0.0, 0.0), (2.0, -1.0, 1.0), (4.0, 3.0, -2.0), (-5.0, 4.0, 5.0))
BLIND_s, ORBIT_s = 200.0, 5700.0
KNOWN = 1  # bit 0 of the estimate's flags: the attitude is not known


def rig_with(folder: Path, hard_iron_uT: tuple[float, ...], *, tracker: bool) -> Rig:
    """Load Di'er-5 at nadir with this hard iron, its star tracker gone from the start or blind."""
    text = (RIGS / "spacecraft" / "dier5.toml").read_text().replace('"../parts/', f'"{RIGS}/parts/')
    iron = f"bias_sigma_nT = 150.0\nhard_iron_body_nT = {[1e3 * each for each in hard_iron_uT]}"
    (folder / "iron.toml").write_text(text.replace("bias_sigma_nT = 150.0", iron))
    rig = (RIGS / "dier5_nadir.toml").read_text().replace("spacecraft/dier5.toml", "iron.toml")
    (folder / "rig.toml").write_text(rig)
    fault = {"name": "f", "device": "star_tracker 0", "kind": "said_invalid"}
    fault |= {"at_s": BLIND_s if tracker else 0.0, "duration_s": 1e5}
    return load_rig(folder / "rig.toml").with_overrides(
        duration_s=BLIND_s + ORBIT_s, requirement=[], fault=[fault]
    )


def ratios(recording: Recording, from_s: float = BLIND_s + 310.0) -> tuple[np.ndarray, np.ndarray]:
    """Return error over told sigma, and the error in rad, by step and axis, from a time on."""
    error_rad = attitude_error(
        recording["truth_q_eci_from_body"], recording["estimate_q_eci_from_body"]
    )
    sigma_rad = recording["housekeeping_attitude_sigma_rad"]
    known = (recording["estimate_flags"].astype(int) & KNOWN) == 0
    use = known & (sigma_rad.min(axis=1) > 0.0) & (recording["time_s"] > from_s)
    return error_rad[use] / sigma_rad[use], error_rad[use]


def fly_rig(path: Path, seeds: tuple[int, int], duration_s: float | None, folder: Path) -> None:
    """Fly a rig as it is, and print each seed."""
    for seed in range(seeds[0], seeds[1] + 1):
        over = {"seed": seed, "requirement": []}
        over |= {"duration_s": duration_s} if duration_s else {}
        done = run(load_rig(path).with_overrides(**over), "library", folder / "run.mcap")
        ratio, error = ratios(Recording(done.recording), 120.0)
        if not len(ratio):
            print(f"{path.stem}, seed {seed}: the attitude is never known", flush=True)
            continue
        axes = ", ".join(f"{each:.2f}" for each in np.sqrt((ratio**2).mean(axis=0)))
        print(
            f"{path.stem}, seed {seed}: rms {axes} sigma, normalised error squared "
            f"{(ratio**2).sum(axis=1).mean():.2f}, {100 * (np.abs(ratio) > 3.0).mean():.1f} % "
            f"beyond 3, worst {np.abs(ratio).max():.1f} sigma, "
            f"{3600 * np.degrees(np.sqrt((error**2).mean())):.1f} arcsec rms, {len(ratio)} steps",
            flush=True,
        )


def main() -> None:
    """Fly and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs=2, default=(1, 5), metavar=("FROM", "TO"))
    parser.add_argument("--blind", action="store_true", help="only without star tracker at all")
    parser.add_argument(
        "--iron", type=int, nargs="*", default=range(len(HARD_IRON_uT)), metavar="N"
    )
    parser.add_argument("--rigs", type=Path, nargs="+", metavar="RIG", help="these, as they are")
    parser.add_argument("--duration", type=float, metavar="S")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for rig_path in chosen.rigs or ():
            fly_rig(rig_path, chosen.seeds, chosen.duration, Path(folder))
        if chosen.rigs:
            return
        for iron in [HARD_IRON_uT[i] for i in chosen.iron]:
            for tracker in [True, False][chosen.blind :]:
                rig = rig_with(Path(folder), iron, tracker=tracker)
                for seed in range(chosen.seeds[0], chosen.seeds[1] + 1):
                    path = Path(folder) / "run.mcap"
                    recording = Recording(
                        run(rig.with_overrides(seed=seed), "library", path).recording
                    )
                    ratio, error = ratios(recording)
                    told = [e.name for e in recording.events if e.name.startswith("field")]
                    print(
                        f"{np.linalg.norm(iron):.1f} uT, {'blind later' if tracker else 'blind'}, "
                        f"seed {seed}: rms {np.sqrt((ratio**2).mean()):.2f} sigma, "
                        f"{100 * (np.abs(ratio) > 3.0).mean():.1f} % beyond 3, worst "
                        f"{np.abs(ratio).max():.1f} sigma, "
                        f"{np.degrees(np.abs(error).max()):.2f} deg, "
                        f"known {len(ratio)} steps; {told}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
