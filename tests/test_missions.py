"""Rigs of other missions hold what they say; a new spacecraft takes one file and no Python."""

from pathlib import Path

import numpy as np
import pytest
from bench_false_alarms import BLAME
from rig_files import edited

from hil.bench import run
from hil.judge import evaluate
from hil.recording import Recording, first_difference
from hil.rig import load_rig
from hil.sizing import sizing_dict

RIGS = Path(__file__).parents[1] / "rigs"
AGILE = RIGS / "missions" / "kazeosat_agile.toml"
RELAY = RIGS / "missions" / "kazsat_relay.toml"
DAY = RIGS / "missions" / "kazsat_relay_day.toml"
TELESCOPE = RIGS / "missions" / "lunar_telescope.toml"
SEARCH = RIGS / "missions" / "lunar_debris_search.toml"
LAUNCHES = sorted((RIGS / "missions").glob("launch_*.toml"))
TEN_SEEDS = range(1, 11)

CRAFT = """\
# A 6U that no file of the project knows: four wheels in a pyramid, and little else.
name = "newcomer"

[body]
mass_kg = 8.0
inertia_body_kg_m2 = [[0.11, 0.0, 0.0], [0.0, 0.09, 0.0], [0.0, 0.0, 0.05]]
residual_dipole_body_A_m2 = [0.01, 0.0, 0.0]

{wheels}
[[gyro]]
part = "hil:stim300"
rate_hz = 10.0

[[star_tracker]]
part = "hil:sagitta"
rate_hz = 5.0
latency_s = 0.1
boresight_body = [0.0, -0.7071067811865476, -0.7071067811865476]

[[gps]]
part = "hil:oem719"
rate_hz = 1.0
antenna_body = [0.0, 0.0, -1.0]

[flight_software]
inertia_xx_body_kg_m2 = 0.11
inertia_yy_body_kg_m2 = 0.09
inertia_zz_body_kg_m2 = 0.05
rod_dipole_max_A_m2 = 0.0
star_tracker_sigma_rad = 1.0e-5
star_tracker_boresight_x_body = 0.0
star_tracker_boresight_y_body = -0.70710678
star_tracker_boresight_z_body = -0.70710678
wheel_count = 4.0
{beliefs}
"""
_A = 0.5773502691896258
AXES = [(_A, _A, _A), (-_A, _A, _A), (-_A, -_A, _A), (_A, -_A, _A)]


def newcomer():
    """The text of its file."""
    wheels = "".join(
        f'[[wheel]]\npart = "hil:rwp015"\nname = "{i}"\naxis_body = {list(axis)}\n'
        "initial_speed_rad_s = 100.0\ntachometer_rate_hz = 10.0\n"
        for i, axis in enumerate(AXES)
    )
    beliefs = "\n".join(
        f"wheel{i}_axis_{name}_body = {value}"
        for i, axis in enumerate(AXES)
        for name, value in zip("xyz", axis, strict=True)
    )
    return CRAFT.format(wheels=wheels, beliefs=beliefs)


def missed(rig, recordings):
    return {each.name: each.text for each in evaluate(rig, recordings) if not each.met}


def test_a_spacecraft_is_added_by_one_file_and_no_python(tmp_path):
    (tmp_path / "newcomer.toml").write_text(newcomer())
    text = (RIGS / "dier5_nadir.toml").read_text()
    path = tmp_path / "rig.toml"
    path.write_text(edited(text, "spacecraft/dier5.toml", "newcomer.toml"))
    rig = load_rig(path)
    assert missed(rig, [Recording(run(rig, "library", tmp_path / "run.mcap").recording)]) == {}
    page = sizing_dict(rig.spacecraft, rig.source, rig)
    assert page["actuators"]["wheels"] == 4
    assert page["budget"]["wheel_torque_margin"] > 100.0


