"""What several spacecraft must hold together, judged by all of their recordings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, Protocol

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator

from hil.config import Axis, Model, NonNegative, Positive
from hil.errors import CheckError, HilError, RunTooShortError
from hil.judge.amounts import amount, apart
from hil.judge.basis import Member, basis_of, basis_words
from hil.judge.described import seen_step_s
from hil.judge.link import check_complete
from hil.judge.pointing import Ground, at_probability, lengths
from hil.judge.pointing.vectors import boresight_error
from hil.judge.verdict import Verdict, not_judged
from hil.physics.ground import in_sight
from hil.physics.orbit import InitialOrbit
from hil.physics.vectors import FloatArray
from hil.recording import Recording

Probability = Annotated[float, Field(gt=0.0, le=1.0)]
_AHEAD: Axis = (0.0, 0.0, 1.0)


class _FleetRequirement(Model):
    """What all have: a name and the time in which they hold; to the run's end if not given."""

    name: Annotated[str, Field(min_length=1)]
    from_s: NonNegative = 0.0
    to_s: Positive | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> _FleetRequirement:
        if self.to_s is not None and self.to_s <= self.from_s:
            raise ValueError(f"to_s = {self.to_s} must be later than from_s = {self.from_s}")
        return self


class WatchRequirement(_FleetRequirement):
    """A place on the ground is never unseen by all members for longer than limit_s.

    watched: the name of a [[target]] that each member has which is to watch it. A member sees it
    while it stands at least elevation_above_deg over its horizon, with the boresight within
    within_deg of it.
    """

    watched: str
    limit_s: Positive
    within_deg: Annotated[float, Field(gt=0.0, lt=180.0)]
    elevation_above_deg: Annotated[float, Field(ge=-90.0, lt=90.0)] = 0.0
    boresight_body: Axis = _AHEAD


class PairRequirement(_FleetRequirement):
    """Two members look at each other: the larger of the two errors, with a probability in time.

    Judged while the body that they orbit does not stand between them, which must be so
    at some time.    boresights_body: of the first and of the second.
    """

    pair: tuple[str, str]
    limit_deg: Positive
    probability: Probability
    boresights_body: tuple[Axis, Axis] = (_AHEAD, _AHEAD)

    @model_validator(mode="after")
    def _is_of_two(self) -> PairRequirement:
        if self.pair[0] == self.pair[1]:
            raise ValueError(f"pair = {list(self.pair)}: a member cannot look at itself: name two")
        return self


_WATCH, _PAIR = "a watch requirement", "a pair requirement"


def _kind(table: Any) -> str:
    keys = table if isinstance(table, dict) else getattr(type(table), "model_fields", ())
    return _PAIR if "pair" in keys else _WATCH


FleetRequirement = Annotated[
    Annotated[WatchRequirement, Tag(_WATCH)] | Annotated[PairRequirement, Tag(_PAIR)],
    Discriminator(_kind),
]
FLEET_KINDS: dict[str, type[Model]] = {_WATCH: WatchRequirement, _PAIR: PairRequirement}


class MemberRig(Protocol):
    """A member's rig, as far as this goes."""

    @property
    def step_s(self) -> float:
        """The control period."""

    @property
    def ground(self) -> Ground:
        """Where its places are."""

    @property
    def orbit(self) -> InitialOrbit:
        """About which body it is."""


class Flown(NamedTuple):
    """A member's rig, and the recording of its run."""

    rig: MemberRig
    recording: Recording


def evaluate_fleet(
    requirements: tuple[WatchRequirement | PairRequirement, ...], members: Mapping[str, Flown]
) -> list[Verdict]:
    """Judge what a fleet must hold as a whole; members by their names."""
    return [_verdict(each, members) for each in requirements]


def _verdict(each: WatchRequirement | PairRequirement, members: Mapping[str, Flown]) -> Verdict:
    first = next(iter(members.values())).recording.path
    try:
        if isinstance(each, PairRequirement):
            return _pair(each, *(members[name] for name in each.pair))
        return _watch(each, members)
    except HilError as error:
        unit = "s" if isinstance(each, WatchRequirement) else "deg"
        limit = each.limit_s if isinstance(each, WatchRequirement) else each.limit_deg
        return not_judged(each.name, error, first, limit, unit)


def _phase(each: _FleetRequirement, time_s: FloatArray, step_s: float) -> Any:
    end_s = math.inf if each.to_s is None else each.to_s
    if each.to_s is not None and len(time_s) and end_s > time_s[-1] + step_s + 1e-9:
        raise RunTooShortError(f"applies until {end_s:g} s, the run ends at {time_s[-1]:g} s")
    inside = (time_s >= each.from_s - 1e-9) & (time_s < end_s - 1e-9)
    if not inside.any():
        ends = f"the run ends at {time_s[-1]:g} s" if len(time_s) else "there is no step"
        raise RunTooShortError(f"applies from {each.from_s:g} s, and {ends}")
    return inside


def _step_s(member: Flown) -> float:
    """Return the time from one recorded step to the next."""
    return seen_step_s(member.recording["time_s"][:2], member.rig.step_s)


