"""What Python and numba do beside a compile, at great cost and to no use, and is left out here.

numba makes objects by the million and drops few in circles: Python's search for these took a tenth
of a cold start. It tries many templates for each call, and makes a coloured message of each one
that does not fit, which nobody reads.
"""

from __future__ import annotations

import gc
from typing import Any

from numba.core import errors, event

_errors: Any = errors  # what numba does not declare types of
_event: Any = event
_Listener: Any = event.Listener
_NEW_OBJECTS = 200_000  # before the youngest are looked through, where Python's own number is 700


class PlainMessages:
    """Messages as they are, in place of numba's colours."""

    def _plain(self, message: str) -> str:
        return message

    code = errmsg = filename = indicate = highlight = reset = _plain


class Cheaply(_Listener):  # type: ignore[misc]
    """Hears of each compile, also of those within others, under numba's lock."""

    def __init__(self) -> None:
        self._depth, self._threshold, self._colours = 0, gc.get_threshold(), None

    def on_start(self, _: Any) -> None:
        """Search for garbage seldom, and colour nothing, from the outermost compile on."""
        if self._depth == 0:
            self._threshold, self._colours = gc.get_threshold(), _errors._termcolor_inst
            gc.set_threshold(_NEW_OBJECTS, *self._threshold[1:])
            _errors._termcolor_inst = PlainMessages()
        self._depth += 1

    def on_end(self, _: Any) -> None:
        """Put back what was before the outermost compile, failed or not."""
        self._depth -= 1
        if self._depth == 0:
            gc.set_threshold(*self._threshold)
            _errors._termcolor_inst = self._colours


def compile_cheaply() -> None:
    """Have all compiles of this process from now on be cheap ones."""
    _event.register("numba:compile", Cheaply())
