"""What torque wheels give the body for what is commanded, by least squares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hil.diagnosis.units import vector_words
from hil.judge.rows import FloatArray


class Response(NamedTuple):
    """Torque (wheels, 3) on the body for each N m commanded, and its standard error (wheels,).

    fit: the share of the body's torque that it explains.
    """

    torque: FloatArray
    error: FloatArray
    fit: float


def fitted(pool: FloatArray, wheels: int) -> Response | None:
    """Return the response by least squares from a pool's sums; None if too little moved."""
    n, count = wheels, pool[0]
    if count < 20:
        return None
    at = np.cumsum([0, 1, n, 3, 3, n * n, n * 3])
    torque, body = pool[at[1] : at[2]] / count, pool[at[2] : at[3]] / count
    spread_body = pool[at[3] : at[4]] / count - body**2
    covariance = pool[at[4] : at[5]].reshape(n, n) / count - np.outer(torque, torque)
    shared = pool[at[5] : at[6]].reshape(n, 3) / count - np.outer(torque, body)
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-30))
    if (scale < 1e-7).any():
        return None
    inverse = np.linalg.pinv(covariance, rcond=1e-6, hermitian=True)
    found = inverse @ shared
    rest = np.maximum(spread_body - np.einsum("ij,ij->j", found, shared), 0.0)
    correlated = np.diag(inverse)
    error = np.sqrt(correlated * rest.max() / count) * 3.0  # what is left is not white
    if np.linalg.cond(covariance / np.outer(scale, scale)) > 1e4:
        return None
    fit = 1.0 - float(rest.sum() / max(float(spread_body.sum()), 1e-30))
    return Response(found, error, fit)


def response_words(gain: float, size: float, turned: FloatArray, axis: FloatArray) -> str:
    """Return what a wheel does wrong, from its response in body axes."""
    along = abs(gain) / max(size, 1e-9)
    if size < 0.2:
        return f"gives {gain:.2f} of the torque commanded"
    if gain < -0.3 and along > 0.9:
        return f"turns the body the wrong way: it gives {gain:+.2f} of the torque commanded"
    if along > 0.97:
        return f"gives {gain:.2f} of the torque commanded"
    return (
        f"turns the body about {vector_words(turned)}, not about {vector_words(axis)} as the "
        "flight software believes"
    )
