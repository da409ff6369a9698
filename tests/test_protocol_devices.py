"""Emulated devices behave as the real parts: start-up, commands, errors, what they say when."""

import math
import struct
from importlib.metadata import EntryPoint

import numpy as np
import pytest
from protocol_frames import FIX

from hil.errors import DeviceError
from hil.protocols import hmr2300, nsp, registry, sagitta, stim300, ubx, vn100
from hil.protocols.device import MS, Drive, Measured, S, Settings
from hil.protocols.registry import protocols
from hil.protocols.slip import encoded

UTC = FIX.utc_ns


class Bench:
    """A device, told and asked at times in ms; what it says is read by its own protocol."""

    def __init__(self, name, kind="", **settings):
        self.protocol = protocols()[name]
        self.device = self.protocol.device(Settings(kind=kind, **settings))
        self.device.power_on(0)

    def tell(self, text, at_ms):
        octets = text if isinstance(text, bytes) else self.protocol.command(text)
        self.device.take(octets, at_ms * MS)

    def measure(self, values, at_ms, valid=True, utc_ns=None):
        when = UTC + at_ms * MS if utc_ns is None else utc_ns
        self.device.measure(Measured(tuple(values), valid, when), at_ms * MS)

    def raw(self, at_ms):
        return self.device.send(at_ms * MS)

    def said(self, at_ms):
        return [each for each in self.protocol.from_device().read(self.raw(at_ms)) if each.name]


def test_a_gyro_streams_by_itself_and_says_that_it_starts():
    gyro = Bench("stim300", rate_hz=100.0)
    gyro.measure((0.0, 0.0, 0.0), 100)
    assert gyro.raw(200) == b""
    assert [each.name for each in gyro.said(300)] == ["configuration"]
    gyro.measure((0.01, -0.02, 0.03), 400)
    gyro.measure((0.01, -0.02, 0.03), 2000)
    first, second = gyro.said(2000)
    assert (first.values["status"], second.values["status"]) == (stim300.STARTING, 0)
    assert (second.values["counter"] - first.values["counter"]) % 256 == 20  # of 2 000 Hz
    rate = np.radians(second.values["rate_deg_s"])
    assert np.allclose(rate, (0.01, -0.02, 0.03), atol=0.5 * np.radians(stim300.RATE_deg_s))


@pytest.mark.parametrize("name", ["stim300", "stim210"])
def test_a_triggered_gyro_speaks_once_an_edge_and_not_with_its_samples(name):
    gyro = protocols()[name].device(Settings("gyro", 10.0))
    gyro.triggered = True
    gyro.power_on(0)
    gyro.send(5 * S)
    gyro.measure(Measured((0.1, 0.0, 0.0), True, 0), 5 * S)
    assert gyro.due_ns is None
    for at_ns in (5 * S + MS, 5 * S + 2 * MS):
        gyro.trigger(at_ns, at_ns + 86_000)
        assert gyro.due_ns == at_ns + 86_000
        reader = protocols()[name].from_device()
        (heard,) = reader.read(gyro.send(at_ns + 86_000))
        assert heard.values["rate_deg_s"][0] == pytest.approx(math.degrees(0.1), abs=1e-4)


def test_a_gyro_beyond_its_range_says_overload():
    gyro = Bench("stim300")
    gyro.raw(1000)
    gyro.measure((100.0, 0.0, 0.0), 2000, valid=False)
    (said,) = gyro.said(2000)
    assert said.values["status"] == stim300.OVERLOAD
    assert said.values["rate_deg_s"][0] == pytest.approx(512.0, abs=1e-3)


def test_a_gyros_increments_add_up_to_the_angle():
    gyro = Bench("stim300", rate_hz=10.0)
    for line in ("SERVICEMODE", "u i", "x"):
        gyro.tell(line, 1500)
    gyro.raw(1600)
    gyro.measure((0.5, 0.0, 0.0), 2000)
    (said,) = gyro.said(2000)
    counts = said.values["rate_deg_s"][0] / stim300.RATE_deg_s
    assert counts * stim300.ANGLE_deg == pytest.approx(np.degrees(0.5 * 0.1), rel=1e-6)


@pytest.mark.parametrize("number", [0x94, 0xA7, 0xAF])
def test_stim300_tells_its_temperature_in_256ths_of_a_degree(number):
    """With one group of axes or three, each of which has temperatures of its own."""
    octets = stim300.datagram(number, (1, 2, 3), temperature=-40 * 256 + 64, counter=9)
    (said,) = protocols()["stim300"].from_device().read(octets)
    assert said.values["temperature_degC"] == -39.75
    assert said.values["counter"] == 9


