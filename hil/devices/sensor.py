"""What every sensor has: a kind, an instance, a rate, a latency, and its own random numbers."""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from hil.config import Model, NonNegative, Positive
from hil.link.messages import Message
from hil.physics.constants import EARTH, CentralBody
from hil.physics.vectors import FloatArray, Vector
from hil.scene.model import Scene

if TYPE_CHECKING:
    from hil.devices.reading import CompiledReading

Columns = tuple[tuple[str, int], ...]  # names and sizes of the numbers in a row, in order
Reading = tuple[tuple[float, ...], bool]  # values, and whether they are valid
Change = Callable[[int, Reading], Reading]  # what a fault makes of a step's reading


class Sample(NamedTuple):
    """One reading as it goes on the wire: already rounded to what the wire carries."""

    values: tuple[float, ...]
    valid: bool
    age_s: float  # how long before this step the reading was taken


class Installation(NamedTuple):
    """What a sensor is told of the bench and the spacecraft that it is put into.

    truth_columns: how rows of truth are laid out. albedo: part of the sunlight that the central
    body reflects. rod_dipole_body_A_m2: array (3,) that holds the rods' dipole whenever a sensor
    is asked; None: there are no rods. scene: what cameras see; pressure_hPa: of the air in it, at
    sea level. epoch_utc: of the run's start.
    mass_kg, centre_of_mass_body_m, thruster_directions_body: of the spacecraft.
    """

    truth_columns: Columns
    step_s: float
    seed: int
    central_body: CentralBody = EARTH
    albedo: float = 0.0
    rod_dipole_body_A_m2: FloatArray | None = None
    scene: Scene | None = None
    pressure_hPa: float = 0.0
    epoch_utc: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    mass_kg: float = 1.0
    centre_of_mass_body_m: Vector = (0.0, 0.0, 0.0)
    thruster_directions_body: tuple[Vector, ...] = ()


make = tuple.__new__  # of a Sample, in half the time that its own takes


class SensorModel(Model):
    """Keys that every sensor's table has."""

    rate_hz: Positive
    """Samples a second; a whole number of control periods lies between two."""
    latency_s: NonNegative = 0.0
    """From the measurement until the sample goes out; rounded up to control periods."""
    protocol: str | None = None
    """What it speaks on a line of its own, see `[[line]]`."""


