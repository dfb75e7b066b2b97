from __future__ import annotations

from decimal import Decimal

import pytest

from compliance.language.expression import (
    Arithmetic,
    Call,
    Comparison,
    Const,
    Converted,
    FactRef,
    In,
    Leaf,
    ListOf,
    Negative,
    ParameterRef,
)
from compliance.vocabulary.types import CURRENCY, DECIMAL, INT, MONEY, IntType, ListType, MoneyType
from tests.language.words import STATUS, checked, found, slugs, typed

DAYS = FactRef("subject.days", IntType(0, 366))


def term(cel):
    leaf = checked(cel)
    assert isinstance(leaf, Leaf)
    return leaf.term


def test_words_become_values_of_the_fact_they_are_compared_with():
    assert term('subject.status == "retail"') == Comparison(
        "==", FactRef("subject.status", STATUS), Const("retail", STATUS)
    )
    assert term('"EUR" != action.currency') == Comparison(
        "!=", Const("EUR", CURRENCY), FactRef("action.currency", CURRENCY)
    )
    assert slugs('subject.status == "x"') == ["unknown-value"]
    assert slugs('action.currency == "XXX"') == ["unknown-currency"]


def test_facts_of_the_same_words_are_compared_and_others_are_not():
    assert slugs("subject.status == subject.former_status") == []
    assert slugs("subject.status == subject.name") == ["type-mismatch"]
    assert slugs("subject.type == subject.status") == ["type-mismatch"]


def test_an_int_is_compared_with_a_decimal_as_a_decimal():
    assert term("subject.share > 25") == Comparison(">", FactRef("subject.share", DECIMAL), Const(Decimal(25), DECIMAL))
    assert term("subject.days > 0.5") == Comparison(
        ">", Call("decimal", (DAYS,), DECIMAL), Const(Decimal("0.5"), DECIMAL)
    )
    assert slugs("subject.share in [25, 0.5]") == []


def test_money_is_compared_in_one_known_currency():
    assert term('action.amount.to("EUR") > parameter("limit")') == Comparison(
        ">",
        Converted(FactRef("action.amount", MONEY), "EUR", MoneyType("EUR")),
        ParameterRef("limit", None, MoneyType("EUR")),
    )
    assert slugs('action.amount > parameter("limit")') == ["money-without-currency"]
    assert slugs('action.amount.to("USD") > parameter("limit")') == ["currency-mismatch"]
    assert slugs("action.amount == action.amount") == ["money-without-currency"]


def test_territories_are_never_compared():
    for cel in (
        'subject.residence == "US"',
        '"US" in subject.citizenships',
        'subject.residence in ["US"]',
        "subject.residence in subject.citizenships",
        'subject.homes.exists(h, h != "US")',
    ):
        assert slugs(cel) == ["use-within"]


def test_the_cure_for_comparing_territories_is_a_condition_that_compiles():
    for cel in ('subject.residence == "US"', '"US" != subject.residence', '"US" in subject.citizenships'):
        (diagnostic,) = found(cel)
        assert slugs(diagnostic.help.removeprefix("write `").removesuffix("`")) == []


@pytest.mark.parametrize(
    "cel",
    ["subject.name < subject.name", "subject.status > subject.former_status", "subject.verified <= true"],
)
def test_what_has_no_order_is_not_ordered(cel):
    assert slugs(cel) == ["not-ordered"]


@pytest.mark.parametrize(
    "cel",
    ["subject.flags == subject.flags", "subject.citizenships != subject.homes", "subject.flags in [subject.flags]"],
)
def test_sets_are_not_compared_as_a_whole(cel):
    assert slugs(cel) in (["not-comparable"], ["use-within"])


def test_a_list_of_constants_is_one_constant():
    assert term('subject.status in ["retail", "professional"]') == In(
        FactRef("subject.status", STATUS), Const(("retail", "professional"), ListType(STATUS))
    )
    assert term("1 in [subject.days, 2]") == In(Const(1, INT), ListOf((DAYS, Const(2, INT)), ListType(DAYS.type)))


def test_ints_and_decimals_are_added_exactly():
    assert typed("subject.days * 6 + 1") == Arithmetic(
        "+", Arithmetic("*", DAYS, Const(6, INT), INT), Const(1, INT), INT
    )
    assert typed("subject.days * 0.5").type == DECIMAL
    assert typed("-subject.days") == Negative(DAYS, INT)
    assert typed("subject.days / 2 % 3").type == INT


@pytest.mark.parametrize(
    ("cel", "type"),
    [
        ("context.time - subject.checked_at", "duration"),
        ("subject.checked_at + subject.patience", "timestamp"),
        ("subject.patience + subject.checked_at", "timestamp"),
        ("subject.checked_at - duration('1h')", "timestamp"),
        ("subject.patience - duration('1h')", "duration"),
        ("date(context.time) - subject.born", "duration"),
        ("subject.born + duration('30d')", "date"),
        ("duration('30d') + subject.born", "date"),
        ("-subject.patience", "duration"),
    ],
)
def test_times_are_added_and_subtracted(cel, type):
    assert str(typed(cel).type) == type


@pytest.mark.parametrize(
    ("cel", "slug"),
    [
        ("subject.share / 2 > 1.0", "decimal-division"),
        ("subject.days % 0.5 > 1.0", "decimal-division"),
        ("subject.days / 0 > 1", "division-by-zero"),
        ("subject.born + duration('1h') > subject.born", "partial-day"),
        ("subject.born - subject.patience > subject.born", "partial-day"),
        ("subject.checked_at + subject.checked_at > context.time", "type-mismatch"),
        ("subject.patience - subject.checked_at > context.time", "type-mismatch"),
        ("subject.patience * 2 > subject.patience", "type-mismatch"),
        ("subject.name + subject.name == subject.name", "type-mismatch"),
        ('action.amount + action.amount > parameter("limit")', "type-mismatch"),
        ("-subject.name == subject.name", "type-mismatch"),
        ("subject.days + true > 1", "type-mismatch"),
        ("subject.status in []", "empty-list"),
        ("subject.days in [1, true]", "mixed-list"),
        ("subject.days in subject.name", "not-a-collection"),
        ("subject.days in subject.flags", "type-mismatch"),
        ("subject.born == context.time", "type-mismatch"),
    ],
)
def test_what_has_no_value_is_refused(cel, slug):
    assert slugs(cel) == [slug]


def test_the_cure_for_unlike_types_says_what_to_write():
    assert found('subject.born > "2008-01-01"')[0].help == 'write `date("2008-01-01")`'
    assert found('subject.patience > "24h"')[0].help == 'write `duration("24h")`'
    assert found('subject.days > "3"')[0].help == "remove the quotes"
    assert found("1 < subject.days < 3")[0].help == "write `1 < subject.days && subject.days < 3`"


def test_what_no_fact_can_change_is_warned_about_and_kept():
    assert slugs("subject.days > 366") == ["constant-condition"]
    assert slugs("subject.days >= 0") == ["constant-condition"]
    assert slugs("subject.days > 365") == []
    assert slugs('"a" in ["a"]') == ["constant-condition"]
