"""A rig file: one bench run around a spacecraft, and what it must hold."""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from hil.latency import LatencyTable
from hil.physics.environment import Environment
from hil.physics.ground import Ground, GroundTarget
from hil.physics.orbit import InitialOrbit
from hil.physics.rotations import (
    apply,
    conjugate,
    from_rotation_vector,
    multiply,
    q_eci_from_lvlh,
)
from hil.physics.sky import Sky
from hil.physics.spacecraft import Axis, Model, NonNegative, Positive
from hil.physics.step import check_step, choose_step_s
from hil.physics.vectors import FloatArray, Vector
from hil.requirements import Allowed, Requirement
from hil.rig.spacecraft import Spacecraft
from hil.rig.timeline import Order, check_conditions, check_mode, check_orders

if TYPE_CHECKING:
    from hil.rig.load import Source

_LINK = "link"  # the name under which the line is judged


class TruthSettings(Model):
    """How the truth is integrated; without a step, with one that suits the spacecraft."""

    step_s: Positive | None = None


class Attitude(Model):
    """Where the body starts: turned from LVLH or ECI about an axis, with a rate relative to it."""

    reference: Literal["lvlh", "eci"] = "lvlh"
    offset_axis_body: Axis = (1.0, 0.0, 0.0)
    offset_deg: float = 0.0
    rate_body_deg_s: Vector = (0.0, 0.0, 0.0)


class ObcSettings(Model):
    """The OBC's mode, how late its commands take effect, how long its replies are awaited."""

    mode: Annotated[str, AfterValidator(check_mode)]
    latency_s: NonNegative = 0.0
    latency: LatencyTable | None = None
    reply_timeout_s: Positive = 2.0
    baud: Annotated[int, Field(gt=0)] = 921_600


class Uplink(Model):
    """Errors, 1 sigma an axis, of the orbit that the ground tells the OBC at the start."""

    position_sigma_m: NonNegative = 0.0
    velocity_sigma_m_s: NonNegative = 0.0


