"""What the ground tells the OBC, and when."""

import numpy as np
import pytest
from fake_obc import FakeObc, Talk
from rig_files import BODY
from test_rig_timeline import RIG

from hil.bench.uplink import send, telecommands
from hil.bench.world import World
from hil.errors import ObcError
from hil.link import messages as m
from hil.physics.rotations import apply
from hil.rig import load_rig


@pytest.fixture
def rig(tmp_path):
    """A ship and a station, both known at the start; at 10 s mode target, at 30 s the station."""
    spacecraft = f"{BODY}\n[flight_software]\nwheel_count = 0.0\n"
    (tmp_path / "small.toml").write_text(spacecraft)
    (tmp_path / "a.toml").write_text(RIG)
    return load_rig(tmp_path / "a.toml")


def told(rig):
    return telecommands(rig, World(rig))


def test_the_start_comes_first_and_the_timeline_after_it_with_the_mode_last(rig):
    assert [(each.step, each.message.name, each.what) for each in told(rig)] == [
        (0, "set_parameter", "parameter wheel_count = 0.0"),
        (0, "set_orbit", "the orbit"),
        (0, "set_earth", "the Earth's orientation"),
        (0, "set_parameter", "the date"),
        (0, "set_target", "the target ship"),
        (0, "set_target", "the station Almaty"),
        (0, "set_mode", "mode nadir"),
        (100, "set_target", "the target ship"),
        (100, "set_mode", "mode target"),
        (300, "set_target", "the station Almaty"),
    ]


def test_a_target_is_told_where_it_is_at_that_instant(rig):
    first, later = (each for each in told(rig) if each.what == "the target ship")
    assert (first.ticks, later.ticks) == (0, 10 << 24)
    slot, *state = later.values
    assert slot == m.TARGET_SLOTS.index("target")
    moved, bent_m = np.subtract(state[:3], first.values[1:4]), 0.01  # 200 m along a circle
    assert moved == pytest.approx(10.0 * np.array(state[3:]), abs=bent_m)
    assert np.linalg.norm(state[3:]) == pytest.approx(20.0, rel=1e-6)


def test_the_earths_orientation_is_that_of_the_truth(rig):
    (earth,) = (each for each in told(rig) if each.message is m.SET_EARTH)
    ship = rig.ground.targets["ship"].position_ecef_m(0.0)
    assert apply(earth.values, ship) == pytest.approx(
        rig.ground.position_eci_m("ship", np.array([0.0]))[0]
    )


def test_what_lies_beyond_a_shorter_run_is_not_told(rig):
    assert {each.step for each in told(rig.with_overrides(duration_s=20.0))} == {0, 100}


def test_the_date_is_days_since_j2000(rig):
    (date,) = (each for each in told(rig) if each.what == "the date")
    assert date.values[1] == 9576.0  # 2026-03-21T12:00Z: Julian date 2461121, less 2451545


def test_not_every_firmware_need_know_the_date_and_how_the_earth_is_turned(rig):
    driver = Talk(FakeObc(ack=1)).driver
    earth = [each for each in told(rig) if not each.needed]
    assert len(earth) == 2
    for telecommand in earth:
        send(driver, telecommand)
    malformed = Talk(FakeObc(ack=3)).driver
    with pytest.raises(ObcError, match="refused the Earth's orientation: malformed"):
        send(malformed, earth[0])


def test_a_refusal_in_the_run_is_told_with_its_step(rig):
    driver = Talk(FakeObc(ack=1)).driver
    with pytest.raises(ObcError) as error:
        send(driver, told(rig)[-2])
    assert str(error.value) == "the firmware refused mode target at step 100: unknown id"


def test_a_firmware_without_the_reference_firmwares_parameters_is_told_to_do_without(rig):
    driver = Talk(FakeObc(ack=1)).driver
    with pytest.raises(
        ObcError, match=r"parameter wheel_count = 0\.0: unknown id; the parameters in .*\[flight"
    ):
        send(driver, told(rig)[0])


def test_errors_of_the_uplink_have_the_sigmas_that_the_rig_says(rig):
    """300 seeds show a sigma to 4 % (1 sigma): within 12 %; a mean within 0.2 of it."""
    orbits = []
    world = World(rig.with_overrides(uplink={"position_sigma_m": 50.0, "velocity_sigma_m_s": 0.2}))
    exact = world.truth_of("position_eci_m").copy(), world.truth_of("velocity_eci_m_s").copy()
    for seed in range(300):
        world._seed = seed
        position, velocity = world.determined_orbit()
        orbits.append([position - exact[0], velocity - exact[1]])
    errors = np.array(orbits)
    assert errors.std(axis=0)[0] == pytest.approx([50.0] * 3, rel=0.12)
    assert errors.std(axis=0)[1] == pytest.approx([0.2] * 3, rel=0.12)
    assert np.abs(errors.mean(axis=0) / [[50.0], [0.2]]).max() < 0.2


@pytest.mark.parametrize("key", ["position_sigma_m", "velocity_sigma_m_s"])
def test_each_sigma_of_the_uplink_is_of_its_own_half_of_the_orbit(rig, key):
    world = World(rig.with_overrides(uplink={key: 1.0}))
    position, velocity = world.determined_orbit()
    moved = [
        not np.array_equal(position, world.truth_of("position_eci_m")),
        not np.array_equal(velocity, world.truth_of("velocity_eci_m_s")),
    ]
    assert moved == [key == "position_sigma_m", key == "velocity_sigma_m_s"]


def test_the_orbit_that_is_told_is_the_determined_one(rig):
    uncertain = rig.with_overrides(uplink={"position_sigma_m": 50.0, "velocity_sigma_m_s": 0.2})
    world = World(uncertain)
    (orbit,) = (each for each in telecommands(uncertain, world) if each.message is m.SET_ORBIT)
    assert list(orbit.values) == np.concatenate(world.determined_orbit()).tolist()


def test_what_is_told_carries_the_time_of_an_obc_that_has_been_up_for_long(rig):
    year_s = 31_557_600
    old = rig.with_overrides(obc={"mode": "nadir", "uptime_at_start_s": float(year_s)})
    for young, each in zip(told(rig), told(old), strict=True):
        assert each.ticks == (None if young.ticks is None else young.ticks + (year_s << 24))
    dates = [next(e.values[1] for e in told(r) if e.what == "the date") for r in (rig, old)]
    assert dates[0] - dates[1] == pytest.approx(365.25, abs=1e-9)
