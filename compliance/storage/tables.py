"""The tables of the log.

Append-only (triggers refuse UPDATE, DELETE and TRUNCATE): log, entry, tile, checkpoint, ruleset, dictionary. Derived
and therefore mutable: head (size, root and time of the newest commit), feed (the newest entry of each), idempotency
(kept a day), term and indexed (search).
Invariant: whatever is derived can be derived again from the entries, and is checked against them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Text, text
from sqlmodel import Field, SQLModel

from compliance.storage.types import UtcDateTime

APPEND_ONLY = (
    "ledger_log",
    "ledger_entry",
    "ledger_tile",
    "ledger_checkpoint",
    "ledger_ruleset",
    "ledger_dictionary",
)


class Log(SQLModel, table=True):
    """One log: an origin and everything under it. A new epoch starts a new one."""

    __tablename__ = "ledger_log"

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    origin: str = Field(sa_column=Column(String(255), nullable=False, unique=True))
    opened_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Entry(SQLModel, table=True):
    """One leaf: its bytes, and the sealed personal part beside them."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index(
            "ix_ledger_entry_kind",
            "kind",
            sqlite_where=text("kind <> 'decision'"),
            postgresql_where=text("kind <> 'decision'"),
        ),
    )

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    leaf_index: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: str = Field(sa_column=Column(String(32), nullable=False))
    decision_id: str | None = Field(sa_column=Column(String(64), nullable=True, index=True))
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    entry: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sealed: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True))


class Tile(SQLModel, table=True):
    """One full hash tile, and the hash it contributes to the level above."""

    __tablename__ = "ledger_tile"

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    level: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    tile_index: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hashes: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Checkpoint(SQLModel, table=True):
    """A signed checkpoint that is kept: now and then our own, and each that a witness cosigned."""

    __tablename__ = "ledger_checkpoint"

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    witnessed: bool = Field(sa_column=Column(Boolean, primary_key=True))
    note: str = Field(sa_column=Column(Text, nullable=False))
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Head(SQLModel, table=True):
    """Where the log stands: changed by every commit, under the log's lock."""

    __tablename__ = "ledger_head"

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    erasures: int = Field(sa_column=Column(BigInteger, nullable=False))


class Feed(SQLModel, table=True):
    """Which entry says what a feed states now; moved in the transaction of that entry."""

    __tablename__ = "ledger_feed"

    name: str = Field(sa_column=Column(String(64), primary_key=True))
    epoch: int = Field(sa_column=Column(Integer, nullable=False))
    leaf_index: int = Field(sa_column=Column(BigInteger, nullable=False))


class Idempotency(SQLModel, table=True):
    """Which entry answered an idempotency key: the key blinded, the answer only pointed to."""

    __tablename__ = "ledger_idempotency"
    __table_args__ = (Index("ix_ledger_idempotency_expires_at", "expires_at"),)

    key: bytes = Field(sa_column=Column(LargeBinary(32), primary_key=True))
    epoch: int = Field(sa_column=Column(Integer, nullable=False))
    leaf_index: int = Field(sa_column=Column(BigInteger, nullable=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    request: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Ruleset(SQLModel, table=True):
    """The source of a ruleset, once, by its digest."""

    __tablename__ = "ledger_ruleset"

    digest: str = Field(sa_column=Column(String(80), primary_key=True))
    source: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Dictionary(SQLModel, table=True):
    """What personal parts are packed with (`compliance.ledger.packing`), by the name that they call it."""

    __tablename__ = "ledger_dictionary"

    name: bytes = Field(sa_column=Column(LargeBinary(8), primary_key=True))
    ruleset: str = Field(sa_column=Column(String(80), nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Term(SQLModel, table=True):
    """The search index: `name:value` -> the entries that have it."""

    __tablename__ = "ledger_term"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: str = Field(sa_column=Column(String(255), primary_key=True))
    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    leaf_index: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


class Indexed(SQLModel, table=True):
    """How far the search index reaches."""

    __tablename__ = "ledger_indexed"

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
