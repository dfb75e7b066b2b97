"""An empty or older database -> one with today's tables. One history for SQLite and PostgreSQL.

Invariant: the whole upgrade is one transaction behind a lock, so two processes that start at once are safe, and one
that dies half way leaves nothing.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from compliance.storage import tables
from compliance.storage.database import Database

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Bring the database to today's tables; does nothing when it has them."""
    with database.write() as connection:
        if database.is_postgresql:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('compliance_migration'))"))
        command.upgrade(_configured(connection), "head")


def differences(database: Database) -> list[object]:
    """Return where the database differs from the declared tables: nowhere, when all is well."""
    with database.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_object": include_object},
        )
        return list(compare_metadata(context, SQLModel.metadata))


def include_object(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """Say whether alembic compares a thing: all but what the code does not declare in `SQLModel.metadata`."""
    del thing
    return kind != "table" or name in SQLModel.metadata.tables


def _configured(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = tables.Entry.metadata
    return config
