"""What runs show of runs to come, against cases worked by hand and by simulation."""

import math
from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest

from hil.campaign.judged import verdicts_of
from hil.campaign.sequential import Watch, first_that_shows, looks
from hil.campaign.statistics import quantile_bound, success_bounds
from hil.campaign.verdicts import (
    Wanted,
    all_wanted,
    percent,
    sentence,
    share_of_limit,
    value_words,
    verdict,
)
from hil.report.campaigns import made_words
from hil.rig import load_rig

REQUIREMENT = Wanted("pointing", 0.9973, 0.9, False, 42.0, "arcsec")


def outcome(case, value, limit=42.0, share_above=None):
    met = value <= limit
    share = float(not met) if share_above is None else share_above
    told = {"met": met, "judged": True, "value": value, "share_above": share}
    return {"case": case, "met": met, "requirements": {"pointing": told}}


def outcomes(values):
    return [outcome(case, float(value)) for case, value in enumerate(values, start=1)]


@pytest.mark.parametrize(
    ("runs", "failures", "confidence", "least", "most"),
    [
        (852, 0, 0.9, 0.1 ** (1 / 852), 1.0),  # (1 - c) = p^n
        (10, 1, 0.95, 0.60584, 0.99488),  # tables of Clopper and Pearson: 1 of 10, one-sided
        (1, 1, 0.9, 0.0, 0.9),
        (20, 20, 0.95, 0.0, 1.0 - 0.05 ** (1 / 20)),
    ],
)
def test_bounds_of_the_success_probability(runs, failures, confidence, least, most):
    assert success_bounds(runs, failures, confidence) == pytest.approx((least, most), abs=1e-5)


def test_a_share_of_time_is_rounded_to_the_side_that_claims_less():
    least, most = success_bounds(100, 0.4, 0.9)
    assert least == success_bounds(100, 1, 0.9)[0]
    assert most == success_bounds(100, 0, 0.9)[1] == 1.0


def test_the_quantile_bound_is_wilks_largest_of_59_and_second_of_93():
    assert quantile_bound(range(58), 0.95, 0.95) is None
    assert quantile_bound(range(59), 0.95, 0.95) == 58
    assert quantile_bound(range(93), 0.95, 0.95) == 91
    assert quantile_bound(range(852), 0.9973, 0.9) == 851


def test_the_quantile_bound_covers_as_often_as_it_says():
    rng = np.random.default_rng(5)
    true = -np.log(1.0 - 0.95)  # of an exponential distribution
    bounds = [quantile_bound(rng.exponential(size=100), 0.95, 0.9) for _ in range(2000)]
    covered = np.mean(np.array(bounds) >= true)
    assert 0.9 - 0.014 < covered < 0.99  # two sigma below; ranks are whole numbers


@pytest.mark.parametrize("share", [0.8, 0.95])
def test_the_bounds_cover_as_often_as_they_say(share):
    rng = np.random.default_rng(6)
    found = [success_bounds(60, k, 0.9) for k in 60 - rng.binomial(60, share, size=2000)]
    least, most = np.array(found).T
    assert np.mean(least <= share) > 0.9 - 0.014
    assert np.mean(most >= share) > 0.9 - 0.014


def test_shares_of_time_cover_as_often_as_they_say():
    """Runs that exceed the limit for part of the time, alike or some of them nearly always."""
    rng = np.random.default_rng(7)
    for make in (lambda n: rng.beta(0.2, 3.8, n), lambda n: rng.uniform(0.0, 0.1, n)):
        least = [success_bounds(100, float(make(100).sum()), 0.9)[0] for _ in range(1500)]
        assert np.mean(np.array(least) <= 0.95) > 0.9 - 0.016


# ---- looking again and again ---------------------------------------------------------------------


@pytest.mark.parametrize(("share", "confidence"), [(0.9973, 0.9), (0.95, 0.9), (0.99, 0.95)])
def test_looking_again_and_again_errs_no_more_often_than_the_confidence_says(share, confidence):
    """At the edge, where the error is largest: so many campaigns end in a wrong word."""
    rng = np.random.default_rng(8)
    campaigns, alpha = 4000, 1.0 - confidence
    watch, last, steps = Watch(share, confidence), 0, []
    for n in takewhile(lambda n: n < 5000, looks(share, confidence)):
        steps.append((n - last, *watch.bounds(n)))
        last = n
    failures = np.zeros(campaigns, dtype=int)
    shown = np.zeros(campaigns, dtype=bool)
    refuted = np.zeros(campaigns, dtype=bool)
    for more, most, least in steps:
        failures += rng.binomial(more, 1.0 - share, campaigns)
        shown |= ~refuted & (failures <= most)
        refuted |= ~shown & (failures >= least)
    slack = 2.5 * np.sqrt(alpha * (1.0 - alpha) / campaigns)
    assert shown.mean() < alpha + slack
    assert refuted.mean() < alpha + slack
    assert shown.mean() > 0.5 * alpha  # and it does not waste what it may spend


def test_without_a_failure_it_is_shown_at_the_first_look_that_can():
    watch, words = Watch(0.9973, 0.9), {}
    while not watch.word:
        n = watch.next_look
        words[n] = watch.look(0)
    assert list(words.values()) == [*[""] * (len(words) - 1), "shown"]
    assert max(words) == first_that_shows(0.9973, 0.9) == 935  # 852 if one looks only once


