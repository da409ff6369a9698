"""IGRF-14 against ppigrf, which is not ours."""

from datetime import UTC, datetime, timedelta

import numpy as np
import ppigrf
import pytest

from hil.physics.magnetic import field_ecef, field_span, field_terms


def spherical_to_ecef(theta_deg, phi_deg, radial, south, east):
    """A vector given as ppigrf gives it, in Earth-fixed components."""
    theta, phi = np.radians(theta_deg), np.radians(phi_deg)
    up = np.array([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)])
    to_south = np.array([np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), -np.sin(theta)])
    to_east = np.array([-np.sin(phi), np.cos(phi), 0.0])
    return radial * up + south * to_south + east * to_east


def ppigrf_nT(r_km, theta_deg, phi_deg, date):
    parts = [float(np.squeeze(part)) for part in ppigrf.igrf_gc(r_km, theta_deg, phi_deg, date)]
    return spherical_to_ecef(theta_deg, phi_deg, *parts)


def ours_nT(r_km, theta_deg, phi_deg, date):
    place = 1e3 * spherical_to_ecef(theta_deg, phi_deg, r_km, 0.0, 0.0)
    return 1e9 * np.array(field_ecef(tuple(place), field_terms(date.replace(tzinfo=UTC))))


def test_a_thousand_random_places_and_dates_agree_with_ppigrf():
    rng = np.random.default_rng(14)
    for _ in range(50):
        date = datetime(1900, 1, 1) + timedelta(days=int(rng.integers(0, 130 * 365)))
        r_km, theta, phi = rng.uniform([6400.0, 0.1, -180.0], [8000.0, 179.9, 180.0], (20, 3)).T
        theirs = ppigrf.igrf_gc(r_km, theta, phi, date)
        for k in range(20):
            expected = spherical_to_ecef(theta[k], phi[k], *(part.flat[k] for part in theirs))
            assert np.linalg.norm(ours_nT(r_km[k], theta[k], phi[k], date) - expected) < 0.01


def test_over_the_pole_there_is_no_singularity():
    date = datetime(2026, 1, 1, tzinfo=UTC)
    over, beside = (field_ecef((x, 0.0, 6.9e6), field_terms(date)) for x in (0.0, 1e-3))
    np.testing.assert_allclose(over, beside, rtol=1e-5)


def test_degree_one_is_a_dipole():
    terms = field_terms(datetime(2026, 1, 1, tzinfo=UTC), degree=1)
    near, far = (np.array(field_ecef((r, 0.0, 0.0), terms)) for r in (7e6, 14e6))
    np.testing.assert_allclose(far, near / 8.0, rtol=1e-12)


@pytest.mark.parametrize("year", [1899, 2031])
def test_a_date_outside_the_model_is_refused(year):
    with pytest.raises(ValueError, match="outside IGRF-14, which covers 1900-01-01 to 2030-01-01"):
        field_terms(datetime(year, 6, 1, tzinfo=UTC))
    assert field_span()[0].year == 1900
