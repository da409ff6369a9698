"""Parts and spacecraft: each figure has a source, each part is a device, each spacecraft loads."""

import math
import re
import tomllib
from pathlib import Path

import pytest
from devices_bench import allan_deviation, build, row, samples, spread_tolerance

from hil.devices.gyro import Gyro
from hil.rig.parts import part_names, part_path, with_parts
from hil.rig.spacecraft import Spacecraft

RIGS = Path(__file__).parents[1] / "rigs"
PARTS = sorted((RIGS / "parts").glob("*.toml"))
CRAFT = sorted((RIGS / "spacecraft").glob("*.toml"))
LEFT_TO_THE_SPACECRAFT = {
    "rate_hz": 1.0,
    "tachometer_rate_hz": 1.0,
    "name": "x",
    "axis_body": (1.0, 0.0, 0.0),
    "position_body_m": (0.1, 0.0, 0.0),
    "direction_body": (0.0, 1.0, 0.0),
    "boresight_body": (0.0, 0.0, 1.0),
    "up_body": (0.0, 1.0, 0.0),
    "antenna_body": (0.0, 0.0, 1.0),
    "initial_temperature_K": 290.0,
    "sunlit_temperature_K": 300.0,
    "eclipse_temperature_K": 280.0,
    "time_constant_s": 1000.0,
}
named = pytest.mark.parametrize("path", PARTS, ids=lambda path: path.stem)


def models():
    """Model of a device by the heading of its table."""
    fields = Spacecraft.model_fields
    return {key: field.annotation.__args__[0] for key, field in fields.items() if _many(field)}


def _many(field):
    return getattr(field.annotation, "__origin__", None) is tuple


def heading(path):
    """The kind of table that a part says it is for."""
    (kind,) = re.findall(r"[Ff]or \[\[(\w+)\]\]", path.read_text())
    return kind


def whole_craft(path):
    craft = tomllib.loads(path.read_text())
    parts = {name: tomllib.loads(part_path(path, name).read_text()) for name in part_names(craft)}
    return Spacecraft.model_validate(with_parts(craft, parts))


@named
def test_a_part_is_a_table_of_its_kind(path):
    model, part = models()[heading(path)], tomllib.loads(path.read_text())
    rest = {
        key: value
        for key, value in LEFT_TO_THE_SPACECRAFT.items()
        if key in model.model_fields and key not in part
    }
    built = model.model_validate({**rest, **part})
    assert {key: getattr(built, key) for key in part} == part


@named
def test_every_figure_has_its_source_beside_it(path):
    text = path.read_text()
    sources = set(re.findall(r"^# \[(\d)\] \S", text, re.MULTILINE))
    figures = re.findall(r"^(\w+) = \S+ +# (.*)$", text, re.MULTILINE)
    assert [key for key, _ in figures] == list(tomllib.loads(text))
    for key, words in figures:
        cited = set(re.findall(r"\[(\d)\]", words))
        assert cited <= sources, key
        assert cited or words.startswith("guess"), key


@pytest.mark.parametrize("path", CRAFT, ids=lambda path: path.stem)
def test_a_spacecraft_is_valid_and_says_what_is_published_and_what_assumed(path):
    assert whole_craft(path).name in path.read_text().splitlines()[0]
    opening = path.read_text().split("name =")[0]
    assert "# Published: " in opening
    assert "# Assumed: " in opening


def test_the_stim300_has_the_makers_allan_deviation():
    part = tomllib.loads((RIGS / "parts" / "stim300.toml").read_text())
    n, step_s = 100_000, 10.0  # a thousand correlation times
    quiet = {"rate_hz": 0.1, "turn_on_bias_sigma_deg_h": 0.0, "resolution_deg_s": 0.0}
    white, slow = (
        build(1, step_s, gyro=[Gyro(**(part | quiet | {key: 0.0}))])[0]
        for key in ("bias_instability_deg_h", "angle_random_walk_deg_sqrt_h")
    )
    deg_h = math.radians(1.0) / 3600.0
    fast_deg_h = samples(white, row(), 10_000)[:, 0] / deg_h
    random_walk = allan_deviation(fast_deg_h, 1) * math.sqrt(step_s / 3600.0)
    assert random_walk == pytest.approx(0.15, rel=spread_tolerance(10_000))
    size = 189  # 1.89 correlation times
    floor = allan_deviation(samples(slow, row(), n)[:, 0] / deg_h, size)
    assert floor == pytest.approx(0.3, rel=spread_tolerance(n // size - 1))
