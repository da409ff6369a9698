"""Plants mistakes one at a time and tells which of them no test finds.

    python tests/mutate.py hil --count 300
    python tests/mutate.py firmware_stubs --count 200 --jobs 2
    python tests/mutate.py hil/judge hil/link --count 60 --tests test_checks*.py test_link*.py

Each is planted in a copy of the checkout, where the tests that can see it run: those that went
through its line, shortest first (a first run of the suite under coverage.py finds that out and
keeps it for as long as the sources stay the same), or for compiled code and C those of its room. A
mistake that no compiler accepts counts as none and another is drawn; so does, with --tests, one in
a line that those tests do not reach. Survivors stand at the end: each is a missing test, or changes
nothing that anybody could see.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from mutation.mutants import Mutant, drawn

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 300.0
TESTS_MOST = 60
"""Tests of one line that are run at the most, the shortest of them."""
BY_ROOM = {  # where no coverage tells: compiled code and C
    "hil/physics": "physics devices rigs_long",
    "hil/devices": "devices physics phasing",
    "firmware_stubs": "firmware faults bench thrusters firmware_bits rigs phasing",
}


def main() -> int:
    """Plant, run, tell; 0 when at least --share are found."""
    options = _options()
    seen = (
        _coverage(options.jobs, options.tests)
        if any(each.startswith("hil") for each in options.folders)
        else {}
    )
    waiting = drawn(ROOT, options.folders, 3 * options.count, options.seed)
    copies: Queue[Path] = Queue()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        for number in range(options.jobs):
            copies.put(_copy(Path(folder) / str(number)))
        counts, survivors = _run(waiting, options, copies, seen)
    tried = counts["found"] + counts["survived"]
    print(f"{counts['found']} of {tried} mistakes found ({counts['none']} were none)")
    for told in survivors:
        print(f"  not found: {told}")
    return 0 if counts["found"] >= options.share * tried else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", help="hil, hil/link, firmware_stubs ...")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.95)
    parser.add_argument("--tests", nargs="+", default=[], help="files in tests/; default: all")
    return parser.parse_args()


def _run(
    waiting: list[Mutant],
    options: argparse.Namespace,
    copies: Queue[Path],
    seen: dict[str, list[str]],
) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    survivors: list[str] = []

    def judge(mutant: Mutant) -> None:
        if counts["found"] + counts["survived"] >= options.count:
            return
        copy, begin_s = copies.get(), time.monotonic()
        try:
            outcome = _outcome(mutant, copy, seen, bool(options.tests))
        finally:
            copies.put(copy)
        counts[outcome] += 1
        told = mutant.told((ROOT / mutant.path).read_bytes())
        if outcome == "survived":
            survivors.append(told)
        print(f"{outcome:9} {time.monotonic() - begin_s:5.0f} s  {told}", flush=True)

    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(judge, waiting))
    return counts, sorted(survivors)


def _outcome(mutant: Mutant, copy: Path, seen: dict[str, list[str]], partial: bool) -> str:
    """Return "found", "survived" or, where nothing would run, "none"."""
    path = copy / mutant.path
    text = path.read_bytes()
    path.write_bytes(mutant.applied(text))
    try:
        if not _compiles(path):
            return "none"
        tests = _tests(mutant, seen)
        if not tests:
            return "none" if partial else "survived"
        arguments = ["-q", "-x", "-p", "no:cacheprovider", "--no-header", *tests]
        return "found" if _pytest(copy, arguments) else "survived"
    finally:
        path.write_bytes(text)


def _tests(mutant: Mutant, seen: dict[str, list[str]]) -> list[str]:
    by_line = seen.get(f"{mutant.path.as_posix()}:{mutant.line}", [])
    if by_line:
        return by_line[:TESTS_MOST]
    for room, names in BY_ROOM.items():
        if mutant.path.as_posix().startswith(room):
            files = [sorted((ROOT / "tests").glob(f"test_{name}*.py")) for name in names.split()]
            return [f"tests/{path.name}" for group in files for path in group]
    return []


def _compiles(path: Path) -> bool:
    if path.suffix == ".c":
        command = ["gcc", "-std=c99", "-fsyntax-only", "-D_POSIX_C_SOURCE=200809L", path]
        folders = [f"-I{_top(path) / room}" for room in ("link", "adcs", "ports")]
        return (
            subprocess.run([*command, *folders], capture_output=True, check=False).returncode == 0
        )
    done = subprocess.run(
        [sys.executable, "-m", "py_compile", path], capture_output=True, check=False
    )
    return done.returncode == 0


def _top(path: Path) -> Path:
    return next(each for each in path.parents if each.name == "firmware_stubs")


def _pytest(copy: Path, arguments: list[str]) -> bool:
    """Whether a test fails in a copy; one that does not end in time has failed."""
    command = [sys.executable, "-m", "pytest", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env=_environment(copy),
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def _environment(copy: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}


def _copy(folder: Path) -> Path:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in names.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


# ---- which tests go through a line ---------------------------------------------------------------


def _coverage(jobs: int, tests: list[str]) -> dict[str, list[str]]:
    """Return file:line -> the tests that went through it, the shortest first."""
    state = (
        subprocess.run(
            ["git", "stash", "create"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
        or _head()
    )
    files = sorted(path for each in tests for path in (ROOT / "tests").glob(each))
    which = hashlib.sha256(f"{state}{files}".encode()).hexdigest()
    kept = Path(tempfile.gettempdir()) / f"mutation-coverage-{which[:12]}.json"
    if not kept.exists():
        kept.write_text(json.dumps(_measured(jobs, files)))
    found: dict[str, list[str]] = json.loads(kept.read_text())
    return found


def _head() -> str:
    command = ["git", "rev-parse", "HEAD"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def _measured(jobs: int, files: list[Path]) -> dict[str, list[str]]:
    from coverage import CoverageData

    with tempfile.TemporaryDirectory() as folder:
        file, report = Path(folder) / "coverage", Path(folder) / "report.xml"
        command = [
            *(sys.executable, "-m", "pytest", "-q", "-n", str(jobs), f"--junit-xml={report}"),
            *("--cov=hil", "--cov-context=test", "--cov-report=", *map(str, files)),
        ]
        environment = {**_environment(ROOT), "COVERAGE_FILE": str(file)}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        data = CoverageData(str(file))
        data.read()
        return _by_line(data, _durations(report))


def _durations(report: Path) -> dict[str, float]:
    import xml.etree.ElementTree as ET

    found: dict[str, float] = {}
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
        found[name] = float(case.get("time") or 0.0)
    return found


def _by_line(data: object, durations: dict[str, float]) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = defaultdict(list)
    for path in data.measured_files():  # type: ignore[attr-defined]
        name = Path(path).relative_to(ROOT).as_posix()
        for line, contexts in data.contexts_by_lineno(path).items():  # type: ignore[attr-defined]
            tests = {each.partition("|")[0] for each in contexts if "::" in each}
            lines[f"{name}:{line}"] = sorted(tests, key=lambda each: durations.get(each, 9.0))
    return lines


if __name__ == "__main__":
    sys.exit(main())
