"""What the guard against bit flips costs in each control step. By hand.

Builds the flight software twice, with the guard and with an empty one in its place, and lets the
step's stopwatch run over all that a step does. Prints instructions a step on `qemu-fast`, which are
exact, and for `library` microseconds of a core: of the guard alone, called in a row, and of a step
of the whole run.
"""

import argparse
import ctypes
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from hil.bench import run
from hil.machine import build
from hil.recording import Recording
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
EMPTY = """#include "guards.h"

bool guards_check(struct guards *guards, struct adcs *adcs)
{
    (void)guards;
    (void)adcs;
    return true;
}

void guards_seal(struct guards *guards, const struct adcs *adcs)
{
    (void)guards;
    (void)adcs;
}

void guards_seal_after_step(struct guards *guards, const struct adcs *adcs)
{
    (void)guards;
    (void)adcs;
}
"""
ALONE = """#include "guards.h"

static struct adcs adcs;
static struct guards guards;

__attribute__((visibility("default"))) int checked(int times)
{
    int sound = 0;
    adcs_init(&adcs);
    guards_seal(&guards, &adcs);
    for (int i = 0; i < times; i++) {
        sound += guards_check(&guards, &adcs);
        guards_seal_after_step(&guards, &adcs);
    }
    return sound;
}
"""
START = "    if (board != NULL) {\n        board->stopwatch_start(board->context);\n    }\n"
STOP = (
    "    if (board != NULL) {\n"
    "        note_duration(&flight->timing, board->stopwatch_ns(board->context));\n    }\n"
)
BOARD = "    const struct flight_board *board = flight->board;\n"


def timed_whole(folder: Path, *, guarded: bool) -> Path:
    """Return a copy of the sources whose stopwatch runs from a step's begin to its end."""
    shutil.copytree(ROOT / "firmware_stubs", folder)
    path = folder / "adcs" / "flight.c"
    text = path.read_text()
    timed = text.index("static void timed_step")
    for words in (BOARD, START, STOP):
        at = text.index(words, timed)
        text = text[:at] + text[at + len(words) :]
    begin, end = "    flight_mend(flight);\n    restart_before", "    send_events(flight);\n"
    at = text.index("    hil_sync sync;\n", text.index("static void on_sync"))
    text = text[:at] + BOARD + text[at:]
    for words, more in ((begin, START + begin), (end, STOP + end)):
        if text.count(words) != 1:
            raise SystemExit(f"flight.c is not as this script knows it: {words!r}")
        text = text.replace(words, more)
    path.write_text(text)
    if not guarded:
        (folder / "adcs" / "guards.c").write_text(EMPTY)
    return folder


def instructions(sources: Path, folder: Path, duration_s: float) -> tuple[float, float]:
    """Median and largest number of instructions of a step on qemu-fast."""
    build.sources = lambda: sources  # type: ignore[assignment]
    rig = load_rig(ROOT / "rigs" / "dier5_nadir.toml").with_overrides(duration_s=duration_s)
    recording = Recording(run(rig, "qemu-fast", folder / f"{sources.name}.mcap").recording)
    told = recording["housekeeping_instructions"]
    return float(np.nanmedian(told)), float(np.nanmax(recording["housekeeping_instructions_max"]))


def alone_us(folder: Path) -> float:
    """Microseconds of a check and a seal of what has not changed; the best of seven."""
    (folder / "alone.c").write_text(ALONE)
    adcs, link = ROOT / "firmware_stubs" / "adcs", ROOT / "firmware_stubs" / "link"
    others = [str(ROOT / "firmware_stubs" / name) for name in ("vision", "radio")]
    files = [
        *adcs.glob("*.c"),
        *link.glob("*.c"),
        *(p for o in others for p in Path(o).glob("*.c")),
    ]
    library = folder / "alone.so"
    flags = ["-O2", "-ffp-contract=off", "-shared", "-fPIC", "-DHIL_PACKET_SIZE_MAX=192u"]
    includes = [f"-I{each}" for each in (adcs, link, *others)]
    names = [str(folder / "alone.c"), *map(str, files), '-DFLIGHT_BUILD_ID="x"']
    subprocess.run(["cc", *flags, *includes, *names, "-o", str(library)], check=True)
    checked = ctypes.CDLL(str(library)).checked
    best, times = float("inf"), 200_000
    for _ in range(7):
        begin = time.process_time()
        if checked(times) != times:
            raise SystemExit("the guard found a difference where there is none")
        best = min(best, (time.process_time() - begin) / times * 1e6)
    return best


def step_us(sources: Path, folder: Path, rounds: int) -> float:
    """Microseconds of a core that a step of a whole run on library takes; the median."""
    build.sources = lambda: sources  # type: ignore[assignment]
    rig, took = load_rig(ROOT / "rigs" / "dier5_nadir.toml"), []
    for _ in range(rounds):
        begin = time.process_time()
        result = run(rig, "library", folder / "library.mcap")
        took.append((time.process_time() - begin) / result.steps * 1e6)
    return statistics.median(took)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--duration", type=float, default=60.0, help="seconds on qemu-fast")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copies = [
            timed_whole(folder / each, guarded=each == "with") for each in ("with", "without")
        ]
        counts = [instructions(copy, folder, chosen.duration) for copy in copies]
        for what, each in zip(("median", "largest"), zip(*counts, strict=True), strict=True):
            more = each[0] - each[1]
            print(
                f"qemu-fast, {what} step: {each[0]:.0f} instructions with the guard, "
                f"{each[1]:.0f} without: {more:.0f} more, {more / each[1]:.1%}"
            )
        whole = [step_us(copy, folder, chosen.rounds) for copy in copies]
        print(f"library: the guard alone {alone_us(folder):.2f} us a step")
        print(f"library: a step of the run {whole[0]:.0f} us with it, {whole[1]:.0f} us without")


if __name__ == "__main__":
    main()
