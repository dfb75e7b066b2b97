from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.ledger.errors import ErasedError, KeysUnavailableError, TamperedError
from compliance.ledger.subjects import NOBODY, MasterKey, Subjects
from compliance.storage.database import Database
from compliance.storage.keystore import KeyStore

MASTER = MasterKey(bytes(32))


class SilentService:
    """A key management service that does not answer."""

    def wrap(self, key, context):
        raise KeysUnavailableError("the key service does not answer")

    unwrap = wrap


@pytest.fixture
def store(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/keys.db", secure_delete=True)
    yield KeyStore(database)
    database.close()


@pytest.fixture
def subjects(store):
    return Subjects(store, MASTER)


def sealed(subjects, name, plain=b"secret"):
    pseudonym = subjects.pseudonym(name)
    return pseudonym, subjects.keys([pseudonym])[pseudonym].seal(plain)


def test_a_pseudonym_is_the_same_on_every_node_and_does_not_contain_the_name(store, subjects):
    assert subjects.pseudonym("alice") == Subjects(store, MASTER).pseudonym("alice")
    assert len(subjects.pseudonym("alice")) == 32
    assert subjects.pseudonym("alice") != subjects.pseudonym("bob")
    assert subjects.pseudonym(None) == NOBODY


def test_another_store_gives_other_pseudonyms(subjects, tmp_path):
    other = Subjects(KeyStore(Database(f"sqlite:///{tmp_path}/other.db")), MASTER)
    assert other.pseudonym("alice") != subjects.pseudonym("alice")


def test_an_idempotency_key_and_a_pseudonym_never_meet(subjects):
    assert subjects.blind("a", b"bc") != subjects.blind("ab", b"c")
    assert subjects.blind("idempotency", b"alice")[:16].hex() != subjects.pseudonym("alice")


@settings(max_examples=20)
@given(st.binary(max_size=500))
def test_what_was_sealed_opens_on_another_node(tmp_path_factory, plain):
    store = KeyStore(Database(f"sqlite:///{tmp_path_factory.mktemp('keys')}/keys.db"))
    pseudonym, value = sealed(Subjects(store, MASTER), "alice", plain)
    assert Subjects(store, MASTER).open(pseudonym, value) == plain
    assert plain not in value or len(plain) < 4


def test_two_nodes_that_meet_a_person_at_once_use_one_key(store):
    first, second = Subjects(store, MASTER), Subjects(store, MASTER)
    pseudonym = first.pseudonym("alice")
    assert first.keys([pseudonym])[pseudonym].key_id == second.keys([pseudonym])[pseudonym].key_id


@pytest.mark.parametrize("drop", [lambda subjects: subjects.erase(subjects.pseudonym("somebody-7")), Subjects.forget])
def test_who_is_erased_here_or_by_another_node_is_not_kept_in_memory_by_name(subjects, drop):
    subjects.keys([subjects.pseudonym("somebody-7")])
    assert "somebody-7" in str(vars(subjects))
    drop(subjects)
    assert "somebody-7" not in str(vars(subjects))


def test_no_more_names_are_kept_than_keys(store):
    subjects = Subjects(store, MASTER, cache_limit=3)
    named = [subjects.pseudonym(f"somebody-{number}") for number in range(10)]
    assert str(vars(subjects)).count("somebody-") <= 3
    assert named == [subjects.pseudonym(f"somebody-{number}") for number in range(10)]


def test_an_erased_person_cannot_be_read_and_others_can(store, subjects):
    pseudonym, value = sealed(subjects, "alice")
    other, others = sealed(subjects, "bob")
    assert subjects.erase(pseudonym) is True
    for node in (subjects, Subjects(store, MASTER)):
        with pytest.raises(ErasedError):
            node.open(pseudonym, value)
        assert node.open(other, others) == b"secret"


def test_a_person_who_comes_back_gets_a_new_key_that_does_not_open_the_old_records(subjects):
    pseudonym, value = sealed(subjects, "alice")
    subjects.erase(pseudonym)
    _, again = sealed(subjects, "alice", b"new")
    assert subjects.open(pseudonym, again) == b"new"
    with pytest.raises(ErasedError):
        subjects.open(pseudonym, value)


def test_another_node_keeps_no_key_once_it_forgets(store, subjects):
    pseudonym, value = sealed(subjects, "alice")
    other = Subjects(store, MASTER)
    assert other.open(pseudonym, value) == b"secret"
    subjects.erase(pseudonym)
    other.forget()
    with pytest.raises(ErasedError):
        other.open(pseudonym, value)


def test_any_changed_byte_is_noticed(subjects):
    pseudonym, value = sealed(subjects, "alice")
    for position in range(len(value)):
        changed = value[:position] + bytes([value[position] ^ 1]) + value[position + 1 :]
        with pytest.raises((TamperedError, ErasedError)):
            subjects.open(pseudonym, changed)


def test_a_ciphertext_cannot_be_attributed_to_another_person(subjects):
    _, value = sealed(subjects, "alice")
    other, _ = sealed(subjects, "bob")
    with pytest.raises((TamperedError, ErasedError)):
        subjects.open(other, value)


def test_without_the_key_service_nothing_is_sealed(store):
    with pytest.raises(KeysUnavailableError):
        Subjects(store, SilentService()).keys(["x"])


def test_another_master_key_opens_nothing(store, subjects):
    pseudonym, value = sealed(subjects, "alice")
    with pytest.raises(KeysUnavailableError, match="not the one"):
        Subjects(store, MasterKey(b"\x01" * 32)).open(pseudonym, value)


def test_the_cache_of_unwrapped_keys_is_bounded(store):
    subjects = Subjects(store, MASTER, cache_limit=10)
    values = [sealed(subjects, f"person-{number}") for number in range(50)]
    assert len(subjects._cache) <= 10  # noqa: SLF001 - there is no other way to see it
    assert all(subjects.open(*value) == b"secret" for value in values)


@pytest.mark.parametrize("text", ["", "00", "zz" * 32])
def test_a_master_key_is_64_hexadecimal_digits(text):
    with pytest.raises(ValueError, match="master key"):
        MasterKey.of_text(text)
