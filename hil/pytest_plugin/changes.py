"""What a session says at its end of the earlier one that it was held against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


class Changes:
    """Notes how each figure changed, those of all workers, and sums up at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder: Path = config.getoption("hil_against")
        self._shares: dict[str, float] = {}
        self._without: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the figure of a requirement."""
        told = dict(report.user_properties)
        if report.when != "call" or "hil_against" not in told:
            return
        if "hil_worse_share" not in told:
            self._without.append(report.nodeid)
        elif told["hil_worse_share"] == told["hil_worse_share"]:  # not the line's, which has none
            self._shares[report.nodeid] = float(str(told["hil_worse_share"]))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say how many figures are the same, better and worse, and which changed the most."""
        shares, say = self._shares, terminalreporter.write_line
        counts = [
            f"{sum(share == 0.0 for share in shares.values())} the same",
            f"{sum(share < 0.0 for share in shares.values())} better",
            f"{sum(share > 0.0 for share in shares.values())} worse",
        ]
        say(f"held against {self._folder}: of {len(shares)} figures {', '.join(counts)}")
        for name in sorted(shares, key=lambda name: -abs(shares[name]))[:5]:
            if shares[name]:
                how = "worse" if shares[name] > 0.0 else "better"
                say(f"  {name}: {100.0 * abs(shares[name]):.3g} % of the limit {how}")
        if self._without:
            say(f"  no earlier run: {len(self._without)}, the first of them {self._without[0]}")
