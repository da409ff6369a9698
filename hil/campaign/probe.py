"""A run with a small torque added to the truth: many sines at once, about one body axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.bench import Bench, Member
from hil.devices.sensor import generator
from hil.errors import RigError
from hil.obc.place import Obc
from hil.recording import Recording
from hil.recording.kept import mode_names
from hil.rig import Rig

FloatArray = NDArray[np.float64]
_LINES, _HIGHEST = 90, 0.8  # sines; of half the control rate
_TRIES = 60  # sets of phases, of which the one with the lowest peak is taken
_SHARE = 0.01  # of the strongest wheel's torque
_RESPONSE = ["truth_rate_body_rad_s", "truth_wheel_speed_rad_s", "estimate_mode"]


class Multisine(NamedTuple):
    """A torque that comes again every period.

    torque_Nm: (n,) held over each control period. harmonics: (lines,) those of the period that it
    holds; all others are nought.
    """

    torque_Nm: FloatArray
    harmonics: NDArray[np.int64]


def multisine(steps: int, rms_Nm: float, seed: int = 0) -> Multisine:
    """Return a multisine of so many control periods, its lines spread evenly by the logarithm.

    Source: Pintelon and Schoukens, System Identification (2012), section 5.2: equal amplitudes,
    phases at random, of several sets the one with the lowest crest factor.
    """
    top = int(_HIGHEST * steps / 2)
    harmonics = np.unique(np.round(np.geomspace(1, top, _LINES)).astype(np.int64))
    source, best = generator(seed, "multisine"), np.zeros(steps)
    peak = np.inf
    for _ in range(_TRIES):
        spectrum = np.zeros(steps // 2 + 1, dtype=complex)
        spectrum[harmonics] = np.exp(2j * np.pi * source.random(len(harmonics)))
        tried = np.fft.irfft(spectrum, steps)
        tried *= rms_Nm / np.sqrt(np.mean(tried**2))
        if np.abs(tried).max() < peak:
            best, peak = tried, np.abs(tried).max()
    return Multisine(best, harmonics)


class Probed(Member):
    """A member whose body is pushed about one axis by a torque that comes again."""

    def push(self, axis: int, torque_Nm: FloatArray, first_step: int) -> None:
        """Have it pushed; axis: 0, 1 or 2."""
        self._axis, self._push_Nm, self._first = axis, torque_Nm, first_step

    def receive(self, late_s: float) -> None:
        """Push for the control period that begins now, then go on as any member does."""
        since = self.clock.step - self._first
        if since >= 0:
            torque = np.zeros(3)
            torque[self._axis] = self._push_Nm[since % len(self._push_Nm)]
            self.world.truth.push(torque)
        super().receive(late_s)


class Probing(NamedTuple):
    """What a probed run came to, in whole periods of the torque after the first.

    pushed_Nm: (n,) of one period. answered_Nm: (periods, n) what the actuators did about the axis,
    mean over each control period.
    """

    harmonics: NDArray[np.int64]
    step_s: float
    pushed_Nm: FloatArray
    answered_Nm: FloatArray


def probed_rig(rig: Rig) -> Rig:
    """Return the rig as long as probing takes, without requirements."""
    settings = rig.margins
    steps = _period_steps(rig)
    settle = round(settings.settle_s / rig.step_s)
    duration_s = (settle + (settings.periods + 1) * steps + 1) * rig.step_s
    recording = {"columns": _RESPONSE, "octets": False}
    kept = [
        each.model_dump(mode="json", exclude_unset=True)
        for each in rig.telecommand
        if each.at_s < duration_s
    ]
    return rig.with_overrides(
        duration_s=round(duration_s, 9), requirement=[], recording=recording, telecommand=kept
    )


def probe(
    rig: Rig,
    obc: Obc,
    axis: int,
    path: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Probing:
    """Make a probed run about an axis.

    Raises RigError for a rig that cannot be probed, and when the firmware changes its mode
    meanwhile: there would be two loops in one measurement.
    """
    rms_Nm = _torque_Nm(rig)
    made, settings = probed_rig(rig), rig.margins
    steps, settle = _period_steps(rig), round(settings.settle_s / rig.step_s)
    signal = multisine(steps, rms_Nm)
    member = Probed(made, obc, path)
    member.push(axis, signal.torque_Nm, settle)
    Bench([member]).run(progress)
    recording = Recording(path)
    _refuse_two_modes(rig, recording, settle + steps)
    answered = _answered_Nm(rig, recording, axis)[settle + steps :]
    whole = answered[: settings.periods * steps].reshape(settings.periods, steps)
    return Probing(signal.harmonics, rig.step_s, signal.torque_Nm, whole)


def _refuse_two_modes(rig: Rig, recording: Recording, first: int) -> None:
    modes = recording["estimate_mode"][first:]
    known = modes[np.isfinite(modes)].astype(int)
    changed = np.flatnonzero(known != known[:1])
    if len(changed):
        names, at_s = mode_names(recording), recording["time_s"][first:][np.isfinite(modes)]
        before, after = (_named(names, mode) for mode in known[[0, changed[0]]].tolist())
        raise RigError(
            f"{rig.source.path}: while the loop was measured, at {at_s[changed[0]]:g} s, the "
            f"firmware went from {before} to {after}: begin later ([margins] settle_s = "
            f"{rig.margins.settle_s:g}), or push less (--torque)"
        )


def _named(names: Sequence[str], mode: int) -> str:
    return names[mode] if 0 <= mode < len(names) else f"mode {mode}"


def _torque_Nm(rig: Rig) -> float:
    """Return the torque that a rig is probed with; RigError for one without a wheel."""
    if not rig.spacecraft.wheel:
        raise RigError(
            f"{rig.source.path}: it has no wheel: margins are measured of loops that wheels close"
        )
    strongest = max(wheel.torque_max_Nm for wheel in rig.spacecraft.wheel)
    return rig.margins.torque_Nm or _SHARE * strongest


def _period_steps(rig: Rig) -> int:
    return max(8, round(rig.margins.period_s / rig.step_s))


def _answered_Nm(rig: Rig, recording: Recording, axis: int) -> FloatArray:
    """What wheels did to the body about an axis, (n - 1,); from their momentum, which is exact."""
    rate = recording["truth_rate_body_rad_s"]
    momentum = np.zeros(len(rate))
    speeds = recording["truth_wheel_speed_rad_s"].reshape(len(rate), -1)
    for number, wheel in enumerate(rig.spacecraft.wheel):
        along = np.array(wheel.axis_body)
        spin = speeds[:, number] + rate @ along
        momentum += wheel.spin_inertia_kg_m2 * spin * along[axis]
    return np.asarray(-np.diff(momentum) / rig.step_s)
