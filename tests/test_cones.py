"""Cones that an axis stays out of: judged by truth, and refused where a command breaks them."""

import re
from pathlib import Path

import numpy as np
import pytest
from rig_files import edited
from scipy.spatial.transform import Rotation

from hil.bench import run
from hil.errors import RigError
from hil.judge import evaluate
from hil.judge.cones import ConeRequirement
from hil.recording import Recording
from hil.rig import load_rig

MISSIONS = Path(__file__).parents[1] / "rigs" / "missions"
TELESCOPE = MISSIONS / "lunar_telescope.toml"
AHEAD = [0.0, 0.0, 0.0, 1.0]


def intrusion_deg(q=AHEAD, ground=None, **keys):
    """Of +z of the body: the Sun 30 deg off it, the velocity along x, the planet behind."""
    rows = {
        "truth_q_eci_from_body": np.array([q]),
        "truth_sun_eci": np.array([[0.5, 0.0, np.sqrt(0.75)]]),
        "truth_third_body_eci": np.array([[0.0, 1.0, 0.0]]),
        "truth_velocity_eci_m_s": np.array([[7e3, 0.0, 0.0]]),
        "truth_position_eci_m": np.array([[0.0, 0.0, -2.0 * 6_378_136.3]]),
    }
    requirement = ConeRequirement(name="c", **keys)
    assert ConeRequirement.columns(requirement) <= set(rows)
    return float(np.degrees(requirement.intrusion_rad(rows, ground))[0])


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"cone": "sun", "outside_deg": 40.0}, 10.0),
        ({"cone": "sun", "outside_deg": 20.0}, -10.0),
        ({"cone": "sun", "inside_deg": 20.0}, 10.0),
        ({"cone": "moon", "outside_deg": 100.0}, 10.0),
        ({"cone": "velocity", "inside_deg": 100.0}, -10.0),
        ({"cone": "sun", "outside_deg": 70.0, "boresight_body": (1.0, 0.0, 0.0)}, 10.0),
    ],
)
def test_it_is_judged_by_the_angle_into_the_wrong_side(keys, expected):
    assert intrusion_deg(**keys) == pytest.approx(expected)


def test_the_limbs_angle_counts_from_the_planets_edge(nadir):
    """At two radii from the centre the planet's half angle is 30 degrees, and it is dead ahead."""
    told = intrusion_deg(ground=nadir.ground, cone="limb", outside_deg=25.0)
    assert told == pytest.approx(25.0 + 30.0)


def test_an_attitude_to_hold_that_looks_into_the_sun_is_refused_before_the_start(tmp_path):
    text = TELESCOPE.read_text().replace("../spacecraft", f"{MISSIONS.parent}/spacecraft")
    second = "[-0.480215581, -0.404443764, 0.265486451, 0.731666031]"
    path = tmp_path / "rig.toml"
    path.write_text(edited(text, second, _towards_the_sun()))
    with pytest.raises(RigError, match=r"number 2: .* to 0.0 deg from the Sun, which is within 45"):
        load_rig(path)


def _towards_the_sun():
    sun = np.array([0.00231889, 0.91742641, 0.39789874])
    axis = np.cross([0.0, 0.0, 1.0], sun)
    q = np.array([*axis, 1.0 + sun[2]])
    return str((q / np.linalg.norm(q)).tolist())


def test_slews_go_round_the_sun_and_straight_over_it_when_nobody_told_of_it(tmp_path):
    rig = load_rig(TELESCOPE).with_overrides(duration_s=520.0)
    told = _cone(rig, tmp_path / "a.mcap")
    assert told.met, told.text
    flat = {"keep_out_sun_rad": 0.0}
    software = {**rig.spacecraft.flight_software, **flat}
    craft = rig.spacecraft.model_copy(update={"flight_software": software})
    untold = rig.model_copy(update={"spacecraft": craft})
    untold._source, untold._read = rig._source, rig._read
    verdict = _cone(untold, tmp_path / "b.mcap")
    assert verdict.value > 30.0  # it passes the Sun by less than 15 degrees
    assert "angle within 45 deg of the sun" in verdict.text


EARTH = np.array([0.8826, 0.4026, 0.2428])  # from the Moon at the telescope's epoch; erfa's moon98


def _beside_the_earth_deg(angle):
    """An attitude whose +z is so far from the Earth, across the Sun's direction."""
    z, across = np.array([0.0, 0.0, 1.0]), np.cross(EARTH, [0.0023, 0.9174, 0.3979])
    turn = Rotation.from_rotvec(np.radians(angle) * across / np.linalg.norm(across))
    axis = np.cross(z, EARTH)
    to_earth = Rotation.from_rotvec(axis / np.linalg.norm(axis) * np.arccos(EARTH[2]))
    return str((turn * to_earth).as_quat().tolist())


@pytest.mark.parametrize(("kept_rad", "met"), [(0.36, True), (0.0, False)])
def test_about_the_moon_slews_go_round_the_earth(tmp_path, kept_rad, met):
    """On board it is where a short series has the Moon, the other way round."""
    text = TELESCOPE.read_text().replace("../spacecraft", f"{MISSIONS.parent}/spacecraft")
    first, second = re.findall(r"q_eci_from_body = (\[.*\])\n", text)[:2]
    text = text.replace(first, _beside_the_earth_deg(30.0)).replace("at_s = 300.0", "at_s = 100.0")
    text = text.replace(second, _beside_the_earth_deg(-30.0)).replace('"sun"', '"moon"')
    path = tmp_path / "rig.toml"
    path.write_text(text.replace("outside_deg = 45.0", "outside_deg = 20.0\nfrom_s = 90.0"))
    rig = load_rig(path).with_overrides(duration_s=300.0)
    cones = {"keep_out_sun_rad": 0.0, "keep_out_moon_rad": kept_rad}
    craft = rig.spacecraft
    software = {**craft.flight_software, **cones}
    told = rig.model_copy(
        update={"spacecraft": craft.model_copy(update={"flight_software": software})}
    )
    told._source, told._read = rig._source, rig._read
    verdict = _cone(told, tmp_path / "run.mcap")
    assert verdict.met == met, verdict.text
    assert met or verdict.value > 15.0


def _cone(rig, path):
    recording = Recording(run(rig, "library", path).recording)
    return next(each for each in evaluate(rig, [recording]) if "Sun" in each.name)


def test_a_cone_has_one_side():
    with pytest.raises(ValueError, match="outside_deg or inside_deg"):
        ConeRequirement(name="c", cone="sun")


def test_a_target_in_a_cone_of_the_sun_is_refused_before_the_start(tmp_path):
    text = TELESCOPE.read_text().replace("../spacecraft", f"{MISSIONS.parent}/spacecraft")
    star = '[[target]]\nname = "star"\nkind = "target"\nright_ascension_deg = 90.0\n'
    text = edited(text, "[[target]]", f"{star}declination_deg = 10.0\n\n[[target]]")
    path = tmp_path / "rig.toml"
    path.write_text(edited(text, 'target = "debris"', 'target = "star"'))
    with pytest.raises(RigError, match=r'target "star" turns .* to 13.4 deg from the Sun'):
        load_rig(path)
