"""Damaged recordings, and everything that reads one: each says what is wrong, or what there is.

    python tests/recording_mutations.py -n 10000 --seed 1

prints how many of each kind of damage were tried, and every operation that did not end well.
"""

import argparse
import contextlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import numpy as np
import zstandard
from click.testing import CliRunner
from dashboard_runs import COLUMNS, metadata, table

from hil import judge
from hil.cli import main
from hil.dashboard.session import Session
from hil.errors import HilError
from hil.recording import Recorder, Recording, recover
from hil.rig import rig_of

HANG_S, GROWTH_OCTETS = 2.0, 300 * 2**20
STEPS = 60


def sound(path, meta=None, rows=None):
    """A small recording with everything that one can hold."""
    meta = meta or metadata(duration_s=0.1 * STEPS)
    with Recorder(path, COLUMNS, metadata=meta, epoch_unix_ns=10**18, chunk_bytes=6000) as recorder:
        recorder.event(0, "ground", "telecommand", "mode nadir")
        for k, row in enumerate(table(STEPS) if rows is None else rows):
            recorder.to_obc(k * 10**8, b"to %d" % k)
            recorder.from_obc(k * 10**8, b"from %d" % k)
            recorder.event(k * 10**8, "obc", "star_tracker_outlier", "outlier", code=5, value=k)
            recorder.step(k * 10**8, row)
        recorder.metadata("counters", dict.fromkeys(("lost_replies", "crc_errors"), 0))
        recorder.metadata("result", {"steps": STEPS, "wall_s": 1.0})
    return path.read_bytes()


# ---- damages: (data, generator) -> data ----------------------------------------------------------


def flipped(data, rng):
    data = bytearray(data)
    for at in rng.integers(len(data), size=int(rng.integers(1, 9))):
        data[at] ^= 1 << int(rng.integers(8))
    return bytes(data)


def cut(data, rng):
    return data[: int(rng.integers(len(data)))]


def left_out(data, rng):
    start, end = sorted(rng.integers(len(data), size=2).tolist())
    return data[:start] + data[end:]


def zeroed(data, rng):
    start = int(rng.integers(len(data)))
    end = min(len(data), start + int(rng.integers(1, 5000)))
    return data[:start] + bytes(end - start) + data[end:]


def noisy(data, rng):
    start = int(rng.integers(len(data)))
    noise = rng.bytes(int(rng.integers(1, 3000)))
    return (data[:start] + noise + data[start + len(noise) :])[: len(data)]


def records(data):
    """Where each record begins and ends."""
    at, found = 8, []
    while at + 9 <= len(data):
        end = at + 9 + int.from_bytes(data[at + 1 : at + 9], "little")
        found.append((at, min(end, len(data))))
        at = end
    return found


def huge_length(data, rng):
    start, _ = pick(records(data), rng)
    length = int(rng.choice([2**63, 2**63 - 1, 2**32, 2**31, 2**40, len(data), 0, 1]))
    return data[: start + 1] + length.to_bytes(8, "little") + data[start + 9 :]


def huge_inside(data, rng):
    """A size inside a record: of a text, a map, a chunk before it was packed."""
    start, end = pick(records(data), rng)
    at = start + 9 + int(rng.integers(max(1, min(60, end - start - 9))))
    number = int(rng.choice([2**63, 2**32 - 1, 2**31, 2**24])).to_bytes(8, "little")[:8]
    return data[:at] + number + data[at + 8 :]


def other_opcode(data, rng):
    start, _ = pick(records(data), rng)
    return data[:start] + bytes([int(rng.integers(256))]) + data[start + 1 :]


def swapped(data, rng):
    pieces = [data[start:end] for start, end in records(data)]
    a, b = rng.integers(len(pieces), size=2)
    pieces[a], pieces[b] = pieces[b], pieces[a]
    return data[:8] + b"".join(pieces)


