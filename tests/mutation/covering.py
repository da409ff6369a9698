"""Which tests run a line, where a run of the suite wrote it down.

    pytest -n 2 --cov=hil --cov-context=test --cov-report=

leaves .coverage in the checkout. Compiled functions and processes of their own are not in it.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[2]


def covering(path: Path, line: int) -> frozenset[str]:
    """Return the test functions that run a line of a file of the checkout; empty: not known.

    Of a statement over several lines those that run its first. A constant of a module is made when
    the module is read, by no test: of its statement those that run what uses its name there.
    """
    stands_for = _stands_for(ROOT / path).get(line, {line})
    return frozenset().union(*(_lines(path).get(each, frozenset()) for each in stands_for))


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


@cache
def _stands_for(file: Path) -> dict[int, set[int]]:
    """Return the first lines of the statements in functions that a line of a file stands for."""
    if not file.exists():
        return {}
    module = ast.parse(file.read_text())
    first: dict[int, set[int]] = {}
    uses: dict[str, set[int]] = defaultdict(set)
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef):
            continue
        for statement in ast.walk(function):
            if isinstance(statement, ast.stmt) and not hasattr(statement, "body"):
                for line in range(statement.lineno, (statement.end_lineno or 0) + 1):
                    first[line] = {statement.lineno}
            if isinstance(statement, ast.stmt) and statement is not function:
                for name in ast.walk(statement):
                    if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load):
                        uses[name.id].add(statement.lineno)
    for statement in module.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            names = [each.id for each in ast.walk(statement) if isinstance(each, ast.Name)]
            lines = set().union(*(uses[name] for name in names))
            for line in range(statement.lineno, (statement.end_lineno or 0) + 1):
                first[line] = lines
    return first
