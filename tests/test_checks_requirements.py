"""What a requirement in a rig may say, and what it is told when it says something else."""

import pytest
from pydantic import TypeAdapter, ValidationError

from hil.judge.requirements import Requirement

POINTING = {
    "name": "pointing",
    "index": "APE",
    "target": "nadir",
    "axis": "boresight",
    "limit_deg": 0.1,
    "probability": 0.9973,
    "interpretation": "temporal",
}
COLUMN = {"name": "rate", "column": "truth_rate_body_rad_s", "limit_deg_s": 0.3}

TWO_LIMITS = "give exactly one of limit_deg and limit_arcsec"
TWO_RATES = "give exactly one of limit and limit_deg_s (given: limit, limit_deg_s)"
NO_RATE = "limit_deg_s is for columns in rad/s, and mode is not: use limit"
NO_PLACE = 'ground is for target = "ground" and for while_elevation_above_deg'
MODE = {"name": "there", "mode": "nadir", "by_s": 60.0}
NO_ATTITUDE = "q_eci_from_target must not be zero: it is an attitude"
NO_CHOICE = "probability below 1 needs interpretation: temporal, ensemble or mixed"


def requirement(table, **changes):
    merged = {key: value for key, value in (table | changes).items() if value is not None}
    return TypeAdapter(Requirement).validate_python(merged)


@pytest.mark.parametrize(
    ("table", "changes", "message"),
    [
        (POINTING, {"limit_arcsec": 3.0}, TWO_LIMITS + " (given: limit_deg, limit_arcsec)"),
        (POINTING, {"limit_deg": None}, TWO_LIMITS + " (given: none)"),
        (POINTING, {"target": None}, "index APE needs target"),
        (POINTING, {"index": "AKE"}, "index AKE takes no target"),
        (POINTING, {"index": "RPE"}, "index RPE needs window_s"),
        (POINTING, {"window_s": 1.0}, "index APE takes no window_s"),
        (POINTING, {"index": "PDE", "window_s": 1.0}, "index PDE needs separation_s"),
        (POINTING, {"target": "eci"}, "target eci needs q_eci_from_target"),
        (POINTING, {"target": "eci", "q_eci_from_target": [0.0] * 4}, NO_ATTITUDE),
        (POINTING, {"from_s": 60.0, "to_s": 60.0}, "to_s = 60.0 must be later than from_s = 60.0"),
        (POINTING, {"target": "ground"}, 'target "ground" needs ground: the name of a [[target]]'),
        (POINTING, {"ground": "Almaty"}, NO_PLACE),
        (
            POINTING,
            {"while_elevation_above_deg": 20.0},
            "while_elevation_above_deg needs ground: the name of a [[target]]",
        ),
        (
            POINTING,
            {"target": "sun", "axis": "attitude"},
            'target "sun" is a direction: use axis = "boresight"',
        ),
        (MODE, {"in_mode": "nadir"}, "by_s does not go with in_mode: use from_s and to_s"),
        (
            COLUMN,
            {"by_s": 9.0, "settle_s": 2.0},
            "by_s does not go with settle_s: use from_s and to_s",
        ),
        (
            COLUMN,
            {"by_s": 9.0, "probability": 0.9, "interpretation": "temporal"},
            "by_s is for what holds always from then on: no probability",
        ),
        (
            COLUMN,
            {"by_s": 9.0, "judged_share_min": 0.9},
            "by_s does not go with judged_share_min: use from_s and to_s",
        ),
        (COLUMN, {"by_s": 9.0, "to_s": 9.0}, "by_s = 9.0 must be earlier than to_s = 9.0"),
        (MODE, {"to_s": 59.9}, "by_s = 60.0 must be earlier than to_s = 59.9"),
        (COLUMN, {"limit": 1.0}, TWO_RATES),
        (COLUMN, {"column": "mode"}, NO_RATE),
        (COLUMN, {"probability": 0.9}, NO_CHOICE),
    ],
)
def test_what_does_not_fit_together_is_refused_in_words(table, changes, message):
    with pytest.raises(ValidationError) as error:
        requirement(table, **changes)
    assert [e["msg"] for e in error.value.errors()] == [f"Value error, {message}"]


@pytest.mark.parametrize("key", ["interpretation", "probability", "axis"])
def test_nothing_that_decides_a_verdict_has_a_default(key):
    with pytest.raises(ValidationError, match=rf"{key}\n  Field required"):
        requirement(POINTING, **{key: None})


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({}, (0.1, "deg", pytest.approx(0.0174533, rel=1e-5))),
        ({"limit_deg": None, "limit_arcsec": 42.0}, (42.0, "arcsec", pytest.approx(4.848137e-6))),
    ],
)
def test_a_limit_keeps_the_unit_it_is_stated_in(changes, limit):
    assert tuple(requirement(POINTING, **changes).stated_limit) == limit


def test_the_limit_of_a_mode_is_its_moment():
    assert tuple(requirement(MODE).stated_limit) == (60.0, "s", 1.0)


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("truth_rate_body_rad_s", "rad/s"),
        ("command_wheel_torque_Nm", "Nm"),
        ("command_dipole_body_A_m2", "A m2"),
        ("truth_velocity_eci_m_s", "m/s"),
        ("reply_s", "s"),
        ("mode", ""),
    ],
)
def test_a_columns_limit_has_the_unit_of_the_columns_name(column, unit):
    stated = requirement(COLUMN, column=column, limit_deg_s=None, limit=1.0).stated_limit
    assert tuple(stated) == (1.0, unit, 1.0)