def repeated(data, rng):
    pieces = [data[start:end] for start, end in records(data)]
    pieces.insert(int(rng.integers(len(pieces))), pieces[int(rng.integers(len(pieces)))])
    return data[:8] + b"".join(pieces)


def bomb(data, rng):
    """A chunk of a few octets that unpacks to a lot, with a length that is right or a lie."""
    start, end = next(r for r in records(data) if data[r[0]] == 6)
    size = int(rng.choice([2**20, 2**26, 2**28]))
    packed = zstandard.compress(bytes(size))
    told = int(rng.choice([size, 2**31, 2**62, 100]))
    body = bytes(16) + told.to_bytes(8, "little") + bytes(4) + b"\x04\0\0\0zstd"
    body += len(packed).to_bytes(8, "little") + packed
    chunk = b"\x06" + len(body).to_bytes(8, "little") + body
    return data[:start] + chunk * int(rng.integers(1, 40)) + data[end:]


def of_another_kind(data, rng):
    kinds = [b"", b"\0" * 5000, b"seed = 1\n", b"\x89PNG\r\n\x1a\n" + rng.bytes(500), data[:8],
             data[:8] + rng.bytes(4000), b"PAR1" + data[8:], rng.bytes(9), b"[" * 5000]  # fmt: skip
    return kinds[int(rng.integers(len(kinds)))]


def odd_metadata(data, rng):
    """Sound in every octet, with words where the bench writes others."""
    meta = json.loads(json.dumps(metadata(duration_s=0.1 * STEPS)))
    record = pick(list(meta), rng)
    key = pick(list(meta[record]), rng)
    old = str(meta[record][key])
    at = int(rng.integers(max(1, len(old))))
    odd = ["", "null", "[]", "{}", "7", "nan", "1e999", '"x"', "[" * 3000, "\x1b[31mred", "[/]",
           "-1", "1" * 5000, old[:at], old[:at] + "\0" + old[at:], old[at:], old * 2]  # fmt: skip
    meta[record][key] = odd[int(rng.integers(len(odd)))]
    if rng.random() < 0.2:
        del meta[record][key]
    return _made(meta, None)


def odd_rows(data, rng):
    rows = table(STEPS)
    odd = [np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0, 5e-324]
    for _ in range(int(rng.integers(1, 200))):
        rows[int(rng.integers(STEPS)), int(rng.integers(rows.shape[1]))] = rng.choice(odd)
    return _made(None, rows)


def _made(meta, rows):
    with tempfile.TemporaryDirectory() as folder:
        return sound(Path(folder) / "made.mcap", meta, rows)


def pick(things, rng):
    return things[int(rng.integers(len(things)))]


DAMAGES = (flipped, cut, left_out, zeroed, noisy, huge_length, huge_inside, other_opcode, swapped,
           repeated, bomb, of_another_kind, odd_metadata, odd_rows)  # fmt: skip


# ---- in a file's place ---------------------------------------------------------------------------


def a_pipe(path):
    os.mkfifo(path)


def endless(path):
    path.symlink_to("/dev/zero")


def a_circle(path):
    path.symlink_to(path)


# ---- everything that reads a recording -----------------------------------------------------------


def open_(path, good):
    recording = Recording(path)
    for name, _ in recording.columns:
        recording[name].sum()
    for _ in recording.blocks(rows=7):
        pass
    recording.to_obc, recording.from_obc, recording.arrays(), recording.pandas()


def command(*words):
    def run(path, good):
        new = path.with_name("new.out")
        new.unlink(missing_ok=True)
        files = {"REC": str(path), "GOOD": str(good), "OUT": str(new)}
        out = CliRunner().invoke(main, [files.get(word, word) for word in words])
        if out.exception and not isinstance(out.exception, SystemExit):
            raise out.exception
        assert out.exit_code in (0, 1, 2, 3), f"status {out.exit_code}: {out.output}"
        assert "Traceback" not in out.output, out.output
        assert "\x1b" not in out.output, out.output

    run.__name__ = " ".join(words)
    return run


def judged(path, good):
    recording = Recording(path)
    judge.evaluate(rig_of(recording), [recording])


