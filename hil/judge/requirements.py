"""What a run must hold, as a rig file says it. A TOML key is a field here."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Discriminator, Field, Tag, model_validator

from hil.config import Axis as UnitVector
from hil.config import Model, NonNegative, Positive
from hil.judge.pointing import (
    DIRECTIONS,
    DRIFT,
    KNOWLEDGE,
    REPRODUCIBILITY,
    WINDOWED,
    Axis,
    Index,
    Interpretation,
    Target,
    misfit_words,
)

Probability = Annotated[float, Field(gt=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0)]

_UNITS = {  # key -> what a reader sees, and what one of it is in the SI unit
    "limit_deg": ("deg", math.pi / 180.0),
    "limit_arcsec": ("arcsec", math.pi / 648_000.0),
    "limit_deg_s": ("deg/s", math.pi / 180.0),
}
_COLUMN_UNITS = (
    ("_rad_s", "rad/s"), ("_m_s", "m/s"), ("_A_m2", "A m2"), ("_Nm", "Nm"),
    ("_T", "T"), ("_m", "m"), ("_N_s", "N s"), ("_s", "s"), ("_ns", "ns"),
    ("_instructions", "instructions"), ("_instructions_max", "instructions"),
    ("_used_max", "octets"),
)  # fmt: skip


def column_unit(column: str) -> str:
    """Return the unit that a column's name carries, empty if it carries none."""
    return next((unit for end, unit in _COLUMN_UNITS if column.endswith(end)), "")


class Limit(NamedTuple):
    """A limit as the rig states it: how many of which unit, and one such unit in SI."""

    value: float
    unit: str
    unit_si: float


class _Requirement(Model):
    """What all have: a name and the phase in which they hold.

    from_s, to_s: simulated time; to the run's end if not given. in_mode: only while the firmware
    says that it is in this mode. while_elevation_above_deg: only while the spacecraft stands so
    high above the horizon of the [[target]] called ground. while_sunlit: only while it is in more
    than half of the sunlight. settle_s: the beginning of every stretch of time that fulfils all of
    these is left out. judged_share_min: the least share of the phase that is to be judged, of what
    no mode, no settling and no window too long for a stretch may leave out.
    """

    name: Annotated[str, Field(min_length=1)]
    from_s: NonNegative = 0.0
    to_s: Positive | None = None
    in_mode: str | None = None
    while_elevation_above_deg: Annotated[float, Field(ge=-90.0, lt=90.0)] | None = None
    ground: str | None = None
    while_sunlit: bool = False
    settle_s: NonNegative = 0.0
    judged_share_min: Probability | None = None

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
    def _ends_after_it_starts(self) -> Self:
        if self.to_s is not None and self.to_s <= self.from_s:
            raise ValueError(f"to_s = {self.to_s} must be later than from_s = {self.from_s}")
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
        )  # fmt: skip
        return [key for key in keys if key in self.model_fields_set]

    def _judges_a_moment(self, by_s: float) -> None:
        """Raise ValueError for a phase in pieces, which has no moment from which on it holds."""
        if self._condition():
            raise ValueError(f"by_s does not go with {self._condition()[0]}: use from_s and to_s")
        if self.to_s is not None and by_s >= self.to_s:
            raise ValueError(f"by_s = {by_s} must be earlier than to_s = {self.to_s}")


