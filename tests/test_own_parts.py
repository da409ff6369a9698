"""Parts of a team's own in the place of the reference software's, built and flown."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hil import bench, judge
from hil.machine import build
from hil.recording import Recording, first_difference
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
STUBS = ROOT / "firmware_stubs"
RIG = ROOT / "rigs" / "dier5_nadir.toml"

PARTS = ROOT / "tests" / "data" / "own_parts" / "parts.c"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the reference software with a part of one's own, as the page says; the library."""
    folder = tmp_path_factory.mktemp("own")

    def make(source):
        programs = [Path(sys.executable).parent / name for name in ("cmake", "ninja")]
        cmake, ninja = (str(path) if path.exists() else path.name for path in programs)
        tool = build.compiler(build.HOST)
        own = ["-S", str(STUBS), "-B", str(folder), f"-DHIL_OWN_PARTS={source}"]
        options = ["-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}", *tool.cmake_options]
        for command in ([cmake, *own, *options], [cmake, "--build", folder, "-t", "hil_obc"]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        kept = folder / f"{source.stem}.so"  # of one name only one would be loaded
        return Path(shutil.copy(folder / "libhil_obc.so", kept))

    return make


def flown(out, firmware=None):
    rig = load_rig(RIG).with_overrides(duration_s=180.0)
    return rig, Recording(bench.run(rig, "library", out, firmware=firmware).recording)


@pytest.mark.slow
def test_a_controller_of_ones_own_flies_the_reference_software(built, tmp_path):
    rig, own = flown(tmp_path / "own.mcap", built(STUBS / "examples/own_controller/controller.c"))
    met = {each.name: each.met for each in judge.evaluate(rig, [own])}
    assert met["nadir pointing"]
    assert met["in mode nadir"]
    assert met["link"]
    _, reference = flown(tmp_path / "reference.mcap")
    assert first_difference(reference, own) is not None
    assert own.metadata["obc"]["build"] != reference.metadata["obc"]["build"]


@pytest.mark.slow
def test_parts_that_call_the_references_own_give_its_bits(built, tmp_path):
    _, own = flown(tmp_path / "own.mcap", built(PARTS))
    _, reference = flown(tmp_path / "reference.mcap")
    assert first_difference(reference, own) is None


@pytest.mark.slow
def test_a_guidance_of_ones_own_is_what_the_body_follows(built, tmp_path):
    turned = tmp_path / "turned.c"
    turned.write_text(f"#define TURNED\n{PARTS.read_text()}")
    rig, own = flown(tmp_path / "own.mcap", built(turned))
    [pointing] = [each for each in judge.evaluate(rig, [own]) if each.name == "nadir pointing"]
    assert not pointing.met
    assert pointing.unit == "arcsec"
    assert pointing.value == pytest.approx(5.0 * 3600.0, abs=42.0)
