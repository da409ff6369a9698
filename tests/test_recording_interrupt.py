"""A signal may come between any two steps of the recorder: the recording stays whole."""

import sys
from itertools import pairwise

import numpy as np
import pytest

from hil.recording import Recorder, Recording, chunk, container, writer

FILES = {chunk.__file__, container.__file__, writer.__file__}


class Interrupt:
    """Raises KeyboardInterrupt before the nth bytecode that runs in the recorder's files."""

    def __init__(self, nth):
        self.left = nth

    def __enter__(self):
        sys.settrace(self._call)
        return self

    def __exit__(self, *_):
        sys.settrace(None)

    def _call(self, frame, event, _):
        if frame.f_code.co_filename not in FILES or frame.f_code.co_name == "__exit__":
            return None
        frame.f_trace_opcodes = True
        return self._step

    def _step(self, frame, event, _):
        if event == "opcode":
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt("SIGTERM")
        return self._step


def record(path, nth):
    """Record 8 steps in chunks of about three; return whether the run was interrupted."""
    columns = [("time_s", 1), ("x", 1)]
    try:
        with Recorder(path, columns, chunk_bytes=150) as recorder, Interrupt(nth):
            for step in range(8):
                recorder.step(step * 10**9, np.array([step, 0.5]))
                recorder.to_obc(step * 10**9, b"octets")
    except KeyboardInterrupt:
        return True
    return False


def test_an_interrupt_between_any_two_steps_of_the_recorder_leaves_a_sound_recording(tmp_path):
    nth, most = 0, 0
    while True:
        nth += 17  # 17 and the number of bytecodes of a step have no common divisor: all are hit
        if not record(tmp_path / "run.mcap", nth):
            break
        kept = Recording(tmp_path / "run.mcap")
        assert kept.incomplete_reason == "the run was stopped: interrupted by SIGTERM"
        assert all(a < b for a, b in pairwise(kept["time_s"]))
        assert list(kept["time_s"]) == list(range(len(kept)))
        most = max(most, len(kept))
    assert most >= 7
    assert nth > 700


class Torn:
    """A file that takes 20 octets before a signal comes, and is the file again from then on."""

    def __init__(self, container):
        self.container, self.file = container, container._file
        container._file = self

    def write(self, data):
        self.container._file = self.file
        self.file.write(bytes(data)[:20])
        raise KeyboardInterrupt


def test_a_torn_chunk_is_cut_off_and_written_once(tmp_path):
    recorder = Recorder(tmp_path / "run.mcap", [("time_s", 1)])
    recorder.step(0, np.array([0.0]))
    Torn(recorder._file)
    with pytest.raises(KeyboardInterrupt), recorder:
        recorder.flush()
    kept = Recording(tmp_path / "run.mcap")
    assert kept.incomplete_reason == "the run was stopped: interrupted"
    assert list(kept["time_s"]) == [0.0]
