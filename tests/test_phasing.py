"""The phasing test: every seeded mistake is named for what it is, and a clean rig passes."""

import io
import math
from pathlib import Path

import numpy as np
import pytest
from fake_obc import FakeObc, TestModeObc
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from hil.obc.places import open_obc
from hil.phasing import PhaseError, judge, phase, print_findings
from hil.physics.rotations import apply, from_rotation_vector
from hil.rig import load_rig

XYZ = ("x", "y", "z")


def findings(rig, obc):
    return {(each.device, each.axis): each for each in phase(rig, obc)}


def wrong(found):
    return {place: each.verdict for place, each in found.items() if each.wrong}


def only(kind, change):
    """A view that changes one kind of sample."""
    return lambda seen, values: change(values) if seen == kind else values


def test_a_rig_and_a_firmware_that_agree_pass_on_every_axis(nadir):
    found = findings(nadir, TestModeObc())
    assert not wrong(found)
    assert {device for device, _ in found} >= {
        "gyro 0", "star_tracker 0", "tachometer 2", "magnetometer 0", "coarse_sun_sensor 0",
        "wheel", "rods",
    }  # fmt: skip


def test_an_inverted_gyro_axis_is_named(nadir):
    view = only("gyro", lambda v: (v[0], -v[1], v[2]))
    assert wrong(findings(nadir, TestModeObc(view))) == {("gyro 0", "y"): "inverted"}


def test_swapped_magnetometer_axes_are_named(nadir):
    view = only("magnetometer", lambda v: (v[1], v[0], v[2]))
    found = findings(nadir, TestModeObc(view))
    assert wrong(found) == {("magnetometer 0", "x"): "swapped", ("magnetometer 0", "y"): "swapped"}
    assert found["magnetometer 0", "x"].detail == "answers as y should"


def test_degrees_for_radians_are_named(nadir):
    view = only("gyro", lambda v: tuple(math.degrees(each) for each in v))
    found = findings(nadir, TestModeObc(view))
    assert wrong(found) == {("gyro 0", axis): "scaled" for axis in XYZ}
    assert "degrees for radians" in found["gyro 0", "x"].detail


def test_a_sensor_mounted_in_another_frame_is_named(nadir):
    turn = from_rotation_vector(np.array([0.0, 0.0, math.radians(30.0)]))
    view = only("magnetometer", lambda v: tuple(apply(turn, np.array(v))))
    found = findings(nadir, TestModeObc(view))
    assert wrong(found) == {("magnetometer 0", axis): "turned" for axis in "xy"}
    assert found["magnetometer 0", "x"].detail.startswith("30 deg off its axis")


def test_an_attitude_read_the_wrong_way_round_is_named(nadir):
    view = only("star_tracker", lambda q: (-q[0], -q[1], -q[2], q[3]))
    found = findings(nadir, TestModeObc(view))
    assert wrong(found) == {("star_tracker 0", axis): "inverted" for axis in XYZ}


@pytest.fixture(scope="module")
def surveyor(tmp_path_factory):
    """Di'er-5 with an accelerometer at its centre of mass and a receiver of geodetic fixes."""
    folder, tmp_path = Path(__file__).parents[1] / "rigs", tmp_path_factory.mktemp("surveyor")
    text = (folder / "spacecraft" / "dier5.toml").read_text()
    text += """
[[accelerometer]]
rate_hz = 10.0
noise_m_s2 = 0.001
bias_sigma_m_s2 = 0.01

[[geodetic_gps]]
rate_hz = 1.0
antenna_body = [0.0, 0.0, -1.0]
zenith_range_deg = 80.0
position_noise_m = 3.0
velocity_noise_m_s = 0.05
"""
    (tmp_path / "craft.toml").write_text(text.replace("../parts", f"{folder}/parts"))
    rig = (folder / "dier5_nadir.toml").read_text()
    (tmp_path / "rig.toml").write_text(rig.replace("spacecraft/dier5.toml", "craft.toml"))
    return load_rig(tmp_path / "rig.toml")


def test_an_accelerometer_and_geodetic_fixes_are_phased(surveyor):
    found = findings(surveyor, TestModeObc())
    assert not wrong(found)
    shown = {axis: each for (device, axis), each in found.items() if device == "geodetic_fix 0"}
    assert list(shown) == ["latitude", "longitude", "height", "north", "east", "down"]
    assert (shown["latitude"].expected[0], shown["latitude"].unit) == (30.0, "deg")
    assert shown["east"].measured[4] == pytest.approx(5e3, abs=1.0)
    felt = found["accelerometer 0", "z"]
    assert (felt.expected, felt.unit) == ((0.0, 0.0, 1.0), "m/s2")
    assert felt.measured == pytest.approx((0.0, 0.0, 1.0), abs=0.01)


