"""What devices' own lines cost the bench in a control period: `python tests/bench_lines.py`.

Four devices: STIM300, Sagitta, OEM7 and a wheel, each on a line, with an OBC that commands the
wheel each period. Only the bench's own work is timed: no waiting, no OBC, no recording.
"""

import os
import statistics
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

from lines_rigs import CRAFT, RIG, write

from hil.bench.deck import Deck
from hil.bench.world import World
from hil.link.clock import Clock
from hil.obc.channel import Ends, socket_pair
from hil.protocols import nsp
from hil.rig import load_rig

TRACKER = """
[[star_tracker]]
rate_hz = 20.0
boresight_body = [0.0, 0.0, -1.0]
across_noise_arcsec = 2.0
roll_noise_arcsec = 10.0
"""
GPS = """
[[gps]]
rate_hz = 20.0
antenna_body = [0.0, 0.0, -1.0]
zenith_range_deg = 75.0
position_noise_m = 1.0
velocity_noise_m_s = 0.02
"""
LINES = """
[[line]]
name = "star"
baud = 115200
[[line.device]]
device = "star_tracker 0"
protocol = "sagitta"
setup = ["21030101", "21001218000000000000000000000000000000"]
[[line]]
name = "gps"
baud = 115200
[[line.device]]
device = "gps 0"
protocol = "novatel"
setup = ["log com1 bestxyzb ontime 0.05", "saveconfig"]
"""
STEPS = 4000


def deck_of(folder):
    """Return a deck of four lines, its clock, and the samples and far ends that it is given."""
    head, _, _ = RIG.partition('[[line.device]]\ndevice = "wheel y"')
    rig_text = (head + LINES).replace("wire = false", 'not_connected = ["wheel y", "wheel z"]')
    rig = load_rig(write(folder, rig_text, CRAFT + TRACKER + GPS))
    ends = Ends([line.name for line in rig.line], socket_pair)
    obc = SimpleNamespace(channels=ends.channels, death_fd=-1, name="bench", baud=None)
    world = World(rig)
    clock = Clock(Fraction(1, 20))
    deck = Deck(rig, obc, world.sensors, clock, lambda *_, **__: None, realtime=False)
    deck.power_on()
    return deck, clock, world.sense(0), ends.far


def cost_us():
    """Return the median cost of a control period, and the octets to the OBC in one."""
    with tempfile.TemporaryDirectory() as folder:
        deck, clock, samples, far = deck_of(Path(folder))
        command = nsp.set_mode(0x21, nsp.TORQUE, 1e-3)
        init = nsp.frame(0x21, nsp.HOST, nsp.POLL | nsp.INIT, b"\0\x10\0\0")
        spent, octets = [], 0
        for step in range(STEPS):
            clock.go_to(step)
            os.write(far[1], command if step > 30 else init)
            begun = time.perf_counter()
            deck.begin(samples, 0.0)
            deck.exchange()
            deck.actuators.commands()
            spent.append(time.perf_counter() - begun)
            octets += sum(map(drained, far))
    return 1e6 * statistics.median(spent), octets / STEPS


def drained(fd):
    """Take what has come; return how much."""
    os.set_blocking(fd, False)
    try:
        return len(os.read(fd, 65_536))
    except BlockingIOError:
        return 0


if __name__ == "__main__":
    us, octets = cost_us()
    print(
        f"four devices on four lines: {us:.1f} us a control period, {octets:.0f} octets to the OBC"
    )
