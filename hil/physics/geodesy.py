"""Places as receivers say them: latitude, longitude, height over WGS84; north, east, down."""

from __future__ import annotations

import math
from typing import NamedTuple

import erfa
import numpy as np

from hil.physics.vectors import FloatArray

WGS84 = 1  # as pyerfa numbers ellipsoids


class Place(NamedTuple):
    """Degrees and m."""

    latitude_deg: float
    longitude_deg: float
    height_m: float


def place(position_ecef_m: tuple[float, ...]) -> Place:
    """Return where a position is (IAU SOFA, gc2gd)."""
    longitude, latitude, height = erfa.gc2gd(WGS84, position_ecef_m)
    return Place(math.degrees(latitude), math.degrees(longitude), float(height))


def north_east_down(at: Place, velocity_ecef: tuple[float, ...]) -> tuple[float, float, float]:
    """Return a vector's parts along the local axes."""
    lat, lon = math.radians(at.latitude_deg), math.radians(at.longitude_deg)
    x, y, z = velocity_ecef
    outward = math.cos(lon) * x + math.sin(lon) * y
    return (
        math.cos(lat) * z - math.sin(lat) * outward,
        math.cos(lon) * y - math.sin(lon) * x,
        -math.cos(lat) * outward - math.sin(lat) * z,
    )


def position_ecef_m(at: Place) -> FloatArray:
    """Return the position (3,) of a place (IAU SOFA, gd2gc)."""
    lat, lon = math.radians(at.latitude_deg), math.radians(at.longitude_deg)
    return np.asarray(erfa.gd2gc(WGS84, lon, lat, at.height_m))
