"""Statements on the table of feeds: the name of each, and the entry that says what it states now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from compliance.storage import tables

FEED = tables.Feed.metadata.tables["ledger_feed"]
Place = tuple[int, int]
"""Epoch and index of an entry."""


class Move(NamedTuple):
    """The feed that an entry states from now on, and where all feeds stood when nothing spoke against it."""

    name: str
    seen: Mapping[str, Place]


def passing(connection: Connection, moves: Sequence[Move]) -> int | None:
    """Return, under the log's lock, the first of these that was checked against what stands; None where none was.

    Invariant: of one group one may pass, since the others were checked beside what it replaces.
    """
    standing = pointed(connection)
    return next((number for number, move in enumerate(moves) if move.seen == standing), None)


def point(connection: Connection, epoch: int, newest: Mapping[str, int]) -> None:
    """Note, under the log's lock, which entry of the log states each of these feeds from now on."""
    connection.execute(delete(FEED).where(FEED.c.name.in_(newest)))
    rows = [{"name": name, "epoch": epoch, "leaf_index": index} for name, index in newest.items()]
    connection.execute(insert(FEED), rows)


def pointed(connection: Connection) -> dict[str, Place]:
    """Return the entry that states each feed."""
    return {row.name: (row.epoch, row.leaf_index) for row in connection.execute(select(FEED))}
