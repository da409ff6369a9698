"""What stands in a rig file: one bench run around a spacecraft, and what it must hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Annotated

import numpy as np
from pydantic import Field, PrivateAttr

from hil.config import Model, Positive, Seed
from hil.faults import Fault
from hil.faults.rating import ExpectedRating
from hil.judge.allowed import Allowed
from hil.judge.requirements import Requirement
from hil.lines.model import Line
from hil.lines.pins import Pin
from hil.physics.celestial import Falling, OrbitTarget
from hil.physics.environment import Environment
from hil.physics.ground import Ground
from hil.physics.orbit import InitialOrbit
from hil.physics.rotations import (
    apply,
    conjugate,
    from_rotation_vector,
    multiply,
    q_eci_from_lvlh,
)
from hil.physics.scan import Scan
from hil.physics.sky import Sky
from hil.physics.step import choose_step_s
from hil.physics.targets import Target
from hil.physics.vectors import FloatArray
from hil.radio.model import Radio
from hil.rig.dispersion import Correlation, Disperse, Sampling
from hil.rig.eyes import CameraEye
from hil.rig.margins import Margins
from hil.rig.settings import Attitude, ObcSettings, RecordingSettings, TruthSettings, Uplink
from hil.rig.source import Source
from hil.rig.spacecraft import Spacecraft
from hil.rig.timeline import Telecommand
from hil.scene.model import Scene


class Rig(Model):
    """One bench run: a spacecraft, where it starts, how it is run, what it must hold.

    Whether its tables fit each other is told by hil.rig.problems, which load_rig asks.
    step_s: the control period; steps are counted in it.
    target: what to point at; the OBC is told the first of each kind at the start. scan: patterns of
    directions, of which it is told one after the other.
    telecommand: what it is told later. line: devices' own lines. pin: what hangs on the emulated
    board's pins. scene: what cameras see.
    radio: how the OBC reaches the ground.
    expected_rating: how bad its faults may become, at the worst.
    disperse, correlation, sampling: what differs from run to run of a campaign.
    margins: what the control loop's stability margins are to be, and how they are measured.
    """

    title: Annotated[str, Field(min_length=1)]
    spacecraft: Spacecraft
    seed: Seed
    duration_s: Positive
    step_s: Positive = 0.1
    truth: TruthSettings = TruthSettings()
    environment: Environment = Environment()
    orbit: InitialOrbit
    attitude: Attitude = Attitude()
    obc: ObcSettings
    uplink: Uplink = Uplink()
    target: tuple[Target, ...] = ()
    scan: tuple[Scan, ...] = ()
    telecommand: tuple[Telecommand, ...] = ()
    scene: Scene | None = None
    radio: Radio | None = None
    allowed: Allowed = Allowed()
    recording: RecordingSettings = RecordingSettings()
    requirement: tuple[Requirement, ...] = ()
    fault: tuple[Fault, ...] = ()
    expected_rating: tuple[ExpectedRating, ...] = ()
    disperse: tuple[Disperse, ...] = ()
    correlation: tuple[Correlation, ...] = ()
    sampling: Sampling = Sampling()
    margins: Margins = Margins()
    line: tuple[Line, ...] = ()
    pin: tuple[Pin, ...] = ()
    _source: Source = PrivateAttr()
    _read: Callable[[Source], Rig] = PrivateAttr()  # how it was made of its source

    @property
    def source(self) -> Source:
        """The files that this rig came from, as text."""
        return self._source

    @property
    def name(self) -> str:
        """The rig file's name without its ending."""
        return self._source.name

    @property
    def steps(self) -> int:
        """Control periods in the run."""
        return round(self.duration_s / self.step_s)

    @property
    def truth_step_s(self) -> float:
        """The step of the truth's integration: the file's own, or the longest that is good."""
        craft, own_s = self.spacecraft, self.truth.step_s
        if own_s is not None:  # so many of them are one control period, without a rest
            return self.step_s / max(1, round(self.step_s / own_s))
        return choose_step_s([self.step_s, self.obc.latency_s], craft.wheel, craft.flexible_mode)

    @cached_property
    def ground(self) -> Ground:
        """Where its targets are while the Earth turns."""
        orbit, environment = self.orbit, self.environment
        objects = self.scene.objects if self.scene is not None else ()
        falling = {
            each.name: Falling(each.orbit.state_at(orbit.epoch_utc), orbit, environment)
            for each in self.target
            if isinstance(each, OrbitTarget)
        }
        apparent = {"apparent": self.scene is not None and self.scene.apparent}
        places = [each.as_target(each.name).model_copy(update=apparent) for each in objects]
        cameras = self.spacecraft.tables("camera") if self.scene is not None else ()
        eyes = [CameraEye(each, self.scene) for each in cameras if self.scene is not None]
        pressure_hPa = environment.surface_pressure_hPa
        targets = [*self.target, *places]
        return Ground(targets, self.sky, falling, self.scan, eyes, pressure_hPa)

    @cached_property
    def free_fall(self) -> Falling:
        """Where the spacecraft will be as the ground works it out, without air, light and burns."""
        return Falling(self.orbit.state(), self.orbit, self.environment)

    @property
    def stations(self) -> Ground:
        """Where the stations of its radio are."""
        stations = self.radio.station if self.radio is not None else ()
        return Ground([each.as_target for each in stations], self.sky)

    @property
    def sky(self) -> Sky:
        """The Earth's orientation, the Sun and the Moon as the truth has them."""
        orbit, environment = self.orbit, self.environment
        return Sky(
            orbit.epoch_utc,
            orbit.central_body,
            environment.ut1_minus_utc_s,
            environment.precession_nutation,
        )

    def with_overrides(self, **values: object) -> Rig:
        """Return this rig with values of its own for some top-level keys; None leaves the file's.

        Raises RigError when one does not fit, as the file would.
        """
        given = {key: value for key, value in values.items() if value is not None}
        return self._read(self._source.overridden(given)) if given else self

    def recorded_as(self, settings: RecordingSettings) -> Rig:
        """Return this rig with another recording table, without reading its files again."""
        rig = self.model_copy(update={"recording": settings})
        rig._source = self._source.overridden({"recording": settings.model_dump(mode="json")})
        return rig

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
