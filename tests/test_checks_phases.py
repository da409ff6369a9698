"""Requirements that hold in a mode, above a horizon, after settling, or from some moment on."""

import json
import math
from datetime import UTC, datetime

import numpy as np
import pytest
from pydantic import TypeAdapter

from hil.judge import error_of, evaluate_requirement, only_time_decides, stretches
from hil.judge.requirements import Requirement
from hil.physics.ground import Ground
from hil.physics.groundtarget import GroundTarget
from hil.physics.rotations import from_matrix
from hil.physics.sky import Sky
from hil.recording import Recorder, Recording

STEPS, STEP_s = 100, 0.1
TIME = STEP_s * np.arange(STEPS)
PLACE = GroundTarget(
    name="here", kind="target", latitude_deg=10.0, longitude_deg=20.0, height_m=100.0
)
GROUND = Ground([PLACE], Sky(datetime(2026, 3, 21, tzinfo=UTC)))
HEIGHT_m = 500e3


def passing(elevation_deg):
    """Spacecraft positions at which it stands so high above the place, 500 km above its plane."""
    place = GROUND.position_eci_m("here", TIME)
    up = place / np.linalg.norm(place, axis=1, keepdims=True)
    across = np.cross(up, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    away = HEIGHT_m / np.tan(np.radians(np.broadcast_to(elevation_deg, STEPS)))
    return place + HEIGHT_m * up + away[:, None] * across


def looking_at(direction_eci, off_deg=0.0):
    """Attitudes whose +z looks off a direction by an angle about the body's x axis."""
    z = direction_eci
    x = np.cross([0.0, 0.0, 1.0], z)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    y = np.cross(z, x)
    off = np.radians(np.broadcast_to(off_deg, STEPS))[:, None]
    turned = [x, np.cos(off) * y + np.sin(off) * z, np.cos(off) * z - np.sin(off) * y]
    return from_matrix(np.stack(turned, axis=-1))


@pytest.fixture
def recorded(tmp_path):
    def record(mode=0.0, off_deg=0.0, elevation_deg=60.0, rate=0.0, sun=0.0, name="run.mcap"):
        position = passing(elevation_deg)
        parts = {
            "time_s": TIME[:, None],
            "truth_q_eci_from_body": looking_at(
                GROUND.direction_eci("here", TIME, position), off_deg
            ),
            "truth_position_eci_m": position,
            "truth_rate_body_rad_s": np.broadcast_to(rate, STEPS)[:, None],
            "truth_sunlit": np.broadcast_to(sun, STEPS)[:, None],
            "estimate_mode": np.broadcast_to(mode, STEPS)[:, None],
        }
        columns = [(key, values.shape[1]) for key, values in parts.items()]
        metadata = {"wire": {"modes": json.dumps(["idle", "nadir"])}}
        with Recorder(tmp_path / name, columns, metadata=metadata) as recorder:
            for k, row in enumerate(np.column_stack(list(parts.values()))):
                recorder.step(k * 10**8, row)
        return Recording(tmp_path / name)

    return record


def requirement(**keys):
    return TypeAdapter(Requirement).validate_python({"name": "it", **keys})


def pointing(**changes):
    table = {
        "index": "APE",
        "target": "ground",
        "ground": "here",
        "axis": "boresight",
        "limit_deg": 0.1,
        "probability": 1.0,
        "interpretation": "temporal",
    }
    return requirement(**{**table, **changes})


def slow(**changes):
    return requirement(column="truth_rate_body_rad_s", limit=0.1, **changes)


def since(step, before, after):
    return np.where(np.arange(STEPS) < step, before, after)


# ---- a place on the ground -----------------------------------------------------------------------


def test_a_boresight_on_the_ground_is_judged_by_the_angle_to_the_place(recorded):
    verdict = evaluate_requirement(pointing(), [recorded(off_deg=0.08)], GROUND)
    assert verdict.met
    assert verdict.value == pytest.approx(0.08, rel=1e-6)


def test_an_error_on_the_ground_has_its_axis_in_the_body(recorded):
    errors = error_of(pointing(), recorded(off_deg=0.08), GROUND)
    expected = np.broadcast_to([0.08, 0.0, 0.0], (STEPS, 3))
    assert np.degrees(errors) == pytest.approx(expected, abs=1e-6)


def test_a_place_that_the_rig_does_not_have_is_not_judged(recorded):
    verdict = evaluate_requirement(pointing(ground="there"), [recorded()], GROUND)
    assert not verdict.judged
    assert verdict.text.endswith('target "ground" has no direction: there is no place called there')


# ---- phases --------------------------------------------------------------------------------------


def test_errors_in_another_mode_do_not_count(recorded):
    recording = recorded(mode=since(40, 0, 1), off_deg=since(40, 5.0, 0.01))
    assert evaluate_requirement(pointing(in_mode="nadir"), [recording], GROUND).met
    assert not evaluate_requirement(pointing(in_mode="idle"), [recording], GROUND).met
    assert stretches(slow(in_mode="nadir"), recording) == [slice(40, 100)]


def test_only_what_the_place_can_see_counts(recorded):
    recording = recorded(elevation_deg=np.linspace(15.05, 25.0, STEPS))
    above = slow(while_elevation_above_deg=20.0, ground="here")
    (part,) = stretches(above, recording, GROUND)
    assert (part.start, part.stop) == (pytest.approx(50, abs=1), 100)


def test_only_sunlight_counts(recorded):
    recording = recorded(sun=since(70, 1.0, 0.2))
    assert stretches(slow(while_sunlit=True), recording) == [slice(0, 70)]


def test_every_stretch_settles_anew(recorded):
    mode = np.array(([0] * 10 + [1] * 15) * 4)
    settled = stretches(slow(in_mode="nadir", settle_s=1.0), recorded(mode=mode))
    assert settled == [slice(20, 25), slice(45, 50), slice(70, 75), slice(95, 100)]


def test_a_window_lies_within_one_stretch(recorded):
    mode = np.array(([0] * 5 + [1] * 20) * 4)
    off = np.repeat([0.0, 1.0, 2.0, 3.0], 25)  # jumps between the stretches, never within one
    relative = pointing(index="RPE", window_s=1.0, in_mode="nadir")
    verdict = evaluate_requirement(relative, [recorded(mode=mode, off_deg=off)], GROUND)
    assert verdict.value == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"in_mode": "nadir"}, "is never in mode nadir in the phase"),
        (
            {"while_elevation_above_deg": 70.0, "ground": "here"},
            "is never 70 deg above the horizon of here in the phase",
        ),
        ({"while_sunlit": True}, "is never in sunlight in the phase"),
        (
            {"in_mode": "idle", "settle_s": 10.0},
            "is never in mode idle for more than 10 s in the phase",
        ),
        ({"in_mode": "target"}, "has no mode target; its modes: idle, nadir"),
    ],
)
def test_a_phase_that_does_not_come_is_not_judged(recorded, keys, words):
    verdict = evaluate_requirement(slow(**keys), [recorded()], GROUND)
    assert (verdict.met, verdict.judged) == (False, False)
    assert verdict.text.endswith(words)


