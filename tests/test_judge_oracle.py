"""Verdicts once more, step by step in plain numpy by the standard's text: both say the same.

Runs have gaps in what is lit, answered and known, changes of mode, and are judged in random pieces.
ECSS-E-ST-60-10C, 3.2 and 4.2.4; of windows and stretches what hil.judge.pointing says.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from hil.judge import Run, RunJudge, verdicts
from hil.judge.allowed import Allowed
from hil.judge.requirements import Requirement
from hil.physics.rotations import from_rotation_vector

STEP_s, MODES = 0.1, ("idle", "nadir")
ARCSEC = math.pi / 648_000
ERRORS = st.sampled_from([0.0, 1.0, -1.0, 3.0, 10.0])
KNOWS = ("AKE", "MKE", "RKE", "KDE", "KRE")
INDICES = (*KNOWS, "APE", "MPE", "RPE", "PDE", "PRE")


@dataclass
class Rig:
    requirement: tuple
    ground: None = None
    allowed: Allowed = field(default_factory=Allowed)


@st.composite
def runs(draw):
    """A run's columns: error in arcsec about x, estimate's error, and where there are gaps."""
    pieces = draw(st.lists(st.tuples(st.integers(1, 25), ERRORS, ERRORS), min_size=1, max_size=6))
    n = sum(length for length, _, _ in pieces)
    mostly = lambda: np.repeat(  # noqa: E731
        [draw(st.sampled_from([1.0, 1.0, 1.0, 0.0])) for _ in pieces], [p[0] for p in pieces]
    )
    drift = draw(st.floats(-0.2, 0.2)) * np.arange(n)
    error = np.concatenate([np.full(length, e) for length, e, _ in pieces]) + drift
    off = np.concatenate([np.full(length, e) for length, _, e in pieces]) - drift
    alone = draw(st.sets(st.integers(0, n - 1), max_size=3))  # single steps without an answer
    answered = mostly()
    answered[list(alone)] = 0.0
    told = mostly()
    return {
        "error": error, "off": off, "answered": answered > 0.5, "told": told > 0.5,
        "mode": mostly(), "sunlit": mostly(),
    }  # fmt: skip


@st.composite
def requirements(draw):
    index = draw(st.sampled_from(INDICES))
    keys = {
        "name": "it", "index": index, "axis": draw(st.sampled_from(["attitude", "x"])),
        "limit_arcsec": 3.0, "probability": draw(st.sampled_from([0.5, 0.9, 1.0])),
        "interpretation": "temporal",
    }  # fmt: skip
    if index not in KNOWS:
        keys |= {"target": "eci", "q_eci_from_target": [0.0, 0.0, 0.0, 1.0]}
    if index not in ("APE", "AKE"):
        keys["window_s"] = STEP_s * draw(st.integers(1, 12))
    if index in ("PDE", "KDE") or (index in ("PRE", "KRE") and draw(st.booleans())):
        keys["separation_s"] = keys["window_s"] + STEP_s * draw(st.integers(1, 12))
    for key, values in (
        ("in_mode", st.just("nadir")), ("while_sunlit", st.just(True)),
        ("settle_s", st.sampled_from([0.1, 0.25, 0.5])), ("from_s", st.sampled_from([0.3, 0.65])),
    ):  # fmt: skip
        if draw(st.booleans()):
            keys[key] = draw(values)
    return TypeAdapter(Requirement).validate_python(keys)


def columns(run):
    """The recording's columns of a run."""
    n = len(run["error"])
    silent = ~run["answered"]
    x = np.zeros((n, 3))
    turn = lambda arcsec: from_rotation_vector(x + [[a * ARCSEC, 0.0, 0.0] for a in arcsec])  # noqa: E731
    estimate = turn(run["error"] + run["off"])
    estimate[silent] = np.nan
    return {
        "time_s": STEP_s * np.arange(n),
        "truth_q_eci_from_body": turn(run["error"]),
        "truth_sunlit": run["sunlit"],
        "estimate_mode": np.where(silent, np.nan, run["mode"]),
        "estimate_flags": np.where(silent, np.nan, np.where(run["told"], 0.0, 1.0)),
        "estimate_q_eci_from_body": estimate,
        "command_wheel_torque_Nm": np.where(silent, np.nan, 0.0)[:, None],
    }


