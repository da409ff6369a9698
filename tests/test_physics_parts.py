"""Wheels, thrusters, flexible modes, faces: each does what mechanics says it must."""

import math

import numpy as np
import pytest
from physics_cases import BODY, EMPTY, INERTIA, NO_DIPOLE, low_orbit, part, truth, wheel
from scipy.integrate import solve_ivp

from hil.physics import rotations
from hil.physics.spacecraft import Body, Face, FlexibleMode, ThrusterModel
from hil.physics.wheels import wheel_friction

ARCSEC = math.radians(1.0) / 3600.0
X, Z = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def test_positive_motor_torque_turns_the_wheel_forward_and_the_body_back():
    world = truth(wheels=[wheel()])
    world.advance(20, np.array([1e-3]), NO_DIPOLE)
    assert part(world, "wheel_speed_rad_s")[0] == pytest.approx(1e-3 / 2.4e-5, rel=1e-3)
    assert part(world, "rate_body_rad_s")[0] == pytest.approx(-1e-3 / 0.1, rel=1e-2)


def test_motor_gives_no_more_than_its_torque():
    world = truth(wheels=[wheel()])
    world.advance(1, np.array([1.0]), NO_DIPOLE)
    speed = part(world, "wheel_speed_rad_s")[0]
    assert speed == pytest.approx(4e-3 / 2.4e-5 * 0.05, rel=1e-3)


def test_wheel_stops_accelerating_at_its_speed_limit_and_can_leave_it():
    world = truth(wheels=[wheel(initial_speed_rad_s=599.0)])
    world.advance(200, np.array([4e-3]), NO_DIPOLE)
    assert part(world, "wheel_speed_rad_s")[0] == pytest.approx(600.0, abs=1e-3)
    world.advance(20, np.array([-1e-3]), NO_DIPOLE)
    assert part(world, "wheel_speed_rad_s")[0] < 560.0


def test_friction_slows_a_wheel_at_its_time_constant():
    rubbing = wheel(viscous_friction_Nm_s=2.4e-6, initial_speed_rad_s=100.0)
    world = truth(wheels=[rubbing])
    world.advance(200, np.zeros(1), NO_DIPOLE)  # 10 s: one time constant
    assert rubbing.friction_time_constant_s == pytest.approx(10.0)
    assert part(world, "wheel_speed_rad_s")[0] == pytest.approx(100.0 / math.e, rel=1e-3)


def test_coulomb_friction_is_constant_at_speed_and_brings_a_wheel_to_rest():
    rubbing = wheel(
        coulomb_friction_Nm=2e-5, friction_transition_rad_s=1.0, initial_speed_rad_s=50.0
    )
    world = truth(wheels=[rubbing])
    world.advance(400, np.zeros(1), NO_DIPOLE)
    lost = 50.0 - part(world, "wheel_speed_rad_s")[0]
    assert lost == pytest.approx(2e-5 / 2.4e-5 * 20.0, rel=2e-3)
    world.advance(2400, np.zeros(1), NO_DIPOLE)
    assert abs(part(world, "wheel_speed_rad_s")[0]) < 1e-3


def test_friction_opposes_motion_and_is_odd():
    class Rubbing:
        coulomb_friction_Nm, viscous_friction_Nm_s, friction_transition_rad_s = 2e-5, 1e-7, 2.0

    assert wheel_friction.py_func(Rubbing, 3.0) < 0.0
    assert wheel_friction.py_func(Rubbing, -3.0) == -wheel_friction.py_func(Rubbing, 3.0)
    assert wheel_friction.py_func(Rubbing, 0.0) == 0.0


def thruster(**changes):
    keys = {"position_body_m": (0.0, 0.2, 0.0), "direction_body": X, "thrust_N": 0.05}
    return ThrusterModel(**(keys | changes))


def test_the_impulse_in_the_row_is_what_was_given_and_not_what_a_new_pulse_cut_off():
    world = truth(thrusters=[thruster(), thruster(thrust_N=0.02)], step_s=0.05)
    world.fire([0.1, 0.2])
    world.advance(1, np.zeros(0), NO_DIPOLE)
    np.testing.assert_allclose(part(world, "thruster_impulse_N_s"), [0.0025, 0.001])
    world.fire([0.02, 0.0])
    world.advance(4, np.zeros(0), NO_DIPOLE)
    np.testing.assert_allclose(part(world, "thruster_impulse_N_s"), [0.0035, 0.001])
    world.fire([0.0, 0.03])
    world.advance(4, np.zeros(0), NO_DIPOLE)
    np.testing.assert_allclose(part(world, "thruster_impulse_N_s"), [0.0035, 0.0016])


