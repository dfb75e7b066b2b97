"""Stored rows as they are, whatever was done to them: instants as they are spelt, text that is no text.

Invariant: reading an edited row never fails for how a value is spelt; it is compared, and differs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, select, type_coerce

from compliance.ledger import store
from compliance.ledger.entry import stamped

_TOGETHER = 200
"""Entries whose bytes are read at once."""
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
    return None if found is None else blob(found)


def blob(value: object) -> bytes:
    """Return stored bytes; of what is none, none, which is never what was recorded."""
    return value if isinstance(value, bytes) else b""


class Events:
    """The entries of a log other than decisions, in one view of it, as an index of the database lists them.

    Whoever looks at every entry asks `has` whether they are all there.
    """

    def __init__(self, connection: Connection, epoch: int) -> None:
        columns = store.ENTRY.c
        wanted = select(columns.leaf_index, columns.kind).where(store.others(epoch))
        self._connection, self._epoch = connection, epoch
        self._places: dict[object, list[int]] = defaultdict(list)
        for index, kind in connection.execute(wanted.order_by(columns.leaf_index)):
            self._places[kind].append(index)

    def has(self, index: int, kind: object) -> bool:
        """Say whether an entry is listed, by what its row says that it is."""
        places = self._places.get(kind, ())
        place = bisect_left(places, index)
        return place < len(places) and places[place] == index

    def of(self, *kinds: str) -> Iterator[tuple[int, bytes]]:
        """Yield index and bytes of the entries whose row says one of these kinds, in order."""
        columns = store.ENTRY.c
        places = sorted(index for kind in kinds for index in self._places.get(kind, ()))
        for start in range(0, len(places), _TOGETHER):
            some = places[start : start + _TOGETHER]
            wanted = select(columns.leaf_index, columns.entry).where(
                columns.epoch == self._epoch, columns.leaf_index.in_(some)
            )
            for index, entry in self._connection.execute(wanted.order_by(columns.leaf_index)).all():
                yield index, blob(entry)
