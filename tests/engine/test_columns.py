"""The columns of a table: what each cell says, and which rows have to be read as bodies."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from compliance.engine.columns import REFUSED, SUBJECT_ID, Columns
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.small_venue import VOCABULARY

pa: Any = pytest.importorskip("pyarrow")

PERSON = {
    "subject.type": ["person"] * 3,
    "action.name": ["buy"] * 3,
    "resource.type": ["instrument"] * 3,
    "resource.id": ["AAPLx"] * 3,
}


def columns(**more: list[Any]) -> Columns:
    named = {name.replace("__", "."): values for name, values in more.items()}
    return Columns(VOCABULARY, pa.table(PERSON | named))


def test_values_stand_row_by_row_and_an_empty_cell_is_a_fact_that_was_not_given():
    found = columns(
        subject__residence=["BR", None, "BR"], subject__tags=[["b", "a"], None, []], subject__adult=[True, False, None]
    )
    assert list(found.facts["subject.residence"].values) == ["BR", UNKNOWN, "BR"]
    assert list(found.facts["subject.tags"].values) == [frozenset({"a", "b"}), UNKNOWN, frozenset()]
    assert list(found.facts["subject.adult"].values) == [True, False, UNKNOWN]
    assert found.unusual() == set()


def test_a_cell_that_cannot_be_read_is_refused_and_makes_its_row_unusual():
    found = columns(subject__residence=["BR", "USA", None])
    assert list(found.facts["subject.residence"].values) == ["BR", REFUSED, UNKNOWN]
    assert found.unusual() == {1}


def test_a_row_that_gives_what_needs_more_than_its_value_is_unusual():
    # What identifies a resource, what ages, what is retired, and what only the gate says.
    for name, value in (
        ("resource.isin", "x"),
        ("subject.verified", True),
        ("subject.nickname", "x"),
        ("context.mark", 1),
    ):
        assert columns(**{name: [None, None, value]}).unusual() == {2}


def test_an_id_is_a_printable_text_that_is_not_too_long_or_is_not_given():
    assert columns(subject__id=["a", None, "c" * 1000]).unusual() == set()
    assert columns(subject__id=["", "b", "c" * 1001]).unusual() == {0, 2}
    assert columns(subject__id=["a", "a\u0000", "\u200b"]).unusual() == {1, 2}
    assert columns(subject__id=[1, None, 2]).unusual() == {0, 2}


def test_a_fact_of_another_kind_and_a_subject_on_file_are_unusual():
    found = columns(subject__id=["a", "b", None], subject__seats=[["BR"], None, None])
    assert found.unusual_of("person", [0, 1, 2], {}) == {0}
    assert found.unusual_of("company", [0, 1, 2], {}) == set()
    assert found.unusual_of("company", [1, 2], {"b": 1, "a": 1}) == {1}


def test_what_is_computed_of_owners_is_a_column_and_owners_of_more_than_the_whole_are_unusual():
    owners = [[{"id": "x", "share": share, "listed": True, "kind": "company"}] for share in ("60", "101")]
    found = columns(subject__owners=[*owners, None])
    assert list(found.computed["subject.blocked"].values) == [True, REFUSED, UNKNOWN]
    assert found.unusual_of("company", [0, 1, 2], {}) == {1}
    # Nobody computes it for a person, who has no owners to give.
    assert found.unusual_of("person", [0, 1, 2], {}) == {0, 1}


def test_a_row_can_be_put_together_as_a_client_would_send_it():
    found = columns(
        subject__id=["a", None, "c"], subject__score=[Decimal("1.5"), None, None], context__location=["BR", None, None]
    )
    assert found.body(0) == {
        "subject": {"type": "person", "id": "a", "properties": {"score": "1.5"}},
        "action": {"name": "buy", "properties": {}},
        "resource": {"type": "instrument", "id": "AAPLx", "properties": {}},
        "context": {"location": "BR"},
    }
    assert found.body(1)["subject"] == {"type": "person", "properties": {}}
    assert SUBJECT_ID not in columns().columns
