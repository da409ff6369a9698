"""Requirements on what the OBC sees in pictures: found, told right, nothing else, found again."""

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from hil.errors import CheckError, RigError
from hil.judge.detected import DetectionFigure
from hil.judge.detection_words import detection_verdict
from hil.judge.detections import (
    ClassRequirement,
    DetectionRequirement,
    FalseDetectionRequirement,
    ReacquisitionRequirement,
)
from hil.judge.phases import Run
from hil.physics.ground import Ground
from hil.physics.groundtarget import GroundTarget
from hil.physics.rotations import apply, conjugate
from hil.physics.sky import Sky
from hil.recording.picture import Sight, Sights
from hil.rig import load_rig
from hil.rig.eyes import CameraEye

RIGS = Path(__file__).parents[1] / "rigs"
STEP_s, PICTURES, LATE_s = 0.5, 20, 0.5
PLACE = GroundTarget(name="tanker", kind="target", latitude_deg=10, longitude_deg=20, height_m=0)
WANTED = {"detects": "tanker", "probability": 0.9, "name": "found"}


class Eye:
    """Sees everything in the middle of its picture; clouds come when they are told to."""

    def __init__(self, clouded=(), outside=()):
        self.clouded, self.outside, self.asked = clouded, outside, 0

    def pixel_of(self, away_body):
        assert away_body.shape == (3,)
        self.asked += 1
        return 80.0, 60.0

    def is_inside(self, column, row):
        assert (column, row) == (80.0, 60.0)
        return self.asked - 1 not in self.outside

    def is_behind_cloud(self, place_ecef_m, eye_ecef_m, time_s):
        return round(time_s) in self.clouded


def sight(kind="ship", column=81.0, row=60.0, track=1):
    return Sight(kind, 0.9, track, column, row, 4)


