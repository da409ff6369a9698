"""Which faults are to be tried on a rig, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Any, NamedTuple

from hil.devices.registry import registry
from hil.errors import RigError
from hil.faults import KINDS
from hil.faults.model import Fault
from hil.rig import Rig
from hil.rig.faults import fault_misfits, surroundings
from hil.rig.suggest import suggestion
from hil.survey.hardness import Keys, variants
from hil.survey.outcome import goal_of

_BEGINS, _LASTS = 1.0 / 6.0, 1.0 / 4.0  # of the time in which the rig's requirement holds
_SECOND_AFTER_s = 10.0


class Trial(NamedTuple):
    """One fault, or two at once, as [[fault]] tables."""

    name: str
    faults: tuple[Keys, ...]

    @property
    def about(self) -> list[tuple[str, str]]:
        """Device and kind of each."""
        return [(fault["device"], fault["kind"]) for fault in self.faults]


class Plan(NamedTuple):
    """All trials of a rig. at_s, lasting_s: when they begin, and for how long they last."""

    trials: list[Trial]
    at_s: float
    lasting_s: float


def plan_of(
    rig: Rig,
    kinds: Sequence[str] = (),
    devices: Sequence[str] = (),
    *,
    at_s: float | None = None,
    lasting_s: float | None = None,
    pairs: bool = False,
) -> Plan:
    """Return every kind of fault on every device of a rig, or those that patterns fit.

    at_s, lasting_s: if not given, such that the rig's requirement holds before and can hold again.
    Raises RigError for a pattern that fits nothing, and for times outside of the run.
    """
    begin_s, length_s = _times(rig, at_s, lasting_s)
    singles = list(_singles(rig, begin_s, length_s))
    _check(kinds, [kind for each in singles for _, kind in each.about], "kind")
    _check(devices, [device for each in singles for device, _ in each.about], "device")
    chosen = [
        each
        for each in singles
        if all(_fits(kind, kinds) and _fits(device, devices) for device, kind in each.about)
    ]
    if not chosen:
        raise RigError("no device of these can have a fault of these kinds")
    return Plan(list(_paired(chosen)) if pairs else chosen, begin_s, length_s)


def _times(rig: Rig, at_s: float | None, lasting_s: float | None) -> tuple[float, float]:
    goal = goal_of(rig)
    from_s = goal.from_s if goal is not None else 0.0
    span_s = rig.duration_s - from_s
    begin_s = _whole(rig, from_s + _BEGINS * span_s) if at_s is None else at_s
    length_s = _whole(rig, _LASTS * span_s) if lasting_s is None else lasting_s
    if not 0.0 <= begin_s < rig.duration_s - rig.step_s or length_s < rig.step_s:
        raise RigError(
            f"faults from {begin_s:g} s on for {length_s:g} s do not lie in the run of "
            f"{rig.duration_s:g} s: give --at and --lasting"
        )
    return begin_s, length_s


def _whole(rig: Rig, time_s: float) -> float:
    return round(round(time_s / rig.step_s) * rig.step_s, 9)


def _singles(rig: Rig, at_s: float, lasting_s: float) -> Iterator[Trial]:
    around = surroundings(rig)
    for device in around.devices:
        table, size = _table(rig, device), around.sensors.get(device, 0)
        what = set(around.kinds_of(device))
        for kind in (name for name, each in KINDS.items() if what & set(each.on)):
            if "symbol" in KINDS[kind].needs:
                continue  # one bit of many: `hil seu` flips them all
            for keys in variants(kind, device, table, size):
                name = " ".join([device, kind.replace("_", " "), *_hard(keys)])
                times = {"at_s": at_s, "duration_s": lasting_s}
                fault: Keys = {"name": name, "device": device, "kind": kind, **times, **keys}
                fault = {key: value for key, value in fault.items() if value is not None}
                if _can_be(fault, around):
                    yield Trial(name, (fault,))


def _can_be(fault: Keys, around: Any) -> bool:
    return not any(fault_misfits([Fault.model_validate(fault)], around))


def _hard(keys: Keys) -> Iterator[str]:
    """Yield what tells one variant of a kind from another."""
    for key in ("factor", "offset_s", "watchdog_s", "delay_s"):
        if key in keys:
            yield f"{keys[key]:g}"


def _table(rig: Rig, device: str) -> Any:
    """Return the table of a device; None for the line and the OBC."""
    kind, _, which = device.partition(" ")
    if kind in ("wheel", "thruster"):
        return next(each for each in getattr(rig.spacecraft, kind) if each.name == which)
    if kind == "rod":
        return rig.spacecraft.rod[int(which)]
    headings = {each.name: each.heading for each in registry().sensors}
    return rig.spacecraft.devices[headings[kind]][int(which)] if kind in headings else None


def _paired(singles: Iterable[Trial]) -> Iterator[Trial]:
    for one, other in combinations(singles, 2):
        first, second = one.faults[0], other.faults[0]
        if first["device"] != second["device"]:
            later = {**second, "at_s": second["at_s"] + _SECOND_AFTER_s}
            yield Trial(f"{one.name} + {other.name}", (first, later))


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _check(patterns: Sequence[str], names: Sequence[str], what: str) -> None:
    known = list(dict.fromkeys(names))
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            hint = suggestion(pattern, known, "there are")
            raise RigError(f"no {what} of this rig's faults is {pattern}; {hint}")
