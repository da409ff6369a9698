"""What in the rig differs from what [flight_software] believes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.diagnosis.aims import aim_findings
from hil.diagnosis.believed import Beliefs
from hil.diagnosis.finding import Finding, Side
from hil.diagnosis.trouble import Trouble
from hil.diagnosis.units import AXES, angle_words, number, vector_words
from hil.physics.rotations import angle_between
from hil.rig import Rig

_WIDE = 10.0  # times its noise: a star tracker that is hardly believed


def belief_findings(rig: Rig, trouble: Trouble) -> Iterator[Finding]:
    """Yield what the flight software believes and is not so; nothing of a firmware without."""
    if not rig.spacecraft.flight_software:
        return
    beliefs = Beliefs(rig.spacecraft.flight_software)
    yield from _inertia(rig, beliefs)
    if rig.spacecraft.wheel:
        yield from _wheel_axes(rig, beliefs)
        yield from _wheel_limits(rig, beliefs)
    yield from _gyro(rig, beliefs)
    yield from _tracker(rig, beliefs)
    yield from _delay(rig, beliefs)
    yield from _rods(rig, beliefs)
    yield from aim_findings(rig, beliefs, trouble)


def _differs(
    what: str, believed: float, true: float, unit: str, side: Side, topic: str, most: float = 90.0
) -> Iterator[Finding]:
    """Yield a value that is off by a factor beyond what design values are off by."""
    if true <= 0.0 or believed <= 0.0:
        return
    factor = max(believed / true, true / believed)
    if factor < 1.5:
        return
    weight = min(most, 50.0 + 34.0 * math.log10(factor) / math.log10(5.0))
    sense = "more" if believed > true else "less"
    words = (
        f"[flight_software] {what} is {number(believed, 3)} {unit}, of the rig "
        f"{number(true, 3)} {unit}: {number(factor, 2)} times {sense}"
        f"{_unit_words(believed / true) if 'rad' in unit else ''}"
    )
    yield Finding(words, weight, side, topic)


def _unit_words(factor: float) -> str:
    """Return words for a factor that is that between degrees and radians, about."""
    degrees = 180.0 / math.pi
    return ", as degrees for radians are" if abs(factor / degrees - 1.0) < 0.1 else ""


def _inertia(rig: Rig, beliefs: Beliefs) -> Iterator[Finding]:
    true = np.array(rig.spacecraft.body.inertia_body_kg_m2)
    rows = [[beliefs[f"inertia_{''.join(sorted(a + b))}_body_kg_m2"] for a in AXES] for b in AXES]
    believed = np.array(rows)
    worst = max(range(3), key=lambda k: abs(math.log(believed[k, k] / true[k, k])))
    name = f"inertia_{AXES[worst] * 2}_body_kg_m2"
    yield from _differs(
        name, believed[worst, worst], true[worst, worst], "kg m2", "control", "inertia"
    )


def _wheel_axes(rig: Rig, beliefs: Beliefs) -> Iterator[Finding]:
    wheels = rig.spacecraft.wheel
    told = int(beliefs["wheel_count"])
    if told != len(wheels):
        words = f"[flight_software] wheel_count is {told}, the spacecraft has {len(wheels)}"
        yield Finding(words, 88.0, "control", "wheel count")
    for i, wheel in enumerate(wheels[:told]):
        axis = beliefs.axis(f"wheel{i}_axis")
        off = float(angle_between(axis, wheel.axis_body))
        if off > math.radians(2.0):
            words = (
                f"[flight_software] believes the axis of wheel {wheel.name} to be "
                f"{vector_words(axis)}, of the rig it is {vector_words(wheel.axis_body)}: "
                f"{angle_words(off)} apart"
            )
            weight = 72.0 + min(27.0, 27.0 * math.degrees(off) / 45.0)
            yield Finding(words, weight, "control", f"wheel {wheel.name}")


def _wheel_limits(rig: Rig, beliefs: Beliefs) -> Iterator[Finding]:
    wheels = rig.spacecraft.wheel
    name, weakest = "wheel_torque_max_Nm", min(wheel.torque_max_Nm for wheel in wheels)
    most = 78.5 if beliefs[name] > weakest else 68.0
    yield from _differs(name, beliefs[name], weakest, "N m", "control", "torque", most)
    name, slowest = "wheel_speed_max_rad_s", min(wheel.speed_max_rad_s for wheel in wheels)
    if beliefs[name] > slowest:
        yield from _differs(name, beliefs[name], slowest, "rad/s", "control", "speed", 72.0)
    name = "wheel_spin_inertia_kg_m2"
    spin = float(np.mean([wheel.spin_inertia_kg_m2 for wheel in wheels]))
    yield from _differs(name, beliefs[name], spin, "kg m2", "control", "spin")


def _gyro(rig: Rig, beliefs: Beliefs) -> Iterator[Finding]:
    for table in rig.spacecraft.tables("gyro")[:1]:
        white = math.radians(table.angle_random_walk_deg_sqrt_h) / 60.0
        yield from _differs(
            "gyro_angle_random_walk_rad_sqrt_s",
            beliefs["gyro_angle_random_walk_rad_sqrt_s"],
            white,
            "rad/sqrt(s)",
            "knowledge",
            "gyro 0 noise",
            # a wider belief does little harm, and filters without a state for drift want one
            90.0 if beliefs["gyro_angle_random_walk_rad_sqrt_s"] < white else 40.0,
        )
        deg_h = math.radians(1.0) / 3600.0
        bias = math.hypot(table.turn_on_bias_sigma_deg_h, table.bias_instability_deg_h) * deg_h
        believed = beliefs["gyro_bias_sigma_rad_s"]
        if bias > 2.0 * believed:  # a wider belief than needed does no harm
            yield from _differs(
                "gyro_bias_sigma_rad_s", believed, bias, "rad/s", "knowledge", "gyro 0 bias"
            )


def _tracker(rig: Rig, beliefs: Beliefs) -> Iterator[Finding]:
    for table in rig.spacecraft.tables("star_tracker")[:1]:
        arcsec = math.radians(1.0) / 3600.0
        for name, true in (
            ("star_tracker_sigma_rad", table.across_noise_arcsec),
            ("star_tracker_roll_sigma_rad", table.roll_noise_arcsec),
        ):
            narrow = true * arcsec > 2.0 * beliefs[name]
            if narrow or beliefs[name] > _WIDE * true * arcsec:  # little wider does little harm
                most = 90.0 if narrow else 62.0
                topic = "star tracker 0 noise"
                yield from _differs(
                    name, beliefs[name], true * arcsec, "rad", "knowledge", topic, most
                )
        believed = beliefs.axis("star_tracker_boresight")
        off = float(angle_between(believed, table.boresight_body))
        uneven = table.roll_noise_arcsec > 1.5 * table.across_noise_arcsec
        if off > math.radians(5.0) and uneven:
            words = (
                f"[flight_software] believes the boresight of star tracker 0 to be "
                f"{vector_words(believed)}, of the rig it is {vector_words(table.boresight_body)}: "
                f"{angle_words(off)} apart"
            )
            yield Finding(words, 82.0, "knowledge", "star tracker 0 boresight")
        corrected = round(beliefs["star_tracker_aberration"])
        left = {"none": 0, "orbital": 1, "all": 2}[table.aberration]
        if corrected != left:
            words = (
                f"[flight_software] star_tracker_aberration is {corrected}, but the tracker leaves "
                f'in "{table.aberration}": up to 26 arcsec'
            )
            yield Finding(words, 58.0, "knowledge", "aberration")


def _delay(rig: Rig, beliefs: Beliefs) -> Iterator[Finding]:
    if rig.obc.latency is not None:
        return
    believed, true = beliefs["command_delay_s"], rig.obc.latency_s
    if abs(believed - true) > max(0.5 * rig.step_s, 0.05):
        words = (
            f"[flight_software] command_delay_s is {believed:g} s, [obc] latency_s is {true:g} s"
        )
        weight = min(88.0, 55.0 + 60.0 * abs(believed - true))
        yield Finding(words, weight, "control", "command delay")


def _rods(rig: Rig, beliefs: Beliefs) -> Iterator[Finding]:
    rods = rig.spacecraft.rod
    if rods and beliefs["rod_dipole_max_A_m2"] > 0.0:
        weakest = min(rod.dipole_max_A_m2 for rod in rods)
        yield from _differs(
            "rod_dipole_max_A_m2",
            beliefs["rod_dipole_max_A_m2"],
            weakest,
            "A m2",
            "control",
            "rods",
            70.0,
        )
