"""Faults of devices' own lines, and of the devices on them: what passes, what is counted."""

import struct

import pytest
from lines_rigs import CRAFT, RIG, write
from protocol_frames import FROM_DEVICE, UNCHECKED
from rig_files import edited, told

from hil.cli import protocolpage
from hil.cli.faultpage import example
from hil.faults import KINDS, Injector
from hil.faults.kind import ON_LINE, OWN_LINE
from hil.faults.ownline import with_wrong_checksum
from hil.lines.build import ends
from hil.protocols import nsp
from hil.protocols.device import MS, Measured
from hil.protocols.registry import built_in
from hil.rig import load_rig
from hil.survey.plan import plan_of

PERIOD_ns = 50 * MS


class World:
    """Of no use to faults of lines."""

    sensors = ()

    def schedule(self):
        """Nothing changes."""


class Bench:
    """Both lines of the rig without a world: steps, what comes to the OBC, what it says."""

    def __init__(self, tmp_path, *faults):
        tables = "".join(
            "\n[[fault]]\n" + "\n".join(f"{key} = {value!r}" for key, value in each.items())
            for each in faults
        )
        rig = load_rig(write(tmp_path, RIG + tables))
        self.events, self.step = [], -1
        self.ends = {
            end.line.name: end for end in ends(rig.line, rig.spacecraft.devices, paced=False)
        }
        self.injector = Injector(
            rig.fault, World(), 1, rig.step_s, lambda name, text: self.events.append(name)
        )
        self.injector.put_on_lines(list(self.ends.values()), lambda: self.now_ns)
        for end in self.ends.values():
            end.power_on(0)

    @property
    def now_ns(self):
        return self.step * PERIOD_ns

    def go(self, steps, say=b""):
        """Take steps; return the octets that came from both lines, by line."""
        came = dict.fromkeys(self.ends, b"")
        for _ in range(steps):
            self.step += 1
            self.injector.begin_step(self.step, 1.0)
            imu = self.ends["imu"]
            imu.measure(imu.seats[0], Measured((0.1, 0.0, 0.0), True, 0), self.now_ns)
            self.ends["wheels"].take(say, self.now_ns)
            for name, end in self.ends.items():
                came[name] += end.send(self.now_ns + PERIOD_ns - 1)
        return came


def fault(device, kind, **keys):
    return {"name": "f", "device": device, "kind": kind, "at_s": 1.0, **keys}


def read(data, protocol="stim300"):
    reader = built_in()[protocol].from_device()
    return reader.read(data) + reader.rest()


INIT = nsp.frame(0x21, 0x11, nsp.POLL | nsp.INIT, struct.pack("<I", 0x1000))
SPEED = nsp.read_file(0x21, nsp.FILE_SPEED)


def test_a_wrong_checksum_is_refused_and_the_rest_of_the_message_is_as_it_was(tmp_path):
    bench = Bench(tmp_path, fault("gyro 0", "wrong_checksum", count=3))
    bench.go(20)
    heard = read(bench.go(10)["imu"])
    assert [each.name for each in heard] == ["", *["datagram 94"] * 7]
    assert (len(heard[0].data), heard[0].why) == (75, "wrong checksum")
    assert bench.injector.counts() == {"f": 3}


@pytest.mark.parametrize("name", sorted(built_in()))
def test_a_wrong_checksum_can_be_had_of_every_protocol_that_has_one(name):
    protocol = built_in()[name]
    for message in FROM_DEVICE[name]:
        damaged = with_wrong_checksum(protocol, message)
        assert (damaged is None) == (name in UNCHECKED) == (not protocol.checksum)
        if damaged is not None:
            assert not [each for each in read(damaged, name) if each.name]
            assert len(damaged) == len(message)


def test_an_unplugged_line_carries_nothing_either_way(tmp_path):
    bench = Bench(tmp_path, fault("line wheels", "silence", duration_s=0.5))
    assert len(bench.go(20, say=INIT)["wheels"]) > 0
    assert bench.go(10, say=SPEED)["wheels"] == b""
    wheels = bench.ends["wheels"].seats[0].device
    assert wheels.reader.refused == 0
    assert bench.injector.counts() == {"f": 10}  # what the OBC said: the wheels heard nothing of it
    (answer, *_) = read(bench.go(1, say=SPEED)["wheels"], "nsp")
    assert answer.values["value"] == 0.0