def test_a_pulse_gives_its_impulse_however_short_and_then_stops():
    world = truth(thrusters=[thruster()])
    before = part(world, "velocity_eci_m_s")
    coasting = truth()
    world.fire([0.037])
    world.advance(40, np.zeros(0), NO_DIPOLE)
    coasting.advance(40, np.zeros(0), NO_DIPOLE)
    gained = part(world, "velocity_eci_m_s") - part(coasting, "velocity_eci_m_s")
    assert np.linalg.norm(gained) == pytest.approx(0.05 * 0.037 / 12.0, rel=1e-4)
    assert gained @ X > 0.0
    assert not np.array_equal(before, gained)
    momentum = np.array(INERTIA) @ part(world, "rate_body_rad_s")
    assert momentum[2] == pytest.approx(-0.2 * 0.05 * 0.037, rel=1e-3)


def test_thrust_through_the_centre_of_mass_does_not_turn_the_body():
    body = Body(mass_kg=12.0, inertia_body_kg_m2=INERTIA, centre_of_mass_body_m=(0.0, 0.2, 0.0))
    world = truth(body=body, thrusters=[thruster()])
    world.fire([1.0])
    world.advance(20, np.zeros(0), NO_DIPOLE)
    np.testing.assert_allclose(part(world, "rate_body_rad_s"), 0.0, atol=1e-15)


def test_misaligned_thruster_pushes_along_its_true_direction():
    askew = thruster(misalignment_body_mrad=(0.0, 0.0, 1000.0 * math.pi / 2))  # x to y
    world = truth(thrusters=[askew])
    world.fire([0.05])
    world.advance(1, np.zeros(0), NO_DIPOLE)
    np.testing.assert_allclose(part(world, "rate_body_rad_s"), 0.0, atol=1e-15)  # y through y


@pytest.mark.parametrize("on_time_s", [math.nan, math.inf, -0.1])
def test_an_on_time_that_is_none_is_refused(on_time_s):
    with pytest.raises(ValueError, match="on-times must be finite and not negative"):
        truth(thrusters=[thruster()]).fire([on_time_s])


def flexible(**changes):
    keys = {"frequency_hz": 0.8, "damping_ratio": 0.0, "coupling_body_sqrt_kg_m": (0.0, 0.0, 0.15)}
    return FlexibleMode(**(keys | changes))


ROUND = Body(mass_kg=12.0, inertia_body_kg_m2=((0.1, 0, 0), (0, 0.1, 0), (0, 0, 0.08)))


def test_panels_ring_at_the_free_frequency_of_body_and_panel():
    """A torque-free body swings against its panels at w / sqrt(1 - d^2 / J)."""
    spin = [wheel(Z)]
    world = truth(body=ROUND, flexible_modes=[flexible()], wheels=spin, step_s=0.01)
    world.advance(10, np.array([4e-3]), NO_DIPOLE)
    rates = []
    for _ in range(1000):
        world.advance(1, np.zeros(1), NO_DIPOLE)
        rates.append(part(world, "rate_body_rad_s")[2])
    ringing = np.array(rates) - np.mean(rates)
    crossings = np.flatnonzero(np.diff(np.signbit(ringing)))
    period = 2.0 * 0.01 * np.mean(np.diff(crossings))
    free = 0.8 / math.sqrt(1.0 - 0.15**2 / (0.08 - 2.4e-5))
    assert 1.0 / period == pytest.approx(free, rel=0.01)


def test_a_steady_turn_bends_a_panel_as_its_spring_lets_it():
    """eta = -d alpha / w^2 once the ringing is over; a wheel turns all but its own rotor."""
    panel = flexible(damping_ratio=0.2)
    world = truth(body=ROUND, flexible_modes=[panel], wheels=[wheel(Z)], step_s=0.01)
    world.advance(3000, np.array([1e-4]), NO_DIPOLE)
    alpha_rad_s2 = -1e-4 / (0.08 - 2.4e-5)
    bent = -0.15 * alpha_rad_s2 / (2.0 * math.pi * 0.8) ** 2
    assert part(world, "flexible_displacement_sqrt_kg_m") == pytest.approx([bent], rel=1e-3)


