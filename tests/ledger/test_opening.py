from __future__ import annotations

import json
import shutil

import pytest

from compliance.ledger.errors import LedgerForkedError
from compliance.ledger.forks import find_fork
from compliance.ledger.ledger import Ledger
from tests.ledger.support import record, settings, without_checkpoint

PERSONS = ("ann@example.com", "bob@example.com")


@pytest.fixture
def restored(tmp_path):
    """Settings of a log whose database was put back to an older copy, after more had been signed."""
    made = settings(tmp_path)
    ledger = Ledger.open(made)
    ledger.append(record(1)).result(10)
    ledger.close()
    shutil.copy(tmp_path / "log.db", tmp_path / "backup.db")
    ledger = Ledger.open(made)
    ledger.append(record(2)).result(10)
    ledger.close()
    shutil.copy(tmp_path / "backup.db", tmp_path / "log.db")
    return made


def test_a_restored_older_database_is_not_appended_to(restored):
    with pytest.raises(LedgerForkedError, match="restored from an older copy"):
        Ledger.open(restored)


def test_another_history_of_the_same_length_is_not_appended_to(restored):
    kept = restored.checkpoint_path.read_text()
    without_checkpoint(restored.folder)
    ledger = Ledger.open(restored)
    ledger.append(record(3)).result(10)
    ledger.append(record(4)).result(10)
    ledger.close()
    restored.checkpoint_path.write_text(kept)
    with pytest.raises(LedgerForkedError, match="not those that were signed"):
        Ledger.open(restored)


def test_an_emptied_database_is_not_started_anew(tmp_path):
    made = settings(tmp_path)
    Ledger.open(made).close()
    for path in tmp_path.glob("log.db*"):
        path.unlink()
    with pytest.raises(LedgerForkedError, match="the database is empty"):
        Ledger.open(made)
    fork = find_fork(made)
    assert fork is not None
    assert fork.stored_origin is None


def test_a_checkpoint_file_that_the_log_did_not_sign_stops_it(tmp_path):
    made = settings(tmp_path)
    Ledger.open(made).close()
    made.checkpoint_path.write_text(
        made.checkpoint_path.read_text().replace("example.com/log\n1\n", "example.com/log\n2\n")
    )
    with pytest.raises(LedgerForkedError, match="not signed by this log"):
        Ledger.open(made)


def test_a_log_that_goes_on_is_no_fork(tmp_path, url):
    made = settings(tmp_path, url)
    for number in range(3):
        ledger = Ledger.open(made)
        ledger.append(record(number)).result(10)
        ledger.close()
    assert find_fork(made) is None


def test_two_nodes_that_start_an_empty_log_at_once_start_one(tmp_path, url):
    import threading

    made, opened = settings(tmp_path, url), []
    threads = [threading.Thread(target=lambda: opened.append(Ledger.open(made))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    assert {ledger.reader.size() for ledger in opened} == {1}
    assert json.loads(opened[0].reader.entry(0).body)["kind"] == "log"
    for ledger in opened:
        ledger.close()