def _check_times(time_s: FloatArray, member: Flown, name: str) -> None:
    """Raise CheckError where a member's steps are not those of another, as far as they go."""
    own = member.recording["time_s"]
    if not np.array_equal(own, time_s[: len(own)]):
        raise CheckError(
            f"the recording of {name} does not have the steps of the others: they are of different "
            "runs, or [recording] every differs"
        )


# -- a place that is watched -----------------------------------------------------------------------


def _watch(each: WatchRequirement, members: Mapping[str, Flown]) -> Verdict:
    """A member that ended early sees nothing from then on."""
    watching = {n: m for n, m in members.items() if each.watched in m.rig.ground.targets}
    if not watching:
        raise CheckError(f'no member has a [[target]] called "{each.watched}"')
    longest = max(watching.values(), key=lambda member: len(member.recording))
    check_complete(longest.recording)
    time_s, step_s = longest.recording["time_s"], _step_s(longest)
    seen = np.zeros(len(time_s), dtype=bool)
    for name, member in watching.items():
        _check_times(time_s, member, name)
        own = _sees(each, member)
        seen[: len(own)] |= own
    inside = _phase(each, time_s, step_s)
    at, gap_s = _longest_gap(seen[inside], time_s[inside], step_s)
    path = longest.recording.path
    basis = basis_of([Member(path, step_s, int(inside.sum()), int(inside.sum()))])
    reached, allowed = apart(gap_s, each.limit_s, "s")
    met = gap_s <= each.limit_s + 1e-9
    text = (
        f"{each.name}: {each.watched} is unseen by all of {', '.join(watching)} for {reached} from "
        f"{at:.6g} s on, limit {allowed} ({basis_words(basis)})"
    )
    return Verdict(
        each.name, met, gap_s, each.limit_s, "s", at, text, path,
        basis=basis, reached=reached, allowed=allowed,
    )  # fmt: skip


def _sees(each: WatchRequirement, member: Flown) -> Any:
    recording, ground = member.recording, member.rig.ground
    time_s, place = recording["time_s"], recording["truth_position_eci_m"]
    apparent = ground.targets[each.watched].apparent
    velocity = recording["truth_velocity_eci_m_s"] if apparent else None
    wanted = ground.direction_eci(each.watched, time_s, place, velocity)
    error = boresight_error(recording["truth_q_eci_from_body"], wanted, each.boresight_body)
    high = ground.elevation_rad(each.watched, time_s, place)
    return (lengths(error) <= math.radians(each.within_deg)) & (
        high >= math.radians(each.elevation_above_deg)
    )


def _longest_gap(seen: Any, time_s: FloatArray, step_s: float) -> tuple[float, float]:
    """Return when the longest stretch without sight begins, and how long it is; 0 without any."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (~seen).astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return float(time_s[0]), 0.0
    at = int(np.argmax(ends - starts))
    return float(time_s[starts[at]]), float(ends[at] - starts[at]) * step_s


# -- two that look at each other -------------------------------------------------------------------


def _pair(each: PairRequirement, one: Flown, other: Flown) -> Verdict:
    for member in (one, other):
        check_complete(member.recording)
    _check_times(one.recording["time_s"], other, each.pair[1])
    _check_times(other.recording["time_s"], one, each.pair[0])
    inside = _phase(each, one.recording["time_s"], _step_s(one))
    places = [m.recording["truth_position_eci_m"][inside] for m in (one, other)]
    apart_m = places[1] - places[0]
    direction = apart_m / np.linalg.norm(apart_m, axis=1, keepdims=True)
    errors = [
        lengths(boresight_error(m.recording["truth_q_eci_from_body"][inside], towards, boresight))
        for m, towards, boresight in zip(
            (one, other), (direction, -direction), each.boresights_body, strict=True
        )
    ]
    sight = in_sight(places[0], apart_m, one.rig.orbit.body.radius_m)
    if not sight.any():
        raise CheckError(f"{each.pair[0]} and {each.pair[1]} are never in sight of each other")
    worst = np.degrees(np.maximum(*errors)[sight])
    return _pair_verdict(each, one, worst, one.recording["time_s"][inside][sight], len(sight))


def _pair_verdict(
    each: PairRequirement, one: Flown, worst_deg: FloatArray, time_s: FloatArray, phase: int
) -> Verdict:
    value = at_probability([worst_deg], each.probability, "temporal")
    path, at = one.recording.path, int(np.argmax(worst_deg))
    basis = basis_of([Member(path, _step_s(one), len(worst_deg), phase)])
    reached, allowed = apart(value, each.limit_deg, "deg")
    text = (
        f"{each.name}: {each.pair[0]} and {each.pair[1]} look at each other within {reached}, "
        f"limit {allowed} ({100 * each.probability:.6g} % temporal, {basis_words(basis)}); worst "
        f"{amount(float(worst_deg[at]), 'deg')} at {time_s[at]:.6g} s"
    )
    return Verdict(
        each.name, value <= each.limit_deg, value, each.limit_deg, "deg", float(time_s[at]), text,
        path, basis=basis, reached=reached, allowed=allowed,
    )  # fmt: skip
