from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.curve import is_on_curve

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


# Reference: RFC 8032, section 7.1, the public keys of the first three tests.
@pytest.mark.parametrize(
    "key",
    [
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    ],
)
def test_the_public_keys_of_the_standard_are_points(key):
    assert is_on_curve(bytes.fromhex(key)) is True


def test_the_base_point_and_the_neutral_element_are_points():
    assert is_on_curve(bytes.fromhex("58" + "66" * 31)) is True
    assert is_on_curve(bytes([1]) + bytes(31)) is True


def test_the_smallest_y_that_is_no_point_is_two():
    assert is_on_curve(bytes(32)) is True
    assert is_on_curve(bytes([2]) + bytes(31)) is False


def test_like_the_runtime_a_y_that_is_not_reduced_counts_as_reduced():
    assert is_on_curve((P + 1).to_bytes(32, "little")) is True
    assert is_on_curve((P + 2).to_bytes(32, "little")) is False


def test_like_the_runtime_the_sign_of_zero_is_ignored():
    assert is_on_curve(bytes([1]) + bytes(30) + bytes([0x80])) is True


@given(st.binary(min_size=32, max_size=32))
def test_law_every_public_key_is_a_point(secret):
    assert is_on_curve(Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw())


@given(st.binary(min_size=32, max_size=32))
def test_law_a_point_satisfies_the_equation_of_the_curve(key):
    y = (int.from_bytes(key, "little") & (2**255 - 1)) % P
    squared = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(squared, (P + 3) // 8, P)
    roots = [candidate for candidate in (root, root * pow(2, (P - 1) // 4, P) % P) if candidate**2 % P == squared]
    assert is_on_curve(key) is bool(roots)
    for x in roots:
        assert (-x * x + y * y - 1 - D * x * x * y * y) % P == 0


@given(st.binary(min_size=31, max_size=31), st.integers(0, 127))
def test_law_the_sign_bit_makes_no_difference(low, high):
    assert is_on_curve(low + bytes([high])) is is_on_curve(low + bytes([high | 0x80]))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_another_length_is_refused(length):
    with pytest.raises(ValueError, match=f"a point is 32 bytes, not {length}"):
        is_on_curve(bytes(length))
