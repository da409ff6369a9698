"""Devices are found, not listed: one file of another package is a device of every part of hil."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from devices_bench import build, row

from hil.devices import registry as registries
from hil.devices.gyro import KINDS as GYROS
from hil.devices.gyro import Gyro, GyroUnit
from hil.devices.kinds import SensorKind
from hil.errors import DeviceError
from hil.faults.model import Fault
from hil.faults.sensors import Held, Silent
from hil.link import messages as wire
from hil.physics.rotations import apply, conjugate
from hil.rig import Spacecraft

HERE = Path(__file__).parent
CAMERA = HERE / "data" / "earth_camera" / "earth_camera.py"


def install(folder):
    """Put a package with the camera into a folder, as pip would: its file and its entry points."""
    about = folder / "earth_camera-1.0.dist-info"
    about.mkdir(parents=True)
    shutil.copy(CAMERA, folder)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: earth-camera\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[hil.devices]\ncamera = earth_camera:KINDS\n")


@pytest.fixture(scope="module")
def camera(tmp_path_factory):
    """What the bench tells when the package is installed."""
    folder = tmp_path_factory.mktemp("camera")
    install(folder / "site")
    shutil.copytree(HERE.parent / "rigs", folder / "rigs")
    ran = subprocess.run(
        [sys.executable, HERE / "earth_camera_bench.py", folder / "rigs"],
        env=os.environ | {"PYTHONPATH": str(folder / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_a_wrong_key_of_its_table_is_told_as_any_other(camera):
    status, words = camera["wrong"]
    assert status == 2
    assert "[[earth_camera]] number 1 upp_body: unknown key; did you mean up_body?" in words


def test_its_keys_are_documented(camera):
    section = camera["keys"].split("## `[[earth_camera]]`")[1]
    assert "its picture's top is up_body." in section
    assert "| `noise_deg` | deg | `0.0` | 1 sigma of the roll. |" in section
    assert "| `rate_hz` | Hz |  | Samples a second; " in section
    assert (
        "Sends `earth_camera` (APID 0x190), recorded as `earth_camera0_horizon_roll_rad` (1);"
        in (section)
    )


def test_its_message_is_in_the_header_and_in_the_ground_description(camera):
    assert "HIL_APID_EARTH_CAMERA = 0x190," in camera["header"]
    assert (
        "float horizon_roll_rad; /* rad; positive: the body rolled positive */" in camera["header"]
    )
    assert 'name="earth_camera_horizon_roll_rad"' in camera["xtce"]


def test_its_samples_are_recorded_and_sent(camera):
    assert camera["ran"][0] in (0, 1), camera["ran"][1]  # 3 s are too short for some requirements
    roll, valid = np.array(camera["roll_rad"]), np.array(camera["valid"])
    due = np.arange(30) % 5 == 0  # twice a second, in steps of 0.1 s
    assert (np.isfinite(roll) == due).all()
    assert (valid[due] == 1.0).all()
    assert camera["faults"] == {}
    np.testing.assert_array_equal(camera["sent"], roll[due])
    for step in np.flatnonzero(due):
        back = conjugate(np.array(camera["truth_q_eci_from_body"][step]))
        x, y, _ = apply(back, np.array(camera["truth_position_eci_m"][step]))
        assert roll[step] == pytest.approx(np.arctan2(-y, x), abs=1e-6)


def test_it_is_phased(camera):
    assert [each[:4] for each in camera["phased"]] == [["earth_camera 0", "roll", "pass", ""]]
    [[_, _, verdict, *_]] = camera["inverted"]
    assert verdict == "inverted"


def test_a_firmware_that_has_no_use_for_it_is_told_of_once_and_in_the_recording(camera):
    assert camera["ran"][1].count("the firmware does not handle: earth camera 0") == 1
    assert camera["obc"]["does_not_handle"] == "earth camera 0"


def test_the_phasing_test_says_that_the_firmware_does_not_handle_it(camera):
    status, words = camera["library"]
    assert status == 0
    assert "earth_camera 0: not phased: the firmware does not handle it" in words
    assert "thermometer 0: not phased: it has no sign to get wrong" in words
    assert "33 of 33 axes pass" in words


def test_nothing_in_the_project_names_it():
    sources = (HERE.parent / "hil").rglob("*.py")
    assert [path for path in sources if "earth_camera" in path.read_text()] == []


def test_what_stands_in_a_spacecrafts_file_beside_devices_is_known():
    devices = set(registries.built_in().headings)
    assert set(Spacecraft.model_fields) - devices == set(registries.NOT_DEVICES)


# -- what cannot be used -----------------------------------------------------------------------


def kind_of(apid=0x190, heading="thing", name="thing"):
    """A kind of sensor whose message has this name and APID."""

    class Unit(GyroUnit):
        message = wire.sample(name, apid, "", *GYROS[0].message.fields[2:])

    return SensorKind(heading, Gyro, Unit)


def found(monkeypatch, **things):
    """The registry with these things as the entry points of an installed package."""
    module = SimpleNamespace(**things)
    monkeypatch.setitem(sys.modules, "their_module", module)
    points = [EntryPoint(name, f"their_module:{name}", "hil.devices") for name in things]
    monkeypatch.setattr(registries, "entry_points", lambda group: points)
    return registries.registry.__wrapped__()


def test_a_package_may_bring_several_kinds(monkeypatch):
    two = (kind_of(0x180, "a", "a"), kind_of(0x181, "b", "b"))
    assert [kind.name for kind in found(monkeypatch, two=two).sensors][-2:] == ["a", "b"]


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (3, "is 3: it must be a SensorKind, or a tuple of them"),
        ((), r"is \(\): it must be"),
        (kind_of(apid=0x130), "with APID 0x130: take one of 0x180 to 0x1FF, which are for devices"),
        (kind_of(heading="gyro"), "brings 'gyro', a name that another device has already"),
        (kind_of(name="wheel"), "brings 'wheel', a name that another device has already"),
        (kind_of(name="ack"), "brings 'ack', a name that another message has already"),
        (kind_of(heading="body"), r"reads \[\[body\]\], which is no device's"),
        ((kind_of(), kind_of(0x190, "b", "b")), "sends b with the APID of thing, 0x190"),
    ],
)
def test_a_device_that_cannot_be_used_is_refused_with_its_package(monkeypatch, thing, message):
    with pytest.raises(DeviceError, match=message) as error:
        found(monkeypatch, thing=thing)
    assert "an installed package: its device thing = 'their_module:thing'" in str(error.value)


def test_a_package_that_cannot_be_imported_is_named(monkeypatch):
    lost = EntryPoint("lost", "no_such_module:KINDS", "hil.devices")
    monkeypatch.setattr(registries, "entry_points", lambda group: [lost])
    with pytest.raises(DeviceError, match="cannot be imported: ModuleNotFoundError: No module"):
        registries.registry.__wrapped__()


# -- the seam for faults -----------------------------------------------------------------------


def test_a_fault_can_be_put_between_truth_and_sample():
    """A gyro that is stuck from step 3 on, delayed by its latency as ever."""
    table = Gyro(rate_hz=10.0, latency_s=0.1, angle_random_walk_deg_sqrt_h=0.1)
    sound, faulty = (build(gyro=[table])[0] for _ in range(2))

    kept = []

    def stuck(step, reading):
        if step < 3:
            kept.append(reading)
        return kept[-1]

    faulty.put_between(stuck)
    healthy = [sound.sample(step, row()) for step in range(6)]
    shown = [faulty.sample(step, row()) for step in range(6)]
    assert shown[:4] == healthy[:4]  # of steps 0 to 2, a step late
    assert [each.values for each in shown[4:]] == [healthy[3].values] * 2
    assert healthy[4].values != healthy[3].values


@pytest.mark.parametrize("make", [Held, Silent])
def test_a_device_can_have_thousands_of_faults(make):
    """One inside the other, they came to the end of what Python lets call each other."""
    [gyro] = build(gyro=[Gyro(rate_hz=10.0, angle_random_walk_deg_sqrt_h=0.1)])
    fault = Fault(name="f", device="gyro 0", kind="held", at_s=0.0)
    several = [make(fault, gyro, np.random.default_rng(1)) for _ in range(2000)]
    assert gyro.sample(0, row()) is not None
    several[1000].active = True
    assert (gyro.sample(1, row()) is None) == (make is Silent)
