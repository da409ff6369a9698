"""How fast the truth model is: `python tests/bench_truth.py`. Run by hand, not in the suite."""

import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from bench_basilisk import basilisk_steps_per_s
from physics_cases import BODY, low_orbit, skewed_axes, wheel

from hil.physics.environment import Environment
from hil.physics.spacecraft import Face
from hil.physics.truth import Truth

STEP_s = 0.05
SLOW_rad_s = (0.01, -0.02, 0.015)
NOTHING = np.zeros(3)
ALL = Environment(albedo=0.0)
FIRST_STEP = """
import time; start = time.perf_counter()
import sys; sys.path.insert(0, "tests")
import numpy as np
from physics_cases import Environment, truth
world = truth(environment=Environment())
world.advance(1, np.zeros(0), np.zeros(3))
print(time.perf_counter() - start)
"""


def face(k):
    normal = np.zeros(3)
    normal[k // 2 % 3] = 1.0 - 2.0 * (k % 2)
    return Face(
        normal_body=tuple(normal),
        centre_body_m=tuple(0.15 * normal),
        area_m2=0.07,
        specular_reflectivity=0.3,
        diffuse_reflectivity=0.2,
    )


def case(n_wheels=3, n_faces=6, environment=ALL):
    return {
        "body": BODY,
        "wheels": [
            wheel(axis, coulomb_friction_Nm=2e-5, viscous_friction_Nm_s=1e-7)
            for axis in skewed_axes(n_wheels)
        ],
        "faces": [face(k) for k in range(n_faces)],
        "orbit": low_orbit(),
        "environment": environment,
        "rate_body_rad_s": SLOW_rad_s,
    }


def steps_per_s(n_steps=60_000, repeats=3, rate_body_rad_s=SLOW_rad_s, **changes):
    world = Truth(**(case(**changes) | {"rate_body_rad_s": rate_body_rad_s}), step_s=STEP_s)
    torque = np.zeros(changes.get("n_wheels", 3))
    world.advance(100, torque, NOTHING)
    best = 0.0
    for _ in range(repeats):
        started = time.perf_counter()
        world.advance(n_steps, torque, NOTHING)
        best = max(best, n_steps / (time.perf_counter() - started))
    return best


def call_us(n_steps, calls=1_000, repeats=20):
    """The quickest batch of calls: the others shared the processor with somebody."""
    world = Truth(**case(), step_s=STEP_s)
    torque = np.zeros(3)
    world.advance(1, torque, NOTHING)
    best = math.inf
    for _ in range(repeats):
        started = time.perf_counter()
        for _ in range(calls):
            world.advance(n_steps, torque, NOTHING)
        best = min(best, (time.perf_counter() - started) / calls * 1e6)
    return best


def first_step_s(**environment):
    done = subprocess.run(
        [sys.executable, "-c", FIRST_STEP],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | environment,
        cwd=Path(__file__).parent.parent,
    )
    return float(done.stdout)


def line(what, value, unit, target=""):
    print(f"{what:58s} {value:12,.3g} {unit:10s} {target}")


def curve(what, values, rate):
    costs = [1e9 / rate(value) for value in values]
    slope, start = np.polyfit(values, costs, 1)
    bend = np.abs(np.polyval((slope, start), values) - costs).max()
    points = "  ".join(f"{v}: {c:.0f}" for v, c in zip(values, costs, strict=True))
    print(
        f"ns a step by {what:12s} {points}   = {start:.0f} + {slope:.1f} a piece, within {bend:.0f}"
    )


def main():
    line("whole environment each step", steps_per_s() / 1e3, "k steps/s", "(target 700)")
    nodes = ALL.model_copy(update={"magnetic_field_node_s": 1.0})
    rate = steps_per_s(environment=nodes) / 1e3
    line("the same, field between nodes 1 s apart", rate, "k steps/s", "(target 1 500)")
    rate = steps_per_s(environment=ALL.model_copy(update={"albedo": 0.3})) / 1e3
    line("whole environment and the Earth's albedo", rate, "k steps/s")
    for rate_deg_s in (60.0, 360.0, 1100.0):
        spin = (0.0, 0.0, math.radians(rate_deg_s))
        rate = steps_per_s(2_000, rate_body_rad_s=spin) / 1e3
        line(f"whole environment, spinning at {rate_deg_s:g} deg/s", rate, "k steps/s")
    short, long = call_us(2), call_us(22)
    overhead = short - 2 * (long - short) / 20
    line("one call of 2 steps (a control period of 0.1 s)", short, "us")
    line("of which overhead: the call, and the row at its end", overhead, "us", "(target 4)")
    line("first import to first step, warm cache", first_step_s(), "s", "(target 1.5)")
    with tempfile.TemporaryDirectory() as cold:
        line("the same, cold cache", first_step_s(NUMBA_CACHE_DIR=cold), "s")
    curve("wheels", [0, 1, 2, 3, 4, 6, 8], lambda n: steps_per_s(20_000, n_wheels=n))
    curve("faces", [1, 6, 12, 18, 24], lambda n: steps_per_s(20_000, n_faces=n))
    curve(
        "field terms",  # of degree 1 to 13
        [(n + 1) * (n + 2) // 2 for n in (1, 4, 7, 9, 11, 13)],
        lambda terms: steps_per_s(20_000, environment=of_degree(round((2 * terms) ** 0.5 - 1.5))),
    )
    compare_with_basilisk()


def of_degree(degree):
    return ALL.model_copy(update={"magnetic_field_degree": degree})


def compare_with_basilisk():
    try:
        theirs = basilisk_steps_per_s(case(), STEP_s, 20_000)
    except ImportError:
        print("Basilisk is not installed (pip install bsk): no comparison")
        return
    line("Basilisk: body, 3 wheels, gravity gradient", theirs / 1e3, "k steps/s")
    line("ratio, with our whole environment", steps_per_s() / theirs, "", "(target 10)")


if __name__ == "__main__":
    main()
