"""What an engineer works out before a run: budgets and capabilities from the files alone."""

import json
import math
import re

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rig_files import BODY, HEAD, ORBIT, edited
from scipy.optimize import linprog

from hil.cli import main
from hil.rig import load_rig, load_spacecraft
from hil.sizing import sizing_dict
from hil.sizing.envelope import along, guaranteed, slew_time_s

TETRAHEDRON = np.array([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]) / math.sqrt(3.0)
WHEEL = """
[[wheel]]
name = "{0}"
axis_body = {1}
spin_inertia_kg_m2 = 2.0e-5
torque_max_Nm = 0.004
speed_max_rad_s = 500.0
tachometer_rate_hz = 10.0
"""
WHEELS = "".join(
    WHEEL.format(name, axis)
    for name, axis in (("x", [1.0, 0.0, 0.0]), ("y", [0.0, 1.0, 0.0]), ("z", [0.0, 0.0, 1.0]))
)
SAIL = """
[[face]]
normal_body = [0.0, 1.0, 0.0]
centre_body_m = [0.5, 0.0, 0.0]
area_m2 = 0.6
"""
TRACKER = """
[[star_tracker]]
boresight_body = {}
across_noise_arcsec = 2.0
roll_noise_arcsec = 10.0
rate_hz = 5.0
limb_exclusion_deg = 20.0
"""
RIG = HEAD + ORBIT + '[obc]\nmode = "idle"\n'


@pytest.fixture
def page(tmp_path):
    """Return the page of a small spacecraft in its orbit, with these tables added."""

    def made(tables, rig=RIG):
        (tmp_path / "small.toml").write_text(BODY + tables)
        (tmp_path / "rig.toml").write_text(rig)
        loaded = load_rig(tmp_path / "rig.toml")
        return sizing_dict(loaded.spacecraft, loaded.source, loaded)

    return made


# -- what several actuators reach ------------------------------------------------------------------


def test_three_wheels_across_each_other_reach_as_far_as_the_weakest_in_any_direction():
    assert guaranteed(np.diag([3.0, 1.0, 2.0])) == pytest.approx(1.0)
    assert along(np.diag([3.0, 1.0, 2.0]), np.array([1.0, 0.0, 0.0])) == pytest.approx(3.0)


def test_four_wheels_at_a_tetrahedrons_corners_reach_a_rhombic_dodecahedron():
    assert guaranteed(TETRAHEDRON) == pytest.approx(4.0 / math.sqrt(6.0))
    assert along(TETRAHEDRON, np.array([1.0, 0.0, 0.0])) == pytest.approx(4.0 / math.sqrt(3.0))


def test_two_wheels_reach_nothing_in_some_directions():
    assert guaranteed(np.eye(3)[:2]) == 0.0
    assert along(np.eye(3)[:2], np.array([0.0, 0.0, 1.0])) == 0.0
    assert along(np.eye(3)[:2], np.array([0.0, 1.0, 0.0])) == 1.0


component = st.floats(-1.0, 1.0).map(lambda x: round(x, 3))
vector = st.tuples(component, component, component)


@given(st.lists(vector, min_size=3, max_size=6), vector)
def test_what_is_reached_is_what_a_linear_program_finds(vectors, wanted):
    columns, direction = np.array(vectors), np.array(wanted)
    if np.linalg.norm(direction) < 0.1 or np.linalg.svd(columns)[1][-1] < 0.05:
        return
    direction /= np.linalg.norm(direction)
    equal = np.hstack([columns.T, -direction[:, None]])
    bounds = [(-1.0, 1.0)] * len(columns) + [(0.0, None)]
    found = linprog([*[0.0] * len(columns), -1.0], A_eq=equal, b_eq=np.zeros(3), bounds=bounds)
    assert along(columns, direction) == pytest.approx(-found.fun, rel=1e-6)
    assert guaranteed(columns) <= along(columns, direction) + 1e-9


def test_a_slew_accelerates_coasts_and_brakes():
    assert slew_time_s(1.0, 0.01, 10.0) == pytest.approx(20.0)  # 2 sqrt(angle / acceleration)
    assert slew_time_s(1.0, 0.01, 0.05) == pytest.approx(25.0)  # 20 s at the rate, 5 s to reach it
    assert slew_time_s(1.0, 0.0, 0.05) == math.inf


# -- budgets ---------------------------------------------------------------------------------------


def test_disturbances_are_the_textbooks(page):
    found = page(WHEELS + SAIL, RIG + '[environment]\ndensity = "none"\n')
    torque = {each["name"]: each["torque_Nm"] for each in found["budget"]["disturbances"]}
    lowest_m = found["orbit"]["height_m"][0] + 6_378_136.3
    gradient = 1.5 * 3.986004415e14 / lowest_m**3 * (0.04 - 0.02)
    assert torque["gravity gradient"] == pytest.approx(gradient, rel=1e-6)
    # a black face across the light, 0.5 m off: pressure at perihelion x area x lever
    assert torque["sunlight"] == pytest.approx(4.5398e-6 * 1.034 * 0.6 * 0.5, rel=2e-3)
    assert "air" not in torque
    assert found["budget"]["worst_together_Nm"] == pytest.approx(sum(torque.values()))


