"""What reached the ground in one run, reduced while the run is read; and verdicts on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hil.errors import CheckError
from hil.judge.alerts import AlertRequirement, FalseAlertRequirement
from hil.judge.amounts import amount, apart
from hil.judge.basis import Member, basis_of, basis_words
from hil.judge.phases import Phase, Run
from hil.judge.pointing import Ground
from hil.judge.rows import FloatArray, Rows
from hil.judge.verdict import Verdict
from hil.physics.groundtarget import GroundTarget

Requirement = AlertRequirement | FalseAlertRequirement
_COLUMNS = {
    "time_s", "radio_carrier", "alert_number", "alert_kind", "alert_shutter_s", "alert_received_s",
    "alert_latitude_deg", "alert_longitude_deg", "file_alert", "file_received_s",
}  # fmt: skip


class OnGround(NamedTuple):
    """One alert as the ground has it."""

    number: int
    kind: int
    shutter_s: float
    received_s: float
    latitude_deg: float
    longitude_deg: float


@dataclass
class Delivered:
    """What one run came to: values that are held against the limit, and when each was.

    told: what there is to say besides.
    """

    member: Member
    values: tuple[tuple[float, float], ...] = ()
    told: str = ""


class DeliveryFigure:
    """Alerts and files of one run."""

    def __init__(
        self, requirement: Requirement, ground: Ground | None, run: Run, recording: Path
    ) -> None:
        if ground is None:
            raise CheckError(
                "the rig has no [scene], so where the objects of alerts are is not known"
            )
        self._requirement, self._ground = requirement, ground
        self.phase = Phase(requirement, ground, run)
        self._member = Member(recording, run.step_s, 0, 0)
        self._alerts: dict[tuple[int, float], OnGround] = {}
        self._files: dict[tuple[int, float], float] = {}
        self._contacts: list[float] = []
        self._carrier = 0.0

    @staticmethod
    def columns(requirement: Requirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        return Phase.columns(requirement, available) | _COLUMNS

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        time_s = rows["time_s"]
        if not len(time_s):
            return
        applies = self.phase.extend(rows)
        self._member = self._member.with_steps(applies.settled, applies.asked)
        self._note_contacts(time_s, rows["radio_carrier"])
        for at in _changes(rows["alert_number"], rows["alert_shutter_s"]):
            alert = OnGround(
                int(rows["alert_number"][at]),
                int(rows["alert_kind"][at]),
                *(float(rows[f"alert_{name}"][at]) for name in OnGround._fields[2:]),
            )
            self._alerts.setdefault((alert.number, alert.shutter_s), alert)
        for at in _changes(rows["file_alert"], rows["file_received_s"]):
            number, received_s = int(rows["file_alert"][at]), float(rows["file_received_s"][at])
            self._files[number, received_s] = received_s

    @property
    def met_so_far(self) -> bool | None:
        """Whether it holds in what came so far; None while that is open."""
        requirement = self._requirement
        values = [value for value, _ in self._values() if math.isfinite(value)]
        if isinstance(requirement, FalseAlertRequirement):
            return len(values) <= requirement.at_most
        return values[0] <= requirement.stated_limit.value if values else None

    def finish(self) -> Delivered:
        """Return what the run came to; CheckError when its phase did not come."""
        self.phase.check()
        return Delivered(self._member, tuple(self._values()), self._told())

    def _note_contacts(self, time_s: FloatArray, carrier: FloatArray) -> None:
        before = np.concatenate([[self._carrier], carrier[:-1]])
        self._contacts += time_s[(carrier > 0.5) & ~(before > 0.5)].tolist()
        self._carrier = float(carrier[-1])

    def _values(self) -> list[tuple[float, float]]:
        requirement = self._requirement
        if isinstance(requirement, FalseAlertRequirement):
            return [
                (1.0, each.shutter_s)
                for each in self._counted()
                if not any(self._is_of(each, name) for name in requirement.alerts_only_of)
            ]
        own = [each for each in self._counted() if self._is_of(each, requirement.alert)]
        if requirement.limit_m is not None:
            return [(self._away_m(each, requirement.alert), each.shutter_s) for each in own]
        if requirement.within_s is not None:
            found = [(each.received_s - self._from_s(each), each.shutter_s) for each in own]
        else:
            found = [
                (received_s - self._from_s(each), each.shutter_s)
                for each in own
                for (number, _), received_s in self._files.items()
                if number == each.number and received_s > each.shutter_s
            ]
        return [min(found)] if found else [(math.inf, math.nan)]

    def _counted(self) -> list[OnGround]:
        requirement = self._requirement
        from_s, to_s = requirement.from_s, requirement.to_s or math.inf
        return [
            each
            for each in self._alerts.values()
            if from_s <= each.shutter_s <= to_s and requirement.is_counted(each.kind)
        ]

    def _is_of(self, alert: OnGround, name: str) -> bool:
        return self._away_m(alert, name) <= self._requirement.match_m

    def _away_m(self, alert: OnGround, name: str) -> float:
        """Return how far an alert's place is from an object, along the ground."""
        place = self._ground.targets.get(name)
        if not isinstance(place, GroundTarget):
            raise CheckError(f"there is no object called {name!r}")
        told = GroundTarget(
            name="told",
            kind="target",
            latitude_deg=alert.latitude_deg,
            longitude_deg=alert.longitude_deg,
            height_m=place.height_m,
        )
        away = told.position_ecef_m(0.0) - place.position_ecef_m(alert.shutter_s)
        up = place.up_ecef(alert.shutter_s)
        return float(np.linalg.norm(away - (away @ up) * up))

    def _from_s(self, alert: OnGround) -> float:
        """Return the shutter's instant, or the beginning of the contact after it."""
        last = max((each for each in self._contacts if each <= alert.received_s), default=0.0)
        return max(alert.shutter_s, last)

    def _told(self) -> str:
        if isinstance(self._requirement, FalseAlertRequirement):
            return ""
        after = [f"{each:.6g} s" for each in self._contacts[:3]]
        return f"contacts began at {', '.join(after)}" if after else "no station had a contact"


