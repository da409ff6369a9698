"""Sun cells: up to sixteen photodiodes, each with a direction of its own, on one converter."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from hil.config import Axis, NonNegative
from hil.devices.albedo import earthshine, view_factor
from hil.devices.kinds import SensorKind
from hil.devices.sensor import Installation, Sensor, SensorModel, starts
from hil.devices.stimuli import Phasing, Stage, Stimuli
from hil.link import messages as wire
from hil.physics.rotations import rotation_matrix
from hil.physics.vectors import FloatArray, transform_back, vector

CELLS_MAX = 16


class SunCells(SensorModel):
    """A [[sun_cells]] table: photodiodes that look in any directions."""

    normals_body: Annotated[tuple[Axis, ...], Field(min_length=1, max_length=CELLS_MAX)]
    """Where each cell looks, in the order of the counts in a sample."""
    full_sun_adc: float = Field(gt=0.0, le=65_535)
    """Of a cell in normal incidence."""
    full_scale_adc: int = Field(4095, gt=0, le=65_535)
    """The converter's largest count."""
    half_angle_deg: float = Field(90.0, gt=0.0, le=90.0)
    """From the normal; sunlight from further off does not reach a cell."""
    gain_error_sigma: NonNegative = 0.0
    """1 sigma, relative, one a cell, drawn once a run."""
    dark_adc: NonNegative = 0.0
    """Of a cell without light."""
    noise_adc: NonNegative = 0.0
    """1 sigma of a cell."""


class SunCellsUnit(Sensor):
    """A set of cells on the bench; the counts of cells that are not there are zero."""

    message: ClassVar[wire.Message] = wire.sample(
        "sun_cells",
        0x12C,
        "Photocurrents of up to sixteen cells, as converter counts.",
        wire.Field("illumination_adc", "u16", CELLS_MAX),
    )

    def __init__(self, model: SunCells, instance: int, installation: Installation) -> None:
        """Draw each cell's gain."""
        super().__init__(model, instance, installation)
        at = starts(installation.truth_columns)
        self._sun_at, self._position_at = at["sun_eci"], at["position_eci_m"]
        self._model, self._normals_body = model, np.array(model.normals_body)
        spread = self.fixed_errors.standard_normal(CELLS_MAX)[: len(model.normals_body)]
        self._gain_adc = model.full_sun_adc * (1.0 + model.gain_error_sigma * spread)
        self._seen_cos = np.cos(np.radians(model.half_angle_deg))
        self._albedo = installation.albedo
        self._planet_radius_m = installation.central_body.radius_m

    def measure(self, row: FloatArray) -> tuple[tuple[float, ...], bool]:
        """Return sixteen whole numbers, always valid."""
        model, n = self._model, len(self._normals_body)
        i = self.normals.take(CELLS_MAX)
        noise = model.noise_adc * self.normals.block[i : i + n]
        signal = model.dark_adc + self._gain_adc * self._light(row) + noise
        counts = np.clip(np.floor(signal + 0.5), 0, model.full_scale_adc)
        return (*map(int, counts.tolist()), *[0] * (CELLS_MAX - n)), True

    def _light(self, row: FloatArray) -> FloatArray:
        """What each cell (n,) gets, 1 being the Sun straight on: cosine law and albedo."""
        axes = rotation_matrix((row[0], row[1], row[2], row[3]))
        sun_eci = vector(row[self._sun_at : self._sun_at + 3])
        cosines = self._normals_body @ transform_back(axes, sun_eci)
        sun = np.where(cosines > self._seen_cos, np.maximum(cosines, 0.0), 0.0)
        light: FloatArray = row[self._sun_at + 3] * sun
        if self._albedo > 0.0:
            position = vector(row[self._position_at : self._position_at + 3])
            nadir, distance, glow = earthshine(
                position, sun_eci, self._planet_radius_m, self._albedo
            )
            tilts = self._normals_body @ transform_back(axes, nadir)
            light = light + [glow * view_factor(float(tilt), distance) for tilt in tilts]
        return light


def _suns(stage: Stage, model: SunCells) -> Stimuli:
    """The Sun straight above each cell in turn."""
    for normal in model.normals_body:
        yield stage.row(sun_eci=normal, position_eci_m=7.0e6 * np.roll(normal, 1)), np.array(normal)


KINDS = (
    SensorKind(
        heading="sun_cells",
        model=SunCells,
        unit=SunCellsUnit,
        phasing=Phasing(_suns, offset_free=False, gain_most=0.3),
    ),
)
