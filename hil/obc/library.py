"""`library`: the firmware core as a shared library in the bench's own process."""

import ctypes
import shutil
import tempfile
from pathlib import Path

from hil.errors import ObcError
from hil.obc.memory import Memory, loaded_at
from hil.obc.place import IN_PROCESS_FAULTS, Cause, Obc
from hil.obc.symbols import Variable, first_address, members_of_argument, own_variables

REPLY_CAPACITY = 4096
_STATE_AT = 1 << 60


class LibraryObc(Obc):
    """A function call that takes the same bytes a wire would carry.

    What the firmware keeps over a restart lies in memory that is new with each of these.
    """

    name = "library"
    answers_at_once = can_be_called = True
    can = IN_PROCESS_FAULTS
    when_silent = "does its hil_obc_exchange answer?"

    def __init__(self, library: Path) -> None:
        """Load `library`; raises ObcError when it is no build of the firmware."""
        self.description = f"firmware library {library}"
        self._library = library
        self._store: ctypes.Array[ctypes.c_char] | None = None
        self._load(library, Cause.POWER)

    def _load(self, library: Path, cause: Cause) -> None:
        self._loaded = library.resolve()
        try:
            loaded = ctypes.CDLL(str(library))
            self._size, self._init = loaded.hil_obc_size, loaded.hil_obc_init
            self._exchange = loaded.hil_obc_exchange
        except (OSError, AttributeError) as error:
            raise ObcError(f"cannot use {library} as an OBC: {error}") from error
        self._declare()
        self._state = ctypes.create_string_buffer(self._size())
        self._reply = ctypes.create_string_buffer(REPLY_CAPACITY)
        self._replied = memoryview(self._reply)
        self._arrived = b""
        self._boot(loaded, cause)

    def _boot(self, loaded: ctypes.CDLL, cause: Cause) -> None:
        if not hasattr(loaded, "hil_obc_boot"):  # a firmware that keeps nothing
            self._init(self._state)
            return
        loaded.hil_obc_store_size.restype = ctypes.c_size_t
        loaded.hil_obc_boot.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint]
        if self._store is None:
            self._store = ctypes.create_string_buffer(loaded.hil_obc_store_size())
        loaded.hil_obc_boot(self._state, self._store, cause)

    def _declare(self) -> None:
        self._size.restype = ctypes.c_size_t
        self._init.argtypes = [ctypes.c_void_p]
        self._exchange.restype = ctypes.c_size_t
        self._exchange.argtypes = [
            ctypes.c_void_p,
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_void_p,
            ctypes.c_size_t,
        ]

    def write(self, data: bytes, deadline_s: float) -> bool:  # noqa: ARG002  it is taken at once
        size = self._exchange(self._state, data, len(data), self._reply, REPLY_CAPACITY)
        if size:
            self._arrived += self._replied[:size]
        return True

    def read(self, deadline_s: float) -> bytes:  # noqa: ARG002  nothing can still be on its way
        arrived, self._arrived = self._arrived, b""
        return arrived

    @property
    def entry(self) -> tuple[int, int]:
        """As of an Obc: its hil_obc_exchange, and its memory."""
        exchange = ctypes.cast(self._exchange, ctypes.c_void_p).value
        assert exchange is not None
        return exchange, ctypes.addressof(self._state)

    def answered(self, reply: bytes) -> None:
        """As of an Obc."""
        self._arrived += reply

    def memory(self) -> Memory:
        """Return the library's variables, and the memory that it was given to boot in."""
        file, size = self._library.resolve(), len(self._state)
        state = members_of_argument(file, "hil_obc_init", size) or (Variable("state", 0, size),)
        # The state lies where no file has a variable, so that both have addresses of their own.
        inside = [each._replace(address=each.address + _STATE_AT) for each in state]
        state_begin = ctypes.addressof(self._state)

        def flip(address: int, mask: int) -> None:
            if address >= _STATE_AT:
                begin = state_begin - _STATE_AT
            else:
                begin = loaded_at("self", self._loaded) - first_address(file)
            octet = ctypes.c_ubyte.from_address(begin + address)
            octet.value ^= mask

        return Memory((*own_variables(file), *inside), flip)

    def reset(self, cause: Cause = Cause.PIN) -> None:
        """Boot a fresh copy: the system would hand out the loaded one, with what it remembers."""
        self._arrived = b""
        with tempfile.TemporaryDirectory() as folder:
            self._load(Path(shutil.copy(self._library, folder)), cause)

    def power_on(self) -> None:
        self.reset(Cause.POWER)

    def power_off(self) -> None:
        """Nothing is to be done: it computes only when it is written to."""

    halt = go_on = power_off

    def close(self) -> None:
        self._arrived = b""
