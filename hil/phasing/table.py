"""The phasing test's findings for a terminal: a row an axis, what was measured and expected."""

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.phasing.judge import NOT_PHASED, Finding

_SHOWN = {"T": (1e6, "uT"), "m": (1e-3, "km")}  # units in which the numbers are short
_HEADINGS = ("device", "axis", "", "expected", "measured", "", "gain", "off axis")


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print the table, and below it what each axis that did not pass did instead.

    measured: as far as it is along what is expected.
    """
    table = Table(box=None, pad_edge=False)
    for heading in _HEADINGS:
        right = heading in ("expected", "measured", "gain", "off axis")
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    device = ""
    for finding in findings:
        if finding.verdict != NOT_PHASED:
            table.add_row(*_cells(finding, first=finding.device != device))
            device = finding.device
    console.print(table)
    for finding in findings:
        if finding.verdict == NOT_PHASED:
            console.print(f"{finding.device}: not phased: {finding.detail}", markup=False)
    for text in _thresholds(findings):
        console.print(text, markup=False)
    wrong = [finding for finding in findings if finding.wrong]
    for finding in wrong:
        console.print(
            f"{finding.device}, {finding.axis}: {finding.verdict}: {finding.detail}",
            style="red",
            markup=False,
        )
    phased = sum(finding.verdict != NOT_PHASED for finding in findings)
    console.print(f"{phased - len(wrong)} of {phased} axes pass")


def _cells(finding: Finding, first: bool) -> list[Text]:
    factor, unit = _SHOWN.get(finding.unit, (1.0, finding.unit))
    wanted = float(np.linalg.norm(finding.expected))
    along = float(np.dot(finding.measured, finding.expected)) / max(wanted, 1e-300)
    amounts = [f"{factor * value + 0.0:.4g}" for value in (wanted, _rounded(along, wanted))]
    amounts = amounts if finding.expected else ["", ""]
    gain = "" if finding.gain is None else f"{finding.gain:.4g}"
    angle = "" if finding.angle_deg is None else f"{finding.angle_deg:.1f} deg"
    words = (finding.device if first else "", finding.axis, finding.verdict, *amounts, unit)
    cells = [Text(word) for word in (*words, gain, angle)]
    cells[2].stylize("green" if finding.verdict == "pass" else "bold red")
    return cells


def _rounded(value: float, size: float) -> float:
    """Return a value to a thousandth of a size: what is left of noise is nothing."""
    return round(value / max(size, 1e-300), 3) * size


def _thresholds(findings: Sequence[Finding]) -> list[str]:
    """Return what the sizes and angles may be, for the devices for which it is the same."""
    gains: dict[float, dict[str, None]] = {}
    angles: dict[float, dict[str, None]] = {}
    for finding in findings:
        if finding.gain is not None:
            gains.setdefault(round(finding.gain_most, 4), {})[finding.device] = None
            angles.setdefault(finding.angle_most_deg, {})[finding.device] = None
    told = [
        f"gain off by at most {100 * most:.3g} %: {', '.join(names)}"
        for most, names in sorted(gains.items())
    ]
    if len(angles) == 1:
        return [*told, f"off axis: at most {next(iter(angles)):g} deg"]
    told += [
        f"off axis by at most {most:g} deg: {', '.join(names)}"
        for most, names in sorted(angles.items())
    ]
    return told
