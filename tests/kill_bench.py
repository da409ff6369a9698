"""Bench, OBC, emulator and plotter killed at random moments of short runs.

    python tests/kill_bench.py -n 1000 --seed 1

After each: the recording is read and recovered, or said to hold nothing; no process is left; the
exit status is a documented one, nothing is said in tracebacks; the next run, with the same cache
and the same file, succeeds. Prints a line for each kind of kill, and every fault.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner
from mcap.reader import make_reader

from hil.cli import main as hil_main
from hil.errors import INTERRUPTED, ObcError
from hil.machine.cache import cache_folder
from hil.recording import Recording, RecordingError

RIGS = Path(__file__).parents[1] / "rigs"
MARK = "HIL_KILL_BENCH"
DURATION_s, NEXT_DURATION_s = 300.0, 10.0
LEFT_AFTER_s, HANG_s = 30.0, 120.0  # without any work of the processor, which may be busy
MOST_s = 900.0
LAST_WORD = "\nrecording: run.mcap"
CACHES = 4  # of the truth model's, the newest: those of other sources fill a disk
NOT_BEGUN = "Failed to import the site module"
START_SHARE = 0.25  # of the kills come before the first step
CHILD_SHARE = 0.5  # of a run is what its OBC is there for; then come verdicts and printing
START_s = 2.0
BUILD_s = (0.5, 3.0)


class Kind(NamedTuple):
    """Who is killed how, in a run where."""

    victim: str  # bench, or what stands in the command of a child of its
    signal: signal.Signals
    place: str
    plot: bool = False
    building: bool = False  # nothing is built before: the firmware is being compiled

    def __str__(self) -> str:
        how = " with plots" if self.plot else " while it builds" if self.building else ""
        return f"{self.signal.name} of {self.victim}, {self.place}{how}"


KILL, TERM = signal.SIGKILL, signal.SIGTERM
KINDS = (
    *(
        Kind("bench", number, place)
        for number in (KILL, TERM, signal.SIGINT, signal.SIGHUP)
        for place in ("posix", "qemu-fast", "library")
    ),
    Kind("obc-posix", KILL, "posix"),
    Kind("qemu-system-arm", KILL, "qemu-fast"),
    Kind("hil.dashboard", KILL, "library", plot=True),
    Kind("bench", KILL, "library", plot=True),
    Kind("bench", TERM, "library", plot=True),
    Kind("bench", KILL, "posix", building=True),
    Kind("bench", TERM, "posix", building=True),
)


# ---- processes -----------------------------------------------------------------------------------


def marked(mark: str) -> Iterator[tuple[int, str]]:
    """Every process that was started, directly or not, with a mark: its number and its command."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                yield int(folder.name), command
        except (OSError, ValueError):
            continue


def still_there(mark: str) -> list[str]:
    """The commands of processes that do not end by themselves in time; they are killed."""
    deadline_s, left = time.monotonic() + LEFT_AFTER_s, []
    for number, command in marked(mark):
        try:
            process = os.pidfd_open(number)
        except ProcessLookupError:
            continue
        wait_s = max(0.0, deadline_s - time.monotonic())
        if not select.select([process], [], [], wait_s)[0]:
            signal.pidfd_send_signal(process, KILL)
            left.append(command)
        os.close(process)
    return left


