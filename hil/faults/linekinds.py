"""The kinds of faults of lines and of devices on lines of their own."""

from __future__ import annotations

from hil.faults import line, ownline
from hil.faults.kind import ON_LINE, OWN_LINE, FaultKind

LINE_KINDS = (
    FaultKind(
        "drop",
        ("line", OWN_LINE),
        "Frames are lost.",
        line.Drop,
        'device = "line to_obc"\nprobability = 0.01',
        (),
        ("probability", "count"),
    ),
    FaultKind(
        "flip_bits",
        ("line", OWN_LINE),
        "Bits are flipped.",
        line.FlipBits,
        'device = "line from_obc"\nbit_error_rate = 1e-5',
        ("bit_error_rate",),
    ),
    FaultKind(
        "cut",
        ("line", OWN_LINE),
        "Frames end early.",
        line.Cut,
        'device = "line from_obc"\nprobability = 0.01',
        (),
        ("probability", "count"),
    ),
    FaultKind(
        "duplicate",
        ("line", OWN_LINE),
        "Frames come twice.",
        line.Duplicate,
        'device = "line to_obc"\nprobability = 0.05',
        (),
        ("probability", "count"),
    ),
    FaultKind(
        "reorder",
        ("line",),
        "A frame changes places with the next.",
        line.Reorder,
        'device = "line to_obc"\nprobability = 0.05',
        (),
        ("probability", "count"),
    ),
    FaultKind(
        "delay",
        ("line",),
        "Frames come later: less than a control period adds to the latency of commands, and with "
        "whole periods each reply is late.",
        line.Delay,
        'device = "line from_obc"\ndelay_s = 0.03',
        ("delay_s",),
    ),
    FaultKind(
        "noise_octets",
        ("line", OWN_LINE),
        "Random octets are inserted between the frames.",
        line.NoiseOctets,
        'device = "line from_obc"\noctets = 20',
        ("octets",),
    ),
    FaultKind(
        "silence",
        ("line", OWN_LINE),
        "Nothing gets through: a broken wire, or an unplugged connector with both ways silent.",
        line.Silence,
        'device = "line from_obc"',
    ),
    FaultKind(
        "wrong_checksum",
        (ON_LINE,),
        "Its messages come with a wrong checksum.",
        ownline.WrongChecksum,
        'device = "gyro 0"\nprobability = 0.1',
        (),
        ("probability", "count"),
    ),
    FaultKind(
        "frozen",
        (ON_LINE,),
        "It repeats its last message of each kind, with the old counter and time.",
        ownline.Frozen,
        'device = "gyro 0"',
    ),
    FaultKind(
        "hung",
        (ON_LINE,),
        "Its own firmware stands still: it receives and sends nothing, and keeps doing what it "
        "was last commanded. "
        "At the end it starts anew.",
        ownline.Hung,
        'device = "wheel x"',
    ),
    FaultKind(
        "restart",
        (ON_LINE,),
        "It starts anew, with its start-up time and what it says by itself then, and has forgotten "
        "what it was commanded; with duration_s it has no power so long before.",
        ownline.Restart,
        'device = "gyro 0"',
        moment=True,
    ),
)
"""In the order in which they are listed."""
