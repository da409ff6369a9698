"""How a run with a fault is rated, and what a rig expects of that."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from hil.config import Model

Rating = Literal["no effect", "degraded", "safe", "lost"]
RATINGS: tuple[Rating, ...] = ("no effect", "degraded", "safe", "lost")
"""From the best to the worst."""
_Pattern = Annotated[str, Field(min_length=1)]


class ExpectedRating(Model):
    """An [[expected_rating]] table: how bad faults may become, at the worst. The first fit counts.

    device, kind: as in [[fault]], or patterns such as "wheel *"; all if not given.
    """

    device: _Pattern = "*"
    kind: _Pattern = "*"
    at_worst: Rating

    def is_about(self, device: str, kind: str) -> bool:
        """Whether it is about this kind of fault on this device."""
        return fnmatchcase(device, self.device) and fnmatchcase(kind, self.kind)


def expected_of(
    tables: Sequence[ExpectedRating], faults: Sequence[tuple[str, str]]
) -> Rating | None:
    """Return the worst rating that (device, kind) of faults together may have; None: nobody says.

    Of several faults at once, it is that of the one that may become worst.
    """
    found: list[Rating] = []
    for device, kind in faults:
        fits = [each.at_worst for each in tables if each.is_about(device, kind)]
        if not fits:
            return None
        found.append(fits[0])
    return max(found, key=RATINGS.index)


def is_worse(rating: Rating, than: Rating) -> bool:
    """Whether a rating is worse than another."""
    return RATINGS.index(rating) > RATINGS.index(than)