def hear_signals() -> None:
    """In a child: what a shell in the background has its children ignore is heard again."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Machine:
    """A folder with a rig, a cache of its own and the runs in it."""

    def __init__(self, folder: Path, warm: Path | None = None) -> None:
        """warm: a cache whose compiled truth model is taken, which costs a minute otherwise."""
        self.folder, self.cache = folder, folder / "cache"
        (self.cache / "hil").mkdir(parents=True, mode=0o700)
        compiled = (warm or cache_folder()).glob("numba-*")
        for path in sorted(compiled, key=lambda path: path.stat().st_mtime)[-CACHES:]:
            shutil.copytree(path, self.cache / "hil" / path.name)
        tables = (RIGS / "dier5_nadir.toml").read_text().partition("[[requirement]]")[0]
        (folder / "rig.toml").write_text(
            tables.replace('"spacecraft/', f'"{RIGS.as_posix()}/spacecraft/')
        )

    def start(
        self, place: str, duration_s: float, mark: str, plot: bool = False
    ) -> subprocess.Popen:
        """Start `hil run` into run.mcap; what it says goes into said.txt."""
        words = ["run", "rig.toml", "--out", "run.mcap", "--obc", place]
        return self.hil(mark, *words, "--duration", str(duration_s), *["--plot"] * plot)

    def hil(self, mark: str, *words: str) -> subprocess.Popen:
        """Start a command; what it says goes into said.txt."""
        temporary = self.folder / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        environment = os.environ | {
            MARK: mark,
            "XDG_CACHE_HOME": str(self.cache),
            "TMPDIR": str(temporary),
            "QT_QPA_PLATFORM": "offscreen",
        }
        with (self.folder / "said.txt").open("wb") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "hil", *words],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                preexec_fn=hear_signals,
            )

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text(errors="replace")

    @property
    def recording(self) -> Path:
        return self.folder / "run.mcap"


def waited(bench: subprocess.Popen, seconds: float) -> bool:
    """Wait so long, or until the bench has ended; whether it goes on."""
    try:
        bench.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def ended(bench: subprocess.Popen, mark: str) -> int | None:
    """Wait until a bench ends, as long as it or a child of its works; None if it is ended here."""
    worked_s, since_s = -1.0, time.monotonic()
    begin_s = since_s
    while waited(bench, 1.0):
        now_s, used_s = time.monotonic(), sum(processor_s(n) for n, _ in marked(mark))
        if used_s != worked_s:
            worked_s, since_s = used_s, now_s
        if now_s - since_s > HANG_s or now_s - begin_s > MOST_s:
            bench.kill()
            return None
    return bench.returncode


def processor_s(number: int) -> float:
    """The processor's time that a process has used; 0 of one that has ended."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(bench: subprocess.Popen, there: Callable[[], object]) -> object:
    """Wait until something is there, or the bench has ended."""
    while not (found := there()) and waited(bench, 0.02):
        pass
    return found


# ---- one kill ------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What became of a try: in a word, the bench's exit status, and all that is wrong."""

    what: str
    status: int
    faults: list[str]


def kill_once(machine: Machine, kind: Kind, mark: str, run_s: float, rng: random.Random) -> Outcome:
    """Start a run, kill, look at what is left, run again."""
    machine.recording.unlink(missing_ok=True)
    bench = machine.start(kind.place, DURATION_s, mark, kind.plot)
    struck = strike(machine, kind, mark, bench, run_s, rng)
    faults = []
    status = ended(bench, mark)
    if status is None:
        status = bench.wait()
        faults.append(f"hangs for {HANG_s:g} s after the kill")
    faults += [f"left behind: {command}" for command in still_there(mark)]
    said = machine.said
    if status not in expected(kind, said, struck):
        faults.append(f"exit status {status}: {said[-300:]}")
    if "Traceback" in said and NOT_BEGUN not in said:
        faults.append(f"traceback: {said[-2000:]}")
    if kind.signal != KILL or kind.victim != "bench":
        left = [path.name for path in (machine.folder / "tmp").iterdir()]
        faults += [f"left in the temporary folder: {left}"] if left else []
    what, wrong = recording_of(machine, said)
    faults += wrong + next_run(machine, kind.place, mark)
    return Outcome(what if struck else "ended before", status, faults)


def strike(
    machine: Machine,
    kind: Kind,
    mark: str,
    bench: subprocess.Popen,
    run_s: float,
    rng: random.Random,
) -> bool:
    """Kill at a random moment; whether there was somebody to kill."""
    if kind.victim != "bench":
        wait_for(bench, lambda: victims(kind, mark))
        waited(bench, rng.uniform(0.0, CHILD_SHARE * run_s))
        for number in (there := victims(kind, mark)):
            os.kill(number, kind.signal)
        return bool(there)
    if kind.building:
        waited(bench, rng.uniform(*BUILD_s))
    elif rng.random() < START_SHARE:
        waited(bench, rng.uniform(0.0, START_s))
    else:
        wait_for(bench, machine.recording.exists)
        waited(bench, rng.uniform(0.0, run_s))
    if bench.poll() is not None:
        return False
    bench.send_signal(kind.signal)
    return True


def victims(kind: Kind, mark: str) -> list[int]:
    """The children that are meant, by number."""
    return [number for number, command in marked(mark) if kind.victim in command]


def expected(kind: Kind, said: str, struck: bool) -> set[int]:
    """The exit statuses that the README has for this, and the system's for what cannot be heard."""
    if not struck or kind.victim == "hil.dashboard":
        return {0}
    if kind.victim != "bench":
        return {ObcError.exit_status} if "SIGKILL" in said else {0}  # its work was done already
    if kind.signal == KILL:  # it may have ended an instant before
        return {-KILL, 0} if LAST_WORD in said else {-KILL}
    if not said or LAST_WORD in said:  # the interpreter is loading the program, or ending
        return {INTERRUPTED, -kind.signal, 0}
    if NOT_BEGUN in said:  # the interpreter itself says so, before any program
        return {1}
    if kind.signal == signal.SIGINT:  # the interpreter may end by it at last: 130 in a shell
        return {INTERRUPTED, -kind.signal}
    return {INTERRUPTED}


