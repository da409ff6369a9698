"""What the firmware takes of a board's memory: prints it, or with --write puts it into the page.

python tests/firmware_figures.py [--write]
"""

import re
import sys
from pathlib import Path

from hil.machine import build

PAGE = Path(__file__).parents[1] / "firmware_stubs" / "README.md"
SENTENCE = re.compile(r"of `obc-usart\.elf`: ([\d.]+) KiB of flash, ([\d.]+) KiB of RAM")


def measured():
    """Flash and RAM besides the stack, in KiB, as the build of the board's firmware prints them."""
    path = build.build("qemu", "arm-none-eabi-gcc")
    code, data = re.findall(r"(\d+) bytes", build.sizes(path)[0])
    return int(code) / 1024, int(data) / 1024


def told():
    """The same, as the page has them."""
    flash, ram = SENTENCE.search(PAGE.read_text()).groups()
    return float(flash), float(ram)


if __name__ == "__main__":
    flash_KiB, ram_KiB = measured()
    words = f"of `obc-usart.elf`: {flash_KiB:.1f} KiB of flash, {ram_KiB:.1f} KiB of RAM"
    print(words)
    if "--write" in sys.argv:
        PAGE.write_text(SENTENCE.sub(words, PAGE.read_text()))
