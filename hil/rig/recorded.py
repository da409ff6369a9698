"""What a rig's run records: whether requirements' columns are there, which are kept, how large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from hil.devices.camera import Camera
from hil.devices.registry import registry
from hil.judge.exposures import columns_of
from hil.judge.rows import age_column
from hil.physics.row import truth_columns
from hil.rig.columns import RADIO_COLUMNS, USER_PREFIX, run_columns
from hil.rig.suggest import suggestion

if TYPE_CHECKING:
    from hil.rig.model import Rig

_JUDGED = (  # what verdicts, link and summary are made from
    "time_s", "step", "truth_q_eci_from_body", "truth_position_eci_m", "truth_velocity_eci_m_s",
    "truth_sun_eci", "truth_sunlit", "command_wheel_torque_Nm", "command_dipole_body_A_m2",
    "estimate_q_eci_from_body", "estimate_mode", "estimate_flags", "housekeeping_watchdog_resets",
    "reply_s", "late_s", *(name for name, _ in RADIO_COLUMNS),
)  # fmt: skip
# The same for a picture's octets, and for them as they lie on the line: noise compresses little.
_PICTURE = 2.0
# A file's octets for those of a whole row of numbers, measured: 0.40 to 0.46 for the row itself,
# 0.72 where few columns are picked, as those that stand still compress best, 0.24 for the line's.
_COMPRESSED, _PICKED, _LINE = 0.46, 0.72, 0.24


class _Sensor(NamedTuple):
    kind: str
    instance: int
    columns: Sequence[tuple[str, int]]


def recorded_columns(
    spacecraft: Mapping[str, object],
    telemetry: Sequence[str] = (),
    *,
    scene: bool = False,
    radio: bool = False,
) -> list[str]:
    """Return the columns of a run; see ``column_sizes``."""
    return list(column_sizes(spacecraft, telemetry, scene=scene, radio=radio))


def column_sizes(
    spacecraft: Mapping[str, object],
    telemetry: Sequence[str] = (),
    *,
    scene: bool = False,
    radio: bool = False,
) -> dict[str, int]:
    """Return how many components each column of a run has.

    spacecraft: its tables by heading. telemetry: of [obc]. scene: whether the rig has one; without
    it cameras are off. radio: the same.
    """
    wheels, thrusters = _count(spacecraft, "wheel"), _count(spacecraft, "thruster")
    sensors = [
        _Sensor(kind.name, instance, kind.columns)
        for kind in registry().sensors
        if scene or not kind.needs_scene
        for instance in range(_count(spacecraft, kind.heading))
    ]
    separate = registry().separate(partial(_count, spacecraft))
    truth = truth_columns(wheels, thrusters, _count(spacecraft, "flexible_mode"))
    found = run_columns(truth, sensors, separate, telemetry, radio=radio)
    return {name: size for name, size in found if size}


def unknown_columns(
    requirements: object,
    spacecraft: Mapping[str, object],
    telemetry: Sequence[str] = (),
    *,
    scene: bool = False,
    radio: bool = False,
) -> Iterator[tuple[int, str]]:
    """Yield (number from 0, sentence) of each [[requirement]] on a column that there is not."""
    if not isinstance(requirements, list):
        return
    known = recorded_columns(spacecraft, telemetry, scene=scene, radio=radio)
    for number, table in enumerate(requirements):
        column = table.get("column") if isinstance(table, dict) else None
        if isinstance(column, str) and column not in known:
            called = table.get("name") or f"number {number + 1}"
            if column.startswith(USER_PREFIX) and not telemetry:
                own = column.removeprefix(USER_PREFIX)
                hint = f'name the firmware\'s number in [obc]: telemetry = ["{own}"]'
            else:
                hint = suggestion(column, known, "this spacecraft's run has")
            yield number, f'[[requirement]] "{called}" column = "{column}": no such column; {hint}'


def kept_columns(rig: Rig, names: Iterable[str]) -> list[str]:
    """Return those of a run's columns that the rig has recorded, in the same order."""
    patterns = rig.recording.columns
    if patterns is None:
        return list(names)
    names = list(names)
    asked = {column for each in rig.requirement if (column := getattr(each, "column", ""))}
    judged = {*_JUDGED, *asked, *(age_column(column, names) or "" for column in asked)}
    for camera in range(len(_cameras(rig))):
        judged |= columns_of(camera)
    return [name for name in names if name in judged or _matches(name, patterns)]


def unmatched_patterns(rig: Rig) -> Iterator[str]:
    """Yield a sentence about each of [recording] columns that no column of the run matches."""
    craft, scene, radio = vars(rig.spacecraft), rig.scene is not None, rig.radio is not None
    known = recorded_columns(craft, rig.obc.telemetry, scene=scene, radio=radio)
    for pattern in rig.recording.columns or ():
        if not any(_matches(name, [pattern]) for name in known):
            hint = suggestion(pattern, known, "this spacecraft's run has")
            yield f'[recording] columns: "{pattern}" matches no column; {hint}'


def expected_octets(rig: Rig) -> float:
    """Return about how large the recording of a run will be."""
    craft, scene, radio = vars(rig.spacecraft), rig.scene is not None, rig.radio is not None
    sizes = column_sizes(craft, rig.obc.telemetry, scene=scene, radio=radio)
    row_octets = 8 * sum(sizes[name] for name in kept_columns(rig, sizes))
    line_octets = _LINE * 8 * sum(sizes.values()) if rig.recording.octets else 0.0
    pictures = sum(_PICTURE * each.frame_octets * each.rate_hz for each in _cameras(rig))
    compressed = _COMPRESSED if rig.recording.columns is None else _PICKED
    rows = rig.steps * (compressed * row_octets / rig.recording.every + line_octets)
    return rows + rig.duration_s * pictures


def _cameras(rig: Rig) -> Sequence[Camera]:
    return rig.spacecraft.tables("camera") if rig.scene is not None else ()


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _count(spacecraft: Mapping[str, object], heading: str, key: str | None = None) -> int:
    """How many devices there are; with a key none if none has it."""
    tables = spacecraft.get(heading)
    if not isinstance(tables, list | tuple):
        return 0
    has = key is None or any(_value(table, key) is not None for table in tables)
    return len(tables) if has else 0


def _value(table: object, key: str) -> object:
    return table.get(key) if isinstance(table, dict) else getattr(table, key, None)
