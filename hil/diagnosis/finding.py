"""What a diagnosis is made of: findings, the likeliest cause first."""

from __future__ import annotations

from typing import Literal, NamedTuple

Side = Literal["knowledge", "control", "line", "any"]
MOST_LINES = 10
_RELEVANT = 0.6  # of the heaviest cause's weight: what is less is its consequence


class Finding(NamedTuple):
    """One thing that was found, in a sentence.

    weight: how surely and how strongly it explains what was missed, 0 to 100. side: whether it
    spoils what the flight software knows, what it does, or the line between. topic: what it is
    about, such as "wheel x"; of several findings on one topic the heaviest is told. cause: False
    for a circumstance that explains nothing by itself.
    """

    words: str
    weight: float
    side: Side = "any"
    topic: str = ""
    cause: bool = True


class Diagnosis(NamedTuple):
    """Why a run missed what it missed, at most MOST_LINES lines; the likeliest cause first.

    causes: none where all is met. remarks: circumstances.
    """

    causes: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The sentences, causes first."""
        return [each.words for each in (*self.causes, *self.remarks)]

    def __bool__(self) -> bool:
        return bool(self.causes or self.remarks)


def ranked(found: list[Finding], blamed: Side, *, missed: bool) -> Diagnosis:
    """Return a diagnosis of all that was found, the heaviest first and one a topic.

    blamed: the side on which the error arose; what is on the other counts less. missed: whether a
    requirement was; otherwise nothing is a cause.
    """
    weighed = [(_weight(each, blamed), each) for each in found]
    weighed.sort(key=lambda pair: -pair[0])
    kept: dict[str, Finding] = {}
    heaviest = max((weight for weight, each in weighed if each.cause), default=0.0)
    for weight, each in weighed:
        if not each.cause or weight > _RELEVANT * heaviest:
            kept.setdefault(each.topic or each.words, each)
    causes = [each for each in kept.values() if each.cause] if missed else []
    remarks = [each for each in kept.values() if not each.cause]
    most = MOST_LINES - min(4, len(remarks))
    return Diagnosis(tuple(causes[:most]), tuple(remarks[: MOST_LINES - len(causes[:most])]))


def _weight(each: Finding, blamed: Side) -> float:
    opposed = {"knowledge", "control"} == {each.side, blamed}
    return each.weight * (0.6 if opposed else 1.0)
