"""A step is the smallest that the written value shows; a part of a condition is replaced where it stands."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from compliance.analysis.mutants import exchanged, neighbours, of_place, shown
from compliance.language.expression import And, Comparison, Const, FactRef, Leaf, ListOf, Not
from compliance.vocabulary.types import INT
from compliance.vocabulary.values import Money

AGE = FactRef("subject.age", INT)


def adult(limit=18):
    return Comparison(">=", AGE, Const(limit, INT))


@pytest.mark.parametrize(
    ("value", "near"),
    [
        (18, [17, 19]),
        (Decimal(50), [Decimal("49.99"), Decimal("50.01")]),
        (Decimal("0.125"), [Decimal("0.124"), Decimal("0.126")]),
        (Money(Decimal("1000.00"), "EUR"), [Money(Decimal("999.99"), "EUR"), Money(Decimal("1000.01"), "EUR")]),
        (Money(Decimal(1000000), "KRW"), [Money(Decimal(999999), "KRW"), Money(Decimal(1000001), "KRW")]),
        (timedelta(days=1), [timedelta(seconds=86_399), timedelta(seconds=86_401)]),
        (date(2026, 1, 1), [date(2025, 12, 31), date(2026, 1, 2)]),
        (
            datetime(2026, 1, 1, tzinfo=UTC),
            [datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)],
        ),
        (True, []),
        ("regulation-s", []),
    ],
)
def test_a_value_has_neighbours_a_step_of_its_writing_away(value, near):
    assert list(neighbours(value)) == near


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(days=365), "365d"),
        (timedelta(hours=25), "25h"),
        (timedelta(minutes=15), "15m"),
        (timedelta(seconds=86_401), "86401s"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (Money(Decimal("5000.00"), "USD"), "5000.00 USD"),
    ],
)
def test_a_value_is_shown_as_a_rule_file_writes_it(value, text):
    assert shown(value) == text


def test_only_the_very_part_is_replaced_and_not_its_equal():
    first, second = adult(), adult()
    assert first == second
    whole = And((Leaf(first, "a"), Not(second)))
    changed = exchanged(whole, second, adult(21))
    assert changed == And((Leaf(adult(), "a"), Not(adult(21))))


def test_what_does_not_have_the_part_is_the_same_object():
    whole = And((adult(), Not(adult())))
    assert exchanged(whole, adult(), adult(21)) is whole


def test_parts_of_lists_are_replaced_too():
    limit = Const(18, INT)
    assert exchanged(ListOf((AGE, limit), INT), limit, AGE) == ListOf((AGE, AGE), INT)


def test_a_statement_of_a_jurisdiction_is_called_after_it():
    assert (of_place(None), of_place("SG")) == ("", " of `SG`")
