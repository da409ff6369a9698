"""The whole truth model: what must be conserved, how it converges, what it refuses."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from physics_cases import (
    EMPTY,
    INERTIA,
    NO_DIPOLE,
    by_quick_steps_alone,
    low_orbit,
    part,
    skewed_axes,
    truth,
    wheel,
)
from pydantic import ValidationError

from hil.physics import rotations
from hil.physics.environment import Environment
from hil.physics.spacecraft import Body, Face, FlexibleMode, ThrusterModel, WheelModel
from hil.physics.step import check_step, choose_step_s
from hil.physics.truth import Truth
from hil.rig import load_rig

ARCSEC = math.radians(1.0) / 3600.0
DAY_s = 86_400.0
NO_ELEMENTS = dict.fromkeys(
    (
        "semi_major_axis_m",
        "eccentricity",
        "inclination_deg",
        "raan_deg",
        "argument_of_perigee_deg",
        "true_anomaly_deg",
    )
)
RIGS = sorted((Path(__file__).parent.parent / "rigs").glob("*.toml"))


def angular_momentum_eci(world, wheels, inertia=INERTIA):
    body = np.array(inertia) @ part(world, "rate_body_rad_s")
    for w, speed in zip(wheels, part(world, "wheel_speed_rad_s"), strict=True):
        body = body + w.spin_inertia_kg_m2 * speed * np.array(w.axis_body)
    return rotations.apply(part(world, "q_eci_from_body"), body)


def test_a_day_without_torque_keeps_momentum_energy_and_norm():
    wheels = [wheel(axis, initial_speed_rad_s=50.0 * k) for k, axis in enumerate(skewed_axes(4))]
    world = truth(wheels=wheels, rate_body_rad_s=(0.02, -0.03, 0.01))
    start = angular_momentum_eci(world, wheels)
    energy = rotational_energy(world, wheels)
    for _ in range(24):
        world.advance(72_000, np.zeros(4), NO_DIPOLE)
    end = angular_momentum_eci(world, wheels)
    assert np.linalg.norm(end - start) / np.linalg.norm(start) < 1e-10  # measured 3e-12
    assert rotational_energy(world, wheels) == pytest.approx(energy, rel=1e-12)
    assert np.linalg.norm(part(world, "q_eci_from_body")) == pytest.approx(1.0, abs=1e-15)


def rotational_energy(world, wheels):
    rate = part(world, "rate_body_rad_s")
    energy = 0.5 * rate @ np.array(INERTIA) @ rate
    for w, speed in zip(wheels, part(world, "wheel_speed_rad_s"), strict=True):
        along = np.dot(w.axis_body, rate)
        energy += 0.5 * w.spin_inertia_kg_m2 * (speed * speed + 2.0 * speed * along)
    return energy


def test_motor_torque_and_friction_are_inside_the_spacecraft():
    """Whatever the wheels do, the spacecraft's angular momentum stays."""
    wheels = [
        wheel(axis, coulomb_friction_Nm=2e-5, viscous_friction_Nm_s=1e-7) for axis in skewed_axes(3)
    ]
    world = truth(wheels=wheels, rate_body_rad_s=(0.02, -0.03, 0.01))
    start = angular_momentum_eci(world, wheels)
    rng = np.random.default_rng(3)
    for _ in range(600):
        world.advance(20, rng.uniform(-4e-3, 4e-3, 3), NO_DIPOLE)
    drift = np.linalg.norm(angular_momentum_eci(world, wheels) - start)
    assert drift / np.linalg.norm(start) < 1e-8  # measured 1.5e-9


