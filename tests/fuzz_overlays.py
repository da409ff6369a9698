"""What is laid over rigs, spoilt at random: faults, dispersals, fleets, lines, cameras and scenes.

    python tests/fuzz_overlays.py 100000 [--seed N]

Each is read, and the case of a campaign drawn, or it is refused in words: no traceback, no hang
beyond a second, no more than 500 MB.
"""

import argparse
import gc
import random
import resource
import sys
import tempfile
import time
import tomllib
from collections import Counter
from copy import deepcopy
from pathlib import Path
from unittest import mock

import lines_rigs
from drawn_cases import cases_of
from fuzz_rigs import ROOT, document, fault_of, mutate, spoil

from hil.campaign.cases import dispersal_problems, dispersal_remarks
from hil.errors import RigError
from hil.rig import load_fleet, load_rig, with_dispersal, with_faults

NADIR = ROOT / "rigs/dier5_nadir.toml"
FAULTS = [
    {"name": "a", "device": "gyro 0", "kind": "held", "at_s": 5.0, "duration_s": 10.0},
    {"name": "b", "device": "star_tracker 0", "kind": "silent", "on": "mode nadir", "after_s": 2.0},
    {"name": "c", "device": "wheel x", "kind": "dead", "mean_between_s": 90.0, "duration_s": 9.0},
    {"name": "d", "device": "obc", "kind": "reset", "at_s": 30.0},
    {"name": "e", "device": "obc", "kind": "clock_drift", "at_s": 30.0, "ppm": 20.0},
]


def toml_of(path):
    return tomllib.loads((ROOT / path).read_text())


class Kind:
    """One kind of file: its tables, and what reads them."""

    def __init__(self, name, tables, load):
        self.name, self.tables, self.load = name, tables, load


def drawn(rig, folder):
    """The rig with a dispersal, after its first case was drawn from it into a folder."""
    dispersal_problems(rig)
    dispersal_remarks(rig)
    with mock.patch("hil.campaign.cases._ATTEMPTS", 3):  # of a hundred, which take seconds
        cases_of(rig, folder, 1)
    return rig


def kinds(folder):
    """All kinds; what they need besides is written to a folder."""
    nadir = load_rig(NADIR)
    lines = lines_rigs.write(folder)
    recognition = toml_of("rigs/dier5_recognition.toml")
    recognition["spacecraft"] = str(ROOT / "rigs/spacecraft" / Path(recognition["spacecraft"]).name)
    fleet = toml_of("rigs/fleets/sco_fleet.toml")
    for each in fleet["spacecraft"]:
        each["rig"] = str(ROOT / "rigs/fleets" / each["rig"])
    failures = toml_of("rigs/failures/dier5_faults.toml")
    only = {"fault": failures["fault"] + FAULTS, "requirement": failures["requirement"]}
    return [
        Kind("faults", only, lambda path: with_faults(nadir, path)),
        Kind("faults, few", {"fault": FAULTS}, lambda path: with_faults(nadir, path)),
        Kind(
            "dispersal",
            toml_of("rigs/campaigns/dier5.toml"),
            lambda path: drawn(with_dispersal(nadir, path), folder / "campaign"),
        ),
        Kind("fleet", fleet, load_fleet),
        Kind("lines", tomllib.loads(lines.read_text()), load_rig),
        Kind("scene", recognition, load_rig),
    ]


def fuzz(cases, seed):
    """Try cases, each kind in turn; return faults, and counts of what became of the rest."""
    faults, counts = Counter(), Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        every = kinds(folder)
        for kind in every:
            path = folder / "whole.toml"
            path.write_text(document(kind.tables))
            try:
                kind.load(path)
            except RigError as error:
                raise SystemExit(f"{kind.name} that is not spoilt is refused: {error}") from None
        gc.collect()
        gc.freeze()
        try:
            for number in range(cases):
                kind = every[number % len(every)]
                fault, sort = _try(kind, folder, random.Random(f"{seed} {number}"))
                counts[f"{kind.name}: {sort}"] += 1
                if fault:
                    faults[f"{kind.name}: {fault}"] += 1
                    if faults[f"{kind.name}: {fault}"] == 1:
                        print(f"case {number}: {kind.name}: {fault}", flush=True)
        finally:
            gc.unfreeze()
    return faults, counts


def _try(kind, folder, rng):
    tables = deepcopy(kind.tables)
    as_text = rng.random() < 0.15
    if not as_text:
        mutate(tables, rng)
    text = document(tables)
    path = folder / "spoilt.toml"
    path.write_bytes((spoil(text, rng) if as_text else text).encode("utf-8", "surrogatepass"))
    read, fault = fault_of(path, kind.load)
    return fault, "read" if read else "refused"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", type=int)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    begin = time.perf_counter()
    faults, counts = fuzz(chosen.cases, chosen.seed)
    print(f"{chosen.cases} cases in {time.perf_counter() - begin:.0f} s: {dict(counts)}")
    most_MB = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{sum(faults.values())} faults; at most {most_MB:.0f} MB")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
