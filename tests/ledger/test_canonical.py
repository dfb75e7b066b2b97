from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger.canonical import MAX_INTEGER, Canonical, CanonicalError, canonical

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner)
    ),
    max_leaves=20,
)


def test_keys_are_in_the_order_of_their_utf16_units():
    # RFC 8785 3.2.3, the example.
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical(value)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_text_is_escaped_as_the_rfc_does():
    # RFC 8785 3.2.2.2 and the string of its example in 3.2.2.
    value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f", "literals": [None, True, False]}
    expected = '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert canonical(value) == expected.encode()
    assert canonical("\b\t\n\f\r\x00\x1f\x7f") == b'"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f"'


def test_every_character_is_escaped_as_the_standard_library_does_it():
    for code in [*range(0x3000), 0xD7FF, 0xE000, 0xFEFF, 0xFFFF, 0x1F600, 0x10FFFF]:
        text = chr(code) + "x"
        assert canonical(text) == json.dumps(text, ensure_ascii=False).encode()


@given(VALUES)
def test_what_is_spelt_reads_back_and_is_spelt_the_same_again(value):
    spelt = canonical(value)
    assert json.loads(spelt) == value
    assert canonical(json.loads(spelt)) == spelt


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(0, 9), max_size=8))
def test_the_order_in_which_keys_were_given_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), st.none(), max_size=8))
def test_every_object_has_its_keys_in_utf16_order(value):
    keys = list(json.loads(canonical(value)))
    assert keys == sorted(keys, key=lambda key: key.encode("utf-16-be"))


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), 2**53, -(2**53), {1: 2}, {"a": {None: 1}}, b"bytes", {1, 2}, "\ud800", {"\udfff": 1}, object()],
)
def test_what_has_no_exact_spelling_is_refused(value):
    with pytest.raises(CanonicalError):
        canonical(value)
    with pytest.raises(CanonicalError):
        canonical({"a": [value]})


def test_endless_nesting_is_refused():
    value: list[object] = []
    value.append(value)
    with pytest.raises(CanonicalError):
        canonical(value)


def test_what_is_spelt_already_is_taken_as_it_is():
    spelt = Canonical(canonical({"b": 1, "a": 2}))
    assert canonical(spelt) is spelt
    with pytest.raises(CanonicalError):
        canonical({"a": spelt})
