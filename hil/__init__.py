"""Hardware-in-the-loop test bench for CubeSat attitude control: what a script needs of it."""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from hil.bench import Result, run
    from hil.errors import (
        CheckError,
        HilError,
        LinkError,
        ObcError,
        PointingError,
        RecordingError,
        RigError,
    )
    from hil.judge import Verdict, evaluate
    from hil.phasing import phase
    from hil.recording import Recording
    from hil.rig import Rig, load_rig

_ROOM_OF = {
    "bench": ("Result", "run"),
    "errors": (
        "CheckError",
        "HilError",
        "LinkError",
        "ObcError",
        "PointingError",
        "RecordingError",
        "RigError",
    ),
    "judge": ("Verdict", "evaluate"),
    "phasing": ("phase",),
    "recording": ("Recording",),
    "rig": ("Rig", "load_rig"),
}
_ROOM = {name: room for room, names in _ROOM_OF.items() for name in names}

__all__ = [
    "CheckError",
    "HilError",
    "LinkError",
    "ObcError",
    "PointingError",
    "Recording",
    "RecordingError",
    "Result",
    "Rig",
    "RigError",
    "Verdict",
    "evaluate",
    "load_rig",
    "phase",
    "run",
]


def __getattr__(name: str) -> object:
    """Import a room when a name of it is first asked for: ``import hil`` alone costs nothing."""
    if name in _ROOM:
        return getattr(import_module(f"hil.{_ROOM[name]}"), name)
    raise AttributeError(f"module 'hil' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
