"""A connection that is kept between transactions: each of them durable, and a broken one replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from compliance.storage import held as held_module
from compliance.storage.database import Database, DatabaseMovedError
from compliance.storage.held import Held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'log.db'}")
    with made.write() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)"))
    yield made
    made.close()


def add(connection: Connection, number: int) -> None:
    connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})


def numbers(database: Database) -> list[int]:
    with database.read() as connection:
        return [row.n for row in connection.execute(text("SELECT n FROM t ORDER BY n"))]


def test_transactions_share_a_connection_and_each_is_seen_at_once_by_others(database: Database) -> None:
    held, used = Held(database), set()
    for number in (1, 2, 3):
        with held.write() as connection:
            add(connection, number)
            used.add(id(connection.connection.dbapi_connection))
        assert numbers(database) == list(range(1, number + 1))
    assert len(used) == 1
    held.close()


def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_is_written(database: Database) -> None:
    held = Held(database)

    def fails() -> None:
        with held.write() as connection:
            add(connection, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with held.write() as connection:
        add(connection, 2)
    assert numbers(database) == [2]
    held.close()


def test_a_connection_that_was_closed_under_it_fails_once(database: Database) -> None:
    held = Held(database)
    with held.write() as connection:
        add(connection, 1)
        raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.close()
    with pytest.raises(DBAPIError), held.write() as connection:
        add(connection, 2)
    with held.write() as connection:
        add(connection, 3)
    assert numbers(database) == [1, 3]
    held.close()


def test_a_connection_that_rested_is_looked_at_by_the_pool_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_module, "_REST", -1.0)
    given = []
    connected = database.connected
    monkeypatch.setattr(database, "connected", lambda: given.append(1) or connected())
    held = Held(database)
    for number in (1, 2):
        with held.write() as connection:
            add(connection, number)
    assert len(given) == 2
    assert numbers(database) == [1, 2]
    held.close()


def test_a_file_that_was_put_in_its_place_is_noticed(database: Database, tmp_path: Path) -> None:
    held = Held(database)
    with held.write() as connection:
        add(connection, 1)
    (tmp_path / "log.db").rename(tmp_path / "old.db")
    (tmp_path / "log.db").write_bytes(b"")
    with pytest.raises(DatabaseMovedError), held.write() as connection:
        add(connection, 2)
    held.close()


def test_no_empty_file_is_made_where_the_database_is_gone(database: Database, tmp_path: Path) -> None:
    held = Held(database)
    with held.write() as connection:
        add(connection, 1)
    (tmp_path / "log.db").unlink()
    with pytest.raises(FileNotFoundError):
        numbers(database)
    assert not (tmp_path / "log.db").exists()
    held.close()
