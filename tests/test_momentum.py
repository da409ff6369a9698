"""Momentum that the wheels cannot hold, on a spacecraft without rods or thrusters."""

from pathlib import Path

import numpy as np
import pytest
from rig_files import edited

from hil.bench import run
from hil.judge.pointing import attitude_error, q_eci_from_target
from hil.recording import Recording
from hil.rig import load_rig

RIGS = Path(__file__).parents[1] / "rigs"
NADIR, SUN_SAFE = 1.0, 3.0
LONG_s = 7000.0


@pytest.fixture
def flown(tmp_path):
    """Fly Di'er-5 without rods, its wheels fast, with a dipole that loads them within minutes."""

    def fly(dipole_A_m2, speed_rad_s, duration_s):
        text = (
            (RIGS / "spacecraft" / "dier5.toml")
            .read_text()
            .replace('"../parts/', f'"{RIGS}/parts/')
        )
        text = edited(text, "[0.010, -0.006, 0.008]", str(list(dipole_A_m2)))
        text = text.replace("initial_speed_rad_s = 60.0", f"initial_speed_rad_s = {speed_rad_s}")
        text = edited(text, "rod_dipole_max_A_m2 = 0.3", "rod_dipole_max_A_m2 = 0.0")
        (tmp_path / "loaded.toml").write_text(text)
        rig = edited(
            (RIGS / "dier5_nadir.toml").read_text(), "spacecraft/dier5.toml", "loaded.toml"
        )
        (tmp_path / "rig.toml").write_text(rig)
        rig = load_rig(tmp_path / "rig.toml").with_overrides(duration_s=duration_s, requirement=[])
        return Recording(run(rig, "library", tmp_path / "run.mcap").recording)

    return fly


def told(recording):
    return [event.name for event in recording.events if event.source == "obc"]


def off_nadir_deg(recording):
    columns = ("truth_position_eci_m", "truth_velocity_eci_m_s", "truth_q_eci_from_body")
    truth = {name: recording[name] for name in columns}
    off = attitude_error(truth["truth_q_eci_from_body"], q_eci_from_target(truth, "nadir"))
    return np.degrees(np.linalg.norm(off, axis=1))


def test_pointing_is_traded_for_momentum_and_comes_back(flown):
    recording = flown([0.25, 0.0, 0.0], 450.0, 1000.0)
    events, time_s = told(recording), recording["time_s"]
    assert events.count("wheel_near_limit") >= 1
    assert events.count("pointing_regained") >= 1
    assert not {"wheel_saturated", "wheel_stalled", "pointing_diverged"} & set(events)
    assert set(recording["estimate_mode"]) == {NADIR}
    off_deg = off_nadir_deg(recording)[time_s > 120.0]
    assert (off_deg < 42.0 / 3600.0).mean() > 0.2
    assert 1.0 < off_deg.max() < 15.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dipole_A_m2", "speed_rad_s"),
    [([0.5, 0.0, 0.0], 500.0), ([0.0, 0.0, -0.4], 500.0)],
)
def test_wheels_that_are_full_are_unloaded_by_the_own_dipole_and_nadir_comes_back(
    flown, dipole_A_m2, speed_rad_s
):
    recording = flown(dipole_A_m2, speed_rad_s, LONG_s)
    events, time_s = told(recording), recording["time_s"]
    assert events.count("momentum_full") >= 1
    assert events.count("momentum_allows") >= 1
    assert not {"pointing_diverged", "wheel_stalled", "tumbling", "mode_given_up"} & set(events)
    assert set(recording["estimate_mode"]) == {NADIR, SUN_SAFE}
    rate_deg_s = np.degrees(np.linalg.norm(recording["truth_rate_body_rad_s"], axis=1))
    assert rate_deg_s[time_s > 120.0].max() < 2.5  # the slew back
    on_target = (off_nadir_deg(recording) < 42.0 / 3600.0) & (recording["estimate_mode"] == NADIR)
    back = time_s > next(e.time_s for e in recording.events if e.name == "momentum_allows")
    assert on_target[back].sum() > 3000  # five minutes
