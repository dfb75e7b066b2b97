"""SHA-256 of records, without letting go of the interpreter's lock.

Python's hash functions let other threads run while they hash 2 KB or more. With a busy event loop beside it, the writer
then waits for the lock a hundred times as long as the hash takes.

Reference: FIPS 180-4; CPython, `HASHLIB_GIL_MINSIZE`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

_PIECE: Final = 2047


def digest(data: bytes) -> bytes:
    """Return the SHA-256 of `data`."""
    if len(data) <= _PIECE:
        return sha256(data).digest()
    view, hashed = memoryview(data), sha256()
    for start in range(0, len(data), _PIECE):
        hashed.update(view[start : start + _PIECE])
    return hashed.digest()
