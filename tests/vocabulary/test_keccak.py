from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.keccak import keccak_256, sponge


# Reference: the Keccak team's known answers for Keccak-256.
@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ],
)
def test_known_digests(data, digest):
    assert keccak_256(data).hex() == digest


@given(st.binary(max_size=600))
def test_law_with_the_padding_of_the_standard_it_is_sha3(data):
    assert sponge(data, 0x06) == hashlib.sha3_256(data).digest()


@pytest.mark.parametrize("length", [0, 134, 135, 136, 137, 271, 272, 273])
def test_a_message_that_just_fills_a_block_is_padded_right(length):
    assert sponge(bytes(length), 0x06) == hashlib.sha3_256(bytes(length)).digest()
