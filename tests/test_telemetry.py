"""The flight software's own telemetry: what an XTCE file or a package makes of it, and columns."""

import itertools
import math
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lines_rigs import RIG, program, write
from rig_files import edited, told

from hil import bench
from hil.cli import main
from hil.errors import RigError
from hil.judge import evaluate
from hil.recording import Recording
from hil.rig import load_rig
from hil.telemetry.believed import Believed
from hil.telemetry.decoder import decoder_of
from hil.telemetry.model import Telemetry

DATA = Path(__file__).parent / "data" / "lines"
STUBS = Path(__file__).parents[1] / "firmware_stubs" / "drivers"
RIGS = Path(__file__).parents[1] / "rigs"
HALF = math.sqrt(0.5)
UP = """
[[line]]
name = "down"
baud = 115200
[line.telemetry]
"""
RATES = 'rate = ["RATE_X", "RATE_Y", "RATE_Z"]\nrate_unit = "deg/s"\nmode = "MODE"\n'
MODE = """
[[requirement]]
name = "in mode nadir"
mode = "nadir"
by_s = 1.0
"""


def packet(rate_deg_s, mode=1, apid=66):
    body = struct.pack(">3fB", *rate_deg_s, mode)
    return struct.pack(">HHH", apid, 0xC000, len(body) - 1) + body


def table(**keys):
    return Telemetry(**{"xtce": "damp.xml", "mode": "MODE", **keys})


def damp(**keys):
    return decoder_of(table(**keys), DATA / "a.toml", "down")


# -- octets to messages ----------------------------------------------------------------------------


@given(st.lists(st.integers(0, 60), max_size=8))
def test_packets_are_read_however_the_stream_is_cut(cuts):
    stream = packet((1.0, -2.0, 0.5)) + packet((4.0, 5.0, 6.0), mode=0)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    decoder = damp()
    pieces = [stream[a:b] for a, b in itertools.pairwise(edges)]
    heard = [message for piece in pieces for message in decoder.read(piece)]
    assert [message["RATE_Y"] for message in heard] == [-2.0, 5.0]
    assert [message["MODE"] for message in heard] == ["nadir", "idle"]
    assert decoder.refused == 0


def test_octets_between_markers_are_passed_over_and_counted():
    sync = bytes.fromhex("1ACFFC1D")
    decoder = damp(sync="1ACFFC1D")
    stream = b"boot\r\n" + sync + packet((1.0, 2.0, 3.0)) + b"\x1a\xcf" + sync + packet((4.0,) * 3)
    assert [message["RATE_X"] for message in decoder.read(stream)] == [1.0, 4.0]
    assert decoder.refused == 2


def test_a_packet_of_another_length_than_the_file_says_is_told():
    decoder = damp(sync="1ACFFC1D")
    long = struct.pack(">HHH", 66, 0xC000, 14) + bytes(15)
    sync = bytes.fromhex("1ACFFC1D")
    (message,) = decoder.read(sync + long + sync + packet((1.0,) * 3))
    assert message["RATE_X"] == 1.0
    assert decoder.why.startswith("damp.xml does not describe a packet of APID 66 and 21 octets: ")


