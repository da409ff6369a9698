"""Air and light on the faces of the spacecraft; faces do not shade each other."""

from __future__ import annotations

import math
from typing import NamedTuple

from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray
from hil.physics.state import Core, Surroundings
from hil.physics.vectors import (
    Matrix,
    Vector,
    add,
    add_scaled,
    cross,
    dot,
    norm,
    scale,
    subtract,
    transform_back,
    unit,
    vector,
)


class Beam(NamedTuple):
    """Light, or air, that arrives from a direction in the body frame with a pressure in N/m^2."""

    from_body: Vector
    pressure_N_m2: float


@compiled
def wind(core: Core, body_axes: Matrix, here: Surroundings) -> Beam:
    """Return the flow of the co-rotating air with its dynamic pressure, 1/2 density speed^2."""
    air = cross(here.air_rate_eci_rad_s, core.position_eci_m)
    ahead = transform_back(body_axes, subtract(core.velocity_eci_m_s, air))
    speed = norm(ahead)
    return Beam(scale(1.0 / speed, ahead), 0.5 * here.density_kg_m3 * speed * speed)


@compiled
def sunlight(core: Core, body_axes: Matrix, here: Surroundings, planet: Record) -> Beam:
    """Return the light of the Sun, dimmed by eclipses."""
    to_sun = subtract(here.sun_m, core.position_eci_m)
    d2 = dot(to_sun, to_sun)
    towards = transform_back(body_axes, scale(1.0 / math.sqrt(d2), to_sun))
    return Beam(towards, here.sunlit * planet.sun_pressure_m4 / d2)


@compiled
def earthlight(core: Core, body_axes: Matrix, here: Surroundings, planet: Record) -> Beam:
    """Return sunlight thrown back by the planet as by a white-grey (Lambert) ball, from its centre.

    Phase function of a Lambert sphere: 2/3 albedo (R/r)^2 (sin a + (pi - a) cos a) / pi.
    """
    r = norm(core.position_eci_m)
    up = scale(1.0 / r, core.position_eci_m)
    cosine = max(-1.0, min(1.0, dot(up, unit(here.sun_m))))
    phase = math.acos(cosine)
    lit = (math.sin(phase) + (math.pi - phase) * cosine) / math.pi
    ratio = planet.radius_m / r
    pressure = planet.sun_pressure_m4 / dot(here.sun_m, here.sun_m)
    towards = transform_back(body_axes, scale(-1.0, up))
    return Beam(towards, 2.0 / 3.0 * planet.albedo * ratio * ratio * lit * pressure)


@compiled
def radiation_force(face: Record, beam: Beam) -> Vector:
    """Return the force in N of light on one side of a face, body frame.

    Montenbruck & Gill, Satellite Orbits, eq. 3.73, with Lambert diffuse reflection (Wertz,
    Spacecraft Attitude Determination and Control, eq. 17-2).
    """
    normal = vector(face.normal_body)
    cosine = dot(normal, beam.from_body)
    if cosine <= 0.0:
        return (0.0, 0.0, 0.0)
    push = -beam.pressure_N_m2 * face.area_m2 * cosine
    mirror, matt = face.specular_reflectivity, face.diffuse_reflectivity
    along_normal = 2.0 * (mirror * cosine + matt / 3.0)
    return add_scaled(scale(push * (1.0 - mirror), beam.from_body), push * along_normal, normal)


@compiled
def drag_force(face: Record, flow: Beam) -> Vector:
    """Return the force in N of the air on one side of a face, body frame, against the flow."""
    cosine = dot(vector(face.normal_body), flow.from_body)
    if cosine <= 0.0:
        return (0.0, 0.0, 0.0)
    return scale(
        -flow.pressure_N_m2 * face.drag_coefficient * face.area_m2 * cosine, flow.from_body
    )


@compiled
def surface_load(
    core: Core, body_axes: Matrix, here: Surroundings, faces: RecordArray, planet: Record
) -> tuple[Vector, Vector]:
    """Return force in N and torque in N m about the centre of mass of air and light, body frame."""
    force = (0.0, 0.0, 0.0)
    torque = (0.0, 0.0, 0.0)
    if faces.shape[0] == 0:
        return force, torque
    air = wind(core, body_axes, here)
    sun = sunlight(core, body_axes, here, planet)
    glow = Beam((0.0, 0.0, 1.0), 0.0)
    if planet.albedo > 0.0:
        glow = earthlight(core, body_axes, here, planet)
    for i in range(faces.shape[0]):
        face = faces[i]
        push = add(drag_force(face, air), radiation_force(face, sun))
        if glow.pressure_N_m2 > 0.0:
            push = add(push, radiation_force(face, glow))
        force = add(force, push)
        torque = add(torque, cross(vector(face.lever_body_m), push))
    return force, torque
