from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger.commitment import commitment, opens

SALTS = st.binary(min_size=32, max_size=32)


def test_the_construction_is_label_salt_message():
    salt = bytes(range(32))
    assert commitment(salt, b"m") == sha256(b"compliance-commitment/1\x00" + salt + b"m").digest()


@given(SALTS, st.binary(), SALTS, st.binary())
def test_only_the_same_salt_and_message_open_a_commitment(salt, message, other_salt, other):
    assert opens(commitment(salt, message), salt, message)
    if (salt, message) != (other_salt, other):
        assert not opens(commitment(salt, message), other_salt, other)


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_a_salt_of_another_length_is_refused(salt):
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(salt, b"")
