"""A cache of native code that notices when a file of it is damaged, and compiles anew."""

from __future__ import annotations

import hashlib
import logging
import pickle
from pathlib import Path
from typing import Any

from numba.core import caching

_LOG = logging.getLogger(__name__)
_DIGEST_OCTETS = 32
_CacheFile: Any = caching.IndexDataCacheFile


class CheckedCacheFile(_CacheFile):  # type: ignore[misc]
    """numba's files of one function, each native code followed by its SHA-256."""

    @classmethod
    def instead_of(cls, file: Any) -> CheckedCacheFile:
        """Return one with the same files."""
        checked = cls.__new__(cls)
        checked.__dict__.update(vars(file))
        return checked

    def load(self, key: Any) -> Any:
        """Return the native code, or None when there is none or it is damaged."""
        try:
            return super().load(key)
        except Exception as error:  # a damaged pickle may raise anything
            _LOG.warning("%s is damaged (%s): compiling it anew", self._index_path, error)
            self._remove()
            return None

    def save(self, key: Any, data: Any) -> None:
        """Keep native code; where that cannot be, the next run compiles again."""
        try:
            super().save(key, data)
        except OSError as error:
            _LOG.warning("cannot keep native code: %s", error)

    def _load_data(self, name: str) -> Any:
        stored = Path(self._data_path(name)).read_bytes()
        code, digest = stored[:-_DIGEST_OCTETS], stored[-_DIGEST_OCTETS:]
        if hashlib.sha256(code).digest() != digest:
            raise ValueError("its checksum is wrong")
        return pickle.loads(code)

    def _save_data(self, name: str, data: Any) -> None:
        code = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            file.write(code + hashlib.sha256(code).digest())

    def _remove(self) -> None:
        for path in Path(self._cache_path).glob(f"{Path(self._index_name).stem}.*"):
            path.unlink(missing_ok=True)
