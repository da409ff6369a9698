"""What a page shows of one run, gathered while its recording is read once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hil.diagnosis import Marked, Validity, sensors_of
from hil.errors import HilError
from hil.judge import Phase, Run, StepErrors, error_of, run_of
from hil.judge.errorcurve import ErrorCurve
from hil.judge.figures import size_of
from hil.judge.knowledge import estimated_q_eci_from_body
from hil.judge.pointing import Ground, error_vectors
from hil.judge.requirements import ColumnRequirement, PointingRequirement, Requirement
from hil.judge.rows import FloatArray, Mask, Rows, answered, last_told, parts_of
from hil.recording import Recording
from hil.report.envelope import Distribution, Envelope
from hil.rig import Rig

_ESTIMATE = {"estimate_q_eci_from_body", "estimate_flags"}
_MAPPED = {"time_s", "estimate_mode", "truth_sunlit", "reply_s"}
Band = tuple[float, float]


@dataclass
class Shown:
    """One requirement in one run: its error over time in the unit of its limit, and how often.

    asked: where it applies. knowledge, control: parts of the error, where it has such parts.
    """

    requirement: Requirement
    unit: str
    limit: float
    curve: Envelope = field(default_factory=Envelope)
    sizes: Distribution = field(default_factory=Distribution)
    asked: list[Band] = field(default_factory=list)
    knowledge: Distribution | None = None
    control: Distribution | None = None


class Gathered:
    """A run as a page shows it."""

    def __init__(self, rig: Rig, recording: Recording) -> None:
        """Read the recording once; what it has no columns for is left out."""
        self.rig, self.recording = rig, recording
        self.run = run_of(recording)
        columns = self.run.columns
        self._curves = [
            _Curve(each, rig, self.run)
            for each in rig.requirement
            if isinstance(each, PointingRequirement | ColumnRequirement)
            and _needs(each, self.run) <= columns
        ]
        self.sensors: list[Validity] = sensors_of(rig, columns)
        self.modes: list[tuple[float, float, str]] = []
        self.eclipses: list[Band] = []
        self.replies = Distribution()
        self.end_s = 0.0
        self._mode = np.nan
        self._read(columns)

    @property
    def shown(self) -> dict[str, Shown]:
        """By the requirement's name."""
        return {each.shown.requirement.name: each.shown for each in self._curves}

    def _read(self, columns: frozenset[str]) -> None:
        needed = set(_MAPPED).union(*(_needs(each.requirement, self.run) for each in self._curves))
        needed = needed.union(*(each.columns for each in self.sensors))
        needed |= {"command_wheel_torque_Nm", "command_dipole_body_A_m2"}
        for rows in self.recording.blocks(sorted(needed & columns)):
            if len(rows["time_s"]):
                self._take(rows)

    def _take(self, rows: Rows) -> None:
        none = np.zeros(len(rows["time_s"]), dtype=bool)
        for curve in self._curves:
            curve.take(rows)
        for sensor in self.sensors:
            sensor.feed(rows, Marked(none, none))
        if "truth_sunlit" in rows:
            _extend(self.eclipses, rows["time_s"], rows["truth_sunlit"] < 0.5)
        if "estimate_mode" in rows:
            self._take_modes(rows)
        if "reply_s" in rows:
            self.replies.add(rows["reply_s"][np.isfinite(rows["reply_s"])])
        self.end_s = float(rows["time_s"][-1])

    def _take_modes(self, rows: Rows) -> None:
        time_s = rows["time_s"]
        held, self._mode = last_told(rows["estimate_mode"], answered(rows), self._mode)
        change = np.flatnonzero(np.diff(held)) + 1
        starts = np.concatenate([[0], change])
        for start, stop in zip(starts, [*change, len(held)], strict=True):
            name = self._mode_name(float(held[start]))
            begin, end = float(time_s[start]), float(time_s[stop - 1])
            if self.modes and self.modes[-1][2] == name:
                self.modes[-1] = (self.modes[-1][0], end, name)
            else:
                self.modes.append((begin, end, name))

    def _mode_name(self, mode: float) -> str:
        if not np.isfinite(mode):
            return "no mode told"
        number = int(mode)
        known = 0 <= number < len(self.run.modes)
        return self.run.modes[number] if known else f"mode {number}"


class _Curve:
    """One requirement's error, step after step."""

    def __init__(
        self, requirement: PointingRequirement | ColumnRequirement, rig: Rig, run: Run
    ) -> None:
        self.requirement, self._ground = requirement, rig.ground
        limit = requirement.stated_limit
        self._unit_si = limit.unit_si
        self.shown = Shown(requirement, limit.unit, limit.value)
        self._phase: Phase | None = Phase(requirement, rig.ground, run)
        if isinstance(requirement, PointingRequirement):
            self._errors = StepErrors(requirement, rig.ground, every=run.every)
            self._curve = ErrorCurve(requirement, self._errors, run.step_s)
            if requirement.index == "APE" and run.columns >= _ESTIMATE:
                self.shown.knowledge, self.shown.control = Distribution(), Distribution()

    def take(self, rows: Rows) -> None:
        """Take the next steps; after the first that cannot be judged, none."""
        if self._phase is None:
            return
        try:
            self._take(self._phase, rows)
        except HilError:
            self._phase = None

    def _take(self, phase: Phase, rows: Rows) -> None:
        each, time_s = self.requirement, rows["time_s"]
        applies = phase.extend(rows)
        if isinstance(each, PointingRequirement):
            sizes = np.radians(self._curve.extend(self._errors.of(rows))) / self._unit_si
        else:
            sizes = size_of(each, rows) / self._unit_si
        self.shown.curve.add(time_s, sizes)
        asked = applies.settled & applies.answered
        self.shown.sizes.add(sizes[asked])
        _extend(self.shown.asked, time_s, applies.settled)
        if self.shown.knowledge is not None and self.shown.control is not None:
            knowledge, control = _parts(each, rows, asked, self._ground)
            self.shown.knowledge.add(knowledge / self._unit_si)
            self.shown.control.add(control / self._unit_si)


def _parts(
    each: Requirement, rows: Rows, asked: Mask, ground: Ground | None
) -> tuple[FloatArray, ...]:
    """Return what the OBC does not know (n,) and what it does not do (n,), in rad."""
    assert isinstance(each, PointingRequirement)
    some = {name: values[asked] for name, values in rows.items()}
    estimated = estimated_q_eci_from_body(some)
    true = some["truth_q_eci_from_body"]
    knowledge = error_vectors(estimated, true, each.axis, each.boresight_body)
    control = error_of(each, some | {"truth_q_eci_from_body": estimated}, ground)
    return tuple(np.asarray(np.linalg.norm(part, axis=1)) for part in (knowledge, control))


def _needs(each: Requirement, run: Run) -> set[str]:
    needed = Phase.columns(each, run.columns)
    if isinstance(each, PointingRequirement):
        return needed | StepErrors.columns(each, run.columns) | (_ESTIMATE & run.columns)
    assert isinstance(each, ColumnRequirement)
    return needed | {each.column}


def _extend(bands: list[Band], time_s: FloatArray, mask: Mask) -> None:
    """Put the stretches at which a mask holds to those before; one that goes on is one."""
    step_s = float(time_s[1] - time_s[0]) if len(time_s) > 1 else 0.0
    for part in parts_of(np.asarray(mask)):
        begin, end = float(time_s[part.start]), float(time_s[part.stop - 1])
        if part.start == 0 and bands and begin - bands[-1][1] <= 1.5 * step_s:
            bands[-1] = (bands[-1][0], end)
        else:
            bands.append((begin, end))
