"""Statements on the tables of the log: its lock, its head, its leaves and nodes, its claims.

Each function takes the connection of a transaction that the caller began, and the epoch.
Invariant: whoever appends has called `lock` first, and every answer derived from the head was read after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    ColumnElement,
    Connection,
    Dialect,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    literal_column,
    select,
    text,
    update,
)

from compliance.ledger.errors import NotRecordedError
from compliance.ledger.insertion import insert_rows, spelt
from compliance.ledger.merkle import NodeReader, leaf_hash, node_hash
from compliance.ledger.tiles import TILE_HEIGHT, TILE_WIDTH, hashes_of
from compliance.ledger.tree import Edge, FullTile
from compliance.storage import tables

_TABLES = tables.Entry.metadata.tables
LOG, ENTRY, TILE = _TABLES["ledger_log"], _TABLES["ledger_entry"], _TABLES["ledger_tile"]
CHECKPOINT, HEAD = _TABLES["ledger_checkpoint"], _TABLES["ledger_head"]
IDEMPOTENCY, RULESET = _TABLES["ledger_idempotency"], _TABLES["ledger_ruleset"]
TERM, INDEXED = _TABLES["ledger_term"], _TABLES["ledger_indexed"]
DICTIONARY = _TABLES["ledger_dictionary"]
_CHUNK = 500

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('compliance_ledger'))"
# The statements of every group are built once: building them anew cost more than running them.
_EPOCH: BindParameter[int] = bindparam("of_epoch")
_READ_HEAD = select(HEAD).where(HEAD.c.epoch == _EPOCH)
_WRITE_HEAD = (
    update(HEAD)
    .where(HEAD.c.epoch == _EPOCH)
    .values({name: bindparam(f"new_{name}") for name in ("size", "root", "recorded_at", "erasures")})
)
_READ_CLAIMS = select(IDEMPOTENCY).where(IDEMPOTENCY.c.key.in_(bindparam("keys", expanding=True)))


EntryRow = tuple[int, str, str | None, bytes, bytes]
"""Index, kind and name of a decision, entry, and the sealed part beside it."""
ClaimRow = tuple[bytes, int, bytes]
"""A blinded idempotency key, the index of the entry that answered it, the blinded request."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log stands."""

    size: int
    root: bytes
    recorded_at: datetime
    erasures: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it is stored."""

    index: int
    kind: str
    decision_id: str | None
    recorded_at: datetime
    entry: bytes
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Claim:
    """What an idempotency key points to: the entry, the tree size it was answered at, the blinded request."""

    index: int
    epoch: int
    size: int
    request: bytes


def lock(connection: Connection) -> None:
    """Wait until nobody else appends; on SQLite the writing transaction is the lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_LOCK))


def locked_head(connection: Connection, epoch: int) -> Head:
    """Wait until nobody else appends, and return where the log stands then: on PostgreSQL in one round trip."""
    if connection.dialect.name != "postgresql":
        return read_head(connection, epoch)
    driver = _driver(connection)
    with driver.pipeline():
        driver.execute(_LOCK)
        # Invariant: a statement of its own, which sees what was committed before the lock was given.
        found = driver.execute(*_driven_head(connection.dialect).reading({"of_epoch": epoch}))
    return _head(connection, epoch, found.fetchone())


def newest_log(connection: Connection) -> tuple[int, str] | None:
    """Return epoch and origin of the newest log, or None in an empty database."""
    row = connection.execute(select(LOG.c.epoch, LOG.c.origin).order_by(LOG.c.epoch.desc()).limit(1)).first()
    return (row.epoch, row.origin) if row else None


def origins(connection: Connection) -> dict[str, int]:
    """Return the epoch of every origin."""
    return {row.origin: row.epoch for row in connection.execute(select(LOG.c.epoch, LOG.c.origin))}


def read_head(connection: Connection, epoch: int) -> Head:
    """Return where the log stands."""
    found = _driver(connection).execute(*_driven_head(connection.dialect).reading({"of_epoch": epoch}))
    return _head(connection, epoch, found.fetchone())


def _head(connection: Connection, epoch: int, row: Any) -> Head:
    if row is None:
        raise NotRecordedError(f"the database has no log of epoch {epoch}")
    _, size, root, recorded_at, erasures = row
    return Head(size, bytes(root), _driven_head(connection.dialect).read(recorded_at), erasures)


def write_head(connection: Connection, epoch: int, head: Head) -> None:
    """Move the head."""
    driven = _driven_head(connection.dialect)
    new = {"new_size": head.size, "new_root": head.root, "new_recorded_at": driven.spell(head.recorded_at)}
    values = {"of_epoch": epoch, **new, "new_erasures": head.erasures}
    _driver(connection).execute(*driven.writing(values))


def open_log(connection: Connection, epoch: int, origin: str, head: Head) -> None:
    """Add a log and its head."""
    connection.execute(insert(LOG), [{"epoch": epoch, "origin": origin, "opened_at": head.recorded_at}])
    row = {"size": head.size, "root": head.root, "recorded_at": head.recorded_at, "erasures": head.erasures}
    connection.execute(insert(HEAD), [{"epoch": epoch, **row}])


