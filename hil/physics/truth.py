"""The truth model as the bench sees it: a row of numbers that one call advances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hil.physics import kernel
from hil.physics.assembly import Records, assemble
from hil.physics.compiled import announce_compiling
from hil.physics.constants import CentralBody
from hil.physics.environment import Environment
from hil.physics.environment_span import EnvironmentSpan
from hil.physics.fine_step import STAGES
from hil.physics.orbit import InitialOrbit
from hil.physics.period import PERIOD_MEMORY
from hil.physics.records import THRUSTER, records
from hil.physics.row import truth_columns
from hil.physics.sgp4_correction import Sgp4Correction
from hil.physics.spacecraft import Body, Face, FlexibleMode, ThrusterModel, WheelModel
from hil.physics.step import FASTEST_rad_s, ORDINARY_STEP_s, calm_rate_rad_s, check_step
from hil.physics.surroundings import NODE_MEMORY
from hil.physics.vectors import FloatArray
from hil.physics.wheel_bearing import WheelBearing

Numbers = Sequence[float] | FloatArray


class Truth:
    """A spacecraft in its orbit and environment, integrated with a fixed step.

    ``row`` (float64) is refreshed in place by every ``advance`` and laid out as ``columns`` says;
    what turns too fast for the step is followed in pieces of it (``hil.physics.fine_step``);
    the environment in it belongs to the same instant as the state. Time is an integer number of
    steps since the epoch.
    """

    def __init__(
        self,
        *,
        body: Body,
        wheels: Sequence[WheelModel] = (),
        faces: Sequence[Face] = (),
        thrusters: Sequence[ThrusterModel] = (),
        flexible_modes: Sequence[FlexibleMode] = (),
        orbit: InitialOrbit,
        environment: Environment | None = None,
        central_body: CentralBody | None = None,
        q_eci_from_body: ArrayLike = (0.0, 0.0, 0.0, 1.0),
        rate_body_rad_s: ArrayLike = (0.0, 0.0, 0.0),
        step_s: float = ORDINARY_STEP_s,
        period_steps: int = 1,
    ) -> None:
        """Put the spacecraft at the orbit's epoch with an attitude and a rate relative to ECI.

        ``period_steps`` make a control period: the row at its end tells how the body moved in it.
        ``central_body`` replaces the gravity model of the body that the orbit names.

        Raises ValueError for a step that is too long for this spacecraft, for a quaternion that is
        not of unit length, for wheels that outweigh the body.
        """
        check_step(step_s, wheels, flexible_modes)
        announce_compiling(kernel.advance, "the truth model")
        environment = environment or Environment()
        self.step_s = step_s
        self._step = self._prepared_until = 0
        self._node_steps = environment.node_steps(step_s)
        self._records = assemble(body, wheels, faces, thrusters, flexible_modes)
        self._bearings: dict[int, WheelBearing] = {}  # of wheels that have worn: as they were built
        self._planet = environment.record(central_body or orbit.body)
        self._weather = EnvironmentSpan(orbit, environment, self._planet)
        self._guide = Sgp4Correction(orbit, step_s)
        core = _initial_core(orbit, q_eci_from_body, rate_body_rad_s)
        self._state, self._on_times = _state(core, self._records, wheels)
        self._pushed = False
        self._torque, self._dipole = np.zeros(len(wheels)), np.zeros(3)
        self._period_steps = period_steps
        self._period = np.zeros(PERIOD_MEMORY + len(wheels))
        self._work = np.zeros((4 + STAGES, self._state.size))
        self._calm2 = calm_rate_rad_s(step_s) ** 2
        self._thrust_N = np.array([thruster.thrust_N for thruster in thrusters])
        self._opened_s = np.zeros(len(thrusters))
        self.columns = truth_columns(len(wheels), len(thrusters), len(flexible_modes))
        self._spare = np.zeros(sum(size for _, size in self.columns) + 1)
        self.row = self._written = self._spare[:-1]
        self._prepare()
        kernel.advance(*self.arguments(0))

    @property
    def time_s(self) -> float:
        """Simulated seconds since the epoch."""
        return self._step * self.step_s

    def advance(self, n_steps: int, wheel_torque_Nm: Numbers, dipole_body_A_m2: Numbers) -> None:
        """Integrate n steps with motor torques (n wheels,) and a rod dipole (3,) held.

        Raises ValueError for a command that is not finite or not of that size (nothing moves then),
        when the spacecraft comes down, and when it moves so fast that the numbers end.
        """
        torque, dipole = self._torque, self._dipole  # always the same arrays to compiled code
        if len(wheel_torque_Nm) != torque.size or len(dipole_body_A_m2) != dipole.size:
            raise ValueError(
                f"command has {len(wheel_torque_Nm)} wheel torques for {torque.size} wheels "
                f"and {len(dipole_body_A_m2)} dipole components for 3"
            )
        torque[:], dipole[:] = wheel_torque_Nm, dipole_body_A_m2
        while n_steps > 0:
            if self._step == self._prepared_until:
                self._prepare()
            chunk = min(n_steps, self._prepared_until - self._step)
            outcome = kernel.advance(self._step, chunk, *self._arguments)
            if outcome or self._thrust_N.size:
                self._went_on(chunk, outcome)
            else:
                self._step += chunk
            n_steps -= chunk

    def _went_on(self, n_steps: int, outcome: int) -> None:
        """Take notice of steps; raises ValueError when they have not led on."""
        if outcome == kernel.NOT_FINITE:
            raise ValueError(f"command is not finite: {self._torque} N m, {self._dipole} A m2")
        self._step += n_steps
        if self._thrust_N.size:
            self._tell_impulse()
        if outcome == kernel.BELOW_SURFACE:
            raise ValueError(f"the spacecraft has hit the ground within {self.time_s:.1f} s")
        if outcome == kernel.TOO_FAST:
            raise ValueError(
                f"the body or a wheel's momentum turns faster than {FASTEST_rad_s:g} rad/s "
                f"({math.degrees(FASTEST_rad_s):.3g} deg/s) at {self.time_s:.6g} s"
            )
        if outcome == kernel.ASTRAY:
            raise ValueError(f"{self._not_finite()} at {self.time_s:.6g} s")

    def _not_finite(self) -> str:
        """Name the first column of the row with a number that is none."""
        at = 0
        for name, size in self.columns:
            part = self.row[at : at + size]
            if not np.isfinite(part).all():
                return f"truth_{name} is not finite, {part.tolist()},"
            at += size
        return "the integrator's state is not finite"

    def fire(self, on_time_s: ArrayLike) -> None:
        """Open the thrusters' valves now for on-times (n,) in seconds, in place of what was left.

        Raises ValueError for an on-time that is negative or not finite.
        """
        wanted = np.asarray(on_time_s, dtype=float)
        if not (np.isfinite(wanted) & (wanted >= 0.0)).all():
            raise ValueError(f"on-times must be finite and not negative: {wanted.tolist()} s")
        self._opened_s += wanted - self._on_times
        self._on_times[:] = wanted

    def push(self, torque_body_Nm: ArrayLike) -> None:
        """Act on the body with a torque (3,), body frame, from now on, until it is given anew.

        It is told nobody: no column holds it. A truth that is never pushed does nothing for it.
        """
        if not self._pushed:
            self._make_room_for_a_push()
        self._records.thrusters["torque_body_Nm"][-1] = torque_body_Nm

    def _make_room_for_a_push(self) -> None:
        """Put a thruster without force behind the others, whose valve never shuts."""
        n = self._on_times.size
        end = self._state.size - NODE_MEMORY
        self._state = np.insert(self._state, end, np.inf)
        self._on_times = self._state[end - n : end]
        self._work = np.zeros((len(self._work), self._state.size))
        thrusters = records(THRUSTER, n + 1)
        thrusters[:n] = self._records.thrusters
        self._records = self._records._replace(thrusters=thrusters)
        self._written = self._spare  # the kernel leaves room at its end for each thruster
        self._pushed = True
        self._arguments = self._arguments_of_all_steps()

    @property
    def on_times_s(self) -> FloatArray:
        """For how long each valve (n,) is still open, in seconds; a view."""
        return self._on_times

    def wheel(self, place: int) -> WheelBearing:
        """Return the bearing of a wheel by its number, which may wear out in the run."""
        if place not in self._bearings:
            self._bearings[place] = WheelBearing(self._records.wheels, place, self.step_s)
        return self._bearings[place]

    def _tell_impulse(self) -> None:
        """Put into the row what each thruster has given since the start."""
        self.row[-self._thrust_N.size :] = self._thrust_N * (self._opened_s - self._on_times)

    def _prepare(self) -> None:
        """Have what the next steps need, and know how many steps that is good for."""
        corrected_until = self._guide.correct(self._step, self._state)
        self._weather.enter(self.time_s, self._state)
        weather_until = math.ceil(self._weather.end_s / self.step_s - 1e-9)
        self._prepared_until = max(self._step + 1, min(corrected_until, weather_until))
        self._arguments = self._arguments_of_all_steps()

    def arguments(self, n_steps: int) -> tuple[Any, ...]:
        """Return what ``hil.physics.kernel.advance`` is to be called with for the next steps.

        They hold for the steps that are ``prepared``.
        """
        return self._step, n_steps, *self._arguments

    def _arguments_of_all_steps(self) -> tuple[Any, ...]:
        """Return the arguments that are the same in all steps that are ``prepared``."""
        return (
            self.step_s,
            self._node_steps,
            self._calm2,
            self._torque,
            self._dipole,
            self._state,
            self._work,
            self._period_steps,
            self._period,
            self._written,
            *self._records,
            self._planet,
            self._weather.sky,
            self._weather.air,
            self._weather.terms,
        )

    @property
    def prepared(self) -> tuple[int, int]:
        """The present step, and that until which ``arguments`` hold, which ``advance`` renews."""
        return self._step, self._prepared_until

    @property
    def thrust(self) -> tuple[FloatArray, FloatArray]:
        """Of the thrusters (n,): thrust in N, and for how long each was opened in all, in s."""
        return self._thrust_N, self._opened_s

    def went_to(self, step: int, outcome: int = kernel.DONE) -> None:
        """Take notice of steps made elsewhere with ``arguments``, as ``advance`` does."""
        n_steps = step - self._step
        if outcome not in (kernel.DONE, kernel.NOT_FINITE):
            self._step = step
            kernel.advance(*self.arguments(0))  # the row, perhaps not looked at elsewhere
            self._step -= n_steps
        self._went_on(n_steps, outcome)


def _initial_core(orbit: InitialOrbit, q: ArrayLike, rate: ArrayLike) -> FloatArray:
    attitude = np.asarray(q, dtype=float)
    length = np.linalg.norm(attitude)
    if attitude.shape != (4,) or not abs(length - 1.0) <= 1e-6:
        raise ValueError(f"q_eci_from_body {attitude.tolist()} is no unit quaternion [x, y, z, w]")
    rate = np.asarray(rate, dtype=float)
    if not np.isfinite(rate).all():
        raise ValueError(f"rate_body_rad_s {rate.tolist()} is not finite")
    return np.concatenate([attitude / length, rate, *orbit.state()])


def _state(
    core: FloatArray, parts: Records, wheels: Sequence[WheelModel]
) -> tuple[FloatArray, FloatArray]:
    """The kernel's state array, and the part of it that holds the thrusters' on-times."""
    speeds = [w.initial_speed_rad_s + np.dot(w.axis_body, core[4:7]) for w in wheels]
    momenta = parts.wheels["spin_inertia_kg_m2"] * np.array(speeds, dtype=float)
    inner = np.concatenate([momenta, np.zeros(2 * parts.modes.size)])
    before = np.concatenate([core, inner, np.zeros(inner.size + parts.wheels.size)])
    state = np.concatenate([before, np.zeros(parts.thrusters.size + NODE_MEMORY)])
    return state, state[before.size : before.size + parts.thrusters.size]
