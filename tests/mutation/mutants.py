"""Small mistakes that a programmer makes, planted one at a time in Python or C."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NOT_FLOWN = {"tests", "examples", "build", "training"}


@dataclass(frozen=True)
class Mutant:
    """One mistake: the octets from begin to end of a file's text are replaced."""

    path: Path
    line: int
    begin: int
    end: int
    new: str

    def applied(self, text: bytes) -> bytes:
        """Return the file's text with the mistake in it."""
        return text[: self.begin] + self.new.encode() + text[self.end :]

    def told(self, root: Path) -> str:
        """Return where it is and what it changes, for a person."""
        old = (root / self.path).read_bytes()[self.begin : self.end].decode()
        return f"{self.path}:{self.line}: {old!r} -> {self.new!r}"

    def identity(self, root: Path) -> str:
        """Return what stays the same when other lines of its file change."""
        text = (root / self.path).read_bytes()
        start = text.rfind(b"\n", 0, self.begin) + 1
        end = text.find(b"\n", self.end)
        line = text[start : end if end >= 0 else len(text)]
        old = text[self.begin : self.end].decode()
        twins = text[:start].splitlines().count(line)
        place = f"{line.decode().strip()} @{self.begin - start}"
        return f"{self.path}: {place}: {old} -> {self.new}" + f" (twin {twins})" * (twins > 0)


def drawn(root: Path, folders: list[str], count: int, seed: int) -> list[Mutant]:
    """Return so many different mutants of the sources below some folders, drawn by a seed."""
    files = sorted(
        path.relative_to(root)
        for folder in folders
        for path in (root / folder).rglob("*")
        if path.suffix in (".py", ".c") and not _NOT_FLOWN & set(path.parts)
    )
    found = [mutant for path in files for mutant in mutants_of(root, path)]
    ranks = _ranks(root, found, seed)
    return sorted(found, key=lambda mutant: ranks[mutant])[:count]


def _ranks(root: Path, mutants: list[Mutant], seed: int) -> dict[Mutant, str]:
    """Return the order of the draw: by hash, so that an edit elsewhere leaves it as it is."""
    texts = {mutant: f"{seed} 1 {mutant.identity(root)}" for mutant in mutants}
    return {each: hashlib.sha256(text.encode()).hexdigest() for each, text in texts.items()}


def mutants_of(root: Path, path: Path) -> Iterator[Mutant]:
    """Yield every mutant of one file."""
    text = (root / path).read_bytes()
    yield from (_in_python if path.suffix == ".py" else _in_c)(path, text)


# ---- Python --------------------------------------------------------------------------------------

_COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_COMPARISONS |= {"is not": "is", "not in": "in", "is": "is not", "in": "not in"}
_OPERATORS = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "%": "*", "<<": ">>", "&": "|"}
_WORDS = {"and": "or", "or": "and"}


def _in_python(path: Path, text: bytes) -> Iterator[Mutant]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def at(line: int, column: int) -> int:
        return starts[line - 1] + column

    def mutant(line: int, begin: int, end: int, new: str) -> Mutant:
        return Mutant(path, line, begin, end, new)

    for node in _executed(ast.parse(text)):
        for left, right, choices in _between(node):
            begin = at(left.end_lineno, left.end_col_offset)
            end = at(right.lineno, right.col_offset)
            if (found := _operator(text[begin:end], choices)) is not None:
                old, where = found
                yield mutant(left.end_lineno, begin + where, begin + where + len(old), choices[old])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            begin = at(node.lineno, node.col_offset)
            word = re.compile(rb"not\s*").match(text, begin)  # its operand may be in brackets
            assert word is not None
            yield mutant(node.lineno, begin, word.end(), "")
        if isinstance(node, ast.Constant) and (new := _other_constant(node.value)) is not None:
            begin, end = at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)
            yield mutant(node.lineno, begin, end, new)
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            test = node.test
            begin, end = at(test.lineno, test.col_offset), at(test.end_lineno, test.end_col_offset)
            yield mutant(test.lineno, begin, end, f"(not ({text[begin:end].decode()}))")


def _executed(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all nodes but annotations and what is for type checkers alone."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            inside = value if isinstance(value, list) else [value]
            waiting += [each for each in inside if isinstance(each, ast.AST)]


def _between(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, dict[str, str]]]:
    """Yield each pair of operands with the operators that may stand between them."""
    if isinstance(node, ast.Compare):
        yield from (
            (a, b, _COMPARISONS)
            for a, b in zip([node.left, *node.comparators], node.comparators, strict=False)
        )
    elif isinstance(node, ast.BinOp):
        if not isinstance(node.left, ast.Constant) or not isinstance(node.left.value, str):
            yield node.left, node.right, _OPERATORS
    elif isinstance(node, ast.BoolOp):
        yield from ((a, b, _WORDS) for a, b in zip(node.values, node.values[1:], strict=False))


def _operator(gap: bytes, choices: dict[str, str]) -> tuple[str, int] | None:
    words = re.sub(rb"#[^\n]*", lambda each: b" " * len(each[0]), gap)
    bare = words.replace(b"(", b" ").replace(b")", b" ").replace(b"\\", b" ")
    old = b" ".join(bare.split()).decode()
    where = bare.find(old.split()[0].encode()) if old else -1
    return (old, where) if old in choices and bare[where:].startswith(old.encode()) else None


def _other_constant(value: object) -> str | None:
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int):
        return str(value + 1)
    if isinstance(value, float):
        return "1.0" if value == 0.0 else repr(1.5 * value)
    return None


# ---- C -------------------------------------------------------------------------------------------

_C_CODE = re.compile(
    rb"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|^[ \t]*#[^\n]*", re.S | re.M
)
_C_SWAPS = {
    "<=": "<", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&",
    " < ": " <= ", " > ": " >= ", " + ": " - ", " - ": " + ", " * ": " / ", " / ": " * ",
    "+=": "-=", "-=": "+=", "true": "false", "false": "true", "fabsf(": "(",
}  # fmt: skip
_C_TOKEN = re.compile(
    "|".join(re.escape(each) for each in sorted(_C_SWAPS, key=len, reverse=True)).encode()
    + rb"|(?<![\w.])\d+\.\d+f\b|(?<![\w.])[1-9]\d*u?(?![\w.])"
)


def _in_c(path: Path, text: bytes) -> Iterator[Mutant]:
    code = _C_CODE.sub(lambda each: re.sub(rb"[^\n]", b" ", each[0]), text)
    for found in _C_TOKEN.finditer(code):
        old = found[0].decode()
        line = text.count(b"\n", 0, found.start()) + 1
        yield Mutant(
            path, line, found.start(), found.end(), _C_SWAPS.get(old) or _other_number(old)
        )


def _other_number(old: str) -> str:
    if old.endswith("f") and float(old[:-1]) == 0.0:
        return "1.0f"
    if old.endswith("f"):
        value = float(old[:-1])
        return f"{1.5 * value:.9g}f" if "." in f"{1.5 * value:.9g}" else f"{1.5 * value:.1f}f"
    return f"{int(old.rstrip('u')) + 1}{'u' if old.endswith('u') else ''}"
