"""Two-line elements: sgp4's verification set, and the orbit that the truth model follows."""

import itertools
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import sgp4
from sgp4.conveniences import sat_epoch_datetime

from hil.physics.orbit import InitialOrbit
from hil.physics.spacecraft import Body
from hil.physics.tle import Sgp4Orbit, satellite
from hil.physics.truth import Truth

SGP4 = Path(sgp4.__file__).parent
ISS = (
    "1 25544U 98067A   19343.69339541  .00001764  00000-0  38792-4 0  9991",
    "2 25544  51.6439 211.2001 0007417  17.6667  85.6398 15.50103472202482",
)
BODY = Body(mass_kg=4.0, inertia_body_kg_m2=((0.03, 0, 0), (0, 0.03, 0), (0, 0, 0.02)))


def verification_set():
    """Lines and expected [minutes, x, y, z, vx, vy, vz] (km, km/s, TEME) of each satellite."""
    lines = [text[:69] for text in (SGP4 / "SGP4-VER.TLE").read_text().splitlines()]
    pairs = [pair for pair in itertools.pairwise(lines) if pair[0].startswith("1 ")]
    expected, number = {}, 0
    for text in (SGP4 / "tcppver.out").read_text().splitlines():
        words = text.split()
        if words[1:2] == ["xx"]:
            number = int(words[0])
            expected[number] = []
        else:
            expected[number].append([float(word) for word in words[:7]])
    return [((first, second), expected[int(second[2:7])]) for first, second in pairs]


def test_the_verification_set_that_sgp4_carries():
    compared = 0
    for lines, rows in verification_set():
        if lines[0].startswith("1 3333"):  # made up to fail: their checksums are wrong too
            continue
        orbit = Sgp4Orbit(lines, sat_epoch_datetime(satellite(lines)))
        for minutes, *expected in rows:
            position, velocity = orbit.state(60.0 * minutes)
            frame = orbit._teme_from_eci(60.0 * minutes)
            np.testing.assert_allclose(frame @ position / 1e3, expected[:3], atol=2e-4)
            np.testing.assert_allclose(frame @ velocity / 1e3, expected[3:], atol=2e-7)
            compared += 1
    assert compared > 500


def test_truth_follows_sgp4_when_asked():
    epoch = sat_epoch_datetime(satellite(ISS)) + timedelta(hours=3)
    orbit = InitialOrbit(epoch_utc=epoch, tle=ISS, propagator="sgp4")
    truth = Truth(body=BODY, orbit=orbit, step_s=0.1)
    for _ in range(20):
        truth.advance(307, np.zeros(0), np.zeros(3))
        position, velocity = Sgp4Orbit(ISS, epoch).state(truth.time_s)
        np.testing.assert_allclose(truth.row[7:10], position, atol=2e-3)
        np.testing.assert_allclose(truth.row[10:13], velocity, atol=1e-2)


def test_without_sgp4_two_lines_only_start_the_orbit():
    epoch = sat_epoch_datetime(satellite(ISS))
    truth = Truth(body=BODY, orbit=InitialOrbit(epoch_utc=epoch, tle=ISS), step_s=1.0)
    start = Sgp4Orbit(ISS, epoch)
    np.testing.assert_array_equal(truth.row[7:10], start.state(0.0)[0])
    truth.advance(5400, np.zeros(0), np.zeros(3))
    apart = np.linalg.norm(truth.row[7:10] - start.state(5400.0)[0])
    assert 1.0 < apart < 5e3  # two theories of one orbit


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((ISS[0][:-1] + "2", ISS[1]), "checksum"),
        ((ISS[1], ISS[0]), "line 2 stands before line 1: swap them"),
        ((ISS[0], ISS[1][:60]), "line 2 must have 69 characters"),
    ],
)
def test_spoilt_lines_are_refused(lines, message):
    with pytest.raises(ValueError, match=message):
        InitialOrbit(epoch_utc="2019-12-10T00:00:00Z", tle=lines)
