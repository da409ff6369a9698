"""A firmware that misreads the wire or mixes up what it says: the diagnosis names the mix-up."""

import numpy as np
import pytest
from misread import (
    conjugated,
    diagnosed,
    in_degrees,
    of,
    scalar_first,
    scalar_first_read,
)
from planted import CAUSES
from planted import diagnosed as diagnosed_rig
from test_foreign import GYRO, RIG, Foreign, flown, with_keys  # noqa: F401  a fixture

from hil import judge
from hil.bench.world import World
from hil.diagnosis import diagnose
from hil.link import messages as m

_WHEELS = of(1, lambda torque: [torque[1], torque[0], torque[2]])
_TWISTED = [
    ("star_tracker", of(2, scalar_first_read), "refuses true samples of the star tracker"),
    ("star_tracker", of(2, conjugated), "is the true one the other way round: the wire has it"),
    ("gyro", of(2, in_degrees), "misreads them, or the gyro's, which it holds them against"),
    (
        "gyro",
        of(2, lambda w: [w[0], w[1], -w[2]]),
        "of the body's changes about z, as with a wrong",
    ),
    ("gyro", of(2, lambda w: [w[1], w[0], w[2]]), "of the body's changes about x and y, as with"),
    ("gps", of(2, lambda fix: [-each for each in fix[:6]]), "refuses true fixes of GPS"),
    ("estimate", of(0, scalar_first), "is the true one with w first: the wire has (x, y, z, w)"),
    ("estimate", of(0, scalar_first_read), "is the true one read as if w came first"),
    ("command", _WHEELS, "took wheels x and y out of service at 1.1 s, which turned as commanded"),
    ("command", of(1, lambda torque: [1e3 * each for each in torque[:3]]), "torques on the wire"),
]


@pytest.mark.parametrize(("message", "change", "words"), _TWISTED)
def test_what_the_flight_software_misreads_is_named_first(
    nadir, tmp_path, monkeypatch, message, change, words
):
    rig = nadir.with_overrides(duration_s=150.0)
    verdicts, why = diagnosed(rig, {message: change}, tmp_path, monkeypatch)
    assert not all(verdict.met for verdict in verdicts)
    assert words in why.causes[0].words


def test_a_rate_that_is_told_in_another_unit_is_named(nadir, tmp_path, monkeypatch):
    def told(values):
        return of(4, in_degrees)(of(0, conjugated)(values))

    rig = nadir.with_overrides(duration_s=150.0)
    _, why = diagnosed(rig, {"estimate": told}, tmp_path, monkeypatch)
    assert [each.words for each in why.causes] == [
        "the attitude that the OBC tells is the true one the other way round: the wire has it from "
        "body to ECI",
        "the rate that the OBC tells is 57 times the true rate (deg/s for rad/s)",
    ]


def test_an_estimate_that_is_right_is_no_finding(tmp_path):
    planted = next(each for each in CAUSES if each.name == "too slow a wheel")
    _, _, why = diagnosed_rig(planted, tmp_path / "rig")
    assert why.causes
    assert not any("the OBC tells" in each.words for each in why.causes)


# -- a controller of rates -------------------------------------------------------------------------

_TUMBLES = RIG.replace("offset_deg = 70.0", "offset_deg = 70.0\nrate_body_deg_s = [2.0, -1.5, 1.0]")
_AT_REST = """
[[requirement]]
name = "at rest"
column = "truth_rate_body_rad_s"
limit_deg_s = 0.05
from_s = 9.0
"""


@pytest.mark.parametrize(
    ("mixed", "words"),
    [
        (
            lambda torque: torque[[1, 0, 2]],
            "x by the rate about y, y by the rate about x: the wire",
        ),
        (
            lambda torque: torque[[1, 2, 0]],
            "x by the rate about y, y by the rate about z, z by the rate about x",
        ),
        (lambda torque: torque[[1, 0, 2]] * (1.0, -1.0, 1.0), "x by the rate about y, y by"),
        (lambda torque: torque * (1.0, -1.0, 1.0), "wheel y is commanded with the wrong sign"),
        (lambda torque: 57.3 * torque, "times the torque that it gives, 4 mNm"),
    ],
)
def test_mixed_up_commands_of_ones_own_firmware_are_named_first(flown, mixed, words):  # noqa: F811
    def brake(obc, step):
        rate = np.array(obc.samples["gyro", 0][1])
        yield m.COMMAND, mixed(0.02 * rate).tolist()

    rig, recording = flown(Foreign(brake, ["gyro"]), GYRO + with_keys(), _TUMBLES + _AT_REST)
    verdicts = judge.evaluate(rig, [recording])
    assert words in diagnose(recording, verdicts).causes[0].words


# -- what the ground tells -------------------------------------------------------------------------


def test_an_orbit_of_another_hour_is_named(tmp_path, monkeypatch):
    planted = next(each for each in CAUSES if each.name == "a wrong orbit")._replace(rig=())

    def an_hour_ago(world):
        r, v = (world.truth_of(name) for name in ("position_eci_m", "velocity_eci_m_s"))
        normal = np.cross(r, v) / np.linalg.norm(np.cross(r, v))
        turn = -3600.0 * np.linalg.norm(np.cross(r, v)) / (r @ r)
        return tuple(np.cos(turn) * each + np.sin(turn) * np.cross(normal, each) for each in (r, v))

    monkeypatch.setattr(World, "determined_orbit", an_hour_ago)
    verdicts, _, why = diagnosed_rig(planted, tmp_path / "rig")
    assert not all(verdict.met for verdict in verdicts)
    assert "it is on the true orbit, where the spacecraft is about" in why.causes[0].words
    assert "or -3600 s from then: its epoch is wrong" in why.causes[0].words


def test_fixes_that_are_refused_for_a_wrong_orbit_are_not_said_to_be_misread(tmp_path):
    planted = next(each for each in CAUSES if each.name == "a wrong orbit")._replace(craft=())
    _, recording, why = diagnosed_rig(planted, tmp_path / "rig")
    assert sum(each.times for each in recording.events if each.name == "gps_outlier") >= 4
    assert not [each for each in why.causes if "refuses true fixes" in each.words]
