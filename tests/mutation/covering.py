"""Which tests run a line, where a run of the suite wrote it down.

    pytest -n 2 --cov=hil --cov-context=test --cov-report=

leaves .coverage in the checkout. Compiled functions and processes of their own are not in it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[2]


def covering(path: Path, line: int) -> frozenset[str]:
    """Return the test functions that run a line of a file of the checkout; empty: not known."""
    return _lines(path).get(line, frozenset())


@cache
def _data() -> CoverageData | None:
    file = ROOT / ".coverage"
    if not file.exists():
        return None
    data = CoverageData(str(file))
    data.read()
    return data


@cache
def _lines(path: Path) -> dict[int, frozenset[str]]:
    data = _data()
    name = str(ROOT / path)
    if data is None or name not in data.measured_files():
        return {}
    return {
        line: frozenset(each.partition("[")[0].partition("|")[0] for each in contexts if each)
        for line, contexts in data.contexts_by_lineno(name).items()
    }
