"""What the ground tells the OBC in the course of a run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pydantic import model_validator

from hil.config import Model, NonNegative
from hil.judge.requirements import Requirement
from hil.physics.targets import AnyTarget
from hil.rig.suggest import suggestion

Quaternion = tuple[float, float, float, float]


class Telecommand(Model):
    """One entry of the timeline, [[telecommand]]: what to point at, and in which mode.

    at_s: simulated time; it is told before the samples of that step. target, station: the name of a
    [[target]] of that kind; the OBC is told where it is and how it moves at this instant.
    q_eci_from_body: what mode inertial holds. delta_v_body_m_s: what mode burn adds.
    rate_body_deg_s: the rate relative to ECI that a mode of the firmware's own holds.
    The mode is told last, so that it finds the rest.
    may_be_refused: the run goes on when the firmware does not obey, as after a fault.
    """

    at_s: NonNegative
    target: str | None = None
    station: str | None = None
    q_eci_from_body: Quaternion | None = None
    delta_v_body_m_s: tuple[float, float, float] | None = None
    rate_body_deg_s: tuple[float, float, float] | None = None
    mode: str | None = None
    may_be_refused: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Telecommand:
        vectors = (self.q_eci_from_body, self.delta_v_body_m_s, self.rate_body_deg_s)
        if not any((self.target, self.station, *vectors, self.mode)):
            raise ValueError(
                "tells nothing: give target, station, q_eci_from_body, delta_v_body_m_s, "
                "rate_body_deg_s or mode"
            )
        return self

    @model_validator(mode="after")
    def _turns_without_stretching(self) -> Telecommand:
        length = math.hypot(*(self.q_eci_from_body or (0.0, 0.0, 0.0, 1.0)))
        if abs(length - 1.0) > 1e-6:
            raise ValueError(f"q_eci_from_body has length {length:.6g}, not 1")
        return self


def mode_complaints(name: str, modes: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the mode that a run begins in."""
    for words in _unknown_mode(name, modes):
        yield f'[obc] mode = "{name}": {words}'


def order_complaints(
    orders: Sequence[Telecommand], targets: Sequence[AnyTarget], modes: Sequence[str]
) -> Iterator[str]:
    """Yield what is wrong with orders to go into no mode or to point at no target of its kind."""
    for number, order in enumerate(orders, start=1):
        wrong = list(_unknown_mode(order.mode, modes))
        for kind in ("target", "station"):
            wrong += _unknown_target(getattr(order, kind), targets, kind)
        yield from (f"[[telecommand]] number {number}: {words}" for words in wrong)


def condition_complaints(
    requirements: Sequence[Requirement], targets: Sequence[AnyTarget], modes: Sequence[str]
) -> Iterator[str]:
    """Yield what is wrong with requirements that name a mode or a target that there is not."""
    for requirement in requirements:
        wrong = list(_unknown_mode(requirement.in_mode, modes))
        wrong += _unknown_mode(getattr(requirement, "mode", None), modes)
        wrong += _unknown_target(requirement.ground, targets, None)
        yield from (f'[[requirement]] "{requirement.name}": {words}' for words in wrong)


def _unknown_mode(name: str | None, modes: Sequence[str]) -> Iterator[str]:
    if name is not None and name not in modes:
        yield f"no such mode; {suggestion(name, modes, 'the modes are')}"


def _unknown_target(
    name: str | None, targets: Sequence[AnyTarget], kind: str | None
) -> Iterator[str]:
    if name is None:
        return
    named = {target.name: target for target in targets}
    if name not in named:
        known = suggestion(name, list(named), "there are") if named else "there is none at all"
        yield f'no [[target]] is called "{name}"; {known}'
    elif kind is not None and named[name].kind != kind:
        yield f'the [[target]] "{name}" is not a {kind}: its kind is {named[name].kind}'