class Rig(Model):
    """One bench run: a spacecraft, where it starts, how it is run, what it must hold.

    step_s: the control period; steps are counted in it.
    target: places to point at; the OBC is told the first of each kind at the start.
    telecommand: what it is told later.
    """

    title: Annotated[str, Field(min_length=1)]
    spacecraft: Spacecraft
    seed: Annotated[int, Field(ge=0)]
    duration_s: Positive
    step_s: Positive = 0.1
    truth: TruthSettings = TruthSettings()
    environment: Environment = Environment()
    orbit: InitialOrbit
    attitude: Attitude = Attitude()
    obc: ObcSettings
    uplink: Uplink = Uplink()
    target: tuple[GroundTarget, ...] = ()
    telecommand: tuple[Order, ...] = ()
    allowed: Allowed = Allowed()
    requirement: tuple[Requirement, ...] = ()
    _source: Source = PrivateAttr()

    @property
    def source(self) -> Source:
        """The files that this rig came from, as text."""
        return self._source

    @property
    def name(self) -> str:
        """The rig file's name without its ending."""
        return self._source.path.stem

    @property
    def steps(self) -> int:
        """Control periods in the run."""
        return round(self.duration_s / self.step_s)

    @property
    def truth_step_s(self) -> float:
        """The step of the truth's integration: the file's own, or the longest that is good."""
        craft = self.spacecraft
        return self.truth.step_s or choose_step_s(
            [self.step_s, self.obc.latency_s], craft.wheel, craft.flexible_mode
        )

    @cached_property
    def ground(self) -> Ground:
        """Where its targets are while the Earth turns."""
        orbit, environment = self.orbit, self.environment
        sky = Sky(
            orbit.epoch_utc,
            orbit.central_body,
            environment.ut1_minus_utc_s,
            environment.precession_nutation,
        )
        return Ground(self.target, sky)

    def with_overrides(self, **values: object) -> Rig:
        """Return this rig with values of its own for some top-level keys; None leaves the file's.

        Raises RigError when one does not fit, as the file would.
        """
        given = {key: value for key, value in values.items() if value is not None}
        return self._source.overridden(given).rig() if given else self

    def initial_q_eci_from_body(self) -> FloatArray:
        """Attitude (4,) at the start."""
        turn = math.radians(self.attitude.offset_deg) * np.array(self.attitude.offset_axis_body)
        return multiply(self._q_eci_from_reference(), from_rotation_vector(turn))

    def initial_rate_body_rad_s(self) -> FloatArray:
        """Rate (3,) of the body relative to ECI at the start, body frame."""
        own = np.radians(self.attitude.rate_body_deg_s)
        if self.attitude.reference == "eci":
            return np.asarray(own)
        r, v = self.orbit.state()
        orbital_eci = np.cross(r, v) / np.dot(r, r)
        return np.asarray(own + apply(conjugate(self.initial_q_eci_from_body()), orbital_eci))

    def _q_eci_from_reference(self) -> FloatArray:
        if self.attitude.reference == "eci":
            return np.array([0.0, 0.0, 0.0, 1.0])
        return q_eci_from_lvlh(*self.orbit.state())

    @model_validator(mode="after")
    def _steps_fit_each_other(self) -> Rig:
        _whole("duration_s", self.duration_s, "step_s", self.step_s)
        if self.obc.latency_s and self.obc.latency is not None:
            raise ValueError("give [obc] latency_s or a table [obc.latency], not both")
        if self.obc.latency_s >= self.step_s:
            raise ValueError(
                f"[obc] latency_s = {self.obc.latency_s} must be less than step_s = {self.step_s}"
            )
        if self.truth.step_s is not None:
            self._check_truth_step(self.truth.step_s)
        return self

    def _check_truth_step(self, step_s: float) -> None:
        _whole("step_s", self.step_s, "[truth] step_s", step_s)
        if self.obc.latency_s:
            _whole("[obc] latency_s", self.obc.latency_s, "[truth] step_s", step_s)
        try:
            check_step(step_s, self.spacecraft.wheel, self.spacecraft.flexible_mode)
        except ValueError as error:
            raise ValueError(f"[truth] step_s: {error}") from None

    @model_validator(mode="after")
    def _sensors_fit_the_step(self) -> Rig:
        for heading, rate_hz in self.spacecraft.sensor_rates():
            steps = 1.0 / (rate_hz * self.step_s)
            if round(steps) < 1 or abs(steps - round(steps)) > 1e-6 * steps:
                fit = sorted({max(1, math.floor(steps)), max(1, math.ceil(steps))})
                rates = " or ".join(f"{1.0 / (n * self.step_s):.6g}" for n in fit)
                raise ValueError(
                    f"{heading} = {rate_hz:g} in the spacecraft's file is not one sample every so "
                    f"many steps of step_s = {self.step_s}: use {rates}"
                )
        return self

    @model_validator(mode="after")
    def _names_lead_somewhere(self) -> Rig:
        names = Counter(target.name for target in self.target)
        twice = [name for name, n in names.items() if n > 1]
        if twice:
            raise ValueError(f"two targets are called {twice[0]!r}: name each differently")
        if self.target and self.orbit.central_body != "earth":
            raise ValueError("[[target]] is for orbits about the Earth: its places are on WGS84")
        if self.spacecraft.gps and self.orbit.central_body != "earth":
            raise ValueError(
                f"the spacecraft has a [[gps]], and there is none at the {self.orbit.central_body}"
            )
        check_orders(self.telecommand, self.target)
        check_conditions(self.requirement, self.target)
        return self

    @model_validator(mode="after")
    def _requirements_can_be_told_apart(self) -> Rig:
        names = Counter(requirement.name for requirement in self.requirement)
        twice = [name for name, n in names.items() if n > 1]
        if twice:
            raise ValueError(f"two requirements are called {twice[0]!r}: name each differently")
        if _LINK in names:
            raise ValueError(f"a requirement cannot be called {_LINK!r}: [allowed] judges the line")
        return self


def _whole(key: str, value_s: float, unit_key: str, unit_s: float) -> None:
    """Raise ValueError unless a duration is one or more whole steps."""
    n = value_s / unit_s
    if round(n) < 1 or abs(n - round(n)) > 1e-6 * n:
        near = max(1, round(n)) * unit_s
        raise ValueError(
            f"{key} = {value_s} is no whole number of {unit_key} = {unit_s}: use {near:.9g}, say"
        )


def check_times(rig: Rig) -> None:
    """Raise ValueError for a requirement or a telecommand that lies beyond the run's end."""
    last_s = rig.duration_s - rig.step_s
    latest = {"from_s": last_s, "by_s": last_s, "to_s": rig.duration_s}
    for requirement in rig.requirement:
        for key, most in latest.items():
            _check_inside(rig, f'[[requirement]] "{requirement.name}": {key}',
                          getattr(requirement, key, None), most)  # fmt: skip
    for number, order in enumerate(rig.telecommand, start=1):
        called = f"[[telecommand]] number {number}: at_s"
        if order.at_s:
            _whole(called, order.at_s, "step_s", rig.step_s)
        _check_inside(rig, called, order.at_s, last_s)


def _check_inside(rig: Rig, called: str, value: float | None, most: float) -> None:
    if value is not None and value > most + 1e-9:
        raise ValueError(
            f"{called} = {value} lies beyond the end of the run, duration_s = {rig.duration_s}"
        )
