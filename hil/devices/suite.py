"""All sensors of a spacecraft, built in the order in which they go on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hil.config import Model
from hil.devices.kinds import SensorKind
from hil.devices.registry import registry
from hil.devices.sensor import Installation, Sensor


def build_sensors(
    tables: Mapping[str, Sequence[Model]], installation: Installation
) -> tuple[Sensor, ...]:
    """Sensors of a spacecraft's tables by heading, each asked at most once a control step.

    Each draws from its own random numbers, named by kind and instance: adding one leaves the
    others' alone.
    Raises ValueError when a sensor's rate does not fit the control step or a sensor cannot work
    about this central body, KeyError when the truth lacks a column that one needs.
    """
    return tuple(
        kind.unit(model, instance, installation)
        for kind in registry().sensors
        for instance, model in enumerate(_tables(kind, tables, installation))
    )


def _tables(
    kind: SensorKind, tables: Mapping[str, Sequence[Model]], installation: Installation
) -> Sequence[Model]:
    if kind.needs_scene and installation.scene is None:
        return ()
    found, body = tables.get(kind.heading, ()), installation.central_body.name
    if found and (why := kind.refusal(body)):
        raise ValueError(f"{kind.name} 0 {why}: take [[{kind.heading}]] out")
    return found
