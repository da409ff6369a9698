"""All sensors of a spacecraft, built in the order in which they go on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from hil.devices.coarse_sun_sensor import CoarseSunSensor, CoarseSunSensorUnit
from hil.devices.gyro import Gyro, GyroUnit
from hil.devices.magnetometer import Magnetometer, MagnetometerUnit
from hil.devices.sensor import Columns, Sensor
from hil.devices.star_tracker import StarTracker, StarTrackerUnit
from hil.devices.wheel import TachometerUnit, Wheel


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
) -> tuple[Sensor, ...]:
    """Sensors that read rows laid out as ``truth_columns``, at most once a control step.

    Each draws from its own random numbers, named by kind and instance: adding one leaves the
    others' alone.
    Raises ValueError when a sensor's rate does not fit the control step.
    """
    bench = _Bench(truth_columns=truth_columns, step_s=step_s, seed=seed)
    return (
        *(GyroUnit(model, i, **bench) for i, model in enumerate(gyros)),
        *(StarTrackerUnit(model, i, **bench) for i, model in enumerate(star_trackers)),
        *(TachometerUnit(model, i, **bench) for i, model in enumerate(wheels)),
        *(MagnetometerUnit(model, i, **bench) for i, model in enumerate(magnetometers)),
        *(CoarseSunSensorUnit(model, i, **bench) for i, model in enumerate(coarse_sun_sensors)),
    )
