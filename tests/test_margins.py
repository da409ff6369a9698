"""Stability margins measured from outside, on loops whose margins are known by theory."""

import json
import math
from collections import deque
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from fake_obc import FakeObc
from matplotlib.figure import Figure
from scipy.optimize import brentq

from hil.campaign.margins import Held
from hil.campaign.margins_plot import _nichols
from hil.campaign.probe import Probing, _refuse_two_modes, multisine, probe
from hil.campaign.response import Margin, Response, margins, response
from hil.cli import main
from hil.errors import RigError
from hil.link import messages as m
from hil.physics.truth import Truth
from hil.recording import Recorder, Recording
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
INERTIA, WHEEL = 0.05, 1e-5
CRAFT = f"""\
name = "a rigid body"
[body]
mass_kg = 4.0
inertia_body_kg_m2 = [[{INERTIA}, 0.0, 0.0], [0.0, {INERTIA}, 0.0], [0.0, 0.0, {INERTIA}]]
{
    "".join(
        f'''
[[wheel]]
name = "{axis}"
axis_body = {[float(axis == each) for each in "xyz"]}
spin_inertia_kg_m2 = {WHEEL}
torque_max_Nm = 0.004
speed_max_rad_s = 900.0
tachometer_rate_hz = 10.0
'''
        for axis in "xyz"
    )
}
[[gyro]]
rate_hz = 10.0
angle_random_walk_deg_sqrt_h = 0.0
[[star_tracker]]
rate_hz = 10.0
boresight_body = [0.0, 0.0, 1.0]
across_noise_arcsec = 0.0
roll_noise_arcsec = 0.0
"""
RIG = """\
title = "PD on a rigid body"
spacecraft = "craft.toml"
seed = 1
duration_s = 100.0
step_s = 0.1

[orbit]
epoch_utc = 2026-03-21T12:00:00Z
semi_major_axis_m = 6900e3
eccentricity = 0.0
inclination_deg = 0.0
raan_deg = 0.0
argument_of_perigee_deg = 0.0
true_anomaly_deg = 0.0

[environment]
gravity_degree = 0
gravity_gradient = false
third_bodies = false
magnetic_field = false
solar_pressure = false
density = "none"

[attitude]
reference = "eci"

[obc]
mode = "idle"
latency_s = LATENCY

[margins]
torque_Nm = 2e-5
settle_s = 60.0
period_s = 60.0
periods = 4
"""


class PdObc(FakeObc):
    """Holds ECI's attitude by a PD law, its torque so many control periods late."""

    def __init__(self, stiffness, damping, late):
        super().__init__()
        self._stiffness, self._damping = stiffness, damping
        self._theta, self._rate = np.zeros(3), np.zeros(3)
        self._waiting = deque([np.zeros(3)] * late)

    def _answer(self, packet):
        if packet.message.name == "gyro":
            self._rate = np.array(packet.values[2:5])
        elif packet.message.name == "star_tracker":
            q = np.array(packet.values[2:6])
            self._theta = 2.0 * q[:3] * np.sign(q[3])
        return super()._answer(packet)

    def reply(self, step):
        # A wheel's motor torque turns the body the other way.
        self._waiting.append(self._stiffness * self._theta + self._damping * self._rate)
        torque = self._waiting.popleft()
        estimate = self._framer.frame(m.ESTIMATE, (0.0, 0.0, 0.0, 1.0, *[0.0] * 6, 1, 0))
        return estimate + self._framer.frame(m.COMMAND, (step, *torque, 0.0, *[0.0] * 3))


def loop(stiffness, damping, late, latency_s, step_s=0.1):
    """The loop of that law, exact: a torque held from latency_s after one sample to the next.

    Source: Franklin, Powell and Workman, Digital Control of Dynamic Systems (1998), section 4.3.2.
    """
    inertia, rest = INERTIA - WHEEL, step_s - latency_s

    def at(w):
        z = np.exp(1j * w * step_s)
        rate = (latency_s / z + rest) / inertia / (z - 1.0)
        turn = (
            ((step_s - latency_s / 2.0) * latency_s / z + rest**2 / 2.0) / inertia + step_s * rate
        ) / (z - 1.0)
        return (stiffness * turn + damping * rate) / z**late

    return at


def known_margins(at):
    """Gain and phase margin and delay margin, by looking for the edge itself."""
    w = np.geomspace(0.05, 20.0, 20000)
    size, phase = np.log(np.abs(at(w))), np.unwrap(np.angle(at(w)))
    one = next(i for i in range(len(w)) if size[i] < 0.0)
    w_one = brentq(lambda x: abs(at(x)) - 1.0, w[one - 1], w[one])
    margin = math.remainder(np.angle(at(w_one)) + math.pi, 2.0 * math.pi)
    edge = next(i for i in range(one, len(w)) if phase[i] < -math.pi)
    w_edge = brentq(lambda x: at(x).imag, w[edge - 1], w[edge])
    return -20.0 * math.log10(abs(at(w_edge))), math.degrees(margin), margin / w_one


