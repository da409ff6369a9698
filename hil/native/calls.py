# ruff: noqa: ARG001  what a signature names is found among the values
"""Calls of native code by its address: of this package's compiled functions, and of C's.

A compiled function that calls another is compiled together with it again. By its address it is
called as it is, whatever device it belongs to; all that is checked is what Python hands over.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numba
import numpy as np
from llvmlite import binding, ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np import arrayobj

from hil.physics.compiled import config, is_compiling

_WORD = ir.IntType(64)
_typeof: Any = numba.typeof
_arrays: Any = arrayobj
_functions: Any = cgutils


def native(function: Callable[..., Any]) -> Any:
    """Have a function stand for instructions that are put into compiled code."""
    return intrinsic(function)


def address_of(function: Any, arguments: Sequence[Any]) -> int:
    """Return where a compiled function's code for such arguments lies, compiled if need be."""
    return _address(function, tuple(_type_of(each) for each in arguments))


@cache  # a campaign asks for the same ones before each of its runs
def _address(function: Any, wanted: tuple[Any, ...]) -> int:
    function.compile(wanted)
    found = function.overloads[wanted]
    return int(found.library.get_pointer_to_function(found.fndesc.llvm_func_name))


def _type_of(value: Any) -> Any:
    """Return numba's type of a value, for usual arrays without its looking at each anew."""
    if not (isinstance(value, np.ndarray) and value.flags.carray):  # C order, aligned, writeable
        return _typeof(value)
    return _type_of_array(value.dtype, value.ndim)


@cache
def _type_of_array(dtype: np.dtype[Any], axes: int) -> Any:
    return types.Array(numba.from_dtype(dtype), axes, "C")


def _by_address(context: Any, builder: Any, result: Any, given: Any, values: Any) -> Any:
    """Call a compiled function as numba calls its own; values: the address, then arguments."""
    kind = context.call_conv.get_function_type(result, given)
    code = builder.inttoptr(values[0], kind.as_pointer())
    _, told = context.call_conv.call_function(builder, code, result, given, values[1:])
    return told


@native
def measure_at(_typing, address, row, rods, unit, normals, i, shown):  # type: ignore[no-untyped-def]
    """Call a device's ``Measure``; unit: its record as float64 words."""
    given = (row, rods, unit, normals, types.int64, shown)
    signature = types.boolean(types.int64, *given)

    def build(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return _by_address(context, builder, types.boolean, given, values)

    return signature, build


@native
def advance_at(  # type: ignore[no-untyped-def]
    _typing, address, step, steps, h, node_steps, calm2, torque, dipole, state, work,
    period_steps, period, row, body, wheels, faces, thrusters, modes, planet, sky, air, terms,
):  # fmt: skip
    """Call ``hil.physics.kernel.advance``."""
    word, number = types.int64, types.float64
    given = (
        word, word, number, word, number, torque, dipole, state, work, word, period, row,
        body, wheels, faces, thrusters, modes, planet, sky, air, terms,
    )  # fmt: skip
    signature = types.int64(types.int64, *given)

    def build(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return _by_address(context, builder, types.int64, given, values)

    return signature, build


@native
def exchange_at(_typing, address, obc, sent, size, reply, capacity):  # type: ignore[no-untyped-def]
    """Call ``hil_obc_exchange``: five words, of which three are addresses; returns a size."""
    signature = types.int64(*[types.int64] * 6)

    def build(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        kind = ir.FunctionType(_WORD, [_WORD] * 5)
        return builder.call(builder.inttoptr(values[0], kind.as_pointer()), values[1:])

    return signature, build


@native
def clock_at(_typing, address, clock, told):  # type: ignore[no-untyped-def]
    """Call ``clock_gettime``; told: the address of two words."""
    signature = types.int64(types.int64, types.int64, types.int64)

    def build(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        number = ir.IntType(32)
        kind = ir.FunctionType(number, [number, _WORD])
        code = builder.inttoptr(values[0], kind.as_pointer())
        told = builder.call(code, [builder.trunc(values[1], number), values[2]])
        return builder.sext(told, _WORD)

    return signature, build


@native
def floats_at(_typing, address, size):  # type: ignore[no-untyped-def]
    """Return the array of so many float64 numbers that lies at an address."""
    signature = types.Array(types.float64, 1, "C")(types.int64, types.int64)

    def build(context: Any, builder: Any, own: Any, values: Any) -> Any:
        array = _arrays.make_array(own.return_type)(context, builder)
        data = builder.inttoptr(values[0], array.data.type)
        octets = ir.Constant(_WORD, 8)
        _arrays.populate_array(array, data, [values[1]], [octets], octets, meminfo=None)
        return array._getvalue()

    return signature, build


def has_crc_instruction() -> bool:
    """Return whether code that is compiled here may use the processor's own CRC-32C."""
    if not is_compiling() or platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    asked: str | None = config.CPU_FEATURES
    given = binding.get_host_cpu_features().flatten() if asked is None else asked
    return "+sse4.2" in given.split(",")


@native
def crc_of_word(_typing, crc, address):  # type: ignore[no-untyped-def]
    """Take the eight octets at an address into a CRC-32C, where there is the instruction."""
    signature = types.int64(types.int64, types.int64)

    def build(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        kind = ir.FunctionType(_WORD, [_WORD, _WORD])
        name = "llvm.x86.sse42.crc32.64.64"
        code = _functions.get_or_insert_function(builder.module, kind, name)
        word = builder.load(builder.inttoptr(values[1], _WORD.as_pointer()), align=1)
        return builder.call(code, [values[0], word])

    return signature, build


@native
def crc_of_octet(_typing, crc, octet):  # type: ignore[no-untyped-def]
    """Take one octet into a CRC-32C, where there is the instruction."""
    signature = types.int64(types.int64, types.int64)

    def build(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        half, small = ir.IntType(32), ir.IntType(8)
        kind = ir.FunctionType(half, [half, small])
        code = _functions.get_or_insert_function(builder.module, kind, "llvm.x86.sse42.crc32.32.8")
        given = [builder.trunc(values[0], half), builder.trunc(values[1], small)]
        return builder.zext(builder.call(code, given), _WORD)

    return signature, build
