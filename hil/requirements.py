"""What a run must hold, as a rig file says it. A TOML key is a field here."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Discriminator, Field, Tag, model_validator

from hil.physics.spacecraft import Axis as UnitVector
from hil.physics.spacecraft import Model, NonNegative, Positive
from hil.pointing import KNOWLEDGE, SEPARATED, WINDOWED, Axis, Index, Interpretation, Target

Probability = Annotated[float, Field(gt=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0)]

_UNITS = {  # key -> what a reader sees, and what one of it is in the SI unit
    "limit_deg": ("deg", math.pi / 180.0),
    "limit_arcsec": ("arcsec", math.pi / 648_000.0),
    "limit_deg_s": ("deg/s", math.pi / 180.0),
}
_COLUMN_UNITS = (
    ("_rad_s", "rad/s"), ("_m_s", "m/s"), ("_A_m2", "A m2"), ("_Nm", "Nm"),
    ("_T", "T"), ("_m", "m"), ("_s", "s"),
)  # fmt: skip


class Limit(NamedTuple):
    """A limit as the rig states it: how many of which unit, and one such unit in SI."""

    value: float
    unit: str
    unit_si: float


class _Requirement(Model):
    name: Annotated[str, Field(min_length=1)]
    from_s: NonNegative = 0.0
    to_s: Positive | None = None

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
    def _ends_after_it_starts(self) -> Self:
        if self.to_s is not None and self.to_s <= self.from_s:
            raise ValueError(f"to_s = {self.to_s} must be later than from_s = {self.from_s}")
        return self


class PointingRequirement(_Requirement):
    """An error index of ECSS-E-ST-60-10C that stays below a limit with a probability.

    from_s, to_s: the phase in which it holds, of simulated time; to the run's end if not given.
    boresight_body: the direction that axis = "boresight" judges.
    window_s, separation_s: see hil.pointing.index_series.
    """

    index: Index
    axis: Axis
    probability: Probability
    interpretation: Interpretation
    target: Target | None = None
    q_eci_from_target: tuple[float, float, float, float] | None = None
    boresight_body: UnitVector = (0.0, 0.0, 1.0)
    limit_deg: Positive | None = None
    limit_arcsec: Positive | None = None
    window_s: Positive | None = None
    separation_s: Positive | None = None

    @property
    def stated_limit(self) -> Limit:
        """The limit in the unit that the rig states it in."""
        return self._limit("limit_deg", "limit_arcsec")

    @model_validator(mode="after")
    def _has_what_its_index_takes(self) -> Self:
        _ = self.stated_limit
        knows = self.index in KNOWLEDGE
        windowed = self.index in WINDOWED or self.index in SEPARATED
        self._takes("target", not knows, f"index {self.index}")
        self._takes("window_s", windowed, f"index {self.index}")
        self._takes("separation_s", self.index in SEPARATED, f"index {self.index}")
        self._takes("q_eci_from_target", self.target == "eci", f"target {self.target}")
        return self

    def _takes(self, key: str, needed: bool, by: str) -> None:
        if needed != (getattr(self, key) is not None):
            raise ValueError(f"{by} needs {key}" if needed else f"{by} takes no {key}")


class ColumnRequirement(_Requirement):
    """A recorded column that stays below a limit.

    part: "norm" of a vector (the size of a scalar), "largest" of its components, or one's number.
    limit: in the unit that the column's name says; limit_deg_s for a column in rad/s.
    interpretation: mandatory where the probability is below 1.
    """

    column: str
    part: Literal["norm", "largest"] | Count = "norm"
    probability: Probability = 1.0
    interpretation: Interpretation | None = None
    limit: Positive | None = None
    limit_deg_s: Positive | None = None

    @property
    def stated_limit(self) -> Limit:
        """The limit in the unit that the rig states it in."""
        limit = self._limit("limit", "limit_deg_s")
        return limit if limit.unit else limit._replace(unit=self._column_unit())

    def _column_unit(self) -> str:
        return next((unit for end, unit in _COLUMN_UNITS if self.column.endswith(end)), "")

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        if self.stated_limit.unit == "deg/s" and self._column_unit() != "rad/s":
            raise ValueError(
                f"limit_deg_s is for columns in rad/s, and {self.column} is not: use limit"
            )
        if self.probability < 1.0 and self.interpretation is None:
            raise ValueError(
                "probability below 1 needs interpretation: temporal, ensemble or mixed"
            )
        return self


# How pydantic marks, in the place of an error, which kind of requirement a table was taken for.
_POINTING, _COLUMN = "a pointing requirement", "a column requirement"


def _kind(table: Any) -> str:
    if isinstance(table, dict):
        return _COLUMN if "column" in table else _POINTING
    return _COLUMN if isinstance(table, ColumnRequirement) else _POINTING


Requirement = Annotated[
    Annotated[PointingRequirement, Tag(_POINTING)] | Annotated[ColumnRequirement, Tag(_COLUMN)],
    Discriminator(_kind),
]


class Allowed(Model):
    """How many of each trouble on the line a run may have; the bench counts them by these names."""

    lost_replies: Count = 0
    late_replies: Count = 0
    stale_replies: Count = 0
    crc_errors: Count = 0
    broken_frames: Count = 0
    unexpected_frames: Count = 0


KINDS: dict[str, type[Model]] = {_POINTING: PointingRequirement, _COLUMN: ColumnRequirement}
