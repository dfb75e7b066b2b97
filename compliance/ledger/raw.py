"""Stored rows as they are, whatever was done to them: instants as they are spelt, text that is no text.

Invariant: reading an edited row never fails for how a value is spelt; it is compared, and differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, select, type_coerce

from compliance.ledger import store
from compliance.ledger.entry import DECISION, stamped

_STORED_LENGTH = len("2026-01-01 00:00:00.000000")


def instant(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column of instants to select such that `stamp` spells what it holds."""
    return type_coerce(column, Text).label(column.key) if connection.dialect.name == "sqlite" else column


def stamp(value: object) -> str:
    """Return the spelling that entries use for a stored instant; of what is no instant, something that none has."""
    if isinstance(value, datetime):
        return stamped(value)
    text = str(value)
    spelt = len(text) == _STORED_LENGTH and text[10] == " "
    return f"{text[:10]}T{text[11:]}Z" if spelt else f"({text})"


def body(connection: Connection, epoch: int, index: int) -> bytes | None:
    """Return the bytes of one entry, None where it is not stored."""
    columns = store.ENTRY.c
    wanted = select(columns.entry).where(columns.epoch == epoch, columns.leaf_index == index)
    found = connection.execute(wanted).scalar()
    return None if found is None else bytes(found)


def events(connection: Connection, epoch: int, kinds: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """Yield index and bytes of the entries of the given kinds other than decisions, in order."""
    columns = store.ENTRY.c
    wanted = select(columns.leaf_index).where(columns.epoch == epoch, columns.kind != DECISION, columns.kind.in_(kinds))
    for index in connection.execute(wanted.order_by(columns.leaf_index)).scalars().all():
        yield index, body(connection, epoch, index) or b""
