"""Requirements on what the OBC sees in pictures: found, told right, nothing else, found again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hil.config import NonNegative, Positive
from hil.judge.alerts import Kind
from hil.judge.required import Count, Limit, Probability, Required

_PERCENT = 0.01
_Name = Annotated[str, Field(min_length=1)]


class OfPictures(Required):
    """What all have: times are those of the shutter.

    camera: which one, from 0. kind: what the OBC must take it for. near_pixels: so near to where an
    object truly is, a find is of it. An object counts in the pictures that show it: inside their
    edges, and with at least half of its light not held back by clouds.
    """

    camera: Count = 0
    kind: Kind | None = None
    near_pixels: Positive = 4.0


class _OfShare(OfPictures):
    """A share of pictures, all runs together: one picture of each run is one trial."""

    probability: Probability

    @property
    def interpretation(self) -> Literal["mixed"]:
        """Over all pictures of all runs."""
        return "mixed"

    @property
    def stated_limit(self) -> Limit:
        """The share of pictures that may be missed."""
        return Limit(100.0 * (1.0 - self.probability), "%", _PERCENT)


class DetectionRequirement(_OfShare):
    """An object of the scene is found in a share of the pictures that show it.

    detects: its name. kind: it must be taken for that, too.
    """

    detects: _Name


class ClassRequirement(_OfShare):
    """An object that is found is taken for the right thing, in a share of the pictures.

    classifies: its name.
    """

    classifies: _Name
    kind: Kind


class FalseDetectionRequirement(OfPictures):
    """Nothing but some objects is found, but for so many finds a picture, all runs together.

    detects_only: the objects' names. kind: of finds that count; ship and fire if not given.
    """

    detects_only: tuple[str, ...]
    at_most_a_picture: NonNegative = 0.0

    @property
    def stated_limit(self) -> Limit:
        """How many a picture."""
        return Limit(self.at_most_a_picture, "a picture", 1.0)


class ReacquisitionRequirement(OfPictures):
    """After each cloud an object is found again in time.

    reacquires: its name. again_within_s: from the shutter of the first picture that shows it again
    until the OBC tells that it has it, in a track. same_track: of the number that it had before.
    first_too: the first picture that shows it counts as one after a cloud, of any track.
    """

    reacquires: _Name
    again_within_s: Positive
    same_track: bool = False
    first_too: bool = False

    @property
    def stated_limit(self) -> Limit:
        """The longest."""
        return Limit(self.again_within_s, "s", 1.0)


SightRequirement = (
    DetectionRequirement | ClassRequirement | FalseDetectionRequirement | ReacquisitionRequirement
)
SIGHT_KEYS = ("detects", "classifies", "detects_only", "reacquires")


def named_in(requirement: SightRequirement) -> tuple[str, ...]:
    """Return the objects of the scene that a requirement names."""
    if isinstance(requirement, FalseDetectionRequirement):
        return requirement.detects_only
    if isinstance(requirement, DetectionRequirement):
        return (requirement.detects,)
    if isinstance(requirement, ClassRequirement):
        return (requirement.classifies,)
    return (requirement.reacquires,)
