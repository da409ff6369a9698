"""Rigs, spacecraft and parts with mistakes planted at random: each is read, or refused in words.

    python tests/fuzz_rigs.py 1000000 [--seed N] [--fly EVERY]

No traceback, no hang beyond a second, no more than 500 MB; every so many of the rigs that are
valid after all fly for two seconds, and no number of theirs may be NaN.
"""

from __future__ import annotations

import argparse
import gc
import json
import pickle
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
import traceback
import unicodedata
import warnings
from collections import Counter
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from unittest import mock

import numpy as np

from hil.errors import HilError, RigError
from hil.rig import Rig, load_rig, reading, remarks

ROOT = Path(__file__).parents[1]
RIGS = [*sorted((ROOT / "rigs").glob("*.toml")), *sorted((ROOT / "tests/data/rigs").glob("*.toml"))]
LONGEST_s = 1.0
MOST_BYTES = 500_000_000
TLE = [
    "1 25544U 98067A   26080.50000000  .00001764  00000-0  38792-4 0  9994",
    "2 25544  51.6439 211.2001 0007417  17.6667  85.6398 15.50103472202482",
]
NASTY = [
    0, -1, 1, 3.7, 1e308, -1e308, 1e-308, 5e-324, 1e-31, float("inf"), float("-inf"), float("nan"),
    2**31, 2**63, 10**30, 10**400, True, False, "", " ", "a", "nadir", "\x00", "\x1b[31mred\x1b[0m",
    "[/]", "[bold]x[/bold]", "\u202e", "\u00a0", "é" * 50, "x" * 5000, "/etc/passwd", "/dev/zero",
    "/", ".", "{0}", "%s", [], [[]], [[[[[[[[]]]]]]]], [0, 0, 0], [1e308] * 3, [1.0] * 1000, ["a"],
    [{}], {}, {"a": 1}, {"name": "x"}, {"part": "x"}, [{"part": ["a"]}], {"part": {"part": "x"}},
    datetime(1950, 1, 1), datetime(9999, 12, 31, 23, 59, 59), datetime(1, 1, 1),
    "1950-01-01T00:00:00Z", "26080.5", "2461121.0", TLE, [TLE[0], TLE[0]],
    [TLE[0].replace("0", "O"), TLE[1]], [" ", " "],
    "truth_rate_body_rad_s", "largest", "norm", 9, [0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 1.0],
]  # fmt: skip
KEYS = [
    "name", "part", "body", "wheel", "spacecraft", "tle", "omm", "propagator", "latency", "from_s",
    "to_s", "by_s", "part", "column", "mode", "window_s", "separation_s", "probability", "settle_s",
    "judged_share_min", "limit", "limit_deg", "a.b", "", "\u00e9", "__class__", "model_config",
    "_source", "json", "from_recording", "median_s", "p99_s", "step_s", "magnetic_field_node_s",
    "density", "ground",
]  # fmt: skip
SPLINTERS = [
    "\x00", "[", "]", "{", "'", '"', "\\", "=", "\ufeff", "[" * 3000, "a" + ".a" * 3000, "9" * 5000,
    "\x1b[2J", "\r",
]  # fmt: skip


class TooSlowError(BaseException):
    """A case that took longer than a second; no Exception, so that nothing takes it for its own."""


def toml(value):
    """A value as TOML writes it, tables in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + "Z"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=True)
    return repr(value)


def document(tables):
    return "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in tables.items())


def nasty(rng):
    return deepcopy(rng.choice(NASTY))


def places(value, found):
    """Every (container, key) of nested tables and lists."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        found.append((value, key))
        if isinstance(value[key], dict | list):
            places(value[key], found)
    return found


