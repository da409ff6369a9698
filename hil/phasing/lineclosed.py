"""Signs of rods, which act only in a closed loop: a tachometer is shifted for a moment.

The truth goes on as in any run. What the rods' dipole changes by is the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from hil.bench.deck import Deck, telemetry_of
from hil.bench.world import World
from hil.devices.sensor import Sample
from hil.link.clock import Clock, exact_s
from hil.obc.place import Obc
from hil.phasing.judge import NOT_PHASED, Finding, judge
from hil.phasing.linerun import Matrix
from hil.physics.rotations import apply, conjugate
from hil.rig import Rig

Shifts = Mapping[str, Matrix]
"""What is added to a sensor's values, by its name."""
_SETTLES_s, _RESTS_s = 60.0, 3.0
# Small, so that flight software that holds its sensors against each other believes them.
_SPEED_rad_s, _SPEED_s = 4.0, 1.0
_LEAST_A_m2 = 1e-5
_SIGNS = 2 * (1.0, -1.0, -1.0, 1.0)


class ClosedRun:
    """A loop over devices' own lines, from power-on until it has settled."""

    def __init__(self, rig: Rig, obc: Obc) -> None:
        """Close the loop until it has settled."""
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

    def go(self, duration_s: float, shifts: Shifts = {}) -> Matrix:  # noqa: B006
        """Go on; return the mean dipole of the rods, (3,) A m2."""
        steps = max(1, round(duration_s / self._step_s))
        dipole = np.zeros(3)
        for _ in range(steps):
            self._step(shifts)
            dipole += np.array(self._deck.dipole_body_A_m2) / steps
        return dipole

    def answer(self, shifts: Shifts, duration_s: float) -> Matrix:
        """Return half of what the dipole differs by between a shift and its opposite, (3,) A m2.

        The order of the signs takes an even drift out.
        """
        dipole = np.zeros(3)
        for sign in _SIGNS:
            shifted = {name: sign * each for name, each in shifts.items()}
            dipole += sign * self.go(duration_s, shifted) / len(_SIGNS)
            self.go(_RESTS_s)
        return dipole

    def _step(self, shifts: Shifts) -> None:
        samples = self._world.sense(self._clock.step)
        for place, sensor in enumerate(self._world.sensors):
            shift, sample = shifts.get(f"{sensor.kind} {sensor.instance}"), samples[place]
            if shift is not None and sample is not None:
                values = tuple((np.array(sample.values) + shift).tolist())
                samples[place] = Sample(values, sample.valid, sample.age_s)
        self._deck.begin(samples, 0.0)
        self._deck.go_through()
        for late_s, command in self._deck.commands():
            self._world.tell(command, late_s)
        self._world.advance(None, 0.0)
        self._clock.go_to(self._clock.step + 1)


def rods_on(run: ClosedRun, names: list[str], axes: Matrix) -> Iterator[Finding]:
    """Rods are to take from each wheel's momentum, as far as it is across the field.

    names, axes (n, 3): of the wheels.
    """
    device, torques, expected = "rods on wheels", [], []
    for wheel, axis in enumerate(axes):
        dipole = run.answer({f"tachometer {wheel}": np.array([_SPEED_rad_s])}, _SPEED_s)
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
