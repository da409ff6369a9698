"""An OBC at a descriptor that compiled code calls: what is usual it hands over, no more."""

import ctypes
import socket
import sys

import numpy as np
import pytest

from hil.link.framing import Framer
from hil.link.messages import COMMAND, HOUSEKEEPING

if sys.platform == "win32":
    pytest.skip("no descriptors that poll knows", allow_module_level=True)

from hil.obc.called import Called
from hil.obc.exchange import is_whole

FRAMER = Framer()
COMMANDED = FRAMER.frame(COMMAND, (7, *[0.5] * 7))
TOLD = FRAMER.frame(HOUSEKEEPING, [1] * sum(field.count for field in HOUSEKEEPING.fields))


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def call(called, data=b"frames", capacity=4096):
    function, words = called.entry
    kind = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 5)
    room, sent = ctypes.create_string_buffer(capacity), ctypes.create_string_buffer(data, len(data))
    told = kind(function)(
        words, ctypes.addressof(sent), len(data), ctypes.addressof(room), capacity
    )
    return room.raw[:told], called.taken


@pytest.mark.parametrize("whole", [COMMANDED, TOLD + COMMANDED, b"\0" + COMMANDED])
def test_an_answer_is_whole_when_its_command_is_there(whole):
    for size in range(len(whole) + 1):
        told = np.frombuffer(whole[:size] or b"\0", np.uint8)
        assert is_whole(told, size) == (size == len(whole))
    for more in (b"\0", b"x", TOLD):
        told = np.frombuffer(whole + more, np.uint8)
        assert not is_whole(told, len(told))


def test_who_has_said_something_before_is_not_asked(ends):
    ours, theirs = ends
    theirs.send(b"early")
    assert call(Called(ours.fileno())) == (b"", 0)
    assert ours.recv(4096) == b"early"
    with pytest.raises(BlockingIOError):
        theirs.recv(4096)


def test_who_says_nothing_is_left_to_the_session(ends):
    ours, theirs = ends
    assert call(Called(ours.fileno())) == (b"", 6)
    assert theirs.recv(4096) == b"frames"


def test_a_line_that_takes_no_more_is_told_by_how_much_it_took(ends):
    ours, _ = ends
    much = b"x" * 10_000_000
    told, taken = call(Called(ours.fileno()), much)
    assert told == b""
    assert 0 < taken < len(much)


def test_a_line_whose_other_end_is_gone_is_left_to_the_session(ends):
    ours, theirs = ends
    theirs.close()
    assert call(Called(ours.fileno()))[0] == b""
