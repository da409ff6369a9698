"""How fast the loop closes on each OBC and where a step's time goes. By hand.

Prints, for each place, steps a second (best and median of several runs of the main rig, recording
on) and microseconds a step by stage. "wire" is making frames; "obc" is from handing them over to
having understood the reply. The bench's own share is all but the time spent waiting for the OBC's
bytes: to make frames and to understand them counts as the bench's own.

For the emulated USART it also runs the bare turn-around: the same bytes in and out of an ELF that
does nothing else, through the same line, in the same run.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from hil import bench
from hil.machine import build
from hil.obc.place import Obc
from hil.obc.places import PLACES, open_obc
from hil.obc.qemu import QemuObc
from hil.recording import Recording
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
DURATION_S = {"qemu": 120.0}
RUNS = 5
PAIRS = 9
REPLY_OCTETS = 94  # estimate and command, as uart_turnaround.c answers


class TimedObc(Obc):
    """An OBC that knows for how long the bench waited for it."""

    def __init__(self, obc: Obc) -> None:
        self._obc = obc
        self.name, self.description = obc.name, obc.description
        self.answers_at_once, self.send_ahead = obc.answers_at_once, obc.send_ahead
        self.waited_s = 0.0

    def write(self, data: bytes, deadline_s: float) -> bool:
        begin = time.perf_counter()
        taken = self._obc.write(data, deadline_s)
        self.waited_s += time.perf_counter() - begin
        return taken

    def read(self, deadline_s: float) -> bytes:
        begin = time.perf_counter()
        data = self._obc.read(deadline_s)
        self.waited_s += time.perf_counter() - begin
        return data

    def close(self) -> None:
        self._obc.close()


def measure(place: str, folder: Path) -> None:
    """Run the main rig on a place and print its figures."""
    rig = load_rig(ROOT / "rigs" / "dier5_nadir.toml")
    rig = rig.with_overrides(duration_s=DURATION_S.get(place, 600.0))
    rates, own_us, stages = [], [], []
    for _ in range(RUNS):
        with TimedObc(open_obc(place)) as obc:
            member = bench.Member(rig, obc, folder / f"{place}.mcap")
            (result,) = bench.Bench([member]).run()
        rates.append(result.steps / result.wall_s)
        own_us.append((result.wall_s - obc.waited_s) / result.steps * 1e6)
        stages.append({k: v / result.steps * 1e6 for k, v in result.stage_s.items()})
    middle = stages[rates.index(sorted(rates)[RUNS // 2])]
    parts = ", ".join(f"{name} {us:.1f}" for name, us in middle.items())
    best, median, own = max(rates), statistics.median(rates), statistics.median(own_us)
    print(
        f"{place:9}: {best:8.0f} steps/s best, {median:8.0f} median; bench's own share {own:.1f} us"
    )
    print(f"{'':11}us a step: {parts}")


def against_the_bare_usart(folder: Path) -> None:
    """Run the loop and the bare turn-around of its bytes in turn; print the rates' ratio."""
    rig = load_rig(ROOT / "rigs" / "dier5_nadir.toml").with_overrides(duration_s=60.0)
    pairs = []
    for _ in range(PAIRS):
        result = bench.run(rig, "qemu", folder / "pair.mcap")
        steps = _bytes_of_steps(Recording(result.recording))
        with QemuObc(build.build("qemu").parent / "uart-turnaround.elf") as obc:
            pairs.append((result.steps / result.wall_s, _bare_rate(obc, steps)))
    octets = sum(map(len, steps)) / len(steps)
    ratios = sorted(loop / bare for loop, bare in pairs)
    loop, bare = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    ratio = statistics.median(ratios)
    print(f"{'':11}bare USART, {octets:.0f} octets in and {REPLY_OCTETS} out: {bare:.0f} steps/s")
    spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
    print(f"{'':11}the loop beside it {loop:.0f} steps/s; ratio {ratio:.2f} ({spread})")


def _bytes_of_steps(recording: Recording) -> list[bytes]:
    """What was sent in each step, in one piece; what was sent before the first is left out."""
    last_ns = int(recording["time_s"][-1] * 1e9)
    sent: dict[int, bytes] = {}
    for time_ns, data in recording.to_obc:
        if 0 < time_ns <= last_ns + 1000:
            sent[time_ns] = sent.get(time_ns, b"") + data
    return list(sent.values())


def _bare_rate(obc: Obc, steps: list[bytes]) -> float:
    while not _answer(obc, steps[-1], patience_s=0.2):
        pass  # what is sent before the USART is switched on is lost
    begin = time.perf_counter()
    for data in steps:
        if not _answer(obc, data, patience_s=2.0):
            raise SystemExit("the bare turn-around does not answer")
    return len(steps) / (time.perf_counter() - begin)


def _answer(obc: Obc, data: bytes, patience_s: float) -> bool:
    deadline_s = time.monotonic() + patience_s
    obc.write(data, deadline_s)
    got = 0
    while got < REPLY_OCTETS and (read := obc.read(deadline_s)):
        got += len(read)
    return got >= REPLY_OCTETS


def main() -> None:
    """Measure the places named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="*", default=PLACES)
    with tempfile.TemporaryDirectory() as folder:
        for place in parser.parse_args().places:
            measure(place, Path(folder))
            if place == "qemu":
                against_the_bare_usart(Path(folder))


if __name__ == "__main__":
    main()