def test_a_broken_wire_to_the_obc_leaves_the_other_way_whole(tmp_path):
    bench = Bench(tmp_path, fault("line wheels to_obc", "silence"))
    bench.go(20)
    assert bench.go(10, say=INIT)["wheels"] == b""
    assert bench.ends["wheels"].seats[0].device.running
    assert bench.injector.counts() == {"f": 10}


def test_messages_from_the_obc_that_are_cut_or_flipped_are_noise_to_the_device(tmp_path):
    bench = Bench(tmp_path, fault("line wheels from_obc", "flip_bits", bit_error_rate=0.02))
    bench.go(20, say=INIT)
    bench.go(100, say=SPEED)
    hit = bench.injector.counts()["f"]
    noises = bench.ends["wheels"].seats[0].device.reader.refused
    assert hit > 50
    assert 10 < noises < hit


def test_noise_stands_between_messages_and_is_told_as_such(tmp_path):
    bench = Bench(tmp_path, fault("line imu to_obc", "noise_octets", octets=20))
    bench.go(20)
    heard = read(bench.go(10)["imu"])
    assert sum(each.name == "" for each in heard) == 10
    assert sum(each.name == "datagram 94" for each in heard) == 10
    assert bench.injector.counts() == {"f": 200}


def test_dropped_and_doubled_messages_are_whole_ones(tmp_path):
    bench = Bench(tmp_path, fault("line imu to_obc", "drop", count=4))
    bench.go(20)
    assert [each.name for each in read(bench.go(6)["imu"])] == ["datagram 94"] * 2
    assert bench.injector.counts() == {"f": 4}
    bench = Bench(tmp_path, fault("line imu", "duplicate", count=2))
    bench.go(20)
    counters = [each.values["counter"] for each in read(bench.go(4)["imu"])]
    assert len(counters) == 6
    assert counters[0] == counters[1] != counters[2] == counters[3] != counters[4]


def test_a_device_that_restarts_in_mid_run_is_silent_and_then_says_its_banner(tmp_path):
    bench = Bench(tmp_path, fault("gyro 0", "restart"))
    bench.go(20)
    assert bench.go(6)["imu"] == b""  # 0.3 s of start-up
    heard = read(bench.go(4)["imu"])
    assert [each.name for each in heard] == ["configuration", *["datagram 94"] * 4]
    assert heard[1].values["status"] & 0x40  # it says that it is starting
    assert bench.injector.counts() == {"f": 1}
    assert bench.events == ["fault_began", "fault_ended"]


def test_a_wheel_that_loses_power_forgets_its_start_and_its_torque(tmp_path):
    bench = Bench(tmp_path, fault("wheel x", "restart", duration_s=0.5))
    bench.go(2)
    torque = nsp.set_mode(0x21, nsp.TORQUE, 1e-3)
    bench.go(17, say=INIT + torque)
    wheel = bench.ends["wheels"].seats[0].device
    assert wheel.drive.torque_Nm == pytest.approx(1e-3)
    bench.go(1)
    assert bench.go(10, say=torque)["wheels"] == b""
    assert wheel.drive is None
    answers = read(bench.go(4, say=SPEED)["wheels"], "nsp")
    assert [each.values["ack"] for each in answers] == [
        False
    ] * 3  # deaf at first, then boot loader
    assert wheel.drive.torque_Nm == 0.0


def test_a_hung_wheel_drives_on_and_starts_anew_at_the_end(tmp_path):
    bench = Bench(tmp_path, fault("wheel x", "hung", duration_s=0.5))
    bench.go(2)
    bench.go(18, say=INIT + nsp.set_mode(0x21, nsp.TORQUE, 1e-3))
    wheel = bench.ends["wheels"].seats[0].device
    assert bench.go(10, say=nsp.set_mode(0x21, nsp.TORQUE, -1e-3))["wheels"] == b""
    assert wheel.drive.torque_Nm == pytest.approx(1e-3)
    bench.go(2)
    assert (wheel.running, wheel.drive.torque_Nm) == (False, 0.0)


