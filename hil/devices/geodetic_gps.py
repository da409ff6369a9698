"""GPS receiver that tells latitude, longitude and height over WGS84, as NMEA and UBX do."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from hil.devices.gps import Gps, GpsUnit
from hil.devices.kinds import SensorKind
from hil.devices.stimuli import Phasing, Stage, Stimuli, facing
from hil.link import messages as wire
from hil.physics.constants import EARTH
from hil.physics.geodesy import Place, north_east_down, place, position_ecef_m
from hil.physics.leap import GPS_EPOCH
from hil.physics.sky import EARTH_SPIN_rad_s
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


_ANGLE_deg, _CLIMB_m, _SPEED_m_s = 30.0, 1e5, 5e3  # of a stimulus
_HOME = Place(0.0, 0.0, 5e5)


def _places(stage: Stage, model: GeodeticGps) -> Stimuli:
    """Places to each side of one over the equator, and velocities there."""
    for axis in range(6):
        for sign in (1.0, -1.0):
            stimulus = sign * np.eye(6)[axis]
            latitude, longitude = _ANGLE_deg * stimulus[:2]
            at = Place(latitude, longitude, _HOME.height_m + _CLIMB_m * stimulus[2])
            north, east, down = _SPEED_m_s * stimulus[3:]
            position = position_ecef_m(at)
            # over the equator at longitude 0 north is z, east is y; the axes turn with the Earth
            velocity = np.array([-down, east, north])
            velocity += np.cross([0.0, 0.0, EARTH_SPIN_rad_s], position)
            zenith = position / np.linalg.norm(position)
            row = stage.row(
                position_eci_m=position,
                velocity_eci_m_s=velocity,
                q_eci_from_body=facing(np.array(model.antenna_body), zenith),
            )
            yield row, stimulus


def _read(views: FloatArray) -> FloatArray:
    """Views of latitude, longitude in 1e-7 deg, height and velocity, in units of the stimulus."""
    unit = (1e7 * _ANGLE_deg, 1e7 * _ANGLE_deg, _CLIMB_m, *3 * (_SPEED_m_s,))
    return np.asarray(views / np.array(unit))


KINDS = (
    SensorKind(
        heading="geodetic_gps",
        model=GeodeticGps,
        unit=GeodeticGpsUnit,
        phasing=Phasing(
            _places,
            _read,
            shown=6,
            labels=("latitude", "longitude", "height", "north", "east", "down"),
            sizes=(_ANGLE_deg, _ANGLE_deg, _CLIMB_m, *3 * (_SPEED_m_s,)),
            units=("deg", "deg", "m", *3 * ("m/s",)),
        ),
        central_bodies=(EARTH.name,),
        works_from=GPS_EPOCH,
    ),
)
