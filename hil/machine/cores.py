"""The processor cores that this process may use."""

from __future__ import annotations

import os
import sys


def usable_cores() -> list[int]:
    """Return their numbers, at least one: fewer than the machine has in a container or a CI job."""
    if sys.platform == "linux":
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))
