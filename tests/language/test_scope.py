from __future__ import annotations

from compliance.language.scope import BUILT_IN
from compliance.vocabulary.facts import HOMES_TYPE
from compliance.vocabulary.types import BOOL, OneOfType
from tests.language.words import scope


def test_every_built_in_fact_has_a_type_and_nothing_else_has_one():
    assert all(scope().built_in(path) is not None for path in BUILT_IN)
    assert scope().built_in("subject.residence") is None
    assert scope().built_in("subject.homes") == HOMES_TYPE


def test_the_words_of_built_in_facts_come_from_the_rulebook():
    assert scope().built_in("subject.type") == OneOfType(("person", "company", "trust"))
    assert scope().built_in("action.name") == OneOfType(("buy", "onboard", "sell"))
    assert scope().built_in("resource.product") == OneOfType(("bonds", "shares"))
    assert scope().built_in("resource.type") == OneOfType(("instrument",))


def test_without_kinds_a_condition_is_about_all_of_them():
    assert scope().all_kinds() == {"person", "company", "trust"}
    assert scope(frozenset({"trust"})).all_kinds() == {"trust"}


def test_known_names_are_facts_definitions_built_in_facts_and_other_words():
    names = scope(extra={"outcome": BOOL}).known_names()
    assert {"subject.residence", "subject.us_person", "subject.homes", "outcome"} <= set(names)
