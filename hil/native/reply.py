"""Compiled: what an OBC answers to a step, where it answers as it usually does."""

from __future__ import annotations

import numpy as np

from hil.native.octets import (
    SEQUENCE_MAX,
    UNSEGMENTED,
    Bits,
    IntArray,
    Narrow,
    Octets,
    number_at,
    take_frame,
    take_values,
)
from hil.physics.compiled import compiled
from hil.physics.records import RecordArray
from hil.physics.vectors import FloatArray

REPLY = np.dtype(
    [
        ("first_word", "i8"),
        ("length_word", "i8"),
        ("begin", "i8"),  # where its values begin, and how many octets of the packet come before
        ("skip", "i8"),
        ("codes", "i8"),  # where its fields' codes begin, and how many there are
        ("fields", "i8"),
    ],
    align=True,
)
ESTIMATE, COMMAND, HOUSEKEEPING = 0, 1, 2


@compiled
def understand(
    step: int,
    sequence: int,
    heard: Octets,
    size: int,
    replies: RecordArray,
    codes: IntArray,
    body: Octets,
    narrow: Narrow,
    bits: Bits,
    values: FloatArray,
    came: IntArray,
) -> bool:
    """Take the values of an answer; whether it is a usual one, which nothing else need look at.

    That is one estimate, one command for this step with the sequence count that is expected, which
    comes last, and perhaps housekeeping. came: which of them came.
    """
    at = 0
    came[:] = 0
    while at < size and came[COMMAND] == 0:
        packet, at = take_frame(heard, at, size, body)
        if packet < 0:
            return False
        kind = kind_of(body, packet, replies)
        if kind < 0 or came[kind] != 0:
            return False
        came[kind] = 1
        told = number_at(body, 2, 2) & SEQUENCE_MAX == sequence and number_at(body, 6, 4) == step
        if kind == COMMAND and not told:
            return False
        reply = replies[kind]
        own = codes[reply.codes : reply.codes + reply.fields]
        take_values(body, reply.skip, own, narrow, bits, values[reply.begin :])
    return at == size and came[COMMAND] == 1 and came[ESTIMATE] == 1


@compiled
def kind_of(body: Octets, size: int, replies: RecordArray) -> int:
    """Return which reply a packet is, -1 for none of them or one with an unusual header."""
    first, count, length = number_at(body, 0, 2), number_at(body, 2, 2), number_at(body, 4, 2)
    if count & UNSEGMENTED != UNSEGMENTED or length != size - 3:
        return -1
    for kind in range(replies.shape[0]):
        if first == replies[kind].first_word and length == replies[kind].length_word:
            return kind
    return -1


@compiled
def measured_only(values: FloatArray, needs: IntArray) -> None:
    """Make NaN of a nought that says that nothing was measured; needs: which values are such."""
    for i in range(needs.shape[0]):
        if needs[i] != 0 and values[i] == 0.0:
            values[i] = np.nan
