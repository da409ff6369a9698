"""Mistakes planted at random in rigs, spacecraft and parts: no traceback, no hang, no NaN."""

import pytest
from fuzz_rigs import fuzz


def test_a_hundred_spoilt_rigs_are_read_or_refused_in_words():
    faults, counts = fuzz(100, seed=1)
    assert not faults
    assert counts["valid"] > 5
    assert counts["refused"] > 60


@pytest.mark.slow
def test_many_spoilt_rigs_are_read_or_refused_and_the_valid_ones_fly():
    faults, counts = fuzz(600, seed=2, fly_every=10)
    assert not faults
    assert counts["flown"] > 2