def test_many_failures_refute_it_soon():
    watch = Watch(0.9973, 0.9)
    assert watch.next_look == 16
    assert watch.look(1) == ""
    assert watch.look(8) == "refuted"


# ---- verdicts ------------------------------------------------------------------------------------


def test_852_runs_without_a_miss_show_it_and_851_do_not():
    few, enough = (verdict(REQUIREMENT, outcomes(np.arange(n) / 100.0)) for n in (851, 852))
    assert (few.word, enough.word) == ("met", "shown")
    assert (enough.worst, enough.worst_case, enough.bound) == (8.51, 852, 8.51)
    assert sentence(few) == (
        "at least 99.72 % of runs to come hold it at 90 % confidence; 852 runs needed for 99.73 %"
    )
    assert sentence(enough) == "at least 99.73 % of runs to come hold it at 90 % confidence"


def test_a_miss_is_missed_until_it_is_refuted():
    once = verdict(REQUIREMENT, outcomes([1.0] * 99 + [50.0]))
    often = verdict(REQUIREMENT, outcomes([1.0] * 90 + [50.0] * 10))
    assert (once.word, once.met, once.worst_case) == ("missed", False, 100)
    assert often.word == "refuted"
    assert sentence(often).startswith("at most 93.")


def test_with_misses_a_small_share_of_many_runs_shows_it_all_the_same():
    found = verdict(REQUIREMENT, outcomes([50.0] * 3 + [1.0] * 2500))
    assert found.word == "shown"
    assert found.runs_needed == 2473  # Clopper-Pearson: 3 failures


def test_a_run_that_failed_counts_as_missed():
    failed = {"case": 3, "met": False, "error": "no reply"}
    found = verdict(REQUIREMENT, [*outcomes([1.0, 2.0]), failed])
    assert (found.failures, found.not_judged, found.worst, found.worst_case) == (1, 1, None, 3)


def test_what_no_run_could_judge_is_not_refuted():
    words = "pointing: not judged: there is one period only"
    told = {"met": False, "judged": False, "value": None, "text": words}
    runs = [{"case": n, "met": False, "requirements": {"pointing": told}} for n in range(1, 41)]
    found = verdict(REQUIREMENT, runs)
    assert (found.word, found.met, sentence(found)) == (
        "not judged", False, "there is one period only",
    )  # fmt: skip
    assert verdict(REQUIREMENT, [*runs, *outcomes([1.0])]).word == "refuted"


def test_a_moment_that_does_not_come_is_never():
    told = {"met": False, "judged": True, "value": None, "text": ""}
    runs = [{"case": 1, "met": False, "requirements": {"pointing": told}}]
    assert value_words(verdict(REQUIREMENT._replace(unit="s"), runs)) == "never"
    assert value_words(verdict(REQUIREMENT, runs)) == "not known"


def test_of_a_mixed_requirement_the_shares_of_time_count():
    mixed = REQUIREMENT._replace(mixed=True, share=0.95)
    found = verdict(mixed, [outcome(n, 50.0, share_above=0.01) for n in range(1, 201)])
    assert found.failures == pytest.approx(2.0)
    assert found.word == "shown"


def test_a_share_is_never_rounded_up():
    assert percent(0.99729) == "99.72 %"
    assert percent(1.0) == "100 %"
    assert percent(0.9999999) != "100 %"


@pytest.mark.parametrize(
    ("value", "limit", "share"), [(3.0, 4.0, 0.75), (-9.5, 0.0, 0.0), (0.1, 0.0, math.inf)]
)
def test_a_limit_of_zero_is_kept_or_not(value, limit, share):
    assert share_of_limit(value, limit) == share


# ---- what counts as shown ------------------------------------------------------------------------


def test_runs_that_are_not_independent_show_nothing():
    one = verdict(REQUIREMENT, outcomes([1.0] * 852), independent=False)
    assert (one.word, one.met) == ("met", True)
    assert sentence(one).startswith("about at least 99.73 % of runs to come hold it")
    assert "not independent" in sentence(one)
    assert verdict(REQUIREMENT, outcomes([50.0] * 852), independent=False).word == "missed"


NADIR = load_rig(Path(__file__).parents[1] / "rigs/dier5_nadir.toml")


@pytest.mark.parametrize(
    ("settings", "rig", "word"),
    [
        ({}, NADIR, "shown"),
        ({"until_shown": True}, NADIR, "open"),  # who looks again and again needs 935 runs
        ({"search": ["nadir pointing"]}, NADIR, "met"),
        ({}, NADIR.with_overrides(sampling={"method": "sobol"}), "shown"),  # nothing is dispersed
    ],
)
def test_a_folder_shows_what_its_campaign_could_show(settings, rig, word):
    told = {each.name: {"met": True, "judged": True, "value": 0.0} for each in all_wanted(rig)}
    runs = {case: {"case": case, "requirements": told} for case in range(1, 853)}
    assert verdicts_of(rig, runs, settings)[0].word == word


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"blocks": [300, 552]}, "331 of 852 runs"),
        ({"blocks": [331]}, "331 runs"),
        ({"blocks": [20_000], "until_shown": True}, "331 runs"),  # it stops when it may
        ({"blocks": [400], "search": ["nadir pointing"]}, "331 runs"),
    ],
)
def test_the_page_tells_how_many_of_the_runs_were_made(settings, words):
    assert made_words(331, settings) == words
