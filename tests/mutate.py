"""Plants mistakes one at a time and tells which of them no test finds.

    python tests/mutate.py hil --count 300
    python tests/mutate.py firmware_stubs --count 200 --jobs 2
    python tests/mutate.py hil/judge --count 60 --again

Each is planted in a copy of the checkout. There the tests run that are likely to see it: those
that share most words with its surroundings, the likeliest first (tests/mutation/likely.py), in a
fork of a process that has the heavy packages already; for C the firmware's own suites come before.
Where a run of the suite wrote down which test runs which line (tests/mutation/covering.py), those
that run it go first.
Of the compiled rooms the functions are interpreted first, since a compile takes longer than the
tests. A test that fails counts only where it holds without the mistake.

The mistakes are drawn by the seed and by their own text, so that an edit elsewhere leaves the draw
alone. Outcomes are kept: an interrupted run goes on where it was, and --again tries those once more
that nothing found; --quick takes the first stage alone, so that what is left can be read soon. What
nobody can see stands in tests/mutation/equivalent.toml with its reason and is not counted, nor is
what no compiler accepts; another is drawn. Survivors stand at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutation.equivalent import reason
from mutation.firmware import Suites
from mutation.forks import INTERNAL_ERROR, USAGE_ERROR, Forks
from mutation.likely import likely
from mutation.mutants import Mutant, drawn

from hil.machine.cache import cache_folder

ROOT = Path(__file__).resolve().parents[1]
KEPT = cache_folder() / "mutation"
STAGES = ((6, 25.0), (20, 90.0))
"""How many tests a stage runs at the most, and for how long on the processor."""
COMPILED = ("hil/physics", "hil/devices", "hil/scene", "hil/native")
IN_SUITES = tuple(
    f"firmware_stubs/{room}"
    for room in ("adcs/", "link/", "radio/", "vision/", "ports/stm32f405/clock")
)
INTERPRETED = {"NUMBA_DISABLE_JIT": "1"}


def main() -> int:
    """Plant, run, tell; 0 when at least --share are found."""
    options = _options()
    run = Run(options)
    with ThreadPoolExecutor(options.jobs) as workers:
        list(workers.map(run.work, range(options.jobs)))
    counts = run.counts
    tried = counts["found"] + counts["survived"]
    print(f"{counts['found']} of {tried} mistakes found ({counts['none']} were none)")
    for told in sorted(run.survivors):
        print(f"  not found: {told}")
    return 0 if counts["found"] >= options.share * tried else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", help="hil, hil/link, firmware_stubs ...")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.95)
    parser.add_argument("--again", action="store_true", help="try again what nothing found")
    parser.add_argument("--quick", action="store_true", help="C suites, likeliest tests only")
    parser.add_argument("--kept", action="store_true", help="tell what is known; try nothing")
    return parser.parse_args()


class Run:
    """The mistakes that wait, and what became of those that were tried."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.counts: Counter[str] = Counter()
        self.survivors: list[str] = []
        waiting = drawn(ROOT, options.folders, 4 * options.count, options.seed)
        # At once: sources may be edited while this runs.
        self._names = {mutant: (mutant.identity(ROOT), mutant.told(ROOT)) for mutant in waiting}
        self._whys = {mutant: reason(ROOT, mutant) for mutant in waiting}
        self._waiting = iter(waiting)
        self._lock = threading.Lock()
        self._folder = KEPT / "-".join(options.folders).replace("/", "-")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = self._folder / "outcomes.json"
        self._kept = json.loads(self._file.read_text()) if self._file.exists() else {}

    def work(self, number: int) -> None:
        """Try one after the other in a copy of the checkout."""
        bench = None
        while (mutant := self._next()) is not None:
            bench = bench or Copy(self._folder / f"copy-{number}", self.options.quick)
            begin_s = time.monotonic()
            outcome, by = bench.outcome(mutant)
            self._note(mutant, outcome, by, time.monotonic() - begin_s)
        if bench is not None:
            bench.close()

    def _next(self) -> Mutant | None:
        """Return one whose outcome is not known; count the others."""
        with self._lock:
            while self.counts["found"] + self.counts["survived"] < self.options.count:
                mutant = next(self._waiting, None)
                if mutant is None:
                    return None
                outcome, _ = self._known(mutant)
                if outcome == "" and not self.options.kept:
                    return mutant
                self._count(mutant, outcome)
            return None

    def _known(self, mutant: Mutant) -> tuple[str, str]:
        if why := self._whys[mutant]:
            return "none", why
        outcome, by = self._kept.get(self._names[mutant][0], ("", ""))
        return ("", "") if outcome == "survived" and self.options.again else (outcome, by)

    def _note(self, mutant: Mutant, outcome: str, by: str, took_s: float) -> None:
        identity, told = self._names[mutant]
        with self._lock:
            print(f"{outcome:9} {took_s:5.0f} s  {told}  {by}", flush=True)
            self._kept[identity] = (outcome, by)
            self._file.write_text(json.dumps(self._kept, indent=0))
            self._count(mutant, outcome)

    def _count(self, mutant: Mutant, outcome: str) -> None:
        self.counts[outcome] += 1
        if outcome == "survived":
            self.survivors.append(self._names[mutant][1])


