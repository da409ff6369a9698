"""What all requirements of a rig have: a name, a phase in which they hold, a limit."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from hil.config import Model, NonNegative, Positive

Probability = Annotated[float, Field(gt=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0)]
CONFIDENCE = 0.9  # at which a probability among runs counts as shown, unless a rig says otherwise
RUNS_SHARE = 0.9973  # of runs to come that hold what is about every run by itself: 3 sigma
FAULT_KEYS = ("after_fault", "after_fault_end", "while_fault")

_UNITS = {  # key -> what a reader sees, and what one of it is in the SI unit
    "limit_deg": ("deg", math.pi / 180.0),
    "limit_arcsec": ("arcsec", math.pi / 648_000.0),
    "limit_deg_s": ("deg/s", math.pi / 180.0),
}


_ROUNDING = 1e-12  # of a limit: what a change of units, or an angle from a quaternion, is off by


class Limit(NamedTuple):
    """A limit as the rig states it: how many of which unit, and one such unit in SI.

    A value that equals it is within it, also where it was rounded on its way.
    """

    value: float
    unit: str
    unit_si: float

    @property
    def most_si(self) -> float:
        """The largest value in SI that is within it."""
        return self.value * self.unit_si * (1.0 + _ROUNDING)

    def holds(self, value: float) -> bool:
        """Return whether a value in its unit is within it; not a number is not."""
        return value <= self.value * (1.0 + _ROUNDING)


Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S+$")]


class Required(Model):
    """What all have: a name and the phase in which they hold.

    id: its own in the project's documents, as "AOCS-012". verifies: ids of what it verifies there.
    from_s, to_s: simulated time; to the run's end if not given. after_fault, after_fault_end: the
    name of a [[fault]], from whose beginning or end these times count, each time that it comes.
    while_fault: the same from its beginning, and until its end only. while_no_fault: only while
    none is in force. in_mode: only while the firmware says that it is in this mode.
    while_elevation_above_deg: only while the spacecraft stands so high above the horizon of the
    [[target]] called ground. while_sunlit: only while it is in more than half of the sunlight.
    settle_s: the beginning of every stretch of time that fulfils all of these is left out.
    judged_share_min: the least share of the phase that is to be judged, of what no mode, no
    settling and no window too long for a stretch may leave out.
    confidence: of what is said of runs to come. runs_share: the share of runs to come that are to
    hold it; where an interpretation says that by its probability, it is not given.
    """

    name: Annotated[str, Field(min_length=1)]
    id: Id | None = None
    verifies: tuple[Id, ...] = ()
    from_s: NonNegative = 0.0
    to_s: Positive | None = None
    after_fault: str | None = None
    after_fault_end: str | None = None
    while_fault: str | None = None
    while_no_fault: bool = False
    in_mode: str | None = None
    while_elevation_above_deg: Annotated[float, Field(ge=-90.0, lt=90.0)] | None = None
    ground: str | None = None
    while_sunlit: bool = False
    settle_s: NonNegative = 0.0
    judged_share_min: Probability | None = None
    confidence: Annotated[float, Field(ge=0.5, lt=1.0)] = CONFIDENCE
    runs_share: Annotated[float, Field(ge=0.5, lt=1.0)] | None = None

    @property
    def share_wanted(self) -> float:
        """The share of runs to come, or of their instants, that are to hold it."""
        if getattr(self, "interpretation", None) in ("ensemble", "mixed"):
            return float(getattr(self, "probability", 1.0))
        return self.runs_share or RUNS_SHARE

    @property
    def fault(self) -> str | None:
        """The fault that its times count from, if they do."""
        return self.after_fault or self.after_fault_end or self.while_fault

    def _looks_at_the_ground(self) -> bool:
        return False

    def _limit(self, *keys: str) -> Limit:
        """Return the one limit given; ValueError unless it is exactly one of the keys."""
        given = [key for key in keys if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(
                f"give exactly one of {' and '.join(keys)} (given: {', '.join(given) or 'none'})"
            )
        unit, si = _UNITS.get(given[0], ("", 1.0))
        return Limit(getattr(self, given[0]), unit, si)

    @model_validator(mode="after")
    def _says_the_share_once(self) -> Self:
        interpretation = getattr(self, "interpretation", None)
        if self.runs_share is not None and interpretation in ("ensemble", "mixed"):
            raise ValueError(
                f'interpretation = "{interpretation}" says by its probability which share of runs '
                "is to hold it: leave runs_share out"
            )
        return self

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.to_s is not None and self.to_s <= self.from_s:
            raise ValueError(f"to_s = {self.to_s} must be later than from_s = {self.from_s}")
        return self

    @model_validator(mode="after")
    def _counts_from_one_instant(self) -> Self:
        given = [key for key in FAULT_KEYS if getattr(self, key) is not None]
        given += ["while_no_fault"] if self.while_no_fault else []
        if len(given) > 1:
            raise ValueError(f"give one of {', '.join(given)}")
        return self

    @model_validator(mode="after")
    def _says_which_place(self) -> Self:
        needed = self._looks_at_the_ground() or self.while_elevation_above_deg is not None
        if needed and self.ground is None:
            by = 'target "ground"' if self._looks_at_the_ground() else "while_elevation_above_deg"
            raise ValueError(f"{by} needs ground: the name of a [[target]]")
        if self.ground is not None and not needed:
            raise ValueError('ground is for target = "ground" and for while_elevation_above_deg')
        return self

    def _condition(self) -> list[str]:
        """Return the keys given that make a phase of anything but time."""
        keys = (
            "in_mode", "while_elevation_above_deg", "while_sunlit", "settle_s", "judged_share_min",
            "while_no_fault",
        )  # fmt: skip
        return [key for key in keys if key in self.model_fields_set]

    def _judges_a_moment(self, by_s: float) -> None:
        """Raise ValueError for a phase in pieces, which has no moment from which on it holds."""
        if self._condition():
            raise ValueError(f"by_s does not go with {self._condition()[0]}: use from_s and to_s")
        if self.to_s is not None and by_s >= self.to_s:
            raise ValueError(f"by_s = {by_s} must be earlier than to_s = {self.to_s}")


class Always(Required):
    """What holds in every step of a run, by its largest value: no probability is stated."""

    @property
    def probability(self) -> float:
        """Always."""
        return 1.0

    @property
    def interpretation(self) -> None:
        """None, as of what holds always."""
        return
