"""Rate gyro: white noise, a turn-on bias that wanders, scale and alignment errors, a range."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from hil.config import NonNegative, Positive
from hil.devices.kinds import SensorKind
from hil.devices.reading import CompiledReading, MeasuresCompiled
from hil.devices.rounding import limited, quantized
from hil.devices.sensor import Installation, Sensor, SensorModel, as_built, starts
from hil.devices.stimuli import of_vector
from hil.link import messages as wire
from hil.physics.compiled import compiled
from hil.physics.records import Record, RecordArray, records
from hil.physics.vectors import FloatArray

GYRO = np.dtype(
    [
        ("response", "f8", (3, 3)),
        ("noise_rad_s", "f8"),
        ("bias_memory", "f8"),  # how much of the wandering bias is kept from one sample to the next
        ("bias_kick_rad_s", "f8"),
        ("walk_kick_rad_s", "f8"),
        ("flicker_memory", "f8", (7,)),  # as of the wandering bias, for each correlation time
        ("flicker_kick_rad_s", "f8", (7,)),
        ("lag", "f8", (3,)),  # next output = lag . (this output, last input, next input)
        ("range_rad_s", "f8"),
        ("resolution_rad_s", "f8"),
        ("limit_rad_s", "f8"),  # at which a sample is invalid
        ("rate_at", "i8"),  # where the rate begins in a row of truth
        ("processes", "i8"),  # of the flicker noise: as many of those in use
        ("state", "f8", (18,)),
        ("flicker_rad_s", "f8", (7, 3)),
    ],
    align=True,
)
# A gyro's state, three numbers each: turn-on bias and
_WANDER, _WALK, _FLICKER, _INPUT, _OUTPUT = 3, 6, 9, 12, 15
_STIMULUS_rad_s = 0.3  # by the phasing test: the noise of coarse gyros does not hide their scale
_FLICKER_s = np.exp2(3.0 * np.arange(7))  # correlation times whose sum is flicker noise


class Gyro(SensorModel):
    """A [[gyro]] table in data-sheet units; sigmas give one value an axis, drawn once a run."""

    angle_random_walk_deg_sqrt_h: NonNegative
    """White noise of the rate, an axis."""
    turn_on_bias_sigma_deg_h: NonNegative = 0.0
    """1 sigma of a bias drawn once a run."""
    bias_instability_deg_h: NonNegative = 0.0
    """1 sigma of a bias that wanders (first-order Gauss-Markov). Its Allan deviation peaks at 0.617
    of it, 1.89 correlation times out, and falls again."""
    bias_correlation_s: Positive = 1000.0
    """How long the wandering bias remembers."""
    flicker_deg_h: NonNegative = 0.0
    """Level of the Allan deviation of flicker noise, which stays there from seconds to hours. Data
    sheets call the lowest point of the whole curve bias instability or in-run bias stability."""
    rate_random_walk_deg_h_sqrt_h: NonNegative = 0.0
    """What the bias walks away by without end."""
    scale_error_sigma_ppm: NonNegative = 0.0
    """1 sigma an axis, drawn once a run."""
    misalignment_sigma_mrad: NonNegative = 0.0
    """1 sigma an axis, drawn once a run."""
    bandwidth_hz: Positive | None = None
    """Of a first-order low-pass; left out, the gyro is as fast as its rate."""
    range_deg_s: Positive = 400.0
    """Beyond it an axis shows the end of its range, and the sample is invalid."""
    resolution_deg_s: NonNegative = 0.0
    """What samples are whole multiples of; 0: single precision."""


@compiled
def read_axis(
    row: FloatArray,
    at: int,
    axis: int,
    state: FloatArray,
    noise: float,
    wander: float,
    gyro: Record,
) -> float:
    """Return one axis, inside the range; its bias wanders on and its low-pass moves on."""
    state[_WANDER + axis] = gyro.bias_memory * state[_WANDER + axis] + gyro.bias_kick_rad_s * wander
    response = gyro.response[axis]
    rate = response[0] * row[at] + response[1] * row[at + 1] + response[2] * row[at + 2]
    rate += state[axis] + state[_WANDER + axis] + gyro.noise_rad_s * noise
    rate += state[_WALK + axis] + state[_FLICKER + axis]
    lag = gyro.lag
    felt = lag[0] * state[_OUTPUT + axis] + lag[1] * state[_INPUT + axis] + lag[2] * rate
    state[_INPUT + axis], state[_OUTPUT + axis] = rate, felt
    shown = quantized(limited(felt, gyro.range_rad_s), gyro.resolution_rad_s)
    return limited(shown, float(np.float32(gyro.range_rad_s)))


@compiled
def read_gyro(
    row: FloatArray,
    rods: FloatArray,  # noqa: ARG001  all devices are asked alike
    gyros: RecordArray,
    normals: FloatArray,
    i: int,
    shown: FloatArray,
) -> bool:
    """Show the three rates in rad/s; invalid when an axis is at the end of its range."""
    gyro = gyros[0]
    state, flicker_rad_s, valid = gyro.state, gyro.flicker_rad_s, True
    for axis in range(3 if gyro.processes > 0 else 0):
        state[_FLICKER + axis] = 0.0
        for k in range(gyro.processes):
            kick = gyro.flicker_kick_rad_s[k] * normals[i + 9 + 3 * k + axis]
            flicker_rad_s[k, axis] = gyro.flicker_memory[k] * flicker_rad_s[k, axis] + kick
            state[_FLICKER + axis] += flicker_rad_s[k, axis]
    if gyro.walk_kick_rad_s > 0.0:
        for axis in range(3):
            state[_WALK + axis] += gyro.walk_kick_rad_s * normals[i + 6 + axis]
    for axis in range(3):
        noise, wander = normals[i + axis], normals[i + 3 + axis]
        shown[axis] = read_axis(row, gyro.rate_at, axis, state, noise, wander, gyro)
        valid = valid and -gyro.limit_rad_s < shown[axis] < gyro.limit_rad_s
    return valid


class GyroUnit(MeasuresCompiled, Sensor):
    """A gyro on the bench.

    Its state: turn-on bias, wandering bias, random walk, flicker, last input and output of the
    low-pass.
    """

    message: ClassVar[wire.Message] = wire.sample(
        "gyro", 0x120, "Body rate.", wire.Field("rate_body_rad_s", "f32", 3, "rad/s")
    )

    def __init__(self, model: Gyro, instance: int, installation: Installation) -> None:
        """Draw this unit's fixed errors."""
        super().__init__(model, instance, installation)
        self._at = starts(installation.truth_columns)["rate_body_rad_s"]
        self._record = _record(model, self.fixed_errors)
        self._record["rate_at"] = self._at
        deg_h = math.radians(1.0) / 3600.0
        turn_on = model.turn_on_bias_sigma_deg_h * deg_h * self.fixed_errors.standard_normal(3)
        wander = model.bias_instability_deg_h * deg_h * self.fixed_errors.standard_normal(3)
        self._state: FloatArray = self._record["state"][0]
        self._state[:_WALK] = np.concatenate([turn_on, wander])
        parts = _FLICKER_s.size if model.flicker_deg_h > 0.0 else 0
        self._record["processes"] = parts
        if parts:
            sigma = _flicker_sigma_rad_s(model.flicker_deg_h)
            flicker = sigma * self.fixed_errors.standard_normal((parts, 3))
            self._record["flicker_rad_s"] = flicker
            self._state[_FLICKER:_INPUT] = flicker.sum(axis=0)
        self._record["limit_rad_s"] = float(self._record["range_rad_s"][0]) * (1.0 - 1e-7)
        draws = 9 if model.rate_random_walk_deg_h_sqrt_h > 0.0 or parts else 6
        self.compiled = CompiledReading(
            GyroUnit,
            read_gyro,
            self._record,
            self.normals,
            draws + 3 * parts,
            values=3,
            begin=self._begin,
        )

    @property
    def bias_body_rad_s(self) -> FloatArray:
        """True bias (3,) at the last sample, for judging only."""
        state = self._state
        return np.asarray(
            state[:_WANDER] + state[_WANDER:_WALK] + state[_WALK:_FLICKER] + state[_FLICKER:_INPUT]
        )

    def _begin(self, row: FloatArray) -> None:
        """Before the first sample the body had turned as it does then."""
        rate = self._record["response"][0] @ row[self._at : self._at + 3]
        self._state[_INPUT:] = np.tile(rate + self.bias_body_rad_s, 2)


