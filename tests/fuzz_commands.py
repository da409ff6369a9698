"""Every command of `hil` with arguments at random: each does its work or says what is wrong.

    python tests/fuzz_commands.py 2000 [--seed N]

Paths lead to files of another kind, spoilt ones, folders, pipes, devices and nowhere; numbers are
beyond every range; texts are what a terminal would obey. No traceback, no fault of the bench, no
waiting, no more than 500 MB. What simulates is stopped after a few seconds, which is no fault.
"""

import argparse
import contextlib
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import click
import fuzz_rigs
import recording_mutations
from click.testing import CliRunner
from fuzz_overlays import FAULTS, ROOT, document

from hil.cli import main as hil

MOST_s, WALL_s, MOST_BYTES = 4.0, 30.0, 500_000_000
# Other programs, windows, lines; and what flies hundreds of runs at once.
LEFT_OUT = ("doctor", "firmware", "ports", "plot", "sniff", "faults", "seu", "margins")
SIMULATES = ("run", "campaign", "phase", "replay", "verify", "info", "scene")
NEVER = {"plot", "follow", "realtime", "workers", "scheduler", "firmware", "compiler", "debug"}
NUMBERS = ["0", "-1", "1", "2", "3.5", "nan", "inf", "-inf", "1e308", "1e-308", "-0", "", " ",
           "1_000", "٣", "9" * 30, "9" * 5000, "0x10", "1e400", "a"]  # fmt: skip
TEXTS = ["", " ", "x", "nadir", "nadir pointing", "link", "gyro 0", "wheel x", "-", "--", "*", "%s",
         "[/]", "\x1b[31mred", "\u202e", "é" * 300, "../x", "/", "a\nb", "library", "posix ",
         "/dev/null", "socket://", "socket://localhost:1", "rfc2217://", "spy://x", "1,2", "3-1",
         "1-99999999999", "0", "truth_*", "wheel=1", "=", "a=b=c", "\udcff"]  # fmt: skip
PLACES = [*["library"] * 3, "nowhere", "", "/dev/null", "/dev/zero", "socket://x", "loop://",
          "socket://127.0.0.1:1", "rfc2217://127.0.0.1:1", "spy:///dev/null"]  # fmt: skip


class StoppedError(BaseException):
    """A command that takes longer than it may."""


class Pool:
    """A folder with files of every kind, some of them spoilt anew for each case."""

    def __init__(self, folder):
        self.folder = folder
        self.sound = {
            "good.mcap": recording_mutations.sound(folder / "good.mcap"),
            "rig.toml": self._rig(),
            "craft.toml": (ROOT / "rigs/spacecraft/dier5.toml").read_bytes(),
            "faults.toml": document({"fault": FAULTS}).encode(),
            "disperse.toml": (ROOT / "rigs/campaigns/dier5.toml").read_bytes(),
            "fleet.toml": self._fleet(),
            "telemetry.xml": (ROOT / "rigs/dier5_telemetry.xml").read_bytes(),
            "campaign.json": b'{"format": 1}',
            "empty": b"",
            "data": b"\x00\xff" * 500,
            "octets\udcff.toml": b"seed = 1\n",
        }
        (folder / "folder").mkdir()
        (folder / "circle").symlink_to(folder / "circle")
        (folder / "endless").symlink_to("/dev/zero")
        os.mkfifo(folder / "pipe")
        self.others = ["folder", "circle", "endless", "pipe", "nowhere", "", ".", "-", "~",
                       "/proc/self",
                       "no/such/folder/file", "x" * 300, "/dev/full", "/proc/self/mem",
                       "/root/none", "/etc/passwd"]  # fmt: skip

    def _rig(self):
        text = (ROOT / "rigs/dier5_nadir.toml").read_text()
        text = text.replace('"spacecraft/', f'"{ROOT.as_posix()}/rigs/spacecraft/')
        text = re.sub(r"duration_s = .*", "duration_s = 2.0", text, count=1)
        text = re.sub(r"(from_s|by_s) = .*", r"\1 = 1.0", text)
        return text.encode()

    def _fleet(self):
        text = (ROOT / "rigs/fleets/sco_fleet.toml").read_text()
        return re.sub(r'rig = "', f'rig = "{(ROOT / "rigs/fleets").as_posix()}/', text).encode()

    def fresh(self, rng):
        """Write every file as it is, and spoil one in some cases."""
        for name, octets in self.sound.items():
            with contextlib.suppress(OSError):
                path = self.folder / os.fsdecode(os.fsencode(name))
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                path.write_bytes(octets)
        if rng.random() < 0.3:
            name = rng.choice([n for n in self.sound if n.endswith((".toml", ".xml", ".json"))])
            text = fuzz_rigs.spoil(self.sound[name].decode(), rng)
            (self.folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))

    def path(self, rng, name):
        """A path: of the kind that an argument's name asks for more often than not."""
        right = {"recording": "good.mcap", "rig": "rig.toml", "faults": "faults.toml",
                 "disperse": "disperse.toml", "old": "good.mcap", "new": "good.mcap"}  # fmt: skip
        kind = next((file for key, file in right.items() if key in name), None)
        if kind and rng.random() < 0.6:
            return kind
        if rng.random() < 0.5:
            return rng.choice(list(self.sound))
        return rng.choice(self.others)


