"""The kinds of faults of the OBC."""

from __future__ import annotations

from hil.faults import obc, seu
from hil.faults.kind import FaultKind

OBC_KINDS = (
    FaultKind(
        "reset",
        ("obc",),
        "A warm reset: it boots, and with duration_s it is held in reset so long before. "
        "On qemu and qemu-fast memory that its startup code leaves alone (.noinit) survives.",
        obc.Reset,
        'device = "obc"',
        moment=True,
    ),
    FaultKind(
        "power_off",
        ("obc",),
        "It has no power, loses its memory, and boots when power is back.",
        obc.PowerOff,
        'device = "obc"',
    ),
    FaultKind(
        "hang",
        ("obc",),
        "It stands still: it answers nothing, and what is sent meanwhile is lost. "
        "Then it goes on where it was, or its watchdog resets it.",
        obc.Hang,
        'device = "obc"\nwatchdog_s = 2.0',
        can=("watchdog_s",),
    ),
    FaultKind(
        "bit_flip",
        ("obc",),
        "One bit of its memory is flipped, once.",
        seu.BitFlip,
        'device = "obc"\nsymbol = "flight.adcs.mode"\nbit = 1',
        ("symbol", "bit"),
        moment=True,
    ),
    FaultKind(
        "bit_flips",
        ("obc",),
        "Bits of all of its variables are flipped at random.",
        seu.BitFlips,
        'device = "obc"\nrate_per_bit_day = 0.01',
        ("rate_per_bit_day",),
    ),
    FaultKind(
        "clock_drift",
        ("obc",),
        "Its clock runs too fast or too slow; at the end it is set right.",
        obc.ClockDrift,
        'device = "obc"\nppm = 50.0',
        ("ppm",),
    ),
    FaultKind(
        "clock_jump",
        ("obc",),
        "Its clock jumps; at the end it is set right.",
        obc.ClockJump,
        'device = "obc"\noffset_s = 1.5',
        ("offset_s",),
    ),
)
"""In the order in which they are listed."""
