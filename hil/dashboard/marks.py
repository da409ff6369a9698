"""Where the objects of the scene truly are in the pictures of the first camera; knows no window."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from hil.dashboard.rows import FloatArray, Rows
from hil.physics.rotations import apply, conjugate
from hil.rig import Rig

_TRUTH = ("truth_position_eci_m", "truth_velocity_eci_m_s", "truth_q_eci_from_body")
_NEEDED = (*_TRUTH, "camera0_frame", "camera0_age_s")
_BEYOND = 8.0  # pixels beside the picture, from which on a mark is left out
_LONGEST_s = 600.0  # from exposure to the last piece of a picture
Pose = tuple[FloatArray, FloatArray, FloatArray]  # position, velocity, attitude


class Mark(NamedTuple):
    """An object by its name, at a column and a row of a picture."""

    name: str
    column: float
    row: float


class Marks:
    """The true pose at each picture's exposure, collected while a run is read.

    Of a run without end it keeps the last steps and one pose a picture.
    """

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._camera = rig.spacecraft.tables("camera")[0]
        self._recent: deque[tuple[FloatArray, Pose]] = deque()
        self._poses: dict[int, tuple[float, Pose]] = {}

    @staticmethod
    def can(rig: Rig | None, sizes: dict[str, int]) -> bool:
        """Return whether rig and recording tell all that it takes."""
        has_camera = rig is not None and rig.scene is not None and rig.spacecraft.tables("camera")
        return bool(has_camera) and all(name in sizes for name in _NEEDED)

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        time_s = rows["time_s"]
        if not len(time_s):
            return
        position, velocity, attitude = (rows[name] for name in _TRUTH)
        self._recent.append((time_s, (position, velocity, attitude)))
        frame, age_s = rows["camera0_frame"].reshape(-1), rows["camera0_age_s"].reshape(-1)
        for at in np.flatnonzero(np.isfinite(frame)):
            exposed_s = float(time_s[at] - age_s[at])
            if (pose := self._at(exposed_s)) is not None:
                self._poses[int(frame[at])] = exposed_s, pose
        while self._recent[0][0][-1] < time_s[-1] - _LONGEST_s:
            self._recent.popleft()

    def of(self, frame: int) -> list[Mark]:
        """Return the marks in a picture of this number."""
        scene = self._rig.scene
        if frame not in self._poses or scene is None:
            return []
        exposed_s, (position_eci_m, velocity_eci_m_s, q_eci_from_body) = self._poses[frame]
        found, at_s, ground = [], np.array([exposed_s]), self._rig.ground
        for each in scene.objects:
            away_eci_m = ground.away_eci_m(
                each.name, at_s, position_eci_m[None], velocity_eci_m_s[None]
            )
            away_body = apply(conjugate(q_eci_from_body), away_eci_m[0])
            pixel = self._camera.pixel_of(away_body)
            if pixel is not None and self._is_near(*pixel):
                found.append(Mark(each.name, *pixel))
        return found

    def _is_near(self, column: float, row: float) -> bool:
        camera = self._camera
        right, down = float(camera.columns) + _BEYOND, float(camera.rows) + _BEYOND
        return bool(-_BEYOND <= column <= right and -_BEYOND <= row <= down)

    def _at(self, time_s: float) -> Pose | None:
        """Return position, velocity and attitude at a step's instant."""
        for times, (position, velocity, attitude) in reversed(self._recent):
            at = int(np.searchsorted(times, time_s - 1e-6))
            if at < len(times) and abs(float(times[at]) - time_s) < 1e-3:
                return position[at].copy(), velocity[at].copy(), attitude[at].copy()
        return None
