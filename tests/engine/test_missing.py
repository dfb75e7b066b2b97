"""Which facts are open in a rule of unknown value, and why."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.combiner import Reading
from compliance.engine.missing import Open, open_facts, unknown_homes
from compliance.language.expression import (
    And,
    Comparison,
    Conditional,
    Const,
    Converted,
    DefinitionRef,
    Expression,
    FactRef,
    Has,
    Member,
    Or,
    ParameterRef,
    Quantifier,
    Variable,
    Within,
)
from compliance.language.rulebook import Definition, Effect, HomeScope, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.facts import FX, HOMES, HOMES_TYPE
from compliance.vocabulary.types import BOOL, STRING, TERRITORY
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Money, Record
from tests.engine.random_rulebooks import (
    EUR,
    LIMIT,
    OWNER,
    TYPES,
    Maker,
    request_of,
    rulebook_of,
    ruleset_of,
)
from tests.engine.small_venue import VOCABULARY, body, read, venue


def fact(name: str) -> FactRef:
    path = name if "." in name else f"subject.{name}"
    return FactRef(path, TYPES[path])


A, B, C = fact("a"), fact("b"), fact("c")
DEFINED = Definition("subject.defined", "x", Or((B, C)), BOOL, NOWHERE)


def rule(when: Expression | None = None, effect: Effect = Effect.FORBID, **more: Any) -> Rule:
    return Rule("r", effect, "r", frozenset({"buy"}), (), NOWHERE, when=when, **more)


def opened(made: Rule, kind: str = "robot", **facts: Any) -> list[Open]:
    """Return what is open in a rule for a subject of whom these facts are known."""
    held = ruleset_of(rulebook_of((made,), (LIMIT,), (DEFINED,)))
    given = {name if "." in name else f"subject.{name}": value for name, value in facts.items()}
    return open_facts(held, request_of(given, "buy", kind, None), (made,)).get("r", [])


def not_given(*paths: str) -> list[Open]:
    return [Open(path if "." in path else f"subject.{path}", "not-given") for path in paths]


@pytest.mark.parametrize(
    ("when", "facts", "paths"),
    [
        (And((A, B)), {}, ("a", "b")),
        (And((A, B)), {"a": True}, ("b",)),
        (And((Or((A, B)), C)), {"a": True}, ("c",)),
        (Or((And((A, B)), C)), {"a": False}, ("c",)),
        (And((A, A)), {}, ("a",)),
        (Has(fact("o")), {}, ("o",)),
        (Comparison("<", fact("n"), fact("k")), {"n": 1}, ("k",)),
        (Conditional(A, B, C, BOOL), {"a": True}, ("b",)),
        (Conditional(A, B, C, BOOL), {"b": True}, ("a", "c")),
        (DefinitionRef("subject.defined", None, BOOL), {"b": False}, ("c",)),
    ],
)
def test_only_what_the_value_still_depends_on_is_open(
    when: Expression, facts: dict[str, Any], paths: tuple[str, ...]
) -> None:
    assert opened(rule(when), **facts) == not_given(*paths)


def test_a_requirement_waits_for_its_condition_and_for_what_it_needs() -> None:
    assert opened(rule(A, Effect.REQUIRE, needs=B)) == not_given("a", "b")


def test_a_coarse_territory_is_open_with_the_regions_that_rules_tell_apart() -> None:
    assert opened(rule(Within(fact("t"), "UA-43")), t="UA") == [Open("subject.t", "too-coarse", ("UA-43",))]
    assert opened(rule(home=HomeScope("UA-43")), "person", residence="UA") == [
        Open("subject.residence", "too-coarse", ("UA-43",))
    ]


def test_an_unknown_home_is_asked_for_by_the_fact_that_says_it() -> None:
    home = Variable("h", TERRITORY)
    somewhere = Quantifier("exists", FactRef(HOMES, HOMES_TYPE), home, Within(home, "US"))
    assert opened(rule(somewhere), "company", residence="BR") == not_given("seat")
    assert opened(rule(home=HomeScope("US")), "company", residence="BR") == not_given("seat")


def test_of_two_homes_the_one_that_is_too_coarse_is_asked_for_and_not_the_other() -> None:
    home = Variable("h", TERRITORY)
    crimea = Quantifier("exists", FactRef(HOMES, HOMES_TYPE), home, Within(home, "UA-43"))
    too_coarse = [Open("subject.seat", "too-coarse", ("UA-43",))]
    assert opened(rule(crimea), "company", residence="UA-46", seat="UA") == too_coarse
    assert opened(rule(crimea), "company", residence="BR", seat="UA") == too_coarse


def test_what_a_record_does_not_say_is_open_in_the_fact_that_holds_it() -> None:
    one = Variable("x", OWNER)
    listed = Quantifier("exists", fact("owners"), one, Member(one, "listed", BOOL))
    assert opened(rule(listed)) == not_given("owners")
    assert opened(rule(listed), owners=(Record("Owner", {}),)) == [Open("subject.owners", "not-on-file")]


def test_an_amount_in_another_currency_waits_for_a_rate() -> None:
    much = Comparison(">", Converted(fact("action.amount"), "EUR", EUR), ParameterRef("limit", None, EUR))
    assert opened(rule(much)) == not_given("action.amount")
    facts: dict[str, Any] = {"action.amount": Money(Decimal(1), "USD")}
    assert opened(rule(much), **facts) == not_given(FX)


def test_a_rule_that_only_an_error_makes_unknown_waits_for_nothing() -> None:
    one = Variable("x", OWNER)
    named = Quantifier("exists", fact("owners"), one, Comparison("==", Member(one, "lei", STRING), Const("x", STRING)))
    assert opened(rule(fact("o")), o=None) == []
    assert opened(rule(named), owners=(Record("Owner", {"lei": None}),)) == []


def test_a_fact_that_was_given_too_old_says_so() -> None:
    held = ruleset_of(rulebook_of((rule(A),)))
    request = msgspec.structs.replace(request_of({}, "buy", "robot", None), why={"subject.a": "stale"})
    assert open_facts(held, request, (rule(A),)) == {"r": [Open("subject.a", "stale")]}


def test_a_computed_fact_is_asked_for_by_what_it_is_computed_from() -> None:
    blocked = rule(FactRef("subject.blocked", VOCABULARY.facts["subject.blocked"].type))
    subject: dict[str, Any] = {"type": "company", "properties": {"seats": ["BR"]}}
    assert open_facts(venue(blocked), read(body(subject=subject)), (blocked,)) == {"r": not_given("owners")}
    subject["properties"]["owners"] = []
    assert open_facts(venue(blocked), read(body(subject=subject)), (blocked,)) == {
        "r": [Open("subject.owners", "not-on-file")]
    }


def test_the_unknown_homes_of_a_subject_are_those_its_kind_has() -> None:
    held = ruleset_of(rulebook_of(()))
    assert unknown_homes(held, request_of({"subject.residence": "BR"}, "buy", "company", None)) == ["subject.seat"]
    assert unknown_homes(held, request_of({}, "buy", "robot", None)) == []


@settings(max_examples=150)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_a_rule_keeps_its_value_while_nothing_that_is_open_in_it_is_answered(seed: int) -> None:
    maker = Maker(Random(seed))
    held = ruleset_of(maker.rulebook(4))
    for _ in range(4):
        asked = ("buy", maker.random.choice(("person", "company", "robot")), "part")
        known, more = maker.values(0.4), maker.values(0.9)
        request = request_of(known, *asked)
        reading = Reading(held, request)
        unknown = tuple(found for found in reading.rules if reading.of(found) is UNKNOWN)
        open_paths = open_facts(held, request, unknown)
        for found in unknown:
            waits = {opening.path for opening in open_paths.get(found.id, [])}
            answered = {**{path: value for path, value in more.items() if path not in waits}, **known}
            assert Reading(held, request_of(answered, *asked)).of(found) is UNKNOWN
