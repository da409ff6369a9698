"""Devices that fail in flight, in closed loops: what the flight software makes of it."""

from pathlib import Path

import numpy as np
import pytest

from hil.bench import run
from hil.bench.world import World
from hil.judge.pointing import attitude_error, q_eci_from_target
from hil.recording import Recording
from hil.rig import load_rig
from hil.rig.timeline import Telecommand

RIGS = Path(__file__).parents[1] / "rigs"


@pytest.fixture
def fly(monkeypatch, tmp_path):
    """Fly a rig whose samples go through fault(kind, instance, time_s, sample)."""

    def flown(rig, fault):
        sense = World.sense

        def faulty(self, step, first=0, end=None):
            told = zip(self.sensors[first:end], sense(self, step, first, end), strict=True)
            return [
                sample and fault(sensor.kind, sensor.instance, step * rig.step_s, sample)
                for sensor, sample in told
            ]

        monkeypatch.setattr(World, "sense", faulty)
        path = tmp_path / "run.mcap"
        return Recording(run(rig, "library", path, compiled=False).recording)

    return flown


def short(name, duration_s, believed=None, **tables):
    """A rig made short, with other beliefs of its flight software, or other tables."""
    rig = load_rig(RIGS / f"{name}.toml").with_overrides(duration_s=duration_s)
    own = {**rig.spacecraft.flight_software, **(believed or {})}
    craft = rig.spacecraft.model_copy(update={"flight_software": own})
    return rig.model_copy(update={"spacecraft": craft, "requirement": (), **tables})


def rate_deg_s(recording):
    return np.degrees(np.linalg.norm(recording["truth_rate_body_rad_s"], axis=1))


def silent_gyro_from(begin_s):
    return lambda kind, instance, time_s, sample: (
        None if kind == "gyro" and time_s >= begin_s else sample
    )


@pytest.mark.slow
def test_a_lost_gyro_does_not_spin_a_calm_spacecraft_up(fly):
    recording = fly(short("alfarabi1", 6600.0), silent_gyro_from(6000.0))
    calm = recording["time_s"] >= 6000.0
    assert rate_deg_s(recording)[calm].max() < 0.3


@pytest.mark.slow
def test_without_a_gyro_it_detumbles_and_finds_the_nadir_by_the_star_tracker(fly):
    rig = short("dier5_commissioning", 2500.0, {"autonomy": 1.0}, telecommand=())
    attitude = rig.attitude.model_copy(update={"rate_body_deg_s": (2.0, -1.5, 1.5)})
    obc = rig.obc.model_copy(update={"mode": "nadir"})
    rig = rig.model_copy(update={"attitude": attitude, "obc": obc})
    recording = fly(rig, silent_gyro_from(0.0))
    rate = rate_deg_s(recording)
    assert rate.max() < 1.02 * rate[0]
    assert recording["estimate_mode"][-1] == 1
    assert rate[-1] < 0.1


def frozen_tachometer_from(begin_s):
    """The second wheel's: it goes on telling what it told then."""
    kept = {}

    def fault(kind, instance, time_s, sample):
        if kind == "tachometer" and instance == 1 and time_s >= begin_s:
            return kept.setdefault(instance, sample)
        return sample

    return fault


def events(recording):
    return [event.text for event in recording.events if event.source == "obc"]


def nadir_error_arcsec(recording, begin_s, end_s):
    columns = ("truth_position_eci_m", "truth_velocity_eci_m_s", "truth_q_eci_from_body")
    kept = (recording["time_s"] >= begin_s) & (recording["time_s"] < end_s)
    truth = {name: recording[name][kept] for name in columns}
    off = attitude_error(truth["truth_q_eci_from_body"], q_eci_from_target(truth, "nadir"))
    return 206265.0 * np.linalg.norm(off, axis=1).max()


def test_a_frozen_tachometer_costs_no_wheel(fly):
    half = np.sqrt(0.5)
    orders = (
        Telecommand(at_s=150.0, q_eci_from_body=(0.0, 0.0, half, half), mode="inertial"),
        Telecommand(at_s=350.0, mode="nadir"),
    )
    rig = short("dier5_nadir", 850.0, telecommand=orders)
    recording = fly(rig, frozen_tachometer_from(160.0))
    told = " ".join(events(recording))
    assert "wheel stalled" not in told
    assert told.count("tachometer failed") == 1
    assert nadir_error_arcsec(recording, 500.0, 600.0) < 42.0
    assert nadir_error_arcsec(recording, 600.0, 850.0) < 360.0  # it passes zero, and nobody sees it


def test_a_star_tracker_that_fell_silent_is_told_and_the_attitude_is_said_to_be_coarse(fly):
    recording = fly(
        short("dier5_nadir", 450.0),
        lambda kind, instance, time_s, sample: (
            None if kind == "star_tracker" and time_s >= 100.0 else sample
        ),
    )
    assert sum("sensor silent" in text for text in events(recording)) == 1
    coarse = recording["estimate_flags"].astype(int) & 2
    assert coarse[recording["time_s"] < 390.0][10:].max() == 0
    assert coarse[recording["time_s"] > 410.0].min() == 2
