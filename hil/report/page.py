"""One page of HTML that stands alone: verdicts, plots and what was tested, from recordings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from hil.errors import HilError, visible
from hil.judge import Verdict, faults_of, share_words
from hil.judge.amounts import amount, grouped, number
from hil.recording import Event, Recording
from hil.report import plots, provenance, summary
from hil.report.envelope import Distribution
from hil.report.gather import Gathered, Shown
from hil.report.judged import JudgedRig, ids_of, margin, word

_EVENTS_MOST = 200
_RUNS_MOST = 6  # whose plots stand in a page: those in which requirements are worst


@dataclass(frozen=True)
class Card:
    """One requirement on the page."""

    id: str
    verifies: tuple[str, ...]
    name: str
    word: str
    reached: str
    allowed: str
    margin: str
    worst: str
    judged: str
    confidence: str
    text: str
    run: str
    plot: Markup | None = None
    distribution: Markup | None = None
    budget: Markup | None = None
    parts: tuple[tuple[str, ...], ...] = ()


def page(groups: Sequence[JudgedRig], title: str = "", campaigns: Sequence[Any] = ()) -> str:
    """Return the page; raises RigError when the plots' library is not installed.

    campaigns: what hil.report.campaigns shows of folders; groups are then their worst cases.
    """
    environment = Environment(
        loader=PackageLoader("hil.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = lambda text: visible(str(text), lines=True)
    made = datetime.now(UTC)
    return environment.get_template("page.html").render(
        title=title or (campaigns[0].title if campaigns else _title(groups)),
        campaigns=campaigns,
        made=f"{made:%Y-%m-%d %H:%M} UTC",
        met=all(each.met for each in (campaigns or groups)),
        rigs=[_rig(group) for group in groups],
    )


def _title(groups: Sequence[JudgedRig]) -> str:
    return groups[0].rig.title if len(groups) == 1 else f"{len(groups)} rigs"


def _rig(group: JudgedRig) -> dict[str, Any]:
    recordings = [Recording(path) for path in group.paths]
    runs = _gathered(group)
    main = runs.get(_worst_run(group)) or next(iter(runs.values()), None)
    return {
        "title": group.rig.title,
        "name": group.rig.name,
        "met": group.met,
        "count": len(group.paths),
        "tested": provenance.tested(group.rig, recordings),
        "files": [(each.name, provenance.file_hash(each)) for each in group.paths],
        "cards": [_card(group, verdict, runs.get(verdict.recording)) for verdict in group.verdicts],
        "has_ids": any(each.id for each in group.rig.requirement),
        "has_confidence": any(map(_confidence, group.verdicts)),
        "causes": [each.words for each in group.why.causes],
        "remarks": [each.words for each in group.why.remarks],
        "run": None if main is None else _run(main, several=len(group.paths) > 1),
    }


def _worst_run(group: JudgedRig) -> Path:
    missed = next((each.recording for each in group.verdicts if not each.met), None)
    return missed or group.verdicts[0].recording


def _gathered(group: JudgedRig) -> dict[Path, Gathered]:
    """Return the runs in which requirements are worst; one that cannot be read is left out."""
    wanted = dict.fromkeys([_worst_run(group), *(each.recording for each in group.verdicts)])
    found = {}
    for path in list(wanted)[:_RUNS_MOST]:
        try:
            found[path] = Gathered(group.rig, Recording(path))
        except HilError:
            continue
    return found


# ---- a requirement -------------------------------------------------------------------------------


def _card(group: JudgedRig, verdict: Verdict, run: Gathered | None) -> Card:
    own_id, verifies = ids_of(group.requirement(verdict))
    basis, left = verdict.basis, margin(verdict)
    shown = None if run is None else run.shown.get(verdict.name)
    several = len(group.paths) > 1
    drawn: dict[str, Any] = {}
    if run is not None and shown is not None and len(shown.curve.curve[0]):
        drawn = _drawn(shown, verdict, run)
    return Card(
        own_id,
        verifies,
        verdict.name,
        word(verdict),
        verdict.reached or _amount(verdict.value, verdict.unit),
        verdict.allowed or _amount(verdict.limit, verdict.unit),
        _margin(left),
        f"{verdict.worst_time_s:.1f} s" if math.isfinite(verdict.worst_time_s) else "",
        f"{basis.judged_s:.6g} s, {share_words(basis.judged_share)}" if basis else "",
        _confidence(verdict),
        f"{verdict.text} ({verdict.caveat})" if verdict.caveat else verdict.text,
        verdict.recording.name if several else "",
        **drawn,
    )


def _drawn(shown: Shown, verdict: Verdict, run: Gathered) -> dict[str, Any]:
    parts = [("error", shown.sizes)]
    if shown.knowledge is not None and shown.control is not None:
        parts += [("of knowledge", shown.knowledge), ("of control", shown.control)]
    drawn = {
        "plot": Markup(plots.error_plot(shown, verdict, faults_of(run.recording.events))),
        "parts": tuple(_part(name, sizes, shown.unit) for name, sizes in parts),
    }
    if shown.sizes.count > 1:
        drawn["distribution"] = Markup(plots.distribution_plot(shown))
    if len(parts) > 1:
        drawn["budget"] = Markup(plots.budget_plot(parts, shown.unit, shown.limit))
    return drawn


def _part(name: str, sizes: Distribution, unit: str) -> tuple[str, ...]:
    values = (sizes.mean, sizes.rms, sizes.quantile(0.95), sizes.quantile(0.9973))
    return name, *(_amount(value, unit) for value in values)


def _margin(left: float) -> str:
    """Return what is left of a limit; where it is exceeded by far, how many times it that is."""
    if not math.isfinite(left):
        return ""
    return f"{100 * left:.0f} %" if left > -1.0 else f"{number(1.0 - left, 3)} x limit"


def _confidence(verdict: Verdict) -> str:
    basis = verdict.basis
    if basis is None or basis.confidence is None:
        return ""
    return f"{100 * basis.confidence:.1f} %"


def _amount(value: float, unit: str) -> str:
    return "" if math.isnan(value) else amount(value, unit)


# ---- a run ---------------------------------------------------------------------------------------


def _run(run: Gathered, *, several: bool) -> dict[str, Any]:
    recording = run.recording
    figures = summary.summary_dict(recording, [])
    faults = faults_of(recording.events)
    return {
        "name": recording.path.name if several else "",
        "timeline": Markup(plots.timeline_plot(run, faults)),
        "modes": list(dict.fromkeys((name, plots.mode_colour(name)) for *_, name in run.modes)),
        "blind": [
            (sensor.name, f"{begin:.1f} to {end:.1f} s", why)
            for sensor in run.sensors
            for begin, end, why in _longest(sensor.bands())
        ],
        "events": [_event(event) for event in recording.events[:_EVENTS_MOST]],
        "more_events": max(0, len(recording.events) - _EVENTS_MOST),
        "faults": [(f.words, f"{f.begin_s:g} s", _until(f.end_s)) for f in faults],
        "link": [
            (name.replace("_", " "), grouped(count))
            for name, count in figures["counters"].items()
            if count
        ],
        "none": [name.replace("_", " ") for name, n in figures["counters"].items() if not n],
        "replies": [
            (name.replace("_", "."), f"{1e6 * value:.0f} us")
            for name, value in figures["reply_s"].items()
            if value is not None
        ],
        "stages": _stages(figures),
        "speed": summary.speed_words(figures),
    }


def _longest(bands: list[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    longest = sorted(bands, key=lambda band: band[0] - band[1])[:8]
    return sorted(longest)


def _until(end_s: float) -> str:
    return f"{end_s:g} s" if math.isfinite(end_s) else "the end"


def _event(event: Event) -> tuple[str, str, str]:
    return f"{event.time_s:.1f} s", event.source, event.details


def _stages(figures: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return where the time of a step went: name, microseconds, percent."""
    stages: dict[str, float] = figures["stage_us"]
    total = sum(stages.values()) or 1.0
    ordered = sorted(stages.items(), key=lambda each: -each[1])
    return [(name, f"{spent:.1f} us", round(100 * spent / total)) for name, spent in ordered]
