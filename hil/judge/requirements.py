"""What a run must hold, as a rig file says it. A TOML key is a field here."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Tag, model_validator

from hil.config import Axis as UnitVector
from hil.config import Model, NonNegative, Positive
from hil.judge.alerts import AlertRequirement, FalseAlertRequirement
from hil.judge.cones import ConeRequirement
from hil.judge.coverage import CoverageRequirement
from hil.judge.detections import (
    SIGHT_KEYS,
    ClassRequirement,
    DetectionRequirement,
    FalseDetectionRequirement,
    ReacquisitionRequirement,
)
from hil.judge.events import EventRequirement, NoEventRequirement
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
from hil.judge.required import Count, Limit, Probability, Required

_COLUMN_UNITS = (
    ("_rad_s", "rad/s"), ("_m_s", "m/s"), ("_A_m2", "A m2"), ("_Nm", "Nm"), ("_rad", "rad"),
    ("_T", "T"), ("_sqrt_kg_m", "sqrt(kg) m"), ("_m", "m"), ("_N_s", "N s"), ("_s", "s"),
    ("_ns", "ns"),
    ("_instructions", "instructions"), ("_instructions_max", "instructions"),
    ("_used_max", "octets"), ("_deg_s", "deg/s"), ("_deg", "deg"), ("_K", "K"), ("_V", "V"),
    ("_A", "A"), ("_W", "W"), ("_Hz", "Hz"), ("_N", "N"), ("_nT", "nT"),
)  # fmt: skip


def column_unit(column: str) -> str:
    """Return the unit that a column's name carries, empty if it carries none."""
    return next((unit for end, unit in _COLUMN_UNITS if column.endswith(end)), "")


class PointingRequirement(Required):
    """An error index of ECSS-E-ST-60-10C that stays below a limit with a probability.

    target: what the error of performance is measured from; "ground" is the [[target]], "object" the
    object of the scene, that is called ground. These and "sun" have no attitude of their own, so
    that only the boresight is judged.
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
        """Return, for each duration that is not a whole number of control periods, a sentence."""
        given = {"window_s": self.window_s}
        if self.index in DRIFT:
            given["separation_s"] = self.separation_s
        words = [misfit_words(key, value, step_s) for key, value in given.items() if value]
        return [each for each in words if each]

    def _looks_at_the_ground(self) -> bool:
        return self.target in ("ground", "object")

    def _takes(self, key: str, needed: bool, by: str) -> None:
        if needed != (getattr(self, key) is not None):
            raise ValueError(f"{by} needs {key}" if needed else f"{by} takes no {key}")


class ColumnRequirement(Required):
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


class ModeRequirement(Required):
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
_MODE, _EVENT, _NO_EVENT = "a mode requirement", "an event requirement", "a no-event requirement"
_CONE, _COVERAGE = "a cone requirement", "a coverage requirement"
_ALERT, _FALSE_ALERT = "an alert requirement", "a false-alert requirement"
_DETECTION, _CLASS = "a detection requirement", "a class requirement"
_FALSE_DETECTION = "a false-detection requirement"
_REACQUISITION = "a reacquisition requirement"
_BY_KEY = {
    "column": _COLUMN, "cone": _CONE, "covers": _COVERAGE, "no_event": _NO_EVENT, "event": _EVENT,
    "mode": _MODE, "alert": _ALERT, "alerts_only_of": _FALSE_ALERT,
    **dict(zip(SIGHT_KEYS, (_DETECTION, _CLASS, _FALSE_DETECTION, _REACQUISITION), strict=True)),
}  # fmt: skip


def _kind(table: Any) -> str:
    keys = table if isinstance(table, dict) else getattr(type(table), "model_fields", ())
    return next((kind for key, kind in _BY_KEY.items() if key in keys), _POINTING)


Requirement = Annotated[
    Annotated[PointingRequirement, Tag(_POINTING)]
    | Annotated[ColumnRequirement, Tag(_COLUMN)]
    | Annotated[ModeRequirement, Tag(_MODE)]
    | Annotated[EventRequirement, Tag(_EVENT)]
    | Annotated[NoEventRequirement, Tag(_NO_EVENT)]
    | Annotated[ConeRequirement, Tag(_CONE)]
    | Annotated[CoverageRequirement, Tag(_COVERAGE)]
    | Annotated[AlertRequirement, Tag(_ALERT)]
    | Annotated[FalseAlertRequirement, Tag(_FALSE_ALERT)]
    | Annotated[DetectionRequirement, Tag(_DETECTION)]
    | Annotated[ClassRequirement, Tag(_CLASS)]
    | Annotated[FalseDetectionRequirement, Tag(_FALSE_DETECTION)]
    | Annotated[ReacquisitionRequirement, Tag(_REACQUISITION)],
    Discriminator(_kind),
]


def judged_limit(requirement: Requirement) -> Limit:
    """Return what a verdict's value is held against: a column's that is to hold by_s is a moment.

    Of all others it is the limit that the rig states.
    """
    if isinstance(requirement, ColumnRequirement) and requirement.by_s is not None:
        return Limit(requirement.by_s, "s", 1.0)
    return requirement.stated_limit


KINDS: dict[str, type[Model]] = {
    _POINTING: PointingRequirement,
    _COLUMN: ColumnRequirement,
    _MODE: ModeRequirement,
    _EVENT: EventRequirement,
    _NO_EVENT: NoEventRequirement,
    _CONE: ConeRequirement,
    _COVERAGE: CoverageRequirement,
    _ALERT: AlertRequirement,
    _FALSE_ALERT: FalseAlertRequirement,
    _DETECTION: DetectionRequirement,
    _CLASS: ClassRequirement,
    _FALSE_DETECTION: FalseDetectionRequirement,
    _REACQUISITION: ReacquisitionRequirement,
}