def made_by_c(tmp_path, declared, encoded):
    """The octets of a packet of the reference flight software, made by its own C code."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler for the host")
    main = tmp_path / "main.c"
    main.write_text(
        '#include <stdio.h>\n#include "beacon.h"\nint main(void)\n{\n'
        f"    const struct {declared};\n"
        "    unsigned char octets[BEACON_OCTETS];\n"
        f"    fwrite(octets, 1, {encoded}, stdout);\n    return 0;\n}}\n"
    )
    made = tmp_path / "main"
    flags = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{STUBS}"]
    subprocess.run([compiler, *flags, main, STUBS / "beacon.c", "-o", made], check=True)
    return subprocess.run([made], capture_output=True, check=True).stdout


BEACON = {"xtce": "dier5_telemetry.xml", "sync": "1ACFFC1D", "crc16": True, "mode": "MODE"}


def test_what_its_devices_say_is_told_each_second(tmp_path):
    octets = made_by_c(
        tmp_path,
        "beacon_devices devices = {8, {7e6f, -1e3f, 0.5f}, {60.0f, -61.0f, 62.0f, 0.0f}}",
        "beacon_devices_encode(&devices, 3, octets)",
    )
    keys = BEACON | {
        "position_ecef": ("GPS_X", "GPS_Y", "GPS_Z"),
        "wheel_speed": ("WHEEL_1", "WHEEL_2", "WHEEL_3"),
    }
    told = believed(**keys)
    assert np.isnan(told.position_ecef_m).all()
    told.take(octets, 0)
    assert told.position_ecef_m == (7e6, -1e3, 0.5)
    assert told.wheel_speed_rad_s == (60.0, -61.0, 62.0)
    told = believed(**keys, position_unit="km", wheel_speed_unit="rpm")
    told.take(octets, 0)
    assert told.position_ecef_m == (7e9, -1e6, 500.0)
    assert told.wheel_speed_rad_s[0] == pytest.approx(2.0 * math.pi)


def believed(**keys):
    table = Telemetry(**keys)
    return Believed(table, decoder_of(table, RIGS / "a.toml", "down"), [])


def test_a_beacon_whose_bit_is_flipped_is_refused(tmp_path):
    octets = made_by_c(
        tmp_path,
        "beacon beacon = {7, {0.5f, -0.5f, 0.5f, 0.5f}, {1e-3f, 2e-3f, -3e-3f}, 4, 1}",
        "beacon_encode(&beacon, 9, octets)",
    )
    keys = BEACON
    decoder = decoder_of(Telemetry(**keys), RIGS / "a.toml", "down")
    (message,) = decoder.read(octets)
    assert [message[f"Q{n}"] for n in range(1, 5)] == [0.5, -0.5, 0.5, 0.5]
    assert (message["UPTIME"], message["SRC_SEQ_CTR"], message["MODE"]) == (7, 9, 4)
    assert message["RATE_Z"] == pytest.approx(-3e-3, rel=1e-6)
    for bit in range(8 * 4, 8 * len(octets)):
        damaged = bytearray(octets)
        damaged[bit // 8] ^= 1 << bit % 8
        assert not any("Q1" in each for each in decoder.read(bytes(damaged) + bytes(300)))
        decoder = decoder_of(Telemetry(**keys), RIGS / "a.toml", "down")


# -- messages to columns ---------------------------------------------------------------------------


class Says:
    """A decoder whose messages are given to it as they are."""

    def read(self, data):
        return [data]


ABOUT_Z = {
    ("last", "eci_from_body"): (0.0, 0.0, HALF, HALF),
    ("first", "eci_from_body"): (HALF, 0.0, 0.0, HALF),
    ("last", "body_from_eci"): (0.0, 0.0, -HALF, HALF),
    ("first", "body_from_eci"): (HALF, 0.0, 0.0, -HALF),
}


@pytest.mark.parametrize("convention", ABOUT_Z)
def test_a_body_turned_by_90_degrees_is_so_in_every_convention(convention):
    scalar, turns = convention
    keys = table(attitude=("a", "b", "c", "d"), scalar=scalar, turns=turns)
    believed = Believed(keys, Says(), ("idle",))
    believed.take(dict(zip("abcd", ABOUT_Z[convention], strict=True)), 0)
    q, _, _ = believed.at(0)
    assert q == pytest.approx((0.0, 0.0, HALF, HALF))


def test_what_is_told_is_carried_to_the_steps_time_at_its_rate():
    keys = table(
        attitude=("a", "b", "c", "d"), scalar="last", turns="eci_from_body",
        rate=("x", "y", "z"), rate_unit="deg/s", age_s=0.25, hold_s=2.0,
    )  # fmt: skip
    believed = Believed(keys, Says(), ("idle", "nadir"))
    message = {"a": 0, "b": 0, "c": 0, "d": 1, "x": 0, "y": 0, "z": 90.0, "MODE": 1}
    believed.take(message, 1_250_000_000)  # of 1 s
    assert believed.at(2_000_000_000)[0] == pytest.approx((0.0, 0.0, HALF, HALF))
    assert believed.at(0)[0] == pytest.approx((0.0, 0.0, -HALF, HALF))
    assert believed.at(2_000_000_000)[1:] == ((0.0, 0.0, pytest.approx(math.pi / 2)), 1.0)
    q, rate, mode = believed.at(3_100_000_000)  # too long ago
    assert np.isnan((*q, *rate)).all()
    assert mode == 1.0


# -- what a rig may say ----------------------------------------------------------------------------

WRONG = [
    (RATES, "give xtce, a file, or decoder, an installed package's, and not both"),
    (
        'xtce = "a.xml"\n',
        "names no parameter: give attitude, rate, mode, position_ecef or wheel_speed",
    ),
    (
        'xtce = "a.xml"\nattitude = ["a", "b", "c", "d"]\n',
        "attitude needs its convention: give scalar = first or last",
    ),
    ('xtce = "a.xml"\nsync = "1AC"\n' + RATES, "sync"),
]


@pytest.mark.parametrize(("keys", "sentence"), WRONG)
def test_a_wrong_table_is_one_sentence(tmp_path, keys, sentence):
    assert sentence in told(write(tmp_path, RIG + UP + keys))


def test_as_many_speeds_are_named_as_there_are_wheels(tmp_path):
    text = told(write(tmp_path, RIG + UP + "xtce = 'a.xml'\nwheel_speed = ['A', 'B']\n"))
    assert "wheel_speed: it names 2, and the spacecraft has 3 wheels: give one name a wheel" in text


def test_a_line_has_devices_or_telemetry(tmp_path):
    both = RIG + f"[line.telemetry]\nxtce = 'a.xml'\n{RATES}"
    assert '"wheels": give [[line.device]] tables, or a [line.telemetry]' in told(
        write(tmp_path, both)
    )


UNUSABLE = [
    ('xtce = "lost.xml"\n' + RATES, r"xtce = .*lost\.xml: no such file"),
    ('xtce = "craft.toml"\n' + RATES, r"craft\.toml: is no XTCE that can be read: "),
    (
        'xtce = "damp.xml"\n' + RATES.replace("MODE", "MOOD"),
        r"damp\.xml has no parameter MOOD; it has VERSION, .*MODE",
    ),
    (
        'decoder = "lost"\n' + RATES,
        r'decoder = "lost": no installed package has an entry point of this name in group '
        r"hil\.telemetry; there are ",
    ),
]


@pytest.mark.parametrize(("keys", "sentence"), UNUSABLE)
def test_a_decoder_that_cannot_be_used_is_told_before_the_start(tmp_path, keys, sentence):
    shutil.copy(DATA / "damp.xml", tmp_path)
    path = write(tmp_path, RIG + UP + keys)
    said = []
    how = {"firmware": program(tmp_path), "announce": said.append}
    with pytest.raises(RigError, match=sentence) as error:
        bench.run(path, "posix-lines", tmp_path / "a.mcap", **how)
    assert not said
    assert str(error.value).startswith('[[line]] "down" [line.telemetry]: ')
    assert not (tmp_path / "a.mcap").exists()


@pytest.mark.parametrize(
    ("rig", "module", "extra"),
    [
        ("dier5_nadir_lines", "space_packet_parser.xtce.definitions", "telemetry"),
        ("dier5_alert", "spacepackets.cfdp", "radio"),
    ],
)
def test_a_missing_package_is_told_before_what_is_run(monkeypatch, tmp_path, rig, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "hil.radio.station", raising=False)
    said = []
    with pytest.raises(RigError, match=rf"pip install 'hil\[{extra}\]'"):
        bench.run(RIGS / f"{rig}.toml", "qemu-lines", tmp_path / "a.mcap", announce=said.append)
    assert not said


# -- a loop ----------------------------------------------------------------------------------------

PACKAGE = '''
class Damp:
    """Rates in deg/s and a mode, from damp.py's packets of 19 octets."""

    parameters = ("RATE_X", "RATE_Y", "RATE_Z", "MODE")

    def __init__(self):
        self.rest = b""

    def read(self, data):
        import struct
        self.rest += data
        while len(self.rest) >= 19:
            values = struct.unpack(">3fB", self.rest[6:19])
            self.rest = self.rest[19:]
            yield dict(zip(self.parameters, values))
