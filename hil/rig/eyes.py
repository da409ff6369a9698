"""The cameras of a rig, for who wants to know where places lie in their pictures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from hil.devices.camera import Camera
from hil.judge.detections import SightRequirement, named_in
from hil.physics.vectors import FloatArray
from hil.scene.model import Scene

if TYPE_CHECKING:
    from hil.rig.model import Rig
    from hil.scene.hiding import Hiding


class CameraEye:
    """A camera of the table, mounted without error, before a scene."""

    def __init__(self, camera: Camera, scene: Scene) -> None:
        self._camera, self._scene = camera, scene

    def pixel_of(self, away_body: FloatArray) -> tuple[float, float] | None:
        """Return column and row at which a direction (3,) is seen; None behind the camera."""
        return self._camera.pixel_of(away_body)

    def is_inside(self, column: float, row: float) -> bool:
        """Whether a picture has this column and this row."""
        right, bottom = self._camera.columns - 1, self._camera.rows - 1
        return 0.0 <= column <= right and 0.0 <= row <= bottom

    def is_behind_cloud(
        self, place_ecef_m: FloatArray, eye_ecef_m: FloatArray, time_s: float
    ) -> bool:
        """Whether clouds hold back more than half of a place's light."""
        return self._hiding.is_hidden(place_ecef_m, eye_ecef_m, time_s)

    @cached_property
    def _hiding(self) -> Hiding:
        from hil.scene.hiding import Hiding  # compiles the renderer's clouds

        return Hiding(self._scene)


def sights_fit(rig: Rig) -> Iterator[str]:
    """Yield all that keeps requirements on pictures from going with a rig."""
    wanted = [each for each in rig.requirement if isinstance(each, SightRequirement)]
    cameras = len(rig.spacecraft.tables("camera")) if rig.scene is not None else 0
    known = [each.name for each in rig.scene.objects] if rig.scene is not None else []
    for each in wanted:
        called = f'[[requirement]] "{each.name}"'
        if rig.scene is None or not cameras:
            yield (
                f"{called} is about pictures: the rig needs a [scene], and its spacecraft a "
                "[[camera]]"
            )
            continue
        if each.camera >= cameras:
            yield f"{called}: camera = {each.camera}: valid numbers: 0 to {cameras - 1}"
        for name in named_in(each):
            if name not in known:
                has = ", ".join(known) or "none"
                yield f"{called}: [scene] has no object called {name!r}; it has: {has}"
        if rig.recording.every != 1:
            yield (
                f"{called} needs truth at each shutter: [recording] every = "
                f"{rig.recording.every} must be 1"
            )
