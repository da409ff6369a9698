"""Mean elements of a CCSDS Orbit Mean-Elements Message (502.0-B-3), for sgp4.

Keys are the message's own keywords, in its units: degrees, revolutions a day, UTC, TEME.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field
from sgp4 import omm
from sgp4.api import Satrec

from hil.config import Model

Angle = Annotated[float, Field(ge=-360.0, le=360.0)]


_NUMBER_MOST = 339_999  # of what two-line elements, and sgp4, can name
_FIRST, _END = datetime(1957, 1, 1, tzinfo=UTC), datetime(2057, 1, 1, tzinfo=UTC)


def _of_the_space_age(epoch: datetime) -> datetime:
    """In UTC; sgp4 keeps two digits of the year, as two-line elements do."""
    if not _FIRST <= epoch < _END:
        raise ValueError(f"must be from {_FIRST:%Y} to {_END.year - 1}, which sgp4 can tell apart")
    return epoch.astimezone(UTC)


class OrbitMessage(Model):
    """What sgp4 takes of a message."""

    OBJECT_NAME: str = ""
    NORAD_CAT_ID: Annotated[int, Field(ge=0, le=999_999_999)] = 0
    EPOCH: Annotated[AwareDatetime, AfterValidator(_of_the_space_age)]
    MEAN_MOTION: Annotated[float, Field(gt=0.0, le=18.0)]
    """Revolutions a day."""
    ECCENTRICITY: Annotated[float, Field(ge=0.0, lt=1.0)]
    INCLINATION: Annotated[float, Field(ge=0.0, le=180.0)]
    RA_OF_ASC_NODE: Angle
    ARG_OF_PERICENTER: Angle
    MEAN_ANOMALY: Angle
    BSTAR: Annotated[float, Field(ge=-10.0, le=10.0)] = 0.0
    """1/Earth radii."""
    MEAN_MOTION_DOT: Annotated[float, Field(ge=-10.0, le=10.0)] = 0.0
    MEAN_MOTION_DDOT: Annotated[float, Field(ge=-10.0, le=10.0)] = 0.0

    def satellite(self) -> Satrec:
        """Return the satellite as sgp4 propagates it."""
        fields: dict[str, Any] = {key: str(getattr(self, key)) for key in type(self).model_fields}
        if self.NORAD_CAT_ID > _NUMBER_MOST:
            fields["NORAD_CAT_ID"] = "0"  # it has no part in the orbit
        fields["EPOCH"] = self.EPOCH.strftime("%Y-%m-%dT%H:%M:%S.%f")
        fields |= {"CLASSIFICATION_TYPE": "U", "OBJECT_ID": "", "EPHEMERIS_TYPE": "0"}
        fields |= {"ELEMENT_SET_NO": "0", "REV_AT_EPOCH": "0"}
        made = Satrec()
        omm.initialize(made, fields)
        return made
