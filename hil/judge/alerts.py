"""Requirements on what reaches the ground: alerts, the files that follow them, and their places."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hil.config import Positive
from hil.judge.required import Count, Limit, Probability, Required

_CE90 = 0.9
_MATCH_m = 2000.0
ALERT_KINDS = ("nothing", "ship", "fire", "cloud edge", "glint")  # as the alert numbers them
Kind = Literal["ship", "fire", "cloud edge", "glint"]


class _OfAlerts(Required):
    """kind: what alerts must say; any if not given. match_m: so near an object they are its."""

    kind: Kind | None = None
    match_m: Positive = _MATCH_m

    def is_counted(self, kind: int) -> bool:
        """Return whether an alert of this number of a kind counts."""
        known = kind < len(ALERT_KINDS)
        return self.kind is None or (known and ALERT_KINDS[kind] == self.kind)

    @model_validator(mode="after")
    def _has_plain_times(self) -> Self:
        others = [*self._condition(), *(["a fault"] if self.fault else [])]
        if others:
            raise ValueError(f"alerts take from_s and to_s, of the shutter, and not {others[0]}")
        return self


class AlertRequirement(_OfAlerts):
    """What the ground hears of an object of the scene; one of three limits.

    alert: the object's name. within_s: the first alert is on the ground so long after the shutter,
    or after a contact began where there was none. file_within_s: the same of the file that follows
    an alert, whole. limit_m: how far, on the ground, the alerts' places are from the object at the
    shutter; probability: of how many of them, all runs together (0.9: CE90).
    """

    alert: Annotated[str, Field(min_length=1)]
    within_s: Positive | None = None
    file_within_s: Positive | None = None
    limit_m: Positive | None = None
    probability: Probability = _CE90

    @property
    def stated_limit(self) -> Limit:
        """The limit as it is given."""
        if self.limit_m is not None:
            return Limit(self.limit_m, "m", 1.0)
        return Limit(self.within_s or self.file_within_s or 0.0, "s", 1.0)

    @model_validator(mode="after")
    def _has_one_limit(self) -> Self:
        keys = ("within_s", "file_within_s", "limit_m")
        given = [key for key in keys if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(
                f"give exactly one of {', '.join(keys)} (given: {', '.join(given) or 'none'})"
            )
        if self.limit_m is None and "probability" in self.model_fields_set:
            raise ValueError("probability is for limit_m")
        return self


class FalseAlertRequirement(_OfAlerts):
    """The ground hears of nothing but some objects.

    alerts_only_of: their names. at_most: so many other alerts in a run are let pass.
    """

    alerts_only_of: tuple[str, ...]
    at_most: Count = 0

    @property
    def stated_limit(self) -> Limit:
        """How many."""
        return Limit(float(self.at_most), "", 1.0)
