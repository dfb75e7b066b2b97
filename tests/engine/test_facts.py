"""The facts of a request: read by path, unknown until somebody says something."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.engine.facts import attribute, built_in, facts_paths, facts_with, holder_of
from compliance.engine.zones import make_facts
from compliance.vocabulary.types import TIMESTAMP, OneOfType
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.random_rulebooks import TYPES, VOCABULARY

PATHS = st.sets(st.sampled_from(facts_paths(VOCABULARY)))


@given(PATHS)
def test_a_fact_is_what_was_said_and_everything_else_is_unknown(said: set[str]) -> None:
    facts = make_facts(VOCABULARY, dict.fromkeys(said, 7))
    for path in facts_paths(VOCABULARY):
        assert facts[path] == 7 if path in said else facts[path] is UNKNOWN


def test_a_fact_said_to_be_absent_is_none_and_not_unknown() -> None:
    assert make_facts(VOCABULARY, {"subject.o": None})["subject.o"] is None


def test_a_path_that_no_vocabulary_declares_is_a_mistake_and_never_unknown() -> None:
    with pytest.raises(AttributeError):
        make_facts(VOCABULARY, {})["subject.nowhere"]
    with pytest.raises(TypeError):
        make_facts(VOCABULARY, {"subject.nowhere": 1})


def test_facts_do_not_change() -> None:
    facts: Any = make_facts(VOCABULARY, {"subject.a": True})
    with pytest.raises(AttributeError):
        facts.subject = None
    with pytest.raises(AttributeError):
        facts.subject.subject_a = False


def test_facts_with_other_values_leave_the_first_as_they_were() -> None:
    first = make_facts(VOCABULARY, {"subject.a": True, "subject.homes": frozenset({"BR"}), "context.time": 1})
    other = facts_with(first, {"subject.a": UNKNOWN, "subject.homes": frozenset({"DE"}), "context.time": 2})
    assert [first[path] for path in ("subject.a", "subject.homes", "context.time")] == [True, {"BR"}, 1]
    assert other["subject.a"] is UNKNOWN
    assert (other["subject.homes"], other["context.time"]) == ({"DE"}, 2)


def test_every_path_has_the_holder_that_reads_it() -> None:
    holders = {path: holder_of(attribute(path)) for path in facts_paths(VOCABULARY)}
    assert {holders[path] for path in ("subject.type", "subject.homes", "action.name", "resource.product")} == {"fixed"}
    assert holders["context.time"] is holders["resource.id"] is None
    assert holders["subject.a"] == "subject"


def test_what_every_request_says_has_types_of_its_own() -> None:
    types = built_in(VOCABULARY)
    assert types["subject.type"] == OneOfType(("person", "company", "robot"))
    assert types["action.name"] == OneOfType(("buy", "join", "sell"))
    assert types["context.time"] == TIMESTAMP
    assert set(types) | set(TYPES) == set(facts_paths(VOCABULARY))
