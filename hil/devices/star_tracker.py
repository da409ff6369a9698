"""Star tracker: a delayed attitude, better across the boresight than about it, at times blind."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from pydantic import Field

from hil.config import Axis, NonNegative, Positive
from hil.devices.kinds import SensorKind
from hil.devices.reading import CompiledReading, acquired, read_all, samples_needed
from hil.devices.rounding import single_quaternion
from hil.devices.sensor import Installation, Sensor, generator, starts
from hil.devices.star_tracker_errors import SLOW_FIELDS, SlowErrors, SlowErrorSource, slow_turn
from hil.devices.stimuli import FAR_M, Phasing, Stage, Stimuli
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray, records
from hil.physics.rotations import (
    from_rotation_vector,
    product,
    rotation_matrix,
    rotation_vector,
    small_rotation,
)
from hil.physics.vectors import FloatArray, Vector, add, dot, matrix, norm, transform, vector

STAR_TRACKER = np.dtype(
    [
        ("body_from_tracker", "f8", (3, 3)),  # columns: two axes across the boresight, then it
        ("mounting_error", "f8", (4,)),  # quaternion
        ("across_rad", "f8"),
        ("roll_rad", "f8"),
        ("rate_limit_rad_s", "f8"),
        ("sun_exclusion_cos", "f8"),
        ("third_exclusion_cos", "f8"),
        ("limb_exclusion_rad", "f8"),
        ("planet_radius_m", "f8"),
        ("third_at", "i8"),  # where they begin in a row of truth
        ("position_at", "i8"),
        ("samples_needed", "i8"),
        ("samples_had", "i8"),
        *SLOW_FIELDS,
    ],
    align=True,
)
_ARCSEC = math.radians(1.0) / 3600.0
_NEVER = 2.0  # no cosine is above it
_TURN_rad = 0.3  # of a stimulus


class StarTracker(SlowErrors):
    """A [[star_tracker]] table; what blinds it counts from the boresight."""

    boresight_body: Axis
    """Direction in which it looks."""
    across_noise_arcsec: NonNegative
    """1 sigma about each of the two axes across the boresight."""
    roll_noise_arcsec: NonNegative
    """1 sigma about the boresight."""
    mounting_error_sigma_arcsec: NonNegative = 0.0
    """1 sigma an axis, drawn once a run."""
    rate_limit_deg_s: Positive = 1.0
    """Turning faster it sees no stars."""
    field_of_view_deg: float = Field(default=0.0, ge=0.0, lt=180.0)
    """Full angle of the round field, in which neither Sun nor Moon nor the edge of the planet may
    be."""
    sun_exclusion_deg: float = Field(default=0.0, ge=0.0, lt=90.0)
    """Nearer to the boresight the centre of the Sun blinds it; widens the field."""
    limb_exclusion_deg: float = Field(default=0.0, ge=0.0, lt=90.0)
    """Nearer to the boresight the planet's limb blinds it; widens the field."""
    moon_exclusion_deg: float = Field(default=0.0, ge=0.0, lt=90.0)
    """Nearer to the boresight the centre of the Moon (in orbit about the Moon: of the Earth) blinds
    it; widens the field."""
    acquisition_s: NonNegative = 0.0
    """How long it sees stars again before it knows its attitude."""

    def free_of(self, exclusion_deg: float) -> float:
        """Angle in radians from the boresight in which a body with an exclusion angle blinds."""
        return math.radians(max(exclusion_deg, 0.5 * self.field_of_view_deg))


@compiled
def sees_stars(
    rate_body: Vector,
    boresight_eci: Vector,
    sun_eci: Vector,
    sunlit: float,
    third_eci: Vector,
    position_eci_m: Vector,
    tracker: Record,
) -> bool:
    """Return whether the body turns slowly enough and neither Sun, planet nor Moon is too near."""
    if norm(rate_body) > tracker.rate_limit_rad_s:
        return False
    if sunlit > 0.0 and dot(boresight_eci, sun_eci) > tracker.sun_exclusion_cos:
        return False
    if dot(boresight_eci, third_eci) > tracker.third_exclusion_cos:
        return False
    r = norm(position_eci_m)
    limb = math.asin(min(1.0, tracker.planet_radius_m / r)) + tracker.limb_exclusion_rad
    return -dot(boresight_eci, position_eci_m) < r * math.cos(min(math.pi, limb))


