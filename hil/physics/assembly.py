"""From the models of a spacecraft's file to the records that compiled code reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hil.config import Model
from hil.physics import rotations
from hil.physics.records import (
    BODY,
    FACE,
    FLEXIBLE_MODE,
    THRUSTER,
    WHEEL,
    RecordArray,
    records,
)
from hil.physics.spacecraft import Body, Face, FlexibleMode, ThrusterModel, WheelModel
from hil.physics.vectors import FloatArray
from hil.physics.wheels import wheel_friction


class Records(NamedTuple):
    """A spacecraft as compiled code reads it, in the order in which the kernel takes it."""

    body: RecordArray
    wheels: RecordArray
    faces: RecordArray
    thrusters: RecordArray
    modes: RecordArray


def assemble(
    body: Body,
    wheels: Sequence[WheelModel] = (),
    faces: Sequence[Face] = (),
    thrusters: Sequence[ThrusterModel] = (),
    modes: Sequence[FlexibleMode] = (),
) -> Records:
    """All records of a spacecraft.

    Raises ValueError when wheels and flexible modes have more inertia than the body they belong to.
    """
    record = body_record(body, wheels, modes)
    return Records(
        body=record,
        wheels=wheel_records(wheels, body, record["inverse_inertia"][0]),
        faces=face_records(faces, body),
        thrusters=thruster_records(thrusters, body),
        modes=mode_records(modes),
    )


def body_record(
    body: Body, wheels: Sequence[WheelModel], modes: Sequence[FlexibleMode] = ()
) -> RecordArray:
    """The BODY record, shape (1,).

    Raises ValueError when wheels and flexible modes have more inertia than the body they belong to.
    """
    turned = np.array(body.inertia_body_kg_m2)  # what a torque on the body turns:
    for wheel in wheels:  # free wheels stay behind about their axes,
        turned -= wheel.spin_inertia_kg_m2 * np.outer(wheel.axis_body, wheel.axis_body)
    for mode in modes:  # and what swings stays behind too
        turned -= np.outer(mode.coupling_body_sqrt_kg_m, mode.coupling_body_sqrt_kg_m)
    if np.linalg.eigvalsh(turned)[0] <= 0.0:
        raise ValueError(
            "wheels' spin_inertia_kg_m2 and flexible modes' coupling take up more than "
            "inertia_body_kg_m2, which is the total with wheels locked"
        )
    record = records(BODY)
    record["mass_kg"] = body.mass_kg
    record["inertia_body_kg_m2"] = body.inertia_body_kg_m2
    record["inverse_inertia"] = np.linalg.inv(turned)
    record["residual_dipole_body_A_m2"] = body.residual_dipole_body_A_m2
    record["gyration"] = turned / np.linalg.det(turned)
    unbalanced = any(w.static_imbalance_kg_m or w.dynamic_imbalance_kg_m2 for w in wheels)
    record["shaken"] = bool(modes) and unbalanced
    return record


def wheel_records(
    wheels: Sequence[WheelModel], body: Body, inverse_inertia: FloatArray
) -> RecordArray:
    """WHEEL records, shape (n,); the inverse inertia (3, 3) is that of the BODY record."""
    table = records(WHEEL, len(wheels))
    for i, wheel in enumerate(wheels):
        _copy_fields(wheel, table[i : i + 1])
        cosine, sine = _imbalance(wheel, np.array(body.centre_of_mass_body_m))
        table["wobble_cosine_rad"][i] = -inverse_inertia @ cosine
        table["wobble_sine_rad"][i] = -inverse_inertia @ sine
        fastest_rad_s = wheel.speed_max_rad_s
        table["friction_at_limit_Nm"][i] = -wheel_friction(table[i], fastest_rad_s)
    return table


def _copy_fields(model: Model, record: RecordArray) -> None:
    """Copy into a record, shape (1,), what the model calls by the same names."""
    for name in record.dtype.names or ():
        if name in type(model).model_fields:
            record[name] = getattr(model, name)


def _imbalance(wheel: WheelModel, centre_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Torque over speed squared, (3,) each, with cosine and sine of the rotor's angle."""
    axis = np.array(wheel.axis_body)
    across = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))])
    across /= np.linalg.norm(across)
    ahead = np.cross(axis, across)
    lever = np.array(wheel.position_body_m) - centre_m
    cosine, sine = (
        wheel.static_imbalance_kg_m * np.cross(lever, radial)
        + wheel.dynamic_imbalance_kg_m2 * radial
        for radial in (across, ahead)
    )
    return cosine, sine


def face_records(faces: Sequence[Face], body: Body) -> RecordArray:
    """FACE records, shape (n,), with levers from the centre of mass."""
    table = records(FACE, len(faces))
    for i, face in enumerate(faces):
        _copy_fields(face, table[i : i + 1])
        table["lever_body_m"][i] = np.subtract(face.centre_body_m, body.centre_of_mass_body_m)
    return table


def thruster_records(thrusters: Sequence[ThrusterModel], body: Body) -> RecordArray:
    """THRUSTER records, shape (n,): true force and its torque about the centre of mass."""
    table = records(THRUSTER, len(thrusters))
    for i, thruster in enumerate(thrusters):
        turn = rotations.from_rotation_vector(1e-3 * np.array(thruster.misalignment_body_mrad))
        force = thruster.thrust_N * rotations.apply(turn, thruster.direction_body)
        lever = np.subtract(thruster.position_body_m, body.centre_of_mass_body_m)
        table["force_body_N"][i], table["torque_body_Nm"][i] = force, np.cross(lever, force)
    return table


def mode_records(modes: Sequence[FlexibleMode]) -> RecordArray:
    """FLEXIBLE_MODE records, shape (n,)."""
    table = records(FLEXIBLE_MODE, len(modes))
    for i, mode in enumerate(modes):
        angular = 2.0 * math.pi * mode.frequency_hz
        table["coupling_body"][i] = mode.coupling_body_sqrt_kg_m
        table["stiffness"][i] = angular * angular
        table["damping"][i] = 2.0 * mode.damping_ratio * angular
    return table
