"""Memory of a day at 100 Hz: `python tests/bench_long.py --rows 8640000 --steps 300000`.

`--only csv` does one part of it: run, judge, info, report, parquet, csv, json or recover.

A recording of so many rows is made, and judged, summarised, plotted, exported and recovered; then
runs of a third of the steps and of all are made. Prints the largest memory of each process.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from hil.recording import Recorder, Recording

RIG = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
STEP_S = 0.01
READERS = {
    "judge": ("judge", "LONG"),
    "info": ("info", "LONG"),
    "report": ("report", "LONG", "-o", "OUT"),
    "parquet": ("export", "LONG", "--parquet", "-o", "OUT"),
    "csv": ("export", "LONG", "--csv"),
    "json": ("export", "LONG", "--json"),
    "recover": ("recover", "LONG", "OUT"),
    "compare": ("compare", "LONG", "LONG"),
    "plot": ("plot", "LONG", "--png", "OUT.png"),
}
PARTS = ("run", *READERS)


def measured(*words, table=False):
    """Run `hil` with words; return what it printed, its status, seconds and megabytes at most.

    table: its standard output is one, of gigabytes perhaps, and is dropped.
    """
    begin_s = time.monotonic()
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "hil", *words]
        output = subprocess.DEVNULL if table else said
        child = subprocess.Popen(command, stdout=output, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    return text, child.returncode, time.monotonic() - begin_s, usage.ru_maxrss / 1e3


def tell(name, found):
    text, status, took_s, most_MB = found
    last = text.strip().splitlines()[-1:] or [""]
    print(
        f"{name:32} status {status}  {took_s:7.0f} s  {most_MB:6.0f} MB   {last[0][:90]}",
        flush=True,
    )


def short(folder, duration_s, name):
    """The nadir rig at 100 Hz as a file of its own."""
    text = RIG.read_text()
    text = text.replace('"spacecraft/', f'"{RIG.parent.as_posix()}/spacecraft/')
    text = text.replace("duration_s = 600.0", f"duration_s = {duration_s}", 1)
    text = text.replace("step_s = 0.1", f"step_s = {STEP_S}", 1)
    text = text.replace("step_s = 0.02", f"step_s = {STEP_S}", 1)
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def stretched(source, path, rows):
    """Write a recording with the rows of another over and over, and its time going on."""
    columns = list(source.columns)
    at = np.concatenate([source[name].reshape(len(source), -1) for name, _ in columns], axis=1)
    names = [name for name, size in columns for _ in range(size)]
    time_at = names.index("time_s")
    meta = {key: dict(value) for key, value in source.metadata.items()}
    later = {key: meta.pop(key) for key in ("counters", "result", "end") if key in meta}
    meta["run"]["duration_s"] = str(rows * STEP_S)
    with Recorder(path, columns, metadata=meta, epoch_unix_ns=10**18) as recorder:
        for step in range(rows):
            row = at[step % len(at)].copy()
            row[time_at] = step * STEP_S
            recorder.step(round(step * STEP_S * 1e9), row)
        for key, values in later.items():
            recorder.metadata(key, values)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=8_640_000)
    parser.add_argument("--steps", type=int, default=300_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = folder / "run.mcap"
        for steps in (options.steps // 3, options.steps) if "run" in options.only else ():
            rig = short(folder, steps * STEP_S, f"of{steps}")
            words = ("run", str(rig), "--obc", "library", "--out", str(run))
            tell(f"hil run, {steps} steps", measured(*words))
        measured("run", str(short(folder, 200.0, "seed")), "--obc", "library", "--out", str(run))
        long = folder / "long.mcap"
        begin_s = time.monotonic()
        stretched(Recording(run), long, options.rows)
        megabytes = long.stat().st_size / 1e6
        print(
            f"{options.rows} rows, {megabytes:.0f} MB, made in {time.monotonic() - begin_s:.0f} s"
        )
        paths = {
            "LONG": str(long),
            "OUT": str(folder / "made"),
            "OUT.png": str(folder / "made.png"),
        }
        for part in options.only:
            if part in READERS:
                words = [paths.get(word, word) for word in READERS[part]]
                tell(
                    f"hil {words[0]} {part if part != words[0] else ''}",
                    measured(*words, table=part in ("csv", "json")),
                )
                for made in ("made", "made.png"):
                    (folder / made).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
