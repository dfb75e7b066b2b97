from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from compliance.language.node_values import json_of_node, place_of, value_of
from compliance.language.nodes import Table
from compliance.language.reader import read_source
from compliance.language.span import Source
from compliance.vocabulary.facts import RecordField
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
    ListType,
    OneOfType,
    RecordType,
    SetType,
)
from compliance.vocabulary.values import Money, Record
from tests.language.small import underlined

RECORDS = {
    "Owner": {
        "name": RecordField("name", STRING),
        "share": RecordField("share", DECIMAL, optional=True),
        "owners": RecordField("owners", ListType(RecordType("Owner")), depth=2, at_least=0),
    }
}
OWNERS = ListType(RecordType("Owner"))


def read(type, text):
    source = Source("a.yaml", f"v: {text}\n")
    node, _ = read_source(source)
    assert isinstance(node, Table)
    value = node.get("v")
    assert value is not None
    found = []
    got = value_of(value, type, RECORDS, found)
    return got, [(each.slug, underlined(each.span, (source,))) for each in found]


@pytest.mark.parametrize(
    ("type", "text", "expected"),
    [
        (BOOL, "true", True),
        (INT, "12", 12),
        (DECIMAL, "12.50", Decimal("12.50")),
        (DECIMAL, '"0"', Decimal(0)),
        (STRING, "NO", "NO"),
        (TERRITORY, "NO", "NO"),
        (DATE, "2026-01-31", datetime(2026, 1, 31, tzinfo=UTC).date()),
        (TIMESTAMP, '"2026-01-31T12:00:00+01:00"', datetime(2026, 1, 31, 11, tzinfo=UTC)),
        (DURATION, "24h", timedelta(days=1)),
        (MONEY, "1000.00 EUR", Money(Decimal("1000.00"), "EUR")),
        (MONEY, "{amount: 5, currency: USD}", Money(Decimal(5), "USD")),
        (SetType(TERRITORY), "[IS, LI, NO]", frozenset({"IS", "LI", "NO"})),
        (OWNERS, "[{name: A, share: 50}]", (Record("Owner", {"name": "A", "share": Decimal(50)}),)),
        (OWNERS, "[{name: A, share: null}]", (Record("Owner", {"name": "A", "share": None}),)),
    ],
)
def test_a_node_is_read_as_a_request_would_be(type, text, expected):
    assert read(type, text) == (expected, [])


@pytest.mark.parametrize(
    ("type", "text", "marked"),
    [
        (BOOL, "'true'", "'true'"),
        (INT, "'12'", "'12'"),
        (INT, "1.0", "1.0"),
        (TERRITORY, "us", "us"),
        (SetType(TERRITORY), "[BR, us]", "us"),
        (SetType(TERRITORY), "[BR, BR]", "BR"),
        (SetType(TERRITORY), "[]", "["),
        (SetType(TERRITORY), "BR", "BR"),
        (OWNERS, "[{name: A, shar: 50}]", "shar"),
        (OWNERS, "[{name: A}, {name: B, share: 1e3}]", "1e3"),
        (OWNERS, "[{owners: [{owners: [{owners: []}]}]}]", "["),
        (MONEY, "1000.00 EURO", "1000.00 EURO"),
        (OneOfType(("a", "b")), "c", "c"),
        (STRING, "null", "null"),
    ],
)
def test_the_very_scalar_that_is_wrong_is_pointed_at(type, text, marked):
    got, found = read(type, text)
    assert got is None
    assert found == [("bad-value", marked)]


def test_every_element_that_is_wrong_is_pointed_at():
    assert read(SetType(TERRITORY), "[us, BR, UK]") == (None, [("bad-value", "us"), ("bad-value", "UK")])


def test_an_amount_without_its_currency_is_a_mistake_of_its_own():
    assert read(MONEY, "1000.00") == (None, [("amount-without-currency", "1000.00")])
    assert read(MONEY, "1000.00 EURO") == (None, [("bad-value", "1000.00 EURO")])


def test_what_was_complained_about_before_has_no_value_and_no_second_complaint():
    assert read(STRING, "*x") == (None, [])


def test_where_no_type_is_known_scalars_stay_text():
    node, _ = read_source(Source("a.yaml", "{a: 12, b: [true], c: null}"))
    assert node is not None
    assert json_of_node(node, None, {}) == {"a": "12", "b": ["true"], "c": None}


def test_a_pointer_that_leads_nowhere_is_the_last_part_that_there_is():
    node, _ = read_source(Source("a.yaml", "{a: [x, y]}"))
    assert node is not None
    assert str(place_of(node, "/a/1")) == "a.yaml:1:9"
    assert str(place_of(node, "/a/7/b")) == "a.yaml:1:5"
    assert str(place_of(node, "")) == "a.yaml:1:1"
