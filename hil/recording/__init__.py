"""One run, written as it happens and read afterwards: an MCAP file that other tools open as it is.

Channels: ``/step`` holds one row of float64 a control period (ROS 1 encoding, so a message is the
bare row), ``/to_obc`` and ``/from_obc`` every byte on the line, ``/event`` what happened besides.
``log_time`` is the simulated instant: nanoseconds since 1970 of the rig's epoch plus the time since
the run's start.
"""

from hil.errors import RecordingError
from hil.recording.claim import check_replaceable
from hil.recording.difference import (
    MACHINE_COLUMNS,
    NOT_COMPARED,
    WALL_CLOCK_COLUMNS,
    Difference,
    Distance,
    distances,
    first_difference,
    odd_columns,
)
from hil.recording.event import SEVERITIES, SOURCES, Event
from hil.recording.held import HELD_OCTETS_MOST, HeldRecorder
from hil.recording.provenance import differing_runs
from hil.recording.reader import Recording
from hil.recording.recover import recover
from hil.recording.writer import Recorder

__all__ = [
    "HELD_OCTETS_MOST",
    "MACHINE_COLUMNS",
    "NOT_COMPARED",
    "SEVERITIES",
    "SOURCES",
    "WALL_CLOCK_COLUMNS",
    "Difference",
    "Distance",
    "Event",
    "HeldRecorder",
    "Recorder",
    "Recording",
    "RecordingError",
    "check_replaceable",
    "differing_runs",
    "distances",
    "first_difference",
    "odd_columns",
    "recover",
]
