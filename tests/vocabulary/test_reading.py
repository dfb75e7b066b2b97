from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.facts import RecordField
from compliance.vocabulary.reading import Refused, json_of, read_text, read_value
from compliance.vocabulary.types import (
    BOOL,
    CURRENCY,
    DATE,
    DECIMAL,
    DURATION,
    INT,
    MONEY,
    STRING,
    TERRITORY,
    TIMESTAMP,
    DecimalType,
    IntType,
    ListType,
    MoneyType,
    OneOfType,
    RecordType,
    SetType,
    StringType,
)
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Money, Record

RECORDS = {
    "Owner": {
        "name": RecordField("name", STRING),
        "share": RecordField("share", DecimalType(Decimal(0), Decimal(100)), optional=True),
        "homes": RecordField("homes", SetType(TERRITORY)),
        "owners": RecordField("owners", ListType(RecordType("Owner")), depth=3, at_least=0),
    }
}
OWNERS = ListType(RecordType("Owner"))
WORD = OneOfType(("red", "blue"))


def read(type, value, at_least=1):
    return read_value(type, value, records=RECORDS, at_least=at_least)


def refused(type, value, at_least=1):
    with pytest.raises(Refused) as caught:
        read(type, value, at_least)
    return caught.value


@pytest.mark.parametrize(
    ("type", "value", "expected"),
    [
        (BOOL, True, True),
        (BOOL, False, False),
        (INT, 0, 0),
        (INT, 2**63 - 1, 2**63 - 1),
        (IntType(0, 366), 366, 366),
        (DECIMAL, "12.50", Decimal("12.50")),
        (DECIMAL, 12, Decimal(12)),
        (DECIMAL, "-0.5", Decimal("-0.5")),
        (DECIMAL, "9" * 30, Decimal("9" * 30)),
        (STRING, "Zürich, ZH", "Zürich, ZH"),
        (StringType("isin"), "CH1436219187", "CH1436219187"),
        (WORD, "red", "red"),
        (TERRITORY, "BR", "BR"),
        (TERRITORY, "UA-43", "UA-43"),
        (TERRITORY, "US-PR", "PR"),
        (TERRITORY, "XK", "XK"),
        (CURRENCY, "EUR", "EUR"),
        (MONEY, {"amount": "1000.00", "currency": "EUR"}, Money(Decimal("1000.00"), "EUR")),
        (DATE, "2026-01-31", date(2026, 1, 31)),
        (TIMESTAMP, "2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        (DURATION, "24h", timedelta(days=1)),
        (SetType(TERRITORY), ["BR", "NO"], frozenset({"BR", "NO"})),
        (SetType(INT), [1, 2], frozenset({1, 2})),
        (RecordType("Owner"), {"name": "A"}, Record("Owner", {"name": "A"})),
        (OWNERS, [{"name": "A", "share": None}], (Record("Owner", {"name": "A", "share": None}),)),
    ],
)
def test_a_value_is_read_as_its_type_says(type, value, expected):
    found = read(type, value)
    assert found == expected
    assert found.__class__ is expected.__class__


@pytest.mark.parametrize(
    ("type", "value"),
    [
        (BOOL, "true"),
        (BOOL, 1),
        (BOOL, 0),
        (BOOL, []),
        (INT, True),
        (INT, 1.0),
        (INT, "1"),
        (INT, 2**63),
        (IntType(0, 366), 367),
        (DECIMAL, 0.5),
        (DECIMAL, math.nan),
        (DECIMAL, math.inf),
        (DECIMAL, "NaN"),
        (DECIMAL, "Infinity"),
        (DECIMAL, "1e5"),
        (DECIMAL, "1_000"),
        (DECIMAL, "1,5"),
        (DECIMAL, ".5"),
        (DECIMAL, "5."),
        (DECIMAL, "+5"),
        (DECIMAL, " 5"),
        (DECIMAL, "\u0665"),
        (DECIMAL, ""),
        (DECIMAL, True),
        (DECIMAL, "9" * 31),
        (DECIMAL, 10**30),
        (DECIMAL, "9" * 100_000),
        (DecimalType(Decimal(0), Decimal(100)), "100.01"),
        (DecimalType(Decimal(0)), "-1"),
        (STRING, ""),
        (STRING, "a\nb"),
        (STRING, "a\x00"),
        (STRING, "a\u202eb"),
        (STRING, "\ud800"),
        (STRING, "x" * 1_001),
        (STRING, 5),
        (STRING, ["a"]),
        (StringType("isin"), "CH1436219188"),
        (StringType("isin"), "ch1436219187"),
        (WORD, "Red"),
        (WORD, "green"),
        (TERRITORY, "us"),
        (TERRITORY, "USA"),
        (TERRITORY, "840"),
        (TERRITORY, 840),
        (TERRITORY, "UK"),
        (TERRITORY, "UA-99"),
        (TERRITORY, False),
        (CURRENCY, "eur"),
        (CURRENCY, "XXX"),
        (MONEY, "1000.00 EUR"),
        (MONEY, {"amount": "1"}),
        (MONEY, {"currency": "EUR"}),
        (MONEY, {"amount": 1.5, "currency": "EUR"}),
        (MONEY, {"amount": "-1", "currency": "EUR"}),
        (MONEY, {"amount": "1", "currency": "EUR", "x": 1}),
        (MoneyType("EUR"), {"amount": "1", "currency": "USD"}),
        (DATE, "2026-02-30"),
        (TIMESTAMP, "2026-01-31T12:00:00"),
        (TIMESTAMP, 1_700_000_000),
        (DURATION, "1 day"),
        (SetType(TERRITORY), []),
        (SetType(TERRITORY), "BR"),
        (SetType(TERRITORY), {"BR": True}),
        (SetType(TERRITORY), ["BR", "BR"]),
        (SetType(TERRITORY), ["PR", "US-PR"]),
        (SetType(TERRITORY), [None]),
        (SetType(TERRITORY), ["BR"] * 20_000),
        (OWNERS, {"name": "A"}),
        (OWNERS, ["A"]),
        (RecordType("Owner"), {"name": None}),
        (RecordType("Owner"), {"nom": "A"}),
        (RecordType("Owner"), []),
        (RecordType("Nobody"), {}),
    ],
)
def test_a_value_outside_its_type_is_refused(type, value):
    assert refused(type, value).message


@pytest.mark.parametrize("type", [INT, DECIMAL])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_of_thousands_of_digits_is_refused_without_writing_it(type, sign):
    # Python refuses to write it: a message that tried would be a crash.
    assert "a number of more than 60 digits" in refused(type, sign * 10**5_000).message


@pytest.mark.parametrize("type", [BOOL, INT, DECIMAL, STRING, WORD, TERRITORY, MONEY, DATE, SetType(TERRITORY), OWNERS])
def test_null_is_no_value_of_any_type(type):
    assert "null" in refused(type, None).message


@pytest.mark.parametrize(
    ("type", "value", "pointer"),
    [
        (TERRITORY, "us", ""),
        (SetType(TERRITORY), ["BR", "us"], "/1"),
        (MONEY, {"amount": "x", "currency": "EUR"}, "/amount"),
        (MONEY, {"amount": "1", "curr/ency": "EUR"}, "/curr~1ency"),
        (OWNERS, [{}, {"share": "101"}], "/1/share"),
        (OWNERS, [{"owners": [{"homes": ["BR", "UK"]}]}], "/0/owners/0/homes/1"),
        (OWNERS, [{"nom": "A"}], "/0/nom"),
        (OWNERS, [{"homes": []}], "/0/homes"),
    ],
)
def test_a_refusal_points_into_the_value(type, value, pointer):
    assert refused(type, value).pointer == pointer


@pytest.mark.parametrize(
    ("type", "value", "help"),
    [
        (TERRITORY, "us", "did you mean `US`"),
        (TERRITORY, "UK", "did you mean `GB`"),
        (TERRITORY, "840", "did you mean `US`"),
        (CURRENCY, "eur", "write the ISO 4217 code `EUR`"),
        (WORD, "Red", "did you mean `red`"),
        (RecordType("Owner"), {"nam": "A"}, "did you mean `name`"),
        (DECIMAL, 0.5, "write it in quotes, so that it stays exact"),
        (SetType(TERRITORY), "BR", 'write it in square brackets: `["BR"]`'),
        (BOOL, "true", "write `true` or `false`, without quotes"),
    ],
)
def test_a_refusal_says_what_was_meant(type, value, help):
    assert refused(type, value).help == help


def test_an_unknown_field_is_a_wrong_name_and_not_a_wrong_value():
    assert refused(RecordType("Owner"), {"nam": "A"}).is_name
    assert not refused(RecordType("Owner"), {"name": 5}).is_name


def test_an_empty_list_is_a_value_only_where_the_vocabulary_says_so():
    assert read(SetType(TERRITORY), [], 0) == frozenset()
    assert read(OWNERS, [], 0) == ()
    assert refused(SetType(TERRITORY), ["BR"], 2).message == "a list of 1 is too short"


def test_a_field_that_was_not_given_is_unknown_and_one_given_as_null_is_absent():
    owner = read(RecordType("Owner"), {"share": None})
    assert isinstance(owner, Record)
    assert owner["share"] is None
    assert owner["name"] is UNKNOWN


def test_a_record_contains_itself_as_deep_as_declared_and_no_deeper():
    value: object = []
    for _ in range(3):
        value = [{"owners": value}]
    assert read(OWNERS, value)
    assert "too deeply" in refused(OWNERS, [{"owners": value}]).message


def test_a_record_without_a_depth_cannot_exhaust_the_reader():
    records = {"R": {"r": RecordField("r", RecordType("R"))}}
    value: dict[str, object] = {}
    for _ in range(100_000):
        value = {"r": value}
    with pytest.raises(Refused):
        read_value(RecordType("R"), value, records=records)


def test_minus_zero_is_zero():
    assert str(read(DECIMAL, "-0.00")) == "0.00"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["BR", "EUR", "1.5", "24h"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["amount", "currency", "name", "share", "owners", "homes", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
TYPES = st.sampled_from(
    [BOOL, INT, DECIMAL, STRING, WORD, TERRITORY, CURRENCY, MONEY, DATE, TIMESTAMP, DURATION]
    + [SetType(TERRITORY), SetType(DECIMAL), SetType(MONEY), OWNERS, RecordType("Owner")]
    + [StringType(name) for name in ("isin", "lei", "solana-address", "evm-address", "caip2", "caip10", "caip19")]
)


@given(TYPES, JSON)
def test_law_nothing_but_a_refusal_is_ever_raised(type, value):
    try:
        found = read(type, value)
    except Refused as error:
        found = error.message
    assert found is not None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4))
def test_law_a_decimal_keeps_every_digit(number):
    text = f"{number:f}"
    found = read(DECIMAL, text)
    assert found == number
    assert isinstance(found, Decimal)
    assert found.as_tuple().exponent == -4


@pytest.mark.parametrize(
    ("type", "text", "expected"),
    [
        (BOOL, "true", True),
        (INT, "-12", -12),
        (DECIMAL, "0.5", Decimal("0.5")),
        (TERRITORY, "NO", "NO"),
        (MONEY, "1000.00 EUR", Money(Decimal("1000.00"), "EUR")),
        (DURATION, "30s", timedelta(seconds=30)),
        (WORD, "red", "red"),
    ],
)
def test_a_scalar_of_a_rule_file_is_read_from_its_text(type, text, expected):
    assert read_text(type, text) == expected


@pytest.mark.parametrize(
    ("type", "text"),
    [(BOOL, "yes"), (INT, "1.0"), (INT, "0x1F"), (MONEY, "1000.00"), (MONEY, "EUR 5"), (SetType(BOOL), "true")],
)
def test_a_text_that_is_no_form_of_the_type_is_refused(type, text):
    with pytest.raises(Refused):
        read_text(type, text)


@given(TYPES, st.text())
def test_law_making_json_of_a_text_never_fails(type, text):
    json_of(type, text)
