"""The equations of motion once more, in plain numpy, written from the textbooks and not from hil.

Works on the models of a spacecraft's file, solves one linear system for body, wheels and flexible
modes together, and takes gravity as the gradient of the potential by complex steps.
"""

import numpy as np


def rotation(q):
    """Matrix R(q_eci_from_body), scalar last, by Rodrigues' formula."""
    axis, w = np.asarray(q[:3]), q[3]
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return (q @ q) * np.eye(3) + 2 * w * skew + 2 * skew @ skew


def potential(r, fixed_from_eci, planet):
    """Gravity potential (m^2/s^2, positive), for complex positions too."""
    x, y, z = fixed_from_eci @ r
    distance = np.sqrt(x * x + y * y + z * z)
    s, ratio = z / distance, planet.radius_m / distance
    legendre = [1.0, s]
    for n in range(1, 6):
        legendre.append(((2 * n + 1) * s * legendre[n] - n * legendre[n - 1]) / (n + 1))
    total = 1.0 - sum(j * ratio**n * legendre[n] for n, j in enumerate(planet.zonals, start=2))
    sectoral = planet.c22 * (x * x - y * y) + 2 * planet.s22 * x * y
    total += 3 * ratio**2 * sectoral / distance**2
    return planet.mu_m3_s2 / distance * total


def gravity(r, fixed_from_eci, planet):
    step = 1e-20
    return np.array(
        [potential(r + 1j * step * axis, fixed_from_eci, planet).imag / step for axis in np.eye(3)]
    )


def third_body(r, body, mu):
    return mu * ((body - r) / np.linalg.norm(body - r) ** 3 - body / np.linalg.norm(body) ** 3)


def light_on(face, towards, pressure):
    cosine = towards @ face.normal_body
    if cosine <= 0:
        return np.zeros(3)
    normal = np.array(face.normal_body)
    s, d = face.specular_reflectivity, face.diffuse_reflectivity
    return (
        -pressure
        * face.area_m2
        * cosine
        * ((1 - s) * towards + 2 * s * cosine * normal + 2 / 3 * d * normal)
    )


def surfaces(craft, r, v, body_from_eci, here, environment):
    """Force and torque on the faces, body frame."""
    wind = body_from_eci @ (v - np.cross(here.air_rate_eci_rad_s, r))
    speed = np.linalg.norm(wind)
    to_sun = np.array(here.sun_m) - r
    sun = body_from_eci @ to_sun / np.linalg.norm(to_sun)
    pressure = environment["pressure_1au"] * (149597870700.0 / np.linalg.norm(to_sun)) ** 2
    force, torque = np.zeros(3), np.zeros(3)
    for face in craft["faces"]:
        lever = np.subtract(face.centre_body_m, craft["body"].centre_of_mass_body_m)
        push = light_on(face, sun, pressure * here.sunlit)
        push += light_on(face, body_from_eci @ -r / np.linalg.norm(r), albedo(r, here, environment))
        if wind @ face.normal_body > 0:
            along = wind @ face.normal_body / speed
            drag = 0.5 * here.density_kg_m3 * face.drag_coefficient * face.area_m2 * along
            push -= drag * speed * wind
        force += push
        torque += np.cross(lever, push)
    return force, torque


def albedo(r, here, environment):
    """Pressure of a Lambert sphere's light."""
    sun = np.array(here.sun_m)
    phase = np.arccos(r @ sun / np.linalg.norm(r) / np.linalg.norm(sun))
    lit = (np.sin(phase) + (np.pi - phase) * np.cos(phase)) / np.pi
    pressure = environment["pressure_1au"] * (149597870700.0 / np.linalg.norm(sun)) ** 2
    size = (environment["planet"].radius_m / np.linalg.norm(r)) ** 2
    return 2 / 3 * environment["albedo"] * size * lit * pressure


def load(craft, q, r, v, command, here, environment):
    """Force and external torque in the body frame."""
    body = craft["body"]
    body_from_eci = rotation(q).T
    force, torque = surfaces(craft, r, v, body_from_eci, here, environment)
    dipole = np.add(body.residual_dipole_body_A_m2, command.dipole_body_A_m2)
    torque += np.cross(dipole, body_from_eci @ here.field_eci_T)
    down = body_from_eci @ -r
    inertia = np.array(body.inertia_body_kg_m2)
    mu = environment["planet"].mu_m3_s2
    torque += 3 * mu / np.linalg.norm(r) ** 5 * np.cross(down, inertia @ down)
    return force + command.thrust_body_N, torque + command.thrust_torque_body_Nm


def friction(wheel, speed):
    sign = speed / np.hypot(speed, wheel.friction_transition_rad_s)
    return -wheel.coulomb_friction_Nm * sign - wheel.viscous_friction_Nm_s * speed


def derivative(craft, state, motor, command, here, environment):
    """Time derivatives: q, rate, wheel momenta, displacements, their rates, r, v."""
    q, rate, speeds, shape, shape_rate, r, v = state
    wheels, modes = craft["wheels"], craft["modes"]
    force, torque = load(craft, q, r, v, command, here, environment)
    inertia = np.array(craft["body"].inertia_body_kg_m2)
    axes = np.array([w.axis_body for w in wheels]).reshape(-1, 3)
    spin = np.array([w.spin_inertia_kg_m2 for w in wheels])
    coupling = np.array([m.coupling_body_sqrt_kg_m for m in modes]).reshape(-1, 3)
    angular = np.array([2 * np.pi * m.frequency_hz for m in modes])
    damping = np.array([m.damping_ratio for m in modes])

    n, k = len(wheels), len(modes)
    mass = np.zeros((3 + n + k, 3 + n + k))
    mass[:3, :3] = inertia
    mass[:3, 3 : 3 + n], mass[3 : 3 + n, :3] = (spin[:, None] * axes).T, spin[:, None] * axes
    mass[3 : 3 + n, 3 : 3 + n] = np.diag(spin)
    mass[:3, 3 + n :], mass[3 + n :, :3] = coupling.T, coupling
    mass[3 + n :, 3 + n :] = np.eye(k)
    momentum = inertia @ rate + (spin * speeds) @ axes + shape_rate @ coupling
    on_wheels = motor + np.array([friction(w, s) for w, s in zip(wheels, speeds, strict=True)])
    on_modes = -2 * damping * angular * shape_rate - angular**2 * shape
    right = np.concatenate([torque - np.cross(rate, momentum), on_wheels, on_modes])
    acceleration = np.linalg.solve(mass, right)

    turn = np.append(rate, 0.0)
    fixed = np.array(here.fixed_from_eci)
    pull = gravity(r, fixed, environment["planet"])
    pull += third_body(r, np.array(here.sun_m), environment["sun_mu"])
    pull += third_body(r, np.array(here.third_m), environment["third_mu"])
    wheel_momentum_rate = spin * (acceleration[3 : 3 + n] + axes @ acceleration[:3])
    return (
        0.5 * hamilton(q, turn),
        acceleration[:3],
        wheel_momentum_rate,
        shape_rate,
        acceleration[3 + n :],
        v,
        pull + rotation(q) @ force / craft["body"].mass_kg,
    )


def hamilton(p, q):
    """Hamilton product, scalar last."""
    vector = p[3] * q[:3] + q[3] * p[:3] + np.cross(p[:3], q[:3])
    return np.append(vector, p[3] * q[3] - p[:3] @ q[:3])
