"""Simulated time: exact for every control period, told in ticks, nanoseconds and seconds."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hil.link.clock import Clock, exact_s

SIXTIETH = Clock(Fraction(1, 60))


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (0.1, Fraction(1, 10)),
        (1.0 / 60.0, Fraction(1, 60)),
        (0.016666666666666666, Fraction(1, 60)),
        (1.0 / 30.0, Fraction(1, 30)),
        (0.1 + 0.2, Fraction(3, 10)),
        (0.0166667, Fraction(166_667, 10_000_000)),
        (1.5e-6, Fraction(3, 2_000_000)),
        (2, Fraction(2)),
    ],
)
def test_a_period_is_the_fraction_that_is_meant(told, meant):
    assert exact_s(told) == meant


@given(st.integers(1, 1000), st.integers(1, 1000))
@settings(deadline=None)
def test_every_simple_fraction_is_found_again(numerator, denominator):
    assert exact_s(numerator / denominator) == Fraction(numerator, denominator)


def test_a_sixtieth_of_a_second_is_told_in_the_nearest_ticks():
    # 2**24 / 60 = 279620.266..., so that a tick goes missing once in four steps and never two.
    assert [SIXTIETH.ticks(step) for step in range(5)] == [0, 279_620, 559_241, 838_861, 1_118_481]
    assert SIXTIETH.ticks(60 * 86_400) == 86_400 << 24


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**9))
@settings(deadline=None)
def test_no_rounding_adds_up(numerator, denominator, step):
    clock, exact = Clock(Fraction(numerator, denominator)), Fraction(numerator * step, denominator)
    assert abs(clock.ticks(step) - exact * 2**24) <= Fraction(1, 2)
    assert abs(clock.time_ns(step) - exact * 10**9) <= Fraction(1, 2)
    assert clock.time_s(step) == pytest.approx(float(exact), rel=1e-15)


@pytest.mark.parametrize(
    ("age_s", "ticks"),
    [
        (0.0, 16_777_216),
        (2.0 / 60.0, 16_217_975),  # 58/60 s: 16217975.47
        (0.010, 16_609_444),  # 0.99 s: 16609443.84
    ],
)
def test_what_was_measured_before_a_step_has_the_smaller_time(age_s, ticks):
    clock = Clock(Fraction(1, 60))
    clock.go_to(60)
    assert clock.ticks_before(age_s) == ticks


def test_the_present_step_and_its_instant():
    clock = Clock(Fraction(1, 60))
    clock.go_to(7)
    assert (clock.step, clock.now_ns) == (7, 116_666_667)
    assert clock.now_s == pytest.approx(7.0 / 60.0)


def test_an_uptime_moves_the_ticks_and_nothing_else():
    year_s = 31_557_600
    clock = Clock(Fraction(1, 60), Fraction(year_s))
    clock.go_to(3)
    assert clock.ticks(3) == (year_s << 24) + SIXTIETH.ticks(3)
    assert clock.ticks_before(0.01) == (year_s << 24) + round((0.05 - 0.01) * (1 << 24))
    assert clock.time_ns(3) == SIXTIETH.time_ns(3)
