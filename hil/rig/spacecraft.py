"""A spacecraft file: the truth about one spacecraft, and what its flight software believes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, create_model, model_validator

from hil.config import Model
from hil.devices.registry import Separate, registry
from hil.devices.rod import Rod
from hil.devices.thruster import Thruster
from hil.devices.wheel import Wheel
from hil.flight.parameters import PARAMETERS
from hil.physics.assembly import body_record
from hil.physics.spacecraft import Body, Face, FlexibleMode
from hil.rig.suggest import suggestion

_PARAMETERS = {parameter.name: parameter for parameter in PARAMETERS}


def _unknown(name: str, ids: Mapping[str, int]) -> Iterator[str]:
    if name not in ids:
        hint = suggestion(name, list(ids), "[flight_software_ids] has")
        yield f"the firmware has no parameter {name}; {hint}"


def _refused(name: str, value: float) -> Iterator[str]:
    if name not in _PARAMETERS:
        hint = suggestion(name, list(_PARAMETERS), "the firmware's parameters are")
        yield f"the firmware has no parameter {name}; {hint}"
        return
    parameter = _PARAMETERS[name]
    if not parameter.minimum <= value <= parameter.maximum:
        unit = "" if parameter.unit == "1" else f" {parameter.unit}"
        yield f"{name} = {value} is outside {parameter.minimum:g} to {parameter.maximum:g}{unit}"


class _Frame(Model):
    """What a spacecraft is, before devices are put into it."""

    name: Annotated[str, Field(min_length=1)]
    body: Body
    face: tuple[Face, ...] = ()
    flexible_mode: tuple[FlexibleMode, ...] = ()


if TYPE_CHECKING:

    class _Equipped(_Frame):
        """A frame with the tables of all kinds of devices; these are those that the truth takes."""

        wheel: tuple[Wheel, ...] = ()
        rod: tuple[Rod, ...] = ()
        thruster: tuple[Thruster, ...] = ()

else:

    def _tables(model: type[Model], most: int) -> tuple[object, tuple[()]]:
        return Annotated[tuple[model, ...], Field(max_length=most)], ()

    _Equipped = create_model(
        "_Equipped",
        __base__=_Frame,
        **{heading: _tables(*each) for heading, each in registry().headings.items()},
    )


class Spacecraft(_Equipped):
    """What a spacecraft file holds: body, actuators and sensors as they are, and beliefs.

    flight_software: the firmware's parameters, sent to it before the first step; names and limits
    are those of hil.flight.parameters. Not the truth: design values. flight_software_ids: for a
    firmware with parameters of its own, their names and what set_parameter calls them.
    """

    flight_software_ids: dict[str, Annotated[int, Field(ge=0, le=0xFFFF)]] = Field({})
    flight_software: dict[str, float] = Field({})

    def sensor_rates(self) -> Iterator[tuple[str, float]]:
        """Yield (where a rate stands in the file, the rate in Hz) of every sensor."""
        for kind in registry().sensors:
            for number, table in enumerate(self.tables(kind.heading), start=1):
                name = getattr(table, "name", None)
                called = f'"{name}"' if name else f"number {number}"
                yield f"[[{kind.heading}]] {called} {kind.rate_key}", getattr(table, kind.rate_key)

    @property
    def devices(self) -> dict[str, tuple[Any, ...]]:
        """Every kind of device's tables by heading."""
        return {heading: self.tables(heading) for heading in registry().headings}

    @property
    def separate(self) -> tuple[Separate, ...]:
        """The actuators with a command of their own, those that it has none of too."""
        return registry().separate(self._count)

    def _count(self, heading: str, key: str | None) -> int:
        tables = self.tables(heading)
        has = key is None or any(getattr(table, key) is not None for table in tables)
        return len(tables) if has else 0

    def tables(self, heading: str) -> tuple[Any, ...]:
        """Return the devices' tables with this heading."""
        found: tuple[Any, ...] = getattr(self, heading)
        return found

    @model_validator(mode="after")
    def _wheels_fit_the_body(self) -> Spacecraft:
        body_record(self.body, self.wheel, self.flexible_mode)
        return self

    @model_validator(mode="after")
    def _parameters_would_be_taken(self) -> Spacecraft:
        ids = self.flight_software_ids
        wrong = [
            f"[flight_software]: {words}"
            for name, value in self.flight_software.items()
            for words in (_unknown(name, ids) if ids else _refused(name, value))
        ]
        if wrong:
            raise ValueError("\n".join(wrong))
        return self

    @model_validator(mode="after")
    def _names_tell_apart(self) -> Spacecraft:
        for kind, named in (("wheels", self.wheel), ("thrusters", self.thruster)):
            twice = [name for name, n in Counter(each.name for each in named).items() if n > 1]
            if twice:
                raise ValueError(f"two {kind} are called {twice[0]!r}: give each a name of its own")
        return self
