"""What thrusters have given in a run, and what that is a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hil.recording import Recording

_IMPULSE, _DAY_s = "truth_thruster_impulse_N_s", 86_400.0


def propellant(recording: Recording) -> dict[str, float] | None:
    """Return the impulse of all thrusters in N s, and in a day at this rate; None without any."""
    if _IMPULSE not in dict(recording.columns) or len(recording) < 2:
        return None
    given, time_s = float(recording[_IMPULSE][-1].sum()), recording["time_s"]
    return {
        "impulse_N_s": given,
        "impulse_N_s_a_day": given * _DAY_s / float(time_s[-1] - time_s[0]),
    }


def propellant_line(spent: Mapping[str, Any] | None) -> str:
    """Return it as a line of the summary; "" without thrusters."""
    if spent is None:
        return ""
    a_day = f"{spent['impulse_N_s_a_day']:.4g} N s a day"
    return f"thrusters: {spent['impulse_N_s']:.4g} N s, {a_day}"
