"""What a spacecraft is made of, as its file says it. A TOML key is a field here."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hil.physics.records import SPACECRAFT, WHEEL, RecordArray, records
from hil.physics.vectors import FloatArray, Vector


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


class Body(Model):
    """Mass, inertia about the centre of mass with the wheels locked, stray dipole."""

    mass_kg: Positive
    inertia_body_kg_m2: tuple[Vector, Vector, Vector]
    residual_dipole_body_A_m2: Vector = (0.0, 0.0, 0.0)

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
    spin_inertia_kg_m2: Positive
    torque_max_Nm: Positive
    speed_max_rad_s: Positive
    initial_speed_rad_s: float = 0.0
    coulomb_friction_Nm: NonNegative = 0.0
    viscous_friction_Nm_s: NonNegative = 0.0
    friction_transition_rad_s: Positive = (
        2.0  # speed at which Coulomb friction is tanh(1) of its full value
    )

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
        slope = (
            self.coulomb_friction_Nm / self.friction_transition_rad_s + self.viscous_friction_Nm_s
        )
        return self.spin_inertia_kg_m2 / slope if slope > 0.0 else float("inf")


def wheel_records(wheels: tuple[WheelModel, ...]) -> RecordArray:
    """WHEEL records, shape (n,)."""
    table = records(WHEEL, len(wheels))
    for record, wheel in zip(table, wheels, strict=True):
        for name in WHEEL.names or ():
            record[name] = getattr(wheel, name)
    return table


def spacecraft_record(body: Body, wheels: tuple[WheelModel, ...]) -> RecordArray:
    """The SPACECRAFT record, shape (1,).

    Raises ValueError when the wheels alone have more inertia than the body that contains them.
    """
    inertia = np.array(body.inertia_body_kg_m2)
    turned: FloatArray = inertia.copy()  # what a torque on the body turns: free wheels stay behind
    for wheel in wheels:
        turned -= wheel.spin_inertia_kg_m2 * np.outer(wheel.axis_body, wheel.axis_body)
    if np.linalg.eigvalsh(turned)[0] <= 0.0:
        raise ValueError(
            "the wheels' spin inertias exceed inertia_body_kg_m2, which is the total, wheels locked"
        )
    record = records(SPACECRAFT)
    record["mass_kg"] = body.mass_kg
    record["inertia_body_kg_m2"] = inertia
    record["inverse_inertia"] = np.linalg.inv(turned)
    record["residual_dipole_body_A_m2"] = body.residual_dipole_body_A_m2
    return record
