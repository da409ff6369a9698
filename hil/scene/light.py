"""Where the light comes from that a camera sees: it takes its time, and air bends it.

Rays are drawn straight from an eye that is moved so that they meet the ground where the light left
it. To first order of speed by that of light that is where the eye was against the ground a light
time ago (hil.physics.aberration has the same, and the source); air raises what is seen, and so the
eye lies lower by as much (hil.physics.refraction).
"""

from __future__ import annotations

from hil.physics.compiled import compiled
from hil.physics.records import Record
from hil.physics.refraction import lift_slanted
from hil.physics.vectors import Vector, add_scaled, vector


@compiled
def eye_then(eye: Vector, place: Vector, far: float, view: Record) -> Vector:
    """Return where the eye was against a place on the turning Earth when the light left it."""
    v = vector(view.velocity_by_light)
    spin = view.spin_by_light_1_m
    past = (v[0] + spin * place[1], v[1] - spin * place[0], v[2])
    return add_scaled(eye, -far, past)


@compiled
def lift_m(zenith_cosine: float, view: Record) -> float:
    """Return how much higher what lies at sea level appears for the air."""
    lift: float = view.air_lift_m * lift_slanted(zenith_cosine) if view.air_lift_m > 0.0 else 0.0
    return lift
