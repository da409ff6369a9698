"""GPS receiver that tells latitude, longitude and height over WGS84, as NMEA and UBX do."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from hil.devices.gps import Gps, GpsUnit
from hil.devices.kinds import SensorKind
from hil.link import messages as wire
from hil.physics.constants import EARTH
from hil.physics.geodesy import north_east_down, place
from hil.physics.vectors import FloatArray

_NO_FIX = (0, 0, 0.0, 0.0, 0.0, 0.0)


class GeodeticGps(Gps):
    """A [[geodetic_gps]] table: a receiver with the errors of a [[gps]]."""


class GeodeticGpsUnit(GpsUnit):
    """Such a receiver on the bench. Without a fix its sample is invalid: six zeros."""

    message: ClassVar[wire.Message] = wire.sample(
        "geodetic_fix",
        0x12B,
        "Place over WGS84, and velocity relative to the rotating Earth in north, east, down.",
        wire.Field("latitude_1e7_deg", "i32", unit="1e-7 deg"),
        wire.Field("longitude_1e7_deg", "i32", unit="1e-7 deg"),
        wire.Field("height_m", "f32", unit="m", doc="over the ellipsoid"),
        wire.Field("velocity_ned_m_s", "f32", 3, "m/s"),
    )

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return the fix; invalid without satellites and for the time that it needs after that."""
        fix, valid = super().measure(row)
        if not valid:
            return _NO_FIX, False
        at = place(fix[:3])
        ned = north_east_down(at, fix[3:])
        height_ned = np.array((at.height_m, *ned), np.float32).tolist()
        return (round(1e7 * at.latitude_deg), round(1e7 * at.longitude_deg), *height_ned), True


KINDS = (
    SensorKind(
        heading="geodetic_gps",
        model=GeodeticGps,
        unit=GeodeticGpsUnit,
        central_bodies=(EARTH.name,),
    ),
)
