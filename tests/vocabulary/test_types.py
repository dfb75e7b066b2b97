"""How types are written, and what bounds they have by themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest

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
    FactType,
    IntType,
    ListType,
    MoneyType,
    OneOfType,
    RecordType,
    SetType,
    StringType,
)


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        (BOOL, "bool"),
        (INT, "int"),
        (IntType(0, 366), "int"),
        (DECIMAL, "decimal"),
        (STRING, "string"),
        (StringType("isin"), "string"),
        (OneOfType(("a", "b")), "one_of<a, b>"),
        (TERRITORY, "territory"),
        (CURRENCY, "currency"),
        (MONEY, "money"),
        (MoneyType("EUR"), "money"),
        (DATE, "date"),
        (TIMESTAMP, "timestamp"),
        (DURATION, "duration"),
        (SetType(TERRITORY), "set<territory>"),
        (RecordType("Owner"), "record<Owner>"),
        (ListType(RecordType("Owner")), "list<record<Owner>>"),
    ],
)
def test_a_type_shows_itself_as_a_vocabulary_writes_it(type_: FactType, written: str) -> None:
    assert str(type_) == written


def test_an_integer_has_64_bits_unless_it_has_bounds() -> None:
    assert (INT.minimum, INT.maximum) == (-(2**63), 2**63 - 1)


def test_types_with_other_bounds_formats_or_words_are_other_types() -> None:
    assert IntType(0, 1) != INT
    assert DecimalType(Decimal(0)) != DECIMAL
    assert StringType("isin") != STRING
    assert OneOfType(("a",)) != OneOfType(("b",))
    assert SetType(STRING) == SetType(StringType())
    assert len({INT, IntType(), BOOL}) == 2
