"""A connection that one thread keeps from one writing transaction to the next.

To take a connection from the pool and give it back costs SQLAlchemy a tenth of what a small transaction costs on
SQLite, and PostgreSQL two round trips: whether it still answers, and a rollback of nothing.

Invariant: one that failed, or rested for a second, goes back to the pool, which looks at it before it gives it again.
"""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from compliance.storage.database import Database

_REST: Final = 1.0
"""Seconds without a transaction after which the connection may be gone."""


class Held:
    """Writing transactions of one thread, on a connection that it keeps."""

    def __init__(self, database: Database) -> None:
        """Take the database; no connection is made yet."""
        self._database = database
        self._connection: Connection | None = None
        self._used = -math.inf

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the connection inside a writing transaction, as `Database.write` does."""
        if time.monotonic() - self._used > _REST:
            self.close()
        connection = self._connection
        if connection is None:
            connection = self._connection = self._database.connected()
        try:
            with connection.begin():
                yield connection
        except BaseException:
            self.close()
            raise
        self._used = time.monotonic()
        self._database.check_in_place()

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
