"""`hil ports`: what is plugged in where, and what keeps one from opening it."""

import json
import os
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from hil.cli import main
from hil.errors import LinkError
from hil.machine import ports as ports_module
from hil.machine.ports import latency_s, listens_to_dtr, may_open, ports
from hil.obc.channel import PortChannel
from hil.obc.place import LineTo


def plugged(device, vid=None, pid=None, description="n/a", serial_number=None):
    info = ListPortInfo(str(device), skip_link_detection=True)
    info.vid, info.pid, info.description = vid, pid, description
    info.serial_number = serial_number
    return info


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with an ST-LINK, a board with USB of its own, an FTDI adapter, another, a UART."""
    found = [
        plugged(tmp_path / "ttyUSB0", 0x0403, 0x6001, "FT232R USB UART", "A10K"),
        plugged(tmp_path / "ttyACM0", 0x0483, 0x374B, "STM32 STLink - ST-Link VCP", "0667FF"),
        plugged(tmp_path / "ttyACM1", 0x0483, 0x5740, "STM32 Virtual ComPort"),
        plugged(tmp_path / "ttyUSB1", 0x1A86, 0x7523, "USB Serial"),
        plugged(tmp_path / "ttyS0"),
    ]
    for each in found:
        (tmp_path / each.name).touch()
    timer = tmp_path / "sys" / "ttyUSB0" / "device" / "latency_timer"
    timer.parent.mkdir(parents=True)
    timer.write_text("16\n")
    monkeypatch.setattr(list_ports, "comports", lambda: found)
    monkeypatch.setattr(ports_module, "_SYSFS", tmp_path / "sys")
    return tmp_path


def hil_ports(*arguments):
    return CliRunner().invoke(main, ["ports", *arguments])


def test_each_port_is_told_for_what_it_is(machine):
    kinds = {port.device.rpartition("/")[2]: port.kind for port in ports()}
    assert kinds == {
        "ttyACM0": "ST-LINK VCP",
        "ttyACM1": "CDC",
        "ttyS0": "",
        "ttyUSB0": "FTDI adapter",
        "ttyUSB1": "CH340 adapter",
    }


def test_an_ftdi_adapter_shows_for_how_long_it_holds_bytes_back(machine):
    [ftdi] = [port for port in ports(machine / "sys") if port.kind == "FTDI adapter"]
    assert ftdi.latency_ms == 16
    assert latency_s(ftdi.device, machine / "sys") == 0.016


def test_a_link_to_a_port_is_the_port(machine):
    link = machine / "usb-FTDI_FT232R_USB_UART_A10K-if00-port0"
    link.symlink_to(machine / "ttyUSB0")
    assert latency_s(str(link), machine / "sys") == 0.016
    assert not listens_to_dtr(str(link))
    link.unlink()
    link.symlink_to(machine / "ttyACM1")
    assert listens_to_dtr(str(link))


def test_the_table_has_a_line_for_each_port(machine):
    result = hil_ports()
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1 + 5
    assert "ST-LINK VCP" in result.stdout
    assert "0483:374b" in result.stdout
    assert result.stderr == ""


def test_json_says_all_that_is_known(machine):
    first = json.loads(hil_ports("--json").stdout)[0]
    assert first["device"].endswith("ttyACM0")
    assert (first["vid"], first["pid"], first["serial_number"]) == (0x0483, 0x374B, "0667FF")
    assert first["usable"] is True
    assert first["latency_ms"] is None


def test_no_port_at_all_is_told_with_what_to_look_at(monkeypatch):
    monkeypatch.setattr(list_ports, "comports", list)
    result = hil_ports()
    assert result.exit_code == 0
    assert "is its cable a data cable" in result.stderr
    assert json.loads(hil_ports("--json").stdout) == []


def test_a_port_that_one_may_not_open_is_told_with_its_group(machine, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not path.endswith("ttyUSB1"))
    result = hil_ports()
    assert "denied" in result.stdout
    assert "ttyUSB1: permission denied: `sudo adduser $USER " in result.stderr


def test_a_program_that_has_the_port_open_is_named_with_its_pid(tmp_path):
    for pid, name, device in ((41, "minicom", "/dev/ttyUSB7"), (42, "getty", "/dev/ttyUSB8")):
        (tmp_path / str(pid) / "fd").mkdir(parents=True)
        (tmp_path / str(pid) / "fd" / "3").symlink_to(device)
        (tmp_path / str(pid) / "comm").write_text(f"{name}\n")
    assert ports_module.holders("/dev/ttyUSB7", tmp_path) == ": minicom (pid 41)"
    assert ports_module.holders("/dev/ttyUSB9", tmp_path) == ""


def test_a_device_is_found_under_another_name_by_its_serial_number(monkeypatch):
    def plugged(*devices):
        monkeypatch.setattr(ports_module.list_ports, "comports", lambda: devices)

    def device(name, serial_number, location="1-1.2:1.0"):
        found = SimpleNamespace(device=name, vid=0x0483, pid=0x5740, location=location)
        found.serial_number = serial_number
        return found

    plugged(device("/dev/ttyACM0", "A1"), device("/dev/ttyACM1", "A1", "1-1.2:1.2"))
    find = ports_module.same_device("/dev/ttyACM0")
    plugged(device("/dev/ttyACM0", "B2"))
    assert find() is None
    plugged(device("/dev/ttyACM3", "A1", "1-4:1.2"), device("/dev/ttyACM2", "A1", "1-4:1.0"))
    assert find() == "/dev/ttyACM2"


def test_one_who_joined_the_group_only_now_is_told_to_log_in_again(machine, monkeypatch):
    group = type("Group", (), {"gr_name": "dialout", "gr_mem": ["ada"]})
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr("grp.getgrgid", lambda _: group)
    monkeypatch.setattr(ports_module.getpass, "getuser", lambda: "ada")
    assert "log in again" in may_open(str(machine / "ttyS0"))
    monkeypatch.setattr(ports_module.getpass, "getuser", lambda: "bob")
    assert "`sudo adduser $USER dialout`" in may_open(str(machine / "ttyS0"))


def test_two_benches_cannot_have_one_lines_adapter():
    """Each would take half of the other's octets."""
    master, slave = os.openpty()
    line = LineTo("imu", 115_200, port=os.ttyname(slave))
    channel = PortChannel(line)
    with pytest.raises(LinkError, match=r'\[\[line\]\] "imu": cannot open /dev/'):
        PortChannel(line)
    channel.close()
    PortChannel(line).close()
    os.close(master)
    os.close(slave)
