"""Devices on lines of their own: what a rig may say, what a line carries, a loop closed over it."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from lines_rigs import CRAFT, RIG, program, write
from rig_files import edited, told

from hil import bench
from hil.cli import main, protocolpage
from hil.errors import ObcError, RigError
from hil.judge import evaluate
from hil.lines.build import ends
from hil.lines.bus import Bus
from hil.lines.end import End, Seat
from hil.lines.model import Line, OnLine
from hil.machine import plugin
from hil.obc.places import open_obc
from hil.physics.rotations import apply
from hil.protocols.checksums import crc16_mcrf4xx
from hil.protocols.device import MS, Measured, Settings
from hil.protocols.registry import built_in, protocols
from hil.recording import Recording
from hil.recording.recover import recover
from hil.rig import load_rig

UTC_ns = 1_800_000_000 * 10**9
MOUNTED = "q_body_from_device = [0.0, 0.0, 0.7071067811865476, 0.7071067811865476]"


def command_line(*arguments):
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    return done.exit_code, done.stdout


# -- what a rig may say ----------------------------------------------------------------------------

GPS = """
[[gps]]
rate_hz = 1.0
antenna_body = [0.0, 0.0, -1.0]
zenith_range_deg = 75.0
position_noise_m = 1.0
velocity_noise_m_s = 0.02
height_max_m = 1.0e8
"""
SUN = """
[[fine_sun_sensor]]
rate_hz = 1.0
boresight_body = [0.0, 1.0, 0.0]
field_of_view_deg = 120.0
noise_deg = 0.1
protocol = "nanossoc"
"""
THIRD = '\n[[line]]\nname = "third"\nbaud = {}\n[[line.device]]\ndevice = "{}"\n'


@pytest.mark.parametrize(
    ("old", "new", "craft", "sentence"),
    [
        (
            'device = "gyro 0"',
            'device = "gyro 1"',
            "",
            '[[line]] "imu": device = "gyro 1": no such device; did you mean gyro 0?',
        ),
        (
            '"stim300"',
            '"stim3000"',
            "",
            'gyro 0: protocol = "stim3000": no such protocol; did you mean stim300?',
        ),
        (
            '"stim300"',
            '"sagitta"',
            "",
            '[[line]] "imu": gyro 0: sagitta is for a star_tracker; it can speak stim210, stim300, '
            "vn100",
        ),
        (
            "baud = 460800",
            "baud = 9600",
            "",
            '[[line]] "imu": gyro 0: stim300 knows no baud = 9600; it has 374400, 460800, 921600, '
            "1843200",
        ),
        (
            "address = 0xC0",
            "address = 0x21",
            "",
            '[[line]] "wheels": 2 of its devices have address = 33: give each its own',
        ),
        (
            'device = "wheel y"',
            'device = "wheel x"',
            "",
            "[[line]]: wheel x is on 2 lines: leave it on one",
        ),
        (
            'name = "wheels"',
            'name = "imu"',
            "",
            "[[line]]: 2 lines have name = 'imu': give each its own",
        ),
        (
            "usart = 3",
            "usart = 2",
            "",
            "[[line]]: 2 lines have usart = 2: give each its own",
        ),
        (
            "baud = 115200\n",
            "baud = 19200\n",
            "",
            '[[line]] "wheels": its devices need 27000 bits/s, and baud = 19200 is less: raise it, '
            "or lower their rates",
        ),
        (
            "wire = false",
            "wire = false",
            GPS,
            "[obc] wire = false: gps 0 is on no line: give a [[line]], or name what the OBC has no "
            "line to in [obc] not_connected",
        ),
        (
            "wire = false",
            'wire = false\nnot_connected = ["rod 7"]',
            "",
            '[obc] not_connected = "rod 7": no such device; there are gyro 0, wheel x, wheel y, '
            "wheel z",
        ),
        (
            "baud = 460800",
            'baud = 460800\nformat = "7E1"',
            "",
            'gyro 0: format = "7E1" has 7 data bits, and stim300 needs 8: give 8N1',
        ),
        (
            'protocol = "stim300"',
            'protocol = "stim300"\nsetup = ["hex:zz"]',
            "",
            "is no command of stim300: after hex: come pairs of hexadecimal digits",
        ),
        (
            "usart = 2",
            "usart = 9",
            "",
            '[[line]] "imu" usart = 9: must be at most 8',
        ),
        (
            'protocol = "stim300"',
            'protocol = "stim300"\nq_body_from_device = [1.0, 1.0, 0.0, 0.0]',
            "",
            "has length 1.41421, not 1: it is not a rotation",
        ),
        (
            'protocol = "stim300"\n',
            "",
            "",
            'imu": gyro 0: neither line nor part names its protocol; there are hmr2300,',
        ),
    ],
)
def test_a_wrong_line_is_one_sentence(tmp_path, old, new, craft, sentence):
    path = write(tmp_path, edited(RIG, old, new), CRAFT + craft)
    assert sentence in told(path)


def test_a_height_that_a_protocol_cannot_say_is_told_before_the_start(tmp_path):
    far = edited(RIG, "semi_major_axis_m = 6900e3", "semi_major_axis_m = 9000e3")
    rig = far + THIRD.format(115200, "gps 0") + 'protocol = "ubx"\n'
    words = told(write(tmp_path, rig, CRAFT + GPS))
    assert (
        "gps 0: ubx says at most 2.14748e+06 m, and the highest fix of this orbit in m is" in words
    )
    load_rig(write(tmp_path, edited(rig, '"ubx"', '"nmea"'), CRAFT + GPS))


def test_a_sun_sensor_must_look_where_its_protocol_looks(tmp_path):
    rig = RIG + THIRD.format(115200, "fine_sun_sensor 0")
    words = told(write(tmp_path, rig, CRAFT + SUN))
    assert (
        "nanossoc looks along its z axis, which q_body_from_device turns to [0.0, 0.0, 1.0]"
        in words
    )
    turned = "q_body_from_device = [-0.7071067811865476, 0.0, 0.0, 0.7071067811865476]\n"
    load_rig(write(tmp_path, rig + turned, CRAFT + SUN))


def test_usart_1_belongs_to_the_bench_where_it_has_a_line(tmp_path):
    both = edited(edited(RIG, "wire = false", ""), "usart = 2", "usart = 1")
    assert "usart = 1 is that of the bench's own line" in told(write(tmp_path, both))


def test_a_rig_of_lines_only_runs_in_real_time_on_places_that_have_lines(tmp_path):
    path = write(tmp_path)
    with pytest.raises(RigError, match=r"devices' lines only.*--realtime"):
        bench.run(path, "posix", tmp_path / "a.mcap", firmware=program(tmp_path))
    with pytest.raises(RigError, match="library has no lines"):
        bench.run(path, "library", tmp_path / "a.mcap", realtime=True)
    with pytest.raises(RigError, match=r'\[\[line\]\] "imu" names no port'):
        bench.run(path, "ports", tmp_path / "a.mcap", realtime=True)


def test_an_obc_that_was_started_without_lines_is_refused(tmp_path):
    """As commands do that make many runs and know no lines."""
    rig = load_rig(
        write(tmp_path, edited(RIG, "wire = false", "").replace("usart = 3", "usart = 6"))
    )
    with (
        open_obc("library") as obc,
        pytest.raises(RigError, match="here the OBC was started without lines"),
    ):
        bench.Bench([bench.Member(rig, obc, tmp_path / "a.mcap")]).run()


# -- a line ----------------------------------------------------------------------------------------


def load_line(baud):
    return Line(name="a", baud=baud, device=(OnLine(device="wheel 5"),))


def crc(body):
    return crc16_mcrf4xx(body).to_bytes(2, "little").hex()


def imu(tmp_path, *, paced, extra=""):
    rig = load_rig(
        write(tmp_path, edited(RIG, 'protocol = "stim300"', f'protocol = "stim300"{extra}'))
    )
    (end, _) = ends(rig.line, rig.spacecraft.devices, paced=paced)
    end.power_on(0)
    return end


def test_octets_are_there_when_the_line_has_carried_them(tmp_path):
    end = imu(tmp_path, paced=True)
    start_ns, octet_ns = 300 * MS, 10**10 // 460_800
    assert end.send(start_ns + 25 * octet_ns) == b""
    assert len(end.send(start_ns + 26 * octet_ns + 26)) == 26
    assert end.due_ns is None


def test_two_devices_on_a_line_speak_one_after_the_other():
    protocol = protocols()["nsp"]
    seats = []
    for address in (5, 6):
        device = protocol.device(Settings("wheel", address=address))
        seats.append(Seat(f"wheel {address}", "wheel", device, protocol))
    line = load_line(115_200)
    end = End(line, seats, paced=True)
    end.power_on(0)
    asked = b"".join(protocol.command(f"{a:02x}1180" + crc(bytes([a, 0x11, 0x80]))) for a in (5, 6))
    end.take(asked, 100 * MS)
    one = len(end.send(104 * MS))  # asked at 100, answered from 101 on, 29 octets take 2.5 ms
    both = one + len(end.send(200 * MS))
    assert (one, both) == (29, 58)


def asked_together(duplex, apart_ns):
    """Have two wheels answer a ping; return the line's end, and what is heard of them."""
    protocol = protocols()["nsp"]
    seats = []
    for address in (5, 6):
        device = protocol.device(Settings("wheel", address=address))
        seats.append(Seat(f"wheel {address}", "wheel", device, protocol))
    end = End(load_line(115_200).model_copy(update={"duplex": duplex}), seats, paced=True)
    end.power_on(0)
    for n, a in enumerate((5, 6)):
        end.take(
            protocol.command(f"{a:02x}1180" + crc(bytes([a, 0x11, 0x80]))), 100 * MS + n * apart_ns
        )
    reader = protocol.from_device()
    heard = [each for at in range(90, 200) for each in reader.read(end.send(at * MS))]
    return end, [each.values["from"] for each in heard if each.name]