@pytest.mark.parametrize("degree", [0, 6])
def test_a_days_orbit_keeps_its_energy(degree):
    environment = EMPTY.model_copy(update={"gravity_degree": degree, "precession_nutation": False})
    world = truth(environment=environment, step_s=1.0)
    body = low_orbit().body

    def energy():
        r, v = part(world, "position_eci_m"), part(world, "velocity_eci_m_s")
        distance, s = np.linalg.norm(r), r[2] / np.linalg.norm(r)
        legendre = [np.polynomial.legendre.Legendre.basis(n)(s) for n in range(7)]
        shape = sum(
            j * (body.radius_m / distance) ** n * legendre[n]
            for n, j in enumerate(body.zonals[: max(0, degree - 1)], start=2)
        )
        return 0.5 * v @ v - body.mu_m3_s2 / distance * (1.0 - shape)

    start, position = energy(), part(world, "position_eci_m")
    momentum = np.cross(position, part(world, "velocity_eci_m_s"))
    world.advance(86_400, np.zeros(0), NO_DIPOLE)
    after = np.cross(part(world, "position_eci_m"), part(world, "velocity_eci_m_s"))
    assert energy() == pytest.approx(start, rel=1e-11)
    kept = slice(None) if degree == 0 else slice(2, 3)  # about the pole only, with zonals
    np.testing.assert_allclose(after[kept], momentum[kept], rtol=1e-11)


def slewing(rig, step_s):
    """Ten minutes of a rig's spacecraft that is made to work; the attitude at the end."""
    craft = rig.spacecraft
    world = Truth(
        body=craft.body,
        wheels=craft.wheel,
        faces=craft.face,
        flexible_modes=craft.flexible_mode,
        orbit=rig.orbit,
        environment=rig.environment,
        q_eci_from_body=rig.initial_q_eci_from_body(),
        rate_body_rad_s=(0.01, -0.02, 0.015),
        step_s=step_s,
    )
    steps = round(rig.step_s / step_s)
    most = np.array([0.1 * w.torque_max_Nm for w in craft.wheel])
    for k in range(round(600.0 / rig.step_s)):
        phase = 0.1 * k * np.array([0.031, 0.043, 0.057, 0.029])[: most.size]
        dipole = 0.1 * np.cos([k, 2 * k, 3 * k])
        world.advance(steps, most * np.sin(2 * np.pi * phase), dipole)
    return part(world, "q_eci_from_body")


def turned_by(a, b):
    return rotations.angle(rotations.multiply(rotations.conjugate(a), b))


def test_integrator_converges_with_the_fourth_power_of_the_step():
    wheels = [wheel(axis, initial_speed_rad_s=100.0) for axis in skewed_axes(3)]

    def tumbling(step_s):
        world = truth(wheels=wheels, rate_body_rad_s=(0.3, -0.5, 0.4), step_s=step_s)
        world = by_quick_steps_alone(world)
        world.advance(round(60.0 / step_s), np.array([1e-4, -1e-4, 5e-5]), NO_DIPOLE)
        return part(world, "q_eci_from_body")

    exact = tumbling(0.0025)
    errors = [turned_by(tumbling(step_s), exact) for step_s in (0.2, 0.1, 0.05)]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    np.testing.assert_allclose(orders, 4.0, atol=0.25)


@pytest.mark.parametrize("path", RIGS, ids=lambda path: path.stem)
def test_error_after_ten_minutes_is_below_a_tenth_of_an_arcsecond(path):
    """The rig's own step against one eight times finer."""
    rig = load_rig(path)
    ordinary, fine = (slewing(rig, rig.truth_step_s / finer) for finer in (1, 8))
    assert turned_by(ordinary, fine) < 0.1 * ARCSEC


@pytest.mark.parametrize("inclination_deg", [0.0, 41.0, 97.5])
def test_field_between_nodes_stays_within_its_bound(inclination_deg):
    """Linear between nodes a second apart: 0.1 nT in low orbit."""
    orbit = low_orbit(inclination_deg=inclination_deg, semi_major_axis_m=6.7e6)
    every_step = Environment(third_bodies=False)
    at_nodes = every_step.model_copy(update={"magnetic_field_node_s": 1.0})
    exact, between = (truth(environment=e, orbit=orbit) for e in (every_step, at_nodes))
    worst = 0.0
    for _ in range(2000):
        for world in (exact, between):
            world.advance(7, np.zeros(0), NO_DIPOLE)
        apart = part(exact, "field_eci_T") - part(between, "field_eci_T")
        worst = max(worst, float(np.linalg.norm(apart)))
    assert 1e-12 < worst < 0.1e-9


