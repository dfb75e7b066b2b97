"""Wrapped subject keys, in a place of their own: no triggers keep them, no backup of the log contains them.

On SQLite that is a second file with `secure_delete`, whose write-ahead log is emptied after each deletion;
on PostgreSQL
the schema `compliance_keys` (leave it out of backups: `pg_dump --exclude-schema`).
Invariant: what was deleted is not in the files any more (SQLite), or not after the vacuum that follows
(PostgreSQL).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, delete, func, inspect, select, text
from sqlalchemy.dialects import postgresql, sqlite

from compliance.storage.database import Database

SCHEMA = "compliance_keys"
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
                chunk = owners[start : start + _CHUNK]
                for row in connection.execute(select(_keys).where(_keys.c.owner.in_(chunk))):
                    found[row.owner] = StoredKey(row.owner, row.key_id, row.wrapped)
        return found

    def add(self, keys: Iterable[StoredKey]) -> dict[str, StoredKey]:
        """Add keys for owners that have none, durably; returns the keys that now hold, whoever added them."""
        rows = [{"owner": key.owner, "key_id": key.key_id, "wrapped": key.wrapped} for key in keys]
        insert = postgresql.insert(_keys) if self._database.is_postgresql else sqlite.insert(_keys)
        with self._database.write(self._engine) as connection:
            connection.execute(insert.on_conflict_do_nothing(), rows)
        return self.find([row["owner"] for row in rows if isinstance(row["owner"], str)])

    def destroy(self, owner: str) -> bool:
        """Delete an owner's key so that the files do not contain it any more; says whether there was one."""
        with self._database.write(self._engine) as connection:
            count = connection.execute(delete(_keys).where(_keys.c.owner == owner)).rowcount
        with self._database.autocommit() as connection:
            if self._database.is_postgresql:
                connection.execute(text(f"VACUUM {SCHEMA}.subject_key"))
            else:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return count > 0

    def owners(self) -> int:
        """Return how many keys there are."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(_keys)).scalar_one())


def stored_in(database: Database) -> bool:
    """Say whether a database has the table of wrapped keys."""
    return inspect(database.engine).has_table(_keys.name, schema=SCHEMA if database.is_postgresql else None)
