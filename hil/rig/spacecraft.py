"""A spacecraft file: the truth about one spacecraft, and what its flight software believes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from hil.config import Model
from hil.devices.coarse_sun_sensor import CoarseSunSensor
from hil.devices.fine_sun_sensor import FineSunSensor
from hil.devices.gps import Gps
from hil.devices.gyro import Gyro
from hil.devices.horizon_sensor import HorizonSensor
from hil.devices.magnetometer import Magnetometer
from hil.devices.rod import Rod
from hil.devices.star_tracker import StarTracker
from hil.devices.thermometer import Thermometer
from hil.devices.thruster import Thruster
from hil.devices.wheel import Wheel
from hil.flight.parameters import PARAMETERS
from hil.link.messages import RODS_MAX, THRUSTERS_MAX, WHEELS_MAX
from hil.physics.assembly import body_record
from hil.physics.spacecraft import Body, Face, FlexibleMode
from hil.rig.suggest import suggestion

_PARAMETERS = {parameter.name: parameter for parameter in PARAMETERS}
_INSTANCES_MAX = 16  # an instance number has four bits on the wire
_FEW = Field(max_length=_INSTANCES_MAX)
_SENSORS = (
    "gyro", "star_tracker", "magnetometer", "coarse_sun_sensor", "fine_sun_sensor", "gps",
    "horizon_sensor", "thermometer",
)  # fmt: skip


def _parameters(values: dict[str, float]) -> dict[str, float]:
    """Return them as they are; ValueError for one that the firmware would refuse."""
    wrong = [words for name, value in values.items() for words in _refused(name, value)]
    if wrong:
        raise ValueError("\n".join(wrong))
    return values


def _refused(name: str, value: float) -> Iterator[str]:
    if name not in _PARAMETERS:
        hint = suggestion(name, list(_PARAMETERS), "the firmware's parameters are")
        yield f"the firmware has no parameter {name}; {hint}"
        return
    parameter = _PARAMETERS[name]
    if not parameter.minimum <= value <= parameter.maximum:
        unit = "" if parameter.unit == "1" else f" {parameter.unit}"
        yield f"{name} = {value} is outside {parameter.minimum:g} to {parameter.maximum:g}{unit}"


class Spacecraft(Model):
    """What a spacecraft file holds: body, actuators and sensors as they are, and beliefs.

    flight_software: the firmware's parameters, sent to it before the first step; names and limits
    are those of hil.flight.parameters. Not the truth: design values.
    """

    name: Annotated[str, Field(min_length=1)]
    body: Body
    wheel: Annotated[tuple[Wheel, ...], Field(max_length=WHEELS_MAX)] = ()
    rod: Annotated[tuple[Rod, ...], Field(max_length=RODS_MAX)] = ()
    thruster: Annotated[tuple[Thruster, ...], Field(max_length=THRUSTERS_MAX)] = ()
    face: tuple[Face, ...] = ()
    flexible_mode: tuple[FlexibleMode, ...] = ()
    gyro: Annotated[tuple[Gyro, ...], _FEW] = ()
    star_tracker: Annotated[tuple[StarTracker, ...], _FEW] = ()
    magnetometer: Annotated[tuple[Magnetometer, ...], _FEW] = ()
    coarse_sun_sensor: Annotated[tuple[CoarseSunSensor, ...], _FEW] = ()
    fine_sun_sensor: Annotated[tuple[FineSunSensor, ...], _FEW] = ()
    gps: Annotated[tuple[Gps, ...], _FEW] = ()
    horizon_sensor: Annotated[tuple[HorizonSensor, ...], _FEW] = ()
    thermometer: Annotated[tuple[Thermometer, ...], _FEW] = ()
    flight_software: Annotated[dict[str, float], AfterValidator(_parameters)] = Field({})

    def sensor_rates(self) -> Iterator[tuple[str, float]]:
        """Yield (where a rate stands in the file, the rate in Hz) of every sensor."""
        for wheel in self.wheel:
            yield f'[[wheel]] "{wheel.name}" tachometer_rate_hz', wheel.tachometer_rate_hz
        for kind in _SENSORS:
            for number, sensor in enumerate(getattr(self, kind), start=1):
                yield f"[[{kind}]] number {number} rate_hz", sensor.rate_hz

    @model_validator(mode="after")
    def _wheels_fit_the_body(self) -> Spacecraft:
        body_record(self.body, self.wheel, self.flexible_mode)
        return self

    @model_validator(mode="after")
    def _names_tell_apart(self) -> Spacecraft:
        for kind, named in (("wheels", self.wheel), ("thrusters", self.thruster)):
            twice = [name for name, n in Counter(each.name for each in named).items() if n > 1]
            if twice:
                raise ValueError(f"two {kind} are called {twice[0]!r}: give each a name of its own")
        return self