def value(parameter, pool, rng):
    """A value for a parameter, as a text."""
    kind, name = parameter.type, parameter.name
    if name == "obc":
        return rng.choice(PLACES)
    if isinstance(kind, click.Choice) and rng.random() < 0.8:
        return str(rng.choice(list(kind.choices)))
    if isinstance(kind, click.Path) or name in ("out", "recordings", "rigs", "folder"):
        return pool.path(rng, name)
    if isinstance(kind, click.types.IntParamType | click.types.FloatParamType) or (
        "range" in kind.name
    ):
        return rng.choice(NUMBERS if rng.random() < 0.7 else ["1", "2", "1.0"])
    return rng.choice(TEXTS)


def arguments(command, pool, rng):
    """Arguments for a command, its options by chance."""
    words = []
    for each in command.params:
        if each.name in NEVER or (isinstance(each, click.Option) and rng.random() < 0.7):
            continue
        if isinstance(each, click.Option) and each.is_flag:
            words.append(each.opts[0])
        elif isinstance(each, click.Option):
            words += [each.opts[0], value(each, pool, rng)]
        else:
            times = rng.choice((1, 1, 1, 2, 3)) if each.nargs == -1 else max(1, each.nargs)
            words += [value(each, pool, rng) for _ in range(times)]
    return words


def commands(group=hil, before=()):
    """Every command with the words that lead to it."""
    for name, command in group.commands.items():
        if name in LEFT_OUT:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name), command


@contextlib.contextmanager
def limited(stopped):
    def stop(*_):
        stopped.append(True)
        raise StoppedError

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    old = [signal.signal(number, stop) for number in (signal.SIGALRM, signal.SIGPROF)]
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MOST_BYTES, hard))
    signal.setitimer(signal.ITIMER_REAL, WALL_s)
    signal.setitimer(signal.ITIMER_PROF, MOST_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip((signal.SIGALRM, signal.SIGPROF), old, strict=True):
            signal.signal(number, handler)
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))


def fault_of(words):
    """Run a command in this process; return what went wrong in it, or nothing, and its status."""
    stopped = []
    try:
        with limited(stopped):
            out = CliRunner().invoke(hil, words, catch_exceptions=True)
    except StoppedError:
        out = None
    if stopped:  # what broke by that is no fault
        return "" if words[0] in SIMULATES else "takes too long", -1
    error = out.exception
    if error and not isinstance(error, SystemExit):
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}", -1
    if out.exit_code not in (0, 1, 2, 3):
        return f"status {out.exit_code}: {out.output[-400:]}", out.exit_code
    if "Traceback" in out.output:
        return f"traceback: {out.output[-600:]}", out.exit_code
    if "\x1b" in out.output or "\u202e" in out.output:
        return f"a terminal would obey: {out.output[-300:]!r}", out.exit_code
    return "", out.exit_code


def fuzz(cases, seed):
    """Try cases, each command in turn; return how often each fault came, and the outcomes."""
    faults, counts = Counter(), Counter()
    every = list(commands())
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pool = Pool(folder)
        os.chdir(folder)
        try:
            for number in range(cases):
                rng = random.Random(f"{seed} {number}")
                before, command = every[number % len(every)]
                pool.fresh(rng)
                words = [*before, *arguments(command, pool, rng)]
                wrong, status = fault_of(words)
                counts[f"{' '.join(before)} {status}"] += 1
                if wrong:
                    place = re.search(r"\(hil/\S+, line \d+\)", wrong)
                    kind = place.group() if place else wrong[:120]
                    faults[kind] += 1
                    if faults[kind] == 1:
                        shown = " ".join(w[:60] for w in words)
                        print(f"case {number}: hil {shown!r}:\n    {wrong[:700]}", flush=True)
        finally:
            os.chdir(home)
    return faults, counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", type=int)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    begin = time.perf_counter()
    faults, counts = fuzz(chosen.cases, chosen.seed)
    told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    print(f"{chosen.cases} cases in {time.perf_counter() - begin:.0f} s: {told}")
    print(f"{sum(faults.values())} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
