"""Whether the tables of a rig fit each other: one sentence for each that does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from hil.devices.registry import registry
from hil.physics.celestial import OrbitTarget
from hil.physics.groundtarget import GroundTarget
from hil.physics.magnetic import field_span
from hil.physics.targets import AnyTarget
from hil.rig.disperse import dispersal_fits
from hil.rig.eyes import sights_fit
from hil.rig.faults import faults_fit
from hil.rig.judgeable import RUN_RULES
from hil.rig.lines import lines_fit
from hil.rig.model import Rig
from hil.rig.radio import radio_fits
from hil.rig.reactions import reactions_fit
from hil.rig.recorded import unmatched_patterns
from hil.rig.rules import Rule, as_far_as_known
from hil.rig.suggest import suggestion
from hil.rig.timeline import condition_complaints, mode_complaints, order_complaints
from hil.rig.times import TIME_RULES

_LINK = "link"  # the name under which the line is judged


def misfits(rig: Rig, *, whole: bool, alone: bool) -> Iterator[str]:
    """Yield all that keeps a rig whose keys are right by themselves from being run.

    whole: False for a rig of which keys are missing, see hil.rig.examine.
    alone: whether its requirements and telecommands must lie within the run.
    """
    for rule in _RULES + (RUN_RULES if alone else ()):
        yield from rule(rig) if whole else as_far_as_known(rule(rig))


def _earthly_targets(rig: Rig) -> Iterator[str]:
    for target in rig.target:
        called = f'[[target]] "{target.name}"'
        if isinstance(target, GroundTarget) and rig.orbit.central_body != "earth":
            yield (
                f"{called}: a place on the ground is on WGS84, and the spacecraft orbits the "
                f"{rig.orbit.central_body}: give an orbit, or right_ascension_deg and "
                "declination_deg"
            )
        if isinstance(target, OrbitTarget) and (why := target.orbit.complaint(rig.orbit)):
            yield f"{called} orbit: {why}"


def _out_of_place(rig: Rig) -> Iterator[str]:
    for kind in registry().sensors:
        why = kind.refusal(rig.orbit.central_body) or kind.refusal_then(rig.orbit.epoch_utc)
        if why and rig.spacecraft.tables(kind.heading):
            yield f"the spacecraft has a [[{kind.heading}]], which {why}: take it out"


def _field_model(rig: Rig) -> Iterator[str]:
    first, last = field_span()
    epoch, environment = rig.orbit.epoch_utc, rig.environment
    if rig.orbit.central_body != "earth" or not environment.magnetic_field:
        return
    if not first <= epoch < last:
        yield (
            f"[orbit] epoch_utc {epoch:%Y-%m-%d} is outside IGRF-14, which covers "
            f"{first:%Y-%m-%d} to {last:%Y-%m-%d}; without a field ([environment] magnetic_field = "
            "false) it may be"
        )


def _air(rig: Rig) -> Iterator[str]:
    body = rig.orbit.central_body
    if rig.environment.density == "nrlmsis" and body != "earth":
        yield f'[environment] density = "nrlmsis": there is no air around the {body}'
    if rig.environment.surface_pressure_hPa and body != "earth":
        yield f"[environment] surface_pressure_hPa: there is no air around the {body}"


def _target_names(rig: Rig) -> Iterator[str]:
    for name in _twice(place.name for place in _places(rig)):
        yield f"two targets are called {name!r}: name each differently"


def _places(rig: Rig) -> list[AnyTarget]:
    """Targets, and the objects of the scene: both can be named by requirements."""
    objects = rig.scene.objects if rig.scene is not None else ()
    return [*rig.target, *(each.as_target(each.name) for each in objects)]


def _mode(rig: Rig) -> Iterator[str]:
    yield from mode_complaints(rig.obc.mode, rig.obc.modes)


def _orders(rig: Rig) -> Iterator[str]:
    if not any(_target_names(rig)):  # else nobody knows which one a name means
        yield from order_complaints(rig.telecommand, rig.target, rig.obc.modes)


def _conditions(rig: Rig) -> Iterator[str]:
    if not any(_target_names(rig)):
        yield from condition_complaints(rig.requirement, _places(rig), rig.obc.modes)


def _scans(rig: Rig) -> Iterator[str]:
    names = [scan.name for scan in rig.scan]
    for name in _twice(names):
        yield f'two [[scan]] are called "{name}": name each differently'
    for requirement in rig.requirement:
        covers = getattr(requirement, "covers", None)
        if covers is not None and covers not in names:
            known = suggestion(covers, names, "there are") if names else "there is none at all"
            yield (
                f'[[requirement]] "{requirement.name}": no [[scan]] is called "{covers}"; {known}'
            )
    for scan in rig.scan:
        radius_m = rig.orbit.body.radius_m
        if scan.radius_m is not None and scan.radius_m < radius_m:
            yield (
                f'[[scan]] "{scan.name}" radius_m = {scan.radius_m:g}: lies below the surface of '
                f"the {rig.orbit.central_body} (radius {radius_m:g} m)"
            )


def _requirement_names(rig: Rig) -> Iterator[str]:
    names = [requirement.name for requirement in rig.requirement]
    for name in _twice(names):
        yield f"two requirements are called {name!r}: name each differently"
    for own in _twice(each.id for each in rig.requirement if each.id):
        yield f"two requirements have the id {own!r}: an id is for one of them"
    if _LINK in names:
        yield f"a requirement cannot be called {_LINK!r}: [allowed] judges the line"


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, n in Counter(names).items() if n > 1]


_RULES: tuple[Rule, ...] = (
    _mode,
    *TIME_RULES,
    _target_names,
    _orders,
    _conditions,
    _field_model,
    _air,
    _earthly_targets,
    _out_of_place,
    _scans,
    _requirement_names,
    unmatched_patterns,
    faults_fit,
    lines_fit,
    radio_fits,
    sights_fit,
    reactions_fit,
    dispersal_fits,
)
