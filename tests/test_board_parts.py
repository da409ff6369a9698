"""What the emulator's plugin gives the board: clock controller, watchdog, timers and pins."""

import struct
import sys
from itertools import pairwise

import pytest
from lines_rigs import CRAFT, RIG, write
from rig_files import edited
from test_pins import GPS

from hil.bench.deck import Deck
from hil.bench.pins import pins_to
from hil.bench.riglines import lines_to
from hil.bench.world import World
from hil.link.clock import Clock, exact_s
from hil.machine import build
from hil.obc.place import LineTo, PinTo
from hil.rig import load_rig

if sys.platform == "win32":
    pytest.skip("the emulator's places need POSIX", allow_module_level=True)
from hil.obc.qemu_lines import QemuLinesObc

MS, S = 1_000_000, 1_000_000_000
POWER_ON, BY_WATCHDOG = 0x0E000000, 0x24000000
PA8, PB0 = 8, 16
USART1 = LineTo("probe", 115_200, usart=1)
WATCHED = (PinTo(timer=4, channel=1), PinTo(pin=PB0), PinTo(pin=PB0, edges=True))
DATAGRAM, OFF = 25, 'not_connected = ["wheel x", "wheel y", "wheel z"]'


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
        return self.asked(what)[:3]

    def asked(self, what=b"?"):
        """Return as well ticks at the last edge, and cycles of a 168 MHz core into that tick."""
        self.go(self.now_ns + 5 * MS, [(self.now_ns, 0, what)])
        return struct.unpack("<5I", self.board.channels[0].read())


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


def test_an_edge_is_seen_at_its_tick(probe):
    """To the microsecond that an interrupt takes."""
    seen = []
    for at_ns in (7 * MS + 300_000, 19 * MS + 800_000):
        start_ns = probe.now_ns
        probe.go(start_ns + 25 * MS, (), [(start_ns + at_ns, PA8, 1), (start_ns + 21 * MS, PA8, 0)])
        _, _, _, tick, cycles = probe.asked()
        seen.append(tick * 1_000_000 + cycles * 1000 / 168 - start_ns - at_ns)
    assert seen[0] - seen[1] == pytest.approx(0.0, abs=1000.0)


def test_edges_that_the_board_drives_are_told_at_their_times(probe):
    """PB0 is high for three of ten ticks."""
    edges = []
    for _ in range(100):
        probe.go(probe.now_ns + MS)
        edges += probe.board.edges
    assert {pin for _, pin, _ in edges} == {PB0}
    falls, rises = ([at_ns for at_ns, _, level in edges if level == wanted] for wanted in (0, 1))
    assert len(falls) == len(rises) == 10
    for times in (falls, rises):
        assert all(b - a == pytest.approx(10 * MS, abs=200) for a, b in pairwise(times))
    assert (falls[1] - rises[0]) % (10 * MS) == pytest.approx(3 * MS, abs=200)


def test_the_board_triggers_a_gyro_and_is_given_a_receivers_pulse(tmp_path):
    """The gyro answers each fall of PB0 once; its line is the probe's."""
    pins = 'device = "gyro 0"\ntrigger = "PB0"\n\n[[pin]]\ndevice = "gps 0"\npps = "PA8"\n'
    line = RIG[RIG.index("[[line]]") : RIG.index('[[line]]\nname = "wheels"')]
    text = edited(RIG[: RIG.index("[[line]]")], "wire = false", f"wire = false\n{OFF}")
    line = edited(line, "usart = 2", "usart = 1")
    rig = load_rig(write(tmp_path, f"{text}{line}\n[[pin]]\n{pins}", CRAFT + GPS))
    world, clock, said = World(rig), Clock(exact_s(rig.step_s)), []
    image = build.build("qemu").parent / "board-probe.elf"
    with QemuLinesObc(image, lines_to(rig), wire=False, pins=pins_to(rig)) as obc:
        deck = Deck(rig, obc, list(world.sensors), clock, lambda *each, **_: said.append(each),
                    realtime=False)  # fmt: skip
        deck.power_on()
        for step in range(60):
            deck.begin(world.sense(step), 0.0)
            deck.go_through()
            clock.go_to(step + 1)
        end_ns = clock.now_ns
        obc.run_until(end_ns + 5 * MS, [(end_ns, 0, b"?")])
        answer = obc.channels[0].read()
    begun = [at_ns for at_ns, _, data in said if at_ns > S and len(data) == DATAGRAM]
    assert len(begun) == 200
    assert {b - a for a, b in pairwise(begun)} == {10 * MS}
    ticks, edges, _, tick, _ = struct.unpack("<5I", answer[-20:])
    assert edges == 2  # at 1 and 2 s: at 0 s its clocks start
    assert ticks - tick == 1000


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
