"""The search index beside the log: `name:value` -> the entries that have it, derived from their public parts.

It is made after the fact, by whoever searches: an index in a decision's own transaction would slow each of them.
Invariant: it says nothing that the entries do not; thrown away, it can be made anew.

Reference: docs/decisions/0023-search-beside-the-log.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from compliance.ledger import store
from compliance.ledger.entry import DECISION, terms
from compliance.ledger.insertion import insert_rows
from compliance.storage.database import Database

_BATCH = 200
"""Entries of one transaction, for which decisions wait: some 10 ms."""
_TERM_LENGTH = 255


def index_terms(document: Mapping[str, Any]) -> set[str]:
    """Return what an entry is found under in the search index, as long as it is kept there."""
    found = terms(document["public"]) | {f"kind:{document['kind']}"}
    if document["subject"] is not None:
        found.add(f"subject:{document['subject']}")
    if document["ruleset"]:
        found.add(f"ruleset:{document['ruleset']}")
    return {term[:_TERM_LENGTH] for term in found}


def bring_up(database: Database, epoch: int, told: Callable[[int, int], None] | None = None) -> int:
    """Bring the index of one epoch up to its last entry, in short transactions; returns how many entries it reaches.

    `told` is told how many entries the index reaches, of how many.
    """
    while True:
        done, size = _state(database, epoch)
        if told is not None:
            told(done, size)
        if done >= size:
            return done
        if not _batch(database, epoch) and _state(database, epoch)[0] == done:
            # There are no entries where there should be: that is for `verify` to say.
            return done


def throw_away(database: Database) -> None:
    """Throw the index of every epoch away, at once; searches make it anew."""
    with database.write() as connection:
        # Whoever brings the index up holds this lock, too.
        store.lock(connection)
        if database.is_postgresql:
            connection.execute(text(f"TRUNCATE {store.TERM.name}, {store.INDEXED.name}"))
        else:
            # Without a condition, SQLite drops the pages without looking at the rows.
            connection.execute(delete(store.TERM))
            connection.execute(delete(store.INDEXED))


def matching(connection: Connection, epoch: int, wanted: Sequence[str], span: range, limit: int) -> list[int]:
    """Return the newest decisions of a span of entries that have all the wanted terms, newest first."""
    table, first = store.TERM, [f"kind:{DECISION}", *wanted]
    aliases = [table.alias(f"t{number}") for number in range(len(first))]
    query = select(aliases[0].c.leaf_index)
    for alias, term in zip(aliases, first, strict=True):
        query = query.where(alias.c.term == term[:_TERM_LENGTH], alias.c.epoch == epoch)
        if alias is not aliases[0]:
            query = query.where(alias.c.leaf_index == aliases[0].c.leaf_index)
    last = aliases[-1].c.leaf_index
    query = query.where(last >= span.start, last < span.stop).order_by(last.desc()).limit(limit)
    return [row.leaf_index for row in connection.execute(query)]


def _state(database: Database, epoch: int) -> tuple[int, int]:
    """Return how many entries the index reaches, of how many."""
    with database.read() as connection:
        return _reach(connection, epoch) or 0, store.read_head(connection, epoch).size


def _batch(database: Database, epoch: int) -> bool:
    """Index the next entries, unless somebody else is faster; says whether there are any."""
    with database.read() as connection:
        start = _reach(connection, epoch) or 0
        found = store.entries(connection, epoch, start, start + _BATCH)
    # Entries never change, so they are read before the log's lock is taken.
    rows = [(term, epoch, stored.index) for stored in found for term in index_terms(json.loads(stored.entry))]
    if not found:
        return False
    with database.write() as connection:
        store.lock(connection)
        reach = _reach(connection, epoch)
        if (reach or 0) != start:
            return True  # what they did does not reach the last entry yet, perhaps
        if reach is None:
            connection.execute(insert(store.INDEXED), [{"epoch": epoch, "size": 0}])
        insert_rows(connection, store.TERM, rows)
        moved = update(store.INDEXED).where(store.INDEXED.c.epoch == epoch)
        connection.execute(moved.values(size=start + len(found)))
    return True


def _reach(connection: Connection, epoch: int) -> int | None:
    """Return how many entries the index reaches; `None` where there is none."""
    found: int | None = connection.execute(select(store.INDEXED.c.size).where(store.INDEXED.c.epoch == epoch)).scalar()
    return found
