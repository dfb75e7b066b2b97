from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import text

from compliance.ledger.errors import LedgerError, LedgerUnavailableError
from compliance.ledger.troubles import said
from compliance.storage.database import Database, DatabaseMovedError


def test_what_a_database_says_of_itself_is_said(tmp_path):
    with pytest.raises(LedgerUnavailableError, match="the database cannot be used: unable to open"), said():
        Database(f"sqlite:///{tmp_path}/none/a.db").engine.connect()


def test_the_parameters_of_a_statement_are_not_said(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/a.db")
    with database.write() as connection:
        connection.execute(text("CREATE TABLE t (x TEXT PRIMARY KEY)"))
        connection.execute(text("INSERT INTO t VALUES ('vexil')"))
    with pytest.raises(LedgerUnavailableError) as caught, said(), database.write() as connection:
        connection.execute(text("INSERT INTO t VALUES (:x)"), {"x": "vexil"})
    assert str(caught.value) == "the database cannot be used (IntegrityError)"
    database.close()


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (OSError(28, "No space left on device", "/a/b/checkpoint"), LedgerUnavailableError, "`checkpoint`: no space"),
        (DatabaseMovedError("another file"), LedgerUnavailableError, "another file"),
        (ValueError("`signing.key` does not hold"), LedgerError, "`signing.key` does not hold"),
    ],
)
def test_disks_and_key_files_are_named(error, kind, message):
    with pytest.raises(kind, match=message), said():
        raise error


def test_what_the_driver_says_past_sqlalchemy_is_said_as_well():
    with pytest.raises(LedgerUnavailableError, match="the database cannot be used: no such table: t"), said():
        sqlite3.connect(":memory:").execute("SELECT * FROM t")
    with pytest.raises(LedgerUnavailableError, match=r"the database cannot be used \(IntegrityError\)"), said():
        raise sqlite3.IntegrityError("a value of somebody's")


def test_what_is_no_trouble_of_a_database_stays_what_it_is():
    with pytest.raises(ZeroDivisionError), said():
        raise ZeroDivisionError
