"""SysTick over virtual time: `python tests/bench_systick.py [SECONDS]`, an hour by default.

A board on qemu-lines counts interrupts of its SysTick, 1 000 a second, and sleeps between them.
Prints how many it counted at the end, and how many it should have, and exits with 1 if it is not
the same.
"""

import sys
import time

from test_board_parts import MS, Probe, S


def main():
    """Let it count."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 3600
    with Probe() as probe:
        probe.go(S)
        first, _, _ = probe.ask()
        begun_s, begun_ns = time.monotonic(), probe.now_ns
        for second in range(1, seconds + 1):
            probe.go(begun_ns + second * S - 5 * MS)
        last, _, _ = probe.ask()
        spent_s = time.monotonic() - begun_s
    print(
        f"{seconds} s of virtual time: {last - first} ticks of {1000 * seconds}, in {spent_s:.0f} s"
    )
    sys.exit(last - first != 1000 * seconds)


if __name__ == "__main__":
    main()