class Copy:
    """A copy of the checkout in which mistakes are planted."""

    def __init__(self, folder: Path, quick: bool) -> None:
        self.folder, self._quick = folder, quick
        _copy(folder)
        self._forks = Forks(folder)
        self._suites: Suites | None = None
        self._clean: dict[tuple[str, str], bool] = {}
        self._time_s, self._cut = int(time.time()), False

    def outcome(self, mutant: Mutant) -> tuple[str, str]:
        """Return "found" and by what, "survived", or "none" and why."""
        path = self.folder / mutant.path
        text, self._cut = path.read_bytes(), False
        if path.suffix == ".c" and self._suites is None:
            self._suites = Suites(self.folder)
        try:
            self._write(path, mutant.applied(text))
            if not self._compiles(path):
                return "none", "it does not compile"
            by = self._found_by(mutant, text)
            return ("found", by) if by else ("survived", "its tests were cut off" * self._cut)
        finally:
            self._write(path, text)

    def _compiles(self, path: Path) -> bool:
        if self._suites is not None and path.suffix == ".c":
            return self._suites.builds()
        try:
            compile(path.read_bytes(), path, "exec")
        except SyntaxError:
            return False
        return True

    def _write(self, path: Path, text: bytes) -> None:
        """Write a file with a time of its own, later than all that was compiled before."""
        path.write_bytes(text)
        self._time_s = max(self._time_s, int(time.time())) + 1
        os.utime(path, (self._time_s, self._time_s))

    def _found_by(self, mutant: Mutant, text: bytes) -> str:
        if self._suites is not None and mutant.path.as_posix().startswith(IN_SUITES):
            by = self._suites.found_by(mutant.path.stem)
            if by or self._quick:
                return by
        compiled = mutant.path.as_posix().startswith(COMPILED)
        for most, cpu_s in STAGES[:1] if self._quick else STAGES:
            first = (most, cpu_s) == STAGES[0]
            dear = not self._quick and (not first or mutant.path.suffix == ".c")
            tests = likely(mutant.path, mutant.line, most, dear=dear)
            environment = INTERPRETED if compiled and first else {}
            if by := self._failed(mutant, text, tests, cpu_s, environment):
                return by
        return ""

    def _failed(
        self,
        mutant: Mutant,
        text: bytes,
        tests: list[str],
        cpu_s: float,
        environment: dict[str, str],
    ) -> str:
        """Return the first test that fails with the mistake and holds without it."""
        tests = list(tests)
        while tests:
            status, failed = self._forks.run(tests, cpu_s, **environment)
            name = failed.partition("[")[0]
            if status < 0 and failed and not self._quick:
                status, _ = self._forks.run([failed], cpu_s, **environment)
                if status == 0:  # those before it took its time
                    tests = tests[tests.index(name) + 1 :]
                    continue
            if status == INTERNAL_ERROR:
                raise SystemExit(f"pytest itself fails in {self.folder}: install .[plot,test]")
            if status == 0 or not failed or (status < 0 and self._quick):
                self._cut = self._cut or status < 0
                return ""
            if self._holds(mutant, text, failed, cpu_s, environment):
                return failed
            tests = [each for each in tests if each != name]
        return ""

    def _holds(
        self,
        mutant: Mutant,
        text: bytes,
        test: str,
        cpu_s: float,
        environment: dict[str, str],
    ) -> bool:
        key = (test, json.dumps(environment))
        if key not in self._clean:
            path = self.folder / mutant.path
            self._write(path, text)
            status, _ = self._forks.run([test], cpu_s, **environment)
            self._write(path, mutant.applied(text))
            if status == USAGE_ERROR:
                raise SystemExit(f"{test} cannot be run in {self.folder}, without any mistake")
            self._clean[key] = status == 0
        return self._clean[key]

    def close(self) -> None:
        """End the process of the forks."""
        self._forks.close()


def _copy(folder: Path) -> None:
    """Bring a copy of the checkout up to date; what is the same stays."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in names.stdout.decode().split("\0"):
        source, target = ROOT / name, folder / name
        if not name or not source.is_file():
            continue
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)  # with a time of its own: builds look at it


if __name__ == "__main__":
    sys.exit(main())
