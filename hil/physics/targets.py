"""All that a [[target]] can be."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from hil.config import Model
from hil.physics.celestial import OrbitTarget, SkyTarget
from hil.physics.groundtarget import GroundTarget

# How pydantic marks, in the place of an error, which kind of target a table was taken for.
_PLACE, _ORBIT, _SKY = "a place on the ground", "a target in orbit", "a target in the sky"


def _kind(table: Any) -> str:
    keys = table if isinstance(table, dict) else getattr(type(table), "model_fields", ())
    if "orbit" in keys:
        return _ORBIT
    return _SKY if "right_ascension_deg" in keys or "declination_deg" in keys else _PLACE


Target = Annotated[
    Annotated[GroundTarget, Tag(_PLACE)]
    | Annotated[OrbitTarget, Tag(_ORBIT)]
    | Annotated[SkyTarget, Tag(_SKY)],
    Discriminator(_kind),
]
AnyTarget = GroundTarget | OrbitTarget | SkyTarget
TARGET_KINDS: dict[str, type[Model]] = {
    _PLACE: GroundTarget,
    _ORBIT: OrbitTarget,
    _SKY: SkyTarget,
}
