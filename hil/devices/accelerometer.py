"""Accelerometer: what thrusters and the body's rotation do to a mass at a place in the body."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from hil.config import NonNegative, Positive, Vector
from hil.devices.kinds import SensorKind
from hil.devices.sensor import Installation, Sensor, SensorModel, as_built, starts
from hil.devices.stimuli import Phasing, Stage, Stimuli
from hil.link import messages as wire
from hil.physics.vectors import FloatArray

_SHOWN_m_s2 = 1.0  # by the phasing test, at the most
_ARM_m = np.full(3, 1.0)


class Accelerometer(SensorModel):
    """A [[accelerometer]] table."""

    position_body_m: Vector = (0.0, 0.0, 0.0)
    """Where it sits, from the body frame's origin."""
    noise_m_s2: NonNegative = 0.0
    """1 sigma an axis, of a sample."""
    bias_sigma_m_s2: NonNegative = 0.0
    """1 sigma an axis, drawn once a run."""
    scale_error_sigma_ppm: NonNegative = 0.0
    """1 sigma an axis, drawn once a run."""
    misalignment_sigma_mrad: NonNegative = 0.0
    """1 sigma of each axis towards each other, drawn once a run."""
    resolution_m_s2: NonNegative = 0.0
    """What samples are whole multiples of; 0: single precision."""
    range_m_s2: Positive = 160.0
    """Largest value an axis; beyond it a sample is invalid."""


class AccelerometerUnit(Sensor):
    """An accelerometer on the bench: it shows the mean since its last sample.

    That is the specific force of the thrusters and, away from the centre of mass, of the body's
    rotation. Gravity does not show in free fall; drag and sunlight, below 1e-5 m/s2, are left out.
    """

    message: ClassVar[wire.Message] = wire.sample(
        "accelerometer",
        0x12E,
        "Specific force, without gravity.",
        wire.Field("acceleration_body_m_s2", "f32", 3, "m/s2"),
    )

    def __init__(self, model: Accelerometer, instance: int, installation: Installation) -> None:
        """Draw this unit's bias and response."""
        super().__init__(model, instance, installation)
        at = starts(installation.truth_columns)
        self._rate_at, self._impulse_at = at["rate_body_rad_s"], at.get("thruster_impulse_N_s")
        self._model, self._period_s = model, 1.0 / model.rate_hz
        self._lever_m = np.subtract(model.position_body_m, installation.centre_of_mass_body_m)
        pushes = np.array(installation.thruster_directions_body, dtype=float).reshape(-1, 3)
        self._per_N_s = pushes.T / installation.mass_kg
        errors = self.fixed_errors
        self._response = as_built(
            errors, 1e-6 * model.scale_error_sigma_ppm, 1e-3 * model.misalignment_sigma_mrad
        )
        self._bias_m_s2 = model.bias_sigma_m_s2 * errors.standard_normal(3)
        self._last: tuple[FloatArray, FloatArray] | None = None  # rate and impulses

    def put_on(self, arm_m: FloatArray) -> None:
        """Have it sit somewhere else, (3,) m from the centre of mass, and forget the last row."""
        self._lever_m, self._last = arm_m, None

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return the acceleration, inside the range; invalid at its ends."""
        model, i = self._model, self.normals.take(3)
        noise = model.noise_m_s2 * self.normals.block[i : i + 3]
        shown = self._response @ self._true_m_s2(row) + self._bias_m_s2 + noise
        if model.resolution_m_s2 > 0.0:
            shown = np.floor(shown / model.resolution_m_s2 + 0.5) * model.resolution_m_s2
        within = np.clip(shown, -model.range_m_s2, model.range_m_s2)
        return tuple(within.astype(np.float32).tolist()), bool((within == shown).all())

    def _true_m_s2(self, row: FloatArray) -> FloatArray:
        """Mean since the last sample: dv/m, and w x (w x r) + dw/dt x r (Goldstein 4.10)."""
        rate = row[self._rate_at : self._rate_at + 3].copy()
        impulses = np.zeros(0) if self._impulse_at is None else row[self._impulse_at :].copy()
        rate_before, impulses_before = self._last or (rate, impulses)
        self._last = (rate, impulses)
        turning = (rate - rate_before) / self._period_s
        middle, lever = 0.5 * (rate + rate_before), self._lever_m
        rotation = np.cross(middle, np.cross(middle, lever)) + np.cross(turning, lever)
        if self._impulse_at is None:
            return np.asarray(rotation)
        pushed = self._per_N_s @ (impulses - impulses_before)
        return np.asarray(rotation + pushed / self._period_s)


def _on_a_rate_table(stage: Stage, table: Accelerometer) -> Stimuli:
    """At rest, and turning evenly about each axis: w x (w x r), towards the axis of rotation."""
    yield stage.row(), np.zeros(3)
    size_m_s2 = min(_SHOWN_m_s2, 0.5 * table.range_m_s2)
    for axis in np.eye(3):
        rate_rad_s = np.sqrt(size_m_s2 / _ARM_m[0]) * axis
        shown = np.cross(rate_rad_s, np.cross(rate_rad_s, _ARM_m)) / _SHOWN_m_s2
        yield stage.row(rate_body_rad_s=rate_rad_s), shown


KINDS = (
    SensorKind(
        heading="accelerometer",
        model=Accelerometer,
        unit=AccelerometerUnit,
        phasing=Phasing(
            _on_a_rate_table,
            lambda views: views / _SHOWN_m_s2,
            size=_SHOWN_m_s2,
            unit="m/s2",
            gain_most=0.05,
            prepare=lambda unit: unit.put_on(_ARM_m),
        ),
    ),
)
