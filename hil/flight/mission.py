"""A spacecraft's beliefs as a C header: what the flight software on its own lines is built with.

``python -m hil.flight.mission rigs/spacecraft/dier5.toml`` prints the one of ports/drivers.
"""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from hil.flight.parameters import PARAMETERS

_NUMBER = {parameter.name: number for number, parameter in enumerate(PARAMETERS)}


def header(craft: str, beliefs: Mapping[str, float]) -> str:
    """Return the header's text. craft: where the beliefs come from."""
    settings = "".join(f"    {{{_NUMBER[name]}, {value!r}f}}, /* {name} */\n"
                       for name, value in beliefs.items())  # fmt: skip
    return f"""\
/* Made by python -m hil.flight.mission {craft}; do not edit. */
#ifndef MISSION_H
#define MISSION_H

#include "craft.h"

static const struct craft_setting mission_settings[] = {{
{settings}    {{{_NUMBER["command_delay_s"]}, 0.01f}}, /* command_delay_s: to the wheels */
}};
static const uint8_t mission_wheels[] = {{0x21, 0xC0, 0xDB}};
static const struct craft_mission mission = {{
    .settings = mission_settings,
    .setting_count = sizeof mission_settings / sizeof mission_settings[0],
    .wheel_addresses = mission_wheels,
    .wheel_count = sizeof mission_wheels,
    .mode = 1,              /* nadir */
    .star_delay_us = 107700, /* its latency, and 89 octets at 115 200 baud */
    .gps_delay_us = 112500,  /* its latency, and 144 octets at 115 200 baud */
}};

#endif
"""


def main() -> None:
    """Print the header of a spacecraft's file."""
    path = Path(sys.argv[1])
    beliefs = tomllib.loads(path.read_text())["flight_software"]
    sys.stdout.write(header(path.as_posix(), beliefs))


if __name__ == "__main__":
    main()
