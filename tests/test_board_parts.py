"""What the emulator's plugin gives the board: clock controller, watchdog, timers and pins."""

import struct
import sys

import pytest

from hil.machine import build
from hil.obc.place import LineTo, PinTo

if sys.platform == "win32":
    pytest.skip("the emulator's places need POSIX", allow_module_level=True)
from hil.obc.qemu_lines import QemuLinesObc

MS, S = 1_000_000, 1_000_000_000
POWER_ON, BY_WATCHDOG = 0x0E000000, 0x24000000
PA8, PB0 = 8, 16
USART1 = LineTo("probe", 115_200, usart=1)
WATCHED = (PinTo(timer=4, channel=1), PinTo(pin=PB0))


class Probe:
    """The board with firmware_stubs/tests/board_probe.c on it."""

    def __init__(self):
        image = build.build("qemu").parent / "board-probe.elf"
        self.board = QemuLinesObc(image, [USART1], wire=False, pins=WATCHED)
        self.now_ns = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.board.close()

    def go(self, until_ns, bursts=(), edges=()):
        self.board.run_until(until_ns, bursts, edges)
        self.now_ns = until_ns

    def ask(self, what=b"?"):
        """Return ticks, edges and the flags of the last reset, 5 ms later."""
        self.go(self.now_ns + 5 * MS, [(self.now_ns, 0, what)])
        return struct.unpack("<3I", self.board.channels[0].read())


@pytest.fixture(scope="module")
def probe():
    with Probe() as made:
        made.go(100 * MS)
        yield made


pytestmark = [pytest.mark.emulator, pytest.mark.slow]


def test_start_up_code_that_waits_for_its_clocks_comes_to_its_end(probe):
    """A first start is by power; a tick is 1 ms of a core at 168 MHz, as the PLL was set."""
    before, _, flags = probe.ask()
    assert flags == POWER_ON
    assert 80 < before <= 100
    probe.go(probe.now_ns + 995 * MS)
    assert probe.ask()[0] == before + 1000


def test_edges_of_a_pin_interrupt(probe):
    _, before, _ = probe.ask()
    start_ns = probe.now_ns
    edges = [(start_ns + n * MS, PA8, 1 - n % 2) for n in range(10)]
    probe.go(start_ns + 20 * MS, (), edges)
    assert probe.ask()[1] == before + 5


def test_duty_and_level_of_pins_are_shown(probe):
    probe.go(probe.now_ns + 100 * MS)
    duty, level = probe.board.outputs
    assert duty == pytest.approx(0.25)
    assert level == pytest.approx(0.3, abs=0.011)  # of 100 ticks, one may be cut


def test_a_watchdog_that_is_kicked_waits_and_one_that_is_not_resets():
    with Probe() as probe:
        probe.go(6 * S)
        assert probe.board.watchdog_resets == 0
        assert probe.ask(b"q")[2] == POWER_ON
        probe.go(probe.now_ns + 5 * S)  # 2 s, in which it starts again and kicks anew
        assert probe.board.watchdog_resets == 1
        ticks, _, flags = probe.ask()
        assert flags == BY_WATCHDOG
        assert 2500 < ticks < 5000
