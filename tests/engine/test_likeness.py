"""What rules can tell of a request: words as they are, measures by what comes of the terms that read them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from compliance import load
from compliance.engine.facts import TIME
from compliance.engine.generator import Unsettled
from compliance.engine.likeness import likeness, shown_as_given
from compliance.engine.operations import Failure
from compliance.language.expression import (
    And,
    Arithmetic,
    Comparison,
    Conditional,
    Const,
    DefinitionRef,
    Expression,
    FactRef,
    Within,
)
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.types import INT, TIMESTAMP
from tests.engine.random_rulebooks import NOW, TYPES, VOCABULARY, request_of, rulebook_of, ruleset_of

GROUP = ("buy", "robot", "part", "thing")


def fact(path: str) -> FactRef:
    return FactRef(path, TYPES[path])


def more_than(left: Expression, number: int) -> Comparison:
    return Comparison(">", left, Const(number, INT))


def key_of(*conditions: Expression) -> Any:
    rules = [
        Rule(
            id=f"r{number}",
            effect=Effect.FORBID,
            says="",
            actions=frozenset({"buy"}),
            authority=(),
            span=NOWHERE,
            when=condition,
        )
        for number, condition in enumerate(conditions)
    ]
    function = likeness(ruleset_of(rulebook_of(tuple(rules))), GROUP).key
    return lambda **facts: function(
        request_of({f"subject.{name}": value for name, value in facts.items()}, "buy", "robot", "part").facts
    )


def test_numbers_on_one_side_of_a_limit_are_alike() -> None:
    key = key_of(more_than(fact("subject.n"), 10))
    assert key(n=1) == key(n=10) != key(n=11) == key(n=400)


@pytest.mark.parametrize("limits", [(10,), (10, 20), (10, 20, 30), (10, 20, 30, 40), (30, 10, 20)])
def test_numbers_between_two_limits_are_alike_and_no_others(limits: tuple[int, ...]) -> None:
    key = key_of(*(more_than(fact("subject.n"), limit) for limit in limits))
    by_key: dict[Any, set[int]] = {}
    for number in range(50):
        by_key.setdefault(key(n=number), set()).add(sum(number > limit for limit in limits))
    assert sorted(by_key.values()) == [{above} for above in range(len(limits) + 1)]
    assert key() not in by_key


def test_a_number_that_counts_as_it_is_and_has_a_limit_counts_once() -> None:
    total = Arithmetic("+", fact("subject.n"), fact("subject.k"), INT)
    key = key_of(more_than(total, 10), more_than(fact("subject.n"), 3))
    assert len({key(n=number, k=1) for number in range(10)}) == 10


def test_a_number_that_is_read_beside_another_fact_counts_as_it_is() -> None:
    total = Arithmetic("+", fact("subject.n"), fact("subject.k"), INT)
    key = key_of(more_than(total, 10))
    assert key(n=1, k=1) != key(n=2, k=1)


def test_words_and_places_count_as_they_are() -> None:
    key = key_of(Within(fact("subject.t"), "DE"), Comparison("==", fact("subject.e"), Const("red", TYPES["subject.e"])))
    assert key(t="FR", e="red") != key(t="CH", e="red") != key(t="CH", e="blue")


def test_a_fact_that_no_rule_reads_does_not_count() -> None:
    key = key_of(fact("subject.a"))
    assert key(a=True, n=1, d=Decimal(3)) == key(a=True)


def test_a_fact_that_this_kind_of_subject_cannot_have_does_not_count() -> None:
    ruleset = load().at(datetime(2026, 10, 5, tzinfo=UTC)).ruleset
    read = {
        kind: likeness(ruleset, ("buy", kind, "xstocks", "instrument")).places for kind in ("natural-person", "trust")
    }
    assert "subject.fiduciaries" in read["trust"]
    assert "subject.fiduciaries" not in read["natural-person"]
    assert "subject.green_card" in read["natural-person"]
    assert "subject.residence" in read["natural-person"]


def test_not_known_and_said_not_to_be_are_told_apart() -> None:
    key = key_of(more_than(fact("subject.on"), 10))
    assert len({key(), key(on=None), key(on=3)}) == 3


def test_what_failed_to_be_computed_is_like_nothing() -> None:
    key = key_of(more_than(Arithmetic("*", fact("subject.m"), Const(4, INT), INT), 10))
    assert key(m=1) == key(m=2)
    with pytest.raises(Failure):
        key(m=2**62)


def test_words_are_shown_alike_and_measures_as_they_are_given() -> None:
    shown = shown_as_given(VOCABULARY)
    assert {"subject.n", "subject.d", "subject.owners", "subject.tags", "action.amount"} <= shown
    assert not {"subject.a", "subject.e", "subject.t", "subject.ts"} & shown


def test_a_rule_of_the_time_with_a_term_that_has_no_value_leaves_nothing_alike() -> None:
    of_time = Comparison("<", FactRef(TIME, TIMESTAMP), Const(NOW, TIMESTAMP))
    without_value = Comparison(">", fact("subject.n"), DefinitionRef("subject.nowhere", None, INT))
    with pytest.raises(Unsettled):
        key_of(And((of_time, without_value)))
    assert key_of(without_value)(n=1) != key_of(without_value)(n=2)


def test_a_term_of_the_time_and_of_a_word_leaves_nothing_alike() -> None:
    limit = Conditional(fact("subject.a"), Const(NOW, TIMESTAMP), FactRef(TIME, TIMESTAMP), TIMESTAMP)
    with pytest.raises(Unsettled):
        key_of(Comparison("<", FactRef(TIME, TIMESTAMP), limit))
