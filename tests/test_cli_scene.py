"""hil scene: one sentence for whatever cannot be drawn, before anything is drawn."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from hil.cli import main

RIGS = Path(__file__).parents[1] / "rigs"
RECOGNITION, NADIR = RIGS / "dier5_recognition.toml", RIGS / "dier5_nadir.toml"
FLEET = RIGS / "fleets" / "sco_fleet.toml"
CAMERALESS = RIGS / "alfarabi1.toml"


def scene(*words):
    return CliRunner().invoke(main, ["scene", *map(str, words)])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((RECOGNITION, "--at", "441"), "the run lasts 440 s: 441 s is no time between 0 and that"),
        ((RECOGNITION, "--at", "-1"), "-1 s is no time between 0 and that"),
        ((RECOGNITION, "--at", "nan"), "nan s is no time between 0 and that"),
        ((RECOGNITION, "--at", "inf"), "inf s is no time between 0 and that"),
        ((RECOGNITION, "--at", "soon"), "'soon' is not a valid float"),
        ((RECOGNITION, "--camera", "1"), "there is no camera 1; valid numbers: 0"),
        ((RECOGNITION, "--camera", "-1"), "there is no camera -1; valid numbers: 0"),
        ((RECOGNITION, "--look", "liner"), "there is no 'liner' to look at; there are: told place"),
        ((NADIR,), "there is no [scene], so the camera is switched off"),
        ((CAMERALESS,), "the spacecraft has no [[camera]], so there is no picture to take"),
        ((RIGS / "nothing.toml",), "nothing.toml"),
        ((RIGS / "dier5_telemetry.xml",), "dier5_telemetry.xml"),
        ((FLEET,), "is a fleet: name the rig of one of its members"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(words, said, tmp_path):
    rig, *rest = words
    result = scene(rig, *rest, "-o", tmp_path / "picture.png")
    assert result.exit_code == 2, result.output
    assert said in result.output.replace("\n", " ")
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (".", "is a folder: name a file"),
        ("picture.jpg", "pictures are PNG files: name one that ends in .png"),
        ("picture", "pictures are PNG files: name one that ends in .png"),
        ("nowhere/picture.png", "there is no folder"),
    ],
)
def test_where_no_picture_can_go_is_one_sentence(name, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = scene(RECOGNITION, "--at", "350", "-o", name)
    assert result.exit_code == 2, result.output
    assert said in result.output.replace("\n", " ")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_is_one_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = scene(RECOGNITION, "--look", "tanker", "-o", tmp_path / "picture.png")
    assert result.exit_code == 2, result.output
    assert "picture.png: No space left on device" in result.output.replace("\n", "")


def test_a_picture_is_saved(tmp_path):
    out = tmp_path / "ship.PNG"
    result = scene(RECOGNITION, "--at", "350", "--look", "tanker", "--camera", "0", "-o", out)
    assert result.exit_code == 0, result.output
    assert Image.open(out).size == (160, 120)
    assert "160 x 120 of 12 bits" in result.output
