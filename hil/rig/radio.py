"""Whether a rig's radio fits the rig: a station with a pass, a rate that carries what is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hil.judge.alerts import AlertRequirement, FalseAlertRequirement
from hil.radio.alert import ALERT_OCTETS
from hil.radio.passes import highest
from hil.rig.model import Rig

_PACKET_OCTETS = 6 + ALERT_OCTETS
_CHIP_OCTETS = 2 * 48 * 48  # of the reference flight software, without its head
_CHIP_PIECE = 94  # octets of a file in a frame of 112


def radio_fits(rig: Rig) -> Iterator[str]:
    """Yield all that keeps radio and requirements from going together."""
    wanted = [each for each in rig.requirement if isinstance(each, _OF_ALERTS)]
    if rig.radio is None:
        for each in wanted:
            yield f'[[requirement]] "{each.name}" is about alerts: the rig needs a [radio]'
        return
    if rig.orbit.central_body != "earth":
        yield "[radio] is for orbits about the Earth: its stations are on WGS84"
    objects = rig.scene.objects if rig.scene is not None else ()
    known = [each.name for each in objects]
    for each in wanted:
        for name in _names(each):
            if name not in known:
                has = ", ".join(known) or "none"
                yield (
                    f'[[requirement]] "{each.name}": [scene] has no object called {name!r}; '
                    f"it has: {has}"
                )
        if isinstance(each, AlertRequirement):
            yield from _too_slow(rig, each)


def stations_have_passes(rig: Rig) -> Iterator[str]:
    """Yield a sentence when no station sees the spacecraft in the run."""
    if rig.radio is None or rig.orbit.central_body != "earth":
        return
    tops = highest(rig.stations, rig.free_fall, rig.duration_s)
    seen = {station: tops[station.name] for station in rig.radio.station}
    if all(top.elevation_rad < math.radians(at.elevation_mask_deg) for at, top in seen.items()):
        told = "; ".join(
            f"{at.name} sees it {math.degrees(top.elevation_rad):.1f} deg high at the most, at "
            f"{top.time_s:.0f} s, and its elevation_mask_deg is {at.elevation_mask_deg:g}"
            for at, top in seen.items()
        )
        yield (
            f"[radio]: no station sees the spacecraft in the run's {rig.duration_s:g} s: {told}; "
            "move a station, lower its mask, or make the run longer"
        )


_OF_ALERTS = AlertRequirement | FalseAlertRequirement


def _names(requirement: AlertRequirement | FalseAlertRequirement) -> tuple[str, ...]:
    if isinstance(requirement, AlertRequirement):
        return (requirement.alert,)
    return requirement.alerts_only_of


def _too_slow(rig: Rig, requirement: AlertRequirement) -> Iterator[str]:
    assert rig.radio is not None
    if requirement.within_s is not None:
        what, limit_s = "an alert", requirement.within_s
        needed_s = rig.radio.frame_s(_PACKET_OCTETS)
    elif requirement.file_within_s is not None:
        what, limit_s = "a file", requirement.file_within_s
        needed_s = math.ceil(_CHIP_OCTETS / _CHIP_PIECE) * rig.radio.frame_s(112)
    else:
        return
    if needed_s > limit_s:
        yield (
            f'[[requirement]] "{requirement.name}" wants {what} on the ground within {limit_s:g} '
            f"s, which takes {needed_s:.3g} s by itself at [radio] rate_bit_s = "
            f"{rig.radio.rate_bit_s:g}: raise the rate or the limit"
        )