class PointingRequirement(_Requirement):
    """An error index of ECSS-E-ST-60-10C that stays below a limit with a probability.

    target: what the error of performance is measured from; "ground" is the [[target]] called
    ground, and with "sun" has no attitude of its own, so that only the boresight is judged.
    boresight_body: the direction that axis = "boresight" judges.
    window_s: the time that means are taken over, a whole number of control periods. separation_s:
    from the start of the first window to that of the second, which do not overlap; a drift (PDE,
    KDE) compares windows just so far apart, reproducibility (PRE, KRE) those of different
    observation periods, at least so far apart if it is given.
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
        drift, again = self.index in DRIFT, self.index in REPRODUCIBILITY
        self._takes("target", not knows, f"index {self.index}")
        self._takes("window_s", self.index in WINDOWED or drift or again, f"index {self.index}")
        if not again:
            self._takes("separation_s", drift, f"index {self.index}")
        if drift and (self.separation_s or 0.0) <= (self.window_s or 0.0):
            raise ValueError(
                f"separation_s = {self.separation_s:g}, from one window's start to the other's, "
                f"must be more than window_s = {self.window_s:g}: the two must not overlap"
            )
        self._takes("q_eci_from_target", self.target == "eci", f"target {self.target}")
        if self.q_eci_from_target is not None and not any(self.q_eci_from_target):
            raise ValueError("q_eci_from_target must not be zero: it is an attitude")
        if self.target in DIRECTIONS and self.axis != "boresight":
            raise ValueError(f'target "{self.target}" is a direction: use axis = "boresight"')
        return self

    def period_misfits(self, step_s: float) -> list[str]:
        """Return, for each duration that is no whole number of control periods, a sentence."""
        given = {"window_s": self.window_s}
        if self.index in DRIFT:
            given["separation_s"] = self.separation_s
        words = [misfit_words(key, value, step_s) for key, value in given.items() if value]
        return [each for each in words if each]

    def _looks_at_the_ground(self) -> bool:
        return self.target == "ground"

    def _takes(self, key: str, needed: bool, by: str) -> None:
        if needed != (getattr(self, key) is not None):
            raise ValueError(f"{by} needs {key}" if needed else f"{by} takes no {key}")


class ColumnRequirement(_Requirement):
    """A recorded column that stays below a limit.

    part: "norm" of a vector (the size of a scalar), "largest" of its components, or one's number.
    limit: in the unit that the column's name says; limit_deg_s for a column in rad/s.
    interpretation: mandatory where the probability is below 1.
    by_s: it may be above the limit at first, but from this instant on no more; what is judged then
    is the moment from which on it stays below.
    """

    column: str
    part: Literal["norm", "largest"] | Count = "norm"
    probability: Probability = 1.0
    interpretation: Interpretation | None = None
    limit: Positive | None = None
    limit_deg_s: Positive | None = None
    by_s: Positive | None = None

    @property
    def stated_limit(self) -> Limit:
        """The limit in the unit that the rig states it in."""
        limit = self._limit("limit", "limit_deg_s")
        return limit if limit.unit else limit._replace(unit=self._column_unit())

    def _column_unit(self) -> str:
        return column_unit(self.column)

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
        if self.by_s is not None:
            self._judges_a_moment(self.by_s)
            if self.probability < 1.0:
                raise ValueError("by_s is for what holds always from then on: no probability")
        return self


class ModeRequirement(_Requirement):
    """The firmware is in a mode from some moment on, by_s at the latest, until the phase's end."""

    mode: str
    by_s: NonNegative

    @property
    def stated_limit(self) -> Limit:
        """The latest moment."""
        return Limit(self.by_s, "s", 1.0)

    @model_validator(mode="after")
    def _has_a_moment(self) -> Self:
        self._judges_a_moment(self.by_s)
        return self


# How pydantic marks, in the place of an error, which kind of requirement a table was taken for.
_POINTING, _COLUMN = "a pointing requirement", "a column requirement"
_MODE = "a mode requirement"


def _kind(table: Any) -> str:
    keys = table if isinstance(table, dict) else getattr(type(table), "model_fields", ())
    if "column" in keys:
        return _COLUMN
    return _MODE if "mode" in keys else _POINTING


Requirement = Annotated[
    Annotated[PointingRequirement, Tag(_POINTING)]
    | Annotated[ColumnRequirement, Tag(_COLUMN)]
    | Annotated[ModeRequirement, Tag(_MODE)],
    Discriminator(_kind),
]


class Allowed(Model):
    """How many of each trouble a run may have.

    The bench counts what is COUNTED by these names; the rest the firmware tells.
    rejected_commands: values for an actuator that were no numbers, negative on-times, and on-times
    of thrusters that are not there. late_steps: that the bench itself began, or ended, when the
    next was due.
    watchdog_resets: by which housekeeping's count rose. impossible_states: such events of the
    reference flight software, whose filters begin anew then. frames_refused_by_obc: frames that
    came to it damaged, as housekeeping tells.
    """

    lost_replies: Count = 0
    late_replies: Count = 0
    stale_replies: Count = 0
    crc_errors: Count = 0
    broken_frames: Count = 0
    unexpected_frames: Count = 0
    rejected_commands: Count = 0
    late_steps: Count = 0
    watchdog_resets: Count = 0
    impossible_states: Count = 0
    frames_refused_by_obc: Count = 0


_TOLD = ("watchdog_resets", "impossible_states", "frames_refused_by_obc")
COUNTED = tuple(name for name in Allowed.model_fields if name not in _TOLD)


KINDS: dict[str, type[Model]] = {
    _POINTING: PointingRequirement,
    _COLUMN: ColumnRequirement,
    _MODE: ModeRequirement,
}
