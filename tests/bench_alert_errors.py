"""What alerts are about, and where the errors of their places come from, over seeds.

    python tests/bench_alert_errors.py [SEEDS] [RIG ...] [--at-once] [--recordings FOLDER]

--at-once: without the parameters by which an alert waits for a ship's motion and a known place.
Of each alert that reached the ground it prints what truly lies nearest, and of those of objects how
far each cause moves the place, in metres along the line of sight's track on the ground and across:

all        the place that was told, against the object at the shutter
attitude   the attitude that the firmware estimated at the shutter, against the true one
mounting   the camera, against its table
find       the find's middle, against where the object is in the picture (as the camera is mounted)
rest       track, orbit, height of the level, time: what is left

At the end the root mean square of each over all alerts. It is a script to run by hand.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

import numpy as np

from hil import bench
from hil.devices.camera import CameraUnit
from hil.devices.sensor import Installation
from hil.physics.ground import Ground
from hil.physics.groundtarget import GroundTarget
from hil.physics.rotations import apply, conjugate
from hil.physics.row import truth_columns
from hil.recording import Recording
from hil.rig import load_rig
from hil.scene.camera import pixel_at

ROOT = Path(__file__).parents[1]
RIGS = ("dier5_fire", "dier5_alert")
PARTS = ("all", "attitude", "mounting", "find", "rest")
KINDS = ("nothing", "ship", "fire", "cloud edge", "glint")


def main() -> None:
    """Print the tables of all rigs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", nargs="?", type=int, default=10)
    parser.add_argument("rigs", nargs="*", default=RIGS)
    parser.add_argument("--at-once", action="store_true")
    parser.add_argument("--recordings", type=Path, help="folder of RIG-SEED.mcap, made already")
    given = parser.parse_args()
    for name in given.rigs:
        rig, found = load_rig(ROOT / "rigs" / f"{name}.toml"), []
        for seed in range(1, given.seeds + 1):
            run = rig.with_overrides(seed=seed)
            found += of_seed(at_once(run) if given.at_once else run, name, given.recordings)
        show(name, given.seeds, found)


def at_once(rig):
    """Return a rig whose flight software alerts what three pictures showed."""
    craft = rig.spacecraft
    told = craft.flight_software | {"camera_ship_speed_m_s": 0.0, "camera_place_sigma_m": 0.0}
    return rig.model_copy(update={"spacecraft": craft.model_copy(update={"flight_software": told})})


def of_seed(run, name, folder):
    """Return a row for each alert of a run."""
    seed = run.seed
    with tempfile.TemporaryDirectory() as own:
        path = (folder or Path(own)) / f"{name}-{seed}.mcap"
        if not path.exists():
            bench.run(run, "library", path)
        rows = list(alerts_of(run, Recording(path)))
    for row in rows:
        print(f"{name} seed {seed}: {words(row)}", flush=True)
    return rows


def alerts_of(rig, recording):
    """Yield what there is to say of each alert."""
    number = np.asarray(recording["alert_number"]).reshape(-1)
    for n in np.unique(number[np.isfinite(number)]):
        at = int(np.flatnonzero(number == n)[0])
        told = {
            key: float(np.asarray(recording[f"alert_{key}"]).reshape(-1)[at])
            for key in ("kind", "shutter_s", "latitude_deg", "longitude_deg", "confidence")
        }
        yield alert(rig, recording, told)


def alert(rig, recording, told):
    """Return kind, what lies nearest, elevation, and the parts of the error (along, across)."""
    shutter_s = told["shutter_s"]
    place = GroundTarget(
        name="told", kind="target", latitude_deg=told["latitude_deg"],
        longitude_deg=told["longitude_deg"], height_m=rig.target[0].height_m,
    )  # fmt: skip
    things = {each.name: each.as_target() for each in rig.scene.objects}
    things |= {
        f"{each.kind} {i}": each.as_target() for i, each in enumerate(rig.scene.patch, start=1)
    }
    away = {
        name: float(np.linalg.norm(each.position_ecef_m(shutter_s) - place.position_ecef_m(0.0)))
        for name, each in things.items()
    }
    nearest = min(away, key=away.get)
    row = {"kind": KINDS[int(told["kind"])], "of": nearest, "away_m": away[nearest],
           "confidence": told["confidence"], "shutter_s": shutter_s}  # fmt: skip
    return row | parts(rig, recording, shutter_s, place, things[nearest])


