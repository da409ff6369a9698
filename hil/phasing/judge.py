"""What a response to one stimulus says: pass, inverted, swapped, scaled, turned or dead."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_DEAD = 1e-6
_ALIGNED = np.cos(np.radians(10.0))
_GAIN = (0.85, 1.15)
_KNOWN_FACTORS = {
    180.0 / np.pi: "degrees for radians",
    np.pi / 180.0: "radians for degrees",
    1e3: "milli for units",
    1e-3: "units for milli",
    1e6: "micro for units",
    1e-6: "units for micro",
    1e9: "nano for units",
    1e-9: "units for nano",
    30.0 / np.pi: "rpm for rad/s",
    np.pi / 30.0: "rad/s for rpm",
}


NOT_PHASED = "not phased"
"""The verdict on a device that nothing is shown to."""


class Finding(NamedTuple):
    """One axis of one device: `verdict` is pass or what is wrong, in a word; `detail` in words."""

    device: str
    axis: str
    verdict: str
    detail: str

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
) -> Finding:
    """Judge the response (m,) to a unit stimulus of axis `own`; row k of `expected` is axis k's.

    A response along the expected one of another axis is swapped, against its own inverted, of
    another size scaled, along none of them turned.
    """
    size = float(np.linalg.norm(response))
    if size < _DEAD:
        return Finding(device, labels[own], "dead", "no response")
    sizes = np.linalg.norm(expected, axis=1)
    cosines = expected @ response / (np.maximum(sizes, _DEAD) * size)
    # Its own axis first: two axes that expect the same cannot be told apart.
    nearest = own if abs(cosines[own]) > _ALIGNED else int(np.argmax(np.abs(cosines)))
    if abs(cosines[nearest]) < _ALIGNED:
        return _turned(device, labels, own, cosines)
    words, details = [], []
    if nearest != own:
        words.append("swapped")
        details.append(f"answers as {labels[nearest]} should")
    if cosines[nearest] < 0.0:
        words.append("inverted")
        details.append("with the opposite sign")
    gain = size / sizes[nearest]
    if not _GAIN[0] <= gain <= _GAIN[1]:
        words.append("scaled")
        details.append(f"by a factor of {gain:.4g}{_known(gain)}")
    return Finding(device, labels[own], ", ".join(words) or "pass", ", ".join(details))


def _turned(device: str, labels: Sequence[str], own: int, cosines: NDArray[np.float64]) -> Finding:
    angle_deg = float(np.degrees(np.arccos(np.clip(cosines[own], -1.0, 1.0))))
    return Finding(
        device,
        labels[own],
        "turned",
        f"{angle_deg:.0f} deg off its axis: another frame or mounting",
    )


def _known(gain: float) -> str:
    names = [name for factor, name in _KNOWN_FACTORS.items() if abs(gain / factor - 1.0) < 0.1]
    return f" ({names[0]})" if names else ""
