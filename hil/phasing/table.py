"""The phasing test's findings for a terminal: a row a device, a column an axis."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from hil.phasing.judge import NOT_PHASED, Finding


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print the table, and below it what each axis that did not pass did instead."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for device in dict.fromkeys(finding.device for finding in findings):
        mine = [finding for finding in findings if finding.device == device]
        table.add_row(device, *(_cell(finding) for finding in mine))
    console.print(table)
    wrong = [finding for finding in findings if finding.wrong]
    for finding in findings:
        if finding.verdict == NOT_PHASED:
            console.print(f"{finding.device}: not phased: {finding.detail}", markup=False)
    for finding in wrong:
        console.print(
            f"{finding.device}, {finding.axis}: {finding.verdict}: {finding.detail}",
            style="red",
            markup=False,
        )
    phased = sum(finding.verdict != NOT_PHASED for finding in findings)
    console.print(f"{phased - len(wrong)} of {phased} axes pass")


def _cell(finding: Finding) -> str:
    style = {"pass": "green", NOT_PHASED: "yellow"}.get(finding.verdict, "bold red")
    return f"{finding.axis} [{style}]{finding.verdict}[/]"
