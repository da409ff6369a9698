"""Damaged folders of campaigns, and everything that reads one: each says what is wrong, or goes on.

    python tests/folder_mutations.py -n 2000 --seed 1

prints how many of each kind of damage were tried, and every operation that did not end well.
"""

import json
import random
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import recording_mutations as recordings
from fuzz_rigs import mutate
from recording_mutations import command, failure

from hil.campaign import campaign as of_campaign
from hil.campaign import verify as of_verify
from hil.campaign.campaign import Campaign
from hil.campaign.plan import Plan
from hil.campaign.work import run_drawn
from hil.errors import ObcError
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
RUNS = 3
RIG = f"""\
title = "Three short runs"
spacecraft = "{ROOT.as_posix()}/rigs/spacecraft/dier5.toml"
seed = 1
duration_s = 1.0
step_s = 0.1
[orbit]
epoch_utc = 2026-03-21T12:00:00Z
semi_major_axis_m = 6892.6e3
eccentricity = 0.00152
inclination_deg = 41.0
raan_deg = 300.0
argument_of_perigee_deg = 0.0
true_anomaly_deg = 0.0
[attitude]
reference = "lvlh"
rate_body_deg_s = [0.05, -0.08, 0.06]
[obc]
mode = "nadir"
[[disperse]]
key = "spacecraft.body.residual_dipole_body_A_m2"
distribution = "normal"
sigma = 0.008
[[requirement]]
name = "rate"
column = "truth_rate_body_rad_s"
part = "norm"
limit = 1.0
probability = 0.99
interpretation = "temporal"
"""


def sound(folder):
    """Make a campaign of three runs in a folder; return the paths of its rig and its own."""
    rig, made = folder / "rig.toml", folder / "made"
    rig.write_text(RIG)
    campaign = Campaign(Plan(load_rig(rig), made, RUNS, keep="all"))
    for drawn in campaign.cases.drawn([RUNS], range(1, RUNS + 1)):
        campaign._take(drawn, run_drawn(campaign._task(drawn)))
    campaign._write_table()
    return rig, made


# ---- damages: (a file's octets, generator) -> octets ---------------------------------------------


def odd_json(data, rng):
    """Sound as JSON, with values of another type or beyond every range in it."""
    lines = data.decode().splitlines()
    whole = len(lines) > 1 and not lines[0].endswith("}")
    texts = ["\n".join(lines)] if whole else lines
    at = int(rng.integers(len(texts)))
    try:
        tables = [json.loads(texts[at])]
    except ValueError:
        return data
    mutate(tables, random.Random(int(rng.integers(2**40))))
    texts[at] = json.dumps(tables[0] if tables else None, default=str)
    return "\n".join(texts).encode() + b"\n"


def deep_json(data, rng):
    deep = (b"[" * 100_000, b'{"case":' * 100_000, b'{"format": 1, "rig": ' + b"[" * 9000)
    return recordings.pick(deep, rng)


def other_text(data, rng):
    return recordings.pick(TEXTS, rng) + b"\n"


TEXTS = (b"", b"null", b"7", b'"x"', b"[]", b"{}", b"\xff\xfe", b"1e999", b"9" * 5000,
         b'{"case": 1}', b'{"case": 1e400, "met": true}', b'{"format": 1}',
         b'{"case": "\\u001b[31m", "met": 1}', b'{"sha256": [1, 2]}',
         b'{"sha256": {"../../x": 7}}')  # fmt: skip
DAMAGES = (recordings.flipped, recordings.cut, recordings.left_out, recordings.zeroed,
           recordings.noisy, odd_json, odd_json, odd_json, deep_json, other_text)  # fmt: skip
FILES = ("campaign.json", "results.jsonl", "manifest.json", "cases.parquet", "cases/0001.toml",
         "cases/0002.spacecraft.toml", "recordings/0001.mcap", "campaign.json", "results.jsonl",
         "results.jsonl", "campaign.json")  # fmt: skip

IN_ITS_PLACE = (("missing", lambda _: None), ("a folder", Path.mkdir),
                ("a pipe", recordings.a_pipe), ("endless", recordings.endless),
                ("a circle", recordings.a_circle))  # fmt: skip


def damage(folder, number, rng):
    """Damage a campaign's folder; return in a word how."""
    path = folder / FILES[number % len(FILES)]
    special = rng.random()
    if special < 0.12:
        path.unlink()
        how, make = IN_ITS_PLACE[int(rng.integers(len(IN_ITS_PLACE)))]
        make(path)
        return how
    how = DAMAGES[int(rng.integers(len(DAMAGES)))]
    if how in (odd_json, deep_json) and path.suffix not in (".json", ".jsonl"):
        how = recordings.flipped
    path.write_bytes(bytes(how(path.read_bytes(), rng)))
    return how.__name__


@contextmanager
def no_workers(*_):
    """In place of workers, which take seconds to start: a damage is found before they do."""
    raise ObcError("no workers here")
    yield


OPERATIONS = (
    command("verify", "REC", "--sample", "0"), command("verify", "REC", "--sample", "1", "--json"),
    command("report", "REC", "-o", "OUT"), command("report", "REC", "--json"),
    command("report", "REC", "--junit", "OUT"),
    command("campaign", "GOOD", "--out", "REC", "--resume"),
    command("campaign", "GOOD", "--out", "REC", "--resume", "-n", "4", "--keep", "none", "--json"),
    command("run", "REC", "--case", "1", "--out", "OUT"), command("run", "REC", "--case", "4"),
    command("info", "REC"), command("matrix", "REC"), command("judge", "REC"),
)  # fmt: skip


def tried(cases, folder, seed=0):
    """Try so many damages with every operation; yield both, the number and what went wrong."""
    rig, made = sound(folder)
    path = folder / "damaged"
    with (
        mock.patch.object(of_campaign, "cluster", no_workers),
        mock.patch.object(of_verify, "cluster", no_workers),
    ):
        for operation in OPERATIONS:  # what is compiled or imported on first use is no hang
            failure(operation, made, rig)
        for number in range(cases):
            for operation in OPERATIONS:
                shutil.rmtree(path, ignore_errors=True)
                shutil.copytree(made, path)
                how = damage(path, number, np.random.default_rng([seed, number]))
                yield how, operation.__name__, number, failure(operation, path, rig)


if __name__ == "__main__":
    sys.exit(recordings.by_hand(__doc__, 200, "folders", tried))
