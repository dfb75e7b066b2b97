"""The columns of the log's tables -> whether each holds what the schema says.

SQLite keeps a text where a number belongs, when somebody edits the file: one bit tells a text from bytes. PostgreSQL
does not. Invariant: what reads these tables afterwards meets no value of another type than it expects; only entries,
and the rows of the search index, which are many, are looked at where they are read.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, ColumnElement, Connection, Table, func, inspect, or_, select

from compliance.ledger import store
from compliance.ledger.feed_rows import FEED
from compliance.ledger.report import Report

_TABLES = (
    *(store.LOG, store.HEAD, store.TILE, store.CHECKPOINT, store.IDEMPOTENCY, store.RULESET, store.DICTIONARY),
    *(store.INDEXED, FEED),
)


def check_types(connection: Connection, report: Report) -> bool:
    """Note each column that holds a value of another type than its own; say whether there is none."""
    if connection.dialect.name != "sqlite":
        return True
    known = len(report.problems)
    # An older copy lacks a table that came later.
    there = inspect(connection).get_table_names()
    for table in _TABLES:
        if table.name in there:
            _check(connection, table, table.columns, report)
    _check(connection, store.ENTRY, [store.ENTRY.c.leaf_index], report)
    return len(report.problems) == known


def _check(connection: Connection, table: Table, columns: Iterable[Column[object]], report: Report) -> None:
    wrong = {column.name: _wrong(connection, column) for column in columns}
    if connection.execute(select(table.c[0]).where(or_(*wrong.values())).limit(1)).first() is None:
        return
    for name, condition in wrong.items():
        if connection.execute(select(table.c[0]).where(condition).limit(1)).first() is not None:
            report.problem(table.name, f"its column `{name}` holds a value that is not of its type")


def _wrong(connection: Connection, column: Column[object]) -> ColumnElement[bool]:
    """Return what is true of rows in which a column holds another type."""
    spelt = column.type.compile(connection.dialect)
    expected = "blob" if spelt == "BLOB" else "integer" if "INT" in spelt or spelt == "BOOLEAN" else "text"
    return func.typeof(column).not_in([expected, "null"] if column.nullable else [expected])