def recording_of(machine: Machine, said: str) -> tuple[str, list[str]]:
    """What the recording is, in a word, and what is wrong with it."""
    path, new = machine.recording, machine.folder / "recovered.mcap"
    new.unlink(missing_ok=True)
    if not path.exists():
        begun = " steps/s" in said or "recording so far" in said
        return "not begun", ["a run without its recording"] if begun else []
    result = CliRunner().invoke(hil_main, ["recover", str(path), str(new)])
    try:
        recording = Recording(path)
    except RecordingError as error:
        wrong = [] if "\n" not in str(error) else [f"more than a sentence: {error}"]
        refused = result.exit_code == RecordingError.exit_status
        return "nothing in it", wrong + ([] if refused else [f"recover: {result.output}"])
    if result.exit_code:
        return "readable", [f"recover: {result.output}"]
    faults = [] if recording.complete or recording.incomplete_reason else ["no reason is said"]
    if len(Recording(new)) < len(recording):
        faults.append(f"recovered {len(Recording(new))} of {len(recording)} steps")
    with new.open("rb") as file:
        if make_reader(file).get_summary() is None:
            faults.append("other tools find no summary in what was recovered")
    if not len(recording):
        return "no step yet", faults
    return "whole" if recording.complete else "cut short", faults


def next_run(machine: Machine, place: str, mark: str) -> list[str]:
    """What is wrong with the run after it: same cache, same file, same place."""
    bench = machine.start(place, NEXT_DURATION_s, mark + "-next")
    status = ended(bench, f"{mark}-next")
    if status is None:
        return [f"the next run hangs: {machine.said[-300:]}"]
    if status:
        return [f"the next run ends with {status}: {machine.said[-300:]}"]
    recording = Recording(machine.recording)
    return [] if recording.complete and len(recording) == 100 else ["the next run is cut short"]


# ---- all of them ---------------------------------------------------------------------------------


def undisturbed_s(machine: Machine, place: str) -> float:
    """How long a run takes from its recording's first octet; builds what is not built yet."""
    for _ in range(2):
        machine.recording.unlink(missing_ok=True)
        bench = machine.start(place, DURATION_s, "undisturbed")
        wait_for(bench, machine.recording.exists)
        begin_s = time.monotonic()
        if bench.wait():
            raise SystemExit(f"a run that nobody disturbs fails: {machine.said}")
    return time.monotonic() - begin_s


def tried(tries: int, seed: int, folder: Path) -> Iterator[tuple[Kind, Outcome]]:
    """Try so many kills, every kind in turn."""
    machine = Machine(folder)
    run_s = {place: undisturbed_s(machine, place) for place in ("posix", "qemu-fast", "library")}
    for number in range(tries):
        kind = KINDS[number % len(KINDS)]
        rng, mark = random.Random(f"{seed} {number}"), f"{os.getpid()}-{seed}-{number}"
        with tempfile.TemporaryDirectory(dir=folder) as name:
            used = Machine(Path(name), machine.cache / "hil") if kind.building else machine
            yield kind, kill_once(used, kind, mark, run_s[kind.place], rng)


def main() -> int:
    """Try, print a line for each kind, and return whether anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", type=int, default=100, help="kills")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin_s, wrong, outcomes = time.monotonic(), 0, {kind: Counter() for kind in KINDS}
    with tempfile.TemporaryDirectory() as name, suppress(KeyboardInterrupt):  # told so far
        for number, (kind, outcome) in enumerate(tried(options.n, options.seed, Path(name))):
            outcomes[kind][f"{outcome.what} ({outcome.status})"] += 1
            for fault in outcome.faults:
                wrong += 1
                print(f"try {number} of seed {options.seed}, {kind}: {fault}", flush=True)
            if (number + 1) % len(KINDS) == 0:
                print(f"{number + 1} kills so far, {wrong} faults", flush=True)
    for kind, counts in outcomes.items():
        told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        print(f"{kind!s:42} {counts.total():4} tries: {told}")
    took_s = time.monotonic() - begin_s
    done = sum(counts.total() for counts in outcomes.values())
    print(f"{done} kills in {took_s:.0f} s, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
