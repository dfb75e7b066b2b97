from __future__ import annotations

import pytest

from compliance.vocabulary.suggestions import alternatives, did_you_mean, near


@pytest.mark.parametrize(
    ("word", "meant"),
    [("sais", ("says",)), ("PERMIT", ("permit",)), ("tax_residence", ("tax-residence",)), ("xyz", ())],
)
def test_near_words_are_found_whatever_their_case(word, meant):
    assert near(word, ["says", "permit", "forbid", "tax-residence"]) == meant


def test_the_same_word_in_another_case_comes_first():
    assert near("us", ["US", "USD", "UM"])[0] == "US"


def test_a_very_long_word_is_near_to_nothing():
    assert near("x" * 10_000, ["x" * 80]) == ()


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "`a`"), (["a", "b"], "`a` or `b`"), (["a", "b", "c"], "`a`, `b` or `c`")],
)
def test_choices_are_listed_as_a_person_does(names, text):
    assert alternatives(names) == text


def test_help_names_what_was_meant_else_what_there_is_else_nothing():
    assert did_you_mean("permitt", ["permit", "forbid"]) == "did you mean `permit`"
    assert did_you_mean("zzz", ["permit", "forbid"]) == "write `forbid` or `permit`"
    assert did_you_mean("zzz", [f"word-{number}" for number in range(50)]) == ""
    assert did_you_mean("zzz", []) == ""
