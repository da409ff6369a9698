"""The page of everything that can fail, made from the table of kinds.

``python -m hil.cli.faultpage`` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hil.config import meanings
from hil.faults import KINDS, Fault, FaultKind
from hil.faults.kind import ON_LINE

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
_BEGIN = """\
# Faults

A `[[fault]]` table in a rig makes a device, the line or the OBC fail during a run. A file of such
tables can be added to any rig: `hil run RIG --faults FILE`, `pytest --hil-faults FILE`. This page
is generated from the table of kinds (`python -m hil.cli.faultpage`), and a test runs each example.

```toml
[[fault]]
name = "gyro sticks" # in events and messages
device = "gyro 0"
kind = "held"
at_s = 200.0
duration_s = 30.0    # to the end of the run if not given
```

A device is a sensor and its number, `wheel NAME`, `rod NUMBER`, `thruster NAME`, `line to_obc`,
`line from_obc` or `obc`. A rig with `[[line]]` tables has `line NAME` as well, which is both ways,
`line NAME to_obc` and `line NAME from_obc`.

| when | |
|---|---|
| `at_s` | at a simulated time |
| `on = "mode NAME"` | when the firmware enters a mode |
| `on = "event NAME"` | when the firmware reports an event |
| `on = "eclipse entry"`, `on = "eclipse exit"` | when half of the Sun is covered, or free again |
| `on = "fault NAME"` | when another fault begins |
| `on = "rise NAME"` | when the spacecraft rises above the horizon of the rig's `[[target]]` |
| `mean_between_s` | at random, this far apart on average; needs `duration_s` |

`after_s` delays what `on` triggers. A fault with `on` and `duration_s` begins again on the next
occasion. The beginning and the end of each fault are events of the recording, with the source
`fault`. The recording's metadata `faults` count what each fault has hit: frames or octets of the
bench's line, messages of a line of a device's own, or restarts. A rig without faults gives the same
bits as before.

The OBC sees only the spoiled data; nobody tells it about the fault. Values are in the unit of the
device's column, and a failed sensor's values are rounded as its message rounds them.

## How the firmware reacts

[Requirements](rig_files.md#the-reaction-to-a-fault) say how the firmware must react to a fault. In
[two rigs](../rigs/failures) one device after another fails, and each failure has a requirement. The
reference flight software meets them in ten seeds; `tests/bench_failures.py` prints what it misses.

`hil faults RIG` needs no `[[fault]]`. It tries every kind of fault on every device of a rig, one in
each run, and compares the run with one of the same seed without the fault.

```console
$ hil faults rigs/dier5_nadir.toml --seeds 1-3 -o faults.html
$ hil faults rigs/dier5_nadir.toml --devices "wheel *" --kinds dead,seized --pairs
```

For each fault it prints when the firmware reported it, which modes the firmware entered, for how
long the rig's first pointing requirement was missed, and how long after the fault's end it was met
again. A rating sums this up:

| rating | |
|---|---|
| no effect | the requirement was met all the time, in the commanded mode |
| degraded | it was missed for a time, or the run ends within ten times its limit or 2 degrees |
| safe | the run ends in `sun_safe` or `detumble`, and the body turns no faster than 1 deg/s |
| lost | anything else, and every run that died |

Where no wheel holds the body, a spin keeps its axis to the Sun: that is safe up to 5 deg/s.

The size of each fault follows from the device's own table: an offset is a hundred times the noise,
and a runaway wheel gives its largest torque. The page that `-o` writes has each fault as a table
for `hil run --faults`. `[[expected_rating]]` in a rig makes a rating a test.
"""
_ON = {
    "sensor": "Sensors",
    "wheel": "Wheels and rods",
    "rod": "Wheels and rods",
    "thruster": "Thrusters",
    "line": "The line, each direction by itself",
    ON_LINE: "Devices on lines of their own",
    "obc": "The OBC itself",
}


_OWN_LINES = """\
A device on a line of its own can measure wrongly, as any other. The faults below concern what it
sends. Its line can also have `drop`, `flip_bits`, `cut`, `duplicate`, `noise_octets` and `silence`;
a frame is then a message of the device's protocol.
"""
_OBC = """\
`library`, `posix`, `qemu` and `qemu-fast` can have all of these faults, and give the same bits. A
port can have only those of the clock; the bench refuses any other before the start. After a restart
the bench does not say HELLO again: the firmware remembers what it knows, or a `[[telecommand]]`
tells it.

Non-volatile memory survives a reset and a loss of power, and is empty at the start of each run. The
library's `hil_obc_boot` is given it, and a process finds it in a file that the environment names
(`HIL_STORE`). The emulated board's flash takes no data, so there the bench keeps the firmware's
variable `emulated_flash`. In the same three ways the firmware learns why it boots.

Replies that a fault of the OBC costs are counted as `replies_lost_to_faults`, and restarts as
`injected_restarts`. Neither counts against the line, and the line's verdict names them. A restart
that the bench did not cause still ends the run. A telecommand to an OBC that is down is lost.

Variables have their names in the firmware's C source, such as `flight.adcs.mode`. The names come
from the ELF file's symbols and debugging information (`-g`); without the latter only whole
variables are known. Random flips hit every bit of every variable with the same probability, but not
the stack, and not constants. A flip that crashes the firmware ends the run; on `library` it may end
the bench as well. Bits are flipped between two steps, while the firmware waits for its line.
"""


_ABOUT = {"obc": _OBC, ON_LINE: _OWN_LINES}


def page() -> str:
    """Return the page."""
    return "\n".join([_BEGIN, *_sections()])


def _sections() -> Iterator[str]:
    heading = ""
    for kind in KINDS.values():
        if _ON[kind.on[0]] != heading:
            heading = _ON[kind.on[0]]
            yield f"## {heading}\n"
            if kind.on[0] in _ABOUT:
                yield _ABOUT[kind.on[0]]
        yield from _kind(kind)


def _kind(kind: FaultKind) -> Iterator[str]:
    told = meanings(Fault)
    yield f"### `{kind.name}`\n\n{kind.what}\n"
    for key in (*kind.needs, *kind.may, *kind.can):
        need = " Optional when another key is given." if key in kind.may else ""
        yield f"* `{key}`: {told[key]}{need}"
    if kind.needs or kind.may or kind.can:
        yield ""
    yield f"```toml\n{example(kind)}\n```\n"


def example(kind: FaultKind) -> str:
    """Return a table with the kind's example in it."""
    device, _, keys = kind.example.partition("\n")
    lines = [
        "[[fault]]",
        f'name = "{kind.name.replace("_", " ")}"',
        device,
        f'kind = "{kind.name}"',
        *([keys] if keys else []),
        "at_s = 20.0",
        *([] if kind.moment else ["duration_s = 10.0"]),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page())