def test_a_node_interval_must_fit_the_step():
    with pytest.raises(ValueError, match=r"is not a whole number of integration steps of 0\.03 s"):
        truth(environment=Environment(magnetic_field_node_s=1.0), step_s=0.03)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_however_a_run_is_cut_into_calls_the_bits_are_the_same(cuts):
    wheels = [wheel(axis, initial_speed_rad_s=30.0) for axis in skewed_axes(3)]
    torque, dipole = np.array([1e-4, 0.0, -1e-4]), np.array([0.1, 0.0, -0.1])
    keys = {"wheels": wheels, "environment": Environment(magnetic_field_node_s=1.0)}
    whole, pieces = truth(**keys), truth(**keys)
    whole.advance(sum(cuts), torque, dipole)
    for cut in cuts:
        pieces.advance(cut, torque, dipole)
    np.testing.assert_array_equal(whole.row, pieces.row)
    assert whole.time_s == pieces.time_s


def test_a_run_into_the_next_segment_of_the_sky_goes_on_smoothly():
    """Six hours on, the field's coefficients move by what they drifted since: 0.01 nT."""
    world = truth(environment=Environment(), step_s=1.0)
    world.advance(21_590, np.zeros(0), NO_DIPOLE)
    rows = []
    for _ in range(20):
        world.advance(1, np.zeros(0), NO_DIPOLE)
        rows.append(part(world, "field_eci_T"))
    jumps = np.linalg.norm(np.diff(rows, 3, axis=0), axis=-1)
    assert jumps.max() < 0.05e-9


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("which", ["wheel", "rod"])
def test_a_command_that_is_no_number_changes_nothing(value, which):
    world = truth(wheels=[wheel()])
    before = world.row.copy()
    torque, dipole = np.zeros(1), np.zeros(3)
    (torque if which == "wheel" else dipole)[0] = value
    with pytest.raises(ValueError, match="command is not finite"):
        world.advance(2, torque, dipole)
    np.testing.assert_array_equal(world.row, before)
    assert world.time_s == 0.0


def test_a_spacecraft_that_comes_down_ends_the_run_in_words():
    orbit = low_orbit()
    _, velocity = orbit.state()
    backwards = tuple(-velocity / np.linalg.norm(velocity))
    brake = ThrusterModel(position_body_m=(0, 0, 0), direction_body=backwards, thrust_N=50.0)
    falling = truth(orbit=orbit, step_s=1.0, thrusters=[brake])
    falling.fire([600.0])
    falling.advance(100, np.zeros(0), NO_DIPOLE)
    with pytest.raises(ValueError, match="has hit the ground within"):
        falling.advance(2000, np.zeros(0), NO_DIPOLE)
    height = np.linalg.norm(part(falling, "position_eci_m")) - orbit.body.radius_m
    assert -10e3 < height < 0.0  # it stopped there


def test_a_state_that_is_no_number_any_more_ends_the_run_in_words():
    gun = ThrusterModel(position_body_m=(1.0, 0, 0), direction_body=(0, 1.0, 0), thrust_N=1e300)
    world = truth(step_s=0.1, thrusters=[gun])
    world.fire([0.1])
    with pytest.raises(ValueError, match=r"truth_\w+ is not finite, .*nan.*, at 0.1 s"):
        world.advance(1, np.zeros(0), NO_DIPOLE)


def test_a_command_of_the_wrong_size_is_refused():
    world = truth(wheels=[wheel()])
    with pytest.raises(ValueError, match="2 wheel torques for 1 wheels and 3 dipole components"):
        world.advance(1, np.zeros(2), np.zeros(3))