# ---- from some moment on -------------------------------------------------------------------------


def test_the_moment_from_which_on_a_column_stays_below_its_limit_is_judged(recorded):
    rate = since(30, 1.0, 0.01)
    rate[10] = 0.0  # once below is not yet for good
    recording = recorded(rate=rate)
    verdict = evaluate_requirement(slow(by_s=5.0), [recording])
    assert (verdict.met, verdict.unit, verdict.limit) == (True, "s", 5.0)
    assert verdict.value == pytest.approx(3.0)
    assert verdict.text == (
        "it: truth_rate_body_rad_s within 0.1 rad/s from 3 s on, by 5 s (always, "
        "1 run: 50 samples, 5 s, 100 % of the phase); "
        f"latest in {recording.path}"
    )
    assert not evaluate_requirement(slow(by_s=2.9), [recording]).met


def test_what_fails_at_the_end_never_came(recorded):
    verdict = evaluate_requirement(slow(by_s=5.0), [recorded(rate=since(99, 0.0, np.nan))])
    assert (verdict.met, verdict.value) == (False, math.inf)
    assert (
        "truth_rate_body_rad_s is not known at the end and was to stay within 0.1 rad/s from 5 s "
        "on: smallest 0 rad/s at 0 s"
    ) in verdict.text


def test_a_run_that_ends_before_the_moment_is_not_judged(recorded):
    verdict = evaluate_requirement(slow(by_s=10.0), [recorded()])
    assert (verdict.met, verdict.judged) == (False, False)
    assert verdict.text.endswith("not judged: applies from 10 s, the run ends at 9.9 s")
    assert evaluate_requirement(slow(by_s=9.9), [recorded()]).basis.samples == 1


def test_the_latest_run_decides(recorded):
    runs = [recorded(rate=since(step, 1, 0), name=f"{step}.mcap") for step in (10, 60, 20)]
    verdict = evaluate_requirement(slow(by_s=5.0), runs)
    assert (verdict.met, verdict.recording.name) == (False, "60.mcap")


def test_a_mode_must_be_reached_and_kept(recorded):
    mode = since(20, 0, 1)
    there = requirement(mode="nadir", by_s=3.0)
    verdict = evaluate_requirement(there, [recorded(mode=mode)])
    assert verdict.met
    assert verdict.value == pytest.approx(2.0)
    assert "it: mode nadir from 2 s on, by 3 s" in verdict.text
    mode[70] = 0
    assert not evaluate_requirement(there, [recorded(mode=mode)]).met
    assert evaluate_requirement(
        requirement(mode="nadir", by_s=3.0, to_s=6.9), [recorded(mode=mode)]
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"in_mode": "nadir"},
        {"while_elevation_above_deg": 30.0, "ground": "here"},
        {"while_sunlit": True},
        {"settle_s": 5.0, "in_mode": "nadir"},
        {"after_fault": "gyro sticks"},
        {"while_fault": "gyro sticks"},
        {"while_no_fault": True},
    ],
)
def test_when_a_phase_is_that_hangs_on_the_run_is_not_known_before_it(keys):
    rate = {"name": "it", "column": "truth_rate_body_rad_s", "limit": 0.1}
    read = TypeAdapter(Requirement).validate_python
    assert not only_time_decides(read({**rate, **keys}))
    assert only_time_decides(read({**rate, "from_s": 1.0, "to_s": 2.0}))
