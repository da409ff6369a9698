"""The example with FreeRTOS: two tasks and one lock on the emulated board, the same bits as in C.

Its kernel comes from where FREERTOS_KERNEL says.
"""

import os
import subprocess
from pathlib import Path

import pytest
from test_examples import closed_loop, minimal  # noqa: F401  a fixture

from hil.recording import first_difference

EXAMPLE = Path(__file__).parents[1] / "firmware_stubs" / "examples" / "freertos"
KERNEL = os.environ.get("FREERTOS_KERNEL", "")


def make(folder, kernel):
    command = ["make", "-s", "-C", str(EXAMPLE), f"BUILD={folder}", f"FREERTOS_KERNEL={kernel}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.compilers
def test_without_a_kernel_the_build_says_where_to_get_one(tmp_path):
    done = make(tmp_path, tmp_path / "nowhere")
    assert done.returncode != 0
    assert "FREERTOS_KERNEL is not the folder of a FreeRTOS kernel" in done.stderr


@pytest.mark.emulator
@pytest.mark.compilers
@pytest.mark.skipif(not KERNEL, reason="FREERTOS_KERNEL names no FreeRTOS kernel")
def test_two_tasks_and_a_lock_give_the_bits_of_the_example_in_c(tmp_path, minimal):  # noqa: F811
    done = make(tmp_path, KERNEL)
    assert done.returncode == 0, done.stderr
    on_board = closed_loop(tmp_path / "a.mcap", "qemu", tmp_path / "firmware.elf")
    in_c = closed_loop(tmp_path / "b.mcap", "posix", minimal)
    assert first_difference(in_c, on_board) is None