def test_a_frozen_device_repeats_its_last_message_counter_and_all(tmp_path):
    bench = Bench(tmp_path, fault("gyro 0", "frozen", duration_s=0.5))
    before = read(bench.go(20)["imu"])[-1].data
    assert {each.data for each in read(bench.go(10)["imu"])} == {before}
    assert read(bench.go(1)["imu"])[-1].data != before
    assert bench.injector.counts() == {"f": 10}


# -- what a rig may say ----------------------------------------------------------------------------

TABLE = '\n[[fault]]\nname = "f"\ndevice = "{}"\nkind = "{}"\nat_s = 1.0\n{}\n'


@pytest.mark.parametrize(
    ("device", "kind", "keys", "sentence"),
    [
        ("line imo", "silence", "", 'device = "line imo": no such device; did you mean line imu?'),
        ("line to_obc", "silence", "", "there is no line to_obc: [obc] wire = false"),
        (
            "line imu",
            "reorder",
            "probability = 0.1",
            "line imu cannot have reorder; a device's line can have drop, flip_bits, cut, "
            "duplicate, noise_octets, silence",
        ),
        ("line imu", "hung", "", "line imu cannot have hung; a device's line can have drop"),
        ("gyro 0", "wrong_checksum", "", "kind wrong_checksum needs one of probability, count"),
        ("obc", "clock_drift", "ppm = 5.0", "is of the time that the bench tells the OBC"),
    ],
)
def test_a_fault_that_cannot_be_is_one_sentence(tmp_path, device, kind, keys, sentence):
    assert sentence in told(write(tmp_path, RIG + TABLE.format(device, kind, keys)))


def test_a_device_on_no_line_says_nothing_that_could_fail(tmp_path):
    rig = edited(RIG, "wire = false", "") + TABLE.format("gyro 1", "frozen", "")
    gyro = "\n[[gyro]]\nrate_hz = 20.0\nangle_random_walk_deg_sqrt_h = 0.15\n"
    words = told(write(tmp_path, rig, CRAFT + gyro))
    assert "gyro 1 cannot have frozen while it is on no [[line]]; a sensor can have silent" in words


def test_a_protocol_without_a_checksum_cannot_have_a_wrong_one(tmp_path):
    field = "\n[[magnetometer]]\nrate_hz = 5.0\nnoise_nT = 30.0\n"
    line = '\n[[line]]\nname = "mag"\nbaud = 9600\n[[line.device]]\ndevice = "magnetometer 0"\n'
    rig = RIG + line + 'protocol = "hmr2300"\n'
    rig += TABLE.format("magnetometer 0", "wrong_checksum", "probability = 0.5")
    words = told(write(tmp_path, rig, CRAFT + field))
    assert "magnetometer 0 speaks hmr2300, which has no checksum" in words


def test_a_line_is_not_called_as_a_direction_is(tmp_path):
    words = told(write(tmp_path, RIG.replace('name = "imu"', 'name = "to_obc"')))
    assert '[[line]] "to_obc": faults call a direction so: take another name' in words


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if ON_LINE in kind.on])
def test_each_example_of_the_page_fits_a_rig_with_lines(tmp_path, name):
    text = example(KINDS[name]).replace("at_s = 20.0", "at_s = 1.0")
    assert load_rig(write(tmp_path, f"{RIG}\n{text}\n")).fault[0].kind == name


def test_the_pages_example_fits_a_rig(tmp_path):
    text = protocolpage.PAGE.read_text().partition("<!-- faults -->\n```toml\n")[2]
    rig = edited(RIG, "duration_s = 6.0", "duration_s = 60.0")
    faults = load_rig(write(tmp_path, f"{rig}\n{text.partition('```')[0]}")).fault
    assert [each.kind for each in faults] == ["silence", "wrong_checksum", "restart"]


def test_every_kind_of_a_line_is_planned_on_every_line_and_device(tmp_path):
    rig = load_rig(write(tmp_path))
    about = {each for trial in plan_of(rig).trials for each in trial.about}
    for name, kind in KINDS.items():
        for line in ("imu", "wheels"):
            assert ((f"line {line} to_obc", name) in about) == (OWN_LINE in kind.on)
        assert (("wheel x", name) in about) == bool({"wheel", ON_LINE} & set(kind.on))
    assert not [device for device, _ in about if device in ("line to_obc", "line from_obc")]
