"""The boards that the firmware for STM32F4 is built for: one table, and files of a user's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from hil.errors import RigError

_TABLE = Path(__file__).with_name("boards.toml")
CHIPS = {"stm32f405": 168, "stm32f446": 168, "stm32f411": 96}
"""Families of chips, and the core clock in MHz that the firmware gives them."""
PINS = {1: ("PA9", "PA10"), 2: ("PA2", "PA3"), 3: ("PB10", "PB11"), 6: ("PC6", "PC7")}
"""TX and RX of each USART, as ports/stm32f405/usart.h has them."""
_NO_PB11 = "stm32f446", "stm32f411"
_PROGRAMMERS = "openocd", "st-flash", "dfu-util"
_CRYSTAL_MHz = range(4, 27)
_LEAST_RAM_KiB, _LEAST_FLASH_KiB = 96, 256


@dataclass(frozen=True)
class Board:
    """One board, as boards.toml describes it."""

    name: str
    title: str
    chip: str
    crystal_MHz: int
    usart: int
    at: str
    port: str
    flash_KiB: int
    ram_KiB: int
    programmers: tuple[str, ...]
    sources: tuple[str, ...]
    bypass: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """What CMake is told of it."""
        values = {
            "HIL_CHIP": self.chip,
            "HIL_HSE_HZ": self.crystal_MHz * 1_000_000,
            "HIL_HSE_BYPASS": int(self.bypass),
            "HIL_USART": self.usart,
            "HIL_FLASH_KIB": self.flash_KiB,
            "HIL_RAM_KIB": self.ram_KiB,
        }
        return tuple(f"-D{name}={value}" for name, value in values.items())

    @property
    def line(self) -> str:
        """Where the bench's line is on it, and how it gets from there to the computer."""
        tx, rx = PINS[self.usart]
        to = "through the ST-LINK's port" if self.port == "ST-LINK VCP" else "to a serial adapter"
        return f"USART{self.usart}, TX {tx}, RX {rx}, at {self.at}, {to}"


def boards() -> dict[str, Board]:
    """Return the boards of the table by name."""
    return {board.name: board for board in _read(_TABLE)}


def board(name: str) -> Board:
    """Return the board of the table with this name, or the one of a TOML file.

    Raises RigError for a name that is not in the table, and for a file that does not describe one
    board.
    """
    if name.endswith(".toml"):
        found = _read(Path(name))
        if len(found) != 1:
            raise RigError(f"{name}: expected one table, [name], not {len(found)}")
        return found[0]
    known = boards()
    if name not in known:
        raise RigError(
            f"--board {name}: expected {', '.join(known)}, or a TOML file that describes a board "
            "(`hil firmware boards` shows the table)"
        )
    return known[name]


def _read(file: Path) -> list[Board]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RigError(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    except tomllib.TOMLDecodeError as error:
        raise RigError(f"{file}: {error}") from None
    return [_board(f"{file}: [{name}]", name, values) for name, values in tables.items()]


def _board(where: str, name: str, values: Any) -> Board:
    known = {field.name: field for field in fields(Board) if field.name != "name"}
    if not isinstance(values, dict):
        raise RigError(f"{where}: expected a table")
    unknown = [key for key in values if key not in known]
    missing = [key for key in known if key not in values and key != "bypass"]
    if unknown or missing:
        wrong = [f"unknown key {key}" for key in unknown] + [f"{key} is missing" for key in missing]
        raise RigError(f"{where}: {'; '.join(wrong)}. Expected {', '.join(known)}")
    for key in ("programmers", "sources"):
        _refuse_unless(isinstance(values[key], list), where, key, "a list of texts")
        values[key] = tuple(map(str, values[key]))
    made = Board(name=name, **values)
    _check(where, made)
    return made


def _check(where: str, it: Board) -> None:
    _refuse_unless(it.chip in CHIPS, where, "chip", f"one of {', '.join(CHIPS)}")
    _refuse_unless(it.usart in PINS, where, "usart", "1, 2, 3 or 6")
    has_pins = it.usart != 3 or it.chip not in _NO_PB11
    _refuse_unless(has_pins, where, "usart", f"1, 2 or 6: a {it.chip} has no USART3 on PB11")
    _refuse_unless(it.crystal_MHz in _CRYSTAL_MHz, where, "crystal_MHz", "a whole number, 4 to 26")
    _refuse_unless(isinstance(it.bypass, bool), where, "bypass", "true or false")
    for key, least in (("flash_KiB", _LEAST_FLASH_KiB), ("ram_KiB", _LEAST_RAM_KiB)):
        value = getattr(it, key)
        fits = isinstance(value, int) and value >= least
        _refuse_unless(fits, where, key, f"a whole number of at least {least}")
    _refuse_unless(
        it.port in ("adapter", "ST-LINK VCP"), where, "port", '"adapter" or "ST-LINK VCP"'
    )
    suit = bool(it.programmers) and set(it.programmers) <= set(_PROGRAMMERS)
    _refuse_unless(suit, where, "programmers", f"some of {', '.join(_PROGRAMMERS)}")


def _refuse_unless(good: bool, where: str, key: str, expected: str) -> None:
    if not good:
        raise RigError(f"{where}: {key}: expected {expected}")


def table(found: Iterable[Board]) -> Table:
    """Return the boards as a table, one a row."""
    headings = ("board", "chip", "clock", "line", "pins", "at", "flash", "RAM", "programmer")
    shown = Table(*headings, box=None, pad_edge=False, header_style="")
    for it in found:
        clock = f"{it.crystal_MHz} MHz {'clock' if it.bypass else 'crystal'}"
        tx, rx = PINS[it.usart]
        sizes = (f"{it.flash_KiB} KiB", f"{it.ram_KiB} KiB")
        to = f"USART{it.usart}, {'ST-LINK' if it.port == 'ST-LINK VCP' else it.port}"
        cells = (it.name, it.chip, clock, to, f"{tx} {rx}", it.at, *sizes, it.programmers[0])
        shown.add_row(*map(Text, cells))
    return shown
