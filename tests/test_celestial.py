"""Targets in orbit and in the sky: where they are, how they are told of, what is refused."""

from pathlib import Path

import numpy as np
import pytest
from rig_files import edited

from hil.bench.uplink import telecommands
from hil.bench.world import World
from hil.errors import RigError
from hil.physics.celestial import Falling, SkyTarget
from hil.physics.ground import Ground
from hil.physics.orbit import InitialOrbit
from hil.physics.rotations import angle_between
from hil.physics.sky import Sky
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
TELESCOPE = ROOT / "rigs" / "missions" / "lunar_telescope.toml"
STAR = """
[[target]]
name = "Vega"
kind = "target"
right_ascension_deg = 279.2347
declination_deg = 38.7837
"""


@pytest.fixture(scope="module")
def telescope():
    return load_rig(TELESCOPE)


def test_what_falls_is_where_the_truth_has_a_spacecraft_that_nothing_else_pulls(telescope):
    calm = telescope.environment.model_copy(update={"solar_pressure": False})
    rig = telescope.model_copy(update={"environment": calm})
    world, time_s = World(rig), 1234.0
    world.truth.advance(round(time_s / rig.truth_step_s), [0.0] * 3, (0.0, 0.0, 0.0))
    fallen = Falling(rig.orbit.state(), rig.orbit, calm).states(np.array([0.0, time_s]))
    assert fallen[0, :3] == pytest.approx(rig.orbit.state()[0], abs=1e-6)
    assert fallen[1, :3] == pytest.approx(world.truth_of("position_eci_m"), abs=1e-2)
    assert fallen[1, 3:] == pytest.approx(world.truth_of("velocity_eci_m_s"), abs=1e-5)


def test_debris_passes_when_and_as_fast_as_its_rig_says(telescope):
    own = Falling(telescope.orbit.state(), telescope.orbit, telescope.environment)
    time_s = np.array([2149.5, 2150.0, 2150.5])
    away = telescope.ground.state_eci("debris", time_s)[:, :3] - own.states(time_s)[:, :3]
    assert np.linalg.norm(away[1]) == pytest.approx(100e3, rel=1e-3)
    assert np.degrees(angle_between(away[0], away[2])) == pytest.approx(0.5, abs=0.01)


def ground(*targets):
    return Ground(targets, Sky(InitialOrbit(**LOW).epoch_utc))


LOW = {"epoch_utc": "2026-03-21T12:00:00Z", "semi_major_axis_m": 7e6, "eccentricity": 0.0}
LOW |= {"inclination_deg": 0.0, "raan_deg": 0.0, "argument_of_perigee_deg": 0.0}
LOW |= {"true_anomaly_deg": 0.0}


def test_a_star_is_where_its_coordinates_say_and_hidden_by_the_planet():
    star = SkyTarget(name="s", kind="target", right_ascension_deg=90.0, declination_deg=30.0)
    here, time_s = ground(star), np.zeros(2)
    places = np.array([[0.0, 7e6, 0.0], [0.0, -7e6, 0.0]])
    seen = here.direction_eci("s", time_s, places)
    assert seen == pytest.approx(np.array([[0.0, np.sqrt(0.75), 0.5]] * 2))
    limb = np.degrees(np.arcsin(6378136.3 / 7e6))
    height = np.degrees(here.elevation_rad("s", time_s, places))
    assert height == pytest.approx([150.0 - limb, 30.0 - limb])


def test_the_ground_tells_of_an_orbit_with_an_error_that_stays(telescope):
    told = [each for each in telecommands(telescope, World(telescope)) if "debris" in each.what]
    assert [each.message.name for each in told] == ["set_target_orbit", "set_target_orbit"]
    start, later = (np.array(each.values[1:]) for each in told)
    time_s = np.array([0.0, 1800.0])
    off = np.stack([start, later]) - telescope.ground.state_eci("debris", time_s)
    assert off[0] == pytest.approx(off[1], abs=1e-6)
    assert 20.0 < np.linalg.norm(off[0, :3]) < 500.0
    assert told[1].ticks == 1800 << 24


def test_a_star_is_told_by_its_direction(telescope, tmp_path):
    text = TELESCOPE.read_text().partition("[[target]]")[0].replace("../", f"{ROOT}/rigs/")
    (tmp_path / "a.toml").write_text(text + STAR)
    rig = load_rig(tmp_path / "a.toml")
    (star,) = (each for each in telecommands(rig, World(rig)) if "Vega" in each.what)
    assert (star.message.name, star.ticks) == ("set_target_direction", None)
    assert star.values == pytest.approx([0, 0.1250, -0.7694, 0.6264], abs=1e-4)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('central_body = "moon"\nposition', 'central_body = "earth"\nposition',
         r'"debris" orbit: central_body is "earth", that of \[orbit\] "moon"|below the surface'),
        ("velocity_eci_m_s = [-708.9375", "velocity_eci_m_s = [-8.9375",
         "below the surface of the moon"),
        ("[target.orbit]\n", "[target.orbit]\nepoch_utc = 2029-06-21T12:00:00Z\n",
         r'\[\[target\]\] "debris" orbit: leave out epoch_utc'),
        ("position_sigma_m = 100.0", "position_sigma_m = -1.0", "position_sigma_m = -1.0: must be"),
        ("apparent = true", "aparent = true", "unknown key; did you mean apparent"),
        ("[target.orbit]", "[target.orbitt]", r"\[\[target\]\] \"debris\""),
    ],
)  # fmt: skip
def test_a_mistake_in_an_orbit_is_one_clear_sentence(old, new, words, tmp_path):
    text = edited(TELESCOPE.read_text(), old, new).replace("../", f"{ROOT}/rigs/")
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(RigError, match=words):
        load_rig(tmp_path / "a.toml")


def test_a_place_on_the_ground_is_refused_about_the_moon(tmp_path):
    text = TELESCOPE.read_text().replace("../", f"{ROOT}/rigs/")
    place = 'name = "Aktau"\nkind = "station"\nheight_m = 0.0\n'
    place += "latitude_deg = 43.6\nlongitude_deg = 51.2"
    (tmp_path / "a.toml").write_text(f"{text}\n[[target]]\n{place}\n")
    with pytest.raises(RigError, match='"Aktau": a place on the ground is on WGS84'):
        load_rig(tmp_path / "a.toml")
