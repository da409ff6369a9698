"""Plots as SVG text, to stand in a page as they are."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hil.errors import RigError
from hil.report.envelope import Distribution
from hil.report.gather import Gathered, Shown

if TYPE_CHECKING:
    from hil.judge import InForce, Verdict

GOOD, BAD, LIMIT, FAINT = "#00679e", "#c62f1b", "#c62f1b", "#5b6573"
_MODES = {  # a mode has the same colour in every plot
    "nadir": "#0067b1", "target": "#a83a86", "station": "#007a55", "inertial": "#7d7400",
    "sun_safe": "#c28a00", "detumble": "#c25e00", "test": "#6742c0", "idle": "#8a94a3",
}  # fmt: skip
_OTHERS = ("#52677f", "#3f8f8f", "#9c6b4a", "#707070")
_SIZE_in, _LOW_in = (7.4, 2.5), 0.24
_STYLE: dict[Any, Any] = {
    "text.parse_math": False,  # names come from recordings
    "svg.fonttype": "none",  # text stays text: small, sharp, and found by a search
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": "#8a94a3",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e3e6ea",
    "grid.linewidth": 0.6,
    "path.simplify": True,
}


def _svg(draw: Callable[[Any], None], size_in: tuple[float, float], name: str) -> str:
    """Return what a function draws on an empty figure; name: what tells its ids from others'."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise RigError(
            "the page's plots need matplotlib, which is not installed: pip install 'hil[report]'"
        ) from None
    with matplotlib.rc_context(_STYLE | {"svg.hashsalt": name}):
        figure = Figure(figsize=size_in, layout="constrained")
        draw(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    return re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)


