"""The frequency response of a loop from a probed run, and its margins, with their uncertainty."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from hil.campaign.probe import Probing

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
_GRID = 2000
_DRAWS = 200
_SIGMAS = 2.0


class Response(NamedTuple):
    """The loop's transfer function, broken where the actuators' torque meets the body.

    frequency_rad_s: (lines,). loop: (lines,), -180 degrees at size 1 is the edge of stability.
    sigma: (lines,) standard deviation of each of its two parts.
    """

    frequency_rad_s: FloatArray
    loop: ComplexArray
    sigma: FloatArray


class Margin(NamedTuple):
    """A margin with its uncertainty (two standard deviations), and where it is, in rad/s.

    Infinite where nothing within the measured frequencies takes the loop to the edge.
    """

    value: float
    uncertainty: float
    at_rad_s: float


class LoopMargins(NamedTuple):
    """A loop's margins: how much gain, which turn of phase and which delay take it to the edge.

    gain_dB: up or down, whichever is nearer. phase_deg: likewise. delay_s: a delay more.
    distance: the least of the loop's distances from -1.
    """

    gain_dB: Margin
    phase_deg: Margin
    delay_s: Margin
    distance: Margin


def response(probing: Probing) -> Response:
    """Return the loop's transfer function at the frequencies that it was probed with.

    The torque on the body is what was added, D, and what the actuators answered, U: the loop is
    -U / (D + U). D is known and comes again every period, so that noise of the sensors, which goes
    through the loop too, does not bias it (Pintelon and Schoukens, System Identification, section
    2.7); what differs from period to period gives the uncertainty.
    """
    lines = probing.harmonics
    periods, steps = probing.answered_Nm.shape
    added = np.fft.rfft(probing.pushed_Nm)[lines]
    answered = np.fft.rfft(_without_trend(probing.answered_Nm), axis=1)[:, lines]
    mean = answered.mean(axis=0)
    spread = np.sqrt((np.abs(answered - mean) ** 2).sum(axis=0) / (periods - 1) / periods / 2.0)
    whole = added + mean
    frequency = 2.0 * math.pi * lines / (steps * probing.step_s)
    return Response(frequency, -mean / whole, spread * np.abs(added) / np.abs(whole) ** 2)


def margins(found: Response, seed: int = 0) -> LoopMargins:
    """Return a loop's margins; uncertainties by drawing the response anew within its own."""
    best = _margins(found.frequency_rad_s, found.loop)
    source = np.random.default_rng(seed)
    draws = []
    for _ in range(_DRAWS):
        noise = source.normal(size=(2, len(found.loop))) * found.sigma
        draws.append(_margins(found.frequency_rad_s, found.loop + noise[0] + 1j * noise[1]))
    values = np.array([[each[0] for each in draw] for draw in draws])
    spread = [_spread(column) for column in values.T]
    return LoopMargins(
        *(Margin(value, wide, at) for (value, at), wide in zip(best, spread, strict=True))
    )


def _without_trend(periods: FloatArray) -> FloatArray:
    """Take out what drifts, a line through the periods' means, and nothing that comes again."""
    count, n = periods.shape
    means = periods.mean(axis=1)
    number = np.arange(count) - (count - 1) / 2.0
    slope = number @ means / (number @ number) / n
    return np.asarray(periods - means[:, None] - slope * (np.arange(n) - (n - 1) / 2.0))


def _spread(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return _SIGMAS * float(known.std()) if len(known) > _DRAWS // 2 else math.nan


def fine(frequency: FloatArray, loop: ComplexArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return frequencies, gains (natural logarithm) and phases (rad, unwrapped) in between."""
    x = np.log(frequency)
    grid = np.linspace(x[0], x[-1], _GRID)
    gain = CubicSpline(x, np.log(np.abs(loop)))(grid)
    phase = CubicSpline(x, np.unwrap(np.angle(loop)))(grid)
    return np.exp(grid), gain, phase


def _margins(frequency: FloatArray, loop: ComplexArray) -> list[tuple[float, float]]:
    """Return (value, where) of gain, phase, delay and distance."""
    w, gain, phase = fine(frequency, loop)
    nothing = (math.inf, math.nan)
    turns = (phase + math.pi) / (2.0 * math.pi)  # a whole number where the phase is -180 degrees
    at_edge = _crossings(w, np.mod(turns + 0.5, 1.0) - 0.5, gain)
    gains = [(20.0 / math.log(10.0) * abs(size), at) for at, size in at_edge]
    at_one = _crossings(w, gain, turns)
    phases = [(360.0 * abs(math.remainder(turn, 1.0)), at) for at, turn in at_one]
    delays = [(2.0 * math.pi * (turn % 1.0) / at, at) for at, turn in at_one]
    distance = np.abs(1.0 + np.exp(gain + 1j * phase))
    nearest = int(np.argmin(distance))
    return [
        min(gains, default=nothing),
        min(phases, default=nothing),
        min(delays, default=nothing),
        (float(distance[nearest]), float(w[nearest])),
    ]


def _crossings(w: FloatArray, of: FloatArray, there: FloatArray) -> list[tuple[float, float]]:
    """Return (frequency, value of the other) wherever the first goes through nought."""
    found = []
    for i in np.flatnonzero(np.sign(of[:-1]) != np.sign(of[1:])):
        if abs(of[i + 1] - of[i]) > 0.5:
            continue  # where a remainder begins anew
        part = of[i] / (of[i] - of[i + 1])
        found.append(
            (
                float(w[i] + part * (w[i + 1] - w[i])),
                float(there[i] + part * (there[i + 1] - there[i])),
            )
        )
    return found
