"""Random bytes from the operating system, fetched many at a time.

Each call to the operating system lets other threads run, and one that comes back waits for them: with a busy writer
beside an event loop that costs a hundred times what the bytes cost. What is fetched ahead is used once, by one thread.
"""

from __future__ import annotations

import os
import threading
from typing import Final

_AHEAD: Final = 8192


class _Pool(threading.local):
    """Bytes fetched ahead by one thread."""

    def __init__(self) -> None:
        self.bytes = b""
        self.used = 0


_pool = _Pool()


def random_bytes(count: int) -> bytes:
    """Return `count` bytes that nobody can guess, each given out once."""
    start = _pool.used
    end = start + count
    if end > len(_pool.bytes):
        _pool.bytes, start, end = os.urandom(max(_AHEAD, count)), 0, count
    _pool.used = end
    return _pool.bytes[start:end]


def _forget() -> None:
    _pool.bytes, _pool.used = b"", 0


# Invariant: two processes never share what was fetched before they parted.
os.register_at_fork(after_in_child=_forget)
