"""The environment at one instant: field, light, air, and where the neighbours stand."""

from __future__ import annotations

import math

from hil.physics.compiled import compiled, compiled_apart
from hil.physics.constants import WGS84_FLATTENING, SUN_RADIUS_m
from hil.physics.magnetic import field_ecef
from hil.physics.records import Record, RecordArray
from hil.physics.shadow import visible_fraction, visible_past_ellipsoid
from hil.physics.sky import SkyView, sky_at
from hil.physics.state import Core, Surroundings
from hil.physics.vectors import (
    FloatArray,
    Matrix,
    Vector,
    add_scaled,
    dot,
    norm,
    scale,
    subtract,
    transform,
    transform_back,
    vector,
)

NODE_MEMORY = 7  # field at the last node and at the next, ECI, and whether they are there


@compiled
def field_eci(position_eci_m: Vector, fixed_from_eci: Matrix, terms: RecordArray) -> Vector:
    """Return the magnetic field in T, ECI; zero where there is none."""
    if terms.shape[0] == 0:
        return (0.0, 0.0, 0.0)
    field = field_ecef(transform(fixed_from_eci, position_eci_m), terms)
    return transform_back(fixed_from_eci, field)


@compiled_apart
def refresh_nodes(
    time_s: float,
    position_eci_m: Vector,
    velocity_eci_m_s: Vector,
    node_s: float,
    memory: FloatArray,
    planet: Record,
    sky: Record,
    terms: RecordArray,
) -> None:
    """Make the next node the last one, and ask for the field where the next one will be.

    That place is predicted by a parabola: within 2 mm a second ahead in low orbit.
    """
    if memory[6] > 0.0:
        memory[0], memory[1], memory[2] = memory[3], memory[4], memory[5]
    else:
        fixed = sky_at(time_s, sky).fixed_from_eci
        memory[0], memory[1], memory[2] = field_eci(position_eci_m, fixed, terms)
    r2 = dot(position_eci_m, position_eci_m)
    fall = -0.5 * node_s * node_s * planet.mu_m3_s2 / (r2 * math.sqrt(r2))
    ahead = add_scaled(scale(1.0 + fall, position_eci_m), node_s, velocity_eci_m_s)
    fixed = sky_at(time_s + node_s, sky).fixed_from_eci
    memory[3], memory[4], memory[5] = field_eci(ahead, fixed, terms)
    memory[6] = 1.0


@compiled
def field_between(memory: FloatArray, part: float) -> Vector:
    """Return the field at a part, 0 to 1, of the way from the last node to the next."""
    last, following = vector(memory[:3]), vector(memory[3:6])
    return add_scaled(last, part, subtract(following, last))


@compiled
def air_density(
    time_s: float, position_eci_m: Vector, pole: Vector, planet_radius_m: float, air: RecordArray
) -> float:
    """Return the density in kg/m^3 between nodes along the orbit, or in this height's layer."""
    n = air.shape[0]
    if n < 2:
        return 0.0
    r = norm(position_eci_m)
    s = dot(position_eci_m, pole) / r
    height = r - planet_radius_m * (1.0 - WGS84_FLATTENING * s * s)
    spacing = air[1].time_s - air[0].time_s
    if spacing > 0.0:
        place = (time_s - air[0].time_s) / spacing
        i = max(0, min(n - 2, int(place)))
        before, after = log_density(air[i], height), log_density(air[i + 1], height)
        return math.exp(before + (place - i) * (after - before))
    layer = 0
    while layer < n - 1 and height >= air[layer + 1].height_m:
        layer += 1
    return math.exp(log_density(air[layer], height))


@compiled
def log_density(node: Record, height_m: float) -> float:
    """Return ln of the density in kg/m^3 at a height near that of a node."""
    rise: float = (height_m - node.height_m) / node.scale_height_m
    base: float = node.log_density
    return base - rise


@compiled
def surroundings(
    time_s: float,
    position_eci_m: Vector,
    field: Vector,
    view: SkyView,
    planet: Record,
    sky: Record,
    air: RecordArray,
) -> Surroundings:
    """Return the environment at a time and place where field and sky are known."""
    pole = view.fixed_from_eci[2]
    to_sun = subtract(view.sun_m, position_eci_m)
    to_third = subtract(view.third_m, position_eci_m)
    to_planet = scale(-1.0, position_eci_m)
    sunlit = visible_past_ellipsoid(to_sun, to_planet, pole, planet.radius_m, planet.flattening)
    sunlit *= visible_fraction(to_sun, to_third, planet.third_radius_m, SUN_RADIUS_m)
    return Surroundings(
        field_eci_T=field,
        sun_m=view.sun_m,
        third_m=view.third_m,
        sunlit=sunlit,
        density_kg_m3=air_density(time_s, position_eci_m, pole, planet.radius_m, air),
        fixed_from_eci=view.fixed_from_eci,
        air_rate_eci_rad_s=scale(sky.spin_rate_rad_s, pole),
    )


@compiled
def field_from_nodes(
    step: int,
    part: float,
    h: float,
    node_steps: int,
    core: Core,
    memory: FloatArray,
    planet: Record,
    sky: Record,
    terms: RecordArray,
) -> Vector:
    """Return the field in T, ECI, a part of a step after it began, between two nodes.

    The first step after a node makes the next one; a row (part 0) at a node is what that node said,
    and before the first step there are none.
    """
    since = step % node_steps
    if part == 0.0 and memory[6] == 0.0:
        fixed = sky_at(step * h, sky).fixed_from_eci
        return field_eci(core.position_eci_m, fixed, terms)
    if part == 0.0 and since == 0:
        return vector(memory[3:6])
    if since == 0:
        place, velocity = core.position_eci_m, core.velocity_eci_m_s
        refresh_nodes(step * h, place, velocity, node_steps * h, memory, planet, sky, terms)
    return field_between(memory, (since + part) / node_steps)
