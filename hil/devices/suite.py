"""All sensors of a spacecraft, built in the order in which they go on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from hil.devices.coarse_sun_sensor import CoarseSunSensor, CoarseSunSensorUnit
from hil.devices.fine_sun_sensor import FineSunSensor, FineSunSensorUnit
from hil.devices.gps import Gps, GpsUnit
from hil.devices.gyro import Gyro, GyroUnit
from hil.devices.horizon_sensor import HorizonSensor, HorizonSensorUnit
from hil.devices.magnetometer import Magnetometer, MagnetometerUnit
from hil.devices.sensor import Columns, Sensor
from hil.devices.star_tracker import StarTracker, StarTrackerUnit
from hil.devices.thermometer import Thermometer, ThermometerUnit
from hil.devices.wheel import TachometerUnit, Wheel
from hil.physics.constants import EARTH, CentralBody
from hil.physics.vectors import FloatArray


class _Bench(TypedDict):
    """What every unit must know of the bench that it sits on."""

    truth_columns: Columns
    step_s: float
    seed: int


def build_sensors(
    *,
    truth_columns: Columns,
    step_s: float,
    seed: int,
    gyros: Sequence[Gyro] = (),
    star_trackers: Sequence[StarTracker] = (),
    wheels: Sequence[Wheel] = (),
    magnetometers: Sequence[Magnetometer] = (),
    coarse_sun_sensors: Sequence[CoarseSunSensor] = (),
    fine_sun_sensors: Sequence[FineSunSensor] = (),
    gps_receivers: Sequence[Gps] = (),
    horizon_sensors: Sequence[HorizonSensor] = (),
    thermometers: Sequence[Thermometer] = (),
    central_body: CentralBody = EARTH,
    albedo: float = 0.0,
    rod_dipole_body_A_m2: FloatArray | None = None,
) -> tuple[Sensor, ...]:
    """Sensors that read rows laid out as ``truth_columns``, at most once a control step.

    Each draws from its own random numbers, named by kind and instance: adding one leaves the
    others' alone. albedo: part of the sunlight that the central body throws back.
    rod_dipole_body_A_m2: array (3,) that holds the rods' dipole whenever a sensor is asked.
    Raises ValueError when a sensor's rate does not fit the control step or a sensor cannot work
    about this central body, KeyError when the truth lacks a column that one needs.
    """
    bench = _Bench(truth_columns=truth_columns, step_s=step_s, seed=seed)
    body, rods = central_body, rod_dipole_body_A_m2
    return (
        *(GyroUnit(m, i, **bench) for i, m in enumerate(gyros)),
        *(StarTrackerUnit(m, i, **bench, central_body=body) for i, m in enumerate(star_trackers)),
        *(TachometerUnit(m, i, **bench) for i, m in enumerate(wheels)),
        *(
            MagnetometerUnit(m, i, **bench, rod_dipole_body_A_m2=rods)
            for i, m in enumerate(magnetometers)
        ),
        *(
            CoarseSunSensorUnit(m, i, **bench, central_body=body, albedo=albedo)
            for i, m in enumerate(coarse_sun_sensors)
        ),
        *(FineSunSensorUnit(m, i, **bench) for i, m in enumerate(fine_sun_sensors)),
        *(GpsUnit(m, i, **bench, central_body=body) for i, m in enumerate(gps_receivers)),
        *(HorizonSensorUnit(m, i, **bench) for i, m in enumerate(horizon_sensors)),
        *(ThermometerUnit(m, i, **bench) for i, m in enumerate(thermometers)),
    )
