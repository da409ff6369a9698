"""Which station sees the spacecraft, by truth."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from hil.physics.constants import SPEED_OF_LIGHT_m_s
from hil.physics.ground import Ground
from hil.physics.rotations import apply
from hil.physics.vectors import FloatArray
from hil.radio.model import Radio, Station


class Contact(NamedTuple):
    """A station that sees the spacecraft, and is seen by its antenna.

    light_s: how long a signal takes.
    """

    station: str
    light_s: float


class Seen(NamedTuple):
    """How things stand at an instant.

    elevation_rad: of the spacecraft above the horizon of the station in contact; without one, of
    the station that sees it highest.
    """

    elevation_rad: float
    contact: Contact | None


class Contacts:
    """The stations of a radio under its sky."""

    def __init__(self, radio: Radio, ground: Ground) -> None:
        """ground: has the stations among its places."""
        self._radio, self._ground = radio, ground

    def at(self, time_s: float, position_eci_m: FloatArray, q_eci_from_body: FloatArray) -> Seen:
        """Return how things stand: position (3,), attitude (4,).

        Of the stations above their masks and in the antenna's beam the one that sees the spacecraft
        highest has contact; of two that see it as high, the first.
        """
        highest, best = -math.inf, Seen(-math.inf, None)
        for station in self._radio.station:
            elevation, away_eci_m = self._look(station, time_s, position_eci_m)
            highest = max(highest, elevation)
            seen = elevation >= math.radians(station.elevation_mask_deg)
            if seen and elevation > best.elevation_rad and self._hears(away_eci_m, q_eci_from_body):
                light_s = float(np.linalg.norm(away_eci_m)) / SPEED_OF_LIGHT_m_s
                best = Seen(elevation, Contact(station.name, light_s))
        return best if best.contact else Seen(highest, None)

    def elevation_rad(self, station: Station, time_s: float, position_eci_m: FloatArray) -> float:
        """Return how high a station sees the spacecraft."""
        return self._look(station, time_s, position_eci_m)[0]

    def _look(
        self, station: Station, time_s: float, position_eci_m: FloatArray
    ) -> tuple[float, FloatArray]:
        at = np.array([time_s])
        elevation = self._ground.elevation_rad(station.name, at, position_eci_m[None])
        away = self._ground.position_eci_m(station.name, at)[0] - position_eci_m
        return float(elevation[0]), away

    def _hears(self, away_eci_m: FloatArray, q_eci_from_body: FloatArray) -> bool:
        radio = self._radio
        if radio.antenna_boresight_body is None or radio.antenna_half_beam_deg is None:
            return True
        boresight = apply(q_eci_from_body, np.array(radio.antenna_boresight_body))
        cosine = float(boresight @ away_eci_m) / float(np.linalg.norm(away_eci_m))
        return cosine >= math.cos(math.radians(radio.antenna_half_beam_deg))