def mutate(tables, rng):
    """Plant a mistake, or several, in tables, in place."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        found = places(tables, [])
        if not found:
            return
        where, key = rng.choice(found)
        kind = rng.randrange(9)
        if kind <= 2:
            where[key] = nasty(rng)
        elif kind == 3 and isinstance(where[key], int | float):
            size = 10.0 ** rng.uniform(-12, 12) * rng.choice((1, 1, -1))
            where[key] = size * min(where[key], 1e300)
        elif kind == 4:
            del where[key]
        elif kind == 5 and isinstance(where, dict):
            where[rng.choice(KEYS)] = where.pop(key)
        elif kind == 6 and isinstance(where, dict):
            where[rng.choice(KEYS)] = nasty(rng)
        elif kind == 7:
            where[key] = [where[key]] if rng.random() < 0.7 else {"a": where[key]}
        elif isinstance(where, list):
            where.insert(key, rng.choice((deepcopy(where[key]), nasty(rng))))


def spoil(text, rng):
    """Cut, repeat or change a text somewhere."""
    at, to = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    kind = rng.randrange(6)
    if kind == 0:
        return text[:at]
    if kind == 1:
        return text[:at] + text[min(to, at + 40) :]
    if kind == 2:
        return text[:at] + rng.choice(SPLINTERS) + text[at:]
    if kind == 3:
        return text[:at] + text[at : at + 60] * 30 + text[at:]
    if kind == 4:
        return text.replace(rng.choice("0123456789.-"), rng.choice("0123456789.-e"), 3)
    return text[:at] + chr(rng.randrange(32, 1200)) + text[at + 1 :]


class Whole:
    """A rig with its spacecraft and parts as they are before anything is spoilt, in a folder."""

    def __init__(self, rig, folder):
        folder.mkdir()
        tables = tomllib.loads(rig.read_text())
        craft_path = rig.parent / tables["spacecraft"]
        craft = tomllib.loads(craft_path.read_text())
        parts = {}
        for each in (
            table for value in craft.values() if isinstance(value, list) for table in value
        ):
            if "part" in each:
                path = craft_path.parent / each["part"]
                each["part"] = path.name
                parts[path.name] = tomllib.loads(path.read_text())
        tables["spacecraft"] = "craft.toml"
        files = {"rig.toml": tables, "craft.toml": craft, **parts}
        self.folder, self.files = folder, {name: pickle.dumps(each) for name, each in files.items()}
        self.texts = {name: document(each) for name, each in files.items()}
        for name, text in self.texts.items():
            (folder / name).write_text(text)

    @contextmanager
    def spoilt(self, rng):
        """Give the rig's path with one of its files spoilt; mend the file afterwards."""
        chosen = rng.choice(("rig.toml", "rig.toml", "craft.toml", rng.choice(list(self.files))))
        if rng.random() < 0.2:
            text = spoil(self.texts[chosen], rng)
        else:
            tables = pickle.loads(self.files[chosen])  # five times as quick as deepcopy
            mutate(tables, rng)
            text = document(tables)
        path = self.folder / chosen
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            yield self.folder / "rig.toml"
        finally:
            path.write_text(self.texts[chosen])


def whole_rigs(folder):
    """Every rig in a folder of its own."""
    return [Whole(rig, folder / f"{number}") for number, rig in enumerate(RIGS)]


@contextmanager
def parsed_once():
    """Have the reader keep the tables of every file that is not spoilt, not of few rigs alone."""
    kept = lru_cache(maxsize=1024)(reading._pickled.__wrapped__)
    with mock.patch("hil.rig.reading._pickled", kept):
        yield


@contextmanager
def limited():
    """Interrupt what takes longer than a second; let memory grow by 500 MB."""

    def stop(*_):
        raise TooSlowError

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    old = signal.signal(signal.SIGALRM, stop)
    # Of this process's own time: beside others a second of the clock is short.
    signal.setitimer(signal.ITIMER_PROF, LONGEST_s)
    signal.signal(signal.SIGPROF, stop)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)  # numpy's words are not for a user
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, old)
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))


