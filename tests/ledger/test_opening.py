from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from compliance.ledger.errors import LedgerError, LedgerForkedError
from compliance.ledger.ledger import Ledger
from compliance.ledger.opening import find_fork, new_epoch
from compliance.ledger.proof import Receipt
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


def test_a_fork_is_explained(restored):
    fork = find_fork(restored)
    assert fork is not None
    assert "holds 2 entries, but a checkpoint over 3 was signed" in fork.reason
    assert (fork.signed.size, fork.stored_size, fork.stored_origin) == (3, 2, "example.com/log")


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


def test_a_new_epoch_goes_on_after_a_fork_and_states_what_was_signed_before(restored):
    old = restored.checkpoint_path.read_text()
    after = replace(restored, origin="example.com/log-2")
    new_epoch(after, "restored from the backup of Monday", PERSONS)
    ledger = Ledger.open(after)
    first = ledger.reader.entry(0)
    assert first.epoch == 2
    assert first.public["previous"] == old
    assert first.public["approved_by"] == list(PERSONS)
    recorded = ledger.append(record(5)).result(10)
    Receipt.of_text(recorded.receipt).verify(ledger.verifier)
    assert ledger.verify().problems == []
    ledger.close()


def test_receipts_of_the_old_epoch_stay_valid(restored, tmp_path):
    shutil.copy(tmp_path / "backup.db", tmp_path / "other.db")
    ledger_settings = replace(restored, database_url=f"sqlite:///{tmp_path}/other.db", folder=tmp_path / "copy")
    shutil.copytree(restored.folder, tmp_path / "copy")
    without_checkpoint(ledger_settings.folder)
    ledger = Ledger.open(ledger_settings)
    old = ledger.receipt(1)
    verifier = ledger.verifier
    ledger.close()
    new_epoch(replace(restored, origin="example.com/log-2"), "restored", PERSONS)
    old.verify(verifier)


@pytest.mark.parametrize("persons", [("ann", "ann"), ("ann", " Ann "), ("ann", "")])
def test_a_new_epoch_takes_two_persons(restored, persons):
    with pytest.raises(LedgerError, match="two different persons"):
        new_epoch(replace(restored, origin="example.com/log-2"), "why", persons)


def test_a_new_epoch_takes_a_new_origin(restored):
    with pytest.raises(LedgerError, match="was used before"):
        new_epoch(restored, "why", PERSONS)


def test_the_old_origin_does_not_open_after_a_new_epoch(restored):
    new_epoch(replace(restored, origin="example.com/log-2"), "why", PERSONS)
    with pytest.raises(LedgerError, match="holds the log"):
        Ledger.open(restored)


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
