"""The page of everything that can fail, made from the table of kinds.

``python -m hil.cli.faultpage`` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hil.faults import KINDS, Fault, FaultKind

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
_BEGIN = """\
# What can fail

A `[[fault]]` table in a rig makes a device or the line fail in a run. A file of such tables can be
laid over any rig: `hil run RIG --faults FILE`, `pytest --hil-faults FILE`. What stands below is
made from the table of kinds (`python -m hil.cli.faultpage`), and each example is run by a test.

```toml
[[fault]]
name = "gyro sticks" # in events and messages
device = "gyro 0"
kind = "held"
at_s = 200.0
duration_s = 30.0    # to the run's end if not given
```

A device is a sensor and its number, `wheel NAME`, `rod NUMBER`, `thruster NAME`, `line to_obc` or
`line from_obc`.

| when | |
|---|---|
| `at_s` | at a simulated time |
| `on = "mode NAME"` | when the firmware enters a mode |
| `on = "event NAME"` | when the firmware tells an event |
| `on = "eclipse entry"`, `on = "eclipse exit"` | half of the Sun is covered, or free again |
| `on = "fault NAME"` | when another fault begins |
| `mean_between_s` | at random, so far apart on average; needs `duration_s` |

`after_s` puts off what `on` begins. A fault with `on` and `duration_s` comes again on the next
occasion. Every beginning and end is an event of the recording (source `fault`); how many frames or
octets a fault of the line has hit stands in the recording's record `faults`. A rig without faults
keeps its bits.

Nothing but the data tells the OBC of a fault. Values are in the unit of the device's column, and a
failed sensor's values are rounded as its message is.
"""
_ON = {
    "sensor": "Sensors",
    "wheel": "Wheels and rods",
    "rod": "Wheels and rods",
    "thruster": "Thrusters",
    "line": "The line, each direction by itself",
}


def page() -> str:
    """Return the page."""
    return "\n".join([_BEGIN, *_sections()])


def _sections() -> Iterator[str]:
    heading = ""
    for kind in KINDS.values():
        if _ON[kind.on[0]] != heading:
            heading = _ON[kind.on[0]]
            yield f"## {heading}\n"
        yield from _kind(kind)


def _kind(kind: FaultKind) -> Iterator[str]:
    yield f"### `{kind.name}`\n\n{kind.what}\n"
    for key in (*kind.needs, *kind.may):
        need = "" if key in kind.needs else " May be left out beside another."
        yield f"* `{key}`: {Fault.model_fields[key].description}{need}"
    if kind.needs or kind.may:
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
        "duration_s = 10.0",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page())
