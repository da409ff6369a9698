"""What the wheels on devices' own lines are told: a torque, or a speed to be held."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hil.lines.build import Place
from hil.lines.end import End, Seat
from hil.protocols.device import Drive
from hil.rig import Rig


class WheelsOnLines:
    """The torque that each wheel on a line is to give."""

    def __init__(self, every: Sequence[End], rig: Rig, where: dict[str, Place]) -> None:
        self._seats = {
            where[seat.name].number: seat
            for end in every
            for seat in end.seats
            if seat.kind == "wheel"
        }
        self.number = len(self._seats)
        self._torques = [0.0] * max(len(rig.spacecraft.wheel), 4)
        self._step_s = rig.step_s

    @property
    def present(self) -> list[float]:
        """The torques as the motors have them; NaN of those that are on no line."""
        return [
            torque if number in self._seats else math.nan
            for number, torque in enumerate(self._torques)
        ]

    def changed(self) -> list[float] | None:
        """Return all torques if one is another than it was."""
        now = self.over(self._torques)
        if now == self._torques:
            return None
        self._torques = now
        return list(now)

    def over(self, torques: Sequence[float]) -> list[float]:
        """Return torques with those of the wheels on lines in their places."""
        found = list(torques)
        for number, seat in self._seats.items():
            found[number] = self._torque_Nm(seat, seat.device.drive or Drive())
        return found

    def _torque_Nm(self, seat: Seat, drive: Drive) -> float:
        """What the motor is to give: of a speed what reaches it within a control period."""
        settings = seat.device.settings
        if drive.speed_rad_s is None:
            return drive.torque_Nm
        measured = seat.device.measured
        speed = measured.values[0] if measured else 0.0
        wanted = settings.inertia_kg_m2 * (drive.speed_rad_s - speed) / self._step_s
        most = settings.torque_max_Nm
        return max(-most, min(most, wanted)) if math.isfinite(wanted) else 0.0
