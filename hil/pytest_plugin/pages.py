"""The page that a session makes of its runs, those of all of its workers."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from hil.errors import HilError


class Pages:
    """Notes the recordings that tests made, and makes a page of them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        """Raise UsageError when the page's plots could not be drawn in the end."""
        if importlib.util.find_spec("matplotlib") is None:
            raise pytest.UsageError("--hil-report needs matplotlib: pip install 'hil[report]'")
        self._out: Path = config.getoption("hil_report")
        self._made: dict[str, None] = {}  # in the order in which they were made

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the recordings of a test."""
        for name, value in report.user_properties:
            if name == "hil_recording":
                self._made[str(value)] = None

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Make the page, and say where it is."""
        paths = [path for path in map(Path, self._made) if path.exists()]
        if not paths:
            told = f"no page {self._out}: the session made no recording"
            terminalreporter.write_line(told, red=True)
            return
        from hil.recording.export import whole_file
        from hil.report.judged import judged
        from hil.report.page import page

        try:
            self._out.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(self._out) as file:
                file.write(page(judged(paths)).encode())
        except (HilError, OSError) as error:
            terminalreporter.write_line(f"no page {self._out}: {error}", red=True)
        else:
            terminalreporter.write_line(f"page of {len(paths)} runs: {self._out}")
