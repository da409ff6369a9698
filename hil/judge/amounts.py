"""Numbers with units, as a person reads them."""

from __future__ import annotations

import math

_ARCSEC = 3600.0  # in a degree
_LARGE_ARCSEC, _SMALL_DEG = 10_000.0, 1e-3
_PLAIN = (1e-4, 1e7)  # between these no number has an exponent


def amount(value: float, unit: str, digits: int = 4) -> str:
    """Return a value with a unit that fits its size: 169 deg, not 608 500 arcsec."""
    if not math.isfinite(value):
        return "not known"
    if unit == "arcsec" and abs(value) >= _LARGE_ARCSEC:
        value, unit = value / _ARCSEC, "deg"
    elif unit == "deg" and 0.0 < abs(value) < _SMALL_DEG:
        value, unit = value * _ARCSEC, "arcsec"
    return f"{number(value, digits)} {unit}".rstrip()


def number(value: float, digits: int = 4) -> str:
    """Return a number with so many digits that count, without an exponent if it can be."""
    text = f"{value:.{digits}g}"
    if "e" not in text or not _PLAIN[0] <= abs(value) < _PLAIN[1]:
        return text
    return f"{value:.0f}" if abs(value) >= 1.0 else f"{value:.{digits + 4}f}".rstrip("0")


def grouped(value: float) -> str:
    """Return a whole number in groups of three digits: 12 345."""
    return f"{value:,.0f}".replace(",", " ")


def finite(value: float) -> float | None:
    """Return a value for JSON, which has no number that is not finite."""
    return value if math.isfinite(value) else None


def apart(value: float, limit: float, unit: str) -> tuple[str, str]:
    """Return both with as few digits, four at least, as show that they differ."""
    for digits in range(4, 18):
        texts = amount(value, unit, digits), amount(limit, unit, digits)
        if texts[0] != texts[1] or math.isclose(value, limit, rel_tol=1e-12):
            break
    return texts