@pytest.mark.parametrize("apart_us", [0, 20, 500, 2000])
def test_two_answers_at_once_on_a_half_duplex_line_are_none(apart_us):
    end, heard = asked_together("half", 1000 * apart_us)
    assert heard == []
    assert end.collisions == 1


@pytest.mark.parametrize("paced", [True, False])
def test_an_obc_that_speaks_into_an_answer_on_a_half_duplex_line_is_not_understood(paced):
    protocol = protocols()["nsp"]
    line = load_line(115_200).model_copy(update={"duplex": "half"})
    device = protocol.device(Settings("wheel", address=5))
    end = End(line, [Seat("wheel 5", "wheel", device, protocol)], paced=paced)
    end.power_on(0)
    ping = protocol.command("051180" + crc(bytes([5, 0x11, 0x80])))

    def heard(until_ms):
        if paced:
            return end.send(until_ms * MS)
        return b"".join(data for _, data in end.bursts(until_ms * MS))

    end.take(ping, 100 * MS)  # answered from 101 ms on, 29 octets take 2.5 ms
    first = heard(102)
    end.take(ping, 102 * MS)
    first += heard(200)
    assert (len(first), end.collisions) == (29, 1)
    end.take(ping, 300 * MS)
    assert len(heard(400)) == 29
    assert end.collisions == 1


