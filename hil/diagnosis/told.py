"""Whether what the ground told the OBC was true: orbit, date, the Earth's orientation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from hil.diagnosis.finding import Finding
from hil.diagnosis.orbitmodels import OrbitModels
from hil.diagnosis.trouble import Trouble
from hil.diagnosis.units import amount, angle_words
from hil.flight.parameters import PARAMETERS
from hil.link.framing import Deframer
from hil.link.packet import Packet, named_values
from hil.physics.orientation import teme_from_eci
from hil.physics.rotations import angle, apply, conjugate, multiply
from hil.physics.vectors import FloatArray
from hil.recording import Recording
from hil.rig import Rig

_AT_START_s = 1.0
_NEAR_ORBIT = 0.01  # of the radius: what J2 and a small eccentricity do in an hour
_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_J2000_DAY = 2451545.0
"""Its Julian date. A frame of date turns by nothing in the minute between UTC and other times."""
_DAY = timedelta(days=1)
_EPOCH_ID = next(i for i, each in enumerate(PARAMETERS) if each.name == "epoch_day")
_COLUMNS = ["truth_position_eci_m", "truth_velocity_eci_m_s", "truth_q_eci_from_ecef"]


def told_findings(
    rig: Rig, recording: Recording, trouble: Trouble, orbits: OrbitModels | None = None
) -> Iterator[Finding]:
    """Yield what the OBC was told at the start and is not so, or goes on otherwise than so."""
    if not set(_COLUMNS) <= {name for name, _ in recording.columns} or not len(recording):
        return
    first = next(recording.blocks(_COLUMNS, rows=1))
    for packet in _at_start(recording):
        name, values = packet.message.name, named_values(packet)
        if name == "set_orbit":
            yield from _orbit(rig, values, first, trouble)
            if orbits is not None:
                told = (np.array(values["position_eci_m"]), np.array(values["velocity_eci_m_s"]))
                yield from orbits.findings(told, trouble)
        elif name == "set_parameter" and values["id"] == _EPOCH_ID:
            yield from _date(rig, float(values["value"]))  # type: ignore[arg-type]
        elif name == "set_earth":
            yield from _earth(values, first)


def _at_start(recording: Recording) -> Iterator[Packet]:
    """Yield what was sent before the first steps."""
    deframer = Deframer()
    for time_ns, to_obc, octets in recording.line():
        if 1e-9 * time_ns > _AT_START_s:
            return
        for packet in deframer.receive(octets if to_obc else b""):
            if isinstance(packet, Packet):
                yield packet


def _orbit(rig: Rig, values: dict, first: dict, trouble: Trouble) -> Iterator[Finding]:  # type: ignore[type-arg]
    r, v = first["truth_position_eci_m"][0], first["truth_velocity_eci_m_s"][0]
    off_m = float(np.linalg.norm(np.array(values["position_eci_m"]) - r))
    off_m_s = float(np.linalg.norm(np.array(values["velocity_eci_m_s"]) - v))
    seconds = max(0.0, trouble.last_s if math.isfinite(trouble.last_s) else 0.0)
    seen_rad = (off_m + off_m_s * min(seconds, 3000.0)) / float(np.linalg.norm(r))
    if off_m < 20e3 and not trouble.matters(seen_rad):
        return
    has_gps = bool(rig.spacecraft.tables("gps"))
    told_m = np.array(values["position_eci_m"])
    frame = _mistaken_frame(rig, told_m, first, off_m) or _mistaken_time(told_m, r, v)
    words = (
        f"the orbit sent to the OBC at the start is {amount(off_m / 1e3, 'km', 3)} and "
        f"{amount(off_m_s, 'm/s', 3)} off the true one: its nadir is off by up to "
        f"{angle_words(seen_rad)}{frame}"
    )
    yield Finding(words, 30.0 if has_gps else 95.0, "control", "orbit")  # fixes correct it


def _mistaken_frame(rig: Rig, told_m: FloatArray, first: dict, off_m: float) -> str:  # type: ignore[type-arg]
    """Return words for a place that is right in another frame than ECI."""
    if rig.orbit.central_body != "earth":
        return ""
    true_m = first["truth_position_eci_m"][0]
    day = (rig.orbit.epoch_utc - _J2000) / _DAY
    mistakes = {
        "it is right in the Earth-fixed frame, and was to be in ECI": apply(
            conjugate(first["truth_q_eci_from_ecef"][0]), true_m
        ),
        "it is right in TEME, the frame of two-line elements, and was to be in ECI (GCRF)": (
            teme_from_eci((_J2000_DAY, day), (_J2000_DAY, day)) @ true_m
        ),
        "it is right with the opposite sign": -true_m,
    }
    for words, meant_m in mistakes.items():
        if np.linalg.norm(told_m - meant_m) < 0.02 * off_m:
            return f"; {words}"
    return ""


def _mistaken_time(told_m: FloatArray, r: FloatArray, v: FloatArray) -> str:
    """Return words for a place on the true orbit where the spacecraft is at another time."""
    momentum = np.cross(r, v)
    normal = momentum / np.linalg.norm(momentum)
    along = told_m - (told_m @ normal) * normal
    turned = math.atan2(float(np.cross(r, along) @ normal), float(r @ along))
    near_m = _NEAR_ORBIT * float(np.linalg.norm(r))
    across_m, higher_m = abs(float(told_m @ normal)), float(np.linalg.norm(along))
    if across_m > near_m or abs(higher_m - float(np.linalg.norm(r))) > near_m:
        return ""
    turns_rad_s = float(np.linalg.norm(momentum) / (r @ r))
    off_s, orbit_s = turned / turns_rad_s, 2.0 * math.pi / turns_rad_s
    if abs(off_s) < 1.0:
        return ""
    other_s = off_s - math.copysign(orbit_s, off_s)
    return (
        f"; it is on the true orbit, where the spacecraft is about {off_s:+.0f} s or "
        f"{other_s:+.0f} s from then: its epoch is wrong"
    )


def _date(rig: Rig, day: float) -> Iterator[Finding]:
    booted = rig.orbit.epoch_utc - timedelta(seconds=rig.obc.uptime_at_start_s)
    true = (booted - _J2000) / _DAY
    off_s = (day - true) * 86400.0
    if abs(off_s) > 86400.0 * float(np.spacing(np.float32(true))):  # it is sent in single precision
        size = f"{off_s / 86400.0:+.3g} days" if abs(off_s) > 43200.0 else f"{off_s:+.0f} s"
        words = f"the date sent to the OBC is off by {size}: so are its Sun and its field model"
        yield Finding(words, 93.0, "any", "date")


def _earth(values: dict, first: dict) -> Iterator[Finding]:  # type: ignore[type-arg]
    told, true = np.array(values["q_eci_from_ecef"]), first["truth_q_eci_from_ecef"][0]
    off = float(angle(multiply(conjugate(true), told)))
    if off > math.radians(0.1):
        words = f"the Earth's orientation sent to the OBC is off by {angle_words(off)}"
        yield Finding(words, 93.0, "any", "earth")