def error_plot(shown: Shown, verdict: Verdict, faults: Sequence[InForce]) -> str:
    """Return the error over time with its limit, where it applies, faults and the worst instant."""

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        time_s, least, largest = shown.curve.curve
        colour = GOOD if verdict.met else BAD
        axes.fill_between(time_s, least, largest, color=colour, alpha=0.35, linewidth=0)
        axes.plot(time_s, largest, color=colour, linewidth=0.9)
        axes.axhline(shown.limit, color=LIMIT, linewidth=1.0, linestyle="--")
        label = axes.annotate(
            f"limit {shown.limit:g} {shown.unit}",
            (1.0, shown.limit),
            xycoords=("axes fraction", "data"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="right",
            color=LIMIT,
        )
        label.set_in_layout(False)
        for begin, end in shown.asked:
            axes.axvspan(begin, end, color="#00679e", alpha=0.05, linewidth=0)
        for fault in faults:
            axes.axvspan(
                fault.begin_s, min(fault.end_s, time_s[-1]), color=BAD, alpha=0.10, linewidth=0
            )
        _mark_worst(axes, shown, verdict)
        _scale(axes, shown, largest)
        axes.set_xlabel("time in s")
        axes.set_ylabel(shown.unit or "size")
        axes.margins(x=0)

    return _svg(draw, _SIZE_in, f"error {shown.requirement.name}")


def _mark_worst(axes: Any, shown: Shown, verdict: Verdict) -> None:
    if math.isfinite(verdict.worst_time_s):
        axes.axvline(verdict.worst_time_s, color=FAINT, linewidth=0.8, linestyle=":")
        label = axes.annotate(
            f"worst, {verdict.worst_time_s:.1f} s",
            (verdict.worst_time_s, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(3, -9),
            textcoords="offset points",
            color=FAINT,
            fontsize=8,
            ha="right" if verdict.worst_time_s > 0.7 * shown.curve.curve[0][-1] else "left",
        )
        label.set_in_layout(False)


def _scale(axes: Any, shown: Shown, largest: Any) -> None:
    """Show small errors too where the curve spans decades, as from a slew to steady pointing."""
    known = largest[np.isfinite(largest) & (largest > 0.0)]
    if len(known) and known.max() > 30.0 * max(shown.limit, 1e-12):
        _logarithmic(axes.set_yscale, axes.yaxis)
        axes.set_ylim(bottom=max(known.min(), shown.limit / 300.0))
    else:
        top = max([shown.limit, *known.tolist()]) if len(known) else shown.limit
        axes.set_ylim(0.0, 1.15 * top)


def _logarithmic(scale: Callable[[str], None], axis: Any) -> None:
    """Make an axis logarithmic, its numbers written as plain text."""
    scale("log")
    axis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.set_minor_formatter(lambda *_: "")


def distribution_plot(shown: Shown) -> str:
    """Return how often errors occur, and the share that is not above each, with the limit."""

    def draw(figure: Any) -> None:
        left, right = figure.subplots(1, 2)
        edges, shares = shown.sizes.table
        left.stairs(100.0 * shares, edges, fill=True, color=GOOD, alpha=0.5)
        left.set_ylabel("% of the time")
        right.plot(edges[1:], 100.0 * np.cumsum(shares), color=GOOD)
        right.set_ylabel("% of the time at most")
        probability = getattr(shown.requirement, "probability", 1.0)
        right.axhline(100.0 * probability, color=FAINT, linewidth=0.8, linestyle=":")
        for axes in (left, right):
            axes.axvline(shown.limit, color=LIMIT, linewidth=1.0, linestyle="--")
            _logarithmic(axes.set_xscale, axes.xaxis)
            axes.set_xlabel(shown.unit or "size")
            axes.set_ylim(bottom=0.0)

    return _svg(draw, (7.4, 2.3), f"distribution {shown.requirement.name}")


def budget_plot(rows: Sequence[tuple[str, Distribution]], unit: str, limit: float) -> str:
    """Return mean, rms and 99.73 % of each part of an error as bars."""

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        for place, (_, sizes) in enumerate(rows):
            for offset, (value, alpha) in enumerate(
                ((sizes.quantile(0.9973), 0.35), (sizes.rms, 0.65), (sizes.mean, 1.0))
            ):
                axes.barh(place, value, height=0.7 - 0.2 * offset, color=GOOD, alpha=alpha)
        axes.axvline(limit, color=LIMIT, linewidth=1.0, linestyle="--")
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        axes.invert_yaxis()
        axes.set_xlabel(f"{unit}: mean (dark), rms, 99.73 % (light); limit dashed")

    return _svg(draw, (7.4, 0.45 * len(rows) + 0.7), f"budget {limit}")


def timeline_plot(run: Gathered, faults: Sequence[InForce]) -> str:
    """Return bands of mode, eclipse, faults, and of sensors without a valid sample."""
    rows: list[tuple[str, list[tuple[float, float, str]]]] = [
        ("mode", [(b, e, mode_colour(name)) for b, e, name in run.modes]),
        ("eclipse", [(b, e, "#3a414d") for b, e in run.eclipses]),
        ("faults", [(f.begin_s, min(f.end_s, run.end_s), BAD) for f in faults]),
        *(
            (f"{each.name} invalid", [(b, e, "#c25e00") for b, e, _ in each.bands()])
            for each in run.sensors
            if each.blind
        ),
    ]
    rows = [row for row in rows if row[1]]

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        for place, (_, bands) in enumerate(rows):
            spans = [(b, max(e - b, 0.002 * run.end_s)) for b, e, _ in bands]
            axes.broken_barh(
                spans, (place - 0.36, 0.72), facecolors=[colour for *_, colour in bands]
            )
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0.0, max(run.end_s, 1e-9))
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("time in s")

    return _svg(draw, (7.4, _LOW_in * max(len(rows), 2) + 0.75), "timeline")


def figures_plot(name: str, figures: Sequence[float], limit: float, unit: str) -> str:
    """Return how often the runs of a campaign came to which figure, with the limit."""

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        axes.hist(figures, bins=min(40, max(5, len(figures) // 8)), color=GOOD, alpha=0.6)
        axes.axvline(limit, color=LIMIT, linewidth=1.0, linestyle="--")
        axes.set_xlabel(f"figure of a run in {unit}" if unit else "figure of a run")
        axes.set_ylabel("runs")
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.set_xlim(left=0.0)

    return _svg(draw, (7.4, 1.9), f"campaign {name}")


def mode_colour(name: str) -> str:
    """Return a mode's colour, the same whenever it is asked for."""
    return _MODES.get(name) or _OTHERS[sum(name.encode()) % len(_OTHERS)]
