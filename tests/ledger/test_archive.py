from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from sqlalchemy.exc import SQLAlchemyError

from compliance.ledger.archive import open_archive
from compliance.ledger.errors import KeysUnavailableError, LedgerError, NotRecordedError
from compliance.ledger.forks import new_epoch
from compliance.ledger.ledger import Ledger
from compliance.ledger.settings import LedgerSettings
from tests.ledger.support import Clock, record, settings


def test_a_log_is_read_beside_the_service_that_writes_it(ledger):
    ledger.append(record(1)).result(10)
    archive = open_archive(ledger.settings)
    assert archive.origins == {1: "example.com/log"}
    assert [entry.kind for entry in archive.entries()] == ["log", "decision"]
    assert archive.reader().personal(archive.reader().entry(1)).facts["number"] == 1
    assert archive.persons == 1
    ledger.append(record(2)).result(10)
    assert archive.count() == 3
    archive.close()


def test_nothing_can_be_written_through_it(ledger):
    archive = open_archive(ledger.settings)
    with pytest.raises(SQLAlchemyError), archive.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM ledger_head")
    archive.close()


def test_no_file_is_made_where_there_is_no_log(tmp_path):
    with pytest.raises(NotRecordedError):
        open_archive(settings(tmp_path / "nowhere"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_database_is_said_to_be_none(tmp_path):
    (tmp_path / "log.db").write_bytes(b"not a database, but long enough to look like one" * 100)
    with pytest.raises(LedgerError, match="is no database"):
        open_archive(settings(tmp_path))


def test_without_the_keys_everything_but_the_personal_parts_is_there(tmp_path, sqlite_ledger):
    sqlite_ledger.append(record(1)).result(10)
    copy = tmp_path / "copy"
    copy.mkdir()
    sqlite_ledger.close()
    shutil.copy(tmp_path / "log.db", copy / "log.db")
    archive = open_archive(LedgerSettings(f"sqlite:///{copy}/log.db", copy))
    assert (archive.subjects, archive.persons, archive.checkpoint) == (None, None, None)
    with pytest.raises(KeysUnavailableError):
        archive.reader().personal(archive.reader().entry(1))
    archive.close()
    assert [path.name for path in copy.iterdir() if not path.name.endswith(("-wal", "-shm"))] == ["log.db"]


def test_entries_of_a_span_of_time_come_from_every_epoch(tmp_path):
    clock = Clock()
    first = settings(tmp_path, clock=clock)
    ledger = Ledger.open(first)
    begun = clock.now
    for number in range(3):
        clock.move(days=1)
        ledger.append(record(number)).result(10)
    ledger.close()
    clock.move(days=1)
    second = LedgerSettings(first.database_url, first.folder, "example.com/second", clock=clock)
    new_epoch(second, "moved house", ("ann", "ben"), force=True)
    archive = open_archive(second)
    assert archive.epoch == 2
    found = [(entry.epoch, entry.index) for entry in archive.entries(begun + timedelta(days=2))]
    assert found == [(1, 2), (1, 3), (2, 0)]
    assert archive.count(begun + timedelta(days=2)) == 3
    assert [(entry.epoch, entry.index) for entry in archive.entries(until=begun + timedelta(days=1))] == [(1, 0)]
    archive.close()
