"""That a scan's cells are looked at, each for its exposure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hil.config import Positive
from hil.judge.required import Always, Limit


class CoverageRequirement(Always):
    """The cells of a scan are covered: each once in the boresight's field, for its exposure.

    covers: the [[scan]]. exposure_s: how long without a break. within_deg: from the middle of a
    cell to the boresight. drift_arcsec: the most that the boresight moves against the stars from
    where it was as an exposure began. share: of the cells, at least. A cell that the body hides
    which is orbited is not seen.
    """

    covers: str
    exposure_s: Positive
    within_deg: Annotated[float, Field(gt=0.0, lt=90.0)]
    drift_arcsec: Positive | None = None
    share: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0

    @property
    def stated_limit(self) -> Limit:
        """The share of cells that may be left out."""
        return Limit(100.0 * (1.0 - self.share), "%", 0.01)

    @property
    def words(self) -> str:
        """What is judged, in words."""
        steady = "" if self.drift_arcsec is None else f" and within {self.drift_arcsec:g} arcsec"
        return (
            f"share of {self.covers} that was not held for {self.exposure_s:g} s within "
            f"{self.within_deg:g} deg{steady}"
        )