def judged(requirement, run, cuts):
    """The verdict on a run that is fed in pieces."""
    rows = columns(run)
    n = len(rows["time_s"])
    judge = RunJudge(
        Rig((requirement,)), Run("it", STEP_s, MODES, n, frozenset(rows)), Path("run.mcap")
    )
    for part in np.split(np.arange(n), sorted(cut % n for cut in cuts)):
        judge.feed({name: values[part] for name, values in rows.items()})
    judge.link.counted(dict.fromkeys(Allowed.model_fields, "0"))
    return verdicts(Rig((requirement,)), [judge.finish()])[0]


# ---- by the text ---------------------------------------------------------------------------------


def stretches(requirement, run):
    """Lists of steps in a row that are to be judged."""
    found, row, settled, mode = [], [], 0, None
    for k in range(len(run["error"])):
        mode = run["mode"][k] if run["answered"][k] else mode
        holds = STEP_s * k >= requirement.from_s - 1e-9
        holds = holds and (requirement.in_mode is None or mode == 1.0)
        holds = holds and (not requirement.while_sunlit or run["sunlit"][k] > 0.5)
        settled = settled + 1 if holds else 0
        holds = holds and (settled - 1) * STEP_s >= requirement.settle_s - 1e-9
        if requirement.index in KNOWS:
            holds = holds and run["answered"][k]
        if holds:
            row.append(k)
        elif row:
            found, row = [*found, row], []
    return [*found, row] if row else found


def values(requirement, run):
    """The index's values in arcsec; inf where nothing is known."""
    error = (
        np.where(run["told"], run["off"], np.nan) if requirement.index in KNOWS else run["error"]
    )
    w = round((requirement.window_s or 0.0) / STEP_s)
    apart = round((requirement.separation_s or 0.0) / STEP_s)
    kind = requirement.index.replace("K", "P")  # KDE is PDE, AKE is APE
    parts = [error[row] for row in stretches(requirement, run)]
    means = [window_means(part, w) for part in parts] if w else parts
    if kind == "APE":
        return [abs(e) for part in parts for e in part]
    if kind == "MPE":
        return [abs(m) for each in means for m in each]
    if kind == "PDE":
        return [abs(m[k + apart] - m[k]) for m in means for k in range(len(m) - apart)]
    if kind == "RPE":
        return [far for part, m in zip(parts, means, strict=True) for far in relative(part, m, w)]
    starts = [row[0] for row in stretches(requirement, run)]
    return again(starts, means, w, apart)


def window_means(part, w):
    """By the trapezoidal rule, from every step on."""
    weights = np.array([0.5, *[1.0] * (w - 1), 0.5]) / w
    return [float(part[k : k + w + 1] @ weights) for k in range(len(part) - w)]


def relative(part, means, w):
    """At each instant the greatest distance to the mean of a window that holds it."""
    if not means:
        return []
    return [
        max(
            (abs(e - means[j]) for j in range(max(0, k - w), min(k, len(means) - 1) + 1)),
            key=lambda far: -1.0 if np.isnan(far) else far,
        )
        for k, e in enumerate(part)
    ]


def again(starts, means, w, apart):
    """Of windows one after the other, and the last: the greatest distance to another period's."""
    chosen = [
        [(s + k, m[k]) for k in sorted({*range(0, len(m), w), len(m) - 1})]
        for s, m in zip(starts, means, strict=True)
        if m
    ]
    found = []
    for own in chosen:
        for at, mean in own:
            others = [
                b for each in chosen if each is not own for k, b in each if abs(k - at) >= apart
            ]
            if others:
                far = [abs(mean - b) for b in others]
                found.append(max(far, key=lambda f: -1.0 if np.isnan(f) else f))
    return found


@settings(max_examples=80)
@given(runs(), requirements(), st.lists(st.integers(0, 200), max_size=3))
def test_verdicts_are_those_of_the_standards_text(run, requirement, cuts):
    verdict = judged(requirement, run, cuts)
    expected = values(requirement, run)
    if not expected:
        assert not verdict.judged, verdict.text
        return
    assert verdict.judged, verdict.text
    known = np.nan_to_num(expected, nan=np.inf)
    value = float(np.quantile(known, requirement.probability, method="inverted_cdf"))
    assert verdict.value == pytest.approx(value, abs=1e-6), verdict.text
    assert verdict.met == (value <= 3.0) or value == pytest.approx(3.0, abs=1e-6)
