"""Faults that only the rest of the loop shows: of rods, and of a star tracker that drifts."""

from pathlib import Path

import numpy as np
import pytest

from hil.bench import run
from hil.judge.pointing import attitude_error, q_eci_from_target
from hil.recording import Recording
from hil.rig import load_rig

NADIR = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
BEGIN = 130.0


def flown(folder, total_s, **fault):
    fault = {"name": "f", "at_s": BEGIN, **fault}
    rig = load_rig(NADIR).with_overrides(duration_s=total_s, fault=[fault])
    return Recording(run(rig, "library", folder / "run.mcap").recording)


def told(recording, name):
    return [
        (each.time_s, each.value)
        for each in recording.events
        if each.source == "obc" and each.name == name
    ]


def error_deg(recording):
    columns = ("truth_position_eci_m", "truth_velocity_eci_m_s", "truth_q_eci_from_body")
    truth = {name: recording[name] for name in columns}
    off = attitude_error(truth["truth_q_eci_from_body"], q_eci_from_target(truth, "nadir"))
    return np.degrees(np.linalg.norm(off, axis=1))


@pytest.mark.parametrize("rod", [0, 1, 2])
def test_a_rod_that_is_stuck_on_is_named_and_told_to_be_well_again(rod, tmp_path):
    fault = {"device": f"rod {rod}", "kind": "stuck_on", "dipole_A_m2": 0.3, "duration_s": 60.0}
    recording = flown(tmp_path, 300.0, **fault)
    [(failed_s, failed)] = told(recording, "rod_failed")
    [(restored_s, restored)] = told(recording, "rod_restored")
    assert failed == restored == rod
    assert failed_s - BEGIN < 30.0
    assert BEGIN + 60.0 < restored_s < BEGIN + 160.0
    assert error_deg(recording)[round(10 * BEGIN) :].max() < 0.1


def test_a_rod_that_is_asked_for_little_is_not_blamed(tmp_path):
    recording = flown(tmp_path, 200.0, device="rod 0", kind="gain", factor=1.1)
    assert not told(recording, "rod_failed")


def test_the_pointing_comes_back_after_a_star_tracker_that_drifted(tmp_path):
    fault = {"device": "star_tracker 0", "kind": "drift", "duration_s": 60.0}
    recording = flown(tmp_path, 450.0, drift_per_s=[8e-5, 0.0, 0.0, 0.0], **fault)
    error = error_deg(recording)
    [(apart_s, apart_rad_s)] = told(recording, "rates_apart")
    assert apart_s - BEGIN < 65.0
    assert apart_rad_s == pytest.approx(1.6e-4, rel=0.4)  # twice the quaternion's
    assert error[round(10 * (BEGIN + 60.0))] > 0.1
    assert error[-200:].max() < 42.0 / 3600.0
