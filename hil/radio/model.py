"""The [radio] of a rig: the spacecraft's radio, its antenna, and the stations that it may reach."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from hil.config import Axis, Model, NonNegative, Positive
from hil.physics.groundtarget import GroundTarget

Loss = Annotated[float, Field(ge=0.0, lt=1.0)]


class Station(Model):
    """A ground station; its antenna follows the spacecraft above its mask."""

    name: Annotated[str, Field(min_length=1)]
    latitude_deg: Annotated[float, Field(ge=-90.0, le=90.0)]
    longitude_deg: Annotated[float, Field(ge=-180.0, le=360.0)]
    height_m: Annotated[float, Field(ge=-1000.0, le=10_000.0)] = 0.0
    """Above the ellipsoid."""
    elevation_mask_deg: Annotated[float, Field(ge=0.0, lt=90.0)] = 5.0
    """Lower than this it does not see the spacecraft."""

    @property
    def as_target(self) -> GroundTarget:
        """Return it as a place on the turning Earth."""
        return GroundTarget(
            name=self.name,
            kind="station",
            latitude_deg=self.latitude_deg,
            longitude_deg=self.longitude_deg,
            height_m=self.height_m,
        )


class Radio(Model):
    """A radio that hands on whole frames or none, both ways at the same time."""

    rate_bit_s: Positive
    """To the ground, of frames with what the radio adds to them."""
    uplink_rate_bit_s: Positive | None = None
    """From the ground; as the other way if not given."""
    frame_overhead_octets: Annotated[int, Field(ge=0, le=1024)] = 16
    """What the radio adds to each frame: sync word, header, checksum."""
    frame_loss: Loss = 0.0
    """Part of the frames that is lost, each by chance, drawn with the rig's seed."""
    uplink_frame_loss: Loss | None = None
    """As the other way if not given."""
    buffer_octets: Annotated[int, Field(ge=256, le=65_535)] = 2048
    """For frames that wait to be sent; one that does not fit is dropped."""
    antenna_boresight_body: Axis | None = None
    """Of an antenna that is fixed to the body; without one the antenna looks everywhere."""
    antenna_half_beam_deg: Annotated[float, Field(gt=0.0, le=180.0)] | None = None
    """So far from its boresight it is heard."""
    ground_delay_s: NonNegative = 0.0
    """From a station's antenna to the centre that takes alerts and files, and back."""
    station: Annotated[tuple[Station, ...], Field(min_length=1)]

    @property
    def up_rate_bit_s(self) -> float:
        """The rate from the ground."""
        return self.uplink_rate_bit_s if self.uplink_rate_bit_s is not None else self.rate_bit_s

    @property
    def up_loss(self) -> float:
        """The loss from the ground."""
        return self.uplink_frame_loss if self.uplink_frame_loss is not None else self.frame_loss

    def frame_s(self, octets: int) -> float:
        """Return how long a frame to the ground takes."""
        return 8.0 * (octets + self.frame_overhead_octets) / self.rate_bit_s

    @model_validator(mode="after")
    def _antenna_is_whole(self) -> Radio:
        if (self.antenna_boresight_body is None) != (self.antenna_half_beam_deg is None):
            raise ValueError(
                "antenna_boresight_body and antenna_half_beam_deg belong together: give both or "
                "neither"
            )
        return self

    @model_validator(mode="after")
    def _names_tell_apart(self) -> Radio:
        names = [each.name for each in self.station]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"two stations are called {twice[0]!r}: give each a name of its own")
        return self
