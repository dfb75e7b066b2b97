"""Rows, many at a time -> a table, past SQLAlchemy's work for each row: it was a third of what a group takes.

SQLite takes one statement for many rows, since it lets go of the interpreter's lock for each statement that it runs;
PostgreSQL takes a binary `COPY`, which costs it a third of what as many insertions cost.

What goes wrong is raised as the driver's own error: see `Database.conflicts`.

Source: https://www.sqlite.org/limits.html (parameters of a statement), https://www.postgresql.org/docs/15/sql-copy.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, String, Table

from compliance.storage.types import UtcDateTime

_ROWS = 64
"""Most rows of one insertion: SQLite takes 999 parameters where it was built long ago."""
_KINDS: tuple[tuple[type, str], ...] = (
    (BigInteger, "int8"),
    (Integer, "int4"),
    (String, "text"),
    (LargeBinary, "bytea"),
    (UtcDateTime, "timestamptz"),
)
"""What PostgreSQL calls the types of our columns; a kind that another one is made from comes after it."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each all columns of the table in their order; instants as `spelt` gives them."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(_copying(table)) as copy:
            copy.set_types(_kinds(table))
            for row in rows:
                copy.write_row(row)
        return
    start = 0
    for count in _powers_of_two(len(rows)):
        flat = [value for row in rows[start : start + count] for value in row]
        driver.execute(_inserting(table, count), flat)
        start += count


def spelt(connection: Connection, column: Column[Any], value: Any) -> Any:
    """Return a value as the driver takes it for a column."""
    spell = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return value if spell is None else spell(value)


def _powers_of_two(count: int) -> Iterable[int]:
    """Yield powers of two that sum up to `count`, so that few statements have to be prepared."""
    part = _ROWS
    while count:
        if part <= count:
            yield part
            count -= part
        else:
            part //= 2


@lru_cache(maxsize=64)
def _inserting(table: Table, count: int) -> str:
    row = f"({', '.join('?' for _ in table.columns)})"
    # OR FAIL: what goes wrong ends the transaction anyway; to undo one statement, SQLite would keep pages in a file.
    return f"INSERT OR FAIL INTO {table.name} ({_names(table)}) VALUES {', '.join([row] * count)}"  # noqa: S608 - names of ours


@lru_cache(maxsize=16)
def _copying(table: Table) -> str:
    return f"COPY {table.name} ({_names(table)}) FROM STDIN (FORMAT BINARY)"


@lru_cache(maxsize=16)
def _kinds(table: Table) -> list[str]:
    return [next(name for kind, name in _KINDS if isinstance(column.type, kind)) for column in table.columns]


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)
