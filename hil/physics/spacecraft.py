"""What a spacecraft is made of, as its file says it. A TOML key is a field here."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from hil.config import Axis, Fraction, Model, NonNegative, Positive
from hil.physics.vectors import FloatArray, Vector

ORIGIN = (0.0, 0.0, 0.0)


class Body(Model):
    """Mass, inertia, stray dipole."""

    mass_kg: Positive
    """Of all that is fixed to it, wheels included."""
    inertia_body_kg_m2: tuple[Vector, Vector, Vector]
    """Symmetric matrix, rows in brackets, about the centre of mass, wheels locked."""
    residual_dipole_body_A_m2: Vector = ORIGIN
    """Stray magnetic dipole."""
    centre_of_mass_body_m: Vector = ORIGIN
    """Counted, as every position in the file, from one origin of your choice."""

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
    """Positive motor torque speeds the wheel up about it."""
    position_body_m: Vector = ORIGIN
    """Of its centre; matters for the force of a static imbalance."""
    spin_inertia_kg_m2: Positive
    """About its axis."""
    torque_max_Nm: Positive
    """Of the motor; commands beyond it are cut."""
    speed_max_rad_s: Positive
    """Motor torque drives it no further."""
    initial_speed_rad_s: float = 0.0
    """At the start, relative to the body."""
    coulomb_friction_Nm: NonNegative = 0.0
    """Friction that does not grow with speed."""
    viscous_friction_Nm_s: NonNegative = 0.0
    """Friction for each rad/s."""
    friction_transition_rad_s: Positive = 2.0
    """Where Coulomb friction is 0.71 of its full value."""
    static_imbalance_kg_m: NonNegative = 0.0
    """Its mass times the distance of its centre of mass from the axis."""
    dynamic_imbalance_kg_m2: NonNegative = 0.0
    """Its product of inertia about the axis."""

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
    """Points outwards."""
    centre_body_m: Vector
    """Where air and light push."""
    area_m2: Positive
    """Of one side; the other side is a face of its own."""
    drag_coefficient: NonNegative = 2.2
    """Of free molecular flow."""
    specular_reflectivity: Fraction = 0.0
    """Part of the light that is mirrored."""
    diffuse_reflectivity: Fraction = 0.0
    """Part that is scattered; what is left is absorbed."""

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
    """The mechanics of one thruster: a constant force while it is on; no mass is spent."""

    position_body_m: Vector
    """Where it pushes."""
    direction_body: Axis
    """In which it pushes the body, by design."""
    thrust_N: Positive
    """While it is on."""
    misalignment_body_mrad: Vector = ORIGIN
    """Rotation vector from the direction of the design to the true one."""

    def torque_body_Nm(self, centre_of_mass_body_m: Vector) -> FloatArray:
        """Return its torque (3,) about the centre of mass while it is on, by design."""
        lever = np.subtract(self.position_body_m, centre_of_mass_body_m)
        return np.cross(lever, self.thrust_N * np.array(self.direction_body))


class FlexibleMode(Model):
    """One damped mode of vibration that the body's angular acceleration excites."""

    frequency_hz: Positive
    """Of the mode with the body held still."""
    damping_ratio: Annotated[float, Field(ge=0.0, lt=1.0)]
    """Of the mode; 0 rings for ever."""
    coupling_body_sqrt_kg_m: Vector
    """How strongly angular acceleration about each axis excites it."""
