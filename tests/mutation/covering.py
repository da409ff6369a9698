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
    elsewhere = (each for each in (_files() if names else ()) if each != path)
    return (
        _use(path, names)
        or frozenset().union(*(_use(other, names) for other in elsewhere))
        or _runs(path, set(_lines(path)))
    )


def is_newer(test: str) -> bool:
    """Return whether a test function was not there in that run of the suite."""
    return bool(_seen()) and test not in _seen()


@cache
def _seen() -> frozenset[str]:
    data = _data()
    return frozenset(map(_function, data.measured_contexts())) if data else frozenset()


def _function(context: str) -> str:
    return context.partition("[")[0].partition("|")[0]


def _use(path: Path, names: frozenset[str]) -> frozenset[str]:
    """Return the tests that run what uses one of these names in a file."""
    uses = _source(ROOT / path).uses
    return _runs(path, set().union(*(uses.get(name, set()) for name in names)))


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
    """A file's statements in functions: the first line of each, by its lines and by its names.

    made: the names that a statement of the module itself gives, by its lines.
    """

    first: dict[int, int]
    uses: dict[str, set[int]]
    made: dict[int, frozenset[str]]


@cache
def _source(file: Path) -> _Source:
    source = _Source({}, defaultdict(set), {})
    module = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    functions = [each for each in ast.walk(module) if isinstance(each, ast.FunctionDef)]
    inside = [node for each in functions for part in each.body for node in ast.walk(part)]
    for node in inside:
        if isinstance(node, ast.stmt):
            source.first.update(dict.fromkeys(_lines_of(node), node.lineno))
    for node in inside:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            source.uses[node.id].add(source.first.get(node.lineno, node.lineno))
    for node in module.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            stored = (each for each in ast.walk(node) if isinstance(each, ast.Name))
            names = frozenset(each.id for each in stored if isinstance(each.ctx, ast.Store))
            source.made.update(dict.fromkeys(_lines_of(node), names))
    return source


def _lines_of(statement: ast.stmt) -> range:
    """Return the lines of a statement, of one with a body those before it."""
    body = getattr(statement, "body", None)
    end = body[0].lineno if body else (statement.end_lineno or statement.lineno) + 1
    return range(statement.lineno, max(end, statement.lineno + 1))