def test_damping_takes_the_ringing_away():
    panel = flexible(damping_ratio=0.05)
    world = truth(body=ROUND, flexible_modes=[panel], wheels=[wheel(Z)], step_s=0.01)
    world.advance(10, np.array([4e-3]), NO_DIPOLE)
    world.advance(3000, np.zeros(1), NO_DIPOLE)
    settled = part(world, "rate_body_rad_s")[2]
    world.advance(37, np.zeros(1), NO_DIPOLE)
    assert part(world, "rate_body_rad_s")[2] == pytest.approx(settled, rel=1e-4)
    momentum = 0.08 * settled + 2.4e-5 * part(world, "wheel_speed_rad_s")[0]
    assert momentum == pytest.approx(0.0, abs=1e-8)


def test_unbalanced_wheel_shakes_the_body_as_its_torque_would():
    """The wobble that is added in closed form, against a fine integration of the turning torque."""
    speed, imbalance = 200.0, 2e-8
    shaken = truth(
        body=ROUND,
        wheels=[wheel(Z, initial_speed_rad_s=speed, dynamic_imbalance_kg_m2=imbalance)],
        step_s=0.001,
    )
    times = 0.001 * np.arange(1, 101)
    turns = []
    for _ in times:
        shaken.advance(1, np.zeros(1), NO_DIPOLE)
        turns.append(rotations.rotation_vector(part(shaken, "q_eci_from_body")))
    turns = np.array(turns)

    def torque(t, _):
        angle = speed * t
        return imbalance * speed**2 * np.array([math.cos(angle), math.sin(angle)]) / 0.1

    start = [0.0, -imbalance * speed / 0.1]  # the rate that goes with wobbling about rest
    exact = solve_ivp(
        lambda t, y: [*y[2:], *torque(t, y)],
        (0.0, 0.1),
        [-imbalance / 0.1, 0.0, *start],
        t_eval=times,
        rtol=1e-10,
        atol=1e-16,
    ).y[:2]
    size = np.hypot(*turns[:, :2].T)
    np.testing.assert_allclose(size, imbalance / 0.1, rtol=1e-3)
    np.testing.assert_allclose(np.hypot(*exact), imbalance / 0.1, rtol=1e-3)
    swept = np.unwrap(np.arctan2(turns[:, 1], turns[:, 0]))
    expected = np.unwrap(np.arctan2(exact[1], exact[0]))
    np.testing.assert_allclose(swept - swept[0], expected - expected[0], atol=1e-3)


def test_static_imbalance_acts_through_the_wheels_lever():
    unbalanced = wheel(Z, static_imbalance_kg_m=1e-6, initial_speed_rad_s=100.0)
    centred = truth(body=ROUND, wheels=[unbalanced])
    assert np.all(part(centred, "rate_body_rad_s") == 0.0)
    aside = truth(
        body=ROUND, wheels=[unbalanced.model_copy(update={"position_body_m": (0.0, 0.0, 0.1)})]
    )
    assert np.linalg.norm(part(aside, "rate_body_rad_s")) == pytest.approx(
        1e-7 * 100.0 / 0.1, rel=1e-3
    )


def plate(normal, centre, **changes):
    keys = {"normal_body": normal, "centre_body_m": centre, "area_m2": 0.05}
    return Face(**(keys | changes))


