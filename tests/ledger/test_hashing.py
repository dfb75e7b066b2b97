"""The hash of records is SHA-256, however long they are."""

from hashlib import sha256

import pytest

from compliance.ledger.hashing import digest


@pytest.mark.parametrize("size", [0, 1, 2046, 2047, 2048, 4094, 4095, 100_003])
def test_it_is_sha_256(size):
    data = bytes(number * 31 % 251 for number in range(size))
    assert digest(data) == sha256(data).digest()


def test_it_is_the_published_hash_of_abc():
    published = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4, example
    assert digest(b"abc").hex() == published
