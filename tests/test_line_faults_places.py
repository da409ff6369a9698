"""Faults of the line do the same wherever the OBC is: the wrapper knows frames, no place."""

import pytest
from fake_adapter import FakeAdapter, ProcessBoard

from hil.bench import Bench, Member, run
from hil.machine import build
from hil.obc.places import open_obc
from hil.recording import Recording, first_difference

FAULTS = [
    {"device": "line to_obc", "kind": "flip_bits", "bit_error_rate": 2e-4, "at_s": 1.0},
    {"device": "line to_obc", "kind": "duplicate", "probability": 0.2, "at_s": 2.0},
    {"device": "line to_obc", "kind": "noise_octets", "octets": 7, "at_s": 3.0},
    {"device": "line from_obc", "kind": "drop", "count": 1, "at_s": 4.0},
    {"device": "line from_obc", "kind": "noise_octets", "octets": 7, "at_s": 5.0},
    {"device": "line from_obc", "kind": "delay", "delay_s": 0.03, "at_s": 6.0},
]
ALLOWED = ("lost_replies", "stale_replies", "crc_errors", "broken_frames", "frames_refused_by_obc")


@pytest.fixture(scope="module")
def failing(nadir):
    """Ten seconds in which the line fails in one way after another, a second each."""
    faults = [{"name": f"f{n}", "duration_s": 0.9, **each} for n, each in enumerate(FAULTS)]
    allowed = dict.fromkeys(ALLOWED, 100)
    return nadir.with_overrides(duration_s=8.0, fault=faults, allowed=allowed)


@pytest.fixture(scope="module")
def in_library(failing, tmp_path_factory):
    path = tmp_path_factory.mktemp("line") / "library.mcap"
    return Recording(run(failing, "library", path).recording)


def same(here, there):
    assert first_difference(here, there) is None
    assert here.metadata["faults"] == there.metadata["faults"]
    assert all(int(hit) > 0 for hit in here.metadata["faults"].values())


def test_the_line_fails_alike_over_a_usb_adapter(failing, in_library, tmp_path):
    port = tmp_path / "ttyFAKE0"
    adapter = FakeAdapter(port, ProcessBoard(build.build("posix")))
    with adapter, open_obc(str(port), failing.obc.baud) as obc:
        Bench([Member(failing, obc, tmp_path / "run.mcap")]).run()
    same(in_library, Recording(tmp_path / "run.mcap"))


@pytest.mark.emulator
@pytest.mark.slow
def test_the_line_fails_alike_on_the_emulated_serial_port(failing, in_library, tmp_path):
    same(in_library, Recording(run(failing, "qemu", tmp_path / "run.mcap").recording))
