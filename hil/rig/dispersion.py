"""What differs from run to run of a campaign, as a rig file says it: [[disperse]] and its kin."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hil.config import Model, Positive

Scalar = bool | int | float | str
_NEEDS = {
    "normal": ("sigma",),
    "log-normal": ("sigma_log",),
    "uniform": ("min", "max"),
    "triangular": ("min", "max"),
    "discrete": ("values",),
}
_MAY = {
    "normal": ("mean", "min", "max"),
    "log-normal": ("median", "min", "max"),
    "uniform": (),
    "triangular": ("peak",),
    "discrete": ("weights",),
}
_OF_ALL = ("key", "distribution", "relative", "common")


class Disperse(Model):
    """A [[disperse]] table: a key of the rig, its spacecraft or a part that each run draws anew.

    key: a dotted path, such as spacecraft.wheel.x.coulomb_friction_Nm; of a vector or a matrix, the
    whole or a component. mean, median, peak: the file's own value if not given. sigma_log: standard
    deviation of the natural logarithm. min, max: a normal or log-normal distribution is cut off
    there. relative: all numbers are factors of the file's own value. common: one draw for all
    components; without it each has its own.
    """

    key: Annotated[str, Field(min_length=1)]
    distribution: Literal["normal", "uniform", "log-normal", "triangular", "discrete"]
    mean: float | None = None
    sigma: Positive | None = None
    median: float | None = None
    sigma_log: Positive | None = None
    min: float | None = None
    max: float | None = None
    peak: float | None = None
    values: Annotated[tuple[Scalar, ...], Field(min_length=1)] | None = None
    weights: tuple[Positive, ...] | None = None
    relative: bool = False
    common: bool = False

    @model_validator(mode="after")
    def _has_what_its_distribution_takes(self) -> Self:
        needs, may = _NEEDS[self.distribution], _MAY[self.distribution]
        given = [key for key in type(self).model_fields if getattr(self, key) is not None]
        for key in needs:
            if key not in given:
                raise ValueError(f"a {self.distribution} distribution needs {' and '.join(needs)}")
        for key in given:
            if key not in (*needs, *may, *_OF_ALL):
                takes = ", ".join((*needs, *may))
                raise ValueError(f"a {self.distribution} distribution takes {takes}; not {key}")
        return self

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError(f"min = {self.min:g} must be below max = {self.max:g}")
        if self.weights is not None and len(self.weights) != len(self.values or ()):
            raise ValueError(
                f"there are {len(self.values or ())} values and {len(self.weights)} weights: give "
                "each value a weight"
            )
        return self


class Correlation(Model):
    """A [[correlation]] table: how much the draws of dispersed keys go together.

    of: keys as the [[disperse]] tables have them, or components of them. coefficient: of each pair,
    between the normal variables of a Gaussian copula.
    """

    of: Annotated[tuple[str, ...], Field(min_length=2)]
    coefficient: Annotated[float, Field(gt=-1.0, lt=1.0)]


class Sampling(Model):
    """A [sampling] table: how the runs of a campaign are spread over what is dispersed.

    method: independent draws, a Latin hypercube, or Sobol's sequence, scrambled.
    """

    method: Literal["random", "latin-hypercube", "sobol"] = "random"
