"""Scan patterns: their cells, the attitudes told for them, and what counts as covered."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from rig_files import edited

from hil.bench.uplink import telecommands
from hil.bench.world import World
from hil.errors import RigError
from hil.judge.coverage import CoverageRequirement
from hil.judge.covered import CoverageFigure
from hil.judge.phases import Run
from hil.physics.ground import Ground
from hil.physics.rotations import angle_between, apply, from_rotation_vector, multiply
from hil.physics.scan import Scan
from hil.physics.sky import Sky
from hil.rig import load_rig

MISSIONS = Path(__file__).parents[1] / "rigs" / "missions"
SEARCH = MISSIONS / "lunar_debris_search.toml"
EQUATOR = {"name": "s", "inclination_deg": 0.0, "raan_deg": 0.0}
EQUATOR |= {"argument_deg": (0.0, 30.0), "latitude_deg": (-10.0, 10.0), "cell_deg": 10.0}
HERE = np.array([8e6, 0.0, 0.0])


def scan(**keys):
    return Scan(**{**EQUATOR, **keys})


def test_cells_come_row_by_row_there_and_back():
    assert scan().places_deg().tolist() == [
        [5.0, -5.0], [15.0, -5.0], [25.0, -5.0], [25.0, 5.0], [15.0, 5.0], [5.0, 5.0],
    ]  # fmt: skip
    assert len(scan(cell_deg=7.0).places_deg()) == 5 * 3


def test_the_belts_plane_is_turned_as_an_orbits_is():
    polar = scan(inclination_deg=90.0, raan_deg=90.0, argument_deg=(85.0, 95.0), cell_deg=20.0)
    assert polar.away_eci_m(0, HERE[None])[0] == pytest.approx([0.0, 0.0, 1.0], abs=1e-12)


@given(st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1), st.booleans())
def test_an_attitude_has_the_boresight_at_its_cell(axis, far):
    boresight = tuple(float(x) for x in np.array(axis) / np.linalg.norm(axis))
    belt = scan(boresight_body=boresight, radius_m=None if far else 2e7)
    for cell in range(len(belt.places_deg())):
        towards = belt.away_eci_m(cell, HERE[None])[0]
        actual = apply(belt.attitude(cell, HERE), boresight)
        assert angle_between(actual, towards) < 1e-7


def figure(belt, radius_m=1.0, **keys):
    ground = Ground((), Sky(load_rig(SEARCH).orbit.epoch_utc, "moon"), scans=[belt])
    keys = {"exposure_s": 2.0, "within_deg": 1.0, "share": 0.8, **keys}
    requirement = CoverageRequirement(name="c", covers=belt.name, **keys)
    run = Run("r", 0.1, (), 10_000, frozenset())
    return CoverageFigure(requirement, ground, run, Path("a.mcap"))


def looking(belt, held_s, drift_rad_s=0.0, place=HERE):
    """Steps of 0.1 s at each cell for so long, drifting about an axis across the boresight."""
    q = []
    for cell, seconds in enumerate(held_s):
        for step in range(round(seconds * 10)):
            turn = from_rotation_vector([0.1 * step * drift_rad_s, 0.0, 0.0])
            q.append(multiply(belt.attitude(cell, place), turn))
    return {
        "time_s": 0.1 * np.arange(len(q)),
        "truth_q_eci_from_body": np.array(q),
        "truth_position_eci_m": np.tile(place, (len(q), 1)),
    }


def share_left(reducer, rows, pieces=1):
    for part in np.array_split(np.arange(len(rows["time_s"])), pieces):
        reducer.feed({name: values[part] for name, values in rows.items()})
    return reducer.finish().worst.value


@pytest.mark.parametrize("pieces", [1, 7])
def test_a_cell_is_covered_when_it_was_held_for_its_exposure(pieces):
    belt = scan()
    held = [2.1, 2.1, 1.9, 2.5, 2.1, 2.1]
    judged = figure(belt)
    assert share_left(judged, looking(belt, held), pieces) == pytest.approx(1 / 6)
    assert "5 of 6 cells covered; not argument 25 latitude -5 deg" in judged.figure.remark
    assert judged.met_so_far


def test_an_exposure_that_drifts_is_none():
    belt, arcsec = scan(), np.radians(1 / 3600)
    drifting = looking(belt, [3.0] * 6, drift_rad_s=6.0 * arcsec)
    assert share_left(figure(belt, drift_arcsec=13.0), drifting) == 0.0
    assert share_left(figure(belt, drift_arcsec=10.0), drifting) == 1.0


def test_a_cell_that_the_moon_hides_is_not_seen():
    belt = scan(radius_m=2e7, argument_deg=(-5.0, 5.0), latitude_deg=(-5.0, 5.0))
    opposite = -HERE
    assert share_left(figure(belt), looking(belt, [3.0])) == 0.0
    assert share_left(figure(belt), looking(belt, [3.0], place=opposite)) == 1.0


def test_the_obc_is_told_of_each_cell_when_its_turn_comes():
    rig = load_rig(SEARCH)
    told = [each for each in telecommands(rig, World(rig)) if "cell" in each.what]
    assert [each.step for each in told] == list(range(600, 600 + 32 * 800, 800))
    assert told[31].what == "cell 32 of the belt"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"argument_deg": (30.0, 0.0)}, "the second must be larger"),
        ({"latitude_deg": (-95.0, 0.0)}, "between -90 and 90"),
        ({"cell_deg": 1e-3}, "more than 10000: raise cell_deg"),
        ({"at_s": 3.0}, "at_s and every_s belong together"),
    ],
)
def test_what_is_no_pattern_is_refused(keys, words):
    with pytest.raises(ValidationError, match=words):
        scan(**keys)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('covers = "the belt"', 'covers = "the bolt"', 'called "the bolt"; did you mean the'),
        ("duration_s = 2700.0", "duration_s = 2600.0", "32 cells end at 2620 s, after the run"),
        ("radius_m = 2.0e7", "radius_m = 2.0e5", "below the surface of the moon"),
        ("every_s = 80.0", "every_s = 79.97", "every_s.*79.97.*step_s"),
        ("argument_deg = [112.0, 136.0]", "argument_deg = [12.0, 36.0]",
         r'"the belt": cell 1 turns the axis .* deg from the Sun, which is within 45 deg'),
    ],
)  # fmt: skip
def test_a_scan_that_does_not_fit_its_rig_is_one_clear_sentence(old, new, words, tmp_path):
    text = edited(SEARCH.read_text(), old, new).replace("../", f"{MISSIONS.parent}/")
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(RigError, match=words):
        load_rig(tmp_path / "a.toml")
