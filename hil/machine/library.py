"""The link as a library for the Arduino IDE and for PlatformIO: one ZIP file that both install."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from hil.errors import RigError
from hil.machine.build import sources

NAME = "hil_link"
_SENTENCE = "Closes the attitude loop of a CubeSat's firmware with the hil test bench."
_PARAGRAPH = (
    "Framing, checksums and messages of the line between the bench and an on-board computer. C99 "
    "without allocation."
)
_URL = "https://pypi.org/project/hil/"
_AUTHOR = "The hil authors"
_SKETCH = Path("examples") / "arduino" / "rate_damping" / "rate_damping.ino"


def write(file: Path, version: str) -> None:
    """Write the library of this version as a ZIP file. Raises RigError when that cannot be done."""
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in contents(version).items():
                # A date of its own would make each file another one.
                archive.writestr(zipfile.ZipInfo(f"{NAME}/{name}"), text)
    except OSError as error:
        raise RigError(f"cannot write {file}: {error.strerror or error}") from None


def contents(version: str) -> dict[str, str]:
    """Return every file of the library by its name in it, in the layout that both tools want."""
    link = sorted((sources() / "link").glob("*.[ch]"))
    sketch = sources() / _SKETCH
    return {
        "library.properties": _properties(version),
        "library.json": json.dumps(_manifest(version), indent=2) + "\n",
        "keywords.txt": _keywords(),
        f"examples/{sketch.stem}/{sketch.name}": sketch.read_text(encoding="utf-8"),
        **{f"src/{path.name}": path.read_text(encoding="utf-8") for path in link},
    }


def _properties(version: str) -> str:
    """As arduino.github.io/arduino-cli/latest/library-specification wants it."""
    values = {
        "name": NAME,
        "version": version,
        "author": _AUTHOR,
        "maintainer": _AUTHOR,
        "sentence": _SENTENCE,
        "paragraph": _PARAGRAPH,
        "category": "Communication",
        "url": _URL,
        "architectures": "*",
        "includes": "hil_link.h",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _manifest(version: str) -> dict[str, object]:
    """As docs.platformio.org/en/latest/manifests/library-json wants it."""
    return {
        "name": NAME,
        "version": version,
        "description": f"{_SENTENCE} {_PARAGRAPH}",
        "keywords": ["cubesat", "hardware in the loop", "test bench", "ccsds", "attitude"],
        "authors": [{"name": _AUTHOR}],
        "license": "Apache-2.0",
        "homepage": _URL,
        "frameworks": "*",
        "platforms": "*",
        "headers": ["hil_link.h"],
        "examples": [
            {"name": "rate_damping", "base": "examples/rate_damping", "files": ["rate_damping.ino"]}
        ],
    }


def _keywords() -> str:
    functions = ("hil_link_init", "hil_link_poll", "hil_link_send", "hil_link_acknowledge")
    types = ("hil_link", "hil_port", "hil_packet", "hil_application")
    rows = [(name, "KEYWORD1") for name in types] + [(name, "KEYWORD2") for name in functions]
    return "".join(f"{name}\t{kind}\n" for name, kind in rows)
