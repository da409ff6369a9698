"""CCSDS unsegmented time code (301.0-B, 3.2): 4 octets of seconds, 3 of fraction, agency epoch.

The preamble (0x2F) is implicit: both ends know it from the message table. The epoch is the start
of the run, so a tick count is the simulated time in units of 2**-24 s.
"""

TICKS_PER_SECOND = 1 << 24
PREAMBLE = 0x2F
OCTETS = 7


def ticks_from_us(time_us: int) -> int:
    """Simulated time in whole microseconds as CUC ticks, rounded to the nearest."""
    return (time_us * TICKS_PER_SECOND + 500_000) // 1_000_000


def seconds_from_ticks(ticks: int) -> float:
    """CUC ticks as seconds; exact for runs shorter than 2**29 s."""
    return ticks / TICKS_PER_SECOND