def test_drag_is_that_of_the_layer_the_orbit_lies_in(page):
    found = page(SAIL)
    torque = {each["name"]: each["torque_Nm"] for each in found["budget"]["disturbances"]}
    # Vallado, table 8-4: 6.967e-13 kg/m3 at 500 km, scale height 63.8 km; 7.62 km/s at the lowest
    # point, 0.50 km/s less against the air that turns with the Earth; drag coefficient 2.2
    above_km = found["orbit"]["height_m"][0] / 1e3 - 500.0
    assert 0.0 < above_km < 25.0
    expected = 0.5 * 6.967e-13 * math.exp(-above_km / 63.822) * 7120.0**2 * 2.2 * 0.6 * 0.5
    assert torque["air"] == pytest.approx(expected, rel=0.01)


def test_margins_are_what_the_wheels_can_over_what_is_asked(page):
    budget = page(WHEELS)["budget"]
    assert budget["wheel_torque_margin"] == pytest.approx(0.004 / budget["worst_together_Nm"])
    assert budget["wheels_full_after_s"] == pytest.approx(0.01 / budget["worst_together_Nm"])
    assert budget["rod_torque_across_weakest_field_Nm"] == 0.0


def test_slews_are_those_of_the_wheels_torque_and_momentum(page):
    about_x = page(WHEELS)["slew"][0]
    assert about_x["rate_deg_s"] == pytest.approx(math.degrees(0.01 / 0.04))
    assert about_x["acceleration_deg_s2"] == pytest.approx(math.degrees(0.004 / 0.04))
    assert list(about_x["time_s_by_deg"]) == ["10", "30", "90", "180"]
    assert about_x["time_s_by_deg"]["180"] == pytest.approx(math.pi / 0.25 + 0.25 / 0.1)


def test_without_wheels_no_slew_is_promised(page):
    found = page("")
    assert found["slew"][0]["time_s_by_deg"]["30"] is None
    assert found["budget"]["wheels_full_after_s"] == 0.0
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(("boresight", "share"), [([0, 0, 1], 0.0), ([0, 0, -1], 1.0)])
def test_a_tracker_that_looks_down_sees_nothing_and_one_that_looks_up_all(page, boresight, share):
    (found,) = page(TRACKER.format([float(each) for each in boresight]))["star_trackers"]
    assert found["nadir_share"] == share
    assert found["nadir_blinded_by"]["limb"] == 1.0 - share
    # the Earth's half angle of 67.6 deg and 20 deg more: a cap of a cosine of 0.042
    assert found["anywhere_share"] == pytest.approx(
        1.0 - (1.0 - math.cos(math.radians(87.6))) / 2.0, abs=0.01
    )


# -- the command -----------------------------------------------------------------------------------


def test_the_page_of_the_programmes_spacecraft_names_every_device_and_its_source():
    done = CliRunner().invoke(main, ["info", "rigs/dier5_nadir.toml"])
    assert done.exit_code == 0, done.output
    for words in (
        "[1] maker's data sheet: 15 mN m s",
        "gravity gradient",
        "where the star trackers",
    ):
        assert words in done.output
    assert re.search(r"^0 +100 % +nothing ", done.output, re.MULTILINE)  # its tracker, at nadir


def test_a_spacecraft_alone_has_a_page_and_no_budget():
    done = CliRunner().invoke(main, ["info", "rigs/spacecraft/alfarabi1.toml", "--json"])
    page = json.loads(done.stdout)
    assert page["mass"]["mass_kg"] == 1.7
    assert "budget" not in page
    assert page["actuators"]["rod_dipole_any_direction_A_m2"] == pytest.approx(
        0.2, rel=1e-4
    )  # not quite across each other


def test_a_mistake_in_a_spacecraft_alone_is_told_with_file_and_key(tmp_path):
    path = tmp_path / "craft.toml"
    path.write_text(edited(BODY, "mass_kg = 4.0", "mas_kg = 4000.0"))
    done = CliRunner().invoke(main, ["info", str(path)])
    assert done.exit_code == 2
    assert "mas_kg" in done.output
    assert "mass_kg" in done.output
    path.write_text(edited(BODY, "mass_kg = 4.0", "mass_kg = 4000.0"))
    assert "did you mean 4 kg" in CliRunner().invoke(main, ["info", str(path)]).output


def test_a_spacecrafts_file_reads_as_in_a_rig():
    craft, _ = load_spacecraft("rigs/spacecraft/dier5.toml")
    assert craft == load_rig("rigs/dier5_nadir.toml").spacecraft


def test_the_rig_of_a_recording_is_not_asked_of_a_toml_file():
    done = CliRunner().invoke(main, ["info", "rigs/dier5_nadir.toml", "--rig"])
    assert done.exit_code == 2
    assert "--rig is for a recording" in done.output
