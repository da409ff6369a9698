"""Rods alone point at the Earth where a parameter tells of it; tests of rigs fly it."""

from pathlib import Path

import pytest

from hil.bench import run
from hil.errors import HilError
from hil.rig import load_rig

RIG = Path(__file__).parents[1] / "rigs" / "alfarabi2_nadir.toml"


def test_without_its_parameter_nadir_needs_wheels(tmp_path):
    rig = load_rig(RIG).with_overrides(duration_s=5000.0, requirement=[])
    software = {**rig.spacecraft.flight_software, "rod_pointing_rad_s": 0.0}
    craft = rig.spacecraft.model_copy(update={"flight_software": software})
    untold = rig.model_copy(update={"spacecraft": craft})
    untold._source, untold._read = rig._source, rig._read
    with pytest.raises(HilError, match="nadir"):
        run(untold, "library", tmp_path / "run.mcap")
