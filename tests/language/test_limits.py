from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.language.expression import Const, FactRef
from compliance.language.limits import decided
from compliance.vocabulary.types import INT, STRING, IntType

OPERATORS = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


@given(st.sampled_from(sorted(OPERATORS)), st.integers(-3, 3), st.integers(0, 4), st.integers(-8, 8), st.booleans())
def test_a_comparison_is_decided_exactly_if_all_values_within_the_bounds_agree(operator, low, width, number, turned):
    fact = FactRef("subject.days", IntType(low, low + width))
    constant = Const(number, INT)
    values = range(low, low + width + 1)
    if turned:
        answers = {OPERATORS[operator](number, value) for value in values}
        found = decided(operator, constant, fact)
    else:
        answers = {OPERATORS[operator](value, number) for value in values}
        found = decided(operator, fact, constant)
    if found is not None:
        assert answers == {found}
    elif width > 0 or operator not in {"==", "!="}:
        assert len(answers) == 2


@pytest.mark.parametrize(("operator", "expected"), [("==", True), ("!=", False), ("<=", True), ("<", False)])
def test_a_value_compared_with_itself_is_decided(operator, expected):
    fact = FactRef("subject.name", STRING)
    assert decided(operator, fact, fact) is expected


def test_constants_decide_and_other_facts_do_not():
    assert decided("<", Const(1, INT), Const(2, INT)) is True
    assert decided("==", FactRef("subject.a", INT), FactRef("subject.b", INT)) is None
    assert decided("==", FactRef("subject.a", STRING), Const("x", STRING)) is None
