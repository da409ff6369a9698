"""A flight software that takes devices in another order, sign or time: named from what it does."""

import math
from dataclasses import replace

import numpy as np
import pytest
from misread import Aged, Misreading, of
from planted import Planted, diagnosed, planted_rig
from planted_more import _MOON, _RODS_ONLY

from hil import bench, judge
from hil.diagnosis import diagnose
from hil.diagnosis.orbitmodels import OrbitModels
from hil.diagnosis.trouble import Marked, Trouble
from hil.judge import run_of
from hil.physics.orbit import state_from_elements
from hil.physics.rotations import q_eci_from_lvlh
from hil.recording import Recording
from hil.rig import rig_of

_FULL = (("initial_speed_rad_s = -470.0", "initial_speed_rad_s = -590.0"),)
_SLOWER = (
    _RODS_ONLY,
    '[[requirement]]\nname = "slower"\ncolumn = "truth_rate_body_rad_s"\n'
    "limit_deg_s = 6.0\nby_s = 1200.0\n\n[[requirement]]",
)
_UNLOADS = Planted("thrusters", "", craft=_FULL, base=_MOON, duration_s=1000.0)
_TUMBLES = Planted("rods", "", rig=(_SLOWER,), base="alfarabi2", duration_s=1300.0)
_LEARNS = Planted("cells", "", base="alfarabi2", duration_s=11700.0)
_NADIR = Planted("time", "", duration_s=170.0)
_NO_GPS = (
    '[[gps]]\npart = "../parts/oem719.toml"\nrate_hz = 1.0\nlatency_s = 0.1\n'
    "antenna_body = [0.0, 0.0, -1.0]\n",
    "",
)


def flown(planted, obc, folder, monkeypatch):
    """Run a rig on such a firmware; return verdicts and diagnosis."""
    rig = planted_rig(planted, folder).with_overrides(duration_s=planted.duration_s)
    monkeypatch.setattr("hil.bench.start.open_obc", lambda *_, **__: obc)
    recording = Recording(bench.run(rig, "library", folder / "run.mcap").recording)
    verdicts = judge.evaluate(rig, [recording])
    return verdicts, diagnose(recording, verdicts)


def in_order(*order):
    """The first values in another order."""
    return of(1, lambda values: [values[at] for at in order])


def field(change):
    return {"magnetometer": of(2, change)}


_CAUSES = [
    pytest.param(
        _UNLOADS,
        {"thruster_command": in_order(1, 0, 3, 2)},
        "would in the order b, a, d, c",
        id="pairs of thrusters",
    ),
    pytest.param(
        _UNLOADS,
        {"thruster_command": in_order(2, 3, 0, 1)},
        "would in the order c, d, a, b",
        id="both pairs of thrusters",
    ),
    pytest.param(
        _TUMBLES,
        field(lambda b: [b[1], b[0], b[2]]),
        "brake a tumbling if the field were [y, x, z] of the true one",
        id="a field's axes",
    ),
    pytest.param(
        _TUMBLES,
        field(lambda b: [-each for each in b[:3]]),
        "brake a tumbling if the field were [-x, -y, -z] of the true one",
        id="a field's sign",
    ),
    pytest.param(
        _TUMBLES,
        field(lambda b: [1e6 * each for each in b[:3]]),
        "the OBC holds true samples of the magnetometer for impossible",
        id="a field in uT",
    ),
    pytest.param(
        _TUMBLES,
        field(lambda b: [1e-3 * each for each in b[:3]]),
        "the OBC holds the true field for 27 uT too small",
        id="a field in mT",
    ),
    pytest.param(
        _TUMBLES,
        {"command": of(5, lambda dipole: [1e-3 * each for each in dipole[:3]])},
        "where a rod makes 200 mA m2: the wire has A m2",
        id="dipoles in other units",
    ),
    pytest.param(
        _LEARNS,
        {"coarse_sun_sensor": of(2, lambda cells: [cells[1], cells[0]])},
        "coarse sun sensor 0 show if they are +x and -x exchanged",
        id="two cells",
        marks=pytest.mark.slow,
    ),
]


@pytest.mark.parametrize(("planted", "changes", "words"), _CAUSES)
def test_devices_taken_in_another_order_are_named_first(
    planted, changes, words, tmp_path, monkeypatch
):
    verdicts, why = flown(planted, Misreading(changes), tmp_path / "rig", monkeypatch)
    assert any(verdict.judged and not verdict.met for verdict in verdicts)
    assert words in why.causes[0].words


