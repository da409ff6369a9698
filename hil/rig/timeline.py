"""What the ground tells the OBC in the course of a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import model_validator

from hil.link.messages import MODES
from hil.physics.ground import GroundTarget
from hil.physics.spacecraft import Model, NonNegative
from hil.requirements import Requirement
from hil.rig.words import suggestion

Quaternion = tuple[float, float, float, float]


class Order(Model):
    """One entry of the timeline, [[telecommand]]: what to point at, and in which mode.

    at_s: simulated time; it is told before the samples of that step. target, station: the name of a
    [[target]] of that kind; the OBC is told where it is and how it moves at this instant.
    q_eci_from_body: what mode inertial holds. The mode is told last, so that it finds the rest.
    """

    at_s: NonNegative
    target: str | None = None
    station: str | None = None
    q_eci_from_body: Quaternion | None = None
    mode: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Order:
        if not (self.target or self.station or self.q_eci_from_body or self.mode):
            raise ValueError("tells nothing: give target, station, q_eci_from_body or mode")
        return self

    @model_validator(mode="after")
    def _turns_without_stretching(self) -> Order:
        length = float(np.linalg.norm(self.q_eci_from_body or (0.0, 0.0, 0.0, 1.0)))
        if abs(length - 1.0) > 1e-6:
            raise ValueError(f"q_eci_from_body has length {length:.6g}, not 1")
        return self


def check_mode(name: str) -> str:
    """Return a mode's name as it is; ValueError, with the one that was meant, if there is none."""
    if name not in MODES:
        raise ValueError(f"no such mode; {suggestion(name, MODES, 'the modes are')}")
    return name


def check_orders(orders: Sequence[Order], targets: Sequence[GroundTarget]) -> None:
    """Raise ValueError for an order to go into no mode or to point at no target of its kind."""
    for number, order in enumerate(orders, start=1):
        try:
            if order.mode is not None:
                check_mode(order.mode)
            for kind in ("target", "station"):
                if getattr(order, kind) is not None:
                    _check_target(getattr(order, kind), targets, kind)
        except ValueError as error:
            raise ValueError(f"[[telecommand]] number {number}: {error}") from None


def check_conditions(requirements: Sequence[Requirement], targets: Sequence[GroundTarget]) -> None:
    """Raise ValueError for a requirement that names a mode or a target that there is not."""
    for requirement in requirements:
        try:
            for mode in (requirement.in_mode, getattr(requirement, "mode", None)):
                if mode is not None:
                    check_mode(mode)
            if requirement.ground is not None:
                _check_target(requirement.ground, targets, None)
        except ValueError as error:
            raise ValueError(f'[[requirement]] "{requirement.name}": {error}') from None


def _check_target(name: str, targets: Sequence[GroundTarget], kind: str | None) -> None:
    named = {target.name: target for target in targets}
    if name not in named:
        known = suggestion(name, list(named), "there are") if named else "there is none at all"
        raise ValueError(f'no [[target]] is called "{name}"; {known}')
    if kind is not None and named[name].kind != kind:
        raise ValueError(f'the [[target]] "{name}" is no {kind}: its kind is {named[name].kind}')
