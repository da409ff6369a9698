"""Which tests run a line, where a run of the suite wrote it down.

    pytest -n 2 --cov=hil --cov-context=test --cov-report=

leaves .coverage in the checkout. Compiled functions and processes of their own are not in it.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[2]


def covering(path: Path, line: int) -> frozenset[str]:
    """Return the test functions that run a line of a file of the checkout; empty: not known.

    Of a statement over several lines those that run its first. What stands in a module itself no
    test runs: of a constant it is those that run what uses its name, there or else elsewhere, and
    of anything else those that run something of the file.
    """
    source = _source(ROOT / path)
    if line in source.first:
        return _runs(path, {source.first[line]})
    names = source.made.get(line, frozenset())
    uses = set().union(*(source.uses.get(name, set()) for name in names))
    if uses:
        return _runs(path, uses)
    elsewhere = [
        _runs(other, set().union(*(_source(ROOT / other).uses.get(name, set()) for name in names)))
        for other in (_files() if names else ())
    ]
    return frozenset().union(*elsewhere) or _runs(path, set(_lines(path)))


def is_newer(test: str) -> bool:
    """Return whether a test function was not there in that run of the suite."""
    return bool(_seen()) and test not in _seen()


@cache
def _seen() -> frozenset[str]:
    data = _data()
    return frozenset(map(_function, data.measured_contexts())) if data else frozenset()


def _function(context: str) -> str:
    return context.partition("[")[0].partition("|")[0]


def _runs(path: Path, lines: set[int]) -> frozenset[str]:
    return frozenset().union(*(_lines(path).get(each, frozenset()) for each in lines))


@cache
def _data() -> CoverageData | None:
    file = ROOT / ".coverage"
    if not file.exists():
        return None
    data = CoverageData(str(file))
    data.read()
    return data


@cache
def _files() -> tuple[Path, ...]:
    data = _data()
    return tuple(Path(each).relative_to(ROOT) for each in data.measured_files()) if data else ()


@cache
def _lines(path: Path) -> dict[int, frozenset[str]]:
    data = _data()
    name = str(ROOT / path)
    if data is None or name not in data.measured_files():
        return {}
    return {
        line: frozenset(map(_function, filter(None, contexts)))
        for line, contexts in data.contexts_by_lineno(name).items()
    }


class _Source(NamedTuple):
    """Of a file: the first line of each statement in a function by its lines; lines with a name."""

    first: dict[int, int]
    uses: dict[str, set[int]]
    made: dict[int, frozenset[str]]


@cache
def _source(file: Path) -> _Source:
    source = _Source({}, defaultdict(set), {})
    module = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef):
            for statement in (each for part in function.body for each in ast.walk(part)):
                if isinstance(statement, ast.stmt):
                    _note(source, statement)
    for statement in module.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            names = frozenset(
                each.id
                for each in ast.walk(statement)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            )
            source.made.update(dict.fromkeys(_span(statement), names))
    return source


def _note(source: _Source, statement: ast.stmt) -> None:
    inner = getattr(statement, "body", [])
    until = inner[0].lineno if inner else (statement.end_lineno or statement.lineno) + 1
    for line in range(statement.lineno, max(until, statement.lineno + 1)):
        source.first[line] = statement.lineno
    for name in ast.walk(statement):
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load):
            source.uses[name.id].add(statement.lineno)


def _span(statement: ast.stmt) -> range:
    return range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
