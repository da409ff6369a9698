"""Whether clouds hide a place of a scene, as the renderer draws them."""

from __future__ import annotations

import math

import numpy as np

from hil.physics.constants import WGS84_FLATTENING
from hil.physics.vectors import FloatArray
from hil.scene.arrangement import Arrangement
from hil.scene.model import Scene
from hil.scene.render import CLOUD_DIMS, cloud_depth

_HALF = 0.5
_PIXEL_m = 50.0  # finer parts of a cloud's edge do not count
_SQUASH_2 = 1.0 / (1.0 - WGS84_FLATTENING) ** 2


class Hiding:
    """Clouds between places on the ground and a camera."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._arrangement = Arrangement(scene)

    def is_hidden(self, place_ecef_m: FloatArray, eye_ecef_m: FloatArray, time_s: float) -> bool:
        """Return whether less than half of a place's light passes the clouds on its way up."""
        if not (self._scene.cloud or self._scene.cloud_cover):
            return False
        view, clouds = self._arrangement.clouds_at(time_s)
        up = place_ecef_m * np.array([1.0, 1.0, _SQUASH_2])
        up /= np.linalg.norm(up)
        to_eye = eye_ecef_m - place_ecef_m
        to_eye /= np.linalg.norm(to_eye)
        seen = max(0.05, float(up @ to_eye))
        away = place_ecef_m + self._scene.cloud_height_m / seen * to_eye - view[0]["map_centre_m"]
        x, y = float(away @ view[0]["map_east"]), float(away @ view[0]["map_north"])
        return math.exp(-CLOUD_DIMS * cloud_depth(x, y, _PIXEL_m, view[0], clouds)) < _HALF
