"""The example firmwares: each closes its loop, and the page about them shows their own code."""

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import frames
import pytest
import wire

from hil import bench, judge
from hil.errors import ObcError
from hil.link import messages as m
from hil.link.framing import Deframer
from hil.link.packet import Packet
from hil.recording import Recording, first_difference
from hil.rig import load_rig

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "firmware_stubs" / "examples"
RIG = EXAMPLES / "rate_damping.toml"
PAGE = (ROOT / "docs" / "bring_your_own_firmware.md").read_text()
MICROPYTHON_BOARD = EXAMPLES / "micropython" / "board" / "board.mjs"
STRICT = ["-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wshadow", "-Wmissing-prototypes"]

needs_tools = pytest.mark.examples


def run_command(*command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def board(*command):
    """A board on a port: yields its lines, the port's name first, the rest once it is off."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = [process.stdout.readline().strip()]
    try:
        yield said
    finally:
        process.terminate()
        said += process.communicate()[0].splitlines()


def closed_loop(out, obc, firmware=None, rig=RIG):
    """Run the rig, hold it to its requirements, and return the recording."""
    loaded = load_rig(rig)
    bench.run(loaded, obc, out, firmware=firmware)
    recording = Recording(out)
    verdicts = judge.evaluate(loaded, [recording])
    assert [verdict.name for verdict in verdicts] == ["at rest", "link"]
    assert all(verdict.met for verdict in verdicts), [verdict.text for verdict in verdicts]
    return recording


@pytest.fixture(scope="module")
def minimal(tmp_path_factory):
    """The example in C, built by the page's own command."""
    [command] = re.findall(r"^\$ (cc .*) -o minimal$", PAGE, re.MULTILINE)
    program = tmp_path_factory.mktemp("minimal") / "minimal"
    run_command("sh", "-c", f"{command} -o {program}")
    return program


@pytest.fixture(scope="module")
def arduino(tmp_path_factory):
    """The folder with the sketch and the emulated board that runs it."""
    folder = tmp_path_factory.mktemp("arduino")
    run_command("make", "-s", "-C", EXAMPLES / "arduino", f"BUILD={folder}")
    return folder


# -- in C ------------------------------------------------------------------------------------------


def test_the_example_in_c_has_less_than_a_hundred_lines():
    assert len((EXAMPLES / "minimal" / "main.c").read_text().splitlines()) < 100


@needs_tools
@pytest.mark.parametrize("compiler", ["gcc", pytest.param("clang", marks=pytest.mark.compilers)])
def test_the_example_in_c_is_clean(compiler):
    sources = [*(EXAMPLES.parent / "link").glob("*.c"), EXAMPLES / "minimal" / "main.c"]
    include = f"-I{EXAMPLES.parent / 'link'}"
    run_command(compiler, "-std=c99", "-O2", *STRICT, include, "-fsyntax-only", *sources)


@needs_tools
def test_the_example_in_c_closes_the_loop_on_a_port(minimal, tmp_path):
    with board(minimal) as (port,):
        recording = closed_loop(tmp_path / "port.mcap", port)
    assert recording.metadata["obc"]["firmware"] == "minimal"


@needs_tools
def test_the_example_in_c_runs_as_posix_with_the_same_bits(minimal, tmp_path):
    with board(minimal) as (port,):
        on_port = closed_loop(tmp_path / "port.mcap", port)
    assert first_difference(on_port, closed_loop(tmp_path / "a.mcap", "posix", minimal)) is None


@needs_tools
def test_a_port_that_was_closed_can_be_opened_again(minimal, tmp_path):
    with board(minimal) as (port,):
        first = closed_loop(tmp_path / "first.mcap", port)
        second = closed_loop(tmp_path / "second.mcap", port)
    assert first_difference(first, second) is None


# -- what a rig may ask of such a firmware ---------------------------------------------------------


@pytest.fixture
def changed_rig(tmp_path):
    """The examples' rig with pieces of its two files replaced."""

    def change(rig=("", ""), spacecraft=("", "")):
        for name, (old, new) in (("rate_damping", rig), ("gyro_and_wheels", spacecraft)):
            text = (EXAMPLES / f"{name}.toml").read_text()
            assert old in text
            (tmp_path / f"{name}.toml").write_text(text.replace(old, new, 1))
        return tmp_path / "rate_damping.toml"

    return change


@needs_tools
def test_devices_that_the_firmware_does_not_need_do_not_disturb_it(minimal, tmp_path, changed_rig):
    more = """
        [[gyro]]
        rate_hz = 10.0
        angle_random_walk_deg_sqrt_h = 0.15
        [[magnetometer]]
        rate_hz = 10.0
        noise_nT = 5.3
        [[coarse_sun_sensor]]
        rate_hz = 5.0
        full_sun_adc = 3500.0
    """
    rig = changed_rig(spacecraft=("[flight_software]", more))
    recording = closed_loop(tmp_path / "more.mcap", "posix", minimal, rig)
    assert recording["magnetometer0_field_body_T"].shape == (300, 3)


def test_the_rig_of_the_examples_sends_no_parameters():
    assert load_rig(RIG).spacecraft.flight_software == {}


@needs_tools
def test_a_parameter_that_the_firmware_lacks_is_told(minimal, tmp_path, changed_rig):
    rig = changed_rig(spacecraft=("[flight_software]", "[flight_software]\nwheel_count = 3.0"))
    with pytest.raises(
        ObcError,
        match=r"refused parameter wheel_count = 3\.0: unknown id; the parameters in .* or number",
    ):
        closed_loop(tmp_path / "a.mcap", "posix", minimal, rig)


@needs_tools
def test_a_mode_that_the_firmware_lacks_is_told(minimal, tmp_path, changed_rig):
    rig = changed_rig(rig=('mode = "detumble"', 'mode = "nadir"'))
    with pytest.raises(ObcError, match="refused mode nadir: out of range"):
        closed_loop(tmp_path / "a.mcap", "posix", minimal, rig)


@needs_tools
def test_the_example_tells_numbers_of_its_own_and_the_rig_judges_them(tmp_path, changed_rig):
    told = re.search(r"```c\n(    hil_user user = .*?)```", PAGE, re.DOTALL)[1]
    keys = re.search(r"```toml\n\[obc\]\n(telemetry = .*?)```", PAGE, re.DOTALL)[1]
    keys, requirement = keys.split("\n\n", 1)
    names = re.search(r"```c\n(    hil_link_name.*?)```", PAGE, re.DOTALL)[1]
    source = (EXAMPLES / "minimal" / "main.c").read_text()
    answer, setting = "    uint8_t payload[HIL_COMMAND_SIZE];\n", "    hil_set_mode wanted;\n"
    assert source.count(answer) == source.count(setting) == 1
    source = source.replace(setting, names + setting)
    (tmp_path / "main.c").write_text(source.replace(answer, told + answer))
    program, link = tmp_path / "telling", EXAMPLES.parent / "link"
    run_command("cc", "-std=c99", *STRICT, f"-I{link}", *link.glob("*.c"), tmp_path / "main.c",
                "-o", program)  # fmt: skip
    path = changed_rig(rig=("[obc]\n", f"{requirement}\n[obc]\n{keys}\n"))
    rig = load_rig(path)
    bench.run(rig, None, tmp_path / "a.mcap", firmware=program)
    recording = Recording(tmp_path / "a.mcap")
    told_rad_s = recording["user_largest_rate_rad_s"]
    assert told_rad_s[0] == pytest.approx(max(abs(recording["gyro0_rate_body_rad_s"][0])))
    assert recording["user_steps"].tolist() == list(range(300))
    numbers = {"0": "largest_rate_rad_s", "1": "steps"}
    assert json.loads(recording.metadata["names"]["numbers"]) == numbers
    assert [verdict.met for verdict in judge.evaluate(rig, [recording])] == [True] * 3
    unnamed = load_rig(changed_rig())
    said = []
    bench.run(unnamed, None, tmp_path / "b.mcap", firmware=program, announce=said.append)
    assert first_difference(recording, Recording(tmp_path / "b.mcap")) is None
    names = "user_largest_rate_rad_s, user_steps"
    assert f"recorded of what the firmware tells: {names}" in said


@needs_tools
def test_parameters_of_ones_own_go_by_the_numbers_that_the_spacecraft_gives(
    minimal, tmp_path, changed_rig
):
    own = "[flight_software_ids]\ngain_Nm_s = 7\n\n[flight_software]\ngain_Nm_s = 0.05\n"
    rig = changed_rig(spacecraft=("[flight_software]", own))
    with pytest.raises(ObcError, match=r"refused parameter gain_Nm_s = 0\.05: unknown id"):
        closed_loop(tmp_path / "a.mcap", "posix", minimal, rig)
    sent = [
        packet.values
        for _, data in Recording(tmp_path / "a.mcap").to_obc
        for packet in Deframer(wire.TABLE).receive(data)
        if isinstance(packet, Packet) and packet.message is m.SET_PARAMETER
    ]
    assert sent == [(7, pytest.approx(0.05))]


# -- Arduino ---------------------------------------------------------------------------------------

UNO_RAM = 2048


@needs_tools
def test_the_sketch_closes_the_loop_with_the_bits_of_the_example_in_c(arduino, minimal, tmp_path):
    with board(arduino / "board", arduino / "rate_damping.elf") as (port, *_):
        sketch = closed_loop(tmp_path / "sketch.mcap", port)
    desk = closed_loop(tmp_path / "desk.mcap", "posix", minimal)
    assert sketch.metadata["obc"]["firmware"] == "arduino"
    assert first_difference(desk, sketch) is None


@needs_tools
def test_the_sketch_fits_the_memory_of_an_uno(arduino, tmp_path):
    with board(arduino / "board", arduino / "rate_damping.elf") as said:
        closed_loop(tmp_path / "sketch.mcap", said[0])
    stack = int(re.search(r"stack: at most (\d+) octets", "\n".join(said))[1])
    sizes = run_command("avr-size", arduino / "rate_damping.elf").splitlines()[1].split()
    data, bss = int(sizes[1]), int(sizes[2])
    assert 0 < stack < UNO_RAM - data - bss


# -- MicroPython -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hil_link():
    """The example's link; it is plain Python, too."""
    sys.path.insert(0, str(EXAMPLES / "micropython"))
    try:
        import hil_link

        return hil_link
    finally:
        sys.path.pop(0)


TO_OBC = [vector for vector in frames.good() if vector.packet[0] & 0x10]
FROM_OBC = [vector for vector in frames.good() if not vector.packet[0] & 0x10]


@pytest.mark.parametrize("vector", TO_OBC, ids=lambda vector: vector.name)
def test_the_link_in_micropython_reads_frames(hil_link, vector):
    [packet] = Deframer(wire.TABLE).receive(vector.frame)
    assert isinstance(packet, Packet)
    apid, sequence, payload = hil_link.decode(vector.frame[:-1])
    assert (apid, sequence) == (packet.message.apid, packet.sequence)
    assert payload == vector.packet[-4 - len(payload) : -4]
    assert len(payload) >= packet.message.size


@pytest.mark.parametrize("vector", FROM_OBC, ids=lambda vector: vector.name)
def test_the_link_in_micropython_writes_frames(hil_link, vector):
    apid = int.from_bytes(vector.packet[:2], "big")
    sequence = int.from_bytes(vector.packet[2:4], "big") & 0x3FFF
    assert hil_link.encode(apid, sequence, vector.packet[6:-4]) == vector.frame


BROKEN = [(kind, frame) for kind, frame in frames.corrupt() if kind != "unknown"]


@pytest.mark.parametrize(("kind", "frame"), BROKEN, ids=[kind for kind, _ in BROKEN])
def test_the_link_in_micropython_drops_what_is_broken(hil_link, kind, frame):
    assert hil_link.decode(frame[:-1]) is None, kind


def test_the_numbers_in_micropython_are_those_of_the_table(hil_link):
    for message in (m.HELLO_REQUEST, m.SET_ORBIT, m.SET_MODE, m.SYNC, wire.GYRO, m.HELLO, m.ACK):
        assert getattr(hil_link, message.name.upper()) == message.apid
    assert m.COMMAND.apid == hil_link.COMMAND
    assert m.MODES[hil_link.MODE_DETUMBLE] == "detumble"
    results = (hil_link.ACCEPTED, hil_link.UNKNOWN_ID, hil_link.OUT_OF_RANGE)
    assert [m.ACK_RESULTS[each] for each in results] == ["accepted", "unknown id", "out of range"]


@needs_tools
def test_the_example_in_micropython_closes_the_loop(tmp_path):
    recording = closed_loop(tmp_path / "a.mcap", "posix", MICROPYTHON_BOARD)
    assert recording.metadata["obc"]["firmware"] == "micropython"


# -- the page --------------------------------------------------------------------------------------

SHOWN = re.findall(r"<!-- (firmware_stubs/\S+) -->\s+```\w+\n(.*?)```", PAGE, re.DOTALL)


def stripped_lines(text):
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("name", "code"), SHOWN)
def test_the_page_shows_the_examples_own_code(name, code):
    shown, source = stripped_lines(code), stripped_lines((ROOT / name).read_text())
    assert any(source[i : i + len(shown)] == shown for i in range(len(source)))


def test_all_code_on_the_page_says_where_it_is_from():
    code = re.findall(r"```(?:c|make|python)\n", PAGE)
    assert len(SHOWN) == len(code) - 3  # but for what reads a recording, and what a test above runs


@needs_tools
def test_the_page_reads_a_recording(minimal, tmp_path, monkeypatch, capsys):
    closed_loop(tmp_path / "run.mcap", "posix", minimal)
    monkeypatch.chdir(tmp_path)
    [code] = re.findall(r"```python\n(  from hil\..*?)```", PAGE, re.DOTALL)
    exec(dedent(code), {})
    assert "Packet" in capsys.readouterr().out


@pytest.mark.parametrize("link", re.findall(r"\]\((\.\./[^)]+)\)", PAGE))
def test_what_the_page_links_to_exists(link):
    assert (ROOT / "docs" / link).exists()