def add_entries(connection: Connection, epoch: int, at: datetime, rows: Iterable[EntryRow]) -> None:
    """Append leaves recorded at one instant."""
    time = spelt(connection, ENTRY.c.recorded_at, at)
    made = [(epoch, index, kind, name, time, entry, sealed) for index, kind, name, entry, sealed in rows]
    insert_rows(connection, ENTRY, made)


def add_tiles(connection: Connection, epoch: int, full: Iterable[FullTile]) -> None:
    """Keep the tiles that became full."""
    rows = [{"epoch": epoch, "level": t.level, "tile_index": t.index, "hashes": t.hashes, "root": t.root} for t in full]
    if rows:
        connection.execute(insert(TILE), rows)


def add_checkpoint(
    connection: Connection, epoch: int, size: int, note: str, made_at: datetime, *, witnessed: bool
) -> None:
    """Keep a signed checkpoint, unless there is one of that size and kind."""
    known = select(CHECKPOINT.c.size).where(
        CHECKPOINT.c.epoch == epoch, CHECKPOINT.c.size == size, CHECKPOINT.c.witnessed == witnessed
    )
    if connection.execute(known).first() is None:
        row = {"epoch": epoch, "size": size, "witnessed": witnessed, "note": note, "made_at": made_at}
        connection.execute(insert(CHECKPOINT), [row])


def checkpoint(connection: Connection, epoch: int, size: int) -> str | None:
    """Return the log's own checkpoint over `size` entries, if it was kept."""
    kept = select(CHECKPOINT.c.note).where(CHECKPOINT.c.epoch == epoch, CHECKPOINT.c.size == size)
    note: str | None = connection.execute(kept.where(CHECKPOINT.c.witnessed.is_(False))).scalar()
    return note


def entries(connection: Connection, epoch: int, start: int, end: int) -> list[Stored]:
    """Return the entries [start, end) that exist, in order."""
    wanted = (
        select(ENTRY)
        .where(ENTRY.c.epoch == epoch, ENTRY.c.leaf_index >= start, ENTRY.c.leaf_index < end)
        .order_by(ENTRY.c.leaf_index)
    )
    return [_stored(row) for row in connection.execute(wanted)]


def _stored(row: Row[Any]) -> Stored:
    return Stored(row.leaf_index, row.kind, row.decision_id, row.recorded_at, bytes(row.entry), row.sealed)


def leaf_hashes(connection: Connection, epoch: int, start: int, count: int) -> list[bytes]:
    """Return the hashes of `count` leaves from `start` on."""
    wanted = (
        select(ENTRY.c.entry)
        .where(ENTRY.c.epoch == epoch, ENTRY.c.leaf_index >= start, ENTRY.c.leaf_index < start + count)
        .order_by(ENTRY.c.leaf_index)
    )
    return [leaf_hash(bytes(row.entry)) for row in connection.execute(wanted)]


def tile_hashes(connection: Connection, epoch: int, level: int, first: int, count: int) -> list[bytes]:
    """Return `count` hashes of a tile level from index `first` on; they lie in one tile."""
    if level == 0:
        return leaf_hashes(connection, epoch, first, count)
    wanted = (
        select(TILE.c.root)
        .where(TILE.c.epoch == epoch, TILE.c.level == level - 1)
        .where(TILE.c.tile_index >= first, TILE.c.tile_index < first + count)
        .order_by(TILE.c.tile_index)
    )
    return [bytes(row.root) for row in connection.execute(wanted)]


def read_edge(connection: Connection, epoch: int, size: int) -> Edge:
    """Return the right edge of the stored tree of `size` leaves, which is its whole size."""
    return Edge.read(size, lambda level, first, count: tile_hashes(connection, epoch, level, first, count))


def nodes(connection: Connection, epoch: int) -> NodeReader:
    """Return a reader of the stored tree's nodes that remembers the tiles it has read."""
    known: dict[tuple[int, int], list[bytes]] = {}

    def tile(level: int, index: int) -> list[bytes]:
        if (level, index) not in known:
            full = select(TILE.c.hashes).where(TILE.c.epoch == epoch, TILE.c.level == level, TILE.c.tile_index == index)
            row = connection.execute(full).first()
            start = index * TILE_WIDTH
            known[level, index] = (
                hashes_of(bytes(row.hashes)) if row else tile_hashes(connection, epoch, level, start, TILE_WIDTH)
            )
        return known[level, index]

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        first = index << height
        hashes = tile(tile_level, first // TILE_WIDTH)[first % TILE_WIDTH : first % TILE_WIDTH + (1 << height)]
        while len(hashes) > 1:
            pairs = iter(hashes)
            hashes = [node_hash(left, right) for left, right in zip(pairs, pairs, strict=True)]
        return hashes[0]

    return node


def read_claims(connection: Connection, keys: Sequence[bytes], at: datetime) -> dict[bytes, Claim]:
    """Return what these blinded idempotency keys point to, forgetting those that have expired."""
    found: dict[bytes, Claim] = {}
    expired: list[bytes] = []
    for start in range(0, len(keys), _CHUNK):
        for row in connection.execute(_READ_CLAIMS, {"keys": keys[start : start + _CHUNK]}):
            if row.expires_at <= at:
                expired.append(row.key)
            else:
                found[bytes(row.key)] = Claim(row.leaf_index, row.epoch, row.size, bytes(row.request))
    if expired:
        connection.execute(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.key.in_(expired)))
    return found


