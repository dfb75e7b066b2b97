from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.refusal import Refused, escaped, shown, steps


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "`null`"),
        (True, "`true`"),
        (12, "`12`"),
        (1.5, "`1.5`"),
        ("us", "`us`"),
        ("", "an empty text"),
        ("x" * 100, f"`{'x' * 60}...`"),
        ("a\x00\ud800", "`a\\u0000\\ud800`"),
        ([1], "a list"),
        ({"a": 1}, "a mapping"),
        (object(), "a value of another kind"),
    ],
)
def test_a_value_is_shown_in_the_words_of_whoever_sent_it(value, text):
    assert shown(value) == text


def test_a_number_too_long_to_be_written_is_shown_by_its_size():
    assert shown(10**5_000) == "a number of more than 60 digits"


def test_a_refusal_says_where_what_and_how_to_fix_it():
    refused = Refused("/a/0", "`us` is wrong", "write `US`")
    assert (refused.pointer, refused.message, refused.help, refused.is_name) == (
        "/a/0",
        "`us` is wrong",
        "write `US`",
        False,
    )
    assert str(refused) == "`us` is wrong; write `US`"


def test_a_refusal_survives_pickling():
    refused = pickle.loads(pickle.dumps(Refused("/a", "m", "h", is_name=True)))  # noqa: S301
    assert (refused.pointer, refused.message, refused.help, refused.is_name) == ("/a", "m", "h", True)


@given(st.lists(st.text()))
def test_law_the_steps_of_a_pointer_are_those_it_was_made_of(names):
    assert steps("".join(f"/{escaped(name)}" for name in names)) == tuple(names)
