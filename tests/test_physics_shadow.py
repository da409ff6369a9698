"""Eclipse: the covered part of the Sun, and the instants at which it begins and ends."""

import math

import numpy as np
import pytest

from hil.physics.constants import EARTH, MOON, SUN_RADIUS_m
from hil.physics.shadow import visible_fraction

AU = 149_597_870_700.0
TO_SUN = np.array([AU, 0.0, 0.0])


def orbit(time_s, radius_m, inclination_deg):
    """Circular orbit about the Earth that passes through the Sun's opposite."""
    rate = math.sqrt(EARTH.mu_m3_s2 / radius_m**3)
    i, angle = math.radians(inclination_deg), rate * time_s
    across = np.array([0.0, math.cos(i), math.sin(i)])
    return radius_m * (-math.cos(angle) * TO_SUN / AU + math.sin(angle) * across)


def blocked_rays(position, rays=720):
    """How many rays from the spacecraft to the Sun's rim hit the Earth: geometry without arcs."""
    to_sun = TO_SUN - position
    distance = np.linalg.norm(to_sun)
    ahead = to_sun / distance
    aside = np.cross(ahead, [0.3, -0.5, 0.8])
    aside /= np.linalg.norm(aside)
    half = math.asin(SUN_RADIUS_m / distance)
    around = np.linspace(0.0, 2 * math.pi, rays, endpoint=False)[:, None]
    rim = math.cos(half) * ahead + math.sin(half) * (
        np.cos(around) * aside + np.sin(around) * np.cross(ahead, aside)
    )
    nearest = -rim @ position  # along the ray, to where it passes the Earth's centre
    passes_at = np.linalg.norm(position + nearest[:, None] * rim, axis=-1)
    return int(np.count_nonzero((nearest > 0) & (passes_at < EARTH.radius_m)))


def fraction(position):
    return visible_fraction(tuple(TO_SUN - position), tuple(-position), EARTH.radius_m)


def first_time(condition, start_s, end_s):
    """First instant, within 1 ms, at which a condition that stays true becomes so."""
    while end_s - start_s > 1e-3:
        middle = 0.5 * (start_s + end_s)
        start_s, end_s = (start_s, middle) if condition(middle) else (middle, end_s)
    return end_s


@pytest.mark.parametrize("radius_m", [6.78e6, 6.9e6, 8e6, 4.2e7])
@pytest.mark.parametrize("inclination_deg", [0.0, 30.0])
def test_shadow_begins_and_ends_when_rays_say_so(radius_m, inclination_deg):
    quarter = 0.5 * math.pi * math.sqrt(radius_m**3 / EARTH.mu_m3_s2)
    conditions = [  # leaving the middle of the night: first ray, last ray
        (lambda p: fraction(p) > 0.0, lambda p: blocked_rays(p) < 720),
        (lambda p: fraction(p) == 1.0, lambda p: blocked_rays(p) == 0),
    ]
    for ours, rays in conditions:
        instants = [
            first_time(lambda t, c=c: c(orbit(t, radius_m, inclination_deg)), 0.0, quarter)
            for c in (ours, rays)
        ]
        assert abs(instants[0] - instants[1]) < 0.010


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
