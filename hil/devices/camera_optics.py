"""A camera's lens and detector as the renderer has them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hil.physics.vectors import FloatArray

if TYPE_CHECKING:
    from hil.devices.camera import Camera
    from hil.scene.camera import Detector, Lens

_PHOTON_J = 3.367e-19  # of 590 nm, the middle of the band


def lens_of(model: Camera, turned_rad: FloatArray) -> Lens:
    """Return the lens as it sits, turned (3,) by rad about the body's axes."""
    from hil.physics.rotations import apply, from_rotation_vector
    from hil.scene.camera import Lens

    forward, up = np.array(model.boresight_body), np.array(model.up_body)
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(forward, right), forward])
    return Lens(
        model.columns,
        model.rows,
        math.radians(model.field_of_view_deg),
        apply(from_rotation_vector(turned_rad), axes).T,
        model.distortion,
    )


def detector_of(model: Camera, seed: int) -> Detector:
    """Return the detector behind it."""
    from hil.scene.camera import Detector

    # Irradiance behind a lens: pi L T / (4 N2) (Schott 2007, section 5.2.2)
    watts = math.pi * model.transmission / (4.0 * model.f_number**2) * (1e-6 * model.pixel_um) ** 2
    return Detector(
        exposure_s=model.exposure_s,
        blur_pixels=model.blur_pixels,
        electrons_per_radiance=watts * model.exposure_s * model.quantum_efficiency / _PHOTON_J,
        dark_electrons=model.dark_current_electrons_s * model.exposure_s,
        read_noise_electrons=model.read_noise_electrons,
        full_well_electrons=model.full_well_electrons,
        electrons_per_count=model.electrons_per_count,
        bias_counts=model.bias_counts,
        counts_max=float((1 << model.bits) - 1),
        response_sigma=model.response_sigma,
        seed=seed,
    )


def bad_pixels(model: Camera, source: np.random.Generator) -> list[tuple[tuple[int, int], int]]:
    """Draw row and column of hot and dead pixels, with the count that each always shows."""
    n = model.hot_pixels + model.dead_pixels
    places = source.choice(model.columns * model.rows, size=n, replace=False)
    values = [(1 << model.bits) - 1] * model.hot_pixels + [0] * model.dead_pixels
    return [
        ((int(at) // model.columns, int(at) % model.columns), value)
        for at, value in zip(places, values, strict=True)
    ]
