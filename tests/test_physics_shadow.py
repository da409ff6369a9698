"""Eclipse: the covered part of the Sun, and the instants at which it begins and ends."""

import math

import numpy as np
import pytest

from hil.physics.constants import EARTH, MOON, SUN_RADIUS_m
from hil.physics.shadow import visible_fraction as visible_fraction_of
from hil.physics.shadow import visible_past_ellipsoid

AU = 149_597_870_700.0
TO_SUN = np.array([AU, 0.0, 0.0])


def visible_fraction(to_sun, to_planet, radius):
    return visible_fraction_of(to_sun, to_planet, radius, SUN_RADIUS_m)


def orbit(time_s, radius_m, inclination_deg):
    """Circular orbit about the Earth that passes through the Sun's opposite."""
    rate = math.sqrt(EARTH.mu_m3_s2 / radius_m**3)
    i, angle = math.radians(inclination_deg), rate * time_s
    across = np.array([0.0, math.cos(i), math.sin(i)])
    return radius_m * (-math.cos(angle) * TO_SUN / AU + math.sin(angle) * across)


def rim_of_the_sun(position, rays):
    """Directions (rays, 3) from the spacecraft to the Sun's rim."""
    to_sun = TO_SUN - position
    distance = np.linalg.norm(to_sun)
    ahead = to_sun / distance
    aside = np.cross(ahead, [0.3, -0.5, 0.8])
    aside /= np.linalg.norm(aside)
    half = math.asin(SUN_RADIUS_m / distance)
    around = np.linspace(0.0, 2 * math.pi, rays, endpoint=False)[:, None]
    return math.cos(half) * ahead + math.sin(half) * (
        np.cos(around) * aside + np.sin(around) * np.cross(ahead, aside)
    )


def blocked_rays(position, pole=(0.0, 0.0, 1.0), flattening=0.0, rays=720):
    """How many rays to the Sun's rim hit the Earth: where a line meets an ellipsoid, no arcs."""
    rim, shorter = rim_of_the_sun(position, rays), 1.0 / (1.0 - flattening) ** 2 - 1.0
    metric = (np.eye(3) + shorter * np.outer(pole, pole)) / EARTH.radius_m**2
    nearing = -rim @ metric @ position
    across = np.einsum("ij,jk,ik->i", rim, metric, rim)
    meets = nearing**2 >= across * (position @ metric @ position - 1.0)
    return int(np.count_nonzero((nearing > 0) & meets))


def fraction(position):
    return visible_fraction(tuple(TO_SUN - position), tuple(-position), EARTH.radius_m)


def first_time(condition, start_s, end_s):
    """First instant, within 1 ms, at which a condition that stays true becomes so."""
    while end_s - start_s > 1e-3:
        middle = 0.5 * (start_s + end_s)
        start_s, end_s = (start_s, middle) if condition(middle) else (middle, end_s)
    return end_s


def instants(conditions, radius_m, inclination_deg):
    """When each of some conditions comes true on the way out of the middle of the night."""
    quarter = 0.5 * math.pi * math.sqrt(radius_m**3 / EARTH.mu_m3_s2)
    return [
        first_time(lambda t, c=c: c(orbit(t, radius_m, inclination_deg)), 0.0, quarter)
        for c in conditions
    ]


@pytest.mark.parametrize("radius_m", [6.78e6, 6.9e6, 8e6, 4.2e7])
@pytest.mark.parametrize("inclination_deg", [0.0, 30.0])
def test_shadow_begins_and_ends_when_rays_say_so(radius_m, inclination_deg):
    ours = [lambda p: fraction(p) > 0.0, lambda p: fraction(p) == 1.0]
    rays = [lambda p: blocked_rays(p) < 720, lambda p: blocked_rays(p) == 0]
    times = (instants(each, radius_m, inclination_deg) for each in (ours, rays))
    np.testing.assert_allclose(*times, rtol=0.0, atol=0.010)


@pytest.mark.parametrize("radius_m", [6.78e6, 6.9e6, 8e6, 4.2e7])
@pytest.mark.parametrize("inclination_deg", [0.0, 45.0, 70.0, 97.0])
@pytest.mark.parametrize("season_deg", [0.0, 23.4])
def test_the_shadow_of_the_flattened_earth_is_that_of_rays(radius_m, inclination_deg, season_deg):
    season = math.radians(season_deg)
    pole = (math.sin(season), 0.0, math.cos(season))
    flat = EARTH.flattening

    def seen(p):
        return visible_past_ellipsoid(
            tuple(TO_SUN - p), tuple(-p), pole, EARTH.radius_m, EARTH.flattening
        )

    ours = [lambda p: seen(p) > 0.0, lambda p: seen(p) == 1.0]
    rays = [lambda p: blocked_rays(p, pole, flat) < 720, lambda p: blocked_rays(p, pole, flat) == 0]
    ends, expected = (instants(each, radius_m, inclination_deg) for each in (ours, rays))
    np.testing.assert_allclose(ends, expected, rtol=0.0, atol=0.010)


def test_a_round_earth_would_be_off_by_seconds_over_the_poles():
    round_, flat = (
        instants([lambda p, f=f: blocked_rays(p, flattening=f) == 0], 6.9e6, 97.0)[0]
        for f in (0.0, EARTH.flattening)
    )
    assert round_ - flat > 5.0


def test_half_the_sun_behind_a_straight_edge():
    """Close to the Earth its limb is nearly straight; the Sun's centre on it leaves half."""
    r = 6.6e6
    angle = math.pi - math.asin(EARTH.radius_m / r)
    position = r * np.array([math.cos(angle), math.sin(angle), 0.0])
    to_sun = position + TO_SUN - position  # the Sun as seen from the Earth's limb direction
    assert visible_fraction(tuple(to_sun), tuple(-position), EARTH.radius_m) == pytest.approx(
        0.5, abs=0.01
    )


def test_annular_eclipse_leaves_the_ring():
    """A moon smaller on the sky than the Sun, in front of its middle."""
    distance = 4.2e8
    seen = visible_fraction(tuple(TO_SUN), (distance, 0.0, 0.0), MOON.radius_m)
    ratio = math.asin(MOON.radius_m / distance) / math.asin(SUN_RADIUS_m / AU)
    assert seen == pytest.approx(1.0 - ratio**2, rel=1e-9)


def test_partial_eclipse_by_the_moon_agrees_with_random_points():
    distance, apart = 3.8e8, 0.003
    to_moon = distance * np.array([math.cos(apart), math.sin(apart), 0.0])
    sun, moon = math.asin(SUN_RADIUS_m / AU), math.asin(MOON.radius_m / distance)
    points = np.random.default_rng(1).uniform(-sun, sun, (400_000, 2))
    points = points[np.hypot(*points.T) < sun]
    hidden = np.hypot(points[:, 0] - apart, points[:, 1]) < moon
    seen = visible_fraction(tuple(TO_SUN), tuple(to_moon), MOON.radius_m)
    assert seen == pytest.approx(1.0 - hidden.mean(), abs=0.003)


def test_planet_behind_the_observer_hides_nothing():
    assert visible_fraction(tuple(TO_SUN), (-7e6, 0.0, 0.0), EARTH.radius_m) == 1.0