@pytest.fixture
def rig(tmp_path):
    def made(latency_s=0.0):
        (tmp_path / "craft.toml").write_text(CRAFT)
        (tmp_path / "a.toml").write_text(RIG.replace("LATENCY", str(latency_s)))
        return load_rig(tmp_path / "a.toml")

    return made


@pytest.mark.parametrize(
    ("bandwidth_rad_s", "late", "latency_s"),
    [(0.5, 4, 0.0), (0.8, 2, 0.1), (0.4, 8, 0.04), (1.2, 1, 0.02)],
)
def test_margins_of_a_pd_law_with_a_known_delay(rig, tmp_path, bandwidth_rad_s, late, latency_s):
    stiffness = (INERTIA - WHEEL) * bandwidth_rad_s**2
    damping = 2.0 * 0.7 * bandwidth_rad_s * (INERTIA - WHEEL)
    obc = PdObc(stiffness, damping, late)
    found = margins(response(probe(rig(latency_s), obc, 0, tmp_path / "run.mcap")))
    gain_dB, phase_deg, delay_s = known_margins(loop(stiffness, damping, late, latency_s))
    assert found.gain_dB.value == pytest.approx(gain_dB, abs=0.3)
    assert found.phase_deg.value == pytest.approx(phase_deg, abs=1.0)
    assert found.delay_s.value == pytest.approx(delay_s, rel=0.02)


def test_noise_widens_the_uncertainty_which_covers_the_truth():
    """A known loop, its answer with noise that goes through the loop too, twenty times."""
    at = loop(0.0125, 0.035, 4, 0.0)
    gain_dB, phase_deg, _ = known_margins(at)
    signal = multisine(600, 2e-5)
    w = 2.0 * np.pi * np.arange(301) / 60.0
    size = np.concatenate([[0.0], at(w[1:])])
    closed = size / (1.0 + size)
    rng, covered = np.random.default_rng(4), []
    for seed in range(20):
        noise = rng.normal(0.0, 1e-5, (4, 600))
        answered = np.fft.irfft(
            -closed * (np.fft.rfft(signal.torque_Nm) + np.fft.rfft(noise)), 600, axis=1
        )
        found = margins(response(Probing(signal.harmonics, 0.1, signal.torque_Nm, answered)), seed)
        assert found.phase_deg.uncertainty > 0.2
        covered.append(abs(found.phase_deg.value - phase_deg) < found.phase_deg.uncertainty)
        covered.append(abs(found.gain_dB.value - gain_dB) < found.gain_dB.uncertainty)
    assert np.mean(covered) > 0.8  # two sigma from four periods: 95 % of a normal's, less of t's


def test_a_multisine_has_its_strength_and_only_its_lines():
    signal = multisine(600, 2e-5)
    assert np.sqrt(np.mean(signal.torque_Nm**2)) == pytest.approx(2e-5)
    spectrum = np.abs(np.fft.rfft(signal.torque_Nm))
    others = np.setdiff1d(np.arange(301), signal.harmonics)
    assert spectrum[others].max() < 1e-9 * spectrum[signal.harmonics].min()
    assert np.abs(signal.torque_Nm).max() < 3.0 * 2e-5


def test_a_loop_that_never_comes_to_the_edge_has_an_infinite_gain_margin():
    w = np.geomspace(0.1, 10.0, 50)
    found = margins(Response(w, 1.0 / (1j * w), np.full(50, 1e-6)))
    assert math.isinf(found.gain_dB.value)
    assert found.phase_deg.value == pytest.approx(90.0, abs=0.01)
    assert found.delay_s.value == pytest.approx(math.pi / 2.0, rel=1e-3)


# ---- the command ---------------------------------------------------------------------------------


def test_the_loop_of_a_rig_is_measured_and_held_against_what_it_wants(tmp_path):
    text = (ROOT / "rigs/dier5_nadir.toml").read_text()
    text = text.replace("spacecraft/dier5", str(ROOT / "rigs/spacecraft/dier5"))
    rig = tmp_path / "a.toml"
    rig.write_text(f"{text}\n[margins]\ndelay_margin_s = 10.0\nperiods = 3\n")
    plot = tmp_path / "loop.svg"
    done = CliRunner().invoke(
        main, ["margins", str(rig), "--axis", "x", "--plot", str(plot), "--json"]
    )
    assert done.exit_code == 1, done.stderr
    found = json.loads(done.stdout)["axes"]["x"]["margins"]
    assert found["gain margin"]["verdict"] == "met"
    assert 25.0 < found["phase margin"]["value"] < 40.0
    assert found["delay margin"]["verdict"] == "missed"
    assert plot.read_text().count("<svg") == 1