def test_stim210_takes_another_datagram_in_service_mode():
    gyro = Bench("stim210")
    for line in ("SERVICEMODE", "d p", "r 3", "x N"):
        gyro.tell(line, 1500)
    gyro.measure((0.0, 0.0, 0.0), 2000)
    said = gyro.raw(2000)
    assert (said[0], len(said), said[-2:]) == (0xA8, 21 + 2, b"\r\n")


def test_a_tracker_boots_is_subscribed_and_then_speaks_unasked():
    tracker = Bench("sagitta")
    tracker.tell(sagitta.request(2, sagitta.SOLUTION), 150)
    tracker.measure((0.0, 0.0, 0.0, 1.0), 160)
    assert tracker.raw(190) == b""
    tracker.tell("210301" + "01", 200)
    (booted,) = tracker.said(201)
    assert (booted.name, booted.values["status"]) == ("answer", 0)
    tracker.tell(sagitta.request(0, sagitta.SUBSCRIPTION, bytes([24, 27] + [0] * 14)), 900)
    assert tracker.said(901)[0].values["status"] == 0
    tracker.measure((0.0, 0.6, 0.0, 0.8), 1000)
    solution, temperature = tracker.said(1000)
    assert solution.values["q_eci_from_tracker"] == pytest.approx((0.0, 0.6, 0.0, 0.8))
    assert temperature.values["temperature_degC"][1] == pytest.approx(20.0)
    tracker.measure((0.0, 0.0, 0.0, 0.0), 1100, valid=False)
    assert tracker.said(1100)[0].values["valid"] is False


def test_a_tracker_is_deaf_while_it_starts_and_measures_when_it_has_booted():
    """Its own times, guessed as its protocol says: 100 ms to hear, 500 ms to boot."""
    tracker = Bench("sagitta")
    boot, subscribe = (
        "210301" + "01",
        sagitta.request(0, sagitta.SUBSCRIPTION, bytes([24]) + bytes(15)),
    )
    tracker.tell(boot, 99)
    assert tracker.raw(650) == b""
    tracker.tell(boot, 700)
    tracker.tell(subscribe, 710)
    tracker.raw(800)
    for at_ms in (1199, 1200):
        tracker.measure((0.0, 0.6, 0.0, 0.8), at_ms)
    (solution,) = tracker.said(1200)
    assert (solution.name, solution.values["counter"]) == ("solution", 1)


def test_a_tracker_refuses_what_it_does_not_know_and_ignores_a_wrong_hash():
    tracker = Bench("sagitta")
    tracker.tell(sagitta.request(3, 99), 200)
    assert tracker.said(300)[0].values["status"] == 1
    tracker.tell(encoded(b"\x21\x03\x01\x01" + bytes(4)), 300)
    assert tracker.raw(400) == b""


def test_a_trackers_clock_is_set():
    tracker = Bench("sagitta")
    tracker.tell("21030101", 200)
    tracker.tell(sagitta.request(3, sagitta.SET_TIME, struct.pack("<Q", 10**15)), 300)
    tracker.tell(sagitta.request(2, sagitta.TIME), 1300)
    time = tracker.said(1400)[-1]
    assert time.values["clock_us"] == 10**15 + 1_000_000


def test_a_receiver_logs_what_it_is_told_to_and_answers():
    receiver = Bench("novatel")
    assert receiver.raw(1000) == b"\r\n[COM1]"
    receiver.tell("log com1 bestxyzb ontime 1", 1000)
    assert receiver.raw(1005) == b"\r\n<OK\r\n[COM1]"
    for at_ms in range(1100, 3200, 100):
        receiver.measure(FIX.values, at_ms)
    logs = receiver.said(3200)
    assert [each.name for each in logs] == ["BESTXYZ"] * 3
    assert logs[0].values["position_ecef_m"] == FIX.values[:3]
    assert logs[1].values["utc_ns"] - logs[0].values["utc_ns"] == S


@pytest.mark.parametrize("line", ["log com1 bestposs ontime 1", "hello", "log bestxyzb ontime 0"])
def test_a_receiver_says_what_is_wrong_with_a_command(line):
    receiver = Bench("novatel")
    receiver.raw(1000)
    receiver.tell(line, 1000)
    assert receiver.raw(1100).startswith(b"\r\n<ERROR:")


