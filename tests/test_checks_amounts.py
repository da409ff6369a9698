"""Values as a person reads them: with a unit that fits, without an exponent."""

import math

import pytest

from hil.judge.amounts import amount, apart, number


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (608_481.0, "arcsec", "169 deg"),
        (9_999.0, "arcsec", "9999 arcsec"),
        (42.0, "arcsec", "42 arcsec"),
        (0.005323, "deg", "0.005323 deg"),
        (0.0003, "deg", "1.08 arcsec"),
        (0.0, "deg", "0 deg"),
        (11_400.1, "s", "11400 s"),
        (3e-5, "T", "3e-05 T"),
        (2.0, "", "2"),
        (math.inf, "arcsec", "not known"),
    ],
)
def test_a_value_has_a_unit_that_fits_its_size(value, unit, text):
    assert amount(value, unit) == text


def test_a_value_and_its_limit_are_told_apart():
    assert apart(0.1000004, 0.1, "deg") == ("0.1000004 deg", "0.1 deg")
    assert apart(0.1, 0.1, "deg") == ("0.1 deg", "0.1 deg")
    assert apart(11_400.0, 11_400.1, "s") == ("11400 s", "11400.1 s")


@pytest.mark.parametrize(
    ("value", "text"), [(1234567.0, "1234567"), (1e7, "1e+07"), (0.00012345, "0.0001234")]
)
def test_no_number_of_a_usual_size_has_an_exponent(value, text):
    assert number(value) == text
