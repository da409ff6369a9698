"""Orbit messages and XTCE files, spoilt at random: each is read, or refused in words.

    python tests/fuzz_descriptions.py 10000 [--seed N]

No traceback, no hang beyond a second, no more than 500 MB. What is read after all is used: an
orbit is propagated, and packets and noise are shown to the decoder.
"""

import argparse
import contextlib
import json
import random
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

from fuzz_rigs import fault_of, spoil
from sgp4.api import Satrec
from sgp4.exporter import export_omm

from hil.rig import load_rig
from hil.telemetry.xtce import XtceDecoder

ROOT = Path(__file__).parents[1]
TLE = (
    "1 25544U 98067A   19343.69339541  .00001764  00000-0  38792-4 0  9991",
    "2 25544  51.6439 211.2001 0007417  17.6667  85.6398 15.50103472202482",
)
RIG = """title = "Of a message"
spacecraft = "small.toml"
seed = 3
duration_s = 60.0
[orbit]
epoch_utc = 2019-12-10T00:00:00Z
omm = "orbit.omm"
[obc]
mode = "idle"
"""
CRAFT = """name = "small"
[body]
mass_kg = 4.0
inertia_body_kg_m2 = [[0.04, 0.0, 0.0], [0.0, 0.03, 0.0], [0.0, 0.0, 0.02]]
"""


def messages():
    """The same orbit in each form."""
    fields = {key: str(value) for key, value in export_omm(Satrec.twoline2rv(*TLE), "A").items()}
    leaves = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
    return [
        "\n".join(f"{key} = {value}" for key, value in fields.items()),
        json.dumps([fields]),
        ",".join(fields) + "\n" + ",".join(fields.values()) + "\n",
        f'<?xml version="1.0"?>\n<ndm><omm><body>{leaves}</body></omm></ndm>',
    ]


def decode(path):
    """Read a description, and show the decoder packets and noise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        decoder = XtceDecoder(path, "here", b"", crc16=False)
        for octets in (bytes.fromhex("0801c00000050102030405ff"), bytes(64), bytes(range(256))):
            decoder.read(octets)
    return decoder


def kinds(folder):
    """What is spoilt, as text; the file it goes to; and what reads it."""
    (folder / "small.toml").write_text(CRAFT)
    (folder / "a.toml").write_text(RIG)
    orbit, description = folder / "orbit.omm", folder / "a.xml"
    xtce = (ROOT / "hil/link/hil_wire.xtce.xml").read_text()
    return [
        *(("orbit message", text, orbit, folder / "a.toml", load_rig) for text in messages()),
        ("XTCE", xtce, description, description, decode),
    ]


def fuzz(cases, seed):
    """Try cases, each kind in turn; return faults, and counts of what became of the rest."""
    faults, counts = Counter(), Counter()
    with tempfile.TemporaryDirectory() as name, contextlib.suppress(KeyboardInterrupt):
        every = kinds(Path(name))
        for number in range(cases):
            rng = random.Random(f"{seed} {number}")
            kind, text, path, read, load = every[number % len(every)]
            path.write_bytes(spoil(text, rng).encode(errors="surrogatepass"))
            found, fault = fault_of(read, load)
            counts[f"{kind}: {'read' if found else 'refused'}"] += 1
            if fault:
                faults[f"{kind}: {fault}"] += 1
                if faults[f"{kind}: {fault}"] == 1:
                    print(f"case {number}: {kind}: {fault}", flush=True)
    return faults, counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin_s = time.monotonic()
    faults, counts = fuzz(options.cases, options.seed)
    most_MB = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{counts.total()} cases in {time.monotonic() - begin_s:.0f} s: {dict(counts)}")
    print(f"{sum(faults.values())} faults; at most {most_MB:.0f} MB")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
