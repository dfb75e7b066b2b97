"""Which key signs for which trees, and where it is found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from compliance.ledger.errors import LedgerUnavailableError
from compliance.ledger.keyring import Keyring, LogKey, keys_document, next_path, signer_in, verifiers_at
from tests.ledger.support import settings

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def made(tmp_path):
    return settings(tmp_path)


def keys_of(made):
    """Two keys of a log whose seventh entry changed the key."""
    old = signer_in(made, made.signing_path, make=True)
    new = signer_in(made, next_path(made.signing_path), make=True)
    return [LogKey(old.verifier, 0, 6, NOW), LogKey(new.verifier, 6, None, NOW)]


def test_both_keys_sign_the_tree_that_the_change_made_and_no_other(made):
    old, new = keys_of(made)
    assert [old.signs(size) for size in (0, 1, 6, 7, 8)] == [False, True, True, True, False]
    assert [new.signs(size) for size in (0, 1, 6, 7, 8)] == [False, False, False, True, True]
    assert verifiers_at([old, new], 7) == [old.verifier, new.verifier]


def test_the_newest_key_signs_and_the_old_one_signs_again_what_it_signed(made):
    old, new = keys_of(made)
    ring = Keyring(made)
    ring.load([old, new])
    assert ring.newest.verifier == new.verifier
    assert (ring.at(6).verifier, ring.at(7).verifier, ring.since) == (old.verifier, new.verifier, 6)


def test_the_next_key_takes_its_place_and_the_old_one_stays_under_its_id(made):
    old, new = keys_of(made)
    ring = Keyring(made)
    ring.load([old, new])
    for _ in range(2):  # the second time there is nothing to do
        ring.promote()
        assert signer_in(made, made.signing_path).verifier == new.verifier
        kept = made.signing_path.with_name(f"signing.key.{old.verifier.key_id.hex()}")
        assert signer_in(made, kept).verifier == old.verifier
        assert not next_path(made.signing_path).exists()
    again = Keyring(made)
    again.load([old, new])
    assert again.at(3).verifier == old.verifier
    kept.unlink()
    forgotten = Keyring(made)
    forgotten.load([old, new])
    assert forgotten.at(3) is None


def test_a_key_that_is_prepared_and_not_in_the_log_stays_where_it_is(made):
    old, _ = keys_of(made)
    ring = Keyring(made)
    ring.load([LogKey(old.verifier, 0, None, NOW)])
    ring.promote()
    assert next_path(made.signing_path).exists()
    assert signer_in(made, made.signing_path).verifier == old.verifier


def test_a_log_that_is_signed_with_another_key_is_not_signed(made):
    old, new = keys_of(made)
    next_path(made.signing_path).unlink()
    with pytest.raises(LedgerUnavailableError, match="another key"):
        Keyring(made).load([old, new])


def test_keys_are_handed_out_with_the_sizes_that_they_sign_for(made):
    old, new = keys_of(made)
    document = keys_document([(old, None), (new, "a receipt")])
    assert [(key["from_size"], key["to_size"], key["handover"]) for key in document["keys"]] == [
        (1, 7, None),
        (7, None, "a receipt"),
    ]