def _record(model: Gyro, source: np.random.Generator) -> RecordArray:
    record = records(GYRO)
    memory = math.exp(-1.0 / (model.rate_hz * model.bias_correlation_s))
    record["response"] = as_built(
        source, 1e-6 * model.scale_error_sigma_ppm, 1e-3 * model.misalignment_sigma_mrad
    )
    arw = math.radians(model.angle_random_walk_deg_sqrt_h) / 60.0  # rad / sqrt(s)
    record["noise_rad_s"] = arw * math.sqrt(model.rate_hz)
    record["bias_memory"] = memory
    instability = math.radians(model.bias_instability_deg_h) / 3600.0
    record["bias_kick_rad_s"] = instability * math.sqrt(1.0 - memory * memory)
    walk = math.radians(model.rate_random_walk_deg_h_sqrt_h) / 3600.0 / 60.0  # rad/s / sqrt(s)
    record["walk_kick_rad_s"] = walk / math.sqrt(model.rate_hz)
    memories = np.exp(-1.0 / (model.rate_hz * _FLICKER_s))
    record["flicker_memory"] = memories
    sigma = _flicker_sigma_rad_s(model.flicker_deg_h)
    record["flicker_kick_rad_s"] = sigma * np.sqrt(1.0 - memories**2)
    record["lag"] = low_pass(model.bandwidth_hz, 1.0 / model.rate_hz)
    record["range_rad_s"] = math.radians(model.range_deg_s)
    record["resolution_rad_s"] = math.radians(model.resolution_deg_s)
    return record


