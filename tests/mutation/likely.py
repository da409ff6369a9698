"""Which tests are likely to see a mistake in a line: those that run it, and share words with it."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mutation.covering import covering, is_newer

ROOT = Path(__file__).resolve().parents[2]
_DEAR = ("emulator", "compilers", "examples", "network")
_LONG = {"subprocess", "pytester", "which", "qtbot", "bench", "posix", "campaign", "window"}
_RUNS_IT = 5.0  # times as likely as a test that only shares as many words
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")


@dataclass(frozen=True)
class Case:
    """One test function: its node id, and the words of it and of the helpers that it names."""

    id: str
    words: frozenset[str]
    slow: bool
    dear: bool
    """It builds something or starts an emulator."""


@cache
def cases() -> tuple[Case, ...]:
    """Return every test function of the suite."""
    return tuple(case for path in sorted(ROOT.glob("tests/test_*.py")) for case in _cases(path))


def _cases(path: Path) -> list[Case]:
    text = path.read_text()
    tree, lines = ast.parse(text), text.splitlines()
    tops = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    words = {name: _words(_source(lines, each)) for name, each in tops.items()}
    imported = frozenset(
        word
        for each in tree.body
        if isinstance(each, ast.Import | ast.ImportFrom)
        for word in _words(_source(lines, each))
    )
    marks = "".join(re.findall(r"^pytestmark.*", text, re.M))
    found = []
    for name, own in words.items():
        if name.startswith("test_"):
            helpers = [words[each] for each in own & words.keys() if each != name]
            own_marks = marks + "".join(map(ast.dump, tops[name].decorator_list))
            slow = "slow" in own_marks
            dear = any(mark in own_marks for mark in _DEAR)
            named = {f"file:{each}" for each in path.stem.split("_")}
            every = own.union(*helpers) | named | {f"import:{each}" for each in imported}
            found.append(Case(f"tests/{path.name}::{name}", frozenset(every), slow, dear))
    return found


def _source(lines: list[str], node: ast.stmt) -> str:
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])


def _words(text: str) -> frozenset[str]:
    found = _WORD.findall(text)
    return frozenset(found) | {part for word in found for part in word.split("_") if len(part) > 3}


@cache
def _rarity() -> dict[str, float]:
    counts = Counter(word for case in cases() for word in case.words)
    return {word: math.log(len(cases()) / count) for word, count in counts.items()}


def likely(path: Path, line: int, most: int, dear: bool = True) -> list[str]:
    """Return so many tests, the likeliest first but long ones last; those marked slow never."""
    wanted, runs_it = _wanted(path, line), covering(path, line)
    scores = {
        case: sum(wanted[word] * _rarity()[word] for word in case.words & wanted.keys())
        * (_RUNS_IT if case.id in runs_it or is_newer(case.id) else 1.0)
        for case in cases()
        if not case.slow and (dear or not case.dear)
    }
    best = sorted(scores, key=lambda each: (-scores[each], each.id))[:most]
    best.sort(key=lambda each: (each.dear, bool(each.words & _LONG)))
    return [each.id for each in best if scores[each] > 0.0]


def _wanted(path: Path, line: int) -> dict[str, float]:
    """Return the words of a line's surroundings with their weights."""
    text = (ROOT / path).read_text()
    wanted: dict[str, float] = {}

    def add(words: frozenset[str] | set[str], weight: float) -> None:
        for word in words:
            wanted[word] = max(weight, wanted.get(word, 0.0))

    add({path.stem}, 3.0)
    add({f"import:{path.stem}"}, 4.0)
    add({f"import:{path.parent.name}"}, 2.5)
    add({f"file:{each}" for each in [path.parent.name, *path.stem.split("_")]}, 3.0)
    add(_words(path.parent.name) | _words(path.stem), 1.5)
    add(_words(text.splitlines()[line - 1]), 1.0)
    if path.suffix == ".py":
        for name, source in _enclosing(text, line):
            add({name, f"import:{name}"}, 5.0)
            add(_words(name), 2.0)
            add(_words(source), 0.3)
    return wanted


def _enclosing(text: str, line: int) -> list[tuple[str, str]]:
    lines = text.splitlines()
    kinds = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    return [
        (each.name, _source(lines, each)[:3000])
        for each in ast.walk(ast.parse(text))
        if isinstance(each, kinds) and each.lineno <= line <= (each.end_lineno or line)
    ]
