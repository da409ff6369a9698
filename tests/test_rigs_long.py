"""Three orbits at the nadir: long enough that wheels go through zero speed, where they stick."""

from pathlib import Path

import numpy as np
import pytest

from hil.bench import run
from hil.judge import evaluate
from hil.recording import Recording
from hil.rig import load_rig

NADIR = Path(__file__).parents[1] / "rigs" / "dier5_nadir.toml"
THREE_ORBITS_s = 17000.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
def test_nadir_is_held_over_three_orbits_and_where_wheels_turn_round(seed, tmp_path):
    rig = load_rig(NADIR).with_overrides(seed=seed, duration_s=THREE_ORBITS_s)
    recording = Recording(run(rig, "library", tmp_path / "run.mcap").recording)
    verdicts = evaluate(rig, [recording])
    assert [verdict.text for verdict in verdicts if not verdict.met] == []
    assert verdicts[0].basis.judged_s == pytest.approx(THREE_ORBITS_s - 120.0)
    late = recording["truth_wheel_speed_rad_s"][recording["time_s"] >= 120.0]
    assert (np.diff(np.sign(late), axis=0) != 0).any()
