"""What is to be run, as a value: a rig, a place and how; the same value is the same run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from hil.obc.image import DEFAULT_PLACE
from hil.rig import Rig

_DIGITS_SHOWN = 12


@dataclass(frozen=True)
class RunSpecification:
    """One run before it is made: hashable, comparable, printable, and made as often as one likes.

    Two are equal when their rigs have the same keys and values, wherever their files lie, and they
    are run in the same place and manner. obc: a place or a port. firmware: a file that is run in
    place of the project's own. compiler: what that is built with. realtime: paced by the wall
    clock. resume: a port that is unplugged is waited for. gdb: the OBC waits for a debugger.
    """

    rig: Rig = field(compare=False, repr=False)
    obc: str = DEFAULT_PLACE
    firmware: Path | None = None
    compiler: str | None = None
    realtime: bool = False
    resume: bool = False
    gdb: bool = False
    digest: str = field(init=False)
    """SHA-256 of the rig's name, keys and values."""

    def __post_init__(self) -> None:
        text = f"{self.rig.name}\0{self.rig.model_dump_json()}"
        object.__setattr__(self, "digest", hashlib.sha256(text.encode()).hexdigest())

    def __str__(self) -> str:
        rig, how = self.rig, "real time" if self.realtime else "lockstep"
        shown = f"{rig.name} {self.digest[:_DIGITS_SHOWN]}, seed {rig.seed}, {rig.duration_s:g} s"
        own = f", firmware {self.firmware}" if self.firmware else ""
        built = f", built with {self.compiler}" if self.compiler else ""
        return f"{shown}, in {how} on {self.obc}{own}{built}"
