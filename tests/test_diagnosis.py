"""The diagnosis of a run names the cause that was planted, and nothing where all is well."""

import json
from datetime import timedelta

import numpy as np
import platformdirs
import pytest
from click.testing import CliRunner
from planted import CAUSES, Planted, diagnosed, fault, planted_rig
from planted_more import MORE

from hil import bench, judge
from hil.bench import uplink
from hil.bench.world import World
from hil.cli import main
from hil.diagnosis import diagnose, told
from hil.diagnosis.finding import MOST_LINES, Finding, ranked
from hil.physics.orientation import teme_from_eci
from hil.physics.rotations import apply, conjugate
from hil.recording import Recording

pytest_plugins = ["pytester"]
EPOCH_DAYS = 9576.0  # from J2000 to 2026-03-21, noon
_CACHE = str(platformdirs.user_cache_path())
_FAST = {
    "an inverted wheel", "too small a wheel", "a wrong orbit", "a gyro of the wrong part",
    "swapped gyro axes", "a turned star tracker", "replies are lost", "not settled yet",
    "a controller ten times too slow", "a tachometer in other units", "a gyro that saturates",
    "the wrong mode", "time stamps that are ahead",
}  # fmt: skip
_CASES = [
    pytest.param(each, id=each.name, marks=() if each.name in _FAST else pytest.mark.slow)
    for each in (*CAUSES, *MORE)
]


@pytest.mark.parametrize("planted", _CASES)
def test_a_planted_cause_is_named_first_from_the_data_alone(planted, tmp_path):
    verdicts, _, why = diagnosed(planted, tmp_path / "rig", told=False)
    assert any(verdict.judged and not verdict.met for verdict in verdicts)
    assert planted.words in why.causes[0].words
    assert len(why.lines) <= MOST_LINES


def test_four_dozen_causes_are_planted():
    assert len({each.name for each in (*CAUSES, *MORE)}) >= 48


def test_an_injected_fault_is_named_with_what_its_device_shows(tmp_path):
    planted = next(each for each in CAUSES if each.name == "a wheel that dies")
    _, _, why = diagnosed(planted, tmp_path / "rig")
    assert "wheel y gives" in why.causes[0].words
    assert "fault planted" in why.causes[0].words


def test_where_all_is_met_nothing_is_a_cause(nadir, tmp_path):
    result = bench.run(nadir.with_overrides(duration_s=200.0), "library", tmp_path / "run.mcap")
    recording = Recording(result.recording)
    verdicts = judge.evaluate(nadir.with_overrides(duration_s=200.0), [recording])
    assert all(verdict.met for verdict in verdicts)
    assert not diagnose(recording, verdicts)


def test_a_run_that_ends_before_its_requirements_has_no_cause(tmp_path):
    planted = next(each for each in CAUSES if each.name == "a turned star tracker")
    verdicts, _, why = diagnosed(planted._replace(duration_s=60.0), tmp_path / "rig")
    assert {each.name for each in verdicts if each.too_short} >= {"nadir pointing", "steadiness"}
    assert all(each.met or each.too_short for each in verdicts)
    assert not why.causes


def test_a_fault_that_does_no_harm_is_a_remark(tmp_path):
    harmless = CAUSES[0]._replace(craft=(), added=fault("thermometer 0", "silent", at_s=20.0))
    verdicts, _, why = diagnosed(harmless, tmp_path / "rig")
    assert all(verdict.met for verdict in verdicts)
    assert not why.causes
    assert why.remarks[0].words == "fault planted: thermometer 0 silent, in force from 20.0 s on"


def test_a_date_that_the_ground_told_wrong_is_named(tmp_path, monkeypatch):
    wrong = uplink._J2000.replace(year=2000, month=7)
    monkeypatch.setattr(uplink, "_J2000", wrong)
    verdicts, _, why = diagnosed(CAUSES[0]._replace(craft=()), tmp_path / "rig")
    assert [verdict.name for verdict in verdicts if not verdict.met] == ["attitude knowledge"]
    assert why.causes[0].words.startswith("the date sent to the OBC is off by -182 days")


