"""How fast the loop closes on each OBC and where a step's time goes. By hand.

Prints, for each place, steps a second (best and median of several runs of the main rig, recording
on) and microseconds a step by stage. "wire" is making frames; "obc" is from handing them over to
having understood the reply. The bench's own share is all but the time spent waiting for the OBC's
bytes: to make frames and to understand them counts as the bench's own.

For the emulated USART the same bytes go in and out without a bench, too, in the same run: of the
flight software, and of an ELF that does nothing else.
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
BOOTS = 50
"""How often the bare turn-around is asked before it is taken for dead."""


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


def against_no_bench(folder: Path) -> None:
    """Run the loop, and the octets of its steps without a bench, in turn; print the rates' ratios.

    Once with the flight software behind the USART, so that the bench alone makes the difference;
    once with nothing behind it.
    """
    rig = load_rig(ROOT / "rigs" / "dier5_nadir.toml").with_overrides(duration_s=60.0)
    elf = build.build("qemu")
    triples = []
    for _ in range(PAIRS):
        result = bench.run(rig, "qemu", folder / "pair.mcap")
        octets = Octets(Recording(result.recording))
        with QemuObc(elf) as obc:
            flown = flight_rate(obc, octets)
        with QemuObc(elf.parent / "uart-turnaround.elf") as obc:
            triples.append((result.steps / result.wall_s, flown, bare_rate(obc, octets)))
    sent = statistics.mean(map(len, octets.steps))
    loop, flown, bare = (statistics.median(rates) for rates in zip(*triples, strict=True))
    print(f"{'':11}the loop, {sent:.0f} octets in and {octets.reply} out: {loop:.0f} steps/s")
    for at, rate, of in (
        (1, flown, "the same flight software without a bench"),
        (2, bare, "the bare USART"),
    ):
        ratios = sorted(each[0] / each[at] for each in triples)
        spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
        print(f"{'':11}of {of}, {rate:.0f} steps/s: {statistics.median(ratios):.2f} ({spread})")


class Octets:
    """What went over the line in a run."""

    def __init__(self, recording: Recording) -> None:
        last_ns = int(recording["time_s"][-1] * 1e9)
        sent, answered = _of_times(recording.to_obc), _of_times(recording.from_obc)
        times = [time_ns for time_ns in sent if 0 < time_ns <= last_ns + 1000]
        self.before = [data for time_ns, data in recording.to_obc if time_ns == 0]
        """Each piece of what was sent before the second step."""
        self.steps = [sent[time_ns] for time_ns in times]
        """What was sent in each step from the second on, in one piece."""
        self.answers = [len(answered[time_ns]) for time_ns in times]
        self.reply = int(statistics.median(self.answers))


def _of_times(octets: list[tuple[int, bytes]]) -> dict[int, bytes]:
    joined: dict[int, bytes] = {}
    for time_ns, data in octets:
        joined[time_ns] = joined.get(time_ns, b"") + data
    return joined


def flight_rate(obc: Obc, octets: Octets) -> float:
    """Steps a second of the flight software that gets a run's octets again."""
    for _ in range(BOOTS):  # what is sent before the USART is switched on is lost
        if _heard(obc, octets.before[0], 1, patience_s=0.2):
            break
    for data in octets.before:
        while _heard(obc, data, 1, patience_s=0.2):
            data = b""
    return _rate(obc, octets.steps, octets.answers)


def bare_rate(obc: Obc, octets: Octets) -> float:
    """Steps a second that are answered by as many octets as in the loop, with nothing behind."""
    for _ in range(BOOTS):
        if _heard(obc, octets.steps[-1], octets.reply, patience_s=0.2):
            break
    return _rate(obc, octets.steps, [octets.reply] * len(octets.steps))


def _rate(obc: Obc, steps: list[bytes], answers: list[int]) -> float:
    begin = time.perf_counter()
    for step, (data, answer) in enumerate(zip(steps, answers, strict=True), 1):
        if (heard := _heard(obc, data, answer, patience_s=2.0)) != answer:
            raise SystemExit(f"step {step} is answered by {heard} octets, not by {answer}")
    return len(steps) / (time.perf_counter() - begin)


def _heard(obc: Obc, data: bytes, enough: int, patience_s: float) -> int:
    deadline_s = time.monotonic() + patience_s
    obc.write(data, deadline_s)
    got = 0
    while got < enough and (read := obc.read(deadline_s)):
        got += len(read)
    return got


def main() -> None:
    """Measure the places named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="*", default=PLACES)
    with tempfile.TemporaryDirectory() as folder:
        for place in parser.parse_args().places:
            measure(place, Path(folder))
            if place == "qemu":
                against_no_bench(Path(folder))


if __name__ == "__main__":
    main()
