from __future__ import annotations

import os

import pytest

from compliance.storage.database import Database
from compliance.storage.keystore import KeyStore, StoredKey


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
