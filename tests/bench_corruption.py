"""How many damaged frames either side takes for valid: `python tests/bench_corruption.py -n 1e8`.

Both decoders are compiled: the firmware's deframer as it is, and a twin of the bench's decoder
that is held against the decoder itself. Each kind of damage, or bit error rate, is tried so often
in each direction, in rounds: whenever it is ended, all were tried as often. `--fuzz 60` lets
libFuzzer look for what chance does not find, guided by coverage.
"""

import argparse
import ctypes
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hil.devices.registry import built_in
from hil.link.framing import Deframer, Framer
from hil.link.messages import Field
from hil.link.packet import CRC_OCTETS, HEADER_OCTETS, Packet

STUBS = Path(__file__).parents[1] / "firmware_stubs"
TABLE = built_in().table
RATES = (1e-6, 1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 2e-2, 5e-2)
KINDS = ("bits", "burst", "cut", "join", "shift", "lost", "extra", "octets", "swap", "noise")
EVENTS_MOST = 160
EVENTS = ("packet", "overlong", "cobs", "runt", "crc", "length", "unknown")
FRAMES = 1024
ALL_BITS = 0xFFFFFFFF


class Corruption(ctypes.Structure):
    """struct corruption of firmware_stubs/tests/corruption.h."""

    _fields_ = (
        ("octets", ctypes.c_void_p),
        ("begin", ctypes.c_void_p),
        ("frames", ctypes.c_uint32),
        ("first_word", ctypes.c_void_p),
        ("length", ctypes.c_void_p),
        ("layouts", ctypes.c_uint32),
        ("crc_mask", ctypes.c_uint32),
        ("kind", ctypes.c_uint32),
        ("rate", ctypes.c_double),
        ("seed", ctypes.c_uint64),
    )


class Stream(ctypes.Structure):
    """struct corruption_stream."""

    _fields_ = (
        ("octets", ctypes.c_uint8 * 1024),
        ("size", ctypes.c_uint32),
        ("frame", ctypes.c_uint32 * 2),
    )


class Case(NamedTuple):
    """One kind of damage; `rate` is that of wrong bits."""

    kind: str
    rate: float = 0.0

    def __str__(self) -> str:
        return f"bit error rate {self.rate:g}" if self.rate else self.kind


CASES = (*(Case("bits", rate) for rate in RATES), *(Case(kind) for kind in KINDS[1:]))


def compiled(folder: Path, compiler: str = "cc") -> ctypes.CDLL:
    """The decoders and the damage as a shared library."""
    sources = [STUBS / "tests" / name for name in ("corruption.c", "corruption_damage.c")]
    library = folder / "corruption.so"
    command = [
        compiler,
        "-O3",
        "-std=c99",
        "-shared",
        "-fPIC",
        f"-I{STUBS / 'link'}",
        "-o",
        library,
    ]
    subprocess.run([*command, *sources, *(STUBS / "link").glob("*.c"), "-lm"], check=True)
    loaded = ctypes.CDLL(str(library))
    for who in ("firmware", "bench"):
        count = getattr(loaded, f"corruption_taken_by_{who}")
        count.restype, count.argtypes = ctypes.c_uint64, (ctypes.c_void_p, *[ctypes.c_uint64] * 2)
    loaded.corruption_make.argtypes = (ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p)
    return loaded


class Direction:
    """Frames of one direction, as many of each message as of the others, with values of flights."""

    def __init__(self, library: ctypes.CDLL, *, to_obc: bool, seed: int = 1) -> None:
        self._library, self.to_obc, self._seed = library, to_obc, seed
        self._frames = list(_frames(to_obc, random.Random(seed)))
        self._octets = np.frombuffer(b"".join(self._frames), np.uint8).copy()
        self._begin = np.cumsum([0, *map(len, self._frames)]).astype(np.uint32)
        layouts = sorted(_layouts())
        self._first_word = np.array([word for word, _ in layouts], np.uint16)
        self._length = np.array([length for _, length in layouts], np.uint16)

    def corruption(self, case: Case, crc_mask: int = ALL_BITS) -> Corruption:
        """What the library wants to know."""
        arrays = (self._octets, self._begin, self._first_word, self._length)
        octets, begin, word, length = (array.ctypes.data for array in arrays)
        kind, seed = KINDS.index(case.kind), self._seed * 1_000_003 + CASES.index(case)
        sizes = (len(self._frames), len(self._first_word))
        return Corruption(
            octets, begin, sizes[0], word, length, sizes[1], crc_mask, kind, case.rate, seed
        )

    def taken(self, case: Case, count: int, crc_mask: int = ALL_BITS, first: int = 0) -> int:
        """Packets that nobody sent, but the receiver took for valid, from stream `first` on."""
        who = "firmware" if self.to_obc else "bench"
        corruption = self.corruption(case, crc_mask)
        counted = getattr(self._library, f"corruption_taken_by_{who}")
        return int(counted(ctypes.byref(corruption), first, count))

    def compare(self, case: Case, count: int) -> None:
        """Raise AssertionError where the twin and the bench's own decoder see different things."""
        corruption, stream = self.corruption(case), Stream()
        events = (ctypes.c_uint8 * EVENTS_MOST)()
        for index in range(count):
            self._library.corruption_make(ctypes.byref(corruption), index, ctypes.byref(stream))
            octets = bytes(stream.octets[: stream.size])
            found = self._library.corruption_events(
                ctypes.byref(corruption), ctypes.byref(stream), events
            )
            theirs = [EVENTS[event] for event in events[:found]]
            assert theirs == _events(octets), (str(case), index, octets.hex())


