"""The [scene] of a rig: what is below a camera, and what is on it, above it and in front of it."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from hil.config import Fraction, Model, NonNegative, Positive, Vector
from hil.physics.constants import EARTH
from hil.physics.groundtarget import GroundTarget

SURFACES = ("sea", "steppe", "fields", "town", "flood", "sand", "snow", "roof")
Surface = Literal["sea", "steppe", "fields", "town", "flood", "sand", "snow", "roof"]
Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Field(ge=-180.0, le=360.0)]
Course = Annotated[float, Field(ge=0.0, le=360.0)]


class Place(Model):
    """Something with a place; clockwise from north is its course, at a constant speed."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    height_m: Annotated[float, Field(ge=-1000.0, le=100_000.0)] = 0.0
    """Above the ellipsoid."""
    course_deg: Course = 0.0
    """Where it heads at the start, clockwise from north."""
    speed_m_s: Annotated[float, Field(ge=0.0, le=10_000.0)] = 0.0

    def as_target(self, name: str = "here") -> GroundTarget:
        """Return it as a place on the turning Earth."""
        return GroundTarget(
            name=name,
            kind="target",
            latitude_deg=self.latitude_deg,
            longitude_deg=self.longitude_deg,
            height_m=self.height_m,
            course_deg=self.course_deg,
            speed_m_s=self.speed_m_s,
        )


class Named(Place):
    """An object of the scene, which requirements can name."""

    name: Annotated[str, Field(min_length=1)]


class Patch(Place):
    """A part of the surface that is of another kind: an island, a lake, a town, a flood."""

    kind: Surface
    radius_m: Positive
    roughness: Fraction = 0.3
    """How ragged its edge is; 0: round."""
    elongation: Annotated[float, Field(ge=1.0, le=100.0)] = 1.0
    """How much longer than wide it is, along its course."""


class Ship(Named):
    """A hull with a superstructure; a moving one has a wake."""

    length_m: Positive = 180.0
    width_m: Positive = 28.0
    reflectance: Fraction = 0.35


class Fire(Named):
    """Flames with smoke that goes with the wind, and burnt ground behind."""

    length_m: Positive = 120.0
    width_m: Positive = 40.0
    radiance_W_m2_sr: NonNegative = 120.0
    """Of the flames, in the camera's band: a grey body of 1150 K has 120."""
    smoke_length_m: NonNegative = 4000.0
    smoke_depth: NonNegative = 1.5
    """Optical depth of the smoke at the fire."""


class Aircraft(Named):
    """Fuselage and wings; above 8 km it draws a contrail."""

    length_m: Positive = 60.0
    span_m: Positive = 60.0
    reflectance: Fraction = 0.6
    contrail_length_m: NonNegative = 12_000.0


class Cloud(Place):
    """A single cloud; its course and speed are those of its wind. Its height is that of its top."""

    radius_m: Positive
    depth: NonNegative = 20.0
    """Optical depth in its middle."""


class Debris(Model):
    """A tumbling object in an orbit of its own, seen as a point that brightens and fades."""

    name: Annotated[str, Field(min_length=1)]
    position_eci_m: Vector
    velocity_eci_m_s: Vector
    """Both at the start of the run; from then on it falls as two bodies do."""
    magnitude_at_1000_km: float = 8.0
    """Seen at 1000 km, halfway between bright and dim, in full sunlight."""
    amplitude_mag: NonNegative = 1.0
    """Half of the change from dim to bright."""
    period_s: Positive = 12.0
    """From bright to bright."""

    @model_validator(mode="after")
    def _falls_outside_the_earth(self) -> Debris:
        if math.hypot(*self.position_eci_m) < EARTH.radius_m:
            raise ValueError(
                f"position_eci_m of {self.name!r} lies within the Earth, whose radius is "
                f"{EARTH.radius_m:.0f} m"
            )
        return self


class Scene(Model):
    """What a camera looks at; everything follows from the seed, the place and the time."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    """Of the surface, the clouds and what flickers."""
    latitude_deg: Latitude
    longitude_deg: Longitude
    """The place about which the map is made; far from it the surface is drawn out."""
    surface: Surface = "sea"
    """What there is where no patch is."""
    apparent: bool = False
    """true: pictures show things where their light comes from: light takes its time, and bends
    where `[environment] surface_pressure_hPa` gives air. Pointing at objects is judged by that."""
    sea_wind_m_s: Annotated[float, Field(ge=0.0, le=100.0)] = 6.0
    """It roughens the sea, which decides on glint and foam."""
    swell_height_m: NonNegative = 1.0
    """From trough to crest."""
    swell_length_m: Positive = 160.0
    swell_course_deg: Course = 120.0
    """Where the swell runs to, clockwise from north."""
    haze_depth: NonNegative = 0.15
    """Optical depth of the clear air, seen straight down."""
    cloud_cover: Fraction = 0.0
    """Part of the sky that the layer of clouds takes."""
    cloud_size_m: Positive = 6000.0
    """Of its largest parts."""
    cloud_height_m: Annotated[float, Field(ge=100.0, le=20_000.0)] = 2000.0
    wind_m_s: NonNegative = 8.0
    wind_course_deg: Course = 60.0
    """Where the wind blows clouds and smoke to, clockwise from north."""
    patch: tuple[Patch, ...] = ()
    """Later ones lie on top of earlier ones."""
    ship: tuple[Ship, ...] = ()
    fire: tuple[Fire, ...] = ()
    aircraft: tuple[Aircraft, ...] = ()
    cloud: tuple[Cloud, ...] = ()
    debris: tuple[Debris, ...] = ()

    @property
    def objects(self) -> tuple[Named, ...]:
        """Everything on or above the ground that a requirement can name."""
        return (*self.ship, *self.fire, *self.aircraft)

    @property
    def anchor(self) -> GroundTarget:
        """The place about which the map is made."""
        return Place(latitude_deg=self.latitude_deg, longitude_deg=self.longitude_deg).as_target()

    @model_validator(mode="after")
    def _names_tell_apart(self) -> Scene:
        names = [each.name for each in self.objects] + [each.name for each in self.debris]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"two objects are called {twice[0]!r}: give each a name of its own")
        return self