def test_a_margin_within_its_uncertainty_of_the_limit_is_barely_what_it_is():
    words = [
        Held("gain margin", Margin(value, 0.5, 1.0), "dB", 6.0).word
        for value in (7.0, 6.2, 5.8, 5.0, math.inf)
    ]
    assert words == ["met", "met, barely", "missed, barely", "missed", "met"]


def test_without_a_wheel_it_is_told_what_to_say(tmp_path):
    done = CliRunner().invoke(main, ["margins", str(ROOT / "rigs/alfarabi1.toml")])
    assert done.exit_code == 2
    assert "it has no wheel" in done.stderr


def test_a_change_of_mode_while_the_loop_is_measured_is_told(rig, tmp_path):
    times = np.arange(10.0)
    with Recorder(tmp_path / "a.mcap", [("time_s", 1), ("estimate_mode", 1)]) as made:
        made.metadata("wire", {"modes": json.dumps(["off", "idle", "safe"])})
        for time_s in times:
            made.step(int(1e9 * time_s), np.array([time_s, 1.0 if time_s < 7.0 else 2.0]))
    recording = Recording(tmp_path / "a.mcap")
    _refuse_two_modes(rig(), recording, 7)  # all of it before the measurement
    with pytest.raises(RigError, match="at 7 s, the firmware went from idle to safe: begin later"):
        _refuse_two_modes(rig(), recording, 2)


def test_the_nichols_plot_shows_the_wanted_margins_about_the_critical_point():
    """6 dB up and down, 30 degrees to either side of -180 degrees; no area without a wish."""
    frequency = np.geomspace(0.01, 10.0, 40)
    response = Response(
        frequency, 1.0 / (1j * frequency * (1.0 + 0.3j * frequency)), 0.0 * frequency
    )
    margin = Margin(10.0, 0.1, 1.0)

    def drawn(limit_dB):
        held = (
            Held("gain margin", margin, "dB", limit_dB),
            Held("phase margin", margin, "degrees", 30.0),
        )
        axes = Figure().subplots()
        found = SimpleNamespace(axis="x", response=response, held=held)
        _nichols(axes, [found])
        return axes

    axes = drawn(6.0)
    [area] = axes.patches
    corners = {tuple(corner) for corner in area.get_xy()}
    assert corners == {(-210.0, 0.0), (-180.0, 6.0), (-150.0, 0.0), (-180.0, -6.0)}
    size_dB = 20.0 * np.log10(np.abs(response.loop[0]))
    assert axes.lines[0].get_ydata()[0] == pytest.approx(size_dB, abs=0.01)
    assert axes.lines[0].get_xdata()[0] == pytest.approx(-90.0 - math.degrees(0.003), abs=0.1)
    assert not drawn(None).patches


def test_a_plot_of_an_unknown_form_is_refused_before_anything_is_run(tmp_path):
    rig = str(ROOT / "rigs/dier5_nadir.toml")
    done = CliRunner().invoke(main, ["margins", rig, "--plot", str(tmp_path / "a.gif")])
    assert done.exit_code == 2
    assert "name a file that ends in .png, .svg, .pdf" in done.stderr


# ---- the seam in the truth -----------------------------------------------------------------------


def truth(rig):
    craft = rig.spacecraft
    return Truth(body=craft.body, wheels=craft.wheel, orbit=rig.orbit, environment=rig.environment)


def test_a_push_turns_the_body_as_a_torque_does(rig):
    pushed = truth(rig())
    still = [0.0] * 3
    pushed.advance(10, still, still)
    pushed.push([1e-4, 0.0, 0.0])
    pushed.advance(10, still, still)
    time_s = 10 * pushed.step_s
    assert pushed.row[4] == pytest.approx(1e-4 * time_s / (INERTIA - WHEEL), rel=1e-9)
    pushed.push([0.0, 0.0, 0.0])
    pushed.advance(10, still, still)
    assert pushed.row[4] == pytest.approx(1e-4 * time_s / (INERTIA - WHEEL), rel=1e-9)


def test_a_push_of_nothing_changes_no_bit(rig):
    pushed, left = truth(rig()), truth(rig())
    for each in (pushed, left):
        each.advance(5, [1e-3, -1e-3, 5e-4], [0.0] * 3)
    pushed.push([0.0] * 3)
    for each in (pushed, left):
        each.advance(50, [1e-3, -1e-3, 5e-4], [0.0] * 3)
    assert np.array_equal(pushed.row, left.row)
