"""What the OBC saw in the pictures of one run, reduced while the run is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.errors import CheckError
from hil.judge.basis import Member
from hil.judge.detections import (
    ClassRequirement,
    DetectionRequirement,
    FalseDetectionRequirement,
    ReacquisitionRequirement,
    SightRequirement,
    named_in,
)
from hil.judge.exposures import Exposure, Exposures, columns_of, distance_pixels
from hil.judge.phases import Phase, Run
from hil.judge.pointing import Ground
from hil.judge.rows import Rows
from hil.recording.picture import Sight, Sights

_UNDER_WAY = 2  # pictures at a run's end of which the OBC may not have told yet
_ALARMS = ("ship", "fire")


@dataclass
class Detected:
    """What one run came to: a value of each picture that counts, and when it was exposed.

    Of a share 1 for a picture in which it was missed, 0 else; of false alarms how many; of finding
    again the seconds after each cloud.
    """

    member: Member
    values: tuple[tuple[float, float], ...]

    @property
    def share_above(self) -> float:
        """The share of pictures that are missed, or have a false alarm."""
        return sum(value > 0.0 for value, _ in self.values) / max(1, len(self.values))


class DetectionFigure:
    """Pictures of one run, and what the OBC told of them."""

    def __init__(
        self, requirement: SightRequirement, ground: Ground | None, run: Run, recording: Path
    ) -> None:
        self._requirement = requirement
        self.phase = Phase(requirement, ground, run)
        self._exposures = Exposures(requirement, named_in(requirement), ground)
        self._pictures: list[Exposure] = []
        self._told: dict[int, list[tuple[float, Sights]]] | None = None
        self._member = Member(recording, run.step_s, 0, 0)

    @staticmethod
    def columns(requirement: SightRequirement, available: frozenset[str]) -> set[str]:
        """Return the columns that it reads."""
        return Phase.columns(requirement, available) | columns_of(requirement.camera)

    def feed(self, rows: Rows) -> None:
        """Take the next steps."""
        applies = self.phase.extend(rows)
        self._member = self._member.with_steps(applies.settled, applies.asked)
        self._pictures += self._exposures.feed(rows, applies.settled)

    def tell(self, sights: Sequence[tuple[float, Sights]]) -> None:
        """Take what the OBC told of pictures, all of it, in order."""
        self._told = {}
        for time_s, seen in sights:
            if seen.camera == self._requirement.camera:
                self._told.setdefault(seen.frame, []).append((time_s, seen))

    @property
    def met_so_far(self) -> bool | None:
        """Not known before the run has ended."""
        return None

    def finish(self) -> Detected:
        """Return what the run came to; CheckError when no picture counts."""
        self.phase.check()
        if self._told is None:
            raise CheckError("what the OBC saw is read when the run has ended")
        values = tuple(self._values(self._counted()))
        if not values:
            raise CheckError(self._nothing_words())
        return Detected(self._member, values)

    def _counted(self) -> list[tuple[Exposure, float, Sequence[Sight]]]:
        """Return the pictures with when they were told of, and what; infinite when they were not.

        Those at the end are left out whose pixels may still have been on their way.
        """
        found = [(each, *self._sights_of(each)) for each in self._pictures]
        late = 0
        while late < min(_UNDER_WAY, len(found)) and math.isinf(found[-1 - late][1]):
            late += 1
        return found[: len(found) - late]

    def _sights_of(self, picture: Exposure) -> tuple[float, Sequence[Sight]]:
        """Return when a picture was told of, and what; numbers begin anew after 65536."""
        assert self._told is not None
        for time_s, seen in self._told.get(picture.frame, ()):
            if time_s >= picture.time_s - 1e-6:
                return time_s, seen.found
        return math.inf, ()

    def _values(
        self, counted: Sequence[tuple[Exposure, float, Sequence[Sight]]]
    ) -> list[tuple[float, float]]:
        requirement = self._requirement
        if isinstance(requirement, ReacquisitionRequirement):
            return self._again(requirement, counted)
        if isinstance(requirement, FalseDetectionRequirement):
            return [
                (float(sum(self._is_false(each, sight) for sight in sights)), each.time_s)
                for each, _, sights in counted
            ]
        found = []
        (name,) = named_in(requirement)
        for each, _, sights in counted:
            if name in each.places and each.places[name].shown:
                own = self._own(each, name, sights)
                found += _missed(requirement, own, each.time_s)
        return found

    def _own(self, picture: Exposure, name: str, sights: Sequence[Sight]) -> list[Sight]:
        """Return the finds that are of an object, the nearest first."""
        place = picture.places[name]
        far = [(distance_pixels(place, each.column, each.row), each) for each in sights]
        near = [each for each in far if each[0] <= self._requirement.near_pixels]
        return [sight for _, sight in sorted(near, key=lambda each: each[0])]

    def _is_false(self, picture: Exposure, sight: Sight) -> bool:
        wanted = self._requirement.kind
        if sight.kind not in ((wanted,) if wanted else _ALARMS):
            return False
        return not any(sight in self._own(picture, name, [sight]) for name in picture.places)

    def _again(
        self,
        requirement: ReacquisitionRequirement,
        counted: Sequence[tuple[Exposure, float, Sequence[Sight]]],
    ) -> list[tuple[float, float]]:
        """Return how long after each cloud an object was found again, and when the cloud had gone.

        Infinite where it was not, before the next cloud or the end of what is judged.
        """
        name, found = requirement.reacquires, []
        before, waits_since = 0, math.nan  # its track while it was seen last; when the cloud ended
        hidden = requirement.first_too
        for each, told_s, sights in counted:
            place = each.places.get(name)
            if place is None or not place.inside:
                continue
            if not place.clear:
                if math.isfinite(waits_since):
                    found.append((math.inf, waits_since))
                hidden, waits_since = True, math.nan
                continue
            if hidden:
                hidden, waits_since = False, each.time_s
            tracks = [own.track for own in self._own(each, name, sights) if _fits(requirement, own)]
            any_track = not requirement.same_track or (requirement.first_too and not before)
            right = [track for track in tracks if any_track or track == before]
            if math.isnan(waits_since):
                before = tracks[0] if tracks else before
            elif right:
                found.append((told_s - waits_since, waits_since))
                before, waits_since = right[0], math.nan
        if math.isfinite(waits_since):
            found.append((math.inf, waits_since))
        return found

    def _nothing_words(self) -> str:
        names = ", ".join(named_in(self._requirement))
        if isinstance(self._requirement, FalseDetectionRequirement):
            return "the phase has no picture"
        if isinstance(self._requirement, ReacquisitionRequirement):
            return f"no cloud hides {names} and lets it be seen again in the phase"
        if isinstance(self._requirement, ClassRequirement):
            return f"{names} is found in no picture of the phase"
        return f"no picture of the phase shows {names}"


def _missed(
    requirement: DetectionRequirement | ClassRequirement, own: Sequence[Sight], time_s: float
) -> list[tuple[float, float]]:
    """Return 1 for a picture in which an object is missed, 0 else; nothing if it does not count."""
    if isinstance(requirement, ClassRequirement):
        return [(float(own[0].kind != requirement.kind), time_s)] if own else []
    right = any(requirement.kind in (None, each.kind) for each in own)
    return [(float(not right), time_s)]


def _fits(requirement: ReacquisitionRequirement, sight: Sight) -> bool:
    return sight.track != 0 and requirement.kind in (None, sight.kind)
