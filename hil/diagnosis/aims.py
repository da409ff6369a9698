"""Whether the OBC points, keeps out and pushes as the rig and its requirements have it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.diagnosis.believed import DEFAULTS, Beliefs
from hil.diagnosis.finding import Finding
from hil.diagnosis.trouble import Trouble
from hil.diagnosis.units import AXES, angle_words, vector_words
from hil.judge.cones import ConeRequirement
from hil.judge.requirements import PointingRequirement
from hil.physics.rotations import angle_between
from hil.physics.vectors import FloatArray
from hil.rig import Rig


def aim_findings(rig: Rig, beliefs: Beliefs, trouble: Trouble) -> Iterator[Finding]:
    """Yield a boresight, a keep-out cone or a thruster that is believed to be another."""
    yield from _payload(rig, beliefs, trouble)
    yield from _keep_out(beliefs, trouble)
    yield from _thrusters(rig, beliefs)


def _keep_out(beliefs: Beliefs, trouble: Trouble) -> Iterator[Finding]:
    """Yield a cone that is required to be wider than the one that the OBC keeps."""
    for each in trouble.missed:
        if not isinstance(each, ConeRequirement) or each.outside_deg is None:
            continue
        name = f"keep_out_{each.cone}_rad"
        kept = math.degrees(beliefs[name]) if name in DEFAULTS else 0.0
        if kept < each.outside_deg - 0.05:
            keeps = f"is {math.radians(kept):.3g} rad, {kept:.3g} deg" if kept else "is not set"
            words = (
                f'"{each.name}" asks for {each.outside_deg:g} deg from the {each.cone}, and '
                f"[flight_software] {name} {keeps}"
            )
            yield Finding(words, 96.0, "any", "keep out")


def _thrusters(rig: Rig, beliefs: Beliefs) -> Iterator[Finding]:
    """Yield the thruster whose torque is believed to be another than it is."""
    thrusters = rig.spacecraft.thruster[: int(beliefs["thruster_count"])]
    centre = rig.spacecraft.body.centre_of_mass_body_m
    worst: tuple[float, str] = (0.0, "")
    forces, differences = [], []
    for i, each in enumerate(thrusters):
        force = each.thrust_N * np.array(each.direction_body)
        true = each.torque_body_Nm(centre)
        believed = np.array([beliefs[f"thruster{i}_torque_{axis}_body_Nm"] for axis in AXES])
        forces.append(force)
        differences.append(true - believed)
        size = max(float(np.linalg.norm(true)), 1e-12)
        off = float(np.linalg.norm(believed - true)) / size
        words = (
            f"[flight_software] believes thruster {each.name} to give a torque of "
            f"{vector_words(1e3 * believed)} mN m, of the rig it is {vector_words(1e3 * true)} mN m"
        )
        worst = max(worst, (off, words))
    if worst[0] > 0.5:
        words = worst[1] + _mass_centre(np.array(forces), np.array(differences))
        yield Finding(words, min(94.0, 60.0 + 30.0 * worst[0]), "control", "thrusters")


def _mass_centre(forces_N: FloatArray, differences_Nm: FloatArray) -> str:
    """Return words for a mass centre that explains all differences of torques, both (n, 3)."""
    arms = np.concatenate([np.cross(force, np.eye(3)).T for force in forces_N])
    offset_m = np.linalg.lstsq(arms, differences_Nm.ravel(), rcond=None)[0]
    rest = np.linalg.norm(differences_Nm.ravel() - arms @ offset_m)
    if rest > 0.2 * np.linalg.norm(differences_Nm):
        return ""
    metres = ", ".join(f"{each:.3f}" for each in offset_m)
    return f"; a mass centre that is [{metres}] m off explains all of them"


def _payload(rig: Rig, beliefs: Beliefs, trouble: Trouble) -> Iterator[Finding]:
    """Yield a requirement on a boresight that is not what the OBC points."""
    axes = {"target": "payload_axis", "station": "antenna_axis", "sun_safe": "sun_axis"}
    kinds = {target.name: target.kind for target in rig.target}
    for each in trouble.missed:
        if not isinstance(each, PointingRequirement) or each.axis != "boresight":
            continue
        mode = "sun_safe" if each.target == "sun" else kinds.get(each.ground or "", "")
        if each.target not in ("sun", "ground") or mode not in axes:
            continue
        limit, points = each.stated_limit, beliefs.axis(axes[mode])
        off = float(angle_between(points, each.boresight_body))
        if off > 0.5 * limit.value * limit.unit_si:
            words = (
                f'"{each.name}" judges boresight_body {vector_words(each.boresight_body)}, but '
                f"mode {mode} points {vector_words(points)}: {angle_words(off)} apart"
            )
            yield Finding(words, 96.0, "control", "boresight")
