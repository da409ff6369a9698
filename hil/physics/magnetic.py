"""The Earth's magnetic field: IGRF-14 to degree 13, with secular variation.

The sums are Pines' (AIAA Journal 11(11), 1973, "Uniform representation of the gravitational
potential and its derivatives"), order by order: no singularity at the poles, and a short loop that
stays in registers.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files

import numpy as np

from hil.physics.compiled import compiled
from hil.physics.records import FIELD_TERM, RecordArray, records
from hil.physics.vectors import FloatArray, Vector

REFERENCE_RADIUS_m = 6_371_200.0
MAX_DEGREE = 13


@cache
def _gauss_table() -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Epochs (days, proleptic ordinal), degree, signed order (negative: h), coefficients (nT)."""
    text = files("hil.physics").joinpath("data/IGRF14.shc").read_text(encoding="ascii")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    epochs = np.array([datetime(int(float(year)), 1, 1).toordinal() for year in lines[1]])
    table = np.array(lines[2:], dtype=float)
    return epochs.astype(float), table[:, 0], table[:, 1], table[:, 2:]


def field_span() -> tuple[datetime, datetime]:
    """First and last date that IGRF-14 covers."""
    first, last = _gauss_table()[0][[0, -1]]
    return (
        datetime.fromordinal(int(first)).replace(tzinfo=UTC),
        datetime.fromordinal(int(last)).replace(tzinfo=UTC),
    )


def field_terms(date_utc: datetime, degree: int = MAX_DEGREE) -> RecordArray:
    """Coefficients at a date: FIELD_TERM records [order, degree], ready for the sums.

    Raises ValueError outside the dates that IGRF-14 covers.
    """
    first, last = field_span()
    if not first <= date_utc <= last:
        raise ValueError(
            f"{date_utc:%Y-%m-%d} is outside IGRF-14, which covers "
            f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        )
    epochs, degrees, orders, values = _gauss_table()
    day = first.toordinal() + (date_utc - first) / timedelta(days=1)
    terms = records(FIELD_TERM, (degree + 1, degree + 1))
    for n, m, series in zip(degrees.astype(int), orders.astype(int), values, strict=True):
        if n <= degree:
            value = float(np.interp(day, epochs, series)) * _unnormalize(n, abs(m))
            terms["g" if m >= 0 else "h"][abs(m), n] = value
    _complete(terms)
    return terms


def _unnormalize(n: int, m: int) -> float:
    """Factor from Schmidt semi-normalised to unnormalised coefficients."""
    return math.sqrt((1 if m == 0 else 2) * math.factorial(n - m) / math.factorial(n + m))


def _complete(terms: RecordArray) -> None:
    """Fill what follows from g and h, so that the inner loop only multiplies and adds."""
    order, degree = np.indices(terms.shape)
    below_diagonal = np.maximum(degree + 1 - order, 1)
    terms["rise"] = (2 * degree + 1) / below_diagonal
    terms["fall"] = (degree + order) / below_diagonal
    for part in "gh":
        terms[part + "_radial"] = (degree + order + 1) * terms[part]
        terms[part + "_below"][1:] = terms[part][:-1]


@compiled
def field_ecef(position_ecef_m: Vector, terms: RecordArray) -> Vector:
    """Return the field in T, Earth-fixed components, at an Earth-fixed position."""
    x, y, z = position_ecef_m
    inverse_r = 1.0 / math.sqrt(x * x + y * y + z * z)
    s, t, u = x * inverse_r, y * inverse_r, z * inverse_r
    ratio = REFERENCE_RADIUS_m * inverse_r
    rise, fall = u * ratio, ratio * ratio
    bx, by, bz, radial = 0.0, 0.0, 0.0, 0.0
    cosine, sine = 1.0, 0.0  # of order times longitude, times the cosine of latitude to that power
    cosine_below, sine_below = 0.0, 0.0  # the same, one order lower
    first = 1.0  # the derived Legendre function of degree = order, times ratio to that power
    for m in range(terms.shape[0]):
        here, older = first, 0.0
        g, h, g_radial, h_radial, g_below, h_below = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for n in range(m, terms.shape[0]):
            term = terms[m, n]
            g += term.g * here
            h += term.h * here
            g_radial += term.g_radial * here
            h_radial += term.h_radial * here
            g_below += term.g_below * here
            h_below += term.h_below * here
            here, older = term.rise * rise * here - term.fall * fall * older, here
        bx += m * (g * cosine_below + h * sine_below)
        by += m * (h * cosine_below - g * sine_below)
        bz += g_below * cosine_below + h_below * sine_below
        radial += g_radial * cosine + h_radial * sine
        cosine_below, sine_below = cosine, sine
        cosine, sine = s * cosine - t * sine, s * sine + t * cosine
        first *= (2 * m + 1) * ratio
    along = -radial - u * bz
    scale = -1e-9 * fall
    return (scale * (bx + s * along), scale * (by + t * along), scale * (bz + u * along))
