"""What is valid in a rig and yet most likely not meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from hil.physics.tle import elements_epoch
from hil.rig.model import Rig

_OLD_days, _VERY_OLD_days = 30.0, 365.25
_LOW_km = 120.0  # below it air brings a spacecraft down within a revolution


def remarks(rig: Rig) -> list[str]:
    """Return a sentence each, the file's name first; a rig that says what it is for has none."""
    return [f"{rig.source.path}: {words}" for words in (*_purpose(rig), *_age(rig), *_height(rig))]


def _purpose(rig: Rig) -> Iterator[str]:
    if not rig.requirement:
        yield "it has no [[requirement]]: a run of it passes whatever the spacecraft does"


def _age(rig: Rig) -> Iterator[str]:
    if rig.orbit.mean_elements is None:
        return
    epoch = elements_epoch(rig.orbit.mean_elements)
    days = (rig.orbit.epoch_utc - epoch) / timedelta(days=1)
    if abs(days) > _OLD_days:
        when = "before" if days > 0.0 else "after"
        off = (
            "1 to 3 km a day" if abs(days) < _VERY_OLD_days else "so much that it is another orbit"
        )
        yield (
            f"[orbit] the mean elements are of {epoch:%Y-%m-%d}, {abs(days):.0f} days {when} "
            f"epoch_utc: sgp4 is off by {off}; take elements of the run's days"
        )


def _height(rig: Rig) -> Iterator[str]:
    height_km = rig.orbit.lowest_height_m / 1e3
    if rig.orbit.central_body == "earth" and height_km < _LOW_km:
        yield (
            f"[orbit] the lowest point is {height_km:.1f} km high: below {_LOW_km:.0f} km a "
            "spacecraft comes down within a revolution"
        )
