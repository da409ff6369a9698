"""What is valid in a rig and yet most likely not meant."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

from hil.physics.tle import MeanElements, elements_epoch, satellite
from hil.rig.cameras import camera_remarks
from hil.rig.model import Rig

_OLD_days = 30.0
# Vallado and Cefola, Two-Line Element Sets - Practice and Use (IAC-12-C1.6.12): 1 to 3 km a day.
_OFF_km_day = 3.0
_DRAG_UNKNOWN = 0.2  # of what air does, for lack of knowing how dense it will be
_MINUTES_A_DAY = 1440.0
_LOW_km = 120.0  # below it air brings a spacecraft down within a revolution


def remarks(rig: Rig) -> list[str]:
    """Return a sentence each, the file's name first; a rig that says what it is for has none."""
    return [
        f"{rig.source.path}: {words}"
        for words in (
            *_purpose(rig),
            *aged_elements(rig),
            *_height(rig),
            *camera_remarks(rig),
        )
    ]


def _purpose(rig: Rig) -> Iterator[str]:
    if not rig.requirement:
        yield "it has no [[requirement]]: a run of it passes whatever the spacecraft does"


def aged_elements(rig: Rig) -> Iterator[str]:
    """Yield a sentence on mean elements of other days: how far off sgp4 is along the orbit."""
    if rig.orbit.mean_elements is None:
        return
    epoch = elements_epoch(rig.orbit.mean_elements)
    days = (rig.orbit.epoch_utc - epoch) / timedelta(days=1)
    if abs(days) <= _OLD_days:
        return
    off_km, half_km = _off_km(rig.orbit.mean_elements, abs(days))
    where = (
        f"the spacecraft is {off_km:.0f} km from where sgp4 puts it, ahead or behind"
        if off_km < half_km
        else "the spacecraft may be anywhere along its orbit, so the run's passes and targets mean "
        "nothing"
    )
    yield (
        f"[orbit] the mean elements are of {epoch:%Y-%m-%d}, {abs(days):.0f} days "
        f"{'before' if days > 0.0 else 'after'} epoch_utc: by then {where}; take elements of the "
        "run's days"
    )


def _off_km(elements: MeanElements, days: float) -> tuple[float, float]:
    """How far sgp4 is off along the orbit after some days, and half the orbit's length."""
    made = satellite(elements)
    around_km = 2.0 * math.pi * made.a * made.radiusearthkm
    # The field is half of the mean motion's derivative: revolutions ahead are that, times squared.
    ahead = abs(made.ndot) * _MINUTES_A_DAY**2 / (2.0 * math.pi) * days**2
    return _OFF_km_day * days + _DRAG_UNKNOWN * ahead * around_km, 0.5 * around_km


def _height(rig: Rig) -> Iterator[str]:
    height_km = rig.orbit.lowest_height_m / 1e3
    if rig.orbit.central_body == "earth" and height_km < _LOW_km:
        yield (
            f"[orbit] the lowest point is {height_km:.1f} km high: below {_LOW_km:.0f} km a "
            "spacecraft comes down within a revolution"
        )
