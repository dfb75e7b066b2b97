from __future__ import annotations

import subprocess
import sys

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from compliance.storage.database import Database
from compliance.storage.migration import _configured, differences, migrate

MIGRATE = "import sys; from compliance.storage.database import Database as D; "
MIGRATE += "from compliance.storage.migration import migrate as m; m(D(sys.argv[1])); print('done')"


def test_the_migrated_tables_are_the_declared_ones(database):
    migrate(database)
    assert differences(database) == []
    assert set(SQLModel.metadata.tables) <= set(inspect(database.engine).get_table_names())


def test_an_unmigrated_database_differs(database):
    assert differences(database)


def test_migrating_twice_changes_nothing(database):
    migrate(database)
    migrate(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [("0003",)]


def test_an_older_database_keeps_what_it_has(database):
    with database.write() as connection:
        command.upgrade(_configured(connection), "0001")
        connection.execute(text("INSERT INTO ledger_log VALUES (1, 'o', '2026-01-01 00:00:00')"))
    assert differences(database)
    migrate(database)
    assert differences(database) == []
    with database.read() as connection:
        assert connection.execute(text("SELECT origin FROM ledger_log")).all() == [("o",)]


def test_two_processes_may_migrate_at_once(url):
    running = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in running:
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0, error.decode()
        assert out.strip() == b"done"
    database = Database(url)
    assert differences(database) == []
    database.close()


def test_a_migration_that_fails_leaves_nothing(database, monkeypatch):
    def failing(table, dialect):
        yield "THIS IS NOT SQL"

    monkeypatch.setattr("compliance.storage.triggers.append_only", failing)
    with pytest.raises(Exception, match="THIS"):
        migrate(database)
    assert inspect(database.engine).get_table_names() == []
