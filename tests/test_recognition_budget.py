"""Recognition on board fits: 64 KiB of flash, 48 KiB of RAM; bench_recognition has its time."""

import ctypes
import re
import shutil
import subprocess

import pytest

from hil.machine import build

KiB = 1024
FLASH_MAX, RAM_MAX = 64 * KiB, 48 * KiB


def ram():
    """Octets of a picture, of what finds things in it, and of what it finds."""
    loaded = ctypes.CDLL(str(build.build("library")))
    loaded.hil_vision_size.restype = ctypes.c_size_t
    return loaded.hil_vision_size()


def flash():
    """Octets of code, weights and tables as the build for the board has them."""
    compiled = build.build("qemu", "arm-none-eabi-gcc").parent.rglob("vision/*.c.obj")
    listed = subprocess.run(
        ["arm-none-eabi-size", *map(str, compiled)], capture_output=True, text=True, check=True
    )
    return sum(int(each) for each in re.findall(r"^ *(\d+)\t", listed.stdout, re.MULTILINE))


def test_it_fits_its_ram():
    assert 28_800 < ram() <= RAM_MAX  # the picture alone has 28 800


@pytest.mark.slow
@pytest.mark.emulator
@pytest.mark.skipif(not shutil.which("arm-none-eabi-size"), reason="needs arm-none-eabi-size")
def test_it_fits_its_flash():
    assert 9_000 < flash() <= FLASH_MAX  # the weights alone have 9 000