def followed(path, good):
    session = Session(path)
    for _ in range(20):
        session.update()
        if session.panels and len(session.history):
            session.shown(0), session.standings, session.scene(0), session.modes.at(1.0)
            _ = session.title, session.place, session.duration_s, session.aborted


def recovered(path, good):
    new = path.with_name("new.mcap")
    new.unlink(missing_ok=True)
    recover(path, new)
    Recording(new)


OPERATIONS = (
    open_, judged, followed, recovered, command("info", "REC"), command("info", "REC", "--json"),
    command("judge", "REC"), command("info", "REC", "--rig"), command("compare", "GOOD", "REC"),
    command("compare", "REC", "REC"), command("compare", "REC", "GOOD", "--json"),
    command("export", "REC", "--csv", "-o", "OUT"), command("export", "REC", "--json", "-o", "OUT"),
    command("export", "REC", "--parquet", "-o", "OUT"), command("recover", "REC", "OUT"),
)  # fmt: skip


class TooLongError(Exception):
    """An operation that hangs."""


def failure(operation, path, good):
    """Try one operation; return what went wrong in it, or nothing.

    What is slow by itself is slow each time; beside busy processes any may be slow once or twice.
    """
    for _ in range(5):
        wrong = _failure(operation, path, good)
        if not wrong.startswith("took ") and TooLongError.__name__ not in wrong:
            break
    return wrong


def _failure(operation, path, good):
    begin = time.process_time()  # not the wall's: others may be busy on this machine
    try:
        with _limits():
            operation(path, good)
    except HilError as error:
        if "\n" in str(error).strip() and "rig" not in str(error):
            return f"more than a sentence: {error}"
    except BaseException:
        return traceback.format_exc()
    if time.process_time() - begin > HANG_S:
        return f"took {time.process_time() - begin:.1f} s"
    return ""


@contextlib.contextmanager
def _limits():
    """No more memory than so much beyond what there is, and no waiting for ever."""
    octets = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_DATA)
    old = signal.signal(signal.SIGALRM, _too_long)
    resource.setrlimit(resource.RLIMIT_DATA, (octets + GROWTH_OCTETS, before[1]))
    signal.setitimer(signal.ITIMER_REAL, 15 * HANG_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, old)
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _too_long(*_):
    raise TooLongError


def tried(cases, folder, seed=0):
    """Try so many damages with every operation; yield both, the number and what went wrong."""
    good = folder / "good.mcap"
    data = sound(good)
    path = folder / "damaged.mcap"
    for operation in OPERATIONS:  # what is compiled or imported on first use is no hang
        operation(good, good)
    for number in range(cases):
        rng = np.random.default_rng([seed, number])
        damage = DAMAGES[number % len(DAMAGES)]
        path.write_bytes(damage(data, rng))
        for operation in OPERATIONS:
            yield damage.__name__, operation.__name__, number, failure(operation, path, good)


def run(cases, seed, tried=tried):
    """Print what came of the cases that ``tried`` yields; return the exit status."""
    counts, bad = Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder:
        for damage, operation, number, wrong in tried(cases, Path(folder), seed):
            counts[damage] += 1
            if wrong:
                bad[damage] += 1
                print(f"case {number} of seed {seed}, {damage}, {operation}:\n{wrong}", flush=True)
    for damage, n in counts.items():
        print(f"{damage:16} {n:7} operations, {bad[damage]} went wrong")
    print(f"{sum(counts.values())} operations, {sum(bad.values())} went wrong")
    return 1 if bad else 0


def by_hand(words, most, what, tried=tried):
    """What such a script does by hand: ``run`` as often as it is told to."""
    parser = argparse.ArgumentParser(description=words.partition("\n")[0])
    parser.add_argument("-n", type=int, default=most, help=f"damaged {what}")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    return run(options.n, options.seed, tried)


if __name__ == "__main__":
    sys.exit(by_hand(__doc__, 10_000, "files"))
