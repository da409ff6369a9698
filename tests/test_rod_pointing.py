"""Rods alone point a spacecraft at the Earth, once they know its own dipole."""

from pathlib import Path

import numpy as np
import pytest

from hil.bench import run
from hil.errors import HilError
from hil.judge import evaluate
from hil.recording import Recording
from hil.rig import load_rig

RIG = Path(__file__).parents[1] / "rigs" / "alfarabi2_nadir.toml"


def flown(rig, path, **software):
    craft = rig.spacecraft
    told = craft.model_copy(update={"flight_software": {**craft.flight_software, **software}})
    changed = rig.model_copy(update={"spacecraft": told})
    changed._source, changed._read = rig._source, rig._read
    return Recording(run(changed, "library", path).recording)


def missed(rig, recordings):
    return [each.text for each in evaluate(rig, recordings) if not each.met]


def test_nadir_is_held_by_rods_in_the_fifth_orbit(tmp_path):
    rig = load_rig(RIG)
    recording = flown(rig, tmp_path / "run.mcap")
    assert missed(rig, [recording]) == []
    assert np.all(recording["command_wheel_torque_Nm"] == 0.0)


def test_without_its_parameter_nadir_needs_wheels(tmp_path):
    rig = load_rig(RIG).with_overrides(duration_s=5000.0, requirement=[])
    with pytest.raises(HilError, match="nadir"):
        flown(rig, tmp_path / "run.mcap", rod_pointing_rad_s=0.0)


@pytest.mark.slow
def test_nadir_is_held_by_rods_for_ten_seeds(tmp_path):
    rig = load_rig(RIG)
    runs = [
        flown(rig.with_overrides(seed=seed), tmp_path / f"{seed}.mcap") for seed in range(1, 11)
    ]
    assert missed(rig, runs) == []
