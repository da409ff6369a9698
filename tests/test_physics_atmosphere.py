"""Density of the air: layers, and NRLMSIS through pymsis."""

import builtins
import math
from datetime import UTC, datetime, timedelta

import erfa
import numpy as np
import pymsis
import pytest
from physics_cases import NO_DIPOLE, low_orbit, part, truth

from hil.physics.atmosphere import Nrlmsis, exponential_air
from hil.physics.environment import Environment
from hil.physics.spacecraft import Face
from hil.physics.surroundings import air_density

RADIUS_m = 6_378_136.3
QUIET = {"f107": 130.0, "f107_average": 125.0, "ap": 7.0}
FACE = Face(normal_body=(1.0, 0.0, 0.0), centre_body_m=(0.0, 0.0, 0.0), area_m2=0.1)


@pytest.mark.parametrize(
    ("height_km", "density"),
    [(0.0, 1.225), (100.0, 5.297e-7), (450.0, 1.585e-12), (1000.0, 3.019e-15)],
)
def test_layers_begin_with_the_density_of_the_table(height_km, density):
    place = (RADIUS_m + 1e3 * height_km, 0.0, 0.0)
    assert air_density(0.0, place, (0.0, 0.0, 1.0), RADIUS_m, exponential_air()) == pytest.approx(
        density, rel=1e-9
    )


def test_density_falls_by_e_in_a_scale_height():
    low, high = (
        air_density(0.0, (RADIUS_m + h, 0.0, 0.0), (0.0, 0.0, 1.0), RADIUS_m, exponential_air())
        for h in (501e3, 501e3 + 63.822e3)
    )
    assert low / high == pytest.approx(math.e)


def test_height_counts_from_the_flattened_earth():
    air = exponential_air()
    polar = RADIUS_m * (1 - 1 / 298.257) + 5e5
    above_pole = air_density(0.0, (0.0, 0.0, polar), (0.0, 0.0, 1.0), RADIUS_m, air)
    above_equator = air_density(0.0, (RADIUS_m + 5e5, 0.0, 0.0), (0.0, 0.0, 1.0), RADIUS_m, air)
    assert above_pole == pytest.approx(above_equator, rel=1e-3)


def pymsis_density(date, position_ecef_m):
    longitude, latitude, height = erfa.gc2gd(1, position_ecef_m)
    degrees = np.degrees([longitude, latitude])
    when = np.datetime64(date.replace(tzinfo=None))
    result = pymsis.calculate(
        when, *degrees, height / 1e3, [130.0], [125.0], [[7.0] * 7], version=2.1
    )
    return float(np.squeeze(result)[0])


def test_drag_feels_what_nrlmsis_says_along_the_orbit():
    """Force from a plate's torque: density within 1 % of a call of pymsis at the very place."""
    environment = Environment(
        density="nrlmsis",
        gravity_gradient=False,
        magnetic_field=False,
        solar_pressure=False,
        **QUIET,
    )
    plate = FACE.model_copy(
        update={"centre_body_m": (0.0, 1.0, 0.0), "normal_body": (0.0, 0.0, 1.0)}
    )
    world = truth(faces=[plate], environment=environment, step_s=1.0, orbit=low_orbit())
    epoch = datetime(2026, 3, 21, 12, tzinfo=UTC)
    compared = 0
    for k in range(1, 60):
        world.advance(97, np.zeros(0), NO_DIPOLE)
        axes = rotation(part(world, "q_eci_from_body"))
        to_ecef = rotation(part(world, "q_eci_from_ecef")).T
        position = part(world, "position_eci_m")
        air = np.cross([0.0, 0.0, 7.292115e-5] @ to_ecef, position)
        wind = axes.T @ (part(world, "velocity_eci_m_s") - air)
        if wind[2] < 1000.0:
            continue
        torque = part(world, "external_torque_body_Nm")
        expected = pymsis_density(epoch + timedelta(seconds=97 * k), to_ecef @ position)
        force = -0.5 * expected * 2.2 * 0.1 * wind[2] * wind
        np.testing.assert_allclose(torque, np.cross([0.0, 1.0, 0.0], force), rtol=0.01)
        compared += 1
    assert compared > 10


def rotation(q):
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def test_without_pymsis_the_error_names_the_cure(monkeypatch):
    real = builtins.__import__

    def no_pymsis(name, *args, **keys):
        if name == "pymsis":
            raise ImportError(name)
        return real(name, *args, **keys)

    monkeypatch.setattr(builtins, "__import__", no_pymsis)
    with pytest.raises(ValueError, match=r"needs the package pymsis: pip install"):
        Nrlmsis(130.0, 125.0, 7.0)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"density": "nrlmsis", "f107": 130.0}, "needs f107, f107_average and ap"),
        ({"f107": 130.0}, 'f107 is only used with density = "nrlmsis"'),
    ],
)
def test_space_weather_is_complete_or_absent(keys, message):
    with pytest.raises(ValueError, match=message):
        Environment(**keys)