def test_mistakes_with_accelerations_and_fixes_are_named(surveyor):
    def view(kind, v):
        if kind == "accelerometer":  # counts g, and has x inverted
            return (-v[0] / 9.80665, v[1] / 9.80665, v[2] / 9.80665)
        if kind == "geodetic_fix":  # longitude first, and up for down
            return (v[1], v[0], v[2], v[3], v[4], -v[5])
        return v

    found = findings(surveyor, TestModeObc(view))
    assert wrong(found) == {
        ("accelerometer 0", "x"): "inverted, scaled",
        ("accelerometer 0", "y"): "scaled",
        ("accelerometer 0", "z"): "scaled",
        ("geodetic_fix 0", "latitude"): "swapped",
        ("geodetic_fix 0", "longitude"): "swapped",
        ("geodetic_fix 0", "down"): "inverted",
    }
    assert "g for m/s2" in found["accelerometer 0", "y"].detail


def test_swapped_wheels_are_named(nadir):
    def drive(kind, instance, value):
        return kind, {0: 1, 1: 0}.get(instance, instance) if kind == 0 else instance, value

    found = findings(nadir, TestModeObc(drive=drive))
    assert wrong(found) == {("wheel", "x"): "swapped", ("wheel", "y"): "swapped"}


def test_a_wheel_that_runs_backwards_is_named(nadir):
    obc = TestModeObc(
        drive=lambda kind, i, value: (kind, i, -value if (kind, i) == (0, 2) else value)
    )
    assert wrong(findings(nadir, obc)) == {("wheel", "z"): "inverted"}


def test_a_rod_in_the_wrong_frame_is_named(nadir):
    tilted = nadir.spacecraft.rod[0].model_copy(
        update={
            "axis_body": (math.cos(0.5), math.sin(0.5), 0.0),
            "drive_axis_body": (1.0, 0.0, 0.0),
        }
    )
    rods = (tilted, *nadir.spacecraft.rod[1:])
    craft = nadir.spacecraft.model_copy(update={"rod": rods})
    found = findings(nadir.model_copy(update={"spacecraft": craft}), TestModeObc())
    assert wrong(found) == {("rods", "x"): "turned"}
    assert found["rods", "x"].detail.startswith("29 deg off its axis")


def test_an_inverted_rod_is_named(nadir):
    obc = TestModeObc(
        drive=lambda kind, i, value: (kind, i, -value if (kind, i) == (1, 0) else value)
    )
    assert wrong(findings(nadir, obc)) == {("rods", "x"): "inverted"}


def test_swapped_tachometers_are_named(nadir):
    class Swapped(TestModeObc):
        def _sensed(self, packet):
            if packet.message.name == "tachometer":
                flags, instance, speed = packet.values
                packet = packet._replace(
                    values=(flags, {0: 1, 1: 0}.get(instance, instance), speed)
                )
            return super()._sensed(packet)

    found = findings(nadir, Swapped())
    assert wrong(found) == {("tachometer 0", "all"): "swapped", ("tachometer 1", "all"): "swapped"}
    assert found["tachometer 0", "all"].detail == "shown as tachometer 1"


def test_a_device_that_the_firmware_does_not_show_is_dead(nadir):
    class Deaf(TestModeObc):
        def _sensed(self, packet):
            return b"" if packet.message.name == "gyro" else super()._sensed(packet)

    found = findings(nadir, Deaf())
    assert found["gyro 0", "all"].detail == "the firmware shows no sample of it"


def test_a_firmware_without_mode_test_is_told(nadir):
    class Refuses(FakeObc):
        def _answer(self, packet):
            self._ack = 1 if packet.message.name == "set_mode" else 0
            return super()._answer(packet)

    with pytest.raises(
        PhaseError, match=r"refused mode test: unknown id; hil phase needs it \(docs/bring_your_own"
    ):
        phase(nadir, Refuses())


@given(st.permutations([0, 1, 2]), st.lists(st.sampled_from([1.0, -1.0]), min_size=3, max_size=3))
def test_every_signed_permutation_is_told_apart(order, signs):
    for axis in range(3):
        response = np.zeros(3)
        response[order[axis]] = signs[axis]
        expected = [
            *(["swapped"] if order[axis] != axis else []),
            *(["inverted"] if signs[axis] < 0 else []),
        ]
        found = judge("gyro 0", XYZ, axis, response, np.eye(3))
        assert found.verdict == (", ".join(expected) or "pass")