def test_an_agile_imager_takes_four_places_because_its_slews_heed_its_panels(tmp_path):
    rig = load_rig(AGILE)
    assert missed(rig, [Recording(run(rig, "library", tmp_path / "a.mcap").recording)]) == {}
    software = {**rig.spacecraft.flight_software, "flexible_period_s": 0.001}  # planned, not shaped
    craft = rig.spacecraft.model_copy(update={"flight_software": software})
    blind = rig.model_copy(update={"spacecraft": craft})
    blind._source, blind._read = rig._source, rig._read
    swinging = missed(blind, [Recording(run(blind, "library", tmp_path / "b.mcap").recording)])
    assert {"an exposure of the third", "an exposure of the fourth"} < set(swinging)
    words = swinging["the panels have settled on the fourth"]
    assert "sqrt(kg) m exceeds 0.00011 sqrt(kg) m" in words


def test_a_relay_adds_what_it_was_told_to_its_velocity_and_looks_at_the_earth(tmp_path):
    rig = load_rig(RELAY).with_overrides(duration_s=760.0)
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    assert missed(rig, [recording]) == {}
    told = [event.name for event in recording.events]
    assert "burn_ended" in told
    assert "rates_apart" not in told  # pulses and samples have one rhythm, which is no drift
    given_N_s = recording["truth_thruster_impulse_N_s"][-1]
    pushes = np.array([thruster.direction_body for thruster in rig.spacecraft.thruster])
    gained = given_N_s @ pushes / rig.spacecraft.body.mass_kg
    # design mass and thrust are 1.4 % off together, which nothing on board can tell
    assert gained == pytest.approx([2.0, 0.0, 0.0], abs=0.04)
    # unlike thrusters turn it by 0.02 Nm for 170 s; the same valves take that out of the wheels
    assert np.abs(recording["truth_wheel_speed_rad_s"][5000:]).max() < 30.0


@pytest.mark.slow
def test_a_relays_thrusters_unload_its_wheels_in_a_day_with_an_eclipse(tmp_path):
    rig = load_rig(DAY)
    recording = Recording(run(rig, "library", tmp_path / "day.mcap").recording)
    assert missed(rig, [recording]) == {}
    assert recording["truth_sunlit"].min() == 0.0
    unloaded = [event for event in recording.events if event.name == "unloading_ended"]
    assert len(unloaded) >= 2  # of what the start leaves, and of what the light brings


@pytest.mark.slow
@pytest.mark.parametrize("path", [AGILE, RELAY, TELESCOPE, SEARCH], ids=lambda path: path.stem)
def test_a_mission_holds_for_ten_seeds(path, tmp_path):
    rig = load_rig(path)
    runs = [
        Recording(run(rig.with_overrides(seed=s), "library", tmp_path / f"{s}.mcap").recording)
        for s in TEN_SEEDS
    ]
    assert missed(rig, runs) == {}
    assert [event.words for each in runs for event in each.events if event.name in BLAME] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", LAUNCHES, ids=lambda path: path.stem)
def test_a_launch_ends_safe(path, tmp_path):
    """One run of the 45 that `hil campaign` makes of it, with what is dispersed left as it is."""
    rig = load_rig(path)
    assert missed(rig, [Recording(run(rig, "library", tmp_path / "run.mcap").recording)]) == {}


@pytest.mark.slow
@pytest.mark.emulator
@pytest.mark.parametrize(
    "path", [AGILE, RELAY, TELESCOPE, SEARCH, *LAUNCHES], ids=lambda path: path.stem
)
def test_a_mission_is_the_same_bits_on_the_emulated_board(path, tmp_path):
    rig = load_rig(path)
    rig = rig.with_overrides(duration_s=min(rig.duration_s, 400.0))
    here = Recording(run(rig, "library", tmp_path / "here.mcap").recording)
    there = Recording(run(rig, "qemu-fast", tmp_path / "there.mcap").recording)
    assert first_difference(here, there) is None
