"""What of a camera is valid and yet most likely not meant, by itself or by the flight software."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hil.devices.camera import Camera
from hil.flight.parameters import PARAMETERS
from hil.rig.model import Rig

REFERENCE_COLUMNS, REFERENCE_ROWS = 160, 120  # vision/frame.h
_OF_WELL = 0.1  # less of it on the whole scale of the converter: most pictures are white
_PIXEL_OFF = 0.02  # of a pixel's angle: 1.6 pixels at the edge of a picture of 160
_AXIS_OFF = math.cos(math.radians(1.0))


def camera_remarks(rig: Rig) -> Iterator[str]:
    """Yield a sentence each on the cameras that look at the rig's scene."""
    if rig.scene is None:
        return
    cameras = rig.spacecraft.tables("camera")
    for number, camera in enumerate(cameras):
        yield from (f"[[camera]] number {number + 1}: {each}" for each in _converter(camera))
    if cameras and not rig.spacecraft.flight_software_ids:
        yield from (f"[[camera]] number 1: {each}" for each in _reference(rig, cameras[0]))


def _converter(camera: Camera) -> Iterator[str]:
    counts = (1 << camera.bits) - 1 - camera.bias_counts
    share = counts * camera.electrons_per_count / camera.full_well_electrons
    if share < _OF_WELL:
        yield (
            f"bits = {camera.bits} and electrons_per_count = {camera.electrons_per_count:g} end at "
            f"{100.0 * share:.2g} % of full_well_electrons: what is brighter is white; the whole "
            f"well takes {camera.full_well_electrons / counts:.4g} electrons a count"
        )


def _reference(rig: Rig, camera: Camera) -> Iterator[str]:
    if camera.columns > REFERENCE_COLUMNS or camera.rows > REFERENCE_ROWS:
        yield (
            f"{camera.columns} x {camera.rows} pixels: the reference flight software takes "
            f"pictures of up to {REFERENCE_COLUMNS} x {REFERENCE_ROWS}, and rejects others"
        )
    told = {each.name: each.default for each in PARAMETERS} | rig.spacecraft.flight_software
    if not told["camera_follow"]:
        return
    pixel_rad = 2.0 * math.tan(0.5 * math.radians(camera.field_of_view_deg)) / camera.columns
    if abs(told["camera_pixel_rad"] / pixel_rad - 1.0) > _PIXEL_OFF:
        yield (
            f"a pixel takes {pixel_rad:.4g} rad, and [flight_software] camera_pixel_rad is "
            f"{told['camera_pixel_rad']:.4g}: it looks beside what it sees"
        )
    for parameter, key in (("payload_axis", "boresight_body"), ("camera_up_axis", "up_body")):
        axis = np.array([told[f"{parameter}_{x}_body"] for x in "xyz"])
        if float(axis @ np.array(getattr(camera, key))) < _AXIS_OFF * float(np.linalg.norm(axis)):
            yield (
                f"{key} = {list(getattr(camera, key))}, and [flight_software] {parameter}_x_body, "
                f"_y_, _z_ are {axis.tolist()}: it looks beside what it sees"
            )