def test_a_receiver_without_antenna_has_no_fix_and_forgets_unsaved_logs():
    receiver = Bench("novatel")
    for line in ("log bestxyzb ontime 1", "saveconfig", "log timeb ontime 1", "antennapower off"):
        receiver.tell(line, 1000)
    receiver.raw(1100)
    receiver.measure(FIX.values, 1200)
    xyz, time = receiver.said(1200)
    assert (xyz.values["position_status"], time.values["utc_valid"]) == (1, 0)
    receiver.tell("reset", 1300)
    receiver.measure(FIX.values, 2400)
    assert [each.name for each in receiver.said(2400)] == ["BESTXYZ"]


def test_a_wheel_obeys_after_init_and_says_its_speed():
    wheel = Bench("nsp", address=0xC0, inertia_kg_m2=2e-5)
    wheel.measure((123.5,), 100)
    wheel.tell(nsp.set_mode(0xC0, nsp.TORQUE, 1e-3), 100)
    assert [each.values["ack"] for each in wheel.said(101)] == [False]
    wheel.tell(nsp.frame(0xC0, nsp.HOST, nsp.POLL | nsp.INIT, b"\0\x10\0\0"), 110)
    wheel.tell(nsp.set_mode(0xC0, nsp.TORQUE, 1e-3), 120)
    assert [each.values["ack"] for each in wheel.said(121)] == [True, True]
    assert wheel.device.drive.torque_Nm == pytest.approx(1e-3)
    for file, value in ((nsp.FILE_SPEED, 123.5), (nsp.FILE_MOMENTUM, 123.5 * 2e-5)):
        wheel.tell(nsp.read_file(0xC0, file), 200)
        (answer,) = wheel.said(201)
        assert (answer.values["file"], answer.values["value"]) == (file, pytest.approx(value))
        assert (answer.values["to"], answer.values["from"]) == (nsp.HOST, 0xC0)


@pytest.mark.parametrize(
    ("mode", "value", "drive", "obeyed"),
    [
        (nsp.SPEED, 100.0, Drive(speed_rad_s=100.0), True),
        (nsp.MOMENTUM, 4e-3, Drive(speed_rad_s=200.0), True),  # of 2e-5 kg m2
        (nsp.IDLE, 0.0, Drive(), True),
        (0x1E, 1.0, Drive(torque_Nm=1e-3), False),
        (nsp.SPEED, math.nan, Drive(torque_Nm=1e-3), False),
    ],
)
def test_a_wheels_mode_is_what_it_drives_to_and_one_that_it_lacks_changes_nothing(
    mode, value, drive, obeyed
):
    wheel = Bench("nsp", address=5, inertia_kg_m2=2e-5)
    wheel.tell(nsp.frame(5, nsp.HOST, nsp.INIT, b"\0\x10\0\0"), 100)
    wheel.tell(nsp.set_mode(5, nsp.TORQUE, 1e-3), 110)
    wheel.raw(120)
    wheel.tell(nsp.set_mode(5, mode, value), 130)
    assert [each.values["ack"] for each in wheel.said(140)] == [obeyed]
    assert wheel.device.drive.torque_Nm == pytest.approx(drive.torque_Nm)
    assert wheel.device.drive.speed_rad_s == pytest.approx(drive.speed_rad_s)


def test_a_wheel_does_not_answer_what_is_for_another():
    wheel = Bench("nsp", address=5)
    wheel.tell(nsp.frame(6, nsp.HOST, nsp.POLL | nsp.PING), 100)
    assert wheel.raw(200) == b""
    wheel.tell(nsp.frame(5, nsp.HOST, nsp.PING), 200)  # not polled: obeyed without an answer
    assert wheel.raw(300) == b""


def test_a_ublox_receiver_acknowledges_and_refuses():
    receiver = Bench("ubx")
    assert receiver.raw(1000) == b"$GNTXT,01,01,02,u-blox AG - www.u-blox.com*4E\r\n"
    receiver.tell(ubx.frame((0x06, 0x8A), b"\0\1\0\0"), 1000)
    receiver.tell(ubx.frame((0x06, 0x77), b"\0"), 1000)
    receiver.tell(ubx.frame(ubx.MON_VER), 1000)
    names = [each.name for each in receiver.said(1010)]
    assert names == ["ACK-ACK", "ACK-NAK", "MON-VER"]