def test_a_run_may_end_with_the_field_model_but_not_pass_it():
    last_hour = low_orbit(epoch_utc="2029-12-31T23:00:00Z")
    world = truth(orbit=last_hour, environment=Environment(), step_s=1.0)
    assert np.all(part(world, "field_eci_T") != 0.0)
    with pytest.raises(ValueError, match="2030-01-01 is outside IGRF-14"):
        world.advance(30_000, np.zeros(0), NO_DIPOLE)


def test_the_moons_shadow_falls_on_a_spacecraft():
    """The total eclipse of 12 August 2026, 17:46 UTC: in the shadow's axis over the Earth."""
    keys = {"epoch_utc": "2026-08-12T17:46:00Z", "semi_major_axis_m": 6.9e6}
    anywhere = truth(orbit=low_orbit(**keys), environment=Environment())
    moon = part(anywhere, "third_body_eci")
    sun = part(anywhere, "sun_eci")
    distance = 3.6e8
    to_moon = part(anywhere, "position_eci_m") + distance * moon
    reach = to_moon @ sun
    height = math.sqrt(reach**2 - to_moon @ to_moon + 6.9e6**2)
    on_axis = to_moon - (reach - height) * sun
    aside = np.cross(on_axis, [0.0, 0.0, 1.0])
    speed = 7.6e3 * aside / np.linalg.norm(aside)
    orbit = low_orbit(
        epoch_utc=keys["epoch_utc"],
        **NO_ELEMENTS,
        position_eci_m=tuple(on_axis),
        velocity_eci_m_s=tuple(speed),
    )
    world = truth(orbit=orbit, environment=Environment())
    assert part(world, "sunlit")[0] < 0.1
    world.advance(12_000, np.zeros(0), NO_DIPOLE)  # ten minutes on it is out of the shadow
    assert part(world, "sunlit")[0] > 0.3


def test_nrlmsis_knows_no_air_around_the_moon():
    air = Environment(density="nrlmsis", f107=130.0, f107_average=130.0, ap=7.0)
    orbit = low_orbit(central_body="moon", semi_major_axis_m=1.9e6)
    with pytest.raises(ValueError, match="no air around the moon"):
        truth(environment=air, orbit=orbit)


def test_round_the_moon_the_earth_is_the_third_body():
    orbit = low_orbit(central_body="moon", semi_major_axis_m=1.9e6, inclination_deg=90.0)
    world = truth(environment=Environment(), orbit=orbit, step_s=1.0)
    start = part(world, "position_eci_m")
    np.testing.assert_array_equal(part(world, "field_eci_T"), 0.0)
    period = 2 * math.pi * math.sqrt(1.9e6**3 / orbit.body.mu_m3_s2)
    world.advance(round(period), np.zeros(0), NO_DIPOLE)
    apart = np.linalg.norm(part(world, "position_eci_m") - start)
    assert 100.0 < apart < 20e3  # J2, C22 and the Earth have been at work


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"semi_major_axis_m": 6.3e6}, r"below the surface of the earth \(radius 6378.1 km\)"),
        ({"eccentricity": 0.2}, r"lowest point is .* below the surface"),
        ({"epoch_utc": "1890-01-01T00:00:00Z"}, "must be from 1972 to 2100"),
        ({"epoch_utc": "2100-01-02T00:00:00Z"}, "must be from 1972 to 2100"),
        ({"epoch_utc": "2026-01-01T00:00:00"}, "timezone"),
        ({"eccentricity": 1.0}, "less than 1"),
        ({"inclination_deg": math.nan}, "finite number"),
        ({"raan_deg": None}, "the orbit is incomplete: raan_deg missing"),
        ({"position_eci_m": (7e6, 0.0, 0.0)}, "give elements or a state vector, not both"),
        ({"propagator": "sgp4"}, 'propagator = "sgp4" needs tle'),
        ({"height_km": 500.0}, "Extra inputs are not permitted"),
    ],
)
def test_an_impossible_orbit_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        low_orbit(**changes)


