"""Money, records and evidence: immutable, and never equal through what is not known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Evidence, Money, Record

FIELDS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 1) | st.none() | st.just(UNKNOWN))


def test_money_shows_the_amount_as_it_was_written_with_its_currency() -> None:
    assert str(Money(Decimal("1000.00"), "EUR")) == "1000.00 EUR"


def test_money_of_another_currency_is_other_money() -> None:
    assert Money(Decimal("1.0"), "EUR") == Money(Decimal("1.00"), "EUR")
    assert Money(Decimal(1), "EUR") != Money(Decimal(1), "USD")
    assert len({Money(Decimal("1.0"), "EUR"), Money(Decimal("1.00"), "EUR")}) == 1


def test_a_field_that_was_not_given_is_unknown_and_one_said_to_be_absent_is_none() -> None:
    record = Record("Owner", {"share": None})
    assert record["share"] is None
    assert record["listed"] is UNKNOWN


def test_a_record_does_not_change_with_what_it_was_made_from() -> None:
    fields: dict[str, Any] = {"share": 1}
    record = Record("Owner", fields)
    fields["share"] = 2
    assert record["share"] == 1
    with pytest.raises(TypeError):
        record.fields["share"] = 2  # type: ignore[index]


def test_records_are_equal_by_name_and_fields() -> None:
    assert Record("Owner", {"a": 1}) == Record("Owner", {"a": 1})
    assert Record("Owner", {"a": 1}) != Record("Fiduciary", {"a": 1})
    assert Record("Owner", {"a": 1}) != Record("Owner", {"a": 1, "b": 2})
    assert Record("Owner", {"a": 1}) != {"a": 1}


@given(FIELDS)
def test_a_record_with_an_unknown_field_equals_only_itself(fields: dict[str, Any]) -> None:
    record, twin = Record("Owner", fields), Record("Owner", fields)
    assert record == record  # noqa: PLR0124
    assert (record == twin) is all(value is not UNKNOWN for value in fields.values())


@given(one=FIELDS, other=FIELDS)
def test_equal_records_have_one_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = Record("Owner", one), Record("Owner", other)
    assert first != second or hash(first) == hash(second)


def test_a_record_shows_its_name_and_fields() -> None:
    assert repr(Record("Owner", {"share": 1})) == "Owner({'share': 1})"


def test_evidence_may_say_nothing() -> None:
    assert Evidence() == Evidence(None, None, None)