@pytest.mark.parametrize("planted", [_UNLOADS, _TUMBLES])
def test_devices_taken_as_they_are_sent_are_no_cause(planted, tmp_path, monkeypatch):
    _, why = flown(planted, Misreading({}), tmp_path / "rig", monkeypatch)
    assert not [each for each in why.causes if "order" in each.words or "true one" in each.words]


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda taken, now, _: 2 * now - taken, "is 0.093 s behind the true one"),
        (lambda _, now, __: now, "is 0.093 s behind the true one"),
        (lambda taken, _, step: max(0, taken - 3 * step), "is 0.29 s ahead of the true one"),
    ],
    ids=["an age of the wrong sign", "no age", "an age that is too large"],
)
def test_a_misread_age_of_samples_is_named_first(read, words, tmp_path, monkeypatch):
    verdicts, why = flown(_NADIR, Aged("star_tracker", read), tmp_path / "rig", monkeypatch)
    assert not all(verdict.met for verdict in verdicts)
    assert words in why.causes[0].words


def test_a_noise_in_degrees_is_named_first(tmp_path):
    craft = ("star_tracker_sigma_rad = 1.0e-5", "star_tracker_sigma_rad = 5.73e-4")
    roll = ("star_tracker_roll_sigma_rad = 4.85e-5", "star_tracker_roll_sigma_rad = 2.78e-3")
    planted = Planted("degrees", "", craft=(craft, roll), duration_s=170.0)
    _, _, why = diagnosed(planted, tmp_path / "rig")
    assert "59 times more, as degrees for radians are" in why.causes[0].words


# -- gravity ---------------------------------------------------------------------------------------


def test_a_truth_without_oblateness_is_named_first(tmp_path):
    sphere = ("[truth]", "[environment]\ngravity_degree = 0\n\n[truth]")
    planted = Planted("J2", "", rig=(sphere,), craft=(_NO_GPS,), duration_s=3000.0)
    verdicts, _, why = diagnosed(planted, tmp_path / "rig")
    assert [each.name for each in verdicts if not each.met] == ["nadir pointing"]
    assert "at the nadir of an orbit about J2 alone" in why.causes[0].words
    assert "gravity_degree = 0" in why.causes[0].words


def around_a_sphere(orbit, times_s):
    """Places and speeds (n, 3) on an orbit about a point mass, by Kepler's equation."""
    mu, a, e = orbit.body.mu_m3_s2, orbit.semi_major_axis_m, orbit.eccentricity
    found = []
    for time_s in times_s:  # it begins at its perigee
        mean = time_s * math.sqrt(mu / a**3)
        eccentric = mean
        for _ in range(20):
            eccentric = mean + e * math.sin(eccentric)
        nu = 2.0 * math.atan(math.sqrt((1.0 + e) / (1.0 - e)) * math.tan(0.5 * eccentric))
        angles = (orbit.inclination_deg, orbit.raan_deg, orbit.argument_of_perigee_deg)
        found.append(state_from_elements(mu, a, e, *np.radians(angles), nu))
    return np.array(found).transpose(1, 0, 2)


@pytest.mark.parametrize("oblate", [True, False])
def test_a_flight_software_without_oblateness_is_named(tmp_path, oblate):
    """What it points at is the nadir of Kepler's orbit, or that of the truth for once."""
    planted = Planted("J2", "", craft=(_NO_GPS,), duration_s=3000.0)
    verdicts, recording, _ = diagnosed(planted, tmp_path / "rig")
    assert all(each.met for each in verdicts)
    rig = rig_of(recording)
    pointing = next(each for each in verdicts if each.name == "nadir pointing")
    trouble = Trouble(rig, run_of(recording), [replace(pointing, met=False)])
    rows = {name: recording[name] for name in OrbitModels.columns}
    true = (rows["truth_position_eci_m"], recording["truth_velocity_eci_m_s"])
    aimed = true if oblate else around_a_sphere(rig.orbit, rows["time_s"])
    rows["estimate_q_eci_from_body"] = q_eci_from_lvlh(*aimed)
    watch = OrbitModels(rig, trouble)
    everywhere = rows["time_s"] >= 0.0
    watch.feed(rows, Marked(everywhere, everywhere))
    found = list(watch.findings((true[0][0], true[1][0]), trouble))
    words = "off, at the nadir of an orbit about a point mass, without J2"
    assert [words in each.words for each in found] == ([] if oblate else [True])
