"""Damaged folders of recordings, and everything that takes one: each says so in words, or goes on.

    python tests/fuzz_folders.py -n 400 --seed 1

An earlier session's folder (`pytest --hil-against DIR`), and folders that `hil report`, `matrix`,
`info`, `judge`, `compare` and `verify` are given. Beside the damage of a recording itself: folders,
pipes, endless devices and circles in its place, names that are no text, and files of other kinds.
"""

import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import recording_mutations as recordings
from recording_mutations import a_circle, a_pipe, command, endless

from hil.judge import evaluate
from hil.pytest_plugin.against import Earlier
from hil.pytest_plugin.runs import Runs
from hil.recording import Recording
from hil.rig import rig_of

NAMES = ("good.mcap", "other-gw0.mcap")


# ---- damages of a folder: (folder, generator) ----------------------------------------------------


def damaged_recording(folder, rng):
    path = folder / recordings.pick(NAMES, rng)
    path.write_bytes(recordings.pick(recordings.DAMAGES, rng)(path.read_bytes(), rng))


def empty(folder, rng):
    (folder / recordings.pick(NAMES, rng)).write_bytes(b"")


def removed(folder, rng):
    (folder / recordings.pick(NAMES, rng)).unlink()


def in_its_place(make):
    def damage(folder, rng):
        path = folder / recordings.pick(NAMES, rng)
        path.unlink()
        make(path)

    damage.__name__ = make.__name__
    return damage


def a_folder(path):
    path.mkdir()
    (path / "good.mcap").symlink_to(path)


def nowhere(path):
    path.symlink_to(path.with_name("not there"))


def another_kind(path):
    path.write_bytes(recordings.pick(KINDS, np.random.default_rng(len(path.name))))


KINDS = (b"PAR1" + bytes(4000) + b"PAR1", b'title = "a rig"\n', b'{"case": [', b"\x89MCAP0\r\n",
         b"\x1f\x8b" + bytes(400), "\ufeffa,b\n1,2\n".encode())  # fmt: skip


def no_text(folder, rng):
    data = (folder / NAMES[0]).read_bytes()
    odd = recordings.pick((b"\xff\xfe.mcap", b"a\nb.mcap", b"\x1b[31m.mcap", b"-x.mcap"), rng)
    Path(os.fsdecode(os.fsencode(folder) + b"/" + odd)).write_bytes(data[: int(rng.integers(4000))])


def beside_it(folder, rng):
    for name, data in zip(("a.parquet", "b.toml", "manifest.json"), KINDS, strict=False):
        (folder / name).write_bytes(data)
    (folder / "deep").symlink_to(folder)
    (folder / "sub.mcap").mkdir()


def nothing(folder, rng):
    for path in folder.iterdir():
        path.unlink()


DAMAGES = (
    damaged_recording, damaged_recording, damaged_recording, damaged_recording, empty, removed,
    *map(in_its_place, (a_folder, a_pipe, endless, a_circle, nowhere, another_kind)),
    no_text, no_text, beside_it, nothing,
)  # fmt: skip


# ---- everything that takes a folder --------------------------------------------------------------


def against(path, good):
    """What a session does that is held against the folder's runs."""
    runs = Runs(lambda: good.parent)
    run, rig = SimpleNamespace(path=good), rig_of(Recording(good))
    for now in evaluate(rig, [Recording(good)]):
        change = Earlier(path).change(rig, runs, [run], now)
        assert change is None or change.words()


OPERATIONS = (
    against, command("report", "REC", "-o", "OUT"), command("report", "REC", "--json"),
    command("report", "REC", "--junit", "OUT"), command("matrix", "REC"), command("info", "REC"),
    command("judge", "REC"), command("compare", "GOOD", "REC"), command("compare", "REC", "GOOD"),
    command("verify", "REC"), command("matrix", "GOOD", "REC"),
)  # fmt: skip


def tried(cases, folder, seed=0):
    """Try so many damages with every operation; yield both, the number and what went wrong."""
    good = folder / "good.mcap"
    data = recordings.sound(good)
    path = folder / "earlier"
    for number in range(-1, cases):
        for operation in OPERATIONS:
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
            for name in NAMES:
                (path / name).write_bytes(data)
            damage = DAMAGES[number % len(DAMAGES)]
            if number >= 0:  # the first is sound: what is compiled or imported then is no hang
                damage(path, np.random.default_rng([seed, number]))
            wrong = recordings.failure(operation, path, good)
            if number >= 0:
                yield damage.__name__, operation.__name__, number, wrong


if __name__ == "__main__":
    sys.exit(recordings.by_hand(__doc__, 160, "folders", tried))