def test_answers_one_after_the_other_are_heard_and_full_duplex_lines_keep_them_apart():
    end, heard = asked_together("half", 4 * MS)  # answered from 1 ms on, 29 octets take 2.5 ms
    assert (end.collisions, heard) == (0, [5, 6])
    assert asked_together("full", 0)[1] == [5, 6]


@pytest.mark.parametrize("slice_us", [37, 100, 1000])
def test_what_is_garbled_does_not_depend_on_how_time_is_handed_out(slice_us):
    def octets(step_us):
        bus = Bus(86_806)
        bus.say(0, 1_000_000, bytes(range(40)))
        bus.say(1, 2_222_222, b"\x55" * 30)
        pieces = [bus.heard(1000 * at) for at in range(0, 10_000, step_us)]
        return [(begin_ns, n, octet) for piece in pieces for begin_ns, data in piece
                for n, octet in enumerate(data)]  # fmt: skip

    whole = octets(9_999)
    flat = [(begin_ns + n * 86_806, octet) for begin_ns, n, octet in whole]
    assert [(b + n * 86_806, o) for b, n, o in octets(slice_us)] == flat
    assert [octet for _, octet in flat][:14] == list(range(14))


def test_a_device_measures_in_its_own_axes(tmp_path):
    """A device turned by +90 degrees about z sees the body's x along its -y."""
    end = imu(tmp_path, paced=False, extra=f"\n{MOUNTED}")
    (seat,) = end.seats
    end.send(1000 * MS)
    end.measure(seat, Measured((0.1, 0.0, 0.0), True, UTC_ns), 2000 * MS)
    (heard,) = protocols()["stim300"].from_device().read(end.send(2000 * MS))
    assert np.radians(heard.values["rate_deg_s"]) == pytest.approx((0.0, -0.1, 0.0), abs=1e-6)