def add_claims(connection: Connection, expires_at: datetime, epoch: int, size: int, rows: Sequence[ClaimRow]) -> None:
    """Claim idempotency keys; the log's lock makes this race-free, the primary key makes sure."""
    if not rows:
        return
    time = spelt(connection, IDEMPOTENCY.c.expires_at, expires_at)
    insert_rows(connection, IDEMPOTENCY, [(key, epoch, index, size, request, time) for key, index, request in rows])


def purge_claims(connection: Connection, at: datetime) -> None:
    """Forget every idempotency key that has expired."""
    connection.execute(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.expires_at <= at))


def events(connection: Connection, epoch: int, kinds: Sequence[str]) -> list[Stored]:
    """Return the entries of the given kinds other than decisions, in order."""
    wanted = select(ENTRY).where(others(epoch), ENTRY.c.kind.in_(kinds)).order_by(ENTRY.c.leaf_index)
    return [_stored(row) for row in connection.execute(wanted)]


def others(epoch: int) -> ColumnElement[bool]:
    """Return the condition for the entries of an epoch other than decisions, such that their index serves it.

    It is spelt as in the index, and nothing else leads there: SQLite would read the whole table, decisions and all.
    """
    return and_(literal_column("kind <> 'decision'"), ENTRY.c.epoch + 0 == epoch)


def ruleset(connection: Connection, digest: str) -> bytes:
    """Return the stored source of a ruleset; raises `NotRecordedError` when it was never stored."""
    row = connection.execute(select(RULESET.c.source).where(RULESET.c.digest == digest)).first()
    if row is None:
        raise NotRecordedError(f"no ruleset with the digest `{digest}` is stored")
    return bytes(row.source)


def dictionary(connection: Connection, name: bytes) -> bytes:
    """Return what packed bytes call `name`; raises `NotRecordedError` when it was never stored."""
    row = None
    if inspect(connection).has_table(DICTIONARY.name):
        row = connection.execute(select(DICTIONARY.c.content).where(DICTIONARY.c.name == name)).first()
    if row is None:
        raise NotRecordedError(f"no dictionary with the name `{name.hex()}` is stored")
    return bytes(row.content)


def dictionary_of(connection: Connection, ruleset: str) -> bytes | None:
    """Return the dictionary that was learned from the cases of a ruleset; None where there is none."""
    row = connection.execute(select(DICTIONARY.c.content).where(DICTIONARY.c.ruleset == ruleset)).first()
    return None if row is None else bytes(row.content)


def add_dictionary(connection: Connection, name: bytes, ruleset: str, content: bytes) -> None:
    """Store the dictionary of a ruleset."""
    connection.execute(insert(DICTIONARY), [{"name": name, "ruleset": ruleset, "content": content}])


def last_of(connection: Connection, epoch: int, kind: str) -> int | None:
    """Return the index of the newest entry of a kind other than decisions."""
    newest = select(func.max(ENTRY.c.leaf_index)).where(others(epoch), ENTRY.c.kind == kind)
    index: int | None = connection.execute(newest).scalar()
    return index


def _driver(connection: Connection) -> Any:
    """Return the driver's own connection, inside the transaction that SQLAlchemy began and will end.

    What goes wrong on it is raised as the driver's error: see `Database.conflicts`.
    """
    return connection.connection.dbapi_connection


@dataclass(frozen=True, slots=True)
class _DrivenHead:
    """What reads and moves a head past SQLAlchemy's work for each statement; the statements are still its own."""

    reading: Callable[[dict[str, Any]], tuple[str, Any]]
    writing: Callable[[dict[str, Any]], tuple[str, Any]]
    read: Callable[[Any], Any]
    spell: Callable[[datetime], Any]


@lru_cache(maxsize=4)
def _driven_head(dialect: Dialect) -> _DrivenHead:
    instant = HEAD.c.recorded_at.type.dialect_impl(dialect)
    return _DrivenHead(
        _driven(_READ_HEAD, dialect),
        _driven(_WRITE_HEAD, dialect),
        instant.result_processor(dialect, None) or _as_it_is,
        instant.bind_processor(dialect) or _as_it_is,
    )


def _driven(statement: ClauseElement, dialect: Dialect) -> Callable[[dict[str, Any]], tuple[str, Any]]:
    """Return the function from the values of a statement to its text and parameters, as the driver takes them."""
    compiled: Any = statement.compile(dialect=dialect)
    text_, names = str(compiled), compiled.positiontup if compiled.positional else None
    if names is None:
        return lambda values: (text_, values)
    return lambda values: (text_, tuple([values[name] for name in names]))


def _as_it_is(value: Any) -> Any:
    return value