def test_drag_lowers_the_orbit_at_the_textbook_rate():
    """da/dt = -density v a (Cd A / m) of a circular orbit."""
    faces = [plate(tuple(s * axis), (0.0, 0.0, 0.0)) for axis in np.eye(3) for s in (1.0, -1.0)]
    heavy = Body(mass_kg=1.0, inertia_body_kg_m2=((0.1, 0, 0), (0, 0.1, 0), (0, 0, 0.1)))
    air = EMPTY.model_copy(update={"density": "exponential"})
    orbit = low_orbit(
        semi_major_axis_m=6.6786e6, eccentricity=0.0, inclination_deg=90.0, raan_deg=0.0
    )
    start, _ = orbit.state()
    world = truth(body=heavy, faces=faces, environment=air, orbit=orbit, step_s=1.0)
    period = 2 * math.pi * math.sqrt(6.6786e6**3 / orbit.body.mu_m3_s2)
    density = []
    for _ in range(round(period)):
        world.advance(1, np.zeros(0), NO_DIPOLE)
        density.append(altitude_density(part(world, "position_eci_m")))
    r, v = part(world, "position_eci_m"), part(world, "velocity_eci_m_s")
    lost = 6.6786e6 - 1.0 / (2.0 / np.linalg.norm(r) - v @ v / orbit.body.mu_m3_s2)
    speed = math.sqrt(orbit.body.mu_m3_s2 / 6.6786e6)
    # a cube shows |x| + |y| + |z| of its faces: 4 / pi on the mean, and the side wind
    area = 0.05 * (4 / math.pi + 2 / math.pi * 7.292e-5 * 6.6786e6 / speed)
    expected = np.mean(density) * speed * 6.6786e6 * 2.2 * area * period
    assert lost == pytest.approx(expected, rel=0.02)
    assert np.linalg.norm(start) == pytest.approx(6.6786e6)


def altitude_density(position):
    """The exponential layer of 300 km, over the ellipsoid."""
    s = position[2] / np.linalg.norm(position)
    height = np.linalg.norm(position) - 6378136.3 * (1 - s * s / 298.257)
    base, density, scale = (
        (300e3, 2.418e-11, 53.628e3) if height >= 300e3 else (250e3, 7.248e-11, 45.546e3)
    )
    return density * math.exp(-(height - base) / scale)


def test_light_pushes_away_from_the_sun_and_not_in_eclipse():
    faces = [plate(tuple(s * axis), (0.0, 0.0, 0.0)) for axis in np.eye(3) for s in (1.0, -1.0)]
    light = EMPTY.model_copy(update={"solar_pressure": True})
    lit = truth(faces=faces, environment=light, orbit=low_orbit(true_anomaly_deg=60.0))
    dark = truth(faces=faces, environment=light, orbit=low_orbit(true_anomaly_deg=240.0))
    assert part(lit, "sunlit")[0] == 1.0
    assert part(dark, "sunlit")[0] == 0.0
    for world, anomaly in ((lit, 60.0), (dark, 240.0)):
        free = truth(orbit=low_orbit(true_anomaly_deg=anomaly))
        for each in (world, free):
            each.advance(200, np.zeros(0), NO_DIPOLE)
        push = part(world, "velocity_eci_m_s") - part(free, "velocity_eci_m_s")
        sun = part(world, "sun_eci")
        expected = 4.54e-6 * 0.05 * np.abs(sun).sum() / 12.0 * 10.0 if world is lit else 0.0
        assert np.linalg.norm(push) == pytest.approx(expected, rel=0.03, abs=1e-12)
        assert push @ sun <= 0.0


def test_a_panel_off_the_centre_is_turned_by_light():
    light = EMPTY.model_copy(update={"solar_pressure": True})
    world = truth(environment=light, orbit=low_orbit(true_anomaly_deg=60.0))
    sun = part(world, "sun_eci")
    facing = plate(tuple(sun), (0.0, 0.0, 1.0))
    world = truth(environment=light, faces=[facing], orbit=low_orbit(true_anomaly_deg=60.0))
    expected = np.cross([0.0, 0.0, 1.0], -4.54e-6 * 0.05 * sun)
    np.testing.assert_allclose(
        part(world, "external_torque_body_Nm"), expected, rtol=0.03, atol=1e-10
    )


def test_earth_gives_light_on_its_day_side():
    face_down = plate((0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    sun_only = EMPTY.model_copy(update={"solar_pressure": True})
    with_albedo = sun_only.model_copy(update={"albedo": 0.3})
    keys = {"faces": [face_down], "body": BODY, "orbit": low_orbit(true_anomaly_deg=60.0)}
    position = part(truth(**keys), "position_eci_m")
    down = rotations.q_eci_from_lvlh(position, part(truth(**keys), "velocity_eci_m_s"))
    dark, bright = (
        part(truth(environment=e, q_eci_from_body=down, **keys), "external_torque_body_Nm")
        for e in (sun_only, with_albedo)
    )
    assert np.linalg.norm(bright - dark) > 1e-8
