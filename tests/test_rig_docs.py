"""docs/rig_files.md knows every key that a rig may have."""

from pathlib import Path

import pytest

from hil.physics.ground import GroundTarget
from hil.physics.orbit import InitialOrbit
from hil.requirements import Allowed, ColumnRequirement, ModeRequirement, PointingRequirement
from hil.rig import Attitude, ObcSettings, Order, Rig, Spacecraft, Uplink

TEXT = (Path(__file__).parents[1] / "docs/rig_files.md").read_text()
MODELS = [
    Rig, InitialOrbit, Attitude, ObcSettings, Uplink, Allowed, GroundTarget, Order,
    PointingRequirement, ColumnRequirement, ModeRequirement, Spacecraft,
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_told_of(model):
    for key in model.model_fields:
        told = any(f"{mark}{key}" in TEXT for mark in ("`", "[", "] "))
        assert told or (model is Spacecraft and key == "name"), key
