"""Requirement by rig by place: the last verdict of each, as verification documents want it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hil.errors import HilError
from hil.judge import LINK, Verdict, evaluate_files
from hil.recording import Recording
from hil.report.judged import ids_of, word
from hil.rig import Rig

NOT_RUN = "not run"


class Cell(NamedTuple):
    """The last verdict of a requirement on one place.

    changed: the run was made with another text of the rig, its spacecraft or its parts.
    """

    word: str = NOT_RUN
    reached: str = ""
    recording: str = ""
    changed: bool = False

    @property
    def text(self) -> str:
        """In a few words; a star where the rig was changed since the run."""
        star = " *" if self.changed else ""
        return f"{self.word} {self.reached}".rstrip() + star


class Line(NamedTuple):
    """A requirement of a rig with its verdicts by place."""

    rig: str
    id: str
    verifies: tuple[str, ...]
    requirement: str
    cells: dict[str, Cell]


class _Run(NamedTuple):
    rig: str
    place: str
    made_ns: int
    path: Path
    texts: dict[str, str]


def matrix(rigs: Sequence[Rig], recordings: Sequence[Path]) -> list[Line]:
    """Return a line for each requirement of each rig, and one for its line to the OBC.

    Of the recordings of a rig on a place the newest file counts, judged by the rig as it is now.
    """
    runs = [run for path in recordings if (run := _run(path)) is not None]
    places = sorted({run.place for run in runs})
    return [line for rig in rigs for line in _lines(rig, runs, places)]


def _run(path: Path) -> _Run | None:
    try:
        recording = Recording(path)
    except HilError:
        return None
    rig = recording.metadata.get("run", {}).get("rig", "")
    place = recording.metadata.get("obc", {}).get("place", "")
    texts = {k: v for k, v in recording.metadata.get("rig", {}).items() if k in _TEXTS}
    return _Run(rig, place, path.stat().st_mtime_ns, path, texts) if rig and place else None


_TEXTS = ("text", "spacecraft_text", "parts", "orbit_text")


def _lines(rig: Rig, runs: Sequence[_Run], places: Sequence[str]) -> list[Line]:
    texts = {k: v for k, v in rig.source.metadata().items() if k in _TEXTS}
    verdicts: dict[str, tuple[list[Verdict], _Run]] = {}
    for place in places:
        own = [run for run in runs if run.rig == rig.name and run.place == place]
        if own:
            last = max(own, key=lambda run: run.made_ns)
            verdicts[place] = evaluate_files(rig, [last.path]), last
    lines = []
    for number, requirement in enumerate([*rig.requirement, None]):
        cells = dict.fromkeys(places, Cell())
        for place, (found, run) in verdicts.items():
            cells[place] = _cell(found[number], run, changed=run.texts != texts)
        own_id, verifies = ids_of(requirement)
        name = requirement.name if requirement is not None else LINK
        lines.append(Line(rig.name, own_id, verifies, name, cells))
    return lines


def _cell(verdict: Verdict, run: _Run, *, changed: bool) -> Cell:
    return Cell(word(verdict), verdict.reached, str(run.path), changed)


def matrix_csv(lines: Sequence[Line]) -> str:
    """Return the matrix as CSV, with a heading."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    places = list(lines[0].cells) if lines else []
    writer.writerow(["rig", "id", "verifies", "requirement", *places])
    for line in lines:
        cells = [line.cells[place].text for place in places]
        writer.writerow([line.rig, line.id, " ".join(line.verifies), line.requirement, *cells])
    return out.getvalue()


def matrix_dict(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the matrix, ready for JSON."""
    return [
        line._asdict() | {"cells": {place: cell._asdict() for place, cell in line.cells.items()}}
        for line in lines
    ]