def test_what_a_device_was_once_told_it_still_knows(tmp_path):
    told_once = '\nsetup = ["SERVICEMODE", "d 90", "x"]'
    end = imu(tmp_path, paced=False, extra=told_once)
    (seat,) = end.seats
    assert len(end.send(400 * MS)) == 26  # the configuration, and no answers
    for begin_ms in (1000, 3000):
        end.measure(seat, Measured((0.1, 0.0, 0.0), True, UTC_ns), begin_ms * MS)
        assert len(end.send(begin_ms * MS)) == 18
        end.restart(seat, (begin_ms + 10) * MS)
        end.send((begin_ms + 1000) * MS)


# -- a loop ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A flight software that knows no bench, which damps rates, by the bench's clock."""
    folder = tmp_path_factory.mktemp("lines")
    path = write(folder, edited(RIG, "duration_s = 6.0", "duration_s = 9.0"))
    rig = load_rig(path)
    result = bench.run(rig, "posix-lines", folder / "run.mcap", firmware=program(folder))
    return Recording(result.recording)


def test_a_loop_is_closed_over_lines_alone(run):
    rate = np.linalg.norm(run["truth_rate_body_rad_s"], axis=1)
    assert rate[-1] < 0.4 * rate[0]
    assert run.complete
    assert run.metadata["counters"]["line_octets_dropped"] == "0"
    assert run.metadata["counters"]["line_noises"] == "0"


@pytest.mark.slow
def test_the_same_loop_is_closed_in_real_time(tmp_path):
    result = bench.run(
        write(tmp_path), "posix", tmp_path / "a.mcap", firmware=program(tmp_path), realtime=True
    )
    rate = np.linalg.norm(Recording(result.recording)["truth_rate_body_rad_s"], axis=1)
    assert rate[-1] < 0.4 * rate[0]


def test_the_octets_of_lines_are_recorded_and_decoded(run):
    code, out = command_line("sniff", run.path, "--line", "wheels", "--json")
    assert code == 0
    said = [json.loads(line) for line in out.splitlines()]
    inits = [each for each in said if each["message"] == "init"]
    assert [each["from_obc"] for each in inits] == [True, False] * 3
    assert all(each["why_none"] is None for each in said)
    code, out = command_line("sniff", run.path, "--line", "imu")
    assert "> OBC  stim300  datagram 94  rate_deg_s (" in out
    code, out = command_line("sniff", run.path, "--line", "imo")
    assert code == 2


