"""Native code is what the sources say: no stale cache, and the interpreter gives the same bits."""

import contextlib
import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import numba
import pytest
from numba.core import compiler, errors, event

import hil
from hil.physics import compiled, compiled_parts
from hil.physics.compiled_parts import PartFlags

ROOT = Path(hil.__file__).parent
IMPORT = "from hil.physics.vectors import add_scaled"
SCALE = "print(add_scaled((0., 0., 0.), 2., (1., 2., 3.)))"
EVERYTHING = """
import sys; sys.path.insert(0, sys.argv[1])
import numpy as np
from physics_cases import BODY, low_orbit, wheel
from hil.physics.environment import Environment
from hil.physics.spacecraft import Face, FlexibleMode, ThrusterModel
from hil.physics.truth import Truth
parts = dict(
    body=BODY.model_copy(update={"residual_dipole_body_A_m2": (0.01, 0.0, -0.02)}),
    wheels=[wheel((0.6, 0.0, 0.8), coulomb_friction_Nm=2e-5, viscous_friction_Nm_s=1e-7,
        initial_speed_rad_s=1.0, dynamic_imbalance_kg_m2=1e-8)],
    faces=[Face(normal_body=n, centre_body_m=(0.1, 0.0, 0.2), area_m2=0.1,
        specular_reflectivity=0.3, diffuse_reflectivity=0.2)
        for n in ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0))],
    thrusters=[ThrusterModel(position_body_m=(0.0, 0.1, 0.0), direction_body=(1.0, 0.0, 0.0),
        thrust_N=0.01)],
    flexible_modes=[FlexibleMode(frequency_hz=0.5, damping_ratio=0.01,
        coupling_body_sqrt_kg_m=(0.05, 0.0, 0.1))],
    rate_body_rad_s=(0.01, -0.02, 0.005),
)
weather = dict(density="nrlmsis", f107=130.0, f107_average=130.0, ap=7.0)
for orbit, environment in (
    (low_orbit(), Environment(albedo=0.3, magnetic_field_node_s=1.0)),
    (low_orbit(true_anomaly_deg=200.0), Environment(**weather)),
    (low_orbit(central_body="moon", semi_major_axis_m=1.9e6), Environment()),
):
    truth = Truth(orbit=orbit, environment=environment, **parts)
    for step in range(30):
        truth.fire([0.07])
        truth.advance(2, np.array([1e-4 * (step % 5 - 2)]), np.array([0.1, 0.0, -0.1]))
        assert np.isfinite(truth.row).all()
        print(truth.row.tobytes().hex())
"""


def python(code, **environment):
    """Run code in a fresh interpreter; return what it wrote to standard output and error."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | environment,
    )
    return done.stdout, done.stderr


def test_the_interpreter_gives_the_same_bits():
    native, _ = python(EVERYTHING)
    interpreted, _ = python(EVERYTHING, NUMBA_DISABLE_JIT="1")
    assert native == interpreted
    assert len(native.splitlines()) == 90


@pytest.fixture
def package(tmp_path):
    """A copy of the compiled rooms that a test may edit, and its own empty cache."""
    for room in ("physics", "devices"):
        shutil.copytree(ROOT / room, tmp_path / "hil" / room, ignore=lambda *_: {"__pycache__"})
    (tmp_path / "hil" / "machine").mkdir()
    for file in ("config.py", "errors.py", "machine/cache.py"):
        shutil.copy(ROOT / file, tmp_path / "hil" / file)
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


@pytest.mark.parametrize(
    ("ending", "damage"), [("nbc", "flipped"), ("nbc", "cut"), ("nbi", "empty")]
)
def test_a_damaged_cache_is_compiled_anew_and_said(package, ending, damage):
    code = f"{IMPORT}; {SCALE}"
    right = run_copy(package, code)[0]
    [path] = (package / "cache").rglob(f"*add_scaled-*.{ending}")
    stored = bytearray(path.read_bytes())
    stored[len(stored) // 2] ^= 0x10
    cut = {"cut": stored[: len(stored) // 2], "flipped": stored, "empty": b""}
    path.write_bytes(cut[damage])
    shown, said = run_copy(package, code)
    assert shown == right
    assert "is damaged" in said
    assert run_copy(package, code) == (right, "")


def test_a_function_that_compiled_code_calls_leaves_nothing_of_its_own_in_the_cache(package):
    code = "from hil.physics.vectors import norm; print(norm((3.0, 4.0, 0.0)))"
    assert run_copy(package, code)[0] == "5.0\n"
    kept = {path.name.split("-")[0] for path in (package / "cache").rglob("*.nbi")}
    assert kept == {"vectors.norm"}


def test_a_numba_that_is_not_known_inside_goes_its_own_way_with_the_same_values(package):
    other = "from hil.physics import compiled_parts; compiled_parts._KNOWN = 'none'\n"
    code = "from hil.physics.vectors import norm; print(norm((3.0, 4.0, 0.0)))"
    assert run_copy(package, other + code)[0] == "5.0\n"
    kept = {path.name.split("-")[0] for path in (package / "cache").rglob("*.nbi")}
    assert kept > {"vectors.norm"}


class Heard(event.Listener):
    """How often garbage is searched for, at each compile's begin."""

    def __init__(self):
        self.thresholds = []

    def on_start(self, _):
        self.thresholds.append(gc.get_threshold()[0])

    def on_end(self, _):
        pass


@pytest.fixture
def usual_search():
    """The search for garbage as Python begins with it; a command of hil may have changed it."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


@pytest.mark.parametrize("function", [lambda x: x + 1, lambda x: x.no_such_attribute])
@pytest.mark.usefixtures("usual_search")
def test_while_it_compiles_garbage_is_seldom_searched_for_and_as_before_thereafter(function):
    before, colours = gc.get_threshold(), errors._termcolor_inst
    listening = event.install_listener("numba:compile", Heard())
    with listening as heard, contextlib.suppress(numba.TypingError):
        numba.njit(function)(1)
    assert heard.thresholds
    assert all(each > 100 * before[0] for each in heard.thresholds)
    assert gc.get_threshold() == before
    assert errors._termcolor_inst is colours


def test_flags_of_parts_equal_numbas_own_of_the_same_values():
    flags, same, other = PartFlags(), compiler.Flags(), PartFlags()
    other.forceinline = same.forceinline = True
    assert flags == compiler.Flags()
    assert compiler.Flags() == flags
    assert other == same
    assert flags != other
    assert flags != same
    assert {hash(each) for each in (flags, same, other)} == {hash(compiler.Flags())}


def test_a_function_called_with_several_constants_is_translated_once_and_optimized_in_its_caller():
    seventh = compiled.compiled(lambda x, n: x + n / 7.0)
    made = []
    translated = compiled_parts._compiler.compile_extra

    def counted(*args, **kws):
        made.append(translated(*args, **kws))
        return made[-1]

    with patch.object(compiled_parts._compiler, "compile_extra", counted):
        total = numba.njit(lambda x: seventh(x, 1) + seventh(x, 2) + seventh(x, int(x)))
        assert total(3.0) == (3.0 + 1 / 7.0) + (3.0 + 2 / 7.0) + (3.0 + 3 / 7.0)
    parts = [each for each in made if isinstance(each.library, compiled_parts.PartLibrary)]
    assert len(parts) == 1
