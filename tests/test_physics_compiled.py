"""Native code is what the sources say: no stale cache, and the interpreter gives the same bits."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import hil
from hil.physics import compiled

ROOT = Path(hil.__file__).parent
IMPORT = "from hil.physics.vectors import add_scaled"
SCALE = "print(add_scaled((0., 0., 0.), 2., (1., 2., 3.)))"
GOLDEN_SECONDS = """
import sys
import numpy as np
from hil.devices.gyro import Gyro
from hil.devices.magnetometer import Magnetometer
from hil.devices.star_tracker import StarTracker
from hil.devices.coarse_sun_sensor import CoarseSunSensor
from hil.devices.suite import build_sensors
from hil.devices.wheel import Wheel
from hil.physics.environment import Environment
from hil.physics.orbit import InitialOrbit
from hil.physics.spacecraft import Body
from hil.physics.truth import Truth
wheel = Wheel(name="w", axis_body=(0.6, 0.0, 0.8), spin_inertia_kg_m2=2e-5, torque_max_Nm=2e-3,
    speed_max_rad_s=600.0, coulomb_friction_Nm=2e-5, viscous_friction_Nm_s=1e-7,
    initial_speed_rad_s=1.0, tachometer_rate_hz=10.0, tachometer_noise_rad_s=0.1)
truth = Truth(
    body=Body(
        mass_kg=4.0,
        inertia_body_kg_m2=((0.04, 1e-3, 0.0), (1e-3, 0.03, 0.0), (0.0, 0.0, 0.02)),
        residual_dipole_body_A_m2=(0.01, 0.0, -0.02)),
    wheels=[wheel],
    orbit=InitialOrbit(epoch_utc="2026-03-21T12:00:00Z", position_eci_m=(-6.9e6, 1e5, 2e5),
        velocity_eci_m_s=(1e2, 5e3, 5.6e3)),
    environment=Environment(gravity_degree=6),
    rate_body_rad_s=(0.01, -0.02, 0.005),
)
sensors = build_sensors(truth_columns=truth.columns, step_s=0.1, seed=7, wheels=[wheel],
    gyros=[Gyro(rate_hz=10.0, angle_random_walk_deg_sqrt_h=0.1, bias_instability_deg_h=1.0)],
    star_trackers=[StarTracker(rate_hz=5.0, boresight_body=(0.0, 0.0, 1.0), across_noise_arcsec=5.0,
        roll_noise_arcsec=20.0, rate_limit_deg_s=5.0)],
    magnetometers=[Magnetometer(rate_hz=10.0, noise_nT=10.0, resolution_nT=13.0)],
    coarse_sun_sensors=[CoarseSunSensor(rate_hz=10.0, full_sun_adc=3000.0, noise_adc=3.0)])
for step in range(40):
    for sensor in sensors:
        if sensor.due(step):
            print(sensor.sample(step, truth.row))
    truth.advance(2, np.array([1e-4 * (step % 5 - 2)]), np.array([0.1, 0.0, -0.1]))
    print(truth.row.tobytes().hex())
"""


def python(code, **environment):
    """Run code in a fresh interpreter; return what it wrote to standard output and error."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | environment,
    )
    return done.stdout, done.stderr


def test_the_interpreter_gives_the_same_bits():
    native, _ = python(GOLDEN_SECONDS)
    interpreted, _ = python(GOLDEN_SECONDS, NUMBA_DISABLE_JIT="1")
    assert native == interpreted
    assert "nan" not in native


@pytest.fixture
def package(tmp_path):
    """A copy of the compiled rooms that a test may edit, and its own empty cache."""
    for room in ("physics", "devices"):
        shutil.copytree(ROOT / room, tmp_path / "hil" / room, ignore=lambda *_: {"__pycache__"})
    (tmp_path / "hil" / "__init__.py").touch()
    return tmp_path


def run_copy(package, code):
    cache = str(package / "cache")
    return python(code, PYTHONPATH=str(package), NUMBA_CACHE_DIR=cache, PYTHONSAFEPATH="1")


def test_an_edited_callee_never_runs_from_a_stale_cache(package):
    assert run_copy(package, f"{IMPORT}; {SCALE}")[0] == "(2.0, 4.0, 6.0)\n"
    source = package / "hil" / "physics" / "vectors.py"
    source.write_text(source.read_text().replace("a[1] + s * b[1]", "a[1] - s * b[1]"))
    assert run_copy(package, f"{IMPORT}; {SCALE}")[0] == "(2.0, -4.0, 6.0)\n"


def test_an_edit_anywhere_in_the_compiled_rooms_names_another_cache(package):
    name = "from hil.physics.compiled import CACHE_DIRECTORY; print(CACHE_DIRECTORY)"
    before, _ = run_copy(package, name)
    with (package / "hil" / "devices" / "gyro.py").open("a") as source:
        source.write("# edited\n")
    after, _ = run_copy(package, name)
    assert before != after


def test_a_cold_cache_says_that_it_compiles_and_a_warm_one_is_silent(package):
    code = (
        "from hil.physics.compiled import announce_compiling\n"
        f"{IMPORT}; announce_compiling(add_scaled, 'it'); {SCALE}"
    )
    assert "compiling it" in run_copy(package, code)[1]
    assert run_copy(package, code)[1] == ""


def test_the_users_own_numba_cache_setting_is_left_alone():
    before = numba.config.CACHE_DIR
    compiled.compiled(lambda x: x)
    assert before == numba.config.CACHE_DIR
