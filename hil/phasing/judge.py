"""What a response to one stimulus says: pass, inverted, swapped, scaled, turned or dead."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hil.devices.stimuli import Phasing

_DEAD = 1e-6
ANGLE_MOST_deg = 10.0
GAIN_MOST = 0.15
_PREFIXES = {
    1e3: "milli for units",
    1e-3: "units for milli",
    1e6: "micro for units",
    1e-6: "units for micro",
    1e9: "nano for units",
    1e-9: "units for nano",
}
_ANGLES = {180.0 / np.pi: "degrees for radians", np.pi / 180.0: "radians for degrees"}
_OF_UNIT = {  # mistakes that are made with a unit, beside those of prefixes
    "rad/s": _ANGLES | {30.0 / np.pi: "rpm for rad/s", np.pi / 30.0: "rad/s for rpm"},
    "rad": _ANGLES,
    "T": {1e4: "gauss for tesla", 1e-4: "tesla for gauss"},
    "m": {1e-3: "kilometres for metres", 1e3: "metres for kilometres"},
    "deg": {
        1e-7: "degrees for ten-millionths of a degree",
        1e-7 * np.pi / 180.0: "radians for ten-millionths of a degree",
    },
    "m/s2": {9.80665: "m/s2 for g", 1.0 / 9.80665: "g for m/s2"},
}


NOT_PHASED = "not phased"
"""The verdict on a device that nothing is shown to."""


class Finding(NamedTuple):
    """One axis of one device: `verdict` is pass or what is wrong, in a word; `detail` in words.

    expected, measured: vectors in `unit`, other axes on the scale of this one; empty where nothing
    could be measured. gain: size of the measured one over that of the expected one, which may
    differ from 1 by gain_most. angle_deg: how far the axis is off, which may be angle_most_deg.
    """

    device: str
    axis: str
    verdict: str
    detail: str
    expected: tuple[float, ...] = ()
    measured: tuple[float, ...] = ()
    unit: str = ""
    gain: float | None = None
    gain_most: float = GAIN_MOST
    angle_deg: float | None = None
    angle_most_deg: float = ANGLE_MOST_deg

    @property
    def wrong(self) -> bool:
        """Whether the axis was stimulated and did not answer as it should."""
        return self.verdict not in ("pass", NOT_PHASED)


def judge(
    device: str,
    labels: Sequence[str],
    own: int,
    response: NDArray[np.float64],
    expected: NDArray[np.float64],
    size: float = 1.0,
    unit: str = "",
    gain_most: float = GAIN_MOST,
    angle_most_deg: float = ANGLE_MOST_deg,
) -> Finding:
    """Judge the response (m,) to a unit stimulus of axis `own`; row k of `expected` is axis k's.

    A response along the expected one of another axis is swapped, against its own inverted, of
    another size scaled, along none of them turned. size: what 1 is in `unit`. gain_most: by which
    part the size may differ. angle_most_deg: by how much the axis may be off.
    """
    found = _named(labels, own, response, expected, unit, gain_most, angle_most_deg)
    sizes = np.linalg.norm(expected, axis=1)
    length = float(np.linalg.norm(response))
    cosine = float(expected[own] @ response) / max(sizes[own] * length, _DEAD**2)
    alive = length >= _DEAD
    return Finding(
        device,
        labels[own],
        *found,
        expected=tuple((size * expected[own]).tolist()),
        measured=tuple((size * response).tolist()),
        unit=unit,
        gain=length / float(sizes[own]),
        gain_most=gain_most,
        angle_deg=float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))) if alive else None,
        angle_most_deg=angle_most_deg,
    )


def judge_axes(
    device: str, phasing: Phasing, matrix: NDArray[np.float64], gain_most: float
) -> Iterator[Finding]:
    """Judge each column of the matrix (m, n) by which a firmware's views follow the stimuli."""
    for axis in range(matrix.shape[1]):
        size, unit = phasing.of_axis(axis)
        expected = np.eye(len(matrix))
        yield judge(device, phasing.labels, axis, matrix[:, axis], expected, size, unit, gain_most)


def _named(
    labels: Sequence[str],
    own: int,
    response: NDArray[np.float64],
    expected: NDArray[np.float64],
    unit: str,
    gain_most: float,
    angle_most_deg: float,
) -> tuple[str, str]:
    """Return what is wrong, in a word, and how it shows."""
    aligned = np.cos(np.radians(angle_most_deg))
    size = float(np.linalg.norm(response))
    if size < _DEAD:
        return "dead", "no response"
    sizes = np.linalg.norm(expected, axis=1)
    cosines = expected @ response / (np.maximum(sizes, _DEAD) * size)
    # Its own axis first: two axes that expect the same cannot be told apart.
    nearest = own if abs(cosines[own]) > aligned else int(np.argmax(np.abs(cosines)))
    if abs(cosines[nearest]) < aligned:
        angle_deg = float(np.degrees(np.arccos(np.clip(cosines[own], -1.0, 1.0))))
        return "turned", f"{angle_deg:.0f} deg off its axis: another frame or mounting"
    words, details = [], []
    if nearest != own:
        words.append("swapped")
        details.append(f"answers as {labels[nearest]} should")
    if cosines[nearest] < 0.0:
        words.append("inverted")
        details.append("with the opposite sign")
    gain = size / sizes[nearest]
    if abs(gain - 1.0) > gain_most:
        words.append("scaled")
        details.append(f"by a factor of {gain:.4g}{_known(gain, unit)}")
    return ", ".join(words) or "pass", ", ".join(details)


def _known(gain: float, unit: str) -> str:
    """Return which mistake with this unit makes such a factor; what the unit knows comes first."""
    factors = list(_OF_UNIT.get(unit, {}).items())
    factors += list(_PREFIXES.items()) if unit else []
    names = [name for factor, name in factors if abs(gain / factor - 1.0) < 0.1]
    return f" ({names[0]})" if names else ""
