"""Signs of actuators in a closed loop, where a sensor is shifted for a moment.

The truth goes on as in any run. What the rods' dipole or the wheels' torque changes by is the
answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from hil.bench.deck import Deck
from hil.bench.riglines import telemetry_of
from hil.bench.world import World
from hil.link.clock import Clock, exact_s
from hil.obc.place import Obc
from hil.phasing.judge import NOT_PHASED, Finding, judge
from hil.phasing.lineactuators import opposed_rates
from hil.phasing.linerun import Matrix, wheels_Nm
from hil.physics.rotations import apply, conjugate
from hil.rig import Rig

Shifts = Mapping[str, Matrix]
"""What is added to a sensor's values, by its name."""
_SETTLES_s, _RESTS_s = 60.0, 3.0
# Small, so that flight software that holds its sensors against each other believes them.
_SPEED_rad_s, _SPEED_s = 4.0, 1.0
_RATE_rad_s, _RATE_s, _TIMES = 3e-4, 2.0, 2
# A filter believes a gyro more about the axis about which its star tracker sees least.
_ANGLE_MOST_deg = 25.0
_LEAST_A_m2 = 1e-5
_SIGNS = 2 * (1.0, -1.0, -1.0, 1.0)


class Acts(NamedTuple):
    """What the actuators do: the rods' dipole (3,), A m2; the wheels' torque on the body (3,)."""

    dipole_A_m2: Matrix
    wheels_Nm: Matrix


class ClosedRun:
    """A loop over devices' own lines, from power-on until it has settled."""

    def __init__(self, rig: Rig, obc: Obc) -> None:
        """Close the loop until it has settled."""
        self._axes = np.array([wheel.axis_body for wheel in rig.spacecraft.wheel])
        self._world, self._clock = World(rig), Clock(exact_s(rig.step_s))
        self._step_s = rig.step_s
        self._deck = Deck(
            rig, obc, list(self._world.sensors), self._clock, lambda *_, **__: None,
            realtime=False, telemetry=telemetry_of(rig),
        )  # fmt: skip
        self._deck.power_on()
        self.go(_SETTLES_s)

    @property
    def field_body_T(self) -> Matrix:
        """The magnetic field (3,) at present."""
        turn = conjugate(self._world.truth_of("q_eci_from_body"))
        return np.asarray(apply(turn, self._world.truth_of("field_eci_T")))

    def go(self, duration_s: float, shifts: Shifts = {}) -> Acts:  # noqa: B006
        """Go on; return the means of what the actuators do."""
        steps = max(1, round(duration_s / self._step_s))
        dipole, torque = np.zeros(3), np.zeros(3)
        for _ in range(steps):
            self._step(shifts)
            dipole += np.array(self._deck.actuators.dipole_body_A_m2) / steps
            torque += wheels_Nm(self._deck, self._axes) / steps
        return Acts(dipole, torque)

    def answer(self, shifts: Shifts, duration_s: float) -> Acts:
        """Return half of what differs between a shift and its opposite.

        The order of the signs takes an even drift out.
        """
        dipole, torque = np.zeros(3), np.zeros(3)
        for sign in _SIGNS:
            shifted = {name: sign * each for name, each in shifts.items()}
            acts = self.go(duration_s, shifted)
            dipole += sign * acts.dipole_A_m2 / len(_SIGNS)
            torque += sign * acts.wheels_Nm / len(_SIGNS)
            self.go(_RESTS_s)
        return Acts(dipole, torque)

    def _step(self, shifts: Shifts) -> None:
        samples = self._world.sense(self._clock.step)
        for place, sensor in enumerate(self._world.sensors):
            name, sample = f"{sensor.kind} {sensor.instance}", samples[place]
            if sample is not None and (shift := shifts.get(name)) is not None:
                values = tuple((np.array(sample.values) + shift).tolist())
                samples[place] = sample._replace(values=values)
        self._deck.begin(samples, 0.0)
        self._deck.go_through()
        for late_s, command in self._deck.actuators.commands():
            self._world.tell(command, late_s)
        self._world.advance(None, 0.0)
        self._clock.go_to(self._clock.step + 1)


def rods_on(run: ClosedRun, names: list[str], axes: Matrix) -> Iterator[Finding]:
    """Rods are to take from each wheel's momentum, as far as it is across the field.

    names, axes (n, 3): of the wheels.
    """
    device, torques, expected = "rods on wheels", [], []
    for wheel, axis in enumerate(axes):
        shift = {f"tachometer {wheel}": np.array([_SPEED_rad_s])}
        dipole = run.answer(shift, _SPEED_s).dipole_A_m2
        field = run.field_body_T
        along = field / np.linalg.norm(field)
        across = axis - (axis @ along) * along
        torques.append(np.cross(dipole, field))
        expected.append(-across / np.linalg.norm(across))
        if np.abs(dipole).max() < _LEAST_A_m2:
            why = "they answer the wheels' speeds with no dipole"
            yield Finding(device, "all", NOT_PHASED, why)
            return
    for wheel, torque in enumerate(torques):
        size = float(np.linalg.norm(torque))
        yield judge(device, names, wheel, torque / size, np.array(expected), size, "N m")


def wheels_on(run: ClosedRun, gyro: str) -> Iterator[Finding]:
    """Wheels are to oppose each rate by which a gyro is shifted."""
    shifts = _RATE_rad_s * np.eye(3)
    torques = np.array(
        [
            np.mean([run.answer({gyro: shift}, _RATE_s).wheels_Nm for _ in range(_TIMES)], axis=0)
            for shift in shifts
        ]
    )  # the gyro's own noise hides the answer to one pass
    both = (np.vstack([shifts, -shifts]), np.vstack([torques, -torques]))
    yield from opposed_rates(gyro, *both, _ANGLE_MOST_deg)
