"""Small rigs for tests: what each of them has, and what a user reads about a wrong one."""

import pytest

from hil.errors import RigError
from hil.rig import load_rig

HEAD = """\
title = "A test"
spacecraft = "small.toml"
seed = 3
duration_s = 60.0
"""

ORBIT = """\
[orbit]
epoch_utc = 2026-03-21T12:00:00Z
semi_major_axis_m = 6900e3
eccentricity = 0.0
inclination_deg = 0.0
raan_deg = 0.0
argument_of_perigee_deg = 0.0
true_anomaly_deg = 0.0
"""

BODY = """\
name = "small"

[body]
mass_kg = 4.0
inertia_body_kg_m2 = [[0.04, 0.0, 0.0], [0.0, 0.03, 0.0], [0.0, 0.0, 0.02]]
"""


def on_the_benchs_line(paths):
    """Return the rigs among some files that run in every place: those not of lines only."""
    return [path for path in paths if "\nwire = false" not in path.read_text()]


def edited(text, old, new):
    """The text with one place changed, which must be there."""
    assert text.count(old)
    return text.replace(old, new, 1)


def told(path):
    """What a user reads about a rig, with the folder's name taken out."""
    with pytest.raises(RigError) as error:
        load_rig(path)
    return str(error.value).replace(f"{path.parent}/", "")
