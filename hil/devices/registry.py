"""All kinds of devices that there are: the project's own and those of installed packages.

A kind is declared in a ``KINDS`` of one module: of this room, or of another package that names it
in its entry points, ``[project.entry-points."hil.devices"]  any_name = "its.module:KINDS"``.
"""

from __future__ import annotations

import math
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

from hil.config import Model
from hil.devices.kinds import ActuatorKind, SensorKind, place_in
from hil.errors import DeviceError
from hil.link.messages import COMMAND, CORE, INSTANCES_MAX, OTHERS_SAMPLE_APIDS, Message
from hil.link.table import CORE_TABLE, MessageTable

GROUP = "hil.devices"
NOT_DEVICES = ("name", "body", "face", "flexible_mode", "flight_software", "flight_software_ids")
"""What else stands in a spacecraft's file."""

Kind = SensorKind | ActuatorKind


class Separate(NamedTuple):
    """n actuators that are commanded by a packet of their own, and where their values are in it.

    without: what each is told by a reply that has no such packet.
    """

    command: Message
    place: slice
    field: str
    n: int
    without: float = 0.0


@dataclass(frozen=True)
class Registry:
    """Kinds of devices; sensors in the order in which their samples go on the wire."""

    actuators: tuple[ActuatorKind, ...]
    sensors: tuple[SensorKind, ...]

    @cached_property
    def table(self) -> MessageTable:
        """The core messages and those of the devices."""
        own = {kind.command for kind in self.actuators} - set(CORE)
        own |= {kind.second.command for kind in self.actuators if kind.second}
        numbers = {kind.heading: kind.number for kind in self.actuators}
        streams = {kind.unit.stream for kind in self.sensors if kind.unit.stream is not None}
        return MessageTable([*(kind.message for kind in self.sensors), *streams, *own], numbers)

    def separate(self, count: Callable[[str, str | None], int]) -> tuple[Separate, ...]:
        """Return the actuators with a command of their own, beside the one that closes a step.

        count: of the devices with a heading; of those with a key, of all of them if one has it.
        """
        return tuple(self._separate(count))

    def _separate(self, count: Callable[[str, str | None], int]) -> Iterator[Separate]:
        for kind in self.actuators:
            if kind.command is not COMMAND:
                yield Separate(kind.command, kind.place, kind.field, count(kind.heading, None))
            if second := kind.second:
                n, place = count(kind.heading, second.key), place_in(second.command, second.field)
                yield Separate(second.command, place, second.field, n, math.nan)

    @cached_property
    def by_name(self) -> dict[str, SensorKind]:
        """The sensors by what they are called on the wire."""
        return {kind.name: kind for kind in self.sensors}

    @cached_property
    def headings(self) -> dict[str, tuple[type[Model], int]]:
        """Heading of a spacecraft's table -> its model, and how many there can be."""
        found = {kind.heading: (kind.model, INSTANCES_MAX) for kind in self.sensors}
        most = {kind.heading: (kind.model, kind.most) for kind in self.actuators}
        return most | {heading: each for heading, each in found.items() if heading not in most}


@cache
def registry() -> Registry:
    """Return all kinds: built in, and of packages that are installed.

    Raises DeviceError for a package whose devices cannot be used, with its name and the cure.
    """
    kinds = list(_built_in())
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        for kind in _loaded(entry):
            _check(kind, kinds, entry)
            kinds.append(kind)
    return _sorted(kinds)


@cache
def built_in() -> Registry:
    """Return the project's own kinds, of which the committed header and XTCE tell."""
    return _sorted(_built_in())


def _built_in() -> Iterator[Kind]:
    room = import_module("hil.devices")
    for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        if module.name != __name__:
            yield from _several(getattr(import_module(module.name), "KINDS", ()))


def _sorted(kinds: Iterable[Kind]) -> Registry:
    every = list(kinds)
    sensors = [kind for kind in every if isinstance(kind, SensorKind)]
    actuators = [kind for kind in every if isinstance(kind, ActuatorKind)]
    return Registry(
        tuple(sorted(actuators, key=lambda kind: (kind.command.apid, kind.place.start))),
        tuple(sorted(sensors, key=lambda kind: kind.message.apid)),
    )


def _loaded(entry: EntryPoint) -> tuple[Kind, ...]:
    """Return the kinds that an entry point names: one of them, or several."""
    try:
        found = entry.load()
    except Exception as error:  # whatever a package of others may raise
        raise _refusal(entry, f"cannot be imported: {type(error).__name__}: {error}") from error
    kinds = _several(found)
    wrong = [each for each in kinds if not isinstance(each, SensorKind | ActuatorKind)]
    if wrong or not kinds:
        raise _refusal(entry, f"is {found!r}: it must be a SensorKind, or a tuple of them")
    return kinds


def _several(kinds: Any) -> tuple[Kind, ...]:
    """Return what a file declares, one kind or several of them, as several."""
    return tuple(kinds) if isinstance(kinds, Iterable) else (kinds,)


def _check(kind: Kind, others: Iterable[Kind], entry: EntryPoint) -> None:
    """Raise DeviceError for a kind that cannot stand beside those that there are."""
    if isinstance(kind, ActuatorKind):
        raise _refusal(entry, f"brings the actuator {kind.heading!r}: only sensors can be added")
    fields, message = kind.message.fields, kind.message
    if message.apid not in OTHERS_SAMPLE_APIDS:
        first, last = OTHERS_SAMPLE_APIDS[0], OTHERS_SAMPLE_APIDS[-1]
        raise _refusal(
            entry,
            f"sends {message.name} with APID 0x{message.apid:03X}: take one of 0x{first:03X} to "
            f"0x{last:03X}, which are for devices of other packages",
        )
    if [field.name for field in fields[:2]] != ["flags", "instance"]:
        raise _refusal(
            entry, f"sends {message.name}: make its message with hil.link.messages.sample"
        )
    if message.name in CORE_TABLE.by_name:
        raise _refusal(entry, f"brings {message.name!r}, a name that another message has already")
    if kind.heading in NOT_DEVICES:
        raise _refusal(entry, f"reads [[{kind.heading}]], which is no device's: name it otherwise")
    for other in others:
        if isinstance(other, SensorKind) and other.message.apid == message.apid:
            raise _refusal(
                entry, f"sends {message.name} with the APID of {other.name}, 0x{message.apid:03X}"
            )
        names = {other.heading, other.name} if isinstance(other, SensorKind) else {other.heading}
        if twice := names & {kind.heading, kind.name}:
            raise _refusal(entry, f"brings {min(twice)!r}, a name that another device has already")


def _refusal(entry: EntryPoint, why: str) -> DeviceError:
    package = entry.dist.name if entry.dist else "an installed package"
    return DeviceError(
        f"{package}: its device {entry.name} = {entry.value!r} (entry points {GROUP!r}) {why}"
    )
