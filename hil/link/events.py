"""What a session makes of the octets that an OBC sends."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from hil.link.identity import Identity
from hil.link.messages import Message
from hil.link.packet import Value

Values: TypeAlias = tuple[Value, ...]


class Identified(NamedTuple):
    """The OBC answered HELLO."""

    identity: Identity


class Acknowledged(NamedTuple):
    """The OBC answered the set_ message that was sent last; `result` in words."""

    result: str


class Reply(NamedTuple):
    """An OBC's answer to one step: the values of each message, or None where it did not come.

    separate: commands beside it, to actuators that have one of their own. sightings: what the OBC
    found in a picture. radio: frames for its radio to send.
    reply_s: from the step's first octet on the line to the answer. unplugged: there was no line.
    """

    command: Values | None
    estimate: Values | None
    housekeeping: Values | None
    sensed: tuple[Values, ...]
    reply_s: float
    unplugged: bool = False
    separate: Mapping[Message, Values] = {}
    sightings: Values | None = None
    radio: tuple[bytes, ...] = ()


class Told(NamedTuple):
    """An event of the firmware's own, by its own code."""

    code: int
    value: float


class Incident(NamedTuple):
    """Something about the line that a reader of the recording should know: its kind, and words."""

    name: str
    text: str


Event: TypeAlias = Identified | Acknowledged | Reply | Told | Incident

RESTARTED = "restarted"
"""The kind of incident after which nothing that the OBC says can be trusted."""
