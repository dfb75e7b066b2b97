"""The parts of a checked condition, all of them and in order."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from compliance.language.expression import (
    And,
    Arithmetic,
    Call,
    Collect,
    Comparison,
    Conditional,
    Const,
    Converted,
    DefinitionRef,
    Expression,
    FactRef,
    Fold,
    Has,
    In,
    Leaf,
    ListOf,
    Member,
    Negative,
    Not,
    Or,
    ParameterRef,
    Quantifier,
    Variable,
    Within,
    children,
    walk,
)
from compliance.vocabulary.types import BOOL, INT, MONEY, STRING, TERRITORY, ListType

A, B, C = (FactRef(f"subject.{name}", BOOL) for name in "abc")
X = Variable("x", BOOL)
EXAMPLES: list[tuple[Expression, tuple[Expression, ...]]] = [
    (Const(True, BOOL), ()),
    (A, ()),
    (DefinitionRef("subject.d", None, BOOL), ()),
    (ParameterRef("p", None, INT), ()),
    (X, ()),
    (Member(A, "share", INT), (A,)),
    (Has(A), (A,)),
    (Not(A), (A,)),
    (And((A, B, C)), (A, B, C)),
    (Or((A, B)), (A, B)),
    (Conditional(A, B, C, BOOL), (A, B, C)),
    (Comparison("<", A, B), (A, B)),
    (In(A, B), (A, B)),
    (Within(A, "US"), (A,)),
    (Within(A, B), (A, B)),
    (Arithmetic("+", A, B, INT), (A, B)),
    (Negative(A, INT), (A,)),
    (Call("contains", (A, B), BOOL), (A, B)),
    (Converted(A, "EUR", MONEY), (A,)),
    (Quantifier("exists", A, X, B), (A, B)),
    (Collect("filter", A, X, B, ListType(STRING)), (A, B)),
    (Fold("sum", A, X, B, INT), (A, B)),
    (ListOf((A, B), ListType(TERRITORY)), (A, B)),
    (Leaf(A, "a", "it is so"), (A,)),
]


@pytest.mark.parametrize(("node", "parts"), EXAMPLES, ids=lambda value: type(value).__name__)
def test_the_parts_of_a_node_are_all_its_smaller_conditions_from_left_to_right(
    node: Expression, parts: tuple[Expression, ...]
) -> None:
    assert children(node) == parts


def test_every_kind_of_node_has_an_example_here() -> None:
    assert {type(node) for node, _ in EXAMPLES} == set(get_args(Expression))


def test_walking_meets_every_node_parents_first() -> None:
    tree = And((Not(A), Or((B, C))))
    assert list(walk(tree)) == [tree, Not(A), A, Or((B, C)), B, C]


@pytest.mark.parametrize("node", [node for node, _ in EXAMPLES], ids=lambda node: type(node).__name__)
def test_a_node_is_a_value(node: Expression) -> None:
    again = type(node)(**{field.name: getattr(node, field.name) for field in fields(node)})
    assert again == node
    assert hash(again) == hash(node)


def test_constants_of_another_type_are_other_constants() -> None:
    assert Const(1, INT) != Const(True, BOOL)
