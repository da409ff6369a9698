"""What is dispersed: dotted paths, distributions, correlation, and the cases that come of it."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from drawn_cases import cases_of
from hypothesis import given
from hypothesis import strategies as st
from rig_files import BODY, HEAD, ORBIT, told
from scipy.stats import spearmanr

from hil.campaign.cases import dispersal_problems, dispersal_remarks
from hil.campaign.draw import correlated, quantiles, unit_draws
from hil.cli import main
from hil.rig import load_rig, with_dispersal
from hil.rig.disperse import correlation_matrix, variables

ROOT = Path(__file__).parents[1]
NADIR = ROOT / "rigs/dier5_nadir.toml"
FRICTION = "spacecraft.wheel.x.coulomb_friction_Nm"
INERTIA = "spacecraft.body.inertia_body_kg_m2"
RATE = "attitude.rate_body_deg_s"
RIG = f"""\
{HEAD}
{ORBIT}
[obc]
mode = "idle"
"""


def at(variable, *shares):
    return quantiles(variable, np.array(shares))


def table(key, distribution, **values):
    given = {"key": key, "distribution": distribution, **values}
    return "[[disperse]]\n" + "".join(f"{name} = {json.dumps(given[name])}\n" for name in given)


@pytest.fixture
def dispersed(tmp_path):
    """Return Di'er-5 with tables of what is dispersed laid over it."""

    def rig(*tables):
        path = tmp_path / "over.toml"
        path.write_text("\n".join(tables))
        return with_dispersal(load_rig(NADIR), path)

    return rig


def named(rig):
    return {each.name: each for each in variables(rig)}


# ---- paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (FRICTION, [FRICTION]),
        ("spacecraft.wheel.0.coulomb_friction_Nm", [FRICTION]),
        ("orbit.raan_deg", ["orbit.raan_deg"]),
        (RATE, [f"{RATE}.{axis}" for axis in "xyz"]),
        (f"{RATE}.1", [f"{RATE}.y"]),
        (f"{INERTIA}.xy", [f"{INERTIA}.xy"]),
        (INERTIA, [f"{INERTIA}.{axes}" for axes in ("xx", "xy", "xz", "yy", "yz", "zz")]),
        ("orbit.epoch_utc", ["orbit.epoch_utc_after_s"]),
        (
            "spacecraft.wheel.y.axis_body",
            [f"spacecraft.wheel.y.axis_body_tilt{n}_deg" for n in (1, 2)],
        ),
        (
            "spacecraft.flight_software.wheel_torque_max_Nm",
            ["spacecraft.flight_software.wheel_torque_max_Nm"],
        ),
    ],
)
def test_a_path_leads_to_a_number_or_to_all_components_of_a_vector(dispersed, key, names):
    assert list(named(dispersed(table(key, "normal", sigma=1e-9)))) == names


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("spacecraft.wheel.x.coulomb_fricton_Nm", "did you mean coulomb_friction_Nm?"),
        ("spacecraft.wheel.w.mass", "spacecraft.wheel has no w; there are x, y, z"),
        ("spacecraft.rod.3.dipole_gain", "spacecraft.rod has no 3; there are 0, 1, 2"),
        ("orbit", "is a table: go on with one of its keys: epoch_utc, central_body, "),
        ("orbt.raan_deg", "the rig has no orbt; did you mean orbit?"),
        (f"{INERTIA}.xq", "has no xq; its components: xx, xy, xz, yx,"),
        (f"{INERTIA}.3.0", "has no 30; its components: xx, xy, xz, yx,"),
        (f"{INERTIA}.0.3", "has no 03; its components: xx, xy, xz, yx,"),
        (f"{INERTIA}.xyz", "has no xyz; its components: xx, xy, xz, yx,"),
        ("seed", "seed cannot be dispersed: each run has a seed of its own anyway"),
        ("spacecraft.wheel.x.axis_body.x", "is a direction, which is tilted as a whole"),
        ("environment.gravity_degree", 'is a whole number: use distribution = "discrete"'),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_the_keys_that_there_are(dispersed, key, words):
    with pytest.raises(Exception, match=r"\[\[disperse\]\]") as error:
        dispersed(table(key, "normal", sigma=1.0))
    assert words in str(error.value)


