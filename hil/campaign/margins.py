"""A rig's stability margins about its body axes, held against what the rig wants of them."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.campaign.probe import probe
from hil.campaign.response import LoopMargins, Margin, Response, margins, response
from hil.errors import visible
from hil.judge.amounts import amount, finite
from hil.obc.places import open_obc
from hil.rig import Rig

AXES = "xyz"
_HEADINGS = ("axis", "margin", "", "value", "limit", "at")
_STYLES = {"met": "green", "met, barely": "yellow", "measured": ""}


class Held(NamedTuple):
    """A margin held against its limit; limit: None where the rig wants none.

    word: "met" or "missed", with "barely" where the limit lies within the uncertainty.
    """

    name: str
    margin: Margin
    unit: str
    limit: float | None

    @property
    def met(self) -> bool:
        """Whether the margin is not below its limit."""
        return self.limit is None or self.margin.value >= self.limit

    @property
    def word(self) -> str:
        """What is known."""
        if self.limit is None:
            return "measured"
        word = "met" if self.met else "missed"
        sure = not abs(self.margin.value - self.limit) < self.margin.uncertainty
        return word if sure else f"{word}, barely"


class AxisMargins(NamedTuple):
    """What was measured about an axis: the loop's response, and its margins against limits."""

    axis: str
    response: Response
    held: tuple[Held, ...]


def measure(
    rig: Rig,
    obc: str,
    axes: Sequence[str] = AXES,
    firmware: Path | None = None,
    announce: Callable[[str], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[AxisMargins]:
    """Make a run about each axis and return the margins of its loop."""
    found = []
    for axis in axes:
        with (
            open_obc(obc, rig.obc.baud, firmware, machine=rig.obc.machine) as opened,
            tempfile.TemporaryDirectory(prefix="hil-") as folder,
        ):
            announce(f"{rig.title}: margins about {axis} on {obc}: {opened.description}")
            path = Path(folder) / "run.mcap"
            probing = probe(rig, opened, AXES.index(axis), path, progress)
        measured = response(probing)
        found.append(AxisMargins(axis, measured, held(rig, margins(measured))))
    return found


def held(rig: Rig, found: LoopMargins) -> tuple[Held, ...]:
    """Hold margins against a rig's limits."""
    wanted = rig.margins
    return (
        Held("gain margin", found.gain_dB, "dB", wanted.gain_margin_dB),
        Held("phase margin", found.phase_deg, "deg", wanted.phase_margin_deg),
        Held("delay margin", found.delay_s, "s", wanted.delay_margin_s),
        Held("distance from -1", found.distance, "", None),
    )


# ---- for a terminal, and as JSON -----------------------------------------------------------------


def margins_dict(rig: Rig, obc: str, found: Sequence[AxisMargins]) -> dict[str, Any]:
    """Return what was measured, ready for JSON."""
    return {
        "rig": rig.name,
        "obc": obc,
        "met": all(one.met for each in found for one in each.held),
        "axes": {each.axis: _axis_dict(each) for each in found},
    }


def print_margins(console: Console, found: Sequence[AxisMargins]) -> None:
    """Print a table of margins."""
    table = Table(box=None, pad_edge=False)
    for heading in _HEADINGS:
        right = heading in ("value", "limit", "at")
        table.add_column(heading, justify="right" if right else "left")
    for each in found:
        for one in each.held:
            limit = "" if one.limit is None else amount(one.limit, one.unit)
            at = f"{one.margin.at_rad_s:.3g} rad/s" if math.isfinite(one.margin.at_rad_s) else ""
            cells = [each.axis, one.name, one.word, _value(one), limit, at]
            texts = [Text(visible(cell)) for cell in cells]
            texts[2].stylize(_STYLES.get(one.word, "bold red"))
            table.add_row(*texts)
    console.print(table)


def _value(one: Held) -> str:
    if math.isinf(one.margin.value):
        return "no edge found"
    wide = one.margin.uncertainty
    spread = "" if math.isnan(wide) else f" ± {wide:.2g}"
    return f"{one.margin.value:.3g}{spread} {one.unit}".rstrip()


def _axis_dict(each: AxisMargins) -> dict[str, Any]:
    measured = each.response
    return {
        "margins": {
            one.name: {
                "value": finite(one.margin.value),
                "uncertainty": finite(one.margin.uncertainty),
                "at_rad_s": finite(one.margin.at_rad_s),
                "unit": one.unit,
                "limit": one.limit,
                "verdict": one.word,
            }
            for one in each.held
        },
        "frequency_rad_s": measured.frequency_rad_s.tolist(),
        "loop_real": measured.loop.real.tolist(),
        "loop_imag": measured.loop.imag.tolist(),
        "sigma": measured.sigma.tolist(),
    }
