"""Compiled functions inside of others: without machine code of their own.

numba makes a library of each function that a compiled one calls: with wrappers for callers in
Python, with machine code, and with files in the cache. None of that is used: the caller links the
function in. So only what can be linked in is made here, which takes a quarter off a cold start.
This goes by the inner workings of the numba that is named here; any other goes its own way.
"""

from __future__ import annotations

from typing import Any

import numba
from numba.core import compiler, types, typing
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher

_KNOWN = "0.68."  # whose inner workings these are
_compiler: Any = compiler  # what numba does not declare types of
_typing: Any = typing
_types: Any = types
_Library: Any = JITCodeLibrary
_Dispatcher: Any = Dispatcher
_Flags: Any = compiler.Flags
_HASH_OF_FLAGS = hash(_Flags())
_lock: Any = global_compiler_lock


def is_known() -> bool:
    """Whether this is a numba whose inner workings are known here."""
    return str(numba.__version__).startswith(_KNOWN)


class PartFlags(_Flags):  # type: ignore[misc]
    """numba's flags, which it looks its templates up by some ten thousand times: fast to compare.

    They are equal to numba's own of the same values, with the same hash.
    """

    __slots__ = ()

    def __hash__(self) -> int:
        return _HASH_OF_FLAGS  # numba makes it of the options' names alone

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Flags):
            return NotImplemented
        mine, theirs = self._values, other._values
        return mine == theirs or all(
            getattr(self, name) == getattr(other, name) for name in {*mine, *theirs}
        )


class PartLibrary(_Library):  # type: ignore[misc]
    """A function's code, to be linked into its callers'."""

    def _optimize_final_module(self) -> None:
        """Leave that to the caller's module, where all of this is optimized in its place."""

    def _finalize_final_module(self) -> None:
        """Make no machine code, so that nothing can be called but what a caller makes of it."""
        self._finalize_dynamic_globals()
        self._finalized = True


class Parts:
    """What a dispatcher gives to compiled callers: its function for each types of arguments."""

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher, self._made = dispatcher, dict[Any, Any]()

    @classmethod
    def given_by(cls, dispatcher: Any) -> Any:
        """Have compiled callers of a dispatcher get parts; returns it, or the plain function."""
        if not isinstance(dispatcher, _Dispatcher) or not is_known():
            return dispatcher
        parts = cls(dispatcher)
        dispatcher.get_call_template, dispatcher.get_overload = parts.template, parts.overload
        return dispatcher

    def template(self, args: Any, kws: Any) -> Any:
        """Return what numba types a call by, as ``Dispatcher.get_call_template`` does."""
        pysig, folded = self._dispatcher._compiler.fold_argument_types(args, kws)
        # A part for each constant that it is called with is no better: it is linked in anyway.
        folded = tuple(_types.unliteral(each) for each in folded)
        with _lock:
            if folded not in self._made:
                self._made[folded] = self._translated(folded)
        name = self._dispatcher.py_func.__name__
        known = [each.signature for each in self._made.values()]
        made = _typing.make_concrete_template(f"Part({name})", key=name, signatures=known)
        return made, pysig, folded, {}

    def overload(self, args: Any) -> Any:
        """Return the key that numba finds a call's code by."""
        return self._made[tuple(args)].fndesc

    def _translated(self, args: Any) -> Any:
        target, function = self._dispatcher.targetdescr, self._dispatcher.py_func
        flags, context = PartFlags(), target.target_context
        target.options.parse_as_flags(flags, self._dispatcher.targetoptions)
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        library = PartLibrary(context.codegen(), function.__qualname__)
        made = _compiler.compile_extra(
            target.typing_context, context, function, args, None, flags, {}, library
        )
        if made.typing_error is not None:
            raise made.typing_error
        context.insert_user_function(made.fndesc, made.fndesc, [made.library])
        return made
