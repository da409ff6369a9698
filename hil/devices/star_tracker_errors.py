"""What a star tracker's attitude is off by beside noise and mounting, and for long."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from pydantic import Field

from hil.config import NonNegative, Positive, Vector
from hil.devices.sensor import SensorModel
from hil.physics.aberration import aberration_turn, earth_velocity
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray
from hil.physics.rotations import rotation_matrix
from hil.physics.vectors import FloatArray, add, add_scaled, transform_back, vector
from hil.physics.vectors import Vector as Vector3

_ARCSEC = math.radians(1.0) / 3600.0
_NONE = (0.0, 0.0, 0.0)
Aberration = Literal["none", "orbital", "all"]
_ABERRATIONS = ("none", "orbital", "all")
SLOW_FIELDS: list[tuple[Any, ...]] = [  # of a star tracker's record
    ("sun_at", "i8"),  # where they begin in a row of truth
    ("velocity_at", "i8"),
    ("looks_body", "f8", (3,)),
    ("aberration", "i8"),  # number in _ABERRATIONS
    ("late_stamp_s", "f8"),
    ("wanders", "i8"),
    ("wander_rad", "f8", (3,)),
    ("bends", "i8"),
    ("bending_rad", "f8", (3,)),
    ("heat", "f8"),
]


class SlowErrors(SensorModel):
    """Keys of a [[star_tracker]] table for errors that last from one sample to the next."""

    aberration: Aberration = "none"
    """What starlight's aberration leaves in the attitude. none: the unit corrects it from
    time and velocity; orbital: it knows the date, but not its velocity (up to 5 arcsec); all: it
    corrects nothing (up to 26 arcsec)."""
    slow_error_sigma_arcsec: NonNegative = 0.0
    """1 sigma an axis of an error that wanders, as stars move through the field: maps of the
    lens, pixels, the catalogue (first-order Gauss-Markov)."""
    slow_error_correlation_s: Positive = 300.0
    """How long it remembers while it looks one way."""
    slow_error_correlation_deg: Positive = 5.0
    """How far the boresight turns until it has forgotten: about the size of what is uneven in the
    field."""
    late_stamp_s: float = Field(default=0.0, ge=-1.0, le=1.0)
    """The time stamp is later than the exposure by so much: turning, it is that far behind."""
    bending_body_arcsec: Vector = _NONE
    """Rotation vector by which the Sun's heat turns the tracker against the payload, in the end."""
    bending_time_s: Positive = 600.0
    """Time constant of that heat."""


@compiled
def left_aberration(
    row: FloatArray, velocity_at: int, sun_at: int, boresight: FloatArray, annual: bool
) -> tuple[float, float, float]:
    """Return the rotation vector (rad, body) that aberration leaves in an attitude."""
    velocity = vector(row[velocity_at : velocity_at + 3])
    if annual:
        velocity = add(velocity, earth_velocity(vector(row[sun_at : sun_at + 3])))
    axes = rotation_matrix((row[0], row[1], row[2], row[3]))
    turn = aberration_turn(vector(boresight), transform_back(axes, velocity))
    return (-turn[0], -turn[1], -turn[2])  # stars went one way: the attitude seems to go the other


@compiled
def slow_turn(row: FloatArray, tracker: Record) -> Vector3:
    """Return the rotation vector (rad, body) that the attitude is off by."""
    total = (0.0, 0.0, 0.0)
    if tracker.aberration > 0:
        annual = tracker.aberration == 2
        total = left_aberration(
            row, tracker.velocity_at, tracker.sun_at, tracker.looks_body, annual
        )
    if tracker.late_stamp_s != 0.0:
        total = add_scaled(total, -tracker.late_stamp_s, vector(row[4:7]))
    if tracker.wanders > 0:
        total = add(total, vector(tracker.wander_rad))
    if tracker.bends > 0:
        total = add_scaled(total, tracker.heat, vector(tracker.bending_rad))
    return total


class SlowErrorSource:
    """What moves on of the slow errors of one unit, asked before each sample.

    moves: whether anything moves on from sample to sample.
    """

    def __init__(
        self,
        model: SlowErrors,
        boresight_body: Vector,
        at: dict[str, int],
        source: np.random.Generator,
        record: RecordArray,
    ) -> None:
        """Draw where the wandering error starts; ``at`` says where a row's columns begin.

        record: the tracker's, whose SLOW_FIELDS are filled and kept up to date.
        """
        self._model, self._at, self._source, self._record = model, at, source, record
        self._boresight: FloatArray = np.array(boresight_body)
        self._sigma_rad = model.slow_error_sigma_arcsec * _ARCSEC
        self._wander = self._sigma_rad * source.standard_normal(3)
        bending_rad: FloatArray = _ARCSEC * np.array(model.bending_body_arcsec)
        self._bends, self._wanders = bool(bending_rad.any()), self._sigma_rad > 0.0
        self.moves = self._wanders or self._bends
        self._heat: float | None = None
        self._looked: FloatArray | None = None
        record["sun_at"], record["velocity_at"] = at["sun_eci"], at["velocity_eci_m_s"]
        record["looks_body"], record["bending_rad"] = boresight_body, bending_rad
        record["aberration"] = _ABERRATIONS.index(model.aberration)
        record["late_stamp_s"] = model.late_stamp_s
        record["wanders"], record["bends"] = self._wanders, self._bends

    def move_on(self, row: FloatArray) -> None:
        """Have the record hold what the next sample is off by."""
        if self._wanders:
            self._move_on(row)
            self._record["wander_rad"] = self._wander
        if self._bends:
            self._record["heat"] = self._warm(row)

    def _move_on(self, row: FloatArray) -> None:
        """Forget by time and by the boresight's turn, and wander on."""
        axes = np.array(rotation_matrix((row[0], row[1], row[2], row[3])))
        looks = axes @ self._boresight
        before = looks if self._looked is None else self._looked
        turned_deg = math.degrees(
            2.0 * math.asin(min(1.0, 0.5 * float(np.linalg.norm(looks - before))))
        )
        self._looked = looks
        past = 1.0 / (self._model.rate_hz * self._model.slow_error_correlation_s)
        memory = math.exp(-past - turned_deg / self._model.slow_error_correlation_deg)
        kick = self._sigma_rad * math.sqrt(1.0 - memory * memory)
        self._wander = memory * self._wander + kick * self._source.standard_normal(3)

    def _warm(self, row: FloatArray) -> float:
        """How much of the Sun's heat has arrived: what shines goes in with the time constant."""
        sunlit = float(row[self._at["sunlit"]])
        if self._heat is None:
            self._heat = sunlit
        memory = math.exp(-1.0 / (self._model.rate_hz * self._model.bending_time_s))
        self._heat = sunlit + memory * (self._heat - sunlit)
        return self._heat
