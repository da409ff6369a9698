"""What a campaign's folder holds, checked: anybody may have edited or damaged it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hil.errors import RigError, visible

_RUNS_MOST = 10_000_000
_DRAWN = float | int | str | bool | None


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


class KeptSettings(_Kept):
    """What a campaign is."""

    obc: str
    blocks: Annotated[list[Annotated[int, Field(ge=1, le=_RUNS_MOST)]], Field(min_length=1)]
    rig: dict[str, str]


class _KeptFigure(_Kept):
    met: bool
    judged: bool
    value: float | None
    share_above: float | None = None


class KeptOutcome(_Kept):
    """What a run came to: its figures, or its error."""

    case: Annotated[int, Field(ge=1, le=_RUNS_MOST)]
    met: bool
    dispersed: dict[str, _DRAWN]
    error: str | None = None
    exit_status: int = 0
    digest: str = ""
    firmware: str = ""
    requirements: dict[str, _KeptFigure] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.error is None) == (self.requirements is None):
            raise ValueError("has neither figures nor an error, or both")
        return self


def read_text(path: Path, called: str) -> str:
    """Return a file's text, octets that are no UTF-8 made visible; RigError when there is none."""
    if not path.is_file():  # a pipe or a device would never end
        raise RigError(f"{called}: {'is not a file' if path.exists() else 'no such file'}")
    try:
        return path.read_text(encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise RigError(f"{called}: {error.strerror}") from None


def parsed(text: str) -> Any:
    """Return what JSON says; ValueError when it is none."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def checked(found: object, model: type[BaseModel], called: str) -> dict[str, Any]:
    """Return what was read, as it is; RigError when it is not what a campaign writes."""
    try:
        model.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        words = f"{at}: {first['msg']}" if at else first["msg"]
        raise RigError(visible(f"{called}: is damaged: {words}")) from None
    assert isinstance(found, dict)
    return found


@contextmanager
def told_if_unusable(folder: Path) -> Iterator[None]:
    """Say in words what keeps files of a folder from being read or written, as RigError."""
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        raise RigError(visible(f"cannot use {where}: {error.strerror or error}")) from None