'''


def installed(folder, monkeypatch):
    """Put a small package with a decoder on the path, as pip would."""
    about = folder / "damp_ground-1.0.dist-info"
    about.mkdir()
    (folder / "damp_ground.py").write_text(PACKAGE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: damp-ground\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[hil.telemetry]\ndamp = damp_ground:Damp\n")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])


@pytest.mark.parametrize("reader", ['xtce = "damp.xml"\n', 'decoder = "damp"\n'])
def test_what_the_firmware_tells_is_recorded_and_judged(tmp_path, monkeypatch, reader):
    shutil.copy(DATA / "damp.xml", tmp_path)
    installed(tmp_path, monkeypatch)
    text = edited(RIG, "duration_s = 6.0", "duration_s = 2.0") + UP + reader + RATES + MODE
    rig = load_rig(write(tmp_path, text))
    result = bench.run(rig, "posix-lines", tmp_path / "a.mcap", firmware=program(tmp_path))
    run = Recording(result.recording)
    (verdict, _) = evaluate(rig, [run])
    assert verdict.met
    told_rate, true_rate = run["estimate_rate_body_rad_s"][-20:], run["truth_rate_body_rad_s"][-20:]
    assert np.abs(told_rate - true_rate).max() < 5e-3
    assert np.isnan(run["estimate_q_eci_from_body"]).all()
    assert run.metadata["counters"]["telemetry_noises"] == "0"
    sniffed = CliRunner().invoke(main, ["sniff", str(run.path), "--line", "down"])
    assert sniffed.exit_code == 0
    line = sniffed.output.splitlines()[0]
    assert "OBC >  telemetry  packet  " in line
    assert "RATE_X " in line
