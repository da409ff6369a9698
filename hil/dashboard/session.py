"""A run on its way from its file to the panels; knows no window."""

from __future__ import annotations

import math
from contextlib import suppress
from pathlib import Path
from threading import Thread

import numpy as np

from hil.dashboard import scene
from hil.dashboard.history import DrawnArray, History
from hil.dashboard.marks import Mark, Marks
from hil.dashboard.modes import Modes
from hil.dashboard.panel import Panel
from hil.dashboard.panels import small_panels
from hil.dashboard.pointingpanel import PointingErrors, Shown
from hil.dashboard.rows import FloatArray, Rows
from hil.dashboard.scales import Range
from hil.dashboard.scene import Scene, SceneCurves
from hil.diagnosis import Marked, Validity, diagnose, sensors_of
from hil.errors import CheckError, HilError
from hil.judge import Judgement, LinkCounts, RunJudge, Standing, Verdict, described, verdicts
from hil.judge.rows import parts_of
from hil.recording import Recording
from hil.recording.follow import Follower
from hil.recording.kept import damaged, number
from hil.recording.seen import Seen
from hil.rig import Rig, rig_of

_SAME_ECLIPSE_s = 10.0  # what is nearer belongs to the one before


class Session:
    """All that a window shows of one recording.

    panels: none before the file holds a run. places: panel -> its columns in the history.
    generation: another number means another run in the same file, with panels of its own.
    """

    def __init__(self, path: Path) -> None:
        self.follower = Follower(path)
        self._begin()

    def _begin(self) -> None:
        self.generation = self.follower.generation
        self.rig: Rig | None = None
        self.panels: tuple[Panel, ...] = ()
        self.places: dict[str, slice] = {}
        self.history = History(0)
        self.modes = Modes()
        self.link = LinkCounts()
        self.verdicts: list[Verdict] = []  # when the run has ended
        self._judge: RunJudge | None = None
        self._pointing: PointingErrors | None = None
        self._scene: SceneCurves | None = None
        self._marks: Marks | None = None
        self._seen: Seen | None = None
        self._events_seen = 0
        self.sensors: list[Validity] = []
        self.eclipses: list[Range] = []
        self.why: list[str] = []  # what a run missed its requirements for, when it has ended
        self._asking: Thread | None = None

    def update(self) -> int:
        """Read what is new in the file; return how many rows that was.

        Raises RecordingError when the file is not a recording.
        """
        table = self.follower.poll()
        if self.follower.generation != self.generation:
            self._begin()
        if not self.panels and len(table):
            self._set_up()
        for event in self.follower.events[self._events_seen :]:
            (self._judge or self.link).note(event)
        if len(table):
            self._take(Rows(table, self.follower.columns))
        self._events_seen = len(self.follower.events)
        if "counters" in self.follower.metadata:
            with suppress(CheckError):  # a stranger's file may count in words
                self.link.counted(self.follower.metadata["counters"])
        if self.follower.state == "ended" and self._judge and not self.verdicts and self.rig:
            self.verdicts = verdicts(self.rig, [self._judged()])
            if not all(verdict.met for verdict in self.verdicts):
                self._asking = Thread(target=self._ask_why, args=(self.verdicts,), daemon=True)
                self._asking.start()
        return len(table)

    def wait_for_why(self) -> None:
        """Wait until it is known why requirements were missed, if they were."""
        if self._asking is not None:
            self._asking.join()

    def _ask_why(self, found: list[Verdict]) -> None:
        """Diagnose the run; beside the drawing, as that reads the whole recording."""
        with suppress(HilError):
            why = diagnose(Recording(self.follower.path), found, self.rig)
            if found is self.verdicts and why.causes:  # the file still holds the same run
                self.why = why.lines

    @property
    def title(self) -> str:
        """What the rig is called."""
        run = self.follower.metadata.get("run", {})
        return run.get("title") or self.follower.path.name

    @property
    def place(self) -> str:
        """What plays the on-board computer, and its firmware."""
        obc = self.follower.metadata.get("obc", {})
        firmware = " ".join(obc[key] for key in ("firmware", "build") if key in obc)
        return ", ".join(each for each in (obc.get("place", ""), firmware) if each)

    @property
    def duration_s(self) -> float:
        """How long the run is to be; 0 when that is not known."""
        return self.rig.duration_s if self.rig else 0.0

    def shown(self, row: int) -> Shown | None:
        """Return the pointing requirement that applies at a row; None without one."""
        if self._pointing is None:
            return None
        return self._pointing.at(float(self.history.time_s[row]))

    @property
    def standings(self) -> list[Standing]:
        """How each requirement and the line stand so far; at the run's end, the verdicts."""
        if self.verdicts:
            return [
                Standing(each.name, None if each.too_short else each.met) for each in self.verdicts
            ]
        return self._judge.so_far() if self._judge else []

    @property
    def aborted(self) -> str:
        """Why the run was stopped early, if it was."""
        return self.follower.metadata.get("aborted", {}).get("reason", "")

    def error_deg(self, row: int) -> float:
        """Return the error that the requirement at a row limits, in degrees; NaN without one."""
        shown = self.shown(row)
        curve = shown.curve if shown else 0
        return self.in_degrees(float(self.values(self.panels[0], row)[curve]))

    def limit_deg(self, shown: Shown) -> float:
        """Return a requirement's limit in degrees."""
        return self.in_degrees(shown.limit.value)

    def in_degrees(self, error: float) -> float:
        """Return an error in the unit of the first panel in degrees."""
        assert self._pointing is not None
        return error / self._pointing.per_deg

    def values(self, panel: Panel, row: int) -> DrawnArray:
        """Return a panel's values (curves,) at a row, in its unit."""
        values = self.history.row(row)[self.places[panel.key]]
        return np.asarray(10.0**values if panel.scale == "log" else values)

    def scene(self, row: int) -> Scene | None:
        """Return the attitude at a row; None when the recording does not tell it."""
        if self._scene is None or not len(self.history):
            return None
        return self._scene.scene(self.history.row(row)[self.places["scene"]].astype(float))

    @property
    def has_camera(self) -> bool:
        """Whether there are pictures to be shown."""
        return self.follower.cameras > 0

    def seen(self, row: int) -> Seen | None:
        """Return the picture that the OBC told of last at a row, or that was sent last."""
        if not self.has_camera or not len(self.history):
            return None
        self._seen = self.follower.seen(float(self.history.time_s[row]), self._seen)
        return self._seen

    def marks(self, seen: Seen) -> list[Mark]:
        """Return where the scene's objects truly are in a picture."""
        return self._marks.of(seen.frame) if self._marks is not None else []

    def _set_up(self) -> None:
        sizes = dict(self.follower.columns)
        rig = self.rig = self._rig()
        step_s = number(self.follower, "run", "step_s", 0.1)
        if not 0.0 < step_s < math.inf:
            raise damaged(self.follower, "run", "step_s", "a control period")
        run = described(self.follower, step_s, 2 * rig.steps if rig else math.inf)
        errors = PointingErrors(rig, sizes, run)
        if rig is not None:
            self._judge = RunJudge(rig, run, self.follower.path, errors.sources)
            for event in self.follower.events[: self._events_seen]:  # counted for the link already
                self._judge.note(event)
            self._judge.link = self.link
            errors.judged_by(self._judge)
        panel = errors.panel()
        self._pointing = errors if panel else None
        realtime = self.follower.metadata.get("run", {}).get("pace") == "real time"
        self.panels = (*([panel] if panel else []), *small_panels(rig, sizes, realtime))
        if scene.has_columns(sizes):
            targets = scene.targets_of(curve.kind for curve in errors.curves)
            self._scene = SceneCurves(targets, rig.ground if rig else None)
        if rig is not None and Marks.can(rig, sizes):
            self._marks = Marks(rig)
        self.modes = Modes(run.modes)
        self.sensors = sensors_of(rig, sizes) if rig is not None else []
        self._place()

    def _rig(self) -> Rig | None:
        try:
            return rig_of(self.follower)
        except HilError:  # made by another version, or by hand: what it holds can still be seen
            return None

    def _place(self) -> None:
        start = 0
        widths = [(panel.key, len(panel.curves)) for panel in self.panels]
        widths += [("scene", self._scene.width)] if self._scene else []
        for key, width in widths:
            self.places[key] = slice(start, start + width)
            start += width
        drawn = start - (self._scene.width if self._scene else 0)
        self.history = History(start, drawn)

    def _take(self, rows: Rows) -> None:
        parts: list[FloatArray] = []
        for panel in self.panels:
            values = panel.compute(rows)
            parts.append(_log10(values) if panel.scale == "log" else values)
        if self._scene:
            parts.append(self._scene.compute(rows))
        self.history.extend(rows["time_s"], np.concatenate(parts, axis=1))
        self.modes.extend(rows)
        if self._marks is not None:
            self._marks.feed(rows)
        none = np.zeros(len(rows), dtype=bool)
        for sensor in self.sensors:
            sensor.feed(rows.columns, Marked(none, none))
        self._note_eclipse(rows)
        if self._judge:
            self._judge.feed(rows.columns)
        else:
            self.link.feed(rows.columns)

    def _note_eclipse(self, rows: Rows) -> None:
        """Put the stretches without sunlight to those before."""
        if "truth_sunlit" not in rows:
            return
        time_s = rows["time_s"]
        for part in parts_of(np.asarray(rows["truth_sunlit"] < 0.5)):
            begin, end = float(time_s[part.start]), float(time_s[part.stop - 1])
            if part.start == 0 and self.eclipses and begin - self.eclipses[-1][1] < _SAME_ECLIPSE_s:
                begin = self.eclipses.pop()[0]
            self.eclipses.append((begin, end))

    def _judged(self) -> Judgement:
        assert self._judge is not None
        self._judge.see(Recording(self.follower.path))
        return self._judge.finish()


def _log10(values: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(values > 0.0, np.log10(values), np.nan)