def test_a_recording_with_lines_is_recovered_whole(run, tmp_path):
    half = tmp_path / "half.mcap"
    half.write_bytes(run.path.read_bytes()[: -run.path.stat().st_size // 3])
    assert recover(half, tmp_path / "new.mcap")
    new = Recording(tmp_path / "new.mcap")
    kept = list(new.device_lines())
    assert kept
    assert kept == list(run.device_lines())[: len(kept)]


def test_the_program_that_ends_is_told_with_its_last_words(tmp_path):
    dead = tmp_path / "dead"
    dead.write_text("#!/bin/sh\necho no such line >&2\nexit 3\n")
    dead.chmod(0o755)
    with pytest.raises(ObcError, match="ended with exit status 3: no such line"):
        bench.run(write(tmp_path), "posix", tmp_path / "a.mcap", firmware=dead, realtime=True)


def test_the_wiring_is_printed(tmp_path):
    code, out = command_line("lines", write(tmp_path), "--json")
    imu_line, wheels = json.loads(out)
    assert code == 0
    assert imu_line["leads_to"] == "USART2, TX PA2, RX PA3"
    assert (imu_line["to_obc"], imu_line["most"]) == (20.0 * 25, 46_080.0)
    assert wheels["devices"][1] == "wheel y (nsp 0xC0)"
    assert wheels["load"] == pytest.approx(3 * 20 * (22 + 23) / 11_520)
    _, out = command_line("lines", DIER5)
    assert "rod 0 on pins: plus TIM3_CH1, minus TIM3_CH2" in out


# -- the page --------------------------------------------------------------------------------------

PAGE = protocolpage.PAGE.read_text()


def test_the_pages_table_of_protocols_is_that_of_the_registry():
    committed = PAGE.partition(protocolpage.BEGIN)[2].partition("\n" + protocolpage.END)[0]
    assert committed == protocolpage.page(built_in()), "stale: `hil lines --write` makes it anew"


def test_the_pages_example_is_a_rig(tmp_path):
    example = PAGE.partition("<!-- example -->\n```toml\n")[2].partition("```")[0]
    head = RIG.partition("[obc]")[0]
    rig = load_rig(write(tmp_path, head + example))
    assert [line.name for line in rig.line] == ["imu", "wheels"]


# -- the reference flight software on its drivers --------------------------------------------------

DIER5 = Path(__file__).parents[1] / "rigs" / "dier5_nadir_lines.toml"


def off_arcsec(run):
    """Return how far the payload's axis is from the nadir, step by step."""
    z = apply(run["truth_q_eci_from_body"], np.array([0.0, 0.0, 1.0]))
    down = -run["truth_position_eci_m"]
    down /= np.linalg.norm(down, axis=1, keepdims=True)
    return 3600.0 * np.degrees(np.linalg.norm(np.cross(z, down), axis=1))


def no_octet_is_lost(run):
    counters = run.metadata["counters"]
    return counters["line_noises"] == counters["line_octets_dropped"] == "0"


def missed(rig, run):
    return [verdict.text for verdict in evaluate(rig, [run]) if not verdict.met]


@pytest.mark.slow
def test_the_flight_software_on_its_own_lines_holds_its_rig(tmp_path):
    """As a host process on four pseudo-terminals, by the bench's clock."""
    rig = load_rig(DIER5).with_overrides(duration_s=150.0)
    result = bench.run(rig, None, tmp_path / "run.mcap")
    run = Recording(result.recording)
    assert result.place == "posix-lines"
    assert missed(rig, run) == []
    assert off_arcsec(run)[0] > 20_000.0
    assert no_octet_is_lost(run)


@pytest.mark.slow
def test_the_flight_software_on_its_own_lines_points_at_the_nadir(tmp_path):
    """In real time on four pseudo-terminals, by its own clock."""
    rig = load_rig(DIER5).with_overrides(duration_s=50.0)
    result = bench.run(rig, "posix", tmp_path / "run.mcap", realtime=True)
    run = Recording(result.recording)
    assert off_arcsec(run)[run["time_s"] > 47.0].max() < 42.0
    told = run["command_wheel_torque_Nm"][-100:]
    assert np.isfinite(told[:, :3]).all()
    assert run.metadata["counters"]["line_noises"] == "0"


@pytest.mark.slow
@pytest.mark.emulator
def test_the_image_for_the_board_does_the_same_on_four_emulated_usarts(tmp_path):
    """In real time, by the board's own timer."""
    rig = load_rig(DIER5).with_overrides(duration_s=60.0)
    result = bench.run(rig, "qemu", tmp_path / "run.mcap", realtime=True)
    run = Recording(result.recording)
    assert off_arcsec(run)[run["time_s"] > 55.0].max() < 42.0
    assert no_octet_is_lost(run)


@pytest.mark.slow
@pytest.mark.emulator
def test_the_image_holds_its_rig_in_slices_of_the_boards_time_octet_for_octet(tmp_path):
    """An image that knows no bench, in lockstep: no help from it, and no difference."""
    rig = load_rig(DIER5)
    runs = []
    for each in (rig, rig.with_overrides(duration_s=40.0)):
        result = bench.run(each, "qemu-lines", tmp_path / f"{each.duration_s:g}.mcap")
        runs.append(Recording(result.recording))
    whole, begun = runs
    assert missed(rig, whole) == []
    assert no_octet_is_lost(whole)
    octets = list(begun.device_lines())
    assert len(octets) > 1000
    assert octets == list(whole.device_lines())[: len(octets)]
    for name in ("truth_rate_body_rad_s", "truth_wheel_speed_rad_s"):
        assert np.array_equal(begun[name], whole[name][: len(begun[name])])


def test_slices_are_for_lines_only_and_need_a_compiler(tmp_path, monkeypatch):
    path = write(tmp_path)
    with pytest.raises(RigError, match="leave --realtime out"):
        bench.run(path, "qemu-lines", tmp_path / "a.mcap", realtime=True)
    monkeypatch.setattr(plugin, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(plugin.shutil, "which", lambda _: None)
    with pytest.raises(ObcError, match="needs a C compiler for the emulator's plugin"):
        plugin.lockstep_plugin()


def test_the_plugin_compiles_without_a_warning(tmp_path):
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    sources = sorted((Path(__file__).parents[1] / "qemu_plugin").glob("*.[ch]"))
    assert all("SPDX-License-Identifier: GPL-2.0-or-later" in each.read_text() for each in sources)
    source = [each for each in sources if each.suffix == ".c"]
    flags = [*plugin._FLAGS, "-Wall", "-Wextra", "-Werror", "-Wpedantic"]
    subprocess.run([compiler, *flags, "-o", tmp_path / "a.so", *source], check=True)
