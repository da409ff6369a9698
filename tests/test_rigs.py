"""The project's rigs on the project's firmware: what each must hold, it holds."""

from pathlib import Path

import pytest
from rig_files import on_the_benchs_line

from hil.bench import run
from hil.judge import evaluate
from hil.recording import Recording, first_difference
from hil.rig import load_rig

RIGS = on_the_benchs_line(sorted((Path(__file__).parents[1] / "rigs").glob("*.toml")))
TEN_SEEDS = range(1, 11)
every_rig = pytest.mark.parametrize("path", RIGS, ids=lambda path: path.stem)
short_or_slow = pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.slow] if load_rig(path).steps > 20_000 else [])
        for path in RIGS
    ],
    ids=lambda path: path.stem,
)
every_dier5_rig = pytest.mark.parametrize(
    "path", [path for path in RIGS if "dier5" in path.stem], ids=lambda path: path.stem
)


def recorded(rig, place, path):
    return Recording(run(rig, place, path).recording)


def missed(rig, recordings):
    return {verdict.name: verdict.text for verdict in evaluate(rig, recordings) if not verdict.met}


@short_or_slow
def test_a_rig_holds_what_it_says(path, tmp_path):
    rig = load_rig(path)
    assert missed(rig, [recorded(rig, "library", tmp_path / "run.mcap")]) == {}


@pytest.mark.slow
@every_rig
def test_a_rig_holds_what_it_says_for_ten_seeds(path, tmp_path):
    rig = load_rig(path)
    runs = [
        recorded(rig.with_overrides(seed=seed), "library", tmp_path / f"{seed}.mcap")
        for seed in TEN_SEEDS
    ]
    assert missed(rig, runs) == {}


@pytest.mark.slow
@pytest.mark.emulator
@every_rig
def test_a_whole_rig_is_the_same_bits_on_the_emulated_board(path, tmp_path):
    rig = load_rig(path)
    here = recorded(rig, "library", tmp_path / "here.mcap")
    assert first_difference(here, recorded(rig, "qemu-fast", tmp_path / "there.mcap")) is None


@pytest.mark.slow
@pytest.mark.emulator
@every_dier5_rig
def test_a_rig_made_short_is_the_same_bits_through_the_emulated_serial_port(path, tmp_path):
    rig = load_rig(path).with_overrides(duration_s=60.0)
    here = recorded(rig, "library", tmp_path / "here.mcap")
    assert first_difference(here, recorded(rig, "qemu", tmp_path / "there.mcap")) is None
