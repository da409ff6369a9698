"""Recordings for the dashboard's tests, made of formulas: what a plot must show is known."""

import json
from pathlib import Path

import numpy as np

from hil.physics.rotations import from_rotation_vector, multiply, q_eci_from_lvlh
from hil.recording import Recorder
from hil.rig import load_rig

RIG = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
MODES = ("idle", "nadir")
COLUMNS = (
    ("time_s", 1), ("step", 1), ("truth_q_eci_from_body", 4), ("truth_rate_body_rad_s", 3),
    ("truth_wheel_speed_rad_s", 3), ("truth_position_eci_m", 3), ("truth_velocity_eci_m_s", 3),
    ("truth_field_eci_T", 3), ("truth_sun_eci", 3), ("truth_sunlit", 1),
    ("command_wheel_torque_Nm", 4), ("command_dipole_body_A_m2", 3),
    ("estimate_q_eci_from_body", 4), ("estimate_mode", 1), ("estimate_flags", 1), ("reply_s", 1),
)  # fmt: skip
STEP_s = 0.1
_RADIUS_m, _RATE_rad_s = 6.9e6, 1.1e-3


def error_arcsec(time_s):
    """The pointing error that the runs here have: from 1000 arcsec down to 10."""
    return 10.0 + 990.0 * np.exp(-np.asarray(time_s) / 20.0)


def start_of(column):
    """Where a column begins in a row."""
    names = [name for name, _ in COLUMNS]
    return sum(size for _, size in COLUMNS[: names.index(column)])


def table(steps, first=0):
    """Rows (steps, width) of a body that comes to the nadir by a turn about its x axis."""
    step = np.arange(first, first + steps, dtype=float)
    time_s = STEP_s * step
    angle, zero, one = _RATE_rad_s * time_s, np.zeros(steps), np.ones(steps)
    position = _RADIUS_m * np.stack([np.cos(angle), np.sin(angle), zero], 1)
    velocity = _RADIUS_m * _RATE_rad_s * np.stack([-np.sin(angle), np.cos(angle), zero], 1)
    turn = np.zeros((steps, 3))
    turn[:, 0] = np.radians(error_arcsec(time_s) / 3600.0)
    q = multiply(q_eci_from_lvlh(position, velocity), from_rotation_vector(turn))
    estimate = multiply(q, from_rotation_vector([0.0, np.radians(5.0 / 3600.0), 0.0]))
    parts = [
        time_s[:, None], step[:, None], q, np.tile([0.0, -_RATE_rad_s, 0.0], (steps, 1)),
        np.tile([60.0, 50.0, 40.0], (steps, 1)), position, velocity,
        np.tile([0.0, 0.0, 3e-5], (steps, 1)), np.tile([1.0, 0.0, 0.0], (steps, 1)), one[:, None],
        np.tile([1e-3, -1e-3, 0.0, 0.0], (steps, 1)), np.tile([0.1, 0.0, 0.0], (steps, 1)),
        estimate, np.where(time_s < 1.0, 0.0, 1.0)[:, None], zero[:, None], 2e-4 * one[:, None],
    ]  # fmt: skip
    return np.concatenate(parts, axis=1)


def metadata(**overrides):
    """What the bench writes first."""
    rig = load_rig(RIG).with_overrides(**overrides)
    run = {"rig": rig.name, "title": rig.title, "step_s": str(STEP_s), "obc": "library"}
    return {
        "run": run,
        "rig": rig.source.metadata(),
        "wire": {"modes": json.dumps(MODES)},
        "obc": {"place": "library", "firmware": "formula", "build": "1"},
    }


def write(recorder, rows):
    """Record rows."""
    for row in rows:
        recorder.step(round(row[0] * 1e9), row)


def record(path, steps=1500, chunk_bytes=64 * 1024):
    """A whole run with two events; returns its rows."""
    rows = table(steps)
    with Recorder(path, COLUMNS, metadata=metadata(), chunk_bytes=chunk_bytes) as recorder:
        recorder.event(0, "obc", "attitude_acquired", "attitude acquired")
        write(recorder, rows)
        recorder.event(round(1e9 * rows[-1, 0]), "bench", "crc_error", "crc: 00ff")
        recorder.metadata("counters", {"lost_replies": 0, "late_replies": 0, "crc_errors": 1})
    return rows
