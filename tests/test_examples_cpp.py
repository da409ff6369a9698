"""The example in C++: static constructors run, its scheduler flies, a wrong sign is named."""

import subprocess
from pathlib import Path

import pytest

from hil import bench, diagnosis, judge
from hil.obc.places import open_obc
from hil.phasing.run import phase
from hil.recording import Recording, first_difference
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "firmware_stubs" / "examples" / "cpp"
RIG = ROOT / "firmware_stubs" / "examples" / "rate_damping.toml"

pytestmark = pytest.mark.examples


def made(folder, target, *options):
    """Build the example as its Makefile says; the folder with what came of it."""
    command = ["make", "-s", "-C", str(EXAMPLE), f"BUILD={folder}", target, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    return made(tmp_path_factory.mktemp("right"), "host") / "firmware"


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    return made(tmp_path_factory.mktemp("wrong"), "host", "WRONG=-DWRONG_SIGN") / "firmware"


def flown(firmware, out, obc="posix"):
    rig = load_rig(RIG)
    recording = Recording(bench.run(rig, obc, out, firmware=firmware).recording)
    return rig, recording, judge.evaluate(rig, [recording])


def test_its_scheduler_stops_the_rotation(right, tmp_path):
    _, recording, verdicts = flown(right, tmp_path / "run.mcap")
    assert recording.metadata["obc"]["firmware"] == "cpp-scheduler"
    assert [(each.name, each.met) for each in verdicts] == [("at rest", True), ("link", True)]


def test_a_wrong_sign_is_named_by_the_diagnosis_of_the_run(wrong, tmp_path):
    rig, recording, verdicts = flown(wrong, tmp_path / "run.mcap")
    assert [(each.name, each.met) for each in verdicts] == [("at rest", False), ("link", True)]
    first = diagnosis.diagnose(recording, verdicts, rig).lines[0]
    assert first.startswith(
        "wheel y is commanded with the wrong sign: its torque drives the body's"
    )
    assert "from 1.5 deg/s to 6.5 deg/s" in first


def test_a_wrong_sign_is_named_by_the_phasing_test(wrong):
    with open_obc("posix", firmware=wrong) as obc:
        found = {(each.device, each.axis): each.verdict for each in phase(load_rig(RIG), obc)}
    assert found["wheel", "y"] == "inverted"
    others = {key: verdict for key, verdict in found.items() if key[0] in ("gyro 0", "wheel")}
    assert [key for key, verdict in others.items() if verdict != "pass"] == [("wheel", "y")]


@pytest.mark.emulator
def test_it_flies_on_the_emulated_board_with_the_same_bits(right, tmp_path):
    board = made(tmp_path / "board", "board") / "firmware.elf"
    _, on_board, verdicts = flown(board, tmp_path / "board.mcap", "qemu")
    assert all(each.met for each in verdicts)
    assert first_difference(flown(right, tmp_path / "host.mcap")[1], on_board) is None


def test_the_link_in_c_and_its_headers_collide_with_nobodys(tmp_path):
    """All that the linker sees of the library, and all header names, begin with hil_."""
    link = ROOT / "firmware_stubs" / "link"
    assert not [path.name for path in link.glob("*.h") if not path.name.startswith("hil_")]
    for source in sorted(link.glob("*.c")):
        compiled = tmp_path / f"{source.stem}.o"
        subprocess.run(["cc", "-std=c99", f"-I{link}", "-c", source, "-o", compiled], check=True)
        listed = subprocess.run(
            ["nm", "-g", "--defined-only", compiled], capture_output=True, text=True, check=True
        )
        names = [line.split()[-1] for line in listed.stdout.splitlines()]
        assert names, source.name
        assert not [name for name in names if not name.startswith("hil_")]
