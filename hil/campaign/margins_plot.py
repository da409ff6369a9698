"""Bode and Nichols plots of measured loops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hil.campaign.margins import AxisMargins
from hil.campaign.response import Response, fine
from hil.errors import RigError

_COLOURS = {"x": "#c1272d", "y": "#1a7f37", "z": "#0550ae"}
_FORMS = (".png", ".svg", ".pdf")
_HIDDEN = 0.5  # relative uncertainty from which on a line says nothing


def check_form(path: Path) -> None:
    """Raise RigError for a file that a plot cannot be written to."""
    if path.suffix not in _FORMS:
        raise RigError(f"--plot {path}: name a file that ends in {', '.join(_FORMS)}")
    if not path.parent.is_dir():
        raise RigError(f"--plot {path}: there is no folder {path.parent}")


def save_plots(found: Sequence[AxisMargins], title: str, path: Path) -> None:
    """Write a Bode and a Nichols plot, side by side; RigError where that cannot be."""
    check_form(path)
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise RigError("plots of margins need matplotlib: pip install 'hil[campaign]'") from None
    figure = Figure(figsize=(13.0, 6.5), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title)
    panels: Any = figure.subfigures(1, 2)
    left, right = panels
    _bode(left.subplots(2, 1, sharex=True), found)
    _nichols(right.subplots(), found)
    try:
        figure.savefig(path, dpi=120)
    except OSError as error:
        raise RigError(f"--plot {path}: {error.strerror}") from None


def _bode(axes: Any, found: Sequence[AxisMargins]) -> None:
    gain, phase = axes
    for each in found:
        measured, colour = _known(each.response), _COLOURS[each.axis]
        size = 20.0 * np.log10(np.abs(measured.loop))
        # Two sigma, as a ratio, in dB and in degrees
        relative = 2.0 * measured.sigma / np.abs(measured.loop)
        w = measured.frequency_rad_s
        bars = {"fmt": ".", "ms": 3, "lw": 0.8, "color": colour}
        gain.errorbar(w, size, 8.686 * relative, label=each.axis, **bars)
        degrees = np.degrees(np.unwrap(np.angle(measured.loop)))
        phase.errorbar(w, _turned(degrees), np.degrees(relative), **bars)
    gain.axhline(0.0, color="0.4", lw=0.8)
    phase.axhline(-180.0, color="0.4", lw=0.8)
    gain.set(xscale="log", ylabel="gain, dB", title="Bode")
    phase.set(xlabel="frequency, rad/s", ylabel="phase, degrees")
    gain.legend(title="axis")
    for each in axes:
        each.grid(visible=True, which="both", lw=0.3)


def _nichols(axes: Any, found: Sequence[AxisMargins]) -> None:
    for each in found:
        measured, colour = _known(each.response), _COLOURS[each.axis]
        _, size, phase = fine(measured.frequency_rad_s, measured.loop)
        degrees = _turned(np.degrees(phase))
        axes.plot(degrees, 8.686 * size, color=colour, lw=1.0, label=each.axis)
    wanted = {one.name: one.limit for one in found[0].held}
    up, aside = wanted["gain margin"], wanted["phase margin"]
    if up is not None and aside is not None:
        corners = [(-180.0 - aside, 0.0), (-180.0, up), (-180.0 + aside, 0.0), (-180.0, -up)]
        axes.fill(*zip(*corners, strict=True), color="0.85", label="margins wanted")
    axes.plot([-180.0], [0.0], "k+", ms=10)
    axes.set(xlabel="phase, degrees", ylabel="gain, dB", title="Nichols", ylim=(-30.0, 30.0))
    axes.set_xlim(-330.0, -60.0)
    axes.grid(visible=True, lw=0.3)
    axes.legend()


def _known(measured: Response) -> Response:
    """The part of a response up to where noise hides it."""
    hidden = np.flatnonzero(measured.sigma > _HIDDEN * np.abs(measured.loop))
    end = int(hidden[0]) if len(hidden) and hidden[0] > 1 else len(measured.loop)
    return Response(measured.frequency_rad_s[:end], measured.loop[:end], measured.sigma[:end])


def _turned(degrees: Any) -> Any:
    """Phases with whole turns put on so that they lie about -180 where the curve is highest."""
    middle = float(np.median(degrees[: max(1, len(degrees) // 2)]))
    return degrees - 360.0 * round((middle + 180.0) / 360.0)