def _changes(first: FloatArray, second: FloatArray) -> list[int]:
    """Return where two columns hold something, and not what they held a step before."""
    known = np.isfinite(first)
    same = np.zeros(len(first), dtype=bool)
    same[1:] = (first[1:] == first[:-1]) & (second[1:] == second[:-1])
    return [int(at) for at in np.flatnonzero(known & ~same)]


# -- verdicts --------------------------------------------------------------------------------------


def delivery_verdict(requirement: Requirement, found: Sequence[Delivered]) -> Verdict:
    """Return the verdict on what reached the ground in some runs."""
    if isinstance(requirement, FalseAlertRequirement):
        counts = [
            replace(each, values=((float(len(each.values)), _first(each)),)) for each in found
        ]
        return _verdict(requirement, counts, _worst(counts)[0])
    if requirement.limit_m is None:
        return _verdict(requirement, found, _worst(found)[0])
    every = sorted(value for each in found for value, _ in each.values)
    if not every:
        none = [replace(each, values=((math.inf, math.nan),)) for each in found]
        return _verdict(requirement, none, math.inf)
    # The smallest value that so many of them do not exceed, as of the other indices.
    at = max(0, math.ceil(requirement.probability * len(every) - 1e-9) - 1)
    return _verdict(requirement, [each for each in found if each.values], every[at])


def _first(each: Delivered) -> float:
    return each.values[0][1] if each.values else math.nan


def _worst(found: Sequence[Delivered]) -> tuple[float, float, Delivered]:
    return max(
        ((value, when, each) for each in found for value, when in each.values),
        key=lambda one: one[0],
    )


def _verdict(requirement: Requirement, found: Sequence[Delivered], value: float) -> Verdict:
    limit, (_, when_s, worst) = requirement.stated_limit, _worst(found)
    met = limit.holds(value)
    basis = basis_of([each.member for each in found])
    if math.isinf(value):
        reached, allowed = "none", amount(limit.value, limit.unit)
    else:
        reached, allowed = apart(value, limit.value, limit.unit)
    what = _words(requirement, reached, allowed, sum(len(each.values) for each in found))
    told = f"; {worst.told}" if worst.told else ""
    text = f"{requirement.name}: {what} ({basis_words(basis)}){told}; worst in "
    return Verdict(
        requirement.name,
        met,
        value,
        limit.value,
        limit.unit,
        when_s,
        f"{text}{worst.member.recording}",
        worst.member.recording,
        basis=basis,
        reached=reached,
        allowed=allowed,
    )


def _words(requirement: Requirement, reached: str, allowed: str, count: int) -> str:
    if isinstance(requirement, FalseAlertRequirement):
        return f"{reached} alerts of something else than {', '.join(requirement.alerts_only_of)}"
    if requirement.limit_m is not None:
        share = f"{100.0 * requirement.probability:g} % of {count} alerts"
        return f"{share} of {requirement.alert} within {reached}, allowed {allowed}"
    what = "an alert" if requirement.within_s is not None else "a file"
    if reached == "none":
        return f"{what} of {requirement.alert} never reached the ground, allowed {allowed}"
    since = "the shutter, or the contact after it"
    return f"{what} of {requirement.alert} on the ground {reached} after {since}, allowed {allowed}"
