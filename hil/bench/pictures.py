"""What a recording keeps of cameras: the pictures as they were sent, and what the OBC found."""

from __future__ import annotations

from collections.abc import Sequence

from hil.devices.camera import CameraUnit
from hil.link.events import Values
from hil.link.messages import SIGHT_KINDS
from hil.recording import Recorder
from hil.recording.picture import Sight, Sights

_PARTS_OF_A_PIXEL = 64.0
_NUMBERS = 6  # of each sight


def record_pictures(recorder: Recorder, time_ns: int, cameras: Sequence[CameraUnit]) -> None:
    """Record the pictures whose first pieces go out in this step."""
    for camera in cameras:
        picture = camera.begun()
        if picture is not None:
            recorder.picture(time_ns, camera.instance, picture, camera.model.bits)


def sights_of(values: Values) -> Sights:
    """Return what the values of a `sightings` message tell."""
    frame, camera, lost, *rest = (int(value) for value in values)
    numbers = (rest[at : at + _NUMBERS] for at in range(0, len(rest), _NUMBERS))
    return Sights(camera, frame, lost, tuple(_sight(each) for each in numbers))


def _sight(numbers: Sequence[int]) -> Sight:
    kind, confidence, track, column, row, size = numbers
    return Sight(
        SIGHT_KINDS[kind] if kind < len(SIGHT_KINDS) else f"kind {kind}",
        confidence / 255.0,
        track,
        column / _PARTS_OF_A_PIXEL,
        row / _PARTS_OF_A_PIXEL,
        size,
    )
