"""The stored search index against the entries: each entry is found under what its public part says, and nothing else.

The index has no order by entry, and may have fifteen times as many rows as the log. So both sides are summed up, in
spans of entries, as keyed hashes of a term and of all entries of the span that are found under it: only the spans whose
sums differ are looked at row by row. Invariant: the key is new for each verification, so no edit can be made such that
the sums agree.
"""

from __future__ import annotations

import contextlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from compliance.ledger import store
from compliance.ledger.search_index import index_terms

SPAN = 4096
"""Entries that are summed up together: a power of two."""
_MASK = 2**64 - 1
_FETCH = 5000

Sum = tuple[int, int]
"""How many rows, and the sum of their hashes."""


def summed(listed: Mapping[str, Sequence[int]], key: bytes) -> Sum:
    """Return the sum over what the entries of one span are found under: by term, their indexes in order."""
    total = sum([_hash(term, indexes, key) for term, indexes in listed.items()])
    return sum(map(len, listed.values())), total & _MASK


def stored_sums(connection: Connection, epoch: int, key: bytes) -> dict[int, Sum]:
    """Return the sums of the stored rows, by span."""
    counts: dict[int, int] = defaultdict(int)
    totals: dict[int, int] = defaultdict(int)
    for (term, span), rows in groupby(_rows(connection, epoch), itemgetter(0, 1)):
        indexes = [index for _, _, index in rows]
        try:
            hashed = _hash(term, indexes, key)
        except (TypeError, AttributeError, OverflowError):  # edited: no text, or no number
            hashed = _hash(repr((term, indexes)), (), key)
        counts[span] += len(indexes)
        totals[span] += hashed
    return {span: (count, totals[span] & _MASK) for span, count in counts.items()}


def _hash(term: str, indexes: Sequence[int], key: bytes) -> int:
    """Return what stands for the rows of one term in one span."""
    packed = array("q", indexes).tobytes()
    row = b"".join((len(packed).to_bytes(8, "big"), packed, term.encode("utf-8", "surrogateescape")))
    return int.from_bytes(blake2b(row, digest_size=8, key=key).digest(), "big")


def differing(stored: Mapping[int, Sum], expected: Mapping[int, Sum]) -> list[int]:
    """Return the spans whose rows are not those that the entries give."""
    nothing = (0, 0)
    return sorted(
        span for span in stored.keys() | expected.keys() if stored.get(span, nothing) != expected.get(span, nothing)
    )


def problems_of(connection: Connection, epoch: int, spans: Iterable[int], size: int) -> Iterator[tuple[str, str]]:
    """Yield place and problem of each row that is missing or too much in these spans; `size` entries are indexed.

    Of an entry that is none, nothing is said here.
    """
    wanted = set(spans)
    if not wanted:
        return
    stored: dict[int, dict[int, set[str]]] = {span: defaultdict(set) for span in wanted}
    for term, span, index in _rows(connection, epoch):
        if span in wanted:
            stored[span][index].add(term)
    for span, known in sorted(stored.items()):
        expected = _expected(connection, epoch, span, size)
        unread = set(range(max(span, 0) * SPAN, min((span + 1) * SPAN, size))) - expected.keys()
        for index in sorted((known.keys() | expected.keys()) - unread, key=_order):
            place = f"search index, entry {index}"
            for term in sorted(expected.get(index, set()) - known[index]):
                yield place, f"it is not found under `{term}`"
            for term in sorted(known[index] - expected.get(index, set()), key=str):
                yield place, f"it is found under `{term}`, which it does not say"


def _order(index: object) -> tuple[bool, Any]:
    """Sort what is no number, in an edited row, after the numbers."""
    return (False, index) if isinstance(index, int) else (True, str(index))


def _expected(connection: Connection, epoch: int, span: int, size: int) -> dict[int, set[str]]:
    end = min((span + 1) * SPAN, size)
    found: dict[int, set[str]] = {}
    if end <= 0 or span < 0:
        return found
    wanted = select(store.ENTRY.c.leaf_index, store.ENTRY.c.entry).where(
        store.ENTRY.c.epoch == epoch, store.ENTRY.c.leaf_index >= span * SPAN, store.ENTRY.c.leaf_index < end
    )
    for row in connection.execute(wanted):
        with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):  # said of the entry itself
            found[row.leaf_index] = index_terms(msgspec.json.decode(bytes(row.entry)))
    return found


def _rows(connection: Connection, epoch: int) -> Iterator[tuple[str, int, int]]:
    """Yield term, span and entry of each row, by term and entry: the order of the table's key."""
    columns = store.TERM.c
    span = func.coalesce(columns.leaf_index.bitwise_rshift(SPAN.bit_length() - 1), -1)
    wanted = select(columns.term, span, columns.leaf_index).where(columns.epoch == epoch)
    in_order = wanted.order_by(columns.term, columns.epoch, columns.leaf_index)
    statement = str(in_order.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    # The driver's own tuples: to make SQLAlchemy's rows out of them takes longer than all else that is done with them.
    driver: Any = connection.connection.dbapi_connection
    # A cursor without a name, of PostgreSQL, would hold every row in memory.
    cursor = driver.cursor() if connection.dialect.name == "sqlite" else driver.cursor(name="search_index")
    try:
        cursor.execute(statement)
        while part := cursor.fetchmany(_FETCH):
            yield from part
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(None, None, error) from error
    finally:
        cursor.close()