def where(error):
    """An exception with the line that raised it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}"[:200]


def fault_of(path, load=load_rig):
    """What is wrong with how a rig's files are read; None for a rig or a refusal in words.

    What is slow by itself is slow each time; beside busy processes any may be slow once or twice.
    """
    for _ in range(5):
        rig, fault = _fault_of(path, load)
        if fault is None or not fault.startswith(TooSlowError.__name__):
            break
    return rig, fault


def words_of(rig):
    """What is said of a rig, a fleet or a campaign that can be flown."""
    return [rig.title, *remarks(rig)] if isinstance(rig, Rig) else [str(rig)]


def _fault_of(path, load):
    try:
        with limited():
            rig = load(path)
            said = "\n".join(words_of(rig))
    except RigError as error:
        rig, said = None, str(error)
    except (Exception, TooSlowError) as error:  # that is what is looked for
        last = traceback.extract_tb(error.__traceback__)[-1]
        return None, f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}"[
            :200
        ]
    odd = [each for each in said if unicodedata.category(each)[0] == "C" and each not in "\t\n"]
    return rig, f"unprintable {odd[:3]} in: {said[:100]!r}" if odd else None


def flight_fault(rig, folder):
    """What is wrong with two seconds of a rig's flight; None for one that ends well or in words."""
    from hil import bench
    from hil.recording import Recording

    steps = max(1, min(rig.steps, round(2.0 / rig.step_s)))
    try:
        short = rig.with_overrides(duration_s=steps * rig.step_s)
        result = bench.run(short, "library", folder / "run.mcap")
    except HilError:
        return None
    except Exception as error:
        return f"in flight: {where(error)}"
    recording = Recording(result.recording)
    for name, _ in recording.columns:
        if name.startswith("truth_") and not np.isfinite(recording[name]).all():
            return f"in flight: {name} is not finite"
    return None


def warm_up():
    """Read every rig once: imports and compiled code are no part of a case's second."""
    for rig in RIGS:
        try:
            remarks(load_rig(rig))
        except RigError:
            continue  # some of the tests' rigs are meant to be refused


def fuzz(cases, seed, fly_every=0, keep=None):
    """Try cases; return faults with how often each came, and counts of what became of the rest."""
    faults, counts = Counter(), Counter()
    warm_up()
    gc.collect()
    gc.freeze()  # what this process holds besides is not looked through within a case's second
    try:
        return _fuzz(cases, seed, fly_every, keep, faults, counts)
    finally:
        gc.unfreeze()


def _fuzz(cases, seed, fly_every, keep, faults, counts):
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        rigs = whole_rigs(folder)
        with parsed_once():
            for number in range(cases):
                rng = random.Random(f"{seed} {number}")
                with rng.choice(rigs).spoilt(rng) as path:
                    rig, fault = fault_of(path)
                    counts["valid" if rig else "refused"] += 1
                    if rig and not fault and fly_every and counts["valid"] % fly_every == 0:
                        counts["flown"] += 1
                        fault = flight_fault(rig, folder)
                    if fault:
                        faults[fault] += 1
                        if keep and faults[fault] == 1:
                            keep(number, fault, path.parent)
    return faults, counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fly", type=int, default=0, help="fly every so manieth valid rig")
    parser.add_argument("--keep", type=Path, help="a folder for the first rig of each fault")
    chosen = parser.parse_args()
    begin, begin_cpu = time.perf_counter(), time.process_time()

    def keep(number, fault, folder):
        print(f"case {number}: {fault}", flush=True)
        if chosen.keep:
            shutil.copytree(folder, chosen.keep / f"{chosen.seed}-{number}", dirs_exist_ok=True)

    faults, counts = fuzz(chosen.cases, chosen.seed, chosen.fly, keep)
    a_case_ms = 1e3 * (time.process_time() - begin_cpu) / chosen.cases
    took_s = time.perf_counter() - begin
    print(f"{chosen.cases} cases in {took_s:.0f} s, {a_case_ms:.1f} ms each: {dict(counts)}")
    most_MB = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{sum(faults.values())} faults; at most {most_MB:.0f} MB")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