# ---- distributions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (table(FRICTION, "uniform", min=-1e-6, max=1e-6), "min = -1e-06: the key must be at least"),
        (table("orbit.raan_deg", "uniform", min=0, max=720), "max = 720: the key must be at least"),
        (table(FRICTION, "normal", mean=-1e-6, sigma=1e-6), "mean = -1e-06: the key must be at le"),
        (table(FRICTION, "normal"), "a normal distribution needs sigma"),
        (table(FRICTION, "uniform", min=0.0, max=1.0, sigma=1.0), "takes min, max; not sigma"),
        (table(FRICTION, "uniform", min=1.0, max=0.0), "min = 1 must be below max = 0"),
        (table(FRICTION, "gauss"), "must be 'normal', 'uniform', 'log-normal',"),
        (
            table("environment.gravity_degree", "discrete", values=[2.5]),
            "values: 2.5 is no whole",
        ),
        (
            table(FRICTION, "uniform", min=-0.1, max=2.0, relative=True),
            "min = -0.1 makes -2e-06: the key must be at least 0",
        ),
        (table(RATE, "normal", sigma=1.0) + table(f"{RATE}.x", "normal", sigma=1.0), "two tables"),
        (
            table(RATE, "normal", sigma=1.0)
            + "".join(
                f'[[correlation]]\nof = ["{RATE}.{a}", "{RATE}.{b}"]\ncoefficient = {c}\n'
                for a, b, c in (("x", "y", 0.9), ("x", "z", 0.9), ("y", "z", -0.9))
            ),
            "not positive definite, its least eigenvalue is -0.8",
        ),
        (
            table(RATE, "normal", sigma=1.0)
            + f'[[correlation]]\nof = ["{RATE}", "orbit.raan_deg"]\ncoefficient = 0.5\n',
            f'"{RATE}" has several components: name one of {RATE}.x,',
        ),
    ],
)
def test_what_cannot_be_drawn_from_is_told_in_a_sentence(dispersed, given, words):
    with pytest.raises(Exception, match=r"\[\[(disperse|correlation)\]\]") as error:
        dispersed(given)
    assert words in str(error.value)


def test_a_distribution_is_about_the_files_own_value(dispersed):
    rig = dispersed(
        table(FRICTION, "normal", sigma=4e-6),
        table("orbit.raan_deg", "triangular", min=290.0, max=320.0),
        table(f"{INERTIA}.xx", "log-normal", sigma_log=0.1, relative=True),
    )
    friction, raan, inertia = variables(rig)
    sigma_above = 0.8413447460685429
    assert at(friction, 0.5, sigma_above) == pytest.approx([2.0e-5, 2.4e-5])
    assert at(raan, 1.0 / 3.0) == pytest.approx([300.0])  # the peak, a third of the way
    assert at(inertia, sigma_above) == pytest.approx([math.exp(0.1)])


WIDE = variables(
    load_rig(NADIR).with_overrides(
        disperse=[
            {"key": FRICTION, "distribution": "normal", "sigma": 1.0},
            {"key": "orbit.eccentricity", "distribution": "log-normal", "sigma_log": 9.0},
            {"key": "spacecraft.wheel.y.spin_inertia_kg_m2", "distribution": "normal",
             "sigma": 9.0, "relative": True},
        ]
    )
)  # fmt: skip


@given(st.sampled_from(WIDE), st.floats(0.0, 1.0))
def test_what_is_drawn_is_never_beyond_what_the_key_allows(variable, share):
    (value,), place = at(variable, share), variable.places[0]
    assert place.allows(value * place.own if variable.how == "factor" else value)


def test_choices_come_as_often_as_their_weights_say(dispersed):
    rig = dispersed(
        table("environment.gravity_degree", "discrete", values=[2, 4, 6], weights=[1.0, 1.0, 2.0]),
        table("environment.precession_nutation", "discrete", values=[True]),
    )
    degree, _ = variables(rig)
    drawn = quantiles(degree, (np.arange(100) + 0.5) / 100.0)
    assert [drawn.count(value) for value in (2, 4, 6)] == [25, 25, 50]


def test_draws_go_together_as_the_copula_says(dispersed):
    rig = dispersed(
        table(RATE, "uniform", min=-1.0, max=1.0),
        f'[[correlation]]\nof = ["{RATE}.x", "{RATE}.z"]\ncoefficient = 0.8\n',
    )
    drawn = variables(rig)
    shares = correlated(unit_draws("random", 1, 3, 1, 4000), correlation_matrix(rig, drawn))
    expected = 6.0 / math.pi * math.asin(0.8 / 2.0)  # Spearman's of a Gaussian copula
    assert spearmanr(shares[:, 0], shares[:, 2]).statistic == pytest.approx(expected, abs=0.02)
    assert abs(spearmanr(shares[:, 0], shares[:, 1]).statistic) < 0.05
    assert np.sort(shares[:, 2])[[999, 2999]] == pytest.approx([0.25, 0.75], abs=0.03)


def test_a_latin_hypercube_has_one_run_in_every_row_and_column():
    draws = unit_draws("latin-hypercube", 3, 4, 1, 50)
    for column in draws.T:
        assert sorted((50 * column).astype(int)) == list(range(50))


@pytest.mark.parametrize("method", ["random", "sobol"])
def test_runs_that_are_added_leave_the_ones_before_as_they_were(method):
    whole = unit_draws(method, 7, 3, 1, 16)
    assert np.array_equal(whole[8:], unit_draws(method, 7, 3, 9, 8))
    assert len(np.unique(whole)) == whole.size


