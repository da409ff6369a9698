"""The table of boards, and the firmware that is built for each."""

import re
import struct
import subprocess
import time
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import firmware_figures
import pytest
from click.testing import CliRunner
from elftools.elf.elffile import ELFFile
from test_obc_flash import arguments_of, bench, elf, hil_flash, install  # noqa: F401
from wire import TABLE

from hil.cli import main
from hil.errors import RigError
from hil.link.framing import Deframer, Framer
from hil.link.identity import request_values
from hil.link.messages import HELLO, HOUSEKEEPING
from hil.machine import build
from hil.machine.boards import PINS, board, boards
from hil.obc.qemu import QemuObc

PORT = Path(__file__).parents[1] / "firmware_stubs" / "ports" / "stm32f405"
PARTS = ("board.c", "clock.c", "clock_measure.c", "startup.c", "usart.c")
GCC = ["arm-none-eabi-gcc", "-mthumb", "-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"]
RESET_CRASH = 4
OWN = """
[my-obc]
title = "Our flight computer"
chip = "stm32f446"
crystal_MHz = 16
usart = 1
at = "J3"
port = "adapter"
flash_KiB = 512
ram_KiB = 128
programmers = ["openocd"]
sources = ["schematic 3"]
"""


def hil_firmware(*arguments):
    return CliRunner().invoke(main, ["firmware", *arguments])


def test_the_boards_are_listed_with_their_sources():
    listed = hil_firmware("boards", "--sources").stdout
    for name, it in boards().items():
        assert re.search(rf"^{name} .*{it.crystal_MHz} MHz", listed, re.MULTILINE)
        assert any("data sheet" in source for source in it.sources)
        assert len(it.sources) >= 2
        assert all(source in listed for source in it.sources)
    assert len(boards()) == 7


def test_pins_are_those_of_the_driver():
    header = (PORT / "usart.h").read_text()
    rows = re.findall(r"^ \* +(\d) +(P\w+) / (P\w+) ", header, re.MULTILINE)
    assert {int(usart): (tx, rx) for usart, tx, rx in rows} == PINS


def compiled(part, folder):
    """The sections, symbols and relocations of a part of the port."""
    path = folder / "part.o"
    flags = ["-std=c99", "-O0", "-ffreestanding", "-DHIL_BAUD=921600u"]
    flags += [f"-I{PORT.parents[1] / room}" for room in ("drivers", "adcs", "link")]
    subprocess.run([*GCC, *flags, "-c", str(PORT / part), "-o", str(path)], check=True)
    return ELFFile(BytesIO(path.read_bytes()))


@pytest.mark.compilers
def test_handlers_stand_where_the_manuals_have_them(tmp_path):
    """ARMv7-M B1.5.2: number of an exception; RM0090 table 62: of an interrupt, 16 less."""
    file = compiled("startup.c", tmp_path)
    symbols = file.get_section_by_name(".symtab")
    found = {
        entry["r_offset"] // 4: symbols.get_symbol(entry["r_info_sym"]).name
        for entry in file.get_section_by_name(".rel.vectors").iter_relocations()
    }
    interrupts = {26: "TIM11", 37: "USART1", 38: "USART2", 39: "USART3", 52: "UART4", 71: "USART6"}
    exceptions = {11: "SVC", 14: "PendSV", 15: "SysTick", **dict.fromkeys(range(2, 7), "Fault")}
    assert {n: name for n, name in found.items() if n > 1} == {
        n: f"{name}_Handler"
        for n, name in (exceptions | {16 + n: name for n, name in interrupts.items()}).items()
    }


@pytest.mark.compilers
def test_lines_have_the_registers_pins_and_interrupts_of_the_manuals(tmp_path):
    """RM0090 table 1 and sections 7.3.13, 7.3.14, table 62; DS8626 table 9."""
    file = compiled("device_lines.c", tmp_path)
    [units] = file.get_section_by_name(".symtab").get_symbol_by_name("units")
    data = file.get_section(units["st_shndx"]).data()[units["st_value"] :][: units["st_size"]]
    apb1, apb2, a, b, c = 0x40023840, 0x40023844, 0, 1, 2
    assert list(struct.iter_unpack("<8I?3x", data)) == [
        (0x40011000, apb2, 4, a, 9, 10, 7, 37, False),
        (0x40004400, apb1, 17, a, 2, 3, 7, 38, True),
        (0x40004800, apb1, 18, b, 10, 11, 7, 39, True),
        (0x40004C00, apb1, 19, a, 0, 1, 8, 52, True),
        (0x40011400, apb2, 5, c, 6, 7, 8, 71, False),
    ]


