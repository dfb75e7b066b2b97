"""A new master key: everything opens as before, and what was wrapped by the old one opens no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from compliance.ledger.errors import KeysUnavailableError, LedgerForkedError, RefusedError
from compliance.ledger.files import read_secret
from compliance.ledger.ledger import Ledger
from compliance.ledger.rewrap import rewrap
from compliance.ledger.subjects import MasterKey
from compliance.storage.database import Database
from compliance.storage.keystore import SCHEMA
from tests.ledger.support import record, settings

PERSONS = 1203  # more than two batches
SAID = ("every year", ("ann", "bob"))


@pytest.fixture
def made(tmp_path, url):
    """A log with a few entries, closed."""
    made = settings(tmp_path, url)
    ledger = Ledger.open(made)
    for number in range(5):
        ledger.append(record(number, f"s{number}")).result(10)
    ledger._opened.subjects.keys([f"person{number}" for number in range(PERSONS)])  # noqa: SLF001 - many at once
    ledger.close()
    return made


def stored(made):
    database = Database(made.keystore)
    table = f"{SCHEMA}.subject_key" if database.is_postgresql else "subject_key"
    with database.read() as connection:
        rows = connection.execute(text(f"SELECT owner, key_id, wrapped FROM {table}")).all()  # noqa: S608
    database.close()
    return {row.owner: (bytes(row.key_id), bytes(row.wrapped)) for row in rows}


def test_everything_opens_with_the_new_key_and_nothing_with_the_old_one(made):
    before, path = stored(made), made.folder / "master.key"
    old = MasterKey(read_secret(path))
    assert rewrap(made, *SAID) == len(before) == PERSONS + 5 + 2  # one for nobody, one for pseudonyms
    after = stored(made)
    assert {owner: key_id for owner, (key_id, _) in after.items()} == {owner: id_ for owner, (id_, _) in before.items()}
    for owner, (key_id, wrapped) in after.items():
        with pytest.raises(KeysUnavailableError):
            old.unwrap(wrapped, owner.encode() + b"\x00" + key_id)
    ledger = Ledger.open(made)
    assert ledger.reader.personal(ledger.reader.entry(3)).facts == record(2).personal
    report = ledger.verify()
    assert (report.problems, [log.erased for log in report.logs]) == ([], [0])
    assert ledger.append(record(9, "s1")).result(10).index == 7
    ledger.close()
    assert not path.with_name("master.key.next").exists()


def test_the_old_wrapping_is_in_no_sqlite_file_any_more(tmp_path):
    made = settings(tmp_path)
    ledger = Ledger.open(made)
    ledger.append(record(1)).result(10)
    ledger.close()
    before = stored(made)
    rewrap(made, *SAID)
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [owner for owner, (_, wrapped) in before.items() if wrapped[:20] in files or wrapped[-20:] in files]


def test_a_node_that_runs_stands_in_the_way(made):
    ledger = Ledger.open(made)
    ledger.append(record(9)).result(10)
    with pytest.raises(RefusedError, match="stop every node"):
        rewrap(made, *SAID)
    assert ledger.append(record(10)).result(10)
    ledger.close()
    assert rewrap(made, *SAID)


def noted(ledger):
    return [dict(entry.public) for entry in ledger.reader.events(["master-key"])]


def test_the_log_says_who_changed_the_master_key_and_why(made):
    count = rewrap(made, "every year", (" ann ", "bob"))
    ledger = Ledger.open(made)
    assert noted(ledger) == [{"approved_by": ["ann", "bob"], "reason": "every year", "keys": count}]
    (said,) = ledger.reader.events(["master-key"])
    assert ledger.verify().newest.master_keys == [said.document["recorded_at"]]
    ledger.close()


@pytest.mark.parametrize("said", [("why", ("ann", "Ann ")), (" ", ("ann", "bob"))])
def test_nobody_changes_it_alone_or_without_saying_why(made, said):
    before = stored(made)
    with pytest.raises(RefusedError, match="a new master key takes"):
        rewrap(made, *said)
    assert stored(made) == before


def test_what_could_not_be_recorded_is_not_done(made):
    before = stored(made)
    (made.folder / "signing.key").rename(made.folder / "elsewhere")
    with pytest.raises(RefusedError, match="could not be recorded"):
        rewrap(made, *SAID)
    (made.folder / "elsewhere").rename(made.folder / "signing.key")
    database = Database(made.database_url)
    with database.write() as connection:
        connection.execute(text("UPDATE ledger_head SET size = 3"))
    database.close()
    with pytest.raises(LedgerForkedError):
        rewrap(made, *SAID)
    assert stored(made) == before
    assert not list(made.folder.glob("master.key.*"))


def test_what_was_interrupted_is_completed_by_doing_it_again(made, monkeypatch):
    def stop(*_):
        raise OSError("stopped")

    monkeypatch.setattr("compliance.ledger.rewrap._note", stop)  # the keys are changed, and the process ends
    with pytest.raises(OSError, match="stopped"):
        rewrap(made, *SAID)
    monkeypatch.undo()
    ledger = Ledger.open(made)
    with pytest.raises(KeysUnavailableError):
        ledger.append(record(9)).result(10)
    ledger.close()
    assert rewrap(made, *SAID) == PERSONS + 7
    ledger = Ledger.open(made)
    assert ledger.verify().problems == []
    assert len(noted(ledger)) == 1
    ledger.close()


def test_with_the_wrong_old_key_nothing_is_changed(made):
    before = stored(made)
    (made.folder / "master.key").write_text("00" * 32)
    with pytest.raises(KeysUnavailableError):
        rewrap(made, *SAID)
    assert stored(made) == before


def test_master_keys_may_come_from_elsewhere(tmp_path):
    made = replace(settings(tmp_path), wrapper=MasterKey(bytes(32)))
    ledger = Ledger.open(made)
    ledger.append(record(1)).result(10)
    ledger.close()
    with pytest.raises(RefusedError, match="environment"):
        rewrap(made, *SAID)
    assert rewrap(made, *SAID, MasterKey(b"\x01" * 32)) == 3
    ledger = Ledger.open(replace(made, wrapper=MasterKey(b"\x01" * 32)))
    assert ledger.verify().problems == []
    ledger.close()


def test_where_no_keys_are_stored_none_are_made(tmp_path):
    made = settings(tmp_path)
    made.folder.mkdir()
    with pytest.raises(RefusedError, match="no keys"):
        rewrap(made, *SAID)
    assert not (made.folder / "master.key").exists()
