"""Pictures of a run: when each was exposed, and where in it the scene's objects truly are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hil.errors import CheckError
from hil.judge.detections import OfPictures
from hil.judge.pointing import Ground
from hil.judge.rows import FloatArray, Mask, Rows
from hil.physics.ground import Eye
from hil.physics.rotations import apply, conjugate

_TRUTH = ("truth_position_eci_m", "truth_velocity_eci_m_s", "truth_q_eci_from_body")
_BACK_s = 60.0  # a camera's latency is shorter


class Place(NamedTuple):
    """An object in a picture: inside its edges, and not behind a cloud."""

    column: float
    row: float
    inside: bool
    clear: bool

    @property
    def shown(self) -> bool:
        """Whether the picture shows it."""
        return self.inside and self.clear


class Exposure(NamedTuple):
    """A picture: its number, when it was exposed, and where the objects are that lie before it."""

    frame: int
    time_s: float
    places: dict[str, Place]


class Exposures:
    """Puts pictures and truth together while a run is read."""

    def __init__(
        self, requirement: OfPictures, names: Sequence[str], ground: Ground | None
    ) -> None:
        if ground is None or requirement.camera >= len(ground.eyes):
            raise CheckError(
                "the rig has no [scene], so where objects lie in the pictures is not known"
            )
        missing = [name for name in names if name not in ground.targets]
        if missing:
            raise CheckError(f"there is no object called {missing[0]!r}")
        self._ground, self._names = ground, names
        self._eye: Eye = ground.eyes[requirement.camera]
        self._frame, self._age = names_of(requirement.camera)
        self._time = np.empty(0)
        self._truth = np.empty((0, 10))
        self._applies: Mask = np.empty(0, dtype=bool)

    def feed(self, rows: Rows, applies: Mask) -> list[Exposure]:
        """Return the pictures that these steps tell of, of the steps at which it applies."""
        self._keep(rows, applies)
        frame, age_s = rows[self._frame].reshape(-1), rows[self._age].reshape(-1)
        found = []
        for at in np.flatnonzero(np.isfinite(frame)):
            exposed_s = float(rows["time_s"][at] - age_s[at])
            place = self._step_of(exposed_s)
            if place is not None and self._applies[place]:
                found.append((int(frame[at]), exposed_s, self._truth[place]))
        return self._exposures(found) if found else []

    def _keep(self, rows: Rows, applies: Mask) -> None:
        times = rows["time_s"]
        truth = np.hstack([rows[name] for name in _TRUTH])
        begin = int(np.searchsorted(self._time, times[0] - _BACK_s)) if len(times) else 0
        self._time = np.concatenate([self._time[begin:], times])
        self._truth = np.concatenate([self._truth[begin:], truth])
        self._applies = np.concatenate([self._applies[begin:], applies])

    def _step_of(self, time_s: float) -> int | None:
        at = int(np.searchsorted(self._time, time_s - 1e-6))
        near = at < len(self._time) and abs(float(self._time[at]) - time_s) < 1e-3
        return at if near else None

    def _exposures(self, found: Sequence[tuple[int, float, FloatArray]]) -> list[Exposure]:
        times = np.array([time_s for _, time_s, _ in found])
        truth = np.array([row for *_, row in found])
        ways = {
            name: (
                self._ground.position_eci_m(name, times),
                self._ground.away_eci_m(name, times, truth[:, :3], truth[:, 3:6]),
            )
            for name in self._names
        }
        return [
            self._exposure(*each, {name: (at[i], way[i]) for name, (at, way) in ways.items()})
            for i, each in enumerate(found)
        ]

    def _exposure(
        self,
        frame: int,
        time_s: float,
        truth: FloatArray,
        objects: dict[str, tuple[FloatArray, FloatArray]],
    ) -> Exposure:
        """objects: where each is, and the way on which it is seen; ECI, m."""
        position_eci_m, q_eci_from_body = truth[:3], truth[6:]
        places = {}
        for name, (object_eci_m, away_eci_m) in objects.items():
            away_body = apply(conjugate(q_eci_from_body), away_eci_m)
            pixel = self._eye.pixel_of(away_body)
            if pixel is not None and object_eci_m @ (position_eci_m - object_eci_m) > 0.0:
                inside = self._eye.is_inside(*pixel)
                clear = inside and self._is_clear(object_eci_m, position_eci_m, time_s)
                places[name] = Place(*pixel, inside, clear)
        return Exposure(frame, time_s, places)

    def _is_clear(self, object_eci_m: FloatArray, eye_eci_m: FloatArray, time_s: float) -> bool:
        ecef_from_eci = conjugate(self._ground.q_eci_from_ecef(time_s))
        place, eye = apply(ecef_from_eci, object_eci_m), apply(ecef_from_eci, eye_eci_m)
        return not self._eye.is_behind_cloud(place, eye, time_s)


def names_of(camera: int) -> tuple[str, str]:
    """Return the columns that tell a picture's number, and how long ago it was exposed."""
    return f"camera{camera}_frame", f"camera{camera}_age_s"


def columns_of(camera: int) -> set[str]:
    """Return the columns that pictures are put together from."""
    return {"time_s", *_TRUTH, *names_of(camera)}


def distance_pixels(place: Place, column: float, row: float) -> float:
    """Return how far from an object something is in a picture."""
    return math.hypot(column - place.column, row - place.row)
