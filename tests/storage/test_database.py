from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import StatementError
from sqlmodel import col

from compliance.storage.database import Database, DatabaseMovedError
from compliance.storage.migration import migrate
from compliance.storage.tables import Log


def test_sqlite_commits_are_durable_and_readers_do_not_wait(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/a.db")
    with database.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    database.close()


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://"])
def test_other_databases_are_refused(url):
    with pytest.raises(ValueError, match="a database is"):
        Database(url)


def test_a_failed_block_leaves_nothing(database):
    migrate(database)

    def failing():
        with database.write() as connection:
            connection.execute(text("INSERT INTO ledger_indexed (epoch, size) VALUES (1, 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM ledger_indexed")).scalar() == 0


def test_a_reading_transaction_sees_one_state(database):
    migrate(database)
    count = text("SELECT count(*) FROM ledger_indexed")
    with database.read() as connection:
        assert connection.execute(count).scalar() == 0
        with database.write() as writing:
            writing.execute(text("INSERT INTO ledger_indexed (epoch, size) VALUES (1, 1)"))
        assert connection.execute(count).scalar() == 0
    with database.read() as connection:
        assert connection.execute(count).scalar() == 1


def test_sqlite_writers_queue_up(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/a.db")
    migrate(database)
    with database.write() as connection:
        connection.execute(text("INSERT INTO ledger_indexed (epoch, size) VALUES (1, 0)"))

    def add():
        for _ in range(20):
            with database.write() as connection:
                size = connection.execute(text("SELECT size FROM ledger_indexed")).scalar_one()
                connection.execute(text("UPDATE ledger_indexed SET size = :size"), {"size": size + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(text("SELECT size FROM ledger_indexed")).scalar() == 80
    database.close()


def test_an_instant_comes_back_in_utc(database):
    migrate(database)
    instant = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with database.write() as connection:
        connection.execute(insert(Log), [{"epoch": 1, "origin": "o", "opened_at": instant}])
    with database.read() as connection:
        found = connection.execute(select(col(Log.opened_at))).scalar_one()
    assert found == instant
    assert found.tzinfo is UTC


def test_an_instant_without_zone_is_refused(database):
    migrate(database)
    row = {"epoch": 1, "origin": "o", "opened_at": datetime(2026, 7, 1)}  # noqa: DTZ001
    with pytest.raises(StatementError, match="without a time zone"), database.write() as connection:
        connection.execute(insert(Log), [row])


@pytest.mark.parametrize(("put", "error"), [(True, DatabaseMovedError), (False, FileNotFoundError)])
def test_a_file_that_was_replaced_or_deleted_is_not_written_to_unnoticed(tmp_path, put, error):
    database = Database(f"sqlite:///{tmp_path}/a.db")
    with database.write() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    (tmp_path / "a.db").rename(tmp_path / "b.db")
    if put:
        (tmp_path / "a.db").write_bytes((tmp_path / "b.db").read_bytes())
    with pytest.raises(error, match=r"a\.db"), database.write() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    database.close()


def test_whoever_has_a_database_open_is_noticed(database):
    assert database.alone()
    other = Database(database.url)
    with other.read() as connection:
        connection.execute(text("SELECT 1"))
    assert not database.alone()
    other.close()
    # A server lets go of a session a moment after its client has.
    deadline = time.monotonic() + 10
    while not database.alone():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE u (x INTEGER)"))
