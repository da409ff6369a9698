"""Which axes of a believed rate are said to move less than the body does."""

import numpy as np
import pytest

from hil.diagnosis.followedrate import FollowedRate

_TIME_s = 0.1 * np.arange(400)
_TRUE = 1e-3 * np.sin(np.outer(_TIME_s, [0.9, 1.1, 1.3]))


def behind(told, true=_TRUE):
    rate = FollowedRate()
    for start in range(0, len(true), 100):
        rate.feed(told[start : start + 100], true[start : start + 100])
    return rate.behind()


@pytest.mark.parametrize("bias", [0.0, 0.01])
def test_a_rate_that_follows_is_behind_about_no_axis(bias):
    assert behind(_TRUE + bias) == {}


def test_an_axis_that_follows_in_part_is_named_with_that_part():
    assert behind(_TRUE * (1.0, 1.0, 0.5)) == {2: pytest.approx(0.5)}


@pytest.mark.parametrize("part", [0.8, 0.76, 0.84])
def test_what_is_neither_little_nor_enough_cannot_be_told(part):
    assert behind(_TRUE * (1.0, part, 1.0)) is None


def test_another_rate_a_body_at_rest_or_a_rate_that_is_not_told_cannot_be_told():
    assert behind(_TRUE[:, ::-1]) is None
    assert behind(0.01 * _TRUE, 0.01 * _TRUE) is None
    assert behind(np.nan * _TRUE) is None
    assert behind(_TRUE[:150], _TRUE[:150]) is None  # three windows are too few
