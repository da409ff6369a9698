"""The compiled derivative against an independent one in plain numpy, at 1 000 random states."""

import numpy as np
import physics_oracle
import pytest

from hil.physics.assembly import body_record, face_records, mode_records, wheel_records
from hil.physics.constants import EARTH, MOON, SOLAR_PRESSURE_N_m2, SUN_MU_m3_s2
from hil.physics.dynamics import STILL, derivative
from hil.physics.environment import Environment
from hil.physics.spacecraft import Body, Face, FlexibleMode, WheelModel
from hil.physics.state import Command, Core, Surroundings


def random_axis(rng):
    axis = rng.standard_normal(3)
    return tuple(axis / np.linalg.norm(axis))


def random_craft(rng, n_wheels, n_faces, n_modes):
    """A spacecraft with everything on it, nothing aligned with anything."""
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    inertia = turn @ np.diag(rng.uniform([0.08, 0.09, 0.05], [0.1, 0.12, 0.07])) @ turn.T
    inertia = 0.5 * (inertia + inertia.T)
    wheels = [
        WheelModel(
            axis_body=random_axis(rng),
            spin_inertia_kg_m2=rng.uniform(1e-5, 5e-5),
            torque_max_Nm=4e-3,
            speed_max_rad_s=600.0,
            coulomb_friction_Nm=2e-5,
            viscous_friction_Nm_s=1e-7,
        )
        for _ in range(n_wheels)
    ]
    faces = [
        Face(
            normal_body=random_axis(rng),
            centre_body_m=tuple(rng.uniform(-0.2, 0.2, 3)),
            area_m2=rng.uniform(0.01, 0.1),
            specular_reflectivity=rng.uniform(0, 0.5),
            diffuse_reflectivity=rng.uniform(0, 0.5),
        )
        for _ in range(n_faces)
    ]
    modes = [
        FlexibleMode(
            frequency_hz=rng.uniform(0.5, 3.0),
            damping_ratio=0.005,
            coupling_body_sqrt_kg_m=tuple(rng.uniform(-0.05, 0.05, 3)),
        )
        for _ in range(n_modes)
    ]
    body = Body(
        mass_kg=12.0,
        inertia_body_kg_m2=tuple(map(tuple, inertia)),
        residual_dipole_body_A_m2=tuple(rng.uniform(-0.02, 0.02, 3)),
        centre_of_mass_body_m=tuple(rng.uniform(-0.02, 0.02, 3)),
    )
    return {"body": body, "wheels": wheels, "faces": faces, "modes": modes}


def random_state(rng, craft):
    n, k = len(craft["wheels"]), len(craft["modes"])
    q = rng.standard_normal(4)
    position, velocity = rng.uniform(-1, 1, 3), 7.6e3 * rng.uniform(-1, 1, 3)
    position *= rng.uniform(6.6e6, 9e6) / np.linalg.norm(position)
    return (
        q / np.linalg.norm(q),
        rng.uniform(-0.1, 0.1, 3),
        rng.uniform(-500, 500, n) * rng.integers(0, 2, n),
        1e-3 * rng.standard_normal(k),
        1e-2 * rng.standard_normal(k),
        position,
        velocity,
    )


def random_surroundings(rng):
    fixed = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    fixed *= np.sign(np.linalg.det(fixed))
    return Surroundings(
        field_eci_T=tuple(rng.uniform(-4e-5, 4e-5, 3)),
        sun_m=tuple(1.5e11 * np.array(random_axis(rng))),
        third_m=tuple(3.8e8 * np.array(random_axis(rng))),
        sunlit=rng.uniform(),
        density_kg_m3=10 ** rng.uniform(-14, -10),
        fixed_from_eci=tuple(map(tuple, fixed)),
        air_rate_eci_rad_s=tuple(7.3e-5 * fixed[2]),
    )


def compiled_derivative(craft, state, motor, command, here, planet):
    q, rate, speeds, shape, shape_rate, r, v = state
    wheels, modes = craft["wheels"], craft["modes"]
    body = body_record(craft["body"], wheels, modes)
    spin = np.array([w.spin_inertia_kg_m2 for w in wheels])
    axes = np.array([w.axis_body for w in wheels]).reshape(-1, 3)
    inner = np.concatenate([spin * (speeds + axes @ rate), shape, shape_rate])
    slope = np.zeros_like(inner)
    core = derivative(
        Core(*(tuple(map(float, part)) for part in (q, rate, r, v))),
        inner,
        slope,
        motor,
        command,
        here,
        STILL,
        body[0],
        wheel_records(wheels, craft["body"], body["inverse_inertia"][0]),
        face_records(craft["faces"], craft["body"]),
        mode_records(modes),
        planet[0],
    )
    n, k = len(wheels), len(modes)
    inner_rates = slope[:n], slope[n : n + k], slope[n + k :]
    return core.q_eci_from_body, core.rate_body_rad_s, *inner_rates, *core[2:]


@pytest.mark.parametrize("central_body", [EARTH, MOON])
def test_a_thousand_random_states_agree_with_the_oracle(central_body):
    rng = np.random.default_rng(2026)
    environment = Environment(albedo=0.3)
    third = EARTH if central_body is MOON else MOON
    oracle_environment = {
        "planet": central_body,
        "albedo": 0.3,
        "pressure_1au": SOLAR_PRESSURE_N_m2,
        "sun_mu": SUN_MU_m3_s2,
        "third_mu": third.mu_m3_s2,
    }
    planet = environment.record(central_body)
    for trial in range(500):
        craft = random_craft(rng, n_wheels=trial % 5, n_faces=trial % 7, n_modes=trial % 3)
        state, here = random_state(rng, craft), random_surroundings(rng)
        motor = rng.uniform(-4e-3, 4e-3, len(craft["wheels"]))
        small = [tuple(scale * rng.uniform(-1, 1, 3)) for scale in (0.3, 0.1, 0.01)]
        command = Command(*small)
        ours = compiled_derivative(craft, state, motor, command, here, planet)
        oracle = physics_oracle.derivative(craft, state, motor, command, here, oracle_environment)
        for mine, expected in zip(ours, oracle, strict=True):
            scale = max(np.max(np.abs(expected), initial=0.0), 1e-12)
            np.testing.assert_allclose(np.asarray(mine), expected, rtol=0.0, atol=2e-13 * scale)