# ---- cases ---------------------------------------------------------------------------------------


def test_a_case_is_the_rig_that_its_files_describe(dispersed, tmp_path):
    rig = dispersed(
        table("orbit.epoch_utc", "uniform", min=0.0, max=86400.0),
        table(INERTIA, "normal", sigma=0.02, relative=True),
        table("spacecraft.wheel.x.axis_body", "normal", sigma=0.5),
        table("environment.gravity_degree", "discrete", values=[2, 4, 6]),
    )
    for case in cases_of(rig, tmp_path, 3):
        assert load_rig(case.source.path).model_dump() == case.rig.model_dump()


def test_a_case_is_a_rig_of_its_own_that_has_what_was_drawn_and_all_else_as_it_was(
    dispersed, tmp_path
):
    rig = dispersed(
        table(FRICTION, "normal", sigma=4e-6),
        table("uplink.position_sigma_m", "uniform", min=0, max=9),
    )
    _, second = cases_of(rig, tmp_path, 2)
    case = load_rig(tmp_path / "cases/0002.toml")
    assert case.seed == rig.seed + 1
    assert case.spacecraft.wheel[0].coulomb_friction_Nm == second.values[FRICTION]
    assert case.uplink.position_sigma_m == second.values["uplink.position_sigma_m"]
    assert case.spacecraft.wheel[1:] == rig.spacecraft.wheel[1:]
    assert case.spacecraft.devices["gyro"] == rig.spacecraft.devices["gyro"]  # from a part
    assert (case.orbit, case.requirement) == (rig.orbit, rig.requirement)
    assert case.disperse == ()
    assert not second.source.parts


def test_an_inertia_stays_symmetric_and_an_axis_of_unit_length(dispersed, tmp_path):
    rig = dispersed(
        table(INERTIA, "normal", sigma=0.02, relative=True),
        table("spacecraft.wheel.x.axis_body", "normal", sigma=0.5),
        table("orbit.epoch_utc", "uniform", min=0.0, max=86400.0),
    )
    (case,) = cases_of(rig, tmp_path, 1)
    craft = load_rig(tmp_path / "cases/0001.toml").spacecraft
    inertia, own = (np.array(each.body.inertia_body_kg_m2) for each in (craft, rig.spacecraft))
    assert np.array_equal(inertia, inertia.T)
    assert not np.any(np.isclose(inertia / own, 1.0, atol=1e-6))
    axis, before = (np.array(each.wheel[0].axis_body) for each in (craft, rig.spacecraft))
    tilts = [case.values[f"spacecraft.wheel.x.axis_body_tilt{n}_deg"] for n in (1, 2)]
    angle_deg = math.degrees(math.atan2(np.linalg.norm(np.cross(axis, before)), axis @ before))
    assert angle_deg == pytest.approx(math.hypot(*tilts), rel=1e-6)
    later = load_rig(tmp_path / "cases/0001.toml").orbit.epoch_utc - rig.orbit.epoch_utc
    assert later.total_seconds() == pytest.approx(case.values["orbit.epoch_utc_after_s"], abs=1e-6)


def test_a_case_whose_values_make_no_rig_is_drawn_anew(dispersed, tmp_path):
    # The largest moment is below the sum of the others for factors up to about 1.55.
    rig = dispersed(table(f"{INERTIA}.xx", "normal", sigma=0.6, relative=True))
    cases = cases_of(rig, tmp_path, 12)
    assert any(case.drawn.attempt for case in cases)
    for case in cases:
        assert load_rig(case.source.path)


def test_a_bounded_distribution_that_reaches_what_makes_no_rig_is_told(dispersed):
    rig = dispersed(table(f"{INERTIA}.xx", "uniform", min=0.9, max=2.0, relative=True))
    (words,) = dispersal_problems(rig)
    assert f'[[disperse]] "{INERTIA}.xx": {INERTIA}.xx_factor = 2 is not a valid rig' in words
    assert "in no body is the largest above the sum of the others" in words


def test_what_is_cut_off_is_told_where_it_is_much(dispersed):
    rig = dispersed(table(FRICTION, "normal", sigma=2e-5))
    (words,) = dispersal_remarks(rig)
    assert "16 % of the distribution are cut off: the key must be at least 0" in words


def test_check_knows_it(tmp_path):
    (tmp_path / "small.toml").write_text(BODY)
    path = tmp_path / "a.toml"
    path.write_text(RIG + table("spacecraft.body.mass", "normal", sigma=0.1))
    assert told(path).startswith('a.toml: [[disperse]] "spacecraft.body.mass": spacecraft.body has')
    path.write_text(RIG + table(f"{INERTIA}.xx", "uniform", min=0.01, max=0.09))
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 2
    assert f"{INERTIA}.xx = 0.09 is not a valid rig" in done.stderr
