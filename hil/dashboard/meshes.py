"""Solid shapes for the 3-D attitude view, shaded by hand: they need no light to be read."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pyqtgraph.opengl as gl

from hil.dashboard import arrows
from hil.dashboard.rows import FloatArray
from hil.dashboard.theme import Theme

_SIDES = 20
_HEAD_LENGTH = 0.16
_SHINE = 0.4  # share of white on the side that seems lit
_FACE_SHINES = (0.0, 0.0, 0.16, 0.16, 0.3, 0.3)  # of -x, +x, -y, +y, -z, +z


def arrow_mesh(arrow: arrows.Arrow) -> gl.GLMeshItem:
    """Return an arrow of a tip's length along +z."""
    radius = 0.026 if arrow.thick else 0.013
    length = float(np.linalg.norm(arrow.tip))
    neck = length - _HEAD_LENGTH
    profile = [(0.0, radius), (neck, radius), (neck, 2.8 * radius), (length, 0.0)]
    vertices, faces, shines = _turned(profile)
    return _mesh(vertices, faces, shines, arrow.colour)


def box_mesh(theme: Theme) -> gl.GLMeshItem:
    """Return the body's box, with body axes along x, y and z."""
    corners = arrows.box_corners(np.eye(3))
    box = _mesh(corners, arrows.BOX_FACES, np.repeat(_FACE_SHINES, 2), theme.body)
    edges = corners[arrows.BOX_EDGES].reshape(-1, 3)
    colour = pg.mkColor(theme.panel).getRgbF()
    lines = gl.GLLinePlotItem(parentItem=box, pos=edges, color=colour, mode="lines")
    lines.setGLOptions("opaque")
    return box


def _mesh(
    vertices: FloatArray, faces: FloatArray, shines: FloatArray, colour: str
) -> gl.GLMeshItem:
    own = np.array(pg.mkColor(colour).getRgbF())
    colours = own + np.outer(shines, 1.0 - own)
    return gl.GLMeshItem(
        vertexes=vertices, faces=faces, faceColors=colours, smooth=False, computeNormals=False
    )


def turn_z_to(tip: FloatArray) -> FloatArray:
    """Return a rotation matrix (3, 3) that takes +z to a tip's direction."""
    z = tip / np.linalg.norm(tip)
    x = np.cross(np.eye(3)[np.argmin(np.abs(z))], z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z], axis=1)


def _turned(profile: list[tuple[float, float]]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return vertices, faces and shines of a profile (height, radius) turned about z."""
    angle = np.linspace(0.0, 2.0 * np.pi, _SIDES, endpoint=False)
    rings = [
        np.stack([r * np.cos(angle), r * np.sin(angle), np.full(_SIDES, h)], axis=1)
        for h, r in profile
    ]
    here = np.arange(_SIDES)
    beside = (here + 1) % _SIDES
    faces, shines = [], []
    for ring in range(len(profile) - 1):
        a, b = ring * _SIDES + here, ring * _SIDES + beside
        faces += [np.stack([a, b, b + _SIDES], 1), np.stack([a, b + _SIDES, a + _SIDES], 1)]
        shines += [_SHINE * (0.5 + 0.5 * np.cos(angle))] * 2
    return np.concatenate(rings), np.concatenate(faces), np.concatenate(shines)
