"""What happens when a commit takes its time, or fails."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import event

from compliance.ledger.checkpoint import verified
from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.errors import LedgerBusyError, LedgerForkedError, LedgerUnavailableError
from compliance.ledger.ledger import Ledger
from compliance.ledger.proof import Receipt
from tests.ledger.support import record, settings


class Gate:
    """Holds the ledger's next commit until it is opened, or makes it fail."""

    def __init__(self, ledger):
        self.reached, self.opened, self.fails = threading.Event(), threading.Event(), False
        engine = ledger._opened.database.engine  # noqa: SLF001 - a commit can only be held where it happens
        event.listen(engine, "commit", self.commit)
        self.over = False

    def end(self):
        self.over = True
        self.opened.set()

    def commit(self, _):
        if self.over or threading.current_thread().name != "ledger-writer":
            return
        self.reached.set()
        self.opened.wait(10)
        if self.fails:
            raise OSError("no space left on device")


def test_what_arrives_during_a_commit_is_answered_by_the_next(sqlite_ledger):
    gate = Gate(sqlite_ledger)
    first = sqlite_ledger.append(record(1))
    assert gate.reached.wait(10)
    late = [sqlite_ledger.append(record(number)) for number in range(2, 6)]
    assert not first.done()
    gate.end()
    assert first.result(10).index == 1
    assert verified(first.result().checkpoint, sqlite_ledger.verifier).checkpoint.size == 2
    for future in late:
        assert verified(future.result(10).checkpoint, sqlite_ledger.verifier).checkpoint.size == 6
    assert sqlite_ledger.figures.groups == 2


def test_nothing_is_answered_signed_or_published_before_the_commit(sqlite_ledger):
    before = sqlite_ledger.checkpoint
    gate = Gate(sqlite_ledger)
    waiting = sqlite_ledger.append(record(1))
    assert gate.reached.wait(10)
    assert not waiting.done()
    assert sqlite_ledger.checkpoint == before
    assert Path(sqlite_ledger.settings.checkpoint_path).read_text() == before
    gate.end()
    waiting.result(10)


def test_a_commit_that_fails_answers_nobody_and_the_next_one_goes_on(sqlite_ledger):
    gate = Gate(sqlite_ledger)
    gate.fails = True
    gate.opened.set()
    failed = [sqlite_ledger.append(record(number)) for number in range(3)]
    for future in failed:
        with pytest.raises(LedgerUnavailableError):
            future.result(10)
    gate.end()
    assert sqlite_ledger.append(record(9)).result(10).index == 1
    assert sqlite_ledger.verify().problems == []
    assert sqlite_ledger.figures.failures >= 1


def test_a_checkpoint_that_cannot_be_published_answers_nobody_and_a_retry_finds_the_record(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    key = IdempotencyKey("c", "k")
    ledger.append(record(0)).result(10)  # the person's key is made, and known from now on
    kept = ledger.settings.folder
    kept.rename(tmp_path / "away")
    with pytest.raises(LedgerUnavailableError):
        ledger.append(record(1), key).result(10)
    (tmp_path / "away").rename(kept)
    again = ledger.append(record(1), key).result(10)
    assert (again.replayed, again.index) == (True, 2)
    assert ledger.append(record(2)).result(10).index == 3
    assert ledger.verify().problems == []
    ledger.close()


def test_a_full_queue_pushes_back_and_what_waited_is_still_written(tmp_path):
    ledger = Ledger.open(settings(tmp_path, queue_limit=5))
    gate = Gate(ledger)
    futures = [ledger.append(record(0))]
    assert gate.reached.wait(10)
    futures += [ledger.append(record(number)) for number in range(1, 6)]
    with pytest.raises(LedgerBusyError):
        ledger.append(record(6))
    gate.end()
    assert [future.result(10).index for future in futures] == [1, 2, 3, 4, 5, 6]
    ledger.close()


def test_a_fork_under_a_running_node_stops_it(tmp_path, url):
    from sqlalchemy import text

    from compliance.storage.database import Database

    ledger = Ledger.open(settings(tmp_path, url))
    for number in range(3):
        ledger.append(record(number)).result(10)
    database = Database(url)
    with database.write() as connection:
        drop = "DROP TRIGGER ledger_entry_refuses_update" + (" ON ledger_entry" if database.is_postgresql else "")
        connection.execute(text(drop))
        if database.is_postgresql:
            connection.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER ALL"))
        else:
            connection.execute(text("DROP TRIGGER ledger_entry_refuses_delete"))
        connection.execute(text("DELETE FROM ledger_entry WHERE leaf_index > 1"))
        connection.execute(text("UPDATE ledger_head SET size = 2"))
    with pytest.raises(LedgerForkedError):
        ledger.append(record(4)).result(10)
    with pytest.raises(LedgerForkedError):
        ledger.append(record(5))
    assert isinstance(ledger.stopped, LedgerForkedError)
    database.close()
    ledger.close()


def test_closing_answers_everybody_who_waited(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    futures = [ledger.append(record(number)) for number in range(200)]
    ledger.close()
    for future in futures:
        Receipt.of_text(future.result(0).receipt).verify(ledger.verifier)
