from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from compliance.language.expression import Call, Const, FactRef, Leaf, ParameterRef, Within
from compliance.vocabulary.types import BOOL, DATE, DECIMAL, DURATION, INT, STRING, TERRITORY, TIMESTAMP, SetType
from tests.language.words import STATUS, checked, found, slugs, typed

HOME = FactRef("subject.residence", TERRITORY)


def term(cel):
    leaf = checked(cel)
    assert isinstance(leaf, Leaf)
    return leaf.term


@pytest.mark.parametrize(
    ("cel", "value"),
    [
        ('timestamp("2026-01-31T00:00:00Z")', Const(datetime(2026, 1, 31, tzinfo=UTC), TIMESTAMP)),
        ('date("2026-01-31")', Const(date(2026, 1, 31), DATE)),
        ('duration("24h")', Const(timedelta(days=1), DURATION)),
        ('decimal("0.50")', Const(Decimal("0.50"), DECIMAL)),
        ("decimal(3)", Const(Decimal(3), DECIMAL)),
        ("decimal(0.5)", Const(Decimal("0.5"), DECIMAL)),
        ('date(timestamp("2026-01-31T23:00:00Z"))', Const(date(2026, 1, 31), DATE)),
    ],
)
def test_functions_of_literals_are_literals(cel, value):
    assert typed(cel) == value


def test_functions_of_facts_stay_functions():
    assert typed("date(context.time)") == Call("date", (FactRef("context.time", TIMESTAMP),), DATE)
    assert typed("decimal(subject.score)") == Call("decimal", (FactRef("subject.score", INT),), DECIMAL)


def test_size_is_one_function_however_it_is_called():
    flags = FactRef("subject.flags", SetType(typed("subject.flags").type.element))
    assert typed("size(subject.flags)") == typed("subject.flags.size()") == Call("size", (flags,), INT)
    assert typed("subject.name.size()") == Call("size", (FactRef("subject.name", STRING),), INT)


def test_within_takes_a_place_by_name_or_another_territory():
    assert term('subject.residence.within("EEA")') == Within(HOME, "EEA")
    inside = term("subject.citizenships.exists(c, c.within(subject.residence))")
    assert inside.body == Within(inside.variable, HOME)


def test_a_parameter_is_named_by_a_literal():
    assert typed('parameter("us-test")') == ParameterRef("us-test", "US", STRING)
    assert slugs("subject.name == parameter(subject.name)") == ["not-a-literal"]


def test_a_parameter_that_is_broken_itself_is_not_complained_about_again():
    from tests.language.words import scope

    assert slugs('subject.days && parameter("p") > 3', scope(broken=("p",))) == ["not-a-condition"]


@pytest.mark.parametrize("function", ["startsWith", "endsWith", "contains", "matches"])
def test_texts_are_asked_about_their_parts(function):
    assert term(f'subject.name.{function}("a")') == Call(
        function, (FactRef("subject.name", STRING), Const("a", STRING)), BOOL
    )
    assert term(f'subject.status.{function}("a")').arguments[0] == FactRef("subject.status", STATUS)


@pytest.mark.parametrize(
    ("cel", "slug"),
    [
        ("foo(1)", "unknown-function"),
        ('subject.name.startswith("a")', "unknown-function"),
        ("has(subject.lei, 1)", "wrong-arguments"),
        ("size() > 1", "wrong-arguments"),
        ("subject.flags.size(1) > 1", "wrong-arguments"),
        ('int("3") == 3', "not-in-this-language"),
        ("subject.born.getFullYear() > 3", "not-in-this-language"),
        ("size(subject.days) > 1", "not-a-collection"),
        ("size(subject.status) > 1", "not-a-collection"),
        ('subject.name.within("US")', "type-mismatch"),
        ('subject.citizenships.within("US")', "type-mismatch"),
        ('subject.residence.within("EAA")', "unknown-place"),
        ("subject.residence.within(subject.name)", "not-a-literal"),
        ('subject.days.to("EUR") > parameter("limit")', "type-mismatch"),
        ('action.amount.to("EURO") > parameter("limit")', "unknown-currency"),
        ('subject.days.startsWith("a")', "type-mismatch"),
        ("subject.name.contains(3)", "type-mismatch"),
        ('subject.flags.contains("mail")', "type-mismatch"),
        ("subject.name.matches(subject.name)", "not-a-literal"),
        ('subject.name.matches("(a*)*")', "unsafe-pattern"),
        ('timestamp("today") < context.time', "malformed-literal"),
        ("timestamp(subject.name) < context.time", "not-a-literal"),
        ("duration(3) < subject.patience", "type-mismatch"),
        ('parameter("limits") == subject.name', "unknown-parameter"),
    ],
)
def test_a_wrong_call_is_refused(cel, slug):
    assert slugs(cel) == [slug]


@pytest.mark.parametrize(
    ("cel", "help"),
    [
        ('subject.name.startswith("a")', "did you mean `startsWith`"),
        ("subject.flags.any(f, true)", "did you mean `exists`"),
        ("subject.flags.len() > 1", "did you mean `size`"),
        ("contains(subject.name, 'a')", "write `x.contains(...)`"),
        ("subject.flags.duration()", "write `duration(x)`"),
    ],
)
def test_a_wrong_function_may_have_meant_a_right_one(cel, help):
    assert found(cel)[0].help == help


def test_the_cure_for_within_of_a_set_compiles():
    (diagnostic,) = found('subject.citizenships.within("US")')
    assert slugs(diagnostic.help.removeprefix("write `").removesuffix("`, or `all`")) == []
