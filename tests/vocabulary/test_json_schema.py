from decimal import Decimal

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.facts import Fact, Origin, RecordField, SubjectKind, Vocabulary, Zone
from compliance.vocabulary.json_schema import fact_schema, properties_schema, record_schemas, type_schema
from compliance.vocabulary.reading import Refused, read_value
from compliance.vocabulary.types import (
    BOOL,
    CURRENCY,
    DATE,
    DURATION,
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

OWNER = RecordType("Owner")
RECORDS = {
    "Owner": {
        "share": RecordField("share", DecimalType(), "how much"),
        "owners": RecordField("owners", ListType(OWNER), depth=3),
    }
}
TYPES = [
    BOOL,
    IntType(0, 366),
    DecimalType(Decimal(0), Decimal(100)),
    STRING,
    StringType("isin"),
    OneOfType(("red", "green")),
    TERRITORY,
    CURRENCY,
    MONEY,
    MoneyType("EUR"),
    DATE,
    TIMESTAMP,
    DURATION,
    SetType(TERRITORY),
    ListType(OWNER),
]
GIVEN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 400)
    | st.text(max_size=4)
    | st.sampled_from(["MX", "EUR", "red", "0.5", "24h", "2026-01-31", "2026-01-31T12:00:00Z", "US0378331005"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["amount", "currency", "share", "owners"]), inner, max_size=2)
    ),
    max_leaves=6,
)


def fact(name, type=BOOL, **more):
    return Fact(f"subject.{name}", type, f"what {name} means", order=0, **more)


def vocabulary(*facts):
    return Vocabulary({}, {"person": SubjectKind("person")}, {}, {each.path: each for each in facts}, RECORDS)


@pytest.mark.parametrize("type", TYPES, ids=str)
@given(given=GIVEN)
def test_the_schema_accepts_whatever_the_reader_accepts(type, given):
    try:
        read_value(type, given, records=RECORDS)
    except Refused:
        return
    schema = {**type_schema(type), "$defs": record_schemas(vocabulary())}
    assert jsonschema_rs.is_valid(schema, given)


def test_a_fact_is_a_bare_value_or_one_with_evidence():
    schema = fact_schema(fact("a", example=True))
    assert jsonschema_rs.is_valid(schema, False)
    assert jsonschema_rs.is_valid(schema, {"value": True, "observed_at": "2026-01-01T00:00:00Z", "attested_by": None})
    assert not jsonschema_rs.is_valid(schema, {"value": True, "seen": True})
    assert not jsonschema_rs.is_valid(schema, None)
    assert schema["examples"] == [True]


def test_only_an_optional_fact_may_be_null():
    schema = fact_schema(fact("a", optional=True))
    assert jsonschema_rs.is_valid(schema, None)
    assert jsonschema_rs.is_valid(schema, {"value": None})


def test_a_retired_fact_is_deprecated_and_says_why():
    schema = fact_schema(fact("a", retired="use b"))
    assert schema["deprecated"] is True
    assert "use b" in schema["description"]


def test_only_what_a_client_may_say_is_offered():
    words = vocabulary(
        fact("a"), fact("b", origins=(Origin.FEED,)), fact("c", origins=(Origin.REQUEST, Origin.CATALOGUE))
    )
    assert list(properties_schema(words, Zone.SUBJECT, closed=True)["properties"]) == ["a", "c"]
    assert properties_schema(words, Zone.ACTION, closed=True)["properties"] == {}


def test_a_kind_of_subject_is_offered_its_own_facts():
    words = vocabulary(fact("a", kinds=frozenset({"person"})), fact("b", kinds=frozenset({"company"})), fact("c"))
    assert list(properties_schema(words, Zone.SUBJECT, kind="person", closed=True)["properties"]) == ["a", "c"]


def test_a_record_knows_its_fields():
    schema = record_schemas(vocabulary())["Owner"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["share"]["description"] == "how much"