@compiled
def read_star_tracker(
    row: FloatArray,
    rods: FloatArray,  # noqa: ARG001  all devices are asked alike
    trackers: RecordArray,
    normals: FloatArray,
    i: int,
    shown: FloatArray,
) -> bool:
    """Show q_eci_from_body in single precision, or four zeros when it has no attitude."""
    tracker = trackers[0]
    sun_at, third_at, position_at = tracker.sun_at, tracker.third_at, tracker.position_at
    q = (row[0], row[1], row[2], row[3])
    mount = matrix(tracker.body_from_tracker)
    boresight_eci = transform(rotation_matrix(q), (mount[0][2], mount[1][2], mount[2][2]))
    sun, position = vector(row[sun_at : sun_at + 3]), vector(row[position_at : position_at + 3])
    rate, third = (row[4], row[5], row[6]), vector(row[third_at : third_at + 3])
    sees = sees_stars(rate, boresight_eci, sun, row[sun_at + 3], third, position, tracker)
    if not acquired(tracker, sees):
        shown[:] = 0.0
        return False
    x, y = tracker.across_rad * normals[i], tracker.across_rad * normals[i + 1]
    off = slow_turn(row, tracker)
    noise = add(transform(mount, (x, y, tracker.roll_rad * normals[i + 2])), off)
    m = tracker.mounting_error
    seen = product(product(q, (m[0], m[1], m[2], m[3])), small_rotation(noise))
    shown[0], shown[1], shown[2], shown[3] = single_quaternion(seen)
    return True


class StarTrackerUnit(Sensor):
    """A star tracker on the bench. What it cannot see comes as an invalid sample of four zeros."""

    message: ClassVar[wire.Message] = wire.sample(
        "star_tracker",
        0x121,
        "Attitude, scalar last: v_eci = R(q) v_body.",
        wire.Field("q_eci_from_body", "f32", 4),
    )

    def __init__(self, model: StarTracker, instance: int, installation: Installation) -> None:
        """Draw this unit's mounting error.

        Raises KeyError when the Moon matters and the truth does not say where it is.
        """
        super().__init__(model, instance, installation)
        at = starts(installation.truth_columns)
        moon_matters = model.free_of(model.moon_exclusion_deg) > 0.0
        record = _record(model, self.fixed_errors, installation.central_body.radius_m)
        record["position_at"] = at["position_eci_m"]
        record["third_at"] = at["third_body_eci" if moon_matters else "sun_eci"]
        name = f"{self.kind} {instance} slow errors"
        source = generator(installation.seed, name)
        self._slow = SlowErrorSource(model, model.boresight_body, at, source, record)
        needed = samples_needed(model.acquisition_s, model.rate_hz)
        record["samples_needed"] = record["samples_had"] = needed
        self._reading = CompiledReading(
            StarTrackerUnit, read_star_tracker, record, self.normals, draws=3, values=4
        )
        self.compiled = None if self._slow.moves else self._reading

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return the attitude; invalid while blind and for the time that it needs after that."""
        if self._slow.moves:
            self._slow.move_on(row)
        return read_all((self._reading,), row)[0]


def _record(model: StarTracker, source: np.random.Generator, planet_radius_m: float) -> RecordArray:
    record = records(STAR_TRACKER)
    z = np.array(model.boresight_body)
    x = np.cross(z, np.eye(3)[np.argmin(np.abs(z))])
    x /= np.linalg.norm(x)
    record["body_from_tracker"] = np.stack([x, np.cross(z, x), z], axis=1)
    error = model.mounting_error_sigma_arcsec * _ARCSEC * source.standard_normal(3)
    record["mounting_error"] = small_rotation((error[0], error[1], error[2]))
    record["across_rad"] = model.across_noise_arcsec * _ARCSEC
    record["roll_rad"] = model.roll_noise_arcsec * _ARCSEC
    record["rate_limit_rad_s"] = math.radians(model.rate_limit_deg_s)
    sun, moon = model.free_of(model.sun_exclusion_deg), model.free_of(model.moon_exclusion_deg)
    record["sun_exclusion_cos"] = math.cos(sun) if sun > 0.0 else _NEVER
    record["third_exclusion_cos"] = math.cos(moon) if moon > 0.0 else _NEVER
    record["limb_exclusion_rad"] = model.free_of(model.limb_exclusion_deg)
    record["planet_radius_m"] = planet_radius_m
    return record


def _turns(stage: Stage, model: StarTracker) -> Stimuli:
    # The planet behind the tracker, the Sun across: neither blinds it, however it is turned.
    boresight = np.array(model.boresight_body)
    across = np.cross(boresight, np.roll(boresight, 1))
    across /= np.linalg.norm(across)
    for unit in np.eye(3):
        for sign in (1.0, -1.0):
            yield (
                stage.row(
                    q_eci_from_body=from_rotation_vector(sign * _TURN_rad * unit),
                    position_eci_m=FAR_M * boresight,
                    sun_eci=across,
                ),
                sign * unit,
            )


KINDS = (
    SensorKind(
        heading="star_tracker",
        model=StarTracker,
        unit=StarTrackerUnit,
        phasing=Phasing(
            _turns,
            lambda views: rotation_vector(views) / _TURN_rad,
            shown=4,
            size=_TURN_rad,
            unit="rad",
        ),
    ),
)
