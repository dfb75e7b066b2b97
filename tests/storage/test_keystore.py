from __future__ import annotations

import os
import random
import sqlite3

import pytest

from compliance.storage.database import Database
from compliance.storage.keystore import KeyNotDestroyedError, KeyStore, StoredKey


@pytest.fixture
def store(url):
    database = Database(url, secure_delete=True)
    yield KeyStore(database)
    database.close()


def key(owner):
    return StoredKey(owner, os.urandom(8), os.urandom(60))


def test_keys_come_back_as_they_were_added(store):
    added = [key("a"), key("b")]
    assert store.add(added) == {"a": added[0], "b": added[1]}
    assert store.find(["b", "c"]) == {"b": added[1]}
    assert store.owners() == 2


def test_the_first_key_of_an_owner_stays(store, url):
    first, second = key("a"), key("a")
    store.add([first])
    other = KeyStore(Database(url))
    assert other.add([second]) == {"a": first}


def test_many_owners_are_found_at_once(store):
    added = [key(f"owner-{number}") for number in range(1201)]
    assert len(store.add(added)) == 1201


def test_a_destroyed_key_is_gone_and_only_that_one(store):
    store.add([key("a"), key("b")])
    assert store.destroy("a") is True
    assert store.destroy("a") is False
    assert set(store.find(["a", "b"])) == {"b"}


def test_a_destroyed_key_is_in_no_sqlite_file_any_more(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/keys.db", secure_delete=True)
    store = KeyStore(database)
    gone, kept = key("gone"), key("kept")
    store.add([gone, kept])
    store.destroy("gone")
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    database.close()
    files += b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert kept.wrapped in files
    assert gone.wrapped not in files


def test_of_many_keys_that_were_destroyed_none_is_in_a_sqlite_file(tmp_path):
    """Pages are split, filled and merged: no copy of a row may stay behind in what is free."""
    database = Database(f"sqlite:///{tmp_path}/keys.db", secure_delete=True)
    store, generator = KeyStore(database), random.Random(1)
    keys = [StoredKey(generator.randbytes(16).hex(), os.urandom(8), os.urandom(60)) for _ in range(600)]
    for start in range(0, 600, 37):
        store.add(keys[start : start + 37])
    generator.shuffle(keys)
    for gone in keys[:500]:
        store.destroy(gone.owner)
    database.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [gone for gone in keys[:500] if gone.wrapped[:16] in files or gone.wrapped[-16:] in files]
    assert all(kept.wrapped in files for kept in keys[500:])


@pytest.mark.postgres
def test_of_many_keys_that_were_destroyed_none_is_in_a_table_of_postgresql(postgresql):
    """They are in its write-ahead log, wrapped, until it is recycled: `docs/how-to/run-the-ledger.md` says so."""
    database = Database(postgresql.new_database())
    store, generator = KeyStore(database), random.Random(1)
    keys = [StoredKey(generator.randbytes(16).hex(), os.urandom(8), os.urandom(60)) for _ in range(120)]
    for start in range(0, 120, 37):
        store.add(keys[start : start + 37])
    generator.shuffle(keys)
    for gone in keys[:40]:
        store.destroy(gone.owner)
    with database.autocommit() as connection:
        connection.exec_driver_sql("CHECKPOINT")
    database.close()
    data = postgresql.folder / "data"
    files = b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file() and p.parent.name != "pg_wal")
    assert not [gone for gone in keys[:40] if gone.wrapped[:16] in files or gone.wrapped[-16:] in files]
    assert all(kept.wrapped in files for kept in keys[40:])


def test_a_key_that_a_reader_keeps_in_the_files_does_not_count_as_destroyed(tmp_path, monkeypatch):
    monkeypatch.setattr("compliance.storage.database.BUSY_SECONDS", 0.1)
    database = Database(f"sqlite:///{tmp_path}/keys.db", secure_delete=True)
    store, gone = KeyStore(database), key("gone")
    store.add([gone])
    reader = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM subject_key").fetchone()
    with pytest.raises(KeyNotDestroyedError):
        store.destroy("gone")
    reader.close()
    store.destroy("gone")
    assert gone.wrapped not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    database.close()


def test_every_key_is_wrapped_anew_or_none(store):
    added = [key(f"owner-{number}") for number in range(1001)]
    store.add(added)

    def half(stored):
        if stored.owner == "owner-998":
            raise KeyError(stored.owner)
        return b"new"

    with pytest.raises(KeyError):
        store.rewrap(half)
    assert store.find(["owner-1"])["owner-1"] == added[1]
    assert store.rewrap(lambda stored: stored.wrapped[::-1]) == 1001
    assert store.find(["owner-1"])["owner-1"].wrapped == added[1].wrapped[::-1]
