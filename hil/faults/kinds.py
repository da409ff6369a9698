"""The kinds of faults: one entry each, with the keys that it takes and an example."""

from __future__ import annotations

from hil.faults.devicekinds import ACTUATOR_KINDS, SENSOR_KINDS
from hil.faults.kind import FaultKind
from hil.faults.linekinds import LINE_KINDS
from hil.faults.obckinds import OBC_KINDS

_ALL = (*SENSOR_KINDS, *ACTUATOR_KINDS, *LINE_KINDS, *OBC_KINDS)
KINDS: dict[str, FaultKind] = {kind.name: kind for kind in _ALL}
