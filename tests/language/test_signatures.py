from __future__ import annotations

from decimal import Decimal

import pytest

from compliance.language.expression import Call, Const, FactRef
from compliance.language.signatures import alike, as_decimal, called, element_of, type_of
from compliance.vocabulary.types import (
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    INT,
    MONEY,
    STRING,
    TERRITORY,
    TIMESTAMP,
    IntType,
    ListType,
    MoneyType,
    OneOfType,
    RecordType,
    SetType,
)
from tests.language.words import typed

ONE = OneOfType(("a", "b"))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (INT, IntType(0, 5), True),
        (INT, DECIMAL, False),
        (DATE, TIMESTAMP, False),
        (STRING, ONE, False),
        (ONE, OneOfType(("b", "a")), True),
        (ONE, OneOfType(("a", "b", "c")), False),
        (SetType(ONE), SetType(ONE), True),
        (SetType(INT), ListType(INT), False),
        (RecordType("A"), RecordType("B"), False),
        (MONEY, MoneyType("EUR"), True),
    ],
)
def test_types_are_alike_when_their_values_can_be_equal(left, right, expected):
    assert alike(left, right) is expected
    assert alike(right, left) is expected


@pytest.mark.parametrize(
    ("cel", "type"),
    [
        ("subject.days > 3", BOOL),
        ("has(subject.lei)", BOOL),
        ("subject.flags.exists(f, true)", BOOL),
        ("subject.days + 1", INT),
        ("subject.days * 0.5", DECIMAL),
        ("subject.flags.map(f, 1)", ListType(INT)),
        ("subject.citizenships.filter(c, true)", ListType(TERRITORY)),
        ('action.amount.to("EUR")', MoneyType("EUR")),
        ("context.time - subject.checked_at", DURATION),
        ("subject.flags.size()", INT),
        ("subject.verified ? 1 : 0.5", DECIMAL),
    ],
)
def test_every_expression_has_its_type(cel, type):
    assert type_of(typed(cel)) == type


def test_an_int_becomes_a_decimal_exactly():
    assert as_decimal(Const(3, INT)) == Const(Decimal(3), DECIMAL)
    fact = FactRef("subject.days", INT)
    assert as_decimal(fact) == Call("decimal", (fact,), DECIMAL)


def test_types_are_called_by_the_words_of_the_vocabulary():
    assert called(INT) == "an `int`"
    assert called(SetType(TERRITORY)) == "a set of `territory`"
    assert called(ListType(RecordType("Owner"))) == "a list of `Owner` records"
    assert called(MoneyType("EUR")) == "`money` in EUR"
    assert called(OneOfType(tuple("abcdef"))) == "`one_of<a, b, c, d, ...>`"


def test_only_sets_and_lists_have_elements():
    assert element_of(SetType(INT)) == INT
    assert element_of(STRING) is None