def generator(seed: int, device: str) -> np.random.Generator:
    """A device's own random numbers: the same whatever other devices there are."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(device.encode())]))
    )


def starts(columns: Columns) -> dict[str, int]:
    """Where each column begins in a row."""
    ends = np.cumsum([size for _, size in columns])
    return {name: int(end) - size for (name, size), end in zip(columns, ends, strict=True)}


class Normals:
    """Standard normals drawn in blocks: ``block[take(n)]`` on are the next n.

    following: the index in ``block`` of the first that nobody has taken.
    """

    def __init__(self, source: np.random.Generator, size: int = 3072) -> None:
        """Draw from a generator, size numbers at a time."""
        self._source = source
        self.following = 0
        self._ahead = deque[FloatArray]()
        self.block: FloatArray = source.standard_normal(size)

    def take(self, n: int) -> int:
        """Return the index in ``block`` of n numbers that nobody had before."""
        if self.following + n > self.block.size:
            self.refill()
        first = self.following
        self.following = first + n
        return first

    def refill(self) -> None:
        """Draw a new block, as ``take`` does when too few are left."""
        self.block[:] = self._ahead.popleft() if self._ahead else self._drawn()
        self.following = 0

    def with_next(self, blocks: int) -> FloatArray:
        """Return the present block and as many that follow it, (1 + blocks, size)."""
        while len(self._ahead) < blocks:
            self._ahead.append(self._drawn())
        return np.stack([self.block, *islice(self._ahead, blocks)])

    def _drawn(self) -> FloatArray:
        return self._source.standard_normal(self.block.size)


class Sensor(ABC):
    """A sensor on the bench: asked once a step, answers when its rate and latency say so.

    Its message names its kind and, after flags and instance, its columns. stream: the message of
    what follows a sample piece by piece, where there is such.
    """

    message: ClassVar[Message]
    stream: ClassVar[Message | None] = None
    kind: ClassVar[str]
    columns: ClassVar[Columns]

    def __init_subclass__(cls) -> None:
        """Read kind and columns off the message."""
        super().__init_subclass__()
        cls.kind = cls.message.name
        cls.columns = tuple((field.name, field.count) for field in cls.message.fields[2:])

    def __init__(self, model: Any, instance: int, installation: Installation) -> None:
        """Fit the sensor's rate and latency, those of a SensorModel, to the control steps.

        Raises ValueError when the rate is not a whole number of control steps.
        """
        step_s, seed = installation.step_s, installation.seed
        self.instance = instance
        self.compiled: CompiledReading | None = None  # all that measuring is, where it is compiled
        self._faults: list[Change] = []  # one after the other
        self._step_s = step_s
        self.period_steps = _period_steps(f"{self.kind} {instance}", model.rate_hz, step_s)
        self.delay_steps = int(np.ceil(model.latency_s / step_s - 1e-9))
        self.waiting: deque[tuple[int, tuple[float, ...], bool]] = deque()
        self.normals = Normals(generator(seed, f"{self.kind} {instance}"))
        self.fixed_errors = generator(seed, f"{self.kind} {instance} as built")

    @abstractmethod
    def measure(self, row: FloatArray) -> Reading:
        """Return the values read from a row of truth, and whether they are valid."""

    def put_between(self, fault: Change) -> None:
        """Put a fault between truth and sample: it makes a new reading of the one so far."""
        self._faults.append(fault)

    @property
    def is_plain(self) -> bool:
        """Whether a sample is what is measured, with nothing but faults added on the way."""
        return type(self).sample is Sensor.sample

    @property
    def pieces_most(self) -> int:
        """How many messages of its stream go out in a step at the most."""
        return 0

    def pieces(self) -> Sequence[Sequence[float | int]]:
        """Return what goes out of the stream in this step, as values of its message."""
        return ()

    @property
    def at_once(self) -> CompiledReading | None:
        """The reading that a sample is, whenever one is due; None where there is more to it."""
        own = self.compiled
        if own is None or self.delay_steps or self._faults or not own.is_all_of(self):
            return None
        return own

    @property
    def every(self) -> tuple[int, int]:
        """The steps in which ``sample`` has something to do: one of so many, and so many later."""
        return (1, 0) if self._faults else (self.period_steps, self.delay_steps)

    @property
    def step_s(self) -> float:
        """The control period."""
        return self._step_s

    def sample(self, step: int, row: FloatArray) -> Sample | None:
        """Measure if it is time to, and return the reading that comes out at this step, if any."""
        if step % self.period_steps == 0:
            reading = self.measure(row)
            for changed in self._faults:
                reading = changed(step, reading)
            values, valid = reading
            if self.delay_steps == 0:
                return make(Sample, (values, valid, 0.0))
            self.waiting.append((step, values, valid))
        if self.waiting and self.waiting[0][0] + self.delay_steps <= step:
            taken, values, valid = self.waiting.popleft()
            return make(Sample, (values, valid, (step - taken) * self._step_s))
        return None


def _period_steps(device: str, rate_hz: float, step_s: float) -> int:
    steps = 1.0 / (rate_hz * step_s)
    whole = round(steps)
    if whole < 1:
        raise ValueError(
            f"{device}: rate_hz {rate_hz:g} is more than one sample a control step of "
            f"{step_s:g} s; use at most {1.0 / step_s:g}"
        )
    if abs(steps - whole) > 1e-6 * steps:
        nearest = f"{1.0 / (whole * step_s):.9g} or {1.0 / ((whole + 1) * step_s):.9g}"
        raise ValueError(
            f"{device}: rate_hz {rate_hz:g} is not one sample every whole number of control steps "
            f"of {step_s:g} s; use {nearest}"
        )
    return whole


def as_built(
    source: np.random.Generator, scale_sigma: float, misalignment_sigma_rad: float
) -> FloatArray:
    """Response (3, 3) of a three-axis sensor: unity, with scale errors and non-orthogonal axes."""
    response = np.eye(3) + misalignment_sigma_rad * source.standard_normal((3, 3))
    np.fill_diagonal(response, 1.0 + scale_sigma * source.standard_normal(3))
    return response
