"""What a spacecraft is made of, as its file says it. A TOML key is a field here."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hil.physics.vectors import Vector


class Model(BaseModel):
    """A table of a TOML file: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _unit_length(axis: Vector) -> Vector:
    length = float(np.linalg.norm(axis))
    if abs(length - 1.0) > 1e-6:
        hint = "a zero axis has no direction" if length == 0.0 else _suggested(axis, length)
        raise ValueError(f"{list(axis)} has length {length:.6g}, not 1: {hint}")
    return (axis[0] / length, axis[1] / length, axis[2] / length)


def _suggested(axis: Vector, length: float) -> str:
    return f"write {[round(component / length, 9) for component in axis]}"


Axis = Annotated[Vector, AfterValidator(_unit_length)]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
ORIGIN = (0.0, 0.0, 0.0)


class Body(Model):
    """Mass, inertia about the centre of mass with the wheels locked, stray dipole.

    ``centre_of_mass_body_m`` says where the centre of mass is; every position in the spacecraft's
    file counts from the same origin.
    """

    mass_kg: Positive
    inertia_body_kg_m2: tuple[Vector, Vector, Vector]
    residual_dipole_body_A_m2: Vector = ORIGIN
    centre_of_mass_body_m: Vector = ORIGIN

    @model_validator(mode="after")
    def _inertia_is_physical(self) -> Body:
        inertia = np.array(self.inertia_body_kg_m2)
        if not np.allclose(inertia, inertia.T, rtol=1e-9, atol=0.0):
            raise ValueError(f"inertia_body_kg_m2 {inertia.tolist()} is not symmetric")
        a, b, c = np.linalg.eigvalsh(inertia)
        if a <= 0.0:
            raise ValueError(f"inertia_body_kg_m2 has a principal moment {a:.6g}; all must be > 0")
        if a + b < c * (1.0 - 1e-9):
            raise ValueError(
                f"inertia_body_kg_m2 has principal moments {a:.6g}, {b:.6g}, {c:.6g}: in no body "
                f"is the largest above the sum of the others ({a + b:.6g}); lower it or raise them"
            )
        return self


class WheelModel(Model):
    """The mechanics of one reaction wheel: positive motor torque speeds it up about +axis."""

    axis_body: Axis
    position_body_m: Vector = ORIGIN
    spin_inertia_kg_m2: Positive
    torque_max_Nm: Positive
    speed_max_rad_s: Positive
    initial_speed_rad_s: float = 0.0
    coulomb_friction_Nm: NonNegative = 0.0
    viscous_friction_Nm_s: NonNegative = 0.0
    friction_transition_rad_s: Positive = 2.0  # where Coulomb friction is 0.71 of its full value
    static_imbalance_kg_m: NonNegative = 0.0
    dynamic_imbalance_kg_m2: NonNegative = 0.0

    @model_validator(mode="after")
    def _starts_within_its_limit(self) -> WheelModel:
        if abs(self.initial_speed_rad_s) > self.speed_max_rad_s:
            raise ValueError(
                f"initial_speed_rad_s {self.initial_speed_rad_s} is beyond speed_max_rad_s "
                f"{self.speed_max_rad_s}"
            )
        return self

    @property
    def friction_time_constant_s(self) -> float:
        """Shortest time in which friction alone slows the wheel by a factor e; may be infinite."""
        slope = self.coulomb_friction_Nm / self.friction_transition_rad_s
        slope += self.viscous_friction_Nm_s
        return self.spin_inertia_kg_m2 / slope if slope > 0.0 else math.inf


class Face(Model):
    """One side of a flat face, which air and light push on; it neither shades nor is shaded."""

    normal_body: Axis
    centre_body_m: Vector
    area_m2: Positive
    drag_coefficient: NonNegative = 2.2
    specular_reflectivity: Fraction = 0.0
    diffuse_reflectivity: Fraction = 0.0

    @model_validator(mode="after")
    def _reflects_no_more_than_it_gets(self) -> Face:
        total = self.specular_reflectivity + self.diffuse_reflectivity
        if total > 1.0:
            raise ValueError(
                f"specular_reflectivity + diffuse_reflectivity is {total:g}; at most 1 "
                "(the rest is absorbed)"
            )
        return self


class ThrusterModel(Model):
    """The mechanics of one thruster: a constant force on the body while it is on; no mass is spent.

    ``direction_body`` is that of the design; ``misalignment_body_mrad`` is the rotation vector that
    turns it into the true one.
    """

    position_body_m: Vector
    direction_body: Axis
    thrust_N: Positive
    misalignment_body_mrad: Vector = ORIGIN


class FlexibleMode(Model):
    """One damped mode of vibration that the body's angular acceleration excites."""

    frequency_hz: Positive
    damping_ratio: Annotated[float, Field(ge=0.0, lt=1.0)]
    coupling_body_sqrt_kg_m: Vector