@pytest.mark.compilers
@pytest.mark.parametrize("name", boards())
def test_the_port_compiles_for_each_board(name, tmp_path):
    defined = [option for option in board(name).options if "_KIB" not in option]
    common = [
        "-std=c99",
        "-O2",
        "-ffreestanding",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-Wconversion",
        "-DHIL_BAUD=921600u",
    ]
    for part in PARTS:
        command = [*GCC, *common, *defined, "-c", str(PORT / part), "-o", str(tmp_path / "part.o")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.compilers
@pytest.mark.slow
@pytest.mark.parametrize("name", ["nucleo-f446re", "black-pill-f411"])
def test_the_whole_firmware_fits_into_half_the_flash(name):
    path = build.build("qemu", options=board(name).options)
    code, data = map(int, re.findall(r"(\d+) bytes", build.sizes(path)[0]))
    assert code < 1024 * board(name).flash_KiB
    assert data < 1024 * board(name).ram_KiB - 16384


@pytest.mark.compilers
def test_the_page_says_what_the_firmware_takes_of_flash_and_ram():
    """Else `python tests/firmware_figures.py --write`; an edit may move it by some per cent."""
    assert firmware_figures.told() == pytest.approx(firmware_figures.measured(), rel=0.03)


def test_a_board_of_ones_own_is_a_file(tmp_path):
    file = tmp_path / "my_obc.toml"
    file.write_text(OWN)
    own = board(str(file))
    assert own.name == "my-obc"
    assert {"-DHIL_CHIP=stm32f446", "-DHIL_HSE_HZ=16000000", "-DHIL_USART=1"} <= set(own.options)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("usart = 1", "usart = 3", r"\[my-obc\]: usart: expected 1, 2 or 6: a stm32f446 has no"),
        ("usart = 1", "usart = 4", "usart: expected 1, 2, 3 or 6"),
        ("crystal_MHz = 16", "crystal_MHz = 32", "crystal_MHz: expected a whole number, 4 to 26"),
        ("chip =", "ship =", "unknown key ship; chip is missing"),
        ('"stm32f446"', '"stm32h743"', "chip: expected one of stm32f405, stm32f446, stm32f411"),
        ("ram_KiB = 128", "ram_KiB = 64", "ram_KiB: expected a whole number of at least 96"),
        ('["openocd"]', '"openocd"', "programmers: expected a list"),
        ('["openocd"]', '["jlink"]', "programmers: expected some of openocd, st-flash, dfu-util"),
        ("[my-obc]", "[[my-obc]]", r"\[my-obc\]: expected a table"),
        ("[my-obc]", "[my-obc", "my_obc.toml: "),
    ],
)
def test_a_mistake_in_it_is_told(tmp_path, old, new, told):
    file = tmp_path / "my_obc.toml"
    file.write_text(OWN.replace(old, new))
    with pytest.raises(RigError, match=told):
        board(str(file))


def test_an_unknown_board_is_refused_with_the_known_ones():
    result = hil_firmware("build", "--board", "arduino")
    assert result.exit_code == 2
    assert "--board arduino: expected netduino-plus-2, feather-f405, pyboard" in result.stderr


def test_a_board_and_a_place_are_not_built_at_once():
    result = hil_firmware("build", "qemu", "--board", "pyboard")
    assert result.exit_code == 2
    assert "either --board or qemu" in result.stderr


def test_the_programmer_that_suits_the_board_goes_first(bench):  # noqa: F811
    for name in ("openocd", "dfu-util"):
        install(bench, name)
    file = elf(bench)
    assert hil_flash("--elf", file, "--board", "nucleo-f446re").exit_code == 0
    assert arguments_of(bench, "openocd")
    done = hil_flash("--elf", file, "--board", "black-pill-f411")
    assert str(file.with_suffix(".bin")) in arguments_of(bench, "dfu-util")
    assert "line: USART1, TX PA9, RX PA10, at A9 (TX), A10 (RX), to a serial adapter" in done.stdout


def test_a_board_whose_programmer_is_not_installed_names_those_that_suit_it(bench):  # noqa: F811
    install(bench, "dfu-util")
    result = hil_flash("--elf", elf(bench), "--board", "nucleo-f446re")
    assert result.exit_code == 2
    assert "openocd (for openocd), stlink-tools (for st-flash)" in result.stderr
    assert "dfu-util" not in result.stderr


def heard(obc, data, kind):
    """The values of the first packet of a kind that comes back; what is sent may come too early."""
    deframer = Deframer(TABLE)
    for _ in range(40):
        end_s = time.monotonic() + 0.5
        obc.write(data, end_s)
        while arrived := obc.read(end_s):
            for packet in deframer.receive(arrived):
                if packet.message is kind:
                    return packet.values
    return None


@pytest.mark.emulator
@pytest.mark.compilers
def test_it_starts_after_a_boot_loader_that_leaves_everything_running():
    """Its tick and every interrupt wait, and the process stack is in use."""
    image = build.build("qemu").with_name("obc-after-loader.elf")
    framer = Framer()
    with QemuObc(image) as obc:
        hello = framer.frame(TABLE.by_name["hello_request"], hello_values())
        assert heard(obc, b"\0" + hello, HELLO) is not None
        told = heard(obc, framer.frame(TABLE.by_name["sync"], [0], 0), HOUSEKEEPING)
    names = [field.name for field in HOUSEKEEPING.fields for _ in range(field.count)]
    values = dict(zip(names, told, strict=True))
    assert values["reset_cause"] != RESET_CRASH
    assert values["watchdog_resets"] == 0
    assert values["unread_octets_max"] > 0


def hello_values():
    return request_values(Fraction(1, 10), {"gyro": 1}, TABLE)