@pytest.mark.parametrize(("off_s", "causes"), [(0.0, 0), (170.0, 1), (-170.0, 1)])
def test_a_date_rounded_to_single_precision_is_no_cause(nadir, off_s, causes):
    """2026 is 9 576 days from J2000, where floats are 2**-10 days apart: 84 s."""
    epoch = nadir.orbit.epoch_utc + timedelta(seconds=42.0)
    rig = nadir.model_copy(update={"orbit": nadir.orbit.model_copy(update={"epoch_utc": epoch})})
    sent = float(np.float32(EPOCH_DAYS + (42.0 + off_s) / 86400.0))
    assert len(list(told._date(rig, sent))) == causes


@pytest.mark.slow
def test_a_date_that_is_a_day_off_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(uplink, "_J2000", uplink._J2000 + timedelta(days=1))
    narrow = (("limit_deg = 2.0", "limit_deg = 1.5"),)  # 1.05 deg with the right date, 1.79 so
    planted = Planted("a day", "", rig=narrow, base="alfarabi2", duration_s=17000.0)
    verdicts, _, why = diagnosed(planted, tmp_path / "rig")
    assert [verdict.name for verdict in verdicts if not verdict.met] == ["attitude knowledge"]
    assert why.causes[0].words.startswith("the date sent to the OBC is off by -1 days")


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (lambda world, r: apply(conjugate(world.truth_of("q_eci_from_ecef")), r), "Earth-fixed"),
        (lambda _, r: teme_from_eci((2451545.0, EPOCH_DAYS), (2451545.0, EPOCH_DAYS)) @ r, "TEME"),
        pytest.param(lambda _, r: -r, "opposite sign", marks=pytest.mark.slow),
    ],
)
def test_an_orbit_that_the_ground_told_in_another_frame_is_named(
    tmp_path, monkeypatch, mistake, words
):
    def told(world):
        return tuple(
            mistake(world, world.truth_of(name)) for name in ("position_eci_m", "velocity_eci_m_s")
        )

    monkeypatch.setattr(World, "determined_orbit", told)
    planted = next(each for each in CAUSES if each.name == "a wrong orbit")._replace(rig=())
    verdicts, _, why = diagnosed(planted, tmp_path / "rig")
    assert not all(verdict.met for verdict in verdicts)
    assert "the orbit sent to the OBC at the start is" in why.causes[0].words
    assert words in why.causes[0].words


def test_a_recording_without_its_rig_has_no_diagnosis(tmp_path):
    planted = next(each for each in CAUSES if each.name == "replies are lost")
    verdicts, recording, _ = diagnosed(planted, tmp_path / "rig")
    del recording.metadata["rig"]
    assert not diagnose(recording, verdicts)


def test_the_side_that_is_not_to_blame_counts_less():
    sensor = Finding("a sensor is off", 80.0, "knowledge")
    wheel = Finding("a wheel is weak", 70.0, "control")
    assert ranked([sensor, wheel], "control", missed=True).causes[0] == wheel
    assert ranked([sensor, wheel], "any", missed=True).causes[0] == sensor
    assert ranked([sensor, wheel], "any", missed=False).causes == ()


def test_hil_run_and_judge_tell_why(tmp_path):
    planted = next(each for each in CAUSES if each.name == "a turned star tracker")
    rig = planted_rig(planted, tmp_path / "rig")
    out = tmp_path / "run.mcap"
    run = ["run", str(rig.source.path), "--obc", "library", "--duration", "150", "--out", str(out)]
    told = CliRunner().invoke(main, run)
    assert told.exit_code == 1
    assert "likely cause: star tracker 0 is off by 719 arcsec" in " ".join(told.stdout.split())
    again = CliRunner().invoke(main, ["judge", str(out), "--json"])
    causes = json.loads(again.stdout)["rigs"][0]["diagnosis"]["causes"]
    assert causes[0].startswith("star tracker 0 is off by 719 arcsec (mostly y)")


def test_pytest_tells_why_a_requirement_was_missed(pytester, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", _CACHE)  # pytester moves the home
    planted = next(each for each in CAUSES if each.name == "a turned star tracker")
    path = planted_rig(planted, tmp_path / "rig").source.path
    text = path.read_text().replace("duration_s = 600.0", "duration_s = 150.0")
    path.write_text(text)
    result = pytester.runpytest_inprocess(str(path))
    result.stdout.fnmatch_lines(["*attitude knowledge*exceeds*", "*likely cause: star tracker 0*"])
