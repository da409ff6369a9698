"""Whether a run can be numbered and its recording held, worked out before it begins."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hil.bench.radio import ground_end
from hil.bench.riglines import telemetry_of
from hil.devices.sensor import Sensor
from hil.errors import RigError
from hil.link.budget import budget
from hil.link.messages import (
    RADIO_FRAME_OCTETS,
    RADIO_HEARD,
    RADIO_SEND,
    RADIO_STATE,
    SIGHTINGS,
    Message,
)
from hil.obc.place import Obc
from hil.physics.environment_span import nrlmsis
from hil.rig import Rig
from hil.rig.recorded import expected_octets

_STEPS_MOST = 1 << 32  # SYNC counts them in 32 bits
_SECONDS_MOST = 1 << 32  # the time code's whole seconds
_WORTH_SAYING_BYTES = 1e9


def refuse_lacking(rig: Rig) -> None:
    """Raise RigError for a rig whose run needs a package or a decoder that is not there."""
    telemetry_of(rig)
    if rig.radio is not None:
        ground_end()
    try:
        nrlmsis(rig.environment)
    except ValueError as error:
        raise RigError(f"[environment] {error}") from None


def check_room(rig: Rig, path: Path) -> str:
    """Return a sentence about a recording that will be large, or nothing.

    Raises RigError for a run with more steps or seconds than the line can count, and for one whose
    recording is larger than the space that is left for it.
    """
    if rig.steps >= _STEPS_MOST or rig.duration_s >= _SECONDS_MOST:
        raise RigError(
            f"{rig.name}: duration_s = {rig.duration_s:g} is more than the line can count: it ends "
            f"at 2**32 steps and 2**32 s, here {min(_SECONDS_MOST, _STEPS_MOST * rig.step_s):.3g} s"
        )
    expected = expected_octets(rig)
    free = _free_bytes(path)
    if free is not None and expected > free:
        raise RigError(
            f"{path}: a recording of {rig.steps} steps takes about {_in_GB(expected)}, and "
            f"{_in_GB(free)} are free: make room, name another place, or shorten duration_s"
        )
    if expected < _WORTH_SAYING_BYTES:
        return ""
    return f"the recording will take about {_in_GB(expected)}"


def check_budget(rig: Rig, obc: Obc, sensors: Sequence[Sensor]) -> str:
    """Return what a step costs on an OBC's line; raises RigError when that is too much."""
    assert obc.baud is not None
    samples = Counter(sensor.message for sensor in sensors)
    commands = [each.command for each in rig.spacecraft.separate if each.n]
    pieces: Counter[Message] = Counter()
    for sensor in sensors:
        if sensor.stream is not None:
            pieces[sensor.stream] += sensor.pieces_most
    if pieces:
        commands.append(SIGHTINGS)
    if rig.radio is not None:
        octets = rig.radio.up_rate_bit_s * rig.step_s / 8.0
        pieces |= {RADIO_STATE: 1, RADIO_HEARD: 1 + int(octets / RADIO_FRAME_OCTETS)}
        commands += [RADIO_SEND] * 2
    cost = budget(samples, obc.baud, rig.step_s, obc.adapter_s, commands, pieces)
    if not cost.fits:
        raise RigError(
            f"{rig.name} cannot run in real time on {obc.name}: {cost}; raise [obc] baud or "
            "step_s, or lower the sensors' rates"
        )
    return f"line: {cost}"


def _free_bytes(path: Path) -> int | None:
    """What a file may grow to; None for what is no file, or where nobody can tell."""
    if path.exists() and not path.is_file():
        return None
    try:
        return shutil.disk_usage(path.parent).free + (path.stat().st_size if path.exists() else 0)
    except OSError:
        return None


def _in_GB(size: float) -> str:
    return f"{size / 1e9:.3g} GB"
