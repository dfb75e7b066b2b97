"""A URL -> an engine whose transactions mean the same on SQLite and PostgreSQL.

SQLite runs in WAL mode with `synchronous=FULL`: a commit that returned survives a power cut. Writing transactions begin
IMMEDIATE, so that two writers queue up instead of failing half way.
Invariant: nothing else in the package opens a database.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import IntegrityError, OperationalError

BUSY_SECONDS = 30.0
"""How long a SQLite connection waits for another writer."""


class DatabaseMovedError(Exception):
    """Another file stands where the database stood: what was just written went to a file that nobody will find."""


class Database:
    """An engine on one database; closed with `close`. `read_only` changes nothing, and makes no file."""

    def __init__(
        self, url: str | URL, *, secure_delete: bool = False, pool_size: int = 5, read_only: bool = False
    ) -> None:
        parsed = make_url(url)
        self._file: Path | None = None
        self._identity: tuple[int, int] | None = None
        if parsed.get_backend_name() == "postgresql":
            self.url = parsed.set(drivername="postgresql+psycopg")
            arguments = {**_POSTGRESQL, **({"options": "-c default_transaction_read_only=on"} if read_only else {})}
            self.engine = create_engine(self.url, pool_size=pool_size, pool_pre_ping=True, connect_args=arguments)
        elif parsed.get_backend_name() == "sqlite" and parsed.database and read_only:
            self.url = parsed
            place = Path(parsed.database)
            self.engine = create_engine(parsed, creator=lambda: _opened_for_reading(place), pool_size=pool_size)
            _begin_as_told(self.engine)
        elif parsed.get_backend_name() == "sqlite" and parsed.database:
            self.url = parsed
            self._file = Path(parsed.database)
            arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
            self.engine = create_engine(parsed, connect_args=arguments, pool_size=pool_size)
            _prepare_sqlite(self.engine, secure_delete=secure_delete)
            event.listen(self.engine, "do_connect", self._find_in_place)
        else:
            raise ValueError("a database is `sqlite:///<file>` or `postgresql://...`")

    @property
    def is_postgresql(self) -> bool:
        """Whether this is PostgreSQL; otherwise it is SQLite."""
        return self.engine.dialect.name == "postgresql"

    @property
    def conflicts(self) -> tuple[type[Exception], ...]:
        """What is raised where somebody else was first with a row: by SQLAlchemy, and by the driver itself."""
        driver: Any = self.engine.dialect.dbapi
        return IntegrityError, driver.IntegrityError

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection inside one transaction that sees one state of the database."""
        with self.engine.connect() as connection:
            if self.is_postgresql:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            with connection.begin():
                yield connection

    @contextmanager
    def write(self, engine: Engine | None = None) -> Iterator[Connection]:
        """Give a connection inside a writing transaction, durable when the block ends without an error.

        Raises `DatabaseMovedError` when, at the end of it, SQLite's file is not the one that was first opened, and
        `FileNotFoundError` when there is none: a file that was deleted or renamed can be written to while it is open.
        """
        with self.connected(engine) as connection, connection.begin():
            yield connection
        self.check_in_place()

    def connected(self, engine: Engine | None = None) -> Connection:
        """Return a connection whose transactions are writing ones; whoever asks for it closes it."""
        return (engine or self.engine).connect().execution_options(compliance_begin="IMMEDIATE")

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """Give a connection outside any transaction, for what cannot run inside one."""
        with self.engine.connect() as connection:
            if self.is_postgresql:
                yield connection.execution_options(isolation_level="AUTOCOMMIT")
            else:
                yield connection.execution_options(compliance_begin=None)

    def check_in_place(self) -> None:
        """Raise `DatabaseMovedError` when SQLite's file is not the one that was first opened; see `write`."""
        if self._file is None:
            return
        found = self._file.stat()
        identity = (found.st_dev, found.st_ino)
        if self._identity is None:
            self._identity = identity
        elif self._identity != identity:
            raise DatabaseMovedError(f"another file was put in the place of the database `{self._file.name}`")

    def _find_in_place(self, *_: Any) -> None:
        # SQLite would make an empty file in the place of one that is gone.
        if self._identity is not None:
            self.check_in_place()

    def alone(self) -> bool:
        """Say whether nobody else of ours has the database open; on SQLite, nobody at all."""
        if self.is_postgresql:
            others = "datname = current_database() AND application_name = :name AND pid <> pg_backend_pid()"
            count = text(f"SELECT count(*) FROM pg_stat_activity WHERE {others}")  # noqa: S608 - a constant
            with self.autocommit() as connection:
                return not connection.execute(count, {"name": _NAME}).scalar()
        with self.autocommit() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            try:
                # To leave this mode takes a lock that no other open connection allows, however idle.
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
            except OperationalError:
                return False
            finally:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                connection.exec_driver_sql(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        return True

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


_NAME = "compliance"
# A lost server is noticed within seconds instead of at the operating system's pace.
_POSTGRESQL: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": _NAME,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def _opened_for_reading(path: Path) -> sqlite3.Connection:
    """Open a file that must exist and stays as it is, down to its write-ahead log."""
    # A copy in a folder where nothing may be written has no write-ahead log, and cannot get one.
    still = not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)
    address = f"file:{quote(str(path))}?{'immutable=1' if still else 'mode=ro'}"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.isolation_level = None
    # Text that somebody edited may be none: it is to be compared, not to fail.
    connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    return connection


def _prepare_sqlite(engine: Engine, *, secure_delete: bool) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, by us
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # so that INSERT OR REPLACE fires the triggers that refuse deletion
            f"secure_delete={'ON' if secure_delete else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    _begin_as_told(engine)


def _begin_as_told(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        mode = connection.get_execution_options().get("compliance_begin", "DEFERRED")
        if mode:
            try:
                # Past SQLAlchemy's work for a statement, which costs more than the statement.
                connection.connection.dbapi_connection.execute(f"BEGIN {mode}")  # type: ignore[union-attr]
            except sqlite3.Error:
                # Once more, so that what is raised is SQLAlchemy's error.
                connection.exec_driver_sql(f"BEGIN {mode}")
