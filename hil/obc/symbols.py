"""The variables of a firmware, taken apart into their members, from its ELF file and its DWARF.

Source of the encodings: DWARF Debugging Information Format, version 5, sections 2.6 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from hil.errors import RigError

_ADDRESS = 0x03  # DW_OP_addr
_WRAPPERS = ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type")
_AGGREGATES = ("DW_TAG_structure_type", "DW_TAG_union_type", "DW_TAG_class_type")
_SCOPES = ("DW_TAG_subprogram", "DW_TAG_lexical_block", "DW_TAG_namespace")
_OF_THE_LINKER = (".got", ".dynamic", ".init_array", ".fini_array", ".tm_clone_table", ".jcr")


class Variable(NamedTuple):
    """A variable, or a member of one: its C name, address and size in octets."""

    name: str
    address: int
    size: int


@cache
def first_address(elf_file: Path) -> int:
    """Return the address that a program's file gives its own beginning; 0 if it can lie anywhere.

    Raises RigError for what is not a program.
    """
    with elf_file.open("rb") as opened:
        try:
            first = next(ELFFile(opened).iter_segments("PT_LOAD"))
        except (ELFError, StopIteration) as error:
            raise RigError(f"{elf_file} is not a program with symbols: {error}") from error
        return int(first["p_vaddr"] - first["p_offset"])


def variables(elf_file: Path) -> tuple[Variable, ...]:
    """Return what a program can write of its data, by name, in the order of their addresses.

    Structures and arrays of structures are taken apart where the file has debugging information.
    Raises RigError for a file without symbols.
    """
    if found := own_variables(elf_file):
        return found
    raise RigError(
        f"{elf_file} has no symbols of writable data: build it without -s, and with -g for the "
        "members of structures"
    )


@cache
def own_variables(elf_file: Path) -> tuple[Variable, ...]:
    """Return the same, which may be none."""
    with elf_file.open("rb") as opened:
        try:
            elf = ELFFile(opened)
            writable = list(_writable(elf))
            found = [each for each in _of_dwarf(elf) if _within(each, writable)]
            named = [each for each in _of_symbols(elf) if _within(each, writable)]
        except ELFError as error:
            raise RigError(f"{elf_file} has no symbols that can be read: {error}") from error
    known = {each.address for each in found}
    found += [each for each in named if each.address not in known and not _covered(each, found)]
    return tuple(sorted(set(found), key=lambda each: (each.address, -each.size)))


@cache
def whole_variable(elf_file: Path, name: str) -> Variable | None:
    """Return a variable of this name as it is, None where there is none or no symbols."""
    with elf_file.open("rb") as opened:
        return next((each for each in _of_symbols(ELFFile(opened)) if each.name == name), None)


@cache
def members_of_argument(elf_file: Path, function: str, size: int) -> tuple[Variable, ...]:
    """Return the members of the structure of this size that a function has a pointer to, from 0.

    Empty where there is none, or no debugging information.
    """
    with elf_file.open("rb") as opened:
        elf = ELFFile(opened)
        for die in _all(elf):
            if die.tag == "DW_TAG_subprogram" and _name(die) == function:
                for child in die.iter_children():
                    pointed = _pointed(child)
                    if pointed is not None and _size(pointed) == size:
                        return tuple(_taken_apart("", 0, pointed))
    return ()


def named(found: Sequence[Variable], symbol: str) -> Variable | None:
    """Return a variable or member by its name; one that was taken apart as a whole."""
    ends = ("", ".", "[")
    parts = [
        each
        for each in found
        if each.name.startswith(symbol) and each.name[len(symbol) :][:1] in ends
    ]
    if not parts:
        return None
    begin = min(each.address for each in parts)
    return Variable(symbol, begin, max(each.address + each.size for each in parts) - begin)


# -- sections and symbols --------------------------------------------------------------------------


def _writable(elf: ELFFile) -> Iterator[range]:
    """Yield where the program can write; what is read-only after its relocation is left out."""
    relro = [
        range(each["p_vaddr"], each["p_vaddr"] + each["p_memsz"])
        for each in elf.iter_segments("PT_GNU_RELRO")
    ]
    for section in elf.iter_sections():
        begin, flags = section["sh_addr"], section["sh_flags"]
        written = flags & 1 and flags & 2  # SHF_WRITE, SHF_ALLOC
        if (
            written
            and not section.name.startswith(_OF_THE_LINKER)
            and not any(begin in each for each in relro)
        ):
            yield range(begin, begin + section["sh_size"])


def _of_symbols(elf: ELFFile) -> Iterator[Variable]:
    table: Any = elf.get_section_by_name(".symtab")
    for symbol in table.iter_symbols() if table is not None else ():
        if symbol["st_info"]["type"] == "STT_OBJECT" and symbol["st_size"]:
            yield Variable(symbol.name, symbol["st_value"], symbol["st_size"])


def _within(variable: Variable, places: Sequence[range]) -> bool:
    last = variable.address + variable.size - 1
    return any(variable.address in each and last in each for each in places)


def _covered(variable: Variable, by: Sequence[Variable]) -> bool:
    end = variable.address + variable.size
    return any(variable.address <= each.address < end for each in by)


# -- DWARF -----------------------------------------------------------------------------------------


def _all(elf: ELFFile) -> Iterator[Any]:
    """Yield what a program declares at its top and, as static variables, in its functions."""
    if elf.has_dwarf_info():
        for unit in elf.get_dwarf_info().iter_CUs():
            yield from _declared(unit.get_top_DIE())


def _declared(scope: Any) -> Iterator[Any]:
    for die in scope.iter_children():
        yield die
        if die.tag in _SCOPES:
            yield from _declared(die)


def _of_dwarf(elf: ELFFile) -> Iterator[Variable]:
    width = elf.elfclass // 8
    order = "little" if elf.little_endian else "big"
    for die in _all(elf):
        place = die.attributes.get("DW_AT_location") if die.tag == "DW_TAG_variable" else None
        if place is None or place.form != "DW_FORM_exprloc":
            continue
        octets = bytes(place.value)
        if len(octets) == 1 + width and octets[0] == _ADDRESS:
            address = int.from_bytes(octets[1:], order)  # type: ignore[arg-type]
            typed = _type(die)
            if typed is not None:
                yield from _taken_apart(_name(die), address, typed)


def _taken_apart(name: str, address: int, typed: Any) -> Iterator[Variable]:
    """Yield the members of a variable; numbers, pointers and arrays of them are whole."""
    typed = _bare(typed)
    size = _size(typed)
    if typed.tag in _AGGREGATES:
        for member in typed.iter_children():
            inner = _type(member) if member.tag == "DW_TAG_member" else None
            if inner is not None:
                called = ".".join(filter(None, (name, _name(member))))
                yield from _taken_apart(called, address + _offset(member), inner)
    elif typed.tag == "DW_TAG_array_type" and _bare(_type(typed)).tag in _AGGREGATES:
        element = _type(typed)
        step = max(1, _size(element))
        for number in range(size // step):
            yield from _taken_apart(f"{name}[{number}]", address + number * step, element)
    elif size:
        yield Variable(name, address, size)


def _type(die: Any) -> Any:
    return die.get_DIE_from_attribute("DW_AT_type") if "DW_AT_type" in die.attributes else None


def _bare(typed: Any) -> Any:
    while typed.tag in _WRAPPERS and (inner := _type(typed)) is not None:
        typed = inner
    return typed


def _pointed(die: Any) -> Any:
    """Return the type that a variable points to, or None."""
    typed = _type(die)
    typed = None if typed is None else _bare(typed)
    if typed is None or typed.tag != "DW_TAG_pointer_type":
        return None
    inner = _type(typed)
    return None if inner is None else _bare(inner)


def _size(typed: Any) -> int:
    typed = _bare(typed)
    if "DW_AT_byte_size" in typed.attributes:
        return int(typed.attributes["DW_AT_byte_size"].value)
    if typed.tag == "DW_TAG_array_type":
        number = 1
        for child in typed.iter_children():
            number *= _count(child)
        return number * _size(_type(typed))
    return int(typed.cu["address_size"]) if typed.tag == "DW_TAG_pointer_type" else 0


def _count(subrange: Any) -> int:
    attributes = subrange.attributes
    if "DW_AT_count" in attributes:
        return int(attributes["DW_AT_count"].value)
    bound = attributes.get("DW_AT_upper_bound")
    return int(bound.value) + 1 if bound is not None and isinstance(bound.value, int) else 0


def _offset(member: Any) -> int:
    place = member.attributes.get("DW_AT_data_member_location")
    if place is not None and isinstance(place.value, int):
        return int(place.value)
    bits = member.attributes.get("DW_AT_data_bit_offset")
    return int(bits.value) // 8 if bits is not None else 0


def _name(die: Any) -> str:
    name = die.attributes.get("DW_AT_name")
    return name.value.decode(errors="replace") if name is not None else ""
