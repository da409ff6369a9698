"""What drives a campaign's figures: told where it is planted, and not where there is nothing."""

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from hil.campaign import search as search_module
from hil.campaign.drivers import drivers_of, worst_cases
from hil.campaign.plan import Plan
from hil.campaign.search import Search
from hil.campaign.verdicts import Wanted
from hil.rig import load_rig

NADIR = Path(__file__).parents[1] / "rigs/dier5_nadir.toml"
POINTING = Wanted("pointing", 0.9973, 0.9, False, 42.0, "arcsec")


def outcomes(figures, **dispersed):
    return [
        {
            "case": case + 1,
            "dispersed": {name: values[case] for name, values in dispersed.items()},
            "requirements": {"pointing": {"value": float(figure), "judged": True, "met": True}},
        }
        for case, figure in enumerate(figures)
    ]


def test_a_planted_driver_is_found_with_its_sign_and_its_share_of_the_variance():
    rng = np.random.default_rng(1)
    friction, mass, bent = rng.uniform(-1.0, 1.0, (3, 400))
    place = rng.choice(["a", "b"], 400).tolist()
    # Variances: friction 4/3, what is bent 4 * 4/45, the place 1/4, noise 1/4.
    figures = 20.0 - 2.0 * friction + 2.0 * bent**2 + (np.array(place) == "b")
    figures += rng.normal(0.0, 0.5, 400)
    found = drivers_of(
        POINTING, outcomes(figures, mass=mass, friction=friction, bent=bent, place=place)
    )
    by_name = {each.name: each for each in found}
    total = 4 / 3 + 16 / 45 + 1 / 4 + 1 / 4
    assert found[0].name == "friction"
    assert by_name["friction"].correlation < -0.7
    assert by_name["friction"].low > by_name["friction"].high
    assert by_name["friction"].effect == pytest.approx(4 / 3 / total, abs=0.08)
    assert by_name["place"].effect == pytest.approx(1 / 4 / total, abs=0.06)
    assert abs(by_name["bent"].correlation) < 0.15  # no rank correlation sees it,
    assert by_name["bent"].significant  # its effect is seen all the same
    assert not by_name["mass"].significant


def test_where_nothing_drives_nothing_is_told():
    rng = np.random.default_rng(2)
    false = 0
    for _ in range(100):
        values = {f"x{n}": rng.normal(size=60) for n in range(10)}
        found = drivers_of(POINTING, outcomes(rng.normal(size=60), **values))
        false += any(each.significant for each in found)
    assert false <= 4  # 1 % of the lists, and what chance adds to it


def test_of_few_runs_nothing_is_told():
    assert drivers_of(POINTING, outcomes(range(19), mass=range(19))) == []


def test_the_worst_cases_are_told_with_what_was_special_in_them():
    mass = np.linspace(0.0, 1.0, 100)
    figures = np.where(mass == 1.0, 50.0, 10.0 + np.cos(40.0 * mass))
    found = worst_cases([POINTING], outcomes(figures, mass=mass))
    assert len(found) == 10
    assert (found[0].case, found[0].requirement) == (100, "pointing")
    assert found[0].ratio == pytest.approx(50.0 / 42.0)
    [special] = found[0].special
    assert (special.name, special.value, special.words) == ("mass", 1.0, "highest 1 %")


# ---- the search ----------------------------------------------------------------------------------


class Done:
    def __init__(self, value):
        self._value = value

    def result(self):
        return self._value


class FakeClient:
    """Runs that come to a figure with one peak, at raan 306 and friction 1.5e-5."""

    def submit(self, made, task, **_):
        if made is search_module.record_case:
            return Done(b"recording")
        rig = load_rig(Path(task.source["path"]))
        raan = (rig.orbit.raan_deg - 306.0) / 20.0
        friction = (rig.spacecraft.wheel[0].coulomb_friction_Nm - 1.5e-5) / 2e-5
        told = {"met": True, "judged": True, "value": 40.0 * np.exp(-(raan**2) - friction**2)}
        outcome = {"case": task.number, "met": True, "requirements": {"nadir pointing": told}}
        return Done((outcome | {"wall_s": 0.1}, b""))


def test_the_search_finds_the_peak_of_a_figure(monkeypatch, tmp_path):
    @contextmanager
    def cluster(*_):
        yield FakeClient()

    monkeypatch.setattr(search_module, "cluster", cluster)
    rig = load_rig(NADIR).with_overrides(
        disperse=[
            {"key": "orbit.raan_deg", "distribution": "uniform", "min": 280.0, "max": 320.0},
            {"key": "spacecraft.wheel.x.coulomb_friction_Nm", "distribution": "uniform",
             "min": 0.0, "max": 4e-5},
        ]
    )  # fmt: skip
    plan = Plan(rig, tmp_path / "c", runs=80)
    found = Search(plan, "nadir pointing").run()
    assert found.ratio * 42.0 == pytest.approx(40.0, abs=0.4)
    assert found.ratio > found.first
    assert found.values["orbit.raan_deg"] == pytest.approx(306.0, abs=2.0)
    assert found.runs <= 80
    assert load_rig(tmp_path / f"c/cases/{found.case:04d}.toml").seed == rig.seed


def test_a_search_needs_something_dispersed_and_a_requirement_that_there_is(tmp_path):
    with pytest.raises(Exception, match="no worst case to search for"):
        Search(Plan(load_rig(NADIR), tmp_path / "c", runs=9), None)
    with pytest.raises(Exception, match="called 'nadr': there are nadir pointing, steadiness"):
        Search(Plan(load_rig(NADIR), tmp_path / "c", runs=9), "nadr")
