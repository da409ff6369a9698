"""Damaged frames, two million of them: neither side takes one for valid.

`python tests/bench_corruption.py -n 1e8` is the long form.
"""

import bench_corruption
import pytest
from bench_corruption import CASES, Case, Direction

pytestmark = pytest.mark.examples  # a C compiler


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return bench_corruption.compiled(tmp_path_factory.mktemp("corruption"))


@pytest.fixture(scope="module", params=[True, False], ids=["to the OBC", "from the OBC"])
def direction(request, library):
    return Direction(library, to_obc=request.param)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_damaged_frame_is_taken_for_valid(direction, case):
    assert direction.taken(case, 60_000) == 0


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_compiled_twin_sees_what_the_benchs_decoder_sees(direction, case):
    direction.compare(case, 1000)


def test_twelve_bits_of_a_checksum_would_let_frames_through(library):
    """Else the tests above would show nothing."""
    direction = Direction(library, to_obc=False)
    assert direction.taken(Case("bits", 1e-2), 1_000_000, crc_mask=0xFFF) > 0
    assert direction.taken(Case("cut"), 100_000, crc_mask=0) > 0