def parts(rig, recording, shutter_s, told, thing):
    """Return the parts of an alert's error, each (along, across) in m."""
    step = int(np.argmin(np.abs(recording["time_s"] - shutter_s)))
    q_true = np.asarray(recording["truth_q_eci_from_body"])[step]
    q_own = np.asarray(recording["estimate_q_eci_from_body"])[step]
    q_earth = rig.ground.q_eci_from_ecef(shutter_s)
    where = apply(q_earth, thing.position_ecef_m(shutter_s))
    up = apply(q_earth, thing.up_ecef(shutter_s))
    line = seen_from(rig, recording, step, thing)
    sine = -float(line @ up) / np.linalg.norm(line)
    level = line - (line @ up) * up
    along = level / np.linalg.norm(level)
    across = np.cross(up, along)

    def on_ground(ray):
        """Where a ray meets the level through where the thing is seen, from there."""
        hit = ray * float(line @ up) / float(ray @ up) - line
        return np.array([hit @ along, hit @ across])

    unit = camera(rig)
    flat = camera(rig, exact=True)
    find = found_near(recording, rig, shutter_s, unit, q_true, line)
    out = {"elevation_deg": math.degrees(math.asin(sine)), "range_km": 1e-3 * np.linalg.norm(line)}
    error = apply(q_earth, told.position_ecef_m(0.0)) - where
    out["all"] = np.array([error @ along, error @ across])
    out["attitude"] = on_ground(apply(q_own, apply(conjugate(q_true), line)))
    body = apply(conjugate(q_true), line)
    pixel = pixel_at(unit.lens, body)
    out["mounting"] = on_ground(apply(q_true, ray_of(flat.lens, *pixel)))
    if find is None:
        out["find"] = np.full(2, np.nan)
    else:
        out["find"] = on_ground(apply(q_true, ray_of(unit.lens, *find)))
        out["pixels"] = np.subtract(find, pixel)
    out["rest"] = out["all"] - out["attitude"] - out["mounting"] - out["find"]
    return out


def seen_from(rig, recording, step, thing):
    """Return the way (3,) on which a thing is seen, ECI, m: its light's, where the scene has it."""
    shown = thing.model_copy(update={"apparent": rig.scene.apparent})
    ground = Ground([shown], rig.sky, pressure_hPa=rig.environment.surface_pressure_hPa)
    at = slice(step, step + 1)
    return ground.away_eci_m(
        shown.name, recording["time_s"][at], recording["truth_position_eci_m"][at],
        recording["truth_velocity_eci_m_s"][at],
    )[0]  # fmt: skip


def camera(rig, exact=False):
    """Return the rig's first camera as its run has it, or mounted without error."""
    model = rig.spacecraft.tables("camera")[0]
    if exact:
        model = model.model_copy(update={"mounting_error_sigma_arcsec": 0.0})
    columns = truth_columns(len(rig.spacecraft.wheel), len(rig.spacecraft.thruster))
    air = rig.environment.surface_pressure_hPa
    place = Installation(tuple(columns), rig.step_s, rig.seed, scene=rig.scene, pressure_hPa=air)
    return CameraUnit(model, 0, place)


def ray_of(lens, column, row):
    """Return the unit vector (3,) in the body's axes of a place in a picture."""
    x = (column - 0.5 * (lens.columns - 1)) * lens.pixel_tangent
    y = (row - 0.5 * (lens.rows - 1)) * lens.pixel_tangent
    stretch = 1.0 + lens.distortion * (x * x + y * y)
    ray = lens.body_from_camera @ np.array([x * stretch, y * stretch, 1.0])
    return ray / np.linalg.norm(ray)


def found_near(recording, rig, shutter_s, unit, q_true, line):
    """Return column and row of the find in the alert's picture that is nearest to the object."""
    pixel = pixel_at(unit.lens, apply(conjugate(q_true), line))
    frames, age = (np.asarray(recording[f"camera0_{n}"]).reshape(-1) for n in ("frame", "age_s"))
    exposed = recording["time_s"] - age
    at = np.flatnonzero(np.isfinite(frames) & (np.abs(exposed - shutter_s) < 0.01))
    finds = [
        (each.column, each.row)
        for _, seen in recording.sights()
        if len(at) and seen.frame == int(frames[at[0]])
        for each in seen.found
    ]
    near = sorted(finds, key=lambda one: math.hypot(one[0] - pixel[0], one[1] - pixel[1]))
    return near[0] if near else None


def words(row):
    """Return a row as a line."""
    told = [f"{name} {row[name][0]:+.0f} {row[name][1]:+.0f}" for name in PARTS]
    pixels = row.get("pixels")
    at = "" if pixels is None else f", find {pixels[0]:+.2f} {pixels[1]:+.2f} pixels off"
    return (
        f"{row['kind']} alerted at {row['shutter_s']:.0f} s, nearest {row['of']} "
        f"{row['away_m']:.0f} m away, {row['elevation_deg']:.0f} deg high, "
        f"{row['range_km']:.0f} km off; along and across in m: {', '.join(told)}{at}"
    )


def show(name, seeds, rows):
    """Print how often each thing was alerted as what, and the root mean squares."""
    print(f"\n{name}, {seeds} seeds: {len(rows)} alerts")
    for what in sorted({(row["kind"], row["of"]) for row in rows}):
        own = [row for row in rows if (row["kind"], row["of"]) == what]
        rms = {part: [np.sqrt(np.nanmean([row[part][i] ** 2 for row in own])) for i in (0, 1)]
               for part in PARTS}  # fmt: skip
        told = ", ".join(f"{part} {rms[part][0]:.0f} {rms[part][1]:.0f}" for part in PARTS)
        print(f"{what[0]}, nearest {what[1]}: {len(own)} times; rms along, across in m: {told}")


if __name__ == "__main__":
    main()