@given(st.floats(1e-3, 1e3), st.integers(0, 2), st.floats(0.01, 0.5))
def test_a_gain_is_passed_within_its_band_and_named_beyond(gain, axis, most):
    found = judge("gyro 0", XYZ, axis, gain * np.eye(3)[axis], np.eye(3), gain_most=most)
    assert found.verdict == ("pass" if abs(gain - 1.0) <= most else "scaled")
    assert found.gain == pytest.approx(gain)


def test_eight_per_cent_of_a_gyros_scale_do_not_pass(nadir):
    view = only("gyro", lambda v: (v[0], 1.08 * v[1], v[2]))
    found = findings(nadir, TestModeObc(view))
    assert wrong(found) == {("gyro 0", "y"): "scaled"}
    each = found["gyro 0", "y"]
    assert each.gain == pytest.approx(1.08, abs=0.004)
    assert each.gain_most == pytest.approx(0.0325)
    assert (each.expected, each.unit) == ((0.0, 0.3, 0.0), "rad/s")
    assert each.measured == pytest.approx((0.0, 0.324, 0.0), abs=2e-3)


def test_a_factor_is_explained_by_the_devices_own_unit(nadir):
    rpm = 30.0 / math.pi
    wheels = TestModeObc(only("tachometer", lambda v: (rpm * v[0],)))
    assert "rpm for rad/s" in findings(nadir, wheels)["tachometer 0", "x"].detail
    field = TestModeObc(only("magnetometer", lambda v: tuple(rpm * each for each in v)))
    detail = findings(nadir, field)["magnetometer 0", "x"].detail
    assert detail.startswith("by a factor of 9.5")
    assert "rpm" not in detail
    micro = TestModeObc(only("magnetometer", lambda v: tuple(1e6 * each for each in v)))
    assert "micro for units" in findings(nadir, micro)["magnetometer 0", "x"].detail


def test_the_table_shows_what_was_measured_beside_what_was_expected(nadir):
    view = only("gyro", lambda v: (v[0], -v[1], v[2]))
    console = Console(width=80, file=io.StringIO())
    print_findings(console, phase(nadir, TestModeObc(view)))
    lines = console.file.getvalue().splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("gyro 0"))
    row = lines[at + 1].split()
    assert row[:3] == ["y", "inverted", "0.3"]
    assert float(row[3]) == pytest.approx(-0.3, abs=2e-3)
    assert row[4] == "rad/s"
    assert float(row[-2]) == pytest.approx(180.0, abs=0.5)
    assert "gain off by at most 3.25 %: gyro 0" in lines
    assert "off axis: at most 10 deg" in lines
    assert max(map(len, lines[: at + 30])) <= 80


@pytest.mark.parametrize(
    "place", ["library", pytest.param("qemu-fast", marks=pytest.mark.emulator)]
)
def test_the_reference_firmware_passes_on_every_axis(nadir, place):
    with open_obc(place) as obc:
        found = phase(nadir, obc)
    phased = [each for each in found if each.verdict != "not phased"]
    assert {each.verdict for each in phased} == {"pass"}
    assert len(phased) == 33
    assert [each.device for each in found if each not in phased] == ["thermometer 0"]


def test_a_force_that_is_believed_the_wrong_way_round_is_found(tmp_path):
    """Of the relay, whose thrusters push: its own beliefs pass, and those of one turned do not."""
    folder = Path(__file__).parents[1] / "rigs"
    text = (folder / "spacecraft" / "kazsat_relay.toml").read_text()
    believed = "thruster2_force_x_body_N = 0.9622504"
    assert believed in text
    text = text.replace(believed, believed.replace("0.9", "-0.9"))
    (tmp_path / "craft.toml").write_text(text.replace("../parts", f"{folder}/parts"))
    rig = (folder / "missions" / "kazsat_relay.toml").read_text()
    (tmp_path / "rig.toml").write_text(rig.replace("../spacecraft/kazsat_relay.toml", "craft.toml"))
    with open_obc("library") as obc:
        found = phase(load_rig(tmp_path / "rig.toml"), obc)
    forces = {each.axis: each.verdict for each in found if each.axis.endswith("force")}
    assert len(forces) == 8
    assert forces.pop("c force") != "pass"
    assert set(forces.values()) == {"pass"}
