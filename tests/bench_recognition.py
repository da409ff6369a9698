"""Where a picture's time goes on the emulated STM32F405: instructions a frame, and octets a second.

    python tests/bench_recognition.py [RIG] [SECONDS]

Runs a rig with a camera on qemu-fast, which counts instructions, and prints how many the control
step takes that recognises a picture, and one that does not. It is a script to run by hand.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from test_recognition_budget import flash, ram

from hil import bench
from hil.recording import Recording
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
CORE_HZ = 168e6
# Of a Cortex-M4F with flash accelerator: 1.25 DMIPS/MHz (Arm) is 0.8 cycles an instruction; loads,
# branches and divisions take more. Both ends are printed.
CYCLES_AN_INSTRUCTION = (1.0, 1.5)
ALLOWED_S = 0.150


def main() -> None:
    """Print the figures of a run."""
    rig = load_rig(sys.argv[1] if len(sys.argv) > 1 else ROOT / "rigs" / "dier5_alert.toml")
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    with tempfile.TemporaryDirectory() as folder:
        run = rig.with_overrides(duration_s=seconds, requirement=[])
        result = bench.run(run, "qemu-fast", Path(folder) / "run.mcap")
        recording = Recording(result.recording)
        longest = np.asarray(recording["housekeeping_instructions_max"])
        told = np.asarray(recording["housekeeping_instructions"])
        sent, seen = recording.to_obc_total.octets, sum(1 for _ in recording.sights())
    longest, told = longest[np.isfinite(longest)], told[np.isfinite(told)]
    plain = float(np.median(told))
    print(f"{rig.name}, {seconds:g} s on qemu-fast, {seen} pictures recognised")
    print(f"control step without a picture: {plain:,.0f} instructions (median)")
    for called, count in (("median", float(np.median(longest))), ("longest", float(longest.max()))):
        own = count - plain
        times = [1e3 * cycles * own / CORE_HZ for cycles in CYCLES_AN_INSTRUCTION]
        print(
            f"recognition of a picture, {called}: {own:,.0f} instructions, "
            f"{times[0]:.0f} to {times[1]:.0f} ms at 168 MHz with "
            f"{CYCLES_AN_INSTRUCTION[0]:g} to {CYCLES_AN_INSTRUCTION[1]:g} cycles an instruction"
            f" (allowed: {1e3 * ALLOWED_S:.0f} ms)"
        )
    print(f"memory: {flash():,} octets of flash, {ram():,} of RAM")
    baud = rig.obc.baud
    print(f"line to the OBC: {sent / seconds:,.0f} octets a second of {baud / 10:,.0f}")


if __name__ == "__main__":
    main()
