"""The flight software on other cores: the same bits from a Cortex-M3, M7 and M33; it fits an M0+.

The boards are ARM's MPS2 in QEMU, the stream is that of test_firmware_bits.
"""

import os
import re
import select
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from cobs import cobs
from test_firmware_bits import (  # noqa: F401  fixtures
    STEPS_A_MODE,
    expected,
    stream,
    without_own_measures,
)

from hil.link.messages import HELLO, MODES
from hil.obc.qemu import emulator

STUBS = Path(__file__).parents[1] / "firmware_stubs"
PLACE = STUBS / "ports" / "mps2"
FOLDERS = ("link", "vision", "radio", "adcs")
SOURCES = [path for folder in FOLDERS for path in sorted((STUBS / folder).glob("*.c"))]
FLAGS = [
    *("-std=c99", "-O2", "-mthumb", "-ffp-contract=off", "-fno-math-errno", "-ffreestanding"),
    *("-ffunction-sections", "-fdata-sections", "-Wall", "-Wextra", "-Werror"),
    *(f"-I{STUBS / folder}" for folder in FOLDERS),
    f"-I{STUBS / 'ports' / 'stm32f405' / 'include'}",
    '-DFLIGHT_BUILD_ID="core"',
    "-DHIL_PACKET_SIZE_MAX=192u",  # as firmware_stubs/cmake/flags.cmake has it
]
HARD = ("-mfloat-abi=hard", "-mfpu=fpv5-sp-d16")
STEPS = STEPS_A_MODE * (len(MODES) + 1)  # every mode, and the first with four wheels
FUSED = re.compile(r"\tvf?n?m[as]\.|\tvfm|\tvfnm")


@dataclass(frozen=True)
class Core:
    flags: tuple[str, ...]
    machine: str = ""
    code: int = 0x0000_0000
    ram: int = 0x2000_0000
    uart: int = 0x4000_4000


CORES = {
    "cortex-m3": Core(("-mcpu=cortex-m3", "-mfloat-abi=soft"), "mps2-an385"),
    "cortex-m7": Core(("-mcpu=cortex-m7", *HARD), "mps2-an500"),
    "cortex-m33": Core(
        ("-mcpu=cortex-m33", *HARD), "mps2-an505", 0x1000_0000, 0x3800_0000, 0x5020_0000
    ),
    "cortex-m0plus": Core(("-mcpu=cortex-m0plus", "-mfloat-abi=soft"), code=0x1000_0000),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Builds for a core, once, and hands out the ELF file."""

    def build(name, made={}):  # noqa: B006
        if name not in made:
            made[name] = link(CORES[name], tmp_path_factory.mktemp(name))
        return made[name]

    return build


def link(core, folder):
    own = [PLACE / "main.c"] + ([PLACE / "sqrtf.c"] if "-mfloat-abi=soft" in core.flags else [])
    compiled = [*FLAGS, *core.flags, f"-DMPS2_UART={core.uart}u", "-c"]
    gcc(folder, *compiled, *map(str, [*SOURCES, *own]))
    memory = str(STUBS / "ports" / "stm32f405" / "memory.c")
    gcc(folder, *compiled, "-fno-tree-loop-distribute-patterns", "-fno-builtin", memory)
    begin = f"-Wl,--gc-sections,--defsym=code_begin={core.code},--defsym=ram_begin={core.ram}"
    objects = sorted(path.name for path in folder.glob("*.o"))
    script = ("-nostdlib", "-T", str(PLACE / "mps2.ld"))
    gcc(folder, *core.flags, "-mthumb", *script, begin, *objects, "-lgcc", "-o", "obc.elf")
    return folder / "obc.elf"


def gcc(folder, *arguments):
    command = ["arm-none-eabi-gcc", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def run(elf, machine, chunks, answers):
    """What the emulated board answers to each chunk: as many frames as are expected."""
    command = [emulator(), "-M", machine, "-nodefaults", "-display", "none", "-kernel", str(elf)]
    line = ["-chardev", "stdio,id=line", "-serial", "chardev:line"]
    with subprocess.Popen(
        [*command, *line], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as board:
        try:
            say_hello(board, chunks[0])
            pairs = zip(chunks[1:], answers[1:], strict=True)
            return [exchange(board, chunk, answer.count(0)) for chunk, answer in pairs]
        finally:
            board.kill()


def say_hello(board, hello):
    """Until it is answered: a board that is still booting drops octets."""
    heard = b""
    for _ in range(120):
        os.write(board.stdin.fileno(), hello)
        if select.select([board.stdout], [], [], 0.5)[0]:
            heard += os.read(board.stdout.fileno(), 65536)
            if any(frame and is_hello(frame) for frame in heard.split(b"\0")[:-1]):
                return
    pytest.fail("the board is silent")


def exchange(board, chunk, frames):
    """The answer to a chunk, without what HELLOs that were said twice brought."""
    os.write(board.stdin.fileno(), chunk)
    heard, kept = b"", []
    while len(kept) < frames:
        ready, _, _ = select.select([board.stdout], [], [], 60.0)
        assert ready, "the board is silent"
        *whole, heard = (heard + os.read(board.stdout.fileno(), 65536)).split(b"\0")
        kept += [frame for frame in whole if frame and not is_hello(frame)]
    return b"\0".join(kept) + b"\0"


def is_hello(frame):
    return int.from_bytes(cobs.decode(frame)[:2]) & 0x7FF == HELLO.apid


def flight_only(replies):
    """Without what housekeeping says of the machine."""
    return [without_own_measures(reply) for reply in replies]


@pytest.mark.slow
@pytest.mark.emulator
@pytest.mark.compilers
@pytest.mark.parametrize("name", ["cortex-m3", "cortex-m7", "cortex-m33"])
def test_another_core_gives_the_same_bits(name, built, stream, expected):  # noqa: F811
    count = len(stream) - 2 * STEPS_A_MODE * len(MODES) + STEPS
    chunks, answers = stream[:count], expected[:count]
    heard = run(built(name), CORES[name].machine, chunks, answers)
    assert flight_only(heard) == flight_only(answers[1:])  # HELLO names the build


@pytest.mark.slow
@pytest.mark.compilers
@pytest.mark.parametrize("name", ["cortex-m7", "cortex-m33"])
def test_no_multiplication_is_fused_with_an_addition(name, built):
    """These cores have the instruction, and it rounds once where two operations round twice."""
    command = ["arm-none-eabi-objdump", "-d", str(built(name))]
    code = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "\tvmul.f32" in code
    assert not FUSED.search(code)


@pytest.mark.slow
@pytest.mark.compilers
def test_it_fits_a_cortex_m0_plus(built):
    """As in an RP2040: 2 MB of flash, 264 KB of RAM."""
    command = ["arm-none-eabi-size", str(built("cortex-m0plus"))]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    code, data, cleared = map(int, told.splitlines()[1].split()[:3])
    print(f"cortex-m0plus: {code + data} octets of flash, {data + cleared} of RAM")
    assert code + data < 2 << 20
    assert data + cleared < 264 * 1024 - 16384