@pytest.mark.parametrize(
    ("inertia", "message"),
    [
        (((1.0, 0, 0), (0, 1.0, 0), (0, 0, 3.0)), "principal moments 1, 1, 3: in no body"),
        (((1.0, 0.1, 0), (0.2, 1.0, 0), (0, 0, 1.0)), "is not symmetric"),
        (((-1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)), "principal moment -1; all must be > 0"),
        (((math.nan, 0, 0), (0, 1.0, 0), (0, 0, 1.0)), "finite number"),
    ],
)
def test_an_impossible_inertia_is_refused(inertia, message):
    with pytest.raises(ValidationError, match=message):
        Body(mass_kg=1.0, inertia_body_kg_m2=inertia)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"axis_body": (0.0, 0.0, 0.0)}, "length 0, not 1: a zero axis has no direction"),
        ({"axis_body": (0.0, 3.0, 4.0)}, r"length 5, not 1: write \[0.0, 0.6, 0.8\]"),
        ({"spin_inertia_kg_m2": 0.0}, "greater than 0"),
        ({"initial_speed_rad_s": 700.0}, "initial_speed_rad_s 700.0 is beyond speed_max_rad_s 600"),
    ],
)
def test_an_impossible_wheel_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        WheelModel(**(wheel().model_dump() | changes))


def test_wheels_cannot_outweigh_the_body():
    with pytest.raises(ValueError, match="take up more than inertia_body_kg_m2"):
        truth(wheels=[wheel(spin_inertia_kg_m2=0.2)])


def test_a_face_reflects_no_more_than_it_gets():
    with pytest.raises(ValidationError, match=r"is 1\.1; at most 1"):
        Face(
            normal_body=(1.0, 0.0, 0.0),
            centre_body_m=(0.0, 0.0, 0.0),
            area_m2=1.0,
            specular_reflectivity=0.6,
            diffuse_reflectivity=0.5,
        )


@pytest.mark.parametrize("q", [(0.0, 0.0, 0.0, 0.5), (0.0, 0.0, 0.0, math.nan), (1.0, 0.0, 0.0)])
def test_an_attitude_must_be_a_unit_quaternion(q):
    with pytest.raises(ValueError, match="is no unit quaternion"):
        truth(q_eci_from_body=q)


def test_a_step_too_long_for_the_friction_is_refused():
    sharp = wheel(coulomb_friction_Nm=1e-3, friction_transition_rad_s=1.0)
    with pytest.raises(
        ValueError, match=r"too long for the friction of wheel 0 .*use at most 0.0024"
    ):
        truth(wheels=[sharp])
    assert choose_step_s([0.1], [sharp]) == pytest.approx(0.1 / 42)
    check_step(choose_step_s([0.1], [sharp]), [sharp])


def test_a_step_too_long_for_a_vibration_is_refused():
    panel = FlexibleMode(frequency_hz=5.0, damping_ratio=0.01, coupling_body_sqrt_kg_m=(0.1, 0, 0))
    with pytest.raises(
        ValueError, match=r"too long for flexible mode 0 \(5 Hz\): use at most 0.01 s"
    ):
        truth(flexible_modes=[panel])


@pytest.mark.parametrize("step_s", [0.0, -1.0, math.nan])
def test_a_step_must_be_positive(step_s):
    with pytest.raises(ValueError, match="must be positive"):
        truth(step_s=step_s)


def test_an_easy_spacecraft_gets_the_ordinary_step():
    assert choose_step_s([0.1]) == pytest.approx(0.05)
    assert choose_step_s([0.12, 0.0]) == pytest.approx(0.04)
    assert choose_step_s([0.1, 0.02]) == pytest.approx(0.02)