def judged(requirement, found, clouded=(), outside=(), pictures=PICTURES):
    """Judge a run of a picture a second; found: what is told of each, 0.7 s after its shutter."""
    ground = Ground([PLACE], Sky(datetime(2026, 3, 21, tzinfo=UTC)), eyes=[Eye(clouded, outside)])
    run = Run("run", STEP_s, (), math.inf, frozenset())
    figure = DetectionFigure(requirement, ground, run, Path("run.mcap"))
    time_s = STEP_s * np.arange(2 * pictures)
    told = np.arange(len(time_s)) % 2 == 1  # half a second after the shutter
    frame = np.where(told, np.arange(len(time_s)) // 2, np.nan)
    above = ground.position_eci_m("tanker", time_s) * 1.08
    rows = {
        "time_s": time_s,
        "truth_position_eci_m": above,
        "truth_velocity_eci_m_s": np.zeros_like(above),
        "truth_q_eci_from_body": np.tile([0.0, 0.0, 0.0, 1.0], (len(time_s), 1)),
        "camera0_frame": frame,
        "camera0_age_s": np.where(told, LATE_s, np.nan),
    }
    for part in (slice(0, 7), slice(7, None)):
        figure.feed({name: values[part] for name, values in rows.items()})
    figure.tell([(n + 0.7, Sights(0, n, 0, tuple(each))) for n, each in enumerate(found)])
    return figure.finish()


def verdict(requirement, *runs, **keys):
    return detection_verdict(requirement, [judged(requirement, each, **keys) for each in runs])


ALWAYS = [[sight()]] * PICTURES


def with_gaps(*gaps, instead=()):
    return [list(instead) if n in gaps else [sight()] for n in range(PICTURES)]


def test_an_object_is_found_in_the_share_of_pictures_with_a_find_near_it():
    wanted = DetectionRequirement(**WANTED)
    assert verdict(wanted, with_gaps(3)).value == pytest.approx(5.0)
    assert verdict(wanted, with_gaps(3)).met
    assert not verdict(wanted, with_gaps(3, 4, 5)).met
    far = with_gaps(*range(3), instead=[sight(column=85.0)])
    assert verdict(wanted, far).value == pytest.approx(15.0)


def test_pictures_count_that_show_the_object_and_were_told_of_or_lost():
    wanted = DetectionRequirement(**WANTED)
    hidden = judged(wanted, with_gaps(3, 4), clouded=(3,), outside=(4,))
    assert [value for value, _ in hidden.values] == [0.0] * 18
    cut = judged(wanted, ALWAYS[:-2])  # two may be on their way
    assert len(cut.values) == 18
    assert judged(wanted, ALWAYS[:-5]).share_above == pytest.approx(3 / 18)
    with pytest.raises(CheckError, match="no picture of the phase shows tanker"):
        judged(wanted, ALWAYS, outside=range(PICTURES))


def test_a_kind_is_wanted_of_finds_only_where_it_is_stated():
    as_fire = with_gaps(1, 2, 3, 4, instead=[sight("fire")])
    assert verdict(DetectionRequirement(**WANTED), as_fire).value == 0.0
    assert verdict(DetectionRequirement(**WANTED, kind="ship"), as_fire).value == 20.0
    missed = [[] if n > 9 else each for n, each in enumerate(as_fire)]
    told = ClassRequirement(name="class", classifies="tanker", kind="ship", probability=0.9)
    assert verdict(told, missed).value == pytest.approx(40.0)  # four of the ten with a find


def test_one_picture_of_each_run_is_one_trial():
    wanted = DetectionRequirement(**WANTED)
    one = verdict(wanted, *[ALWAYS] * 10)
    assert one.caveat == "10 runs; 22 needed for 90 % at 90 % confidence"
    assert one.basis.confidence == pytest.approx(1.0 - 0.9**10)  # Clopper and Pearson 1934
    assert verdict(wanted, *[ALWAYS] * 22).caveat == ""
    assert verdict(wanted, *[with_gaps(3)] * 22).basis.failures == 2  # 22 x 1/20, rounded up


def test_finds_of_nothing_named_count_as_false_alarms_a_picture():
    wanted = FalseDetectionRequirement(
        name="false", detects_only=("tanker",), at_most_a_picture=0.1, runs_share=0.9
    )
    island, edge = sight(column=20.0), sight("cloud edge", column=20.0)
    some = [[sight(), island, edge] if n < 3 else [sight(), edge] for n in range(PICTURES)]
    two = verdict(wanted, some, ALWAYS)
    assert two.value == pytest.approx(3 / 40)
    assert two.met
    assert two.basis.failures == 1
    of_fire = wanted.model_copy(update={"kind": "fire"})
    assert verdict(of_fire, some).value == 0.0
    behind = [[sight()]] * PICTURES  # what lies behind a cloud is still no false alarm
    assert verdict(wanted, behind, clouded=range(PICTURES)).value == 0.0


def test_after_a_cloud_the_time_counts_until_it_is_told_in_a_track():
    wanted = ReacquisitionRequirement(name="again", reacquires="tanker", again_within_s=3.0)
    clouded = (5, 6, 7)
    assert verdict(wanted, with_gaps(5, 6, 7), clouded=clouded).value == pytest.approx(0.7)
    late = verdict(wanted, with_gaps(5, 6, 7, 8, 9), clouded=clouded)
    assert late.value == pytest.approx(2.7)
    assert late.worst_time_s == 8.0
    untracked = with_gaps(5, 6, 7, 8, instead=[sight(track=0)])
    assert verdict(wanted, untracked, clouded=clouded).value == pytest.approx(1.7)
    never = verdict(wanted, with_gaps(*range(5, PICTURES)), clouded=clouded)
    assert (never.met, never.reached) == (False, "never")
    with pytest.raises(CheckError, match="no cloud hides tanker"):
        judged(wanted, ALWAYS)


def test_the_same_track_can_be_wanted_after_a_cloud():
    wanted = ReacquisitionRequirement(
        name="again", reacquires="tanker", again_within_s=3.0, same_track=True
    )
    other = [[sight(track=1 if n < 6 else 2)] for n in range(PICTURES)]
    assert verdict(wanted, ALWAYS, clouded=(5,)).met
    assert not verdict(wanted, other, clouded=(5,)).met


def test_the_first_picture_that_shows_it_may_count_too():
    wanted = ReacquisitionRequirement(
        name="lock", reacquires="tanker", again_within_s=3.0, same_track=True, first_too=True
    )
    late = verdict(wanted, with_gaps(0, 1, 2), outside=(0,))
    assert late.value == pytest.approx(2.7)
    assert late.worst_time_s == 1.0
    assert "tanker came into view once and found within 2.7 s" in late.text
    assert not verdict(wanted, with_gaps(*range(PICTURES))).met
    other = [[sight(track=1 if n < 6 else 2)] for n in range(PICTURES)]
    assert not verdict(wanted, other, clouded=(5,)).met


def test_only_the_phase_counts():
    wanted = DetectionRequirement(**WANTED, from_s=4.0, to_s=9.5)
    assert [when for _, when in judged(wanted, ALWAYS).values] == [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]


# -- in a rig --------------------------------------------------------------------------------------


def test_a_rig_says_what_keeps_a_requirement_from_being_judged():
    rig = load_rig(RIGS / "dier5_recognition.toml")
    with pytest.raises(RigError, match="no object called 'trawler'; it has: tanker, ferry"):
        rig.with_overrides(requirement=[{**WANTED, "detects": "trawler"}])
    with pytest.raises(RigError, match="valid numbers: 0 to 0"):
        rig.with_overrides(requirement=[{**WANTED, "camera": 1}])
    nadir = load_rig(RIGS / "dier5_nadir.toml")
    with pytest.raises(RigError, match=r"needs a \[scene\]"):
        nadir.with_overrides(requirement=[WANTED])


def test_a_cloud_hides_the_tanker_while_the_picture_shows_it_white():
    """The cloud of the rig lies over the tanker about 350 s after the start, for some 10 s."""
    rig = load_rig(RIGS / "dier5_recognition.toml")
    (eye,) = rig.ground.eyes
    assert isinstance(eye, CameraEye)
    fall = rig.free_fall.states(np.arange(330.0, 370.0, 1.0))[:, :3]
    hidden = []
    for time_s, position in zip(np.arange(330.0, 370.0, 1.0), fall, strict=True):
        place = rig.ground.targets["tanker"].position_ecef_m(time_s)
        q = rig.ground.q_eci_from_ecef(time_s)
        if eye.is_behind_cloud(place, apply(conjugate(q), position), time_s):
            hidden.append(time_s)
    assert 345.0 <= min(hidden) <= 352.0
    assert 6.0 <= max(hidden) - min(hidden) <= 14.0
