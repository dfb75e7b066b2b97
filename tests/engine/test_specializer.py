"""Folding away what is known before a request comes changes no value, for any request of the slice."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.evaluator import Setting
from compliance.engine.operations import Failure
from compliance.engine.specializer import FALSE, TRUE, conjoined, negated, specialize
from compliance.language.expression import (
    And,
    Arithmetic,
    Comparison,
    Conditional,
    Const,
    DefinitionRef,
    Expression,
    FactRef,
    Has,
    In,
    Leaf,
    ListOf,
    Not,
    Or,
    ParameterRef,
    Within,
    walk,
)
from compliance.language.rulebook import Definition
from compliance.language.span import NOWHERE
from compliance.vocabulary.types import BOOL, INT, STRING, TERRITORY, ListType
from tests.engine.random_rulebooks import EUR, LIMIT, OPTIONAL, TYPES, Maker, request_of, rulebook_of, ruleset_of

A, B, N = (FactRef(f"subject.{name}", TYPES[f"subject.{name}"]) for name in "abn")
DEFINED = DefinitionRef("subject.defined", None, BOOL)
RULESET = ruleset_of(rulebook_of((), (LIMIT,), (Definition("subject.defined", "x", And((A, B)), BOOL, NOWHERE),)))


def folded(node: Expression, **known: Any) -> Expression:
    return specialize(node, RULESET, "robot", {f"subject.{name}": value for name, value in known.items()})


@pytest.mark.parametrize(
    ("node", "known", "result"),
    [
        (A, {"a": True}, Const(True, BOOL)),
        (A, {}, A),
        (Leaf(A, "a"), {}, A),
        (DEFINED, {"a": True}, B),
        (DEFINED, {"a": False}, FALSE),
        (Has(A), {"a": False}, TRUE),
        (Not(Not(A)), {}, A),
        (And((A, B)), {"a": False}, FALSE),
        (And((A, And((B, A)))), {}, And((A, B))),
        (Or((A, B)), {"a": True}, TRUE),
        (Or((A, B)), {"a": False}, B),
        (Conditional(A, B, N, BOOL), {"a": True}, B),
        (Comparison("<", N, Const(3, INT)), {"n": 2}, TRUE),
        (Arithmetic("+", N, Const(3, INT), INT), {"n": 2}, Const(5, INT)),
        (In(Const("red", STRING), Const(("red", "blue"), ListType(STRING))), {}, TRUE),
        (In(N, ListOf((N,), ListType(INT))), {"n": 1}, TRUE),
        (Within(Const("PR", TERRITORY), "US"), {}, TRUE),
        (Within(Const("UA", TERRITORY), "UA-43"), {}, Within(Const("UA", TERRITORY), "UA-43")),
        (ParameterRef("limit", None, EUR), {}, Const(LIMIT.value, EUR)),
    ],
)
def test_what_is_settled_is_folded_away(node: Expression, known: dict[str, Any], result: Expression) -> None:
    assert folded(node, **known) == result


def test_what_has_no_value_is_left_to_the_evaluator() -> None:
    for node in (DefinitionRef("subject.nowhere", None, BOOL), ParameterRef("nothing", None, EUR)):
        with pytest.raises(Failure):
            folded(node)
    with pytest.raises(Failure):
        folded(Arithmetic("/", Const(1, INT), N, INT), n=0)


def test_and_of_nothing_is_true_and_not_turns_constants_round() -> None:
    assert (conjoined([]), conjoined([A]), conjoined([TRUE, FALSE])) == (TRUE, A, FALSE)
    assert (negated(TRUE), negated(FALSE), negated(A)) == (FALSE, TRUE, Not(A))


@settings(max_examples=300)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_folding_changes_no_value_for_any_completion_of_the_facts(seed: int) -> None:
    maker = Maker(Random(seed))
    ruleset = ruleset_of(maker.rulebook(1))
    condition = maker.condition(3)
    known = {path: maker.value(path) for path in TYPES if path not in OPTIONAL and maker.random.random() < 0.4}
    try:
        short = specialize(condition, ruleset, "robot", known)
    except Failure:
        return
    assert not any(isinstance(node, DefinitionRef | ParameterRef | Leaf) for node in walk(short))
    assert not any(isinstance(node, FactRef) and node.path in known for node in walk(short))
    for _ in range(6):
        facts = request_of({**maker.values(maker.random.choice((0.9, 0.5, 0.1))), **known}, "buy", "robot", None).facts
        full, less = Setting(ruleset, facts, "robot"), Setting(ruleset, facts, "robot")
        assert less.truth(short) is full.truth(condition)
