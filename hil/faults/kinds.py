"""The kinds of faults: one entry each, with the keys that it takes and an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hil.faults import actuators, line, obc, ownline, sensors, seu

OWN_LINE, ON_LINE = "device's line", "device on a line"


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault.

    on: what can have it: sensor, wheel, rod, thruster, line, obc, a device's
    own line, a device on one. needs, may: its keys; one of may
    must be given. can: keys that may be left out. make: what makes it happen, of a Fault. example:
    a table without name and time. moment: whether it happens at once, and no duration is needed.
    """

    name: str
    on: tuple[str, ...]
    what: str
    make: Any
    example: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    moment: bool = False


_ALL = (
    FaultKind("silent", ("sensor",), "It delivers nothing.", sensors.Silent, 'device = "gyro 0"'),
    FaultKind(
        "held", ("sensor",), "Its last value goes on and on.", sensors.Held, 'device = "gyro 0"'
    ),
    FaultKind(
        "stuck",
        ("sensor",),
        "It shows the same value whatever is true.",
        sensors.Stuck,
        'device = "tachometer 0"\nvalue = [60.0]',
        ("value",),
    ),
    FaultKind(
        "bias",
        ("sensor",),
        "An offset is added: a bias step, a jump of a GPS fix.",
        sensors.Bias,
        'device = "gyro 0"\noffset = [0.002, 0.0, 0.0]',
        ("offset",),
    ),
    FaultKind(
        "drift",
        ("sensor",),
        "An offset grows evenly: a drifting bias, a spoofed GPS track.",
        sensors.Drift,
        'device = "gyro 0"\ndrift_per_s = [1e-5, 0.0, 0.0]',
        ("drift_per_s",),
    ),
    FaultKind(
        "noise",
        ("sensor",),
        "White noise is added.",
        sensors.Noise,
        'device = "magnetometer 0"\nsigma = 2e-6',
        ("sigma",),
    ),
    FaultKind(
        "scale",
        ("sensor",),
        "Values are multiplied by a factor; a negative one inverts them.",
        sensors.Scale,
        'device = "gyro 0"\nfactor = 1.1',
        ("factor",),
    ),
    FaultKind(
        "swapped",
        ("sensor",),
        "A harness built wrong: each value shows another axis, or the same one inverted.",
        sensors.Swapped,
        'device = "magnetometer 0"\naxes = ["y", "x", "-z"]',
        ("axes",),
    ),
    FaultKind(
        "turned",
        ("sensor",),
        "It shows the truth turned: a false attitude that says valid, a mounting that gave way.",
        sensors.Turned,
        'device = "star_tracker 0"\nturn_deg = [0.0, 20.0, 0.0]',
        ("turn_deg",),
    ),
    FaultKind(
        "spikes",
        ("sensor",),
        "Single samples are off by a size, with a probability.",
        sensors.Spikes,
        'device = "gyro 0"\nsize = 0.1\nprobability = 0.01',
        ("size", "probability"),
    ),
    FaultKind(
        "coarse",
        ("sensor",),
        "Bits of the converter are lost: values come in large steps.",
        sensors.Coarse,
        'device = "gyro 0"\nresolution = 0.001',
        ("resolution",),
    ),
    FaultKind(
        "said_invalid",
        ("sensor",),
        "Its validity flag lies: good values are said to be invalid.",
        sensors.SaidInvalid,
        'device = "star_tracker 0"',
    ),
    FaultKind(
        "said_valid",
        ("sensor",),
        "Its validity flag lies: what it cannot measure is said to be valid.",
        sensors.SaidValid,
        'device = "star_tracker 0"',
    ),
    FaultKind(
        "dark",
        ("sensor",),
        "One of its cells shows nothing: a photodiode gone dark.",
        sensors.Dark,
        'device = "coarse_sun_sensor 0"\ncell = 2',
        ("cell",),
    ),
    FaultKind(
        "late",
        ("sensor",),
        "Samples come late, with the time at which they were taken.",
        sensors.Late,
        'device = "star_tracker 0"\ndelay_s = 0.4',
        ("delay_s",),
    ),
    FaultKind(
        "time_stamp",
        ("sensor",),
        "Its time stamp lies.",
        sensors.TimeStamp,
        'device = "star_tracker 0"\noffset_s = 0.3',
        ("offset_s",),
    ),
    FaultKind(
        "week_rollover",
        ("sensor",),
        "A GPS receiver's count of weeks has run over: its time stamps are years off.",
        sensors.WeekRollover,
        'device = "gps 0"\nweeks = -1024',
        ("weeks",),
    ),
    FaultKind(
        "latched",
        ("sensor",),
        "Latched by a rod: the field that a dipole of the rods makes at it stays.",
        sensors.Latched,
        'device = "magnetometer 0"\ndipole_body_A_m2 = [0.3, 0.0, 0.0]',
        ("dipole_body_A_m2",),
    ),
    FaultKind("dead", ("wheel", "rod"), "It gives nothing.", actuators.Dead, 'device = "wheel x"'),
    FaultKind(
        "seized",
        ("wheel",),
        "Its bearing locks: the rotor's momentum goes into the body at once.",
        actuators.Seized,
        'device = "wheel x"',
    ),
    FaultKind(
        "friction",
        ("wheel",),
        "Its friction is multiplied.",
        actuators.Friction,
        'device = "wheel x"\nfactor = 3.0',
        ("factor",),
    ),
    FaultKind(
        "gain",
        ("wheel", "rod"),
        "It gives a part of what is commanded; below zero, in the wrong direction.",
        actuators.Gain,
        'device = "wheel x"\nfactor = -1.0',
        ("factor",),
    ),
    FaultKind(
        "runaway",
        ("wheel",),
        "Its motor drives on whatever is commanded.",
        actuators.Runaway,
        'device = "wheel x"\ntorque_Nm = 0.002',
        ("torque_Nm",),
    ),
    FaultKind(
        "stuck_on",
        ("rod",),
        "Its current stays whatever is commanded.",
        actuators.StuckOn,
        'device = "rod 0"\ndipole_A_m2 = 0.2',
        ("dipole_A_m2",),
    ),
    FaultKind(
        "stuck_shut",
        ("thruster",),
        "Its valve does not open.",
        actuators.Shut,
        'device = "thruster a"',
    ),
    FaultKind(
        "stuck_open",
        ("thruster",),
        "Its valve does not shut.",
        actuators.Open,
        'device = "thruster a"',
    ),
    FaultKind(
        "leaking",
        ("thruster",),
        "It gives a part of its thrust while it is shut.",
        actuators.Leaking,
        'device = "thruster a"\nfactor = 0.02',
        ("factor",),
    ),
    FaultKind(
        "weak",
        ("thruster",),
        "It gives a part of its thrust.",
        actuators.Weak,
        'device = "thruster a"\nfactor = 0.5',
        ("factor",),
    ),
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
        "Octets that nobody sent stand between the frames.",
        line.NoiseOctets,
        'device = "line from_obc"\noctets = 20',
        ("octets",),
    ),
    FaultKind(
        "silence",
        ("line", OWN_LINE),
        "Nothing gets through: a broken wire, or both ways a plug that is out.",
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
        "It says its last message of each kind again and again, counter and time as they were.",
        ownline.Frozen,
        'device = "gyro 0"',
    ),
    FaultKind(
        "hung",
        (ON_LINE,),
        "Its own firmware stands still: it hears and says nothing, and does on what it was told. "
        "At the end it starts anew.",
        ownline.Hung,
        'device = "wheel x"',
    ),
    FaultKind(
        "restart",
        (ON_LINE,),
        "It starts anew, with its start-up time and what it says by itself then, and has forgotten "
        "what it was told; with duration_s it has no power so long before.",
        ownline.Restart,
        'device = "gyro 0"',
        moment=True,
    ),
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
KINDS: dict[str, FaultKind] = {kind.name: kind for kind in _ALL}
