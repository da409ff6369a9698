"""Mistakes that change nothing that a person or a test could see."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from mutation.mutants import Mutant

LIST = Path(__file__).with_name("equivalent.toml")
_WIDE, _BOUNDS = Path("hil/rig/plausible.py"), re.compile(r"\S+(:| =) \([-+\w.]+, [-+\w.]+\),?")
_UNSEEN_KEYWORDS = {
    "frozen", "slots", "kw_only", "order", "stacklevel", "maxsize", "daemon", "help", "metavar",
    "fontsize", "linewidth", "alpha", "dpi", "figsize", "pad", "zorder", "markersize", "lw", "ms",
    "strict", "ensure_ascii",
}  # fmt: skip


def reason(root: Path, mutant: Mutant) -> str:
    """Return why nobody can see a mistake, or "" where somebody could."""
    identity = mutant.identity(root)
    for entry in _listed():
        told = f"{entry['path']}: {entry['line']} @{entry['at']}: {entry['change']}"
        if identity == told + (f" (twin {entry['twin']})" if "twin" in entry else ""):
            return str(entry["why"])
    if mutant.path == _WIDE and _widens_a_bound(root, mutant):
        return "a bound that is wide: nothing real is near it"
    return _kind(root, mutant) if mutant.path.suffix == ".py" else ""


@cache
def _listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(LIST.read_text())["mutant"]
    return found


def _widens_a_bound(root: Path, mutant: Mutant) -> bool:
    """Whether it changes one of two bounds that is not 0, where real figures are."""
    text = (root / mutant.path).read_text()
    line = text.splitlines()[mutant.line - 1].strip()
    return bool(_BOUNDS.fullmatch(line)) and mutant.new != "1.0"


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
