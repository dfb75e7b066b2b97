"""A column's distinct values and places say what its cells say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from compliance.engine.cells import EMPTY, cells, said

pa: Any = pytest.importorskip("pyarrow")

COLUMNS: dict[str, tuple[list[Any], Any]] = {
    "words": (["a", None, "b", "a"], None),
    "large words": (["a", None, "b", "a"], "large_string"),
    "flags": ([True, None, False, True], None),
    "numbers": ([1, None, 2**40, -1], None),
    "small numbers": ([1, None, 2, -1], "int8"),
    "decimals": ([Decimal("1.50"), None, Decimal("-0.10")], None),
    "days": ([date(2026, 1, 31), None], None),
    "instants": ([datetime(2026, 1, 31, 12, tzinfo=UTC), None], None),
    "lengths": ([timedelta(hours=24), None], None),
    "sets": ([["BR"], None, [], ["BR", "DE"], ["BR"]], None),
    "records": ([{"amount": "1", "currency": "EUR"}, None, {"amount": None, "currency": "EUR"}], None),
    "lists of records": ([[{"id": "x", "share": Decimal(3)}], None, [], [{"id": None, "share": None}]], None),
    "nothing": ([None, None], None),
    "floats": ([0.5, None], None),
}


def array(name: str) -> Any:
    values, kind = COLUMNS[name]
    return pa.array(values) if kind is None else pa.array(values, kind)


def read(column: Any) -> list[Any]:
    found = cells(column)
    return [None if place == EMPTY else found.distinct[place] for place in found.marked()]


@pytest.mark.parametrize("name", COLUMNS)
def test_every_cell_is_what_a_body_would_say(name: str) -> None:
    whole = array(name)
    expected = [said(value) for value in whole.to_pylist()]
    assert read(whole) == expected
    assert read(whole.slice(1)) == expected[1:]
    assert read(pa.chunked_array([whole, whole.slice(1)])) == expected + expected[1:]
    assert read(pa.chunked_array([], type=whole.type)) == []


def test_a_dictionary_is_taken_as_it_is():
    assert read(pa.array(["a", None, "b", "a"]).dictionary_encode()) == ["a", None, "b", "a"]


def test_equal_cells_share_a_place():
    found = cells(pa.array([["BR", "DE"], ["DE"], ["BR", "DE"]]))
    assert len(found.distinct) == 2


def test_what_json_cannot_carry_stays_what_it_is():
    assert said(datetime(2026, 1, 1)) == datetime(2026, 1, 1)  # noqa: DTZ001 - without a zone on purpose
    assert said(timedelta(microseconds=1)) == timedelta(microseconds=1)
    assert said(b"x") == b"x"
