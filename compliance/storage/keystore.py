"""Wrapped subject keys, in a place of their own: no triggers keep them, no backup of the log contains them.

On SQLite that is a second file with `secure_delete`, whose write-ahead log is emptied after each deletion; on
PostgreSQL the schema `compliance_keys` (leave it out of backups: `pg_dump --exclude-schema`), rewritten with each.
Invariant: once `destroy` has returned, no file of SQLite and no table of PostgreSQL contains the key. PostgreSQL's
write-ahead log, its archives and base backups do, wrapped by the master key of then: a new master key (`rewrap`) makes
them worthless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from compliance.storage.database import Database

SCHEMA = "compliance_keys"
# VACUUM keeps the bytes of rows that any open transaction might still see (that of the log is open while a key is
# destroyed), and plain VACUUM those in the free part of a page. A rewrite copies what this transaction sees, and no
# more; it is no harm to other readers of keys, who look with a fresh snapshot each time.
_REWRITE = text(f"ALTER TABLE {SCHEMA}.subject_key ALTER COLUMN wrapped TYPE bytea USING wrapped || ''::bytea")
_CHUNK = 500

_metadata = MetaData()
_keys = Table(
    "subject_key",
    _metadata,
    Column("owner", String(64), primary_key=True),
    Column("key_id", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_FIND = select(_keys).where(_keys.c.owner.in_(bindparam("owners", expanding=True)))


class KeyNotDestroyedError(SQLAlchemyError):
    """The bytes of a deleted key may still be in a file."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A wrapped key, by its owner's pseudonym and an id of its own."""

    owner: str
    key_id: bytes
    wrapped: bytes

    @property
    def context(self) -> bytes:
        """What the wrapping authenticates: owner and id."""
        return self.owner.encode() + b"\x00" + self.key_id


class KeyStore:
    """The table of wrapped keys; raises `sqlalchemy.exc.SQLAlchemyError` when it cannot be reached."""

    def __init__(self, database: Database, *, exists: bool = False) -> None:
        schema = SCHEMA if database.is_postgresql else None
        self._database = database
        self._engine = database.engine.execution_options(schema_translate_map={None: schema})
        if exists:  # known to be there, and perhaps not to be written to
            return
        with database.write() as connection:
            if schema:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('compliance_keys'))"))
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            bound = connection.execution_options(schema_translate_map={None: schema})
            _metadata.create_all(bound)

    def find(self, owners: Sequence[str]) -> dict[str, StoredKey]:
        """Return the keys that exist among those of `owners`."""
        found: dict[str, StoredKey] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(owners), _CHUNK):
                rows = connection.execute(_FIND, {"owners": owners[start : start + _CHUNK]})
                found |= {owner: StoredKey(owner, key_id, wrapped) for owner, key_id, wrapped in rows.all()}
        return found

    def add(self, keys: Iterable[StoredKey]) -> dict[str, StoredKey]:
        """Add keys for owners that have none, durably; returns the keys that now hold, whoever added them."""
        rows = [{"owner": key.owner, "key_id": key.key_id, "wrapped": key.wrapped} for key in keys]
        insert = postgresql.insert(_keys) if self._database.is_postgresql else sqlite.insert(_keys)
        with self._database.write(self._engine) as connection:
            connection.execute(insert.on_conflict_do_nothing(), rows)
        return self.find([row["owner"] for row in rows if isinstance(row["owner"], str)])

    def destroy(self, owner: str) -> bool:
        """Delete an owner's key so that the files do not contain it any more; says whether there was one.

        Raises `KeyNotDestroyedError` when a reader held on to the files: the key is deleted, its bytes may be found.
        """
        with self._database.write(self._engine) as connection:
            count = connection.execute(delete(_keys).where(_keys.c.owner == owner)).rowcount
            if self._database.is_postgresql:
                connection.execute(_REWRITE)
        self._forget_deleted()
        return count > 0

    def rewrap(self, wrapped: Callable[[StoredKey], bytes]) -> int:
        """Put what `wrapped` returns in the place of every wrapped key, all or none; returns how many there are.

        Raises `KeyNotDestroyedError` as `destroy`.
        """
        count, last = 0, ""
        new = update(_keys).where(_keys.c.owner == bindparam("of_owner")).values(wrapped=bindparam("anew"))
        with self._database.write(self._engine) as connection:
            if self._database.is_postgresql:
                connection.execute(text(f"LOCK TABLE {SCHEMA}.subject_key IN ACCESS EXCLUSIVE MODE"))
            batch = select(_keys).where(_keys.c.owner > bindparam("last")).order_by(_keys.c.owner).limit(_CHUNK)
            while rows := connection.execute(batch, {"last": last}).all():
                found = [StoredKey(row.owner, row.key_id, row.wrapped) for row in rows]
                connection.execute(new, [{"of_owner": each.owner, "anew": wrapped(each)} for each in found])
                count, last = count + len(found), found[-1].owner
            if self._database.is_postgresql:
                connection.execute(_REWRITE)
        self._forget_deleted()
        return count

    def _forget_deleted(self) -> None:
        if self._database.is_postgresql:
            return
        with self._database.autocommit() as connection:
            if connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]:
                raise KeyNotDestroyedError("another reader kept the deleted key in the write-ahead log: try again")

    def owners(self) -> int:
        """Return how many keys there are."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(_keys)).scalar_one())


def stored_in(database: Database) -> bool:
    """Say whether a database has the table of wrapped keys."""
    return inspect(database.engine).has_table(_keys.name, schema=SCHEMA if database.is_postgresql else None)
