"""Density of the air: exponential layers, or NRLMSIS 2.1 through pymsis along the orbit ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import erfa
import numpy as np

from hil.physics.records import AIR_NODE, RecordArray, records
from hil.physics.vectors import FloatArray

# Vallado, Fundamentals of Astrodynamics, table 8-4:
# base height (km), density (kg/m^3), scale height (km)
_LAYERS = np.array(
    [
        [0, 1.225, 7.249],
        [25, 3.899e-2, 6.349],
        [30, 1.774e-2, 6.682],
        [40, 3.972e-3, 7.554],
        [50, 1.057e-3, 8.382],
        [60, 3.206e-4, 7.714],
        [70, 8.770e-5, 6.549],
        [80, 1.905e-5, 5.799],
        [90, 3.396e-6, 5.382],
        [100, 5.297e-7, 5.877],
        [110, 9.661e-8, 7.263],
        [120, 2.438e-8, 9.473],
        [130, 8.484e-9, 12.636],
        [140, 3.845e-9, 16.149],
        [150, 2.070e-9, 22.523],
        [180, 5.464e-10, 29.740],
        [200, 2.789e-10, 37.105],
        [250, 7.248e-11, 45.546],
        [300, 2.418e-11, 53.628],
        [350, 9.518e-12, 53.298],
        [400, 3.725e-12, 58.515],
        [450, 1.585e-12, 60.828],
        [500, 6.967e-13, 63.822],
        [600, 1.454e-13, 71.835],
        [700, 3.614e-14, 88.667],
        [800, 1.170e-14, 124.64],
        [900, 5.245e-15, 181.05],
        [1000, 3.019e-15, 268.00],
    ]
)
NODE_s = 20.0
NODES = 31  # ten minutes ahead
_PROBE_m = 2_000.0  # half the span over which the scale height is measured


def no_air() -> RecordArray:
    """AIR_NODE records, shape (0,)."""
    return records(AIR_NODE, 0)


def exponential_air() -> RecordArray:
    """AIR_NODE records, shape (28,), of the layered exponential atmosphere."""
    layers = records(AIR_NODE, len(_LAYERS))
    layers["height_m"] = 1e3 * _LAYERS[:, 0]
    layers["log_density"] = np.log(_LAYERS[:, 1])
    layers["scale_height_m"] = 1e3 * _LAYERS[:, 2]
    return layers


class Nrlmsis:
    """NRLMSIS 2.1 under fixed space weather: F10.7, its 81-day mean, and Ap."""

    def __init__(self, f107: float, f107_average: float, ap: float) -> None:
        """Find pymsis; raises ValueError when it is not installed."""
        try:
            import pymsis
        except ImportError as missing:
            raise ValueError(
                'density = "nrlmsis" needs the package pymsis: pip install "hil[atmosphere]"'
            ) from missing
        self._calculate: Callable[..., FloatArray] = pymsis.calculate
        self._weather = (f107, f107_average, [ap] * 7)

    def density(self, dates: list[datetime], geodetic: FloatArray) -> FloatArray:
        """Density (n,) in kg/m^3 at UTC dates and places (n, 3): longitude, latitude, height.

        Degrees and metres.
        """
        f107, f107_average, ap = self._weather
        n = len(dates)
        result = self._calculate(
            np.array([date.replace(tzinfo=None) for date in dates], dtype="datetime64[ms]"),
            geodetic[:, 0],
            geodetic[:, 1],
            geodetic[:, 2] / 1e3,
            [f107] * n,
            [f107_average] * n,
            [ap] * n,
            version=2.1,
        )
        return np.asarray(result[:, 0], dtype=float)

    def nodes(
        self, epoch_utc: datetime, times_s: FloatArray, positions_ecef_m: FloatArray
    ) -> RecordArray:
        """AIR_NODE records, shape (n,), at times since the epoch and Earth-fixed places (n, 3)."""
        dates = [epoch_utc + timedelta(seconds=float(t)) for t in times_s]
        longitude, latitude, height = erfa.gc2gd(1, positions_ecef_m)
        place = np.stack([np.degrees(longitude), np.degrees(latitude), height], axis=-1)
        above, below = (
            np.log(self.density(dates, place + np.array([0.0, 0.0, step])))
            for step in (_PROBE_m, -_PROBE_m)
        )
        air = records(AIR_NODE, len(dates))
        air["time_s"], air["height_m"] = times_s, height
        air["log_density"] = 0.5 * (above + below)
        air["scale_height_m"] = 2.0 * _PROBE_m / (below - above)
        return air
