"""Refraction towards the ground: against rays traced through the Standard Atmosphere, and SOFA."""

from itertools import pairwise

import erfa
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from hil.physics.refraction import lift_m

RADIUS_m = 6_371_000.0
ORBIT_m = RADIUS_m + 510_000.0
ARCSEC = np.pi / 648_000.0
# U.S. Standard Atmosphere 1976, table 4: base in m, its temperature in K, lapse in K/m.
LAYERS = [(0.0, 288.15, -6.5e-3), (11e3, 216.65, 0.0), (20e3, 216.65, 1e-3), (32e3, 228.65, 2.8e-3),
          (47e3, 270.65, 0.0), (51e3, 270.65, -2.8e-3), (71e3, 214.65, -2e-3)]  # fmt: skip
TOP_m, G_R = 86e3, 9.80665 / 287.05287
REFRACTIVITY = erfa.refco(1013.25, 15.0, 0.0, 0.55)[0] / (1.0 - 4.4474e-6 * 288.15)


def relative_density(height_m):
    """Of air against that at the ground, by the gas law in each layer."""
    pressure = 1.0
    for (base, temperature, lapse), (top, *_) in zip(
        LAYERS, [*LAYERS[1:], (TOP_m, 0, 0)], strict=True
    ):
        part = min(height_m, top) - base
        here = temperature + lapse * part
        if lapse:
            pressure *= (temperature / here) ** (G_R / lapse)
        else:
            pressure *= np.exp(-G_R * part / temperature)
        if height_m <= top:
            return pressure * 288.15 / here
    return 0.0


def traced(zenith_rad):
    """A ray leaving at this angle: the straight line's angle, bending at the ends, whole bending.

    By Bouguer's law n r sin z is constant (Smart, Spherical Astronomy, section 36).
    """
    invariant = (1.0 + REFRACTIVITY) * RADIUS_m * np.sin(zenith_rad)

    def turn(height_m):
        r = RADIUS_m + height_m
        n = 1.0 + REFRACTIVITY * relative_density(height_m)
        return invariant / (r * np.sqrt(n * n * r * r - invariant**2))

    edges = [each[0] for each in LAYERS] + [TOP_m]
    about = sum(
        quad(turn, low, high, epsabs=1e-15, epsrel=1e-13, limit=200)[0]
        for low, high in pairwise(edges)
    )
    # Beyond the air the ray is straight.
    about += np.arcsin(invariant / (RADIUS_m + TOP_m)) - np.arcsin(invariant / ORBIT_m)
    at_orbit = np.arcsin(invariant / ORBIT_m)
    across, along = ORBIT_m * np.sin(about), ORBIT_m * np.cos(about) - RADIUS_m
    straight = np.arctan2(across, along)
    return straight, at_orbit - (straight - about), about + at_orbit - zenith_rad


def ray_to(elevation_deg):
    """The ray to a spacecraft that stands so high above the horizon, by the straight line."""
    wanted = np.radians(90.0 - elevation_deg)
    return traced(brentq(lambda z: traced(z)[0] - wanted, wanted - 0.02, wanted, xtol=1e-14))


def seen_higher_arcsec(elevation_deg, **how):
    """What a lift amounts to, seen from the orbit."""
    z = np.radians(90.0 - elevation_deg)
    nadir = np.arcsin(RADIUS_m * np.sin(z) / ORBIT_m)
    distance_m = ORBIT_m * np.cos(nadir) - RADIUS_m * np.cos(z)
    return float(lift_m(np.cos(z), **how)) * np.sin(z) / distance_m / ARCSEC


@pytest.mark.parametrize(
    ("elevation_deg", "arcsec"),  # of the traced rays
    [(85.0, 0.08), (60.0, 0.55), (45.0, 0.98), (30.0, 1.78), (20.0, 3.11), (10.0, 8.24)],
)
def test_a_target_appears_higher_as_rays_through_the_standard_atmosphere_say(elevation_deg, arcsec):
    bent = ray_to(elevation_deg)[1] / ARCSEC
    assert bent == pytest.approx(arcsec, abs=0.01)
    assert seen_higher_arcsec(elevation_deg) == pytest.approx(bent, rel=0.02, abs=0.002)


@pytest.mark.parametrize("zenith_deg", [10.0, 30.0, 45.0, 60.0, 70.0])
def test_the_traced_rays_bend_as_much_as_iau_sofa_says(zenith_deg):
    a, b = erfa.refco(1013.25, 15.0, 0.0, 0.55)
    tangent = np.tan(np.radians(zenith_deg))
    bending = traced(np.radians(zenith_deg))[2]
    assert bending / ARCSEC == pytest.approx((a * tangent + b * tangent**3) / ARCSEC, abs=0.1)


def test_less_air_lifts_less():
    assert lift_m(1.0) == pytest.approx(2.343, abs=0.002)  # (n - 1) H
    assert lift_m(1.0, height_m=5574.0) == pytest.approx(0.5 * 2.343, rel=0.06)  # half the pressure
    assert lift_m(0.7, pressure_hPa=506.625) == pytest.approx(0.5 * lift_m(0.7))
    assert lift_m(0.7, pressure_hPa=0.0) == 0.0


def test_below_the_horizon_it_stays_finite():
    assert np.isfinite(lift_m(np.linspace(-1.0, 1.0, 101))).all()