def _flicker_sigma_rad_s(level_deg_h: float) -> float:
    """1 sigma of each Gauss-Markov process of a sum whose Allan deviation stays at a level.

    Processes alike, their correlation times a factor of 8 apart, add up to a spectrum of 1/f (van
    der Ziel, Physica 16 (1950) 359); that of an Allan deviation L is L^2 / (2 ln 2) / f (IEEE Std
    952, annex C), so that each has a variance of L^2 ln 8 / (2 ln 2).
    """
    return math.radians(level_deg_h) / 3600.0 * math.sqrt(1.5)


def low_pass(bandwidth_hz: float | None, period_s: float) -> tuple[float, float, float]:
    """Weights of a first-order low-pass's last output, last input and next input.

    Exact for an input that goes in straight lines from sample to sample (triangle hold: Franklin,
    Powell & Workman, Digital Control of Dynamic Systems, section 6.3.2).
    """
    if bandwidth_hz is None:
        return 0.0, 0.0, 1.0
    periods = 2.0 * math.pi * bandwidth_hz * period_s
    kept = math.exp(-periods)
    mean = (1.0 - kept) / periods
    return kept, mean - kept, 1.0 - mean


KINDS = (
    SensorKind(
        heading="gyro",
        model=Gyro,
        unit=GyroUnit,
        phasing=of_vector(
            "rate_body_rad_s",
            _STIMULUS_rad_s,
            "rad/s",
            most=lambda table: 0.5 * math.radians(table.range_deg_s),
            times=4,
        ),
    ),
)
