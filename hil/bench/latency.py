"""How late an OBC's commands take effect in lockstep: as assumed, measured or distributed."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from hil.devices.sensor import generator
from hil.errors import RigError
from hil.recording import Recording
from hil.rig.latency import LatencyTable

_BLOCK = 4096
_P99_SIGMAS = 2.3263478740408408  # standard normal quantile of 0.99


def latency_of(
    table: LatencyTable | None, constant_s: float, rig: Path, seed: int
) -> float | Callable[[int], float]:
    """Return the latency in seconds, or what tells that of a step; the same seed tells the same.

    rig: the rig's file, for the path in the table.
    Raises RigError for a recording that measured none.
    """
    if table is None:
        return constant_s
    if table.from_recording is not None:
        return _replayed(rig.parent / table.from_recording)
    assert table.median_s is not None
    assert table.p99_s is not None
    sigma = math.log(table.p99_s / table.median_s) / _P99_SIGMAS
    source = generator(seed, "reply latency")
    median_s, block = table.median_s, np.empty(0)

    def drawn(step: int) -> float:
        nonlocal block
        if step % _BLOCK == 0:
            block = median_s * np.exp(sigma * source.standard_normal(_BLOCK))
        return float(block[step % _BLOCK])

    return drawn


def _replayed(path: Path) -> Callable[[int], float]:
    recording = Recording(path)
    if recording.metadata.get("run", {}).get("pace") != "real time":
        raise RigError(
            f"{path} was not run in real time: its replies tell no latency; record one with "
            "`hil run ... --realtime`"
        )
    measured_s = recording["reply_s"] + recording["late_s"]
    return lambda step: float(measured_s[step % len(measured_s)])
