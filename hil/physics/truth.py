"""The truth model as the bench sees it: a row of numbers that one call advances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import ArrayLike

from hil.physics import kernel
from hil.physics.compiled import announce_compiling
from hil.physics.constants import CentralBody
from hil.physics.environment import Environment
from hil.physics.magnetic import field_terms
from hil.physics.orbit import InitialOrbit
from hil.physics.records import FIELD_TERM, RecordArray, records
from hil.physics.sky import SEGMENT_s, Sky
from hil.physics.spacecraft import Body, WheelModel, spacecraft_record, wheel_records
from hil.physics.vectors import FloatArray


class Truth:
    """A spacecraft in its orbit and environment, integrated by RK4 with a fixed step.

    ``row`` (float64) is refreshed in place by every ``advance`` and laid out as ``columns`` says;
    the environment in it belongs to the same instant as the state. Time is an integer number of
    steps since the epoch.
    """

    def __init__(
        self,
        *,
        body: Body,
        wheels: Sequence[WheelModel] = (),
        orbit: InitialOrbit,
        environment: Environment | None = None,
        central_body: CentralBody | None = None,
        q_eci_from_body: ArrayLike = (0.0, 0.0, 0.0, 1.0),
        rate_body_rad_s: ArrayLike = (0.0, 0.0, 0.0),
        step_s: float = 0.05,
    ) -> None:
        """Put the spacecraft at the orbit's epoch with an attitude and a rate relative to ECI.

        ``central_body`` replaces the gravity model of the body that the orbit names.

        Raises ValueError for a step that wheel friction makes too long, or for a quaternion that
        is not of unit length.
        """
        announce_compiling(kernel.advance, "the truth model")
        self._wheels = tuple(wheels)
        check_step(step_s, self._wheels)
        self.step_s = step_s
        self._step = 0
        self._epoch = orbit.epoch_utc
        self._environment = environment or Environment()
        self._sky = Sky(
            orbit.epoch_utc,
            orbit.central_body,
            self._environment.ut1_minus_utc_s,
            self._environment.precession_nutation,
        )
        self._craft = spacecraft_record(body, self._wheels)
        self._wheel_records = wheel_records(self._wheels)
        self._world = self._environment.record(central_body or orbit.body)
        self._state = _initial_state(orbit, q_eci_from_body, rate_body_rad_s)
        self._inner = self._initial_momenta()
        self._work = np.zeros((4, self._inner.size))
        self.columns = _columns(len(self._wheels))
        self.row = np.zeros(sum(size for _, size in self.columns))
        self._has_field = self._environment.magnetic_field and orbit.central_body == "earth"
        self._enter_segment()
        self._run(0, np.zeros(len(self._wheels)), np.zeros(3))

    @property
    def time_s(self) -> float:
        """Simulated seconds since the epoch."""
        return self._step * self.step_s

    def advance(
        self, n_steps: int, wheel_torque_Nm: FloatArray, dipole_body_A_m2: FloatArray
    ) -> None:
        """Integrate n steps with motor torques (n wheels,) and a rod dipole (3,) held.

        Both arrays must be float64. Raises ValueError for a command that is not finite.
        """
        while n_steps > 0:
            chunk = min(n_steps, self._segment_end_step - self._step)
            if not self._run(chunk, wheel_torque_Nm, dipole_body_A_m2):
                raise ValueError(
                    f"command is not finite: wheel torque {wheel_torque_Nm} N m, "
                    f"dipole {dipole_body_A_m2} A m2"
                )
            self._step += chunk
            n_steps -= chunk
            if self._step == self._segment_end_step:
                self._enter_segment()

    def _run(self, n_steps: int, wheel_torque_Nm: FloatArray, dipole_body_A_m2: FloatArray) -> bool:
        return kernel.advance(
            self._step, n_steps, self.step_s, wheel_torque_Nm, dipole_body_A_m2,
            self._state, self._inner, self._work, self.row, self._craft, self._wheel_records,
            self._world, self._segment, self._terms,
        )  # fmt: skip

    def _initial_momenta(self) -> FloatArray:
        rate = self._state[4:7]
        return np.array(
            [
                w.spin_inertia_kg_m2 * (w.initial_speed_rad_s + np.dot(w.axis_body, rate))
                for w in self._wheels
            ],
            dtype=float,
        )

    def _enter_segment(self) -> None:
        """Ask for the sky and the field of the next hours, the field as in their middle."""
        time_s = self.time_s
        self._segment: RecordArray = self._sky.segment(time_s)
        middle_s = float(self._segment["start_s"][0]) + 0.5 * SEGMENT_s
        self._segment_end_step = math.ceil((middle_s + 0.5 * SEGMENT_s) / self.step_s)
        self._terms: RecordArray = records(FIELD_TERM, (0, 0))
        if self._has_field:
            date = self._epoch + timedelta(seconds=middle_s)
            self._terms = field_terms(date, self._environment.magnetic_field_degree)


def check_step(step_s: float, wheels: Sequence[WheelModel]) -> None:
    """Raise ValueError when a step is not positive or too long for the sharpest wheel friction.

    RK4 follows the Coulomb law through zero speed with steps up to a tenth of its time constant.
    """
    if not (math.isfinite(step_s) and step_s > 0.0):
        raise ValueError(f"integration step {step_s} s: must be positive")
    shortest = min((w.friction_time_constant_s for w in wheels), default=math.inf)
    if step_s > shortest / 10.0:
        raise ValueError(
            f"integration step {step_s} s is too long for the wheels' friction (time constant "
            f"{shortest:.3g} s): use at most {shortest / 10.0:.3g} s"
        )


def _initial_state(orbit: InitialOrbit, q: ArrayLike, rate: ArrayLike) -> FloatArray:
    attitude = np.asarray(q, dtype=float)
    length = np.linalg.norm(attitude)
    if attitude.shape != (4,) or abs(length - 1.0) > 1e-6:
        raise ValueError(
            f"q_eci_from_body {attitude.tolist()} is not a unit quaternion [x, y, z, w]"
        )
    position, velocity = orbit.state()
    return np.concatenate([attitude / length, np.asarray(rate, dtype=float), position, velocity])


def _columns(n_wheels: int) -> tuple[tuple[str, int], ...]:
    return (
        ("q_eci_from_body", 4),
        ("rate_body_rad_s", 3),
        ("wheel_speed_rad_s", n_wheels),
        ("position_eci_m", 3),
        ("velocity_eci_m_s", 3),
        ("field_eci_T", 3),
        ("sun_eci", 3),
        ("sunlit", 1),
    )
