"""Mistakes that change nothing that a person or a test could see."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from mutation.mutants import Mutant

LIST = Path(__file__).with_name("equivalent.toml")
_UNSEEN_KEYWORDS = {
    "frozen", "slots", "kw_only", "order", "stacklevel", "maxsize", "daemon", "help", "metavar",
    "fontsize", "linewidth", "alpha", "dpi", "figsize", "pad", "zorder", "markersize", "lw", "ms",
    "strict", "ensure_ascii",
}  # fmt: skip


def reason(root: Path, mutant: Mutant) -> str:
    """Return why nobody can see a mistake, or "" where somebody could."""
    identity = mutant.identity(root)
    for entry in _listed():
        if identity == f"{entry['path']}: {entry['line']} @{entry['at']}: {entry['change']}":
            return str(entry["why"])
    return _kind(root, mutant) if mutant.path.suffix == ".py" else ""


@cache
def _listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(LIST.read_text())["mutant"]
    return found


def _kind(root: Path, mutant: Mutant) -> str:
    for begin, end, why in _unseen(root / mutant.path):
        if begin <= mutant.begin and mutant.end <= end:
            return why
    return ""


@cache
def _unseen(path: Path) -> list[tuple[int, int, str]]:
    """Return the octets of a file in which a mistake shows in words or in speed alone."""
    text = path.read_bytes()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for node in ast.walk(ast.parse(text)):
        if why := _why(node):
            inner = node.value if isinstance(node, ast.keyword) else node
            found.append(
                (
                    starts[inner.lineno - 1] + inner.col_offset,  # type: ignore[attr-defined]
                    starts[inner.end_lineno - 1] + inner.end_col_offset,  # type: ignore[attr-defined]
                    why,
                )
            )
    return found


def _why(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "how a message is written"
    if isinstance(node, ast.FunctionDef) and node.name == "__repr__":
        return "what a debugger shows"
    if isinstance(node, ast.keyword) and node.arg in _UNSEEN_KEYWORDS:
        return f"{node.arg}="
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        return "for type checkers"
    return ""
