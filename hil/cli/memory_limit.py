"""Whether this process may have the memory that its libraries take, asked before they are loaded.

A limit that is too small is no error to them: one waits for ever, one ends the process in its own
words, one calls its own file damaged. So this is the first module that the command loads.
"""

import gc
import os
import sys

_LEAST_MB, _A_CORE_MB = 700, 80  # a run takes 631 MB on two cores, half of it set aside for threads
_USAGE = 2  # as hil.errors has it, which is not loaded yet


def too_small(limit_octets: int, cores: int) -> str:
    """Return that a limit of the address space is too small, "" if it is not (or below 0: none)."""
    least_MB = _LEAST_MB + _A_CORE_MB * cores
    if limit_octets < 0 or limit_octets >= least_MB * 1_000_000:
        return ""
    return (
        f"this process may have {limit_octets / 1e6:.0f} MB of memory (ulimit -v "
        f"{limit_octets // 1024}), and needs {least_MB} MB of address space on {cores} cores: "
        f"allow it {least_MB * 1000} or more, or unlimited"
    )


def limit_octets() -> int:
    """Return how much address space this process may have, -1 for any."""
    if sys.platform == "win32":
        return -1
    try:
        import resource
    except ImportError:  # no system that has such limits
        return -1
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return -1 if soft == resource.RLIM_INFINITY else soft


def check() -> None:
    """End the process in a sentence if its memory does not suffice."""
    words = too_small(limit_octets(), os.cpu_count() or 1)
    if words:
        print(f"hil: {words}", file=sys.stderr)
        sys.exit(_USAGE)


def collect_seldom() -> None:
    """Have the collector of garbage look less often: nearly all that libraries load stays."""
    gc.set_threshold(100_000, 50, 100)


check()
collect_seldom()
