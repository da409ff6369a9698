"""Constants of nature and of the bodies that a spacecraft can orbit, SI."""

from __future__ import annotations

import math
from typing import NamedTuple

WGS84_FLATTENING = 1.0 / 298.257_223_563
ASTRONOMICAL_UNIT_m = 149_597_870_700.0  # IAU 2012 resolution B2
SPEED_OF_LIGHT_m_s = 299_792_458.0
SUN_MU_m3_s2 = 1.327_124_400_41e20  # DE440
SUN_RADIUS_m = 695_700e3  # IAU 2015 resolution B3, nominal
SOLAR_PRESSURE_N_m2 = (
    1361.0 / SPEED_OF_LIGHT_m_s
)  # at 1 au; total irradiance of IAU 2015 resolution B3


class CentralBody(NamedTuple):
    """Gravity of the body that is orbited; zonals are J2..J6, c22 and s22 unnormalised."""

    name: str
    mu_m3_s2: float
    radius_m: float
    zonals: tuple[float, float, float, float, float]
    c22: float = 0.0
    s22: float = 0.0
    flattening: float = 0.0  # of the outline that hides the Sun


def _zonals(*normalized_cn0: float) -> tuple[float, float, float, float, float]:
    j = [-math.sqrt(2 * n + 1) * c for n, c in enumerate(normalized_cn0, start=2)]
    return (j[0], j[1], j[2], j[3], j[4])


EARTH = CentralBody(  # EGM2008, tide free
    name="earth",
    mu_m3_s2=3.986_004_415e14,
    radius_m=6_378_136.3,
    zonals=_zonals(
        -0.484165143790815e-3,
        0.957161207093473e-6,
        0.539965866638991e-6,
        0.686702913736681e-7,
        -0.149953927978527e-6,
    ),
    flattening=WGS84_FLATTENING,
)
MOON = CentralBody(  # degree 2 of GRAIL's GL0660B (Konopliv et al. 2013), GM of DE440
    name="moon",
    mu_m3_s2=4.902_800_118e12,
    radius_m=1_738_000.0,
    zonals=(2.03305e-4, 0.0, 0.0, 0.0, 0.0),
    c22=2.24261e-5,
)
CENTRAL_BODIES = {"earth": EARTH, "moon": MOON}