def _events(octets: bytes) -> list[str]:
    return [
        "packet" if isinstance(event, Packet) else event.kind
        for event in Deframer(TABLE).receive(octets)
    ]


def _layouts() -> Iterator[tuple[int, int]]:
    """The first word and the length of every packet that the bench knows; 0: any length."""
    for message in TABLE.messages:
        for timed in (False, True):
            if message.time != ("never" if timed else "always"):
                word = message.apid | message.to_obc << 12 | timed << 11
                size = HEADER_OCTETS + 7 * timed + message.size + CRC_OCTETS
                yield word, 0 if message.group else size


def _frames(to_obc: bool, source: random.Random) -> Iterator[bytes]:
    messages = [message for message in TABLE.messages if message.to_obc == to_obc]
    framer = Framer()
    for number in range(FRAMES):
        message = messages[number % len(messages)]
        values = [value for field in message.fields for value in _values(field, source)]
        if message.group:
            for _ in range(source.randrange(10)):
                values += [v for field in message.group.fields for v in _values(field, source)]
        timed = message.time == "always" or (message.time == "optional" and source.random() < 0.5)
        ticks = source.randrange(1 << 38) if timed else None
        for _ in range(source.randrange(40)):  # counts of a run's middle, too
            framer.frame(message, values, ticks)
        yield framer.frame(message, values, ticks)


def _values(field: Field, source: random.Random) -> list[float | int | bytes]:
    if field.type == "char":
        return [b"firmware-%d" % source.randrange(1000)]
    if field.type != "f32":
        most = {"u4": 15, "u8": 255, "u16": 65535, "u32": 1 << 31, "i32": 1 << 30}[field.type]
        return [source.choice((0, 1, source.randrange(most))) for _ in range(field.count)]
    sizes = (0.0, 1.0, source.gauss(0.0, 1.0), source.gauss(0.0, 1e-4), source.gauss(0.0, 7e6))
    return [source.choice(sizes) for _ in range(field.count)]


def fuzz(folder: Path, seconds: int) -> None:
    """Let libFuzzer (of clang) look for damage that the firmware's deframer does not see."""
    program = folder / "fuzz_frames"
    flags = ["-O2", "-g", "-std=c99", "-fsanitize=fuzzer,address,undefined", f"-I{STUBS / 'link'}"]
    sources = [STUBS / "tests" / "fuzz_frames.c", *(STUBS / "link").glob("*.c")]
    subprocess.run(["clang", *flags, "-o", program, *sources], check=True)
    limits = [f"-max_total_time={seconds}", "-use_value_profile=1", "-max_len=128"]
    subprocess.run([program, *limits], cwd=folder, check=True)


def count_in_rounds(directions: list[Direction], count: int, rounds: int) -> None:
    """Try every case `count` times in each direction; print after each round what came of it."""
    taken = dict.fromkeys(((case, one) for case in CASES for one in directions), 0)
    begin_s, each = time.perf_counter(), count // rounds
    for number in range(rounds):
        for case, direction in taken:
            taken[case, direction] += direction.taken(case, each, first=number * each)
        done = len(taken) * each * (number + 1)
        print(
            f"{sum(taken.values())} of {done:.3g} damaged frames taken for valid, "
            f"{time.perf_counter() - begin_s:.0f} s",
            flush=True,
        )
    for (case, direction), wrong in taken.items():
        way = "to the OBC" if direction.to_obc else "from the OBC"
        print(f"{case!s:24} {way:13} {wrong} of {each * rounds:.3g} taken for valid")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=float, default=1e6, help="damaged frames a kind and direction")
    parser.add_argument("--twin", type=float, default=1e6, help="frames to hold the twin against")
    parser.add_argument("--rounds", type=int, default=1, help="in which that is done")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--fuzz", type=int, default=0, help="seconds of libFuzzer, and nothing else"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.fuzz:
            fuzz(Path(folder), arguments.fuzz)
            return
        library = compiled(Path(folder))
        directions = [Direction(library, to_obc=to, seed=arguments.seed) for to in (True, False)]
        for case in CASES:
            for direction in directions:
                direction.compare(case, int(arguments.twin / len(CASES) / 2))
        print(
            f"the bench's twin agrees with its decoder on {arguments.twin:.0e} frames", flush=True
        )
        count_in_rounds(directions, int(arguments.n), arguments.rounds)


if __name__ == "__main__":
    main()
