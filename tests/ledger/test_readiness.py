from __future__ import annotations

import asyncio
import math
import sqlite3

import pytest

from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.errors import LedgerUnavailableError
from compliance.ledger.ledger import Ledger
from tests.ledger.support import record, settings
from tests.storage.postgresql import Server


def trouble(ledger):
    return asyncio.run(ledger.readiness.trouble())


def later(ledger):
    """Let a second have passed since the last record, and since the last probe."""
    ledger.figures.recorded_at -= 1
    ledger.readiness._found = (-math.inf, None)  # noqa: SLF001 - nothing waits for a clock


def rows(folder):
    with sqlite3.connect(folder / "log.db") as connection:
        return connection.execute("SELECT count(*) FROM ledger_idempotency").fetchone()[0]


def test_a_log_that_answers_is_ready_before_and_after_a_record(ledger):
    assert trouble(ledger) is None
    ledger.append(record(1)).result(10)
    assert trouble(ledger) is None


def test_a_failure_is_known_until_something_can_be_written_again(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    ledger.append(record(1)).result(10)
    blocked = tmp_path / "keys"
    aside = tmp_path / "aside"
    blocked.rename(aside)  # the checkpoint cannot be put in its place
    with pytest.raises(LedgerUnavailableError):
        ledger.append(record(2)).result(10)
    assert "no such file" in trouble(ledger)
    assert "no such file" in trouble(ledger)
    aside.rename(blocked)
    later(ledger)
    assert trouble(ledger) is None
    assert ledger.append(record(3)).result(10).index == 3
    assert trouble(ledger) is None
    assert not list(blocked.glob(".probe*"))
    ledger.close()
    assert rows(tmp_path) == 0


def test_a_record_counts_for_a_second_and_then_a_probe_writes(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    ledger.append(record(1)).result(10)
    probed = probes(ledger)
    assert trouble(ledger) is None
    assert probed == []
    later(ledger)
    assert trouble(ledger) is None
    assert trouble(ledger) is None  # what it found stands for a while
    assert probed == ["write"]
    ledger.close()
    assert rows(tmp_path) == 0


def probes(ledger):
    """Note each transaction that writes."""
    found = []
    real = ledger._opened.database.write  # noqa: SLF001 - what a probe does is seen where it does it

    def write(*given):
        found.append("write")
        return real(*given)

    ledger._opened.database.write = write  # noqa: SLF001
    return found


def test_a_database_file_that_is_lost_after_a_record_is_noticed_before_anybody_asks_for_the_next(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    ledger.append(record(1)).result(10)
    assert trouble(ledger) is None
    for file in tmp_path.glob("log.db*"):
        file.unlink()
    later(ledger)
    # A connection that was open goes on writing to what nobody will find; another one finds no table.
    found = ("`log.db`: no such file or directory", "the database cannot be used: no such table: ledger_head")
    assert trouble(ledger) in found
    ledger.close()


def test_a_failure_right_after_a_record_is_known_at_once(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    ledger.append(record(1)).result(10)
    assert trouble(ledger) is None
    (tmp_path / "keys").rename(tmp_path / "aside")
    with pytest.raises(LedgerUnavailableError):
        ledger.append(record(2)).result(10)
    assert "no such file" in trouble(ledger)
    (tmp_path / "aside").rename(tmp_path / "keys")
    ledger.close()


def test_an_answer_that_is_repeated_says_nothing_about_the_disk(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    key = IdempotencyKey("client", "a")
    ledger.append(record(1), key).result(10)
    written = ledger.figures.recorded_at
    assert ledger.append(record(1), key).result(10).replayed
    assert ledger.figures.recorded_at == written
    ledger.close()


def test_a_database_that_holds_everything_up_does_not_hold_up_the_answer(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    other = sqlite3.connect(tmp_path / "log.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = [ledger.append(record(1))]
    while ledger.waiting:  # the writer takes it, and waits for the lock
        pass
    waiting.append(ledger.append(record(2)))
    assert trouble(ledger) == "the database does not answer"
    other.execute("COMMIT")
    assert [future.result(60).index for future in waiting] == [1, 2]
    assert trouble(ledger) is None
    other.close()
    ledger.close()


def test_a_database_that_lacks_what_was_signed_is_not_ready_even_while_nobody_asks(tmp_path):
    made = settings(tmp_path)
    ledger = Ledger.open(made)
    ledger.append(record(1)).result(10)
    with sqlite3.connect(tmp_path / "log.db") as connection:
        connection.execute("UPDATE ledger_head SET size = 1")
    later(ledger)
    assert trouble(ledger) == "the database holds 1 entries, but a checkpoint over 2 was signed"
    ledger.close()


def test_a_log_that_stopped_says_why(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    ledger.append(record(1)).result(10)
    with sqlite3.connect(tmp_path / "log.db") as connection:
        connection.execute("UPDATE ledger_head SET size = 1")
    ledger.append(record(2)).exception(10)
    assert "older copy" in trouble(ledger)
    ledger.close()


@pytest.mark.postgres
def test_a_lost_server_is_noticed_while_nobody_asks_and_its_return_as_well(tmp_path, postgresql):
    del postgresql  # asked for only to skip where there is none
    server = Server.started()
    try:
        ledger = Ledger.open(settings(tmp_path, server.new_database()))
        assert trouble(ledger) is None
        server.kill()
        later(ledger)
        assert trouble(ledger).startswith("the database cannot be used: ")
        server.start()
        later(ledger)
        assert trouble(ledger) is None
        ledger.close()
    finally:
        server.stop()
