"""`hil firmware flash`: the programmer that is there is run, in the open, and its failure told.

The programmers are scripts that say what the real ones say.
"""

import re
import sys

import pytest
from click.testing import CliRunner

from hil.cli import main
from hil.errors import ObcError, RigError
from hil.machine import build, flash
from hil.machine.flash import programmer

OPENOCD_HEAD = """Open On-Chip Debugger 0.12.0
Licensed under GNU GPL v2
Info : auto-selecting first available session transport "hla_swd".
Info : clock speed 2000 kHz
"""
OPENOCD_TAIL = "** OpenOCD init failed **\nshutdown command invoked\n"
TARGET_SEEN = "Info : STLINK V2J37M26 (API v2) VID:PID 0483:374B\nInfo : Target voltage: 3.24\n"
ST_FLASH_HEAD = "st-flash 1.7.0\n"
DFU_HEAD = "dfu-util 0.11\n\nCopyright 2005-2009 Weston Schmidt, Harald Welte and OpenMoko Inc.\n\n"
DFU_START = """Opening DFU capable USB device...
Device ID 0483:df11
Claiming USB DFU Interface...
DFU state(2) = dfuIDLE, status(0) = No error condition is present
"""

FAILURES = [
    ("openocd", OPENOCD_HEAD + "Error: open failed\n" + OPENOCD_TAIL, "no ST-LINK is plugged in"),
    (
        "openocd",
        OPENOCD_HEAD
        + "Error: libusb_open() failed with LIBUSB_ERROR_ACCESS\nError: open failed\n"
        + OPENOCD_TAIL,
        r"udev rules \(Debian's package openocd brings",
    ),
    (
        "openocd",
        OPENOCD_HEAD
        + TARGET_SEEN
        + "Error: init mode failed (unable to connect to the target)\n"
        + OPENOCD_TAIL,
        "sees no STM32: is the board powered, .* held in reset",
    ),
    (
        "openocd",
        OPENOCD_HEAD
        + "Info : Target voltage: 1.552756\n"
        + "Error: jtag status contains invalid mode value - communication failure\n",
        "sees no STM32: is the board powered",
    ),
    (
        "openocd",
        OPENOCD_HEAD
        + TARGET_SEEN
        + "** Programming Started **\nError: stm32x device protected\n"
        + "Error: failed erasing sectors 0 to 2\n** Programming Failed **\n",
        "protected against writing",
    ),
    (
        "st-flash",
        ST_FLASH_HEAD + "Couldn't find any ST-Link devices\n",
        "no ST-LINK is plugged in",
    ),
    (
        "st-flash",
        ST_FLASH_HEAD
        + "ERROR usb.c: Could not open USB device 0x0483:0x374b, access error.\n"
        + "WARN usb.c: Couldn't find any ST-Link devices\n",
        r"Debian's package stlink-tools brings",
    ),
    (
        "st-flash",
        ST_FLASH_HEAD + "ERROR flash.c: Flash memory is write protected\n",
        "protected against writing",
    ),
    (
        "st-flash",
        "st-flash 1.8.0\nFailed to enter SWD mode\nFailed to connect to target\n"
        "Failed to parse flash type or unrecognized flash type\n",
        "sees no STM32",
    ),
    (
        "st-flash",
        ST_FLASH_HEAD
        + "2020-12-27T11:16:13 WARN usb.c: NRST is not connected\n"
        + "2020-12-27T11:16:13 WARN common.c: unknown chip id! 0x3748\n",
        "needs NRST connected too",
    ),
    (
        "dfu-util",
        DFU_HEAD + "dfu-util: No DFU capable USB device available\n",
        "set BOOT0 high",
    ),
    (
        "dfu-util",
        DFU_HEAD
        + "dfu-util: Cannot open DFU device 0483:df11 found on devnum 9 (LIBUSB_ERROR_ACCESS)\n"
        + "dfu-util: No DFU capable USB device available\n",
        "may not open the device",
    ),
    (
        "dfu-util",
        DFU_HEAD + DFU_START + 'Error during special command "ERASE_PAGE" get_status\n',
        "protected against writing",
    ),
]


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """A machine without any programmer and without anything plugged in; `install` adds one."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(flash, "_USB", tmp_path / "usb")
    (tmp_path / "bin").mkdir()
    (tmp_path / "usb").mkdir()
    return tmp_path


def install(bench, name, says="", status=0):
    """A programmer that says something, keeps its arguments, and ends with a status."""
    script = bench / "bin" / name
    script.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"open({str(bench / (name + '.args'))!r}, 'w').write('\\n'.join(sys.argv[1:]))\n"
        f"sys.stderr.write({says!r})\nsys.exit({status})\n"
    )
    script.chmod(0o755)


def plug_in(bench, vendor, product):
    device = bench / "usb" / f"{vendor}-{product}"
    device.mkdir()
    (device / "idVendor").write_text(f"{vendor}\n")
    (device / "idProduct").write_text(f"{product}\n")


def elf(bench):
    """A firmware file in a folder with a space, and its raw image."""
    path = bench / "my builds" / "obc-usart.elf"
    path.parent.mkdir()
    path.write_bytes(b"ELF")
    path.with_suffix(".bin").write_bytes(b"image")
    return path


def hil_flash(*arguments):
    return CliRunner().invoke(main, ["firmware", "flash", *map(str, arguments)])


def arguments_of(bench, name):
    return (bench / f"{name}.args").read_text().splitlines()


def test_the_command_is_shown_before_anything_else_and_run(bench):
    install(bench, "openocd", says="** Programming Finished **\n")
    file = elf(bench)
    result = hil_flash("--elf", file)
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "$ openocd -f interface/stlink.cfg -f target/stm32f4x.cfg -c "
        f"'program {{{file}}} verify reset exit'",
        "** Programming Finished **",
    ]
    assert arguments_of(bench, "openocd")[-1] == f"program {{{file}}} verify reset exit"
    assert result.stdout == f"flashed {file} with openocd\n"


@pytest.mark.parametrize("name", ["st-flash", "dfu-util"])
def test_a_programmer_of_raw_images_gets_the_one_beside_the_elf(bench, name):
    install(bench, name)
    file = elf(bench)
    assert hil_flash("--elf", file, "--with", name).exit_code == 0
    assert str(file.with_suffix(".bin")) in arguments_of(bench, name)
    assert any("0x08000000" in each for each in arguments_of(bench, name))


def test_a_missing_image_is_told(bench):
    install(bench, "dfu-util")
    file = elf(bench)
    file.with_suffix(".bin").unlink()
    result = hil_flash("--elf", file)
    assert result.exit_code == 2
    assert "obc-usart.bin: no such file; make it with `objcopy -O binary" in result.stderr


def test_a_missing_elf_is_told(bench):
    install(bench, "openocd")
    result = hil_flash("--elf", bench / "nowhere.elf")
    assert result.exit_code == 2
    assert "nowhere.elf: no such file" in result.stderr


def test_without_a_file_the_projects_own_firmware_is_built(bench, monkeypatch):
    install(bench, "openocd")
    built = []
    monkeypatch.setattr(build, "build", lambda place, options: built.append(place) or elf(bench))
    assert hil_flash().exit_code == 0
    assert built == ["qemu"]
    assert build.ARTIFACTS["qemu"][1] == "obc-usart.elf"


@pytest.mark.parametrize(("name", "says", "cure"), FAILURES)
def test_a_failure_is_explained_with_its_cure(bench, name, says, cure):
    install(bench, name, says, status=1)
    result = hil_flash("--elf", elf(bench), "--with", name)
    assert result.exit_code == ObcError.exit_status == 3
    assert says.splitlines()[-1] in result.stderr
    told = result.stderr.rpartition("hil: ")[2]
    assert told.startswith(f"{name} could not flash the board: ")
    assert re.search(cure, told)


def test_an_unknown_failure_shows_the_last_that_was_said(bench):
    install(bench, "openocd", "Error: something new\n", status=7)
    result = hil_flash("--elf", elf(bench))
    assert "could not flash the board: exit status 7: Error: something new" in result.stderr


def test_dfu_util_that_loses_the_board_after_all_is_written_has_flashed_it(bench):
    says = DFU_HEAD + DFU_START + (
        "Download done.\nFile downloaded successfully\nSubmitting leave request...\n"
        "dfu-util: Error during download get_status\n"
    )  # fmt: skip
    install(bench, "dfu-util", says, status=74)
    assert hil_flash("--elf", elf(bench)).exit_code == 0


def test_no_programmer_at_all_names_the_three_packages(bench):
    result = hil_flash()
    assert result.exit_code == RigError.exit_status == 2
    for package in ("openocd", "stlink-tools", "dfu-util"):
        assert package in result.stderr


def test_a_programmer_that_is_asked_for_and_not_there_names_its_package(bench):
    install(bench, "openocd")
    result = hil_flash("--with", "st-flash")
    assert result.exit_code == 2
    assert "stlink-tools (for st-flash)" in result.stderr


def test_an_unknown_programmer_is_refused_with_the_known_ones(bench):
    result = hil_flash("--with", "jlink")
    assert result.exit_code == 2
    assert "--with jlink: expected openocd, st-flash, dfu-util" in result.stderr


def test_the_first_programmer_installed_is_taken(bench):
    install(bench, "dfu-util")
    install(bench, "st-flash")
    assert programmer().name == "st-flash"
    install(bench, "openocd")
    assert programmer().name == "openocd"


def test_a_programmer_whose_device_is_plugged_in_goes_first(bench):
    for name in ("openocd", "st-flash", "dfu-util"):
        install(bench, name)
    plug_in(bench, "0483", "df11")
    assert programmer().name == "dfu-util"
    plug_in(bench, "0483", "374b")
    assert programmer().name == "openocd"