def test_a_sun_sensor_answers_in_3_ms_and_needs_20_ms_between_questions():
    sensor = Bench("nanossoc")
    sensor.measure((0.0, 0.0, 1.0), 150)
    sensor.tell("4", 200)
    assert sensor.raw(202) == b""
    assert sensor.said(203)[0].values["code"] == 0
    sensor.tell("4", 210)
    assert sensor.raw(219) == b""
    sensor.tell("3", 220)
    assert sensor.raw(226) == b""
    assert len(sensor.raw(227)) == 20


def test_a_sun_sensor_says_when_it_is_dark_and_when_the_sun_is_behind():
    sensor = Bench("nanossoc")
    for at_ms, sun, valid, code in ((200, (0, 0, 1), False, 10), (300, (0, 0.6, -0.8), True, 13)):
        sensor.measure(sun, at_ms, valid)
        sensor.tell("4", at_ms)
        assert sensor.said(at_ms + 3)[0].values["code"] == code


def test_a_magnetometer_wants_write_enable_before_each_change():
    magnetometer = Bench("hmr2300", address=3)
    magnetometer.measure((2e-5, -4e-5, 1e-6), 100)
    for at_ms, line, answer in (
        (100, "*03B", b"WE OFF\r"),
        (110, "*04WE", b""),
        (120, "*03WE", b"OK\r"),
        (130, "*03B", b"BINARY ON\r"),
        (140, "*03Z", b"Re-enter\r"),
        (150, "*99P", hmr2300.binary((3000, -6000, 150))),
    ):
        magnetometer.tell(line, at_ms)
        assert magnetometer.raw(at_ms + 1) == b""
        assert magnetometer.raw(at_ms + 2) == answer


def test_a_magnetometer_streams_until_escape():
    magnetometer = Bench("hmr2300")
    magnetometer.tell("*00C", 100)
    magnetometer.measure((2e-5, -4e-5, 1e-6), 200)
    assert magnetometer.raw(200) == b"  3,000  - 6,000    0,150  \r"
    magnetometer.tell(b"\x1b", 250)
    magnetometer.measure((2e-5, -4e-5, 1e-6), 300)
    assert magnetometer.raw(300) == b""


def test_a_vn100_sends_what_register_75_asks_for():
    unit = Bench("vn100", kind="gyro")
    unit.measure((0.1, 0.2, 0.3), 250)
    assert unit.raw(260) == b""
    unit.tell("VNWRG,75,1,80,01,0421", 300)
    assert unit.raw(301) == vn100.sentence("VNWRG,75,1,80,01,0421")
    unit.measure((0.1, 0.2, 0.3), 400)
    (said,) = unit.said(400)
    assert said.values["rate_rad_s"] == pytest.approx((0.1, 0.2, 0.3))
    assert said.values["started_ns"] == (200_000_000,)
    unit.tell("VNWRG,99,1", 500)
    assert unit.raw(501).startswith(b"$VNERR,08*")


@pytest.mark.parametrize("name", sorted(protocols()))
def test_a_device_that_is_switched_off_and_on_begins_anew(name):
    values = {"gps": FIX.values, "star_tracker": (0.0, 0.0, 0.0, 1.0), "wheel": (1.0,)}
    kind = protocols()[name].kinds[0]
    bench = Bench(name, kind=kind, address=1)
    once = twice = b""
    for begin_ms in (0, 10_000):
        bench.device.power_on(begin_ms * MS)
        bench.measure(values.get(kind, (0.0, 0.0, 1.0)), begin_ms + 2500, utc_ns=UTC)
        once, twice = twice, bench.raw(begin_ms + 3000)
    assert once == twice


@pytest.mark.parametrize("name", sorted(protocols()))
def test_a_device_survives_any_octets_and_says_nothing_before_its_time(name):
    kind = protocols()[name].kinds[0]
    bench = Bench(name, kind=kind, address=1)
    source = np.random.default_rng(7)
    for at_ms in range(3000, 3200):
        bench.tell(source.bytes(40), at_ms)
        while (due := bench.device.due_ns) is not None and due <= at_ms * MS:
            bench.device.send(at_ms * MS)
    assert bench.device.due_ns is None or bench.device.due_ns > 3199 * MS


def test_a_package_adds_a_protocol(monkeypatch):
    entry = EntryPoint("mine", "protocol_frames:TO_DEVICE", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: [entry])
    registry.protocols.cache_clear()
    try:
        with pytest.raises(DeviceError, match=r"its protocol mine = .* it must be a Protocol"):
            registry.protocols()
    finally:
        registry.protocols.cache_clear()
