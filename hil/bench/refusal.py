"""Which runs compiled code can make, and why it cannot make the others."""

from __future__ import annotations

import ctypes
import sys

from hil.bench.member import Member
from hil.devices.registry import registry
from hil.faults.schedule import SEEN
from hil.link.clock import Clock
from hil.native import tables
from hil.obc.library import REPLY_CAPACITY
from hil.physics.compiled import is_compiling

_ACTUATORS = 3  # kinds of this package: wheels, rods, thrusters
_WHOLE = 1 << 53  # up to here float64 has every whole number


def refusal(member: Member, clock: Clock) -> str:
    """Return why a member's steps cannot be made by compiled code; nothing when they can."""
    rig, world, obc = member.rig, member.world, member.obc
    own = [each for each in world.sensors if not tables.fits(each)]
    waits = [fault for fault in rig.fault if (fault.on or "").startswith(SEEN)]
    longest = (rig.steps + 1) * max((clock.period_s * 1_000_000).numerator, clock.parts[1])
    reasons = {
        f"it runs on {obc.name}": not obc.can_be_called,
        "it is paced in real time": member.realtime,
        "nothing is compiled here (NUMBA_DISABLE_JIT)": not is_compiling(),
        f"no clock for compiled code on {sys.platform}": not clock_address(),
        f"its fault {waits[0].name} waits for {waits[0].on}" if waits else "": bool(waits),
        "it has lines of its devices' own": bool(rig.line) or not rig.obc.wire,
        "it has a camera": bool(member.cameras),
        "it has a radio": rig.radio is not None,
        f"its {own[0].kind} measures in Python" if own else "": bool(own),
        "a wheel follows its commands slowly": world.follows_slowly,
        "it has actuators that another package brings": len(registry().actuators) > _ACTUATORS,
        "its latency differs from step to step": not isinstance(member.latency_s, float),
        "it is too long": longest >= _WHOLE,
        "its samples are too many": tables.octets_most(world.sensors) > REPLY_CAPACITY,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def clock_address() -> int:
    """Return where C's clock_gettime is; 0 where there is none."""
    if sys.platform == "win32":
        return 0
    return ctypes.cast(ctypes.CDLL(None).clock_gettime, ctypes.c_void_p).value or 0
