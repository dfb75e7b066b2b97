"""Where a database and what was signed of it part, and the log that goes on from there."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace

import pytest

from compliance.ledger import erasure
from compliance.ledger.errors import ErasedError, LedgerError, NotRecordedError, RefusedError, RetainedError
from compliance.ledger.forks import find_fork, new_epoch
from compliance.ledger.keyring import signer_of
from compliance.ledger.ledger import Ledger
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


def test_a_fork_is_explained(restored):
    fork = find_fork(restored)
    assert fork is not None
    assert "holds 2 entries, but a checkpoint over 3 was signed" in fork.reason
    assert (fork.signed.size, fork.stored_size, fork.stored_origin) == (3, 2, "example.com/log")


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


def test_a_fork_names_what_is_missing_which_file_says_so_and_until_when_entries_are_stored(restored):
    before = {path: path.read_bytes() for path in restored.folder.iterdir()}
    fork = find_fork(restored)
    assert fork is not None
    assert (list(fork.missing), fork.file, fork.root_then) == ([2], restored.checkpoint_path, None)
    assert fork.stored_until is not None
    assert fork.stored_until < fork.written_at
    assert {path: path.read_bytes() for path in before} == before


def test_another_history_shows_both_roots_over_as_many_entries(restored):
    kept = restored.checkpoint_path.read_text()
    without_checkpoint(restored.folder)
    ledger = Ledger.open(restored)
    for number in (3, 4):
        ledger.append(record(number)).result(10)
    ledger.close()
    restored.checkpoint_path.write_text(kept)
    fork = find_fork(restored)
    assert fork is not None
    assert (fork.stored_size, fork.signed.size, list(fork.missing)) == (4, 3, [])
    assert fork.root_then not in (None, fork.signed.root)


def test_a_database_that_is_gone_is_a_fork_and_a_folder_without_anything_is_none(tmp_path):
    made = settings(tmp_path)
    with pytest.raises(NotRecordedError):
        find_fork(made)
    Ledger.open(made).close()
    for path in tmp_path.glob("log.db*"):
        path.unlink()
    fork = find_fork(made)
    assert fork is not None
    assert (fork.stored_origin, fork.stored_size, list(fork.missing)) == (None, 0, [0])


def test_a_checkpoint_file_that_nobody_signed_is_a_fork(tmp_path):
    made = settings(tmp_path)
    Ledger.open(made).close()
    for path in made.folder.glob("checkpoint*"):
        path.write_text("nonsense")
    fork = find_fork(made)
    assert fork is not None
    assert fork.signed is None
    assert "not signed by this log" in fork.reason


def test_where_nothing_is_wrong_a_new_epoch_takes_force(tmp_path, url):
    made = settings(tmp_path, url)
    Ledger.open(made).close()
    after = replace(made, origin="example.com/log-2")
    with pytest.raises(RefusedError, match="nothing is wrong"):
        new_epoch(after, "why", PERSONS)
    assert new_epoch(after, "the company was renamed", PERSONS, force=True).size == 1
    ledger = Ledger.open(after)
    assert ledger.reader.entry(0).public["reason"] == "the company was renamed"
    assert ledger.verify().problems == []
    ledger.close()
    assert find_fork(after) is None


def test_a_node_that_has_the_database_open_stands_in_the_way(restored):
    node = sqlite3.connect(restored.folder.parent / "log.db")
    node.execute("SELECT count(*) FROM ledger_entry").fetchone()
    with pytest.raises(RefusedError, match="stop every node"):
        new_epoch(replace(restored, origin="example.com/log-2"), "why", PERSONS)
    node.close()
    new_epoch(replace(restored, origin="example.com/log-2"), "why", PERSONS)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_new_epoch_takes_a_reason(restored, reason):
    with pytest.raises(RefusedError, match="takes a reason"):
        new_epoch(replace(restored, origin="example.com/log-2"), reason, PERSONS)


def test_decisions_of_the_old_epoch_are_found_and_proved_by_what_was_signed_then(restored):
    after = replace(restored, origin="example.com/log-2")
    new_epoch(after, "why", PERSONS)
    ledger = Ledger.open(after)
    reader, entry = ledger.decision("d1")
    assert (entry.epoch, entry.index) == (1, 1)
    assert reader.personal(entry).facts == record(1).personal
    proof = ledger.receipt_of(entry)
    proof.verify(signer_of(restored).verifier)
    ledger.append(record(7)).result(10)
    _, newer = ledger.decision("d7")
    assert newer.epoch == 2
    ledger.receipt_of(newer).verify(ledger.verifier)
    with pytest.raises(NotRecordedError):
        ledger.decision("d2")  # lost with what the older copy did not have
    ledger.close()


def test_a_hold_of_the_old_epoch_stands_in_the_new_one(tmp_path):
    made = settings(tmp_path)
    ledger = Ledger.open(made)
    ledger.append(record(1)).result(10)
    erasure.hold(ledger, "alice", "case 7", "ann")
    asked = erasure.request(ledger, "alice", "asked for", "ann")
    ledger.close()
    after = replace(made, origin="example.com/log-2")
    new_epoch(after, "why", PERSONS, force=True)
    ledger = Ledger.open(after)
    with pytest.raises(RetainedError):
        erasure.approve(ledger, asked, "bob")
    held = erasure.standing_holds(ledger, ledger.pseudonym("alice"))
    erasure.lift(ledger, held[0].id, "closed", "bob")
    erasure.approve(ledger, asked, "bob")
    reader, entry = ledger.decision("d1")
    with pytest.raises(ErasedError):
        reader.personal(entry)
    assert ledger.verify().problems == []
    ledger.close()
