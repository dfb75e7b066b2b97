"""Exact operations on known values, and which of them have no result."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compliance.engine.operations import (
    Failure,
    arithmetic,
    call,
    compare,
    convert,
    exactly_one,
    fold,
    negative,
    within_64_bits,
    zero_of,
)
from compliance.vocabulary.types import BOOL, DECIMAL, DURATION, INT, MoneyType
from compliance.vocabulary.unknown import UNKNOWN, Truth
from compliance.vocabulary.values import Money, Record

INT64 = st.integers(-(2**63), 2**63 - 1)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


@given(left=INT64, right=INT64)
def test_division_truncates_and_the_remainder_has_the_sign_of_the_dividend(left: int, right: int) -> None:
    assume(right != 0 and (left, right) != (-(2**63), -1))
    quotient, rest = arithmetic("/", left, right), arithmetic("%", left, right)
    assert quotient * right + rest == left
    assert abs(rest) < abs(right)
    assert rest == 0 or (rest < 0) == (left < 0)


@pytest.mark.parametrize("symbol", ["/", "%"])
def test_division_by_zero_has_no_result(symbol: str) -> None:
    with pytest.raises(Failure, match=f"`1 {symbol} 0` has no value"):
        arithmetic(symbol, 1, 0)


@given(left=INT64, right=INT64, symbol=st.sampled_from("+-*"))
def test_an_integer_is_exact_or_does_not_fit_64_bits(left: int, right: int, symbol: str) -> None:
    exact = {"+": left + right, "-": left - right, "*": left * right}[symbol]
    if -(2**63) <= exact < 2**63:
        assert arithmetic(symbol, left, right) == exact
    else:
        with pytest.raises(Failure, match="does not fit 64 bits"):
            arithmetic(symbol, left, right)


def test_the_least_integer_has_no_opposite() -> None:
    assert within_64_bits(-(2**63)) == -(2**63)
    with pytest.raises(Failure):
        negative(-(2**63))


@given(left=DECIMALS, right=DECIMALS)
def test_decimals_are_added_and_multiplied_without_rounding(left: Decimal, right: Decimal) -> None:
    total, times = arithmetic("+", left, right), arithmetic("*", left, right)
    assert total.as_integer_ratio() == (_ratio(left) + _ratio(right)).as_integer_ratio()
    assert times.as_integer_ratio() == (_ratio(left) * _ratio(right)).as_integer_ratio()
    assert arithmetic("-", total, right) == left


def _ratio(number: Decimal) -> Any:
    from fractions import Fraction

    return Fraction(number)


def test_a_product_that_would_have_to_be_rounded_has_no_result() -> None:
    long = Decimal("1." + "3" * 100)
    with pytest.raises(Failure, match="beyond what can be held exactly"):
        arithmetic("*", long, long)


def test_time_is_added_exactly_and_ends_with_the_calendar() -> None:
    noon = datetime(2026, 10, 5, 12, tzinfo=UTC)
    assert arithmetic("-", noon, noon - timedelta(hours=1)) == timedelta(hours=1)
    assert negative(timedelta(hours=1)) == timedelta(hours=-1)
    with pytest.raises(Failure):
        arithmetic("+", datetime.max.replace(tzinfo=UTC), timedelta(days=1))


def test_money_is_compared_in_one_currency_and_never_across_two() -> None:
    assert compare("<", euros("1"), euros("2"))
    assert compare("==", euros("1.0"), euros("1.00"))
    for symbol in ("==", "!=", "<", ">="):
        with pytest.raises(Failure, match="different currencies"):
            compare(symbol, euros("1"), dollars("1"))


@given(left=INT64, right=INT64)
def test_of_two_opposite_comparisons_exactly_one_holds(left: int, right: int) -> None:
    for one, other in (("==", "!="), ("<", ">="), (">", "<=")):
        assert compare(one, left, right) is not compare(other, left, right)


@pytest.mark.parametrize(
    ("function", "arguments", "value"),
    [
        ("size", ("añb",), 3),
        ("size", (frozenset({"a"}),), 1),
        ("startsWith", ("green", "gr"), True),
        ("endsWith", ("green", "gr"), False),
        ("contains", ("green", "ee"), True),
        ("matches", ("green", "^g.*n$"), True),
        ("matches", ("green", "e"), True),
        ("decimal", (3,), Decimal(3)),
        ("date", (datetime(2026, 1, 31, 23, tzinfo=UTC),), date(2026, 1, 31)),
    ],
)
def test_functions_are_those_of_cel(function: str, arguments: tuple[Any, ...], value: object) -> None:
    assert call(function, arguments) == value


# Conversion: through the one rate, or not at all.


def rate(**fields: Any) -> Record:
    stated: dict[str, Any] = {"from": "USD", "to": "EUR", "rate": Decimal("0.5"), **fields}
    return Record("FxRate", stated)


def without(name: str) -> Record:
    return Record("FxRate", {key: value for key, value in rate().fields.items() if key != name})


def test_money_is_converted_by_the_one_rate_from_its_currency() -> None:
    other = rate(to="GBP", rate=Decimal(9))
    assert convert(dollars("3"), "EUR", (rate(), other)) == euros("1.5")


def test_money_of_the_wanted_currency_needs_no_rate() -> None:
    assert convert(euros("3"), "EUR", UNKNOWN) == euros("3")


@pytest.mark.parametrize(
    "rates",
    [
        UNKNOWN,
        None,
        (),
        (rate(), rate()),
        (rate(rate=UNKNOWN),),
        (rate(**{"from": "EUR", "to": "USD"}),),
        (rate(to="GBP"), rate(**{"from": "GBP"})),
        (without("from"),),
        (without("to"),),
        (without("rate"),),
        (rate(), without("from")),
    ],
    ids=str,
)
def test_without_exactly_one_rate_the_conversion_is_unknown(rates: Any) -> None:
    assert convert(dollars("3"), "EUR", rates) is UNKNOWN


def test_a_rate_that_certainly_leads_elsewhere_is_in_nobodys_way() -> None:
    elsewhere = Record("FxRate", {"to": "GBP", "rate": Decimal(9)})
    assert convert(dollars("3"), "EUR", (rate(), elsewhere)) == euros("1.5")


# Folds.


def test_a_sum_adds_up_exactly_also_money_of_one_currency() -> None:
    assert fold("sum", [Decimal("0.1")] * 3, None) == Decimal("0.3")
    assert fold("sum", [euros("1"), euros("2")], None) == euros("3")
    with pytest.raises(Failure, match="different currencies"):
        fold("sum", [euros("1"), dollars("2")], None)


def test_the_sum_of_nothing_is_the_zero_of_its_type() -> None:
    assert [fold("sum", [], zero_of(type_)) for type_ in (INT, DECIMAL, DURATION, MoneyType("EUR"))] == [
        0,
        Decimal(0),
        timedelta(0),
        euros("0"),
    ]


def test_where_a_type_has_no_zero_the_sum_of_nothing_has_no_result() -> None:
    assert [zero_of(type_) for type_ in (MoneyType(), BOOL)] == [None, None]
    with pytest.raises(Failure):
        fold("sum", [], None)


@pytest.mark.parametrize("kind", ["min", "max"])
def test_the_least_and_the_greatest_of_nothing_have_no_result(kind: str) -> None:
    with pytest.raises(Failure, match=f"there is no `{kind}` of nothing"):
        fold(kind, [], 0)


@given(st.lists(INT64, min_size=1))
def test_the_least_and_the_greatest_are_those(values: list[int]) -> None:
    assert (fold("min", values, None), fold("max", values, None)) == (min(values), max(values))


@given(st.lists(st.sampled_from((True, False, UNKNOWN)), max_size=5))
def test_exactly_one_is_what_all_completions_agree_on(values: list[Truth]) -> None:
    completions = product(*((True, False) if value is UNKNOWN else (value is True,) for value in values))
    outcomes = {sum(completion) == 1 for completion in completions}
    assert exactly_one(values) is (outcomes.pop() if len(outcomes) == 1 else UNKNOWN)


def test_a_pattern_means_what_re2_says_ascii_classes_and_the_very_end() -> None:
    assert call("matches", ("12", r"^\d+$")) is True
    assert call("matches", ("\u0661\u0662", r"^\d+$")) is False
    assert call("matches", ("12\n", r"^\d+$")) is False
