"""A public flight software's drivers on our emulators: `python tests/c2a_drivers.py C2A_AOBC`.

C2A_AOBC: a checkout of github.com/ut-issl/c2a-aobc (MIT), without its submodules. Nothing is
fetched. Its drivers of STIM210, OEM7600 and Sagitta are compiled as they are, with stand-ins for
C2A's core (tests/data/c2a). What they send goes to the emulators, and what those answer and
measure comes back to them; prints what was heard, and exits with 1 if anything differs.
"""

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hil.protocols.device import MS, Measured, S, Settings
from hil.protocols.registry import built_in
from hil.protocols.times import gps_time

HERE = Path(__file__).parent / "data" / "c2a"
DRIVERS = ("stim210", "oem7600", "sagitta")
LIBRARY = ("quaternion", "vector3", "matrix33", "crc8", "xxhash", "c2a_math", "math_constants")
UTC_NS = 1_774_094_400 * S
SAMPLES = 50


def built(checkout, folder):
    """Return the probe: the drivers, compiled with their stand-ins."""
    user = checkout / "src" / "src_user"
    sources = [HERE / "probe.c"]
    sources += [user / "Drivers" / "Aocs" / f"{name}.c" for name in DRIVERS]
    sources += [user / "Library" / f"{name}.c" for name in (*LIBRARY, "physical_constants")]
    if lost := [path for path in sources if not path.is_file()]:
        sys.exit(f"{lost[0]} is not there: name a checkout of ut-issl/c2a-aobc")
    compiler = shutil.which("cc") or sys.exit("no C compiler")
    probe = folder / "probe"
    command = [compiler, "-std=gnu11", "-w", "-O1", f"-I{HERE}", f"-I{checkout / 'src'}"]
    subprocess.run([*command, *sources, "-lm", "-o", probe], check=True)
    return probe


def rows(probe, *arguments, octets=b""):
    """Run the probe; return each line that it prints as its words."""
    done = subprocess.run([probe, *arguments], input=octets, capture_output=True, check=True)
    return [line.split() for line in done.stdout.decode().splitlines()]


def told(probe, name, device):
    """Give a device all that its driver says when it sets it up; return what it answers."""
    now_ns, answers = 2 * S, b""
    for (octets,) in rows(probe, name, "commands"):
        device.take(bytes.fromhex(octets), now_ns)
        answers += device.send(now_ns + S - 1)
        now_ns += S
    return answers, now_ns


def measured(device, now_ns, samples, period_ns):
    """Have a device measure; return what it says of it."""
    octets = b""
    for number, values in enumerate(samples):
        at_ns = now_ns + number * period_ns
        device.measure(Measured(values, True, UTC_NS + number * period_ns, 301.4), at_ns)
        octets += device.send(at_ns + period_ns - 1)
    return octets


def started(protocol, kind, rate_hz):
    """Return a device that has been on for a while."""
    device = built_in()[protocol].device(Settings(kind, rate_hz))
    device.power_on(0)
    device.send(2 * S - 1)
    return device


def close(found, expected, share):
    """Whether numbers are others by at most a share of the largest."""
    most = share * max(map(abs, expected))
    return all(abs(float(a) - b) <= most for a, b in zip(found, expected, strict=True))


def stim210(probe):
    """Yield (what, whether it held) of the gyros."""
    device = started("stim210", "gyro", 10.0)
    answers, now_ns = told(probe, "stim210", device)
    samples = [(0.01 * n, -0.02 * n, 0.3 - 0.01 * n) for n in range(SAMPLES)]
    octets = measured(device, now_ns, samples, 100 * MS)
    heard = rows(probe, "stim210", "read", octets=octets)
    yield f"{len(answers)} octets of answers in service mode", not device.service
    yield f"{len(heard)} of {SAMPLES} datagrams read", len(heard) == SAMPLES
    yield "rates", all(close(a[:3], b, 2e-5) for a, b in zip(heard, samples, strict=True))
    yield "temperature", all(close(a[3:6], (28.25,) * 3, 1e-2) for a in heard)
    counts = [int(a[6]) for a in heard]
    gone = {(after - before) % 256 for before, after in itertools.pairwise(counts)}
    yield "counter by 200 of 2 000 Hz", gone == {200}
    yield "status and checksum", all(a[7:] == ["0", "1"] for a in heard)


def oem7600(probe):
    """Yield (what, whether it held) of the GPS receiver."""
    device = started("novatel", "gps", 1.0)
    answers, now_ns = told(probe, "oem7600", device)
    samples = [(6.9e6 - n, 10.0 * n, 1e5, -7.5, 7.4e3 + n, 0.25) for n in range(SAMPLES)]
    heard = rows(probe, "oem7600", "read", octets=measured(device, now_ns, samples, S))
    at = [gps_time(UTC_NS + n * S) for n in range(SAMPLES)]
    expected = [
        [*(v for axis in zip(each[:3], each[3:], strict=True) for v in axis), time.week, time.ms]
        for each, time in zip(samples, at, strict=True)
    ]
    yield "its commands are obeyed", answers.count(b"<OK") == 3
    yield f"{len(heard)} of {SAMPLES} logs read", len(heard) == SAMPLES
    yield (
        "position, velocity, week and time",
        [[float(v) for v in a[:8]] for a in heard] == expected,
    )
    yield "checksum", all(a[8] == "1" for a in heard)


def sagitta(probe):
    """Yield (what, whether it held) of the star tracker."""
    device = started("sagitta", "star_tracker", 5.0)
    answers, now_ns = told(probe, "sagitta", device)
    replies = rows(probe, "sagitta", "read", octets=answers)
    norm = 30.0**0.5
    samples = [(1 / norm, -2 / norm, 3 / norm, 4 / norm)] * SAMPLES
    octets = measured(device, now_ns, samples, 200 * MS)
    heard = rows(probe, "sagitta", "read", octets=octets)
    solutions = [a for a in heard if a[1] == "24"]
    kinds = [(a[0], a[1], a[2]) for a in replies]
    wanted = [("131", "1"), ("131", "14"), *(("128", n) for n in ("5", "9", "12", "18"))]
    yield "boot, time and parameters are accepted", kinds[:6] == [(*each, "0") for each in wanted]
    yield "temperature on demand", kinds[-1][:2] == ("130", "27")
    yield f"{len(solutions)} of {SAMPLES} solutions read", len(solutions) == SAMPLES
    yield "quaternion", all(close(a[3:7], samples[0], 1e-6) for a in solutions)
    yield "temperature", all(close(a[7:10], (38.25, 28.25, 33.25), 1e-3) for a in heard[2:])
    yield "valid, checksum", all(a[10:] == ["1", "1"] for a in solutions)


def main():
    """Try every driver."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkout", type=Path, help="of ut-issl/c2a-aobc")
    checkout, good = parser.parse_args().checkout, True
    with tempfile.TemporaryDirectory() as folder:
        probe = built(checkout, Path(folder))
        for driver in (stim210, oem7600, sagitta):
            for what, held in driver(probe):
                print(f"{driver.__name__:8} {'good' if held else 'BAD '} {what}")
                good = good and held
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
