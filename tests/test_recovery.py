"""Healthy hardware and an awkward start: the reference flight software finds its way."""

from pathlib import Path

import numpy as np
import pytest
from rig_files import on_the_benchs_line

from hil.bench import run
from hil.errors import ObcError
from hil.judge import evaluate
from hil.recording import Recording
from hil.rig import load_rig

RIGS = Path(__file__).parents[1] / "rigs"
DAY_s = 86_400.0
UPTIMES_s = [10.0 * DAY_s, 365.25 * DAY_s, 7.0 * 365.25 * DAY_s]


def missed(rig, tmp_path):
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    return {verdict.name: verdict.text for verdict in evaluate(rig, [recording]) if not verdict.met}


def turned(rig, offset_deg, seed):
    attitude = rig.attitude.model_dump(mode="json") | {"offset_deg": offset_deg}
    return rig.with_overrides(attitude=attitude, seed=seed)


def aged(rig, uptime_s):
    given = rig.obc.model_dump(mode="json", exclude_defaults=True)
    return rig.with_overrides(obc=given | {"uptime_at_start_s": uptime_s})


def test_half_a_turn_off_at_the_start_it_is_at_the_nadir_in_two_minutes(tmp_path):
    rig = turned(load_rig(RIGS / "dier5_nadir.toml"), 180.0, 1)
    assert missed(rig, tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize("offset_deg", [60.0, 120.0, 150.0, 170.0, 180.0])
@pytest.mark.parametrize("seed", range(2, 5))
def test_however_far_off_at_the_start_it_is_at_the_nadir_in_two_minutes(offset_deg, seed, tmp_path):
    rig = turned(load_rig(RIGS / "dier5_nadir.toml"), offset_deg, seed)
    assert missed(rig, tmp_path) == {}


def test_seven_years_of_uptime_turn_no_target_away(tmp_path):
    assert missed(aged(load_rig(RIGS / "dier5_target.toml"), UPTIMES_s[-1]), tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize("uptime_s", UPTIMES_s)
@pytest.mark.parametrize(
    "path", on_the_benchs_line(sorted(RIGS.glob("*.toml"))), ids=lambda path: path.stem
)
def test_every_rig_holds_after_any_uptime(path, uptime_s, tmp_path):
    assert missed(aged(load_rig(path), uptime_s), tmp_path) == {}


def test_an_uptime_is_no_part_of_the_physics(tmp_path):
    rig = load_rig(RIGS / "dier5_nadir.toml").with_overrides(duration_s=30.0)
    young, old = (
        Recording(run(each, "library", tmp_path / f"{i}.mcap").recording)
        for i, each in enumerate((rig, aged(rig, UPTIMES_s[1])))
    )
    off = young["truth_q_eci_from_body"] - old["truth_q_eci_from_body"]
    assert np.abs(off).max() < 1e-6


def test_a_refused_mode_is_told_with_its_reason(tmp_path):
    text = (RIGS / "spacecraft" / "dier5.toml").read_text()
    (tmp_path / "parts").symlink_to(RIGS / "parts")
    (tmp_path / "spacecraft").mkdir()
    one = text.replace("\nwheel_count = 3.0\n", "\nwheel_count = 1.0\n")
    (tmp_path / "spacecraft" / "dier5.toml").write_text(one)
    (tmp_path / "a.toml").write_text((RIGS / "dier5_nadir.toml").read_text())
    with pytest.raises(ObcError, match=r"mode nadir: wrong state \(mode refused .*: 8\)"):
        run(load_rig(tmp_path / "a.toml"), "library", tmp_path / "run.mcap")
