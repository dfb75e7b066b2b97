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


MANY: dict[str, list[Any]] = {
    "flags": [number % 3 == 0 for number in range(100)],
    "numbers": list(range(1000, 1100)),
    "words": [f"w{number % 7}" for number in range(100)],
    "sets": [["BR", "DE"][: number % 3] for number in range(100)],
}
"""So many that empty cells are few."""


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


@pytest.mark.parametrize("name", MANY)
@pytest.mark.parametrize("empty", [(), (0,), (99,), (7, 8, 64), (0, 1, 95, 99), tuple(range(50)), tuple(range(100))])
def test_a_few_empty_cells_among_many_are_empty(name: str, empty: tuple[int, ...]) -> None:
    expected = [None if row in empty else value for row, value in enumerate(MANY[name])]
    whole = pa.array(expected, pa.array(MANY[name]).type)
    assert read(whole) == expected
    assert read(whole.slice(3, 90)) == expected[3:93]
    assert read(pa.chunked_array([whole, whole.slice(5)])) == expected + expected[5:]


@pytest.mark.parametrize("count", [300, 60_000])
def test_lists_are_told_apart_however_many_values_stand_in_them(count: int) -> None:
    # Places are taken for signs, of which some are no sign of any text.
    lists = [[f"v{number}", f"v{number + 1}"] for number in range(count)]
    assert read(pa.array(lists)) == lists
    empty_inside = [["a", None], ["b"], ["a", None]]
    assert read(pa.array(empty_inside)) == empty_inside


def test_lists_of_a_dictionary_of_short_numbers_are_read() -> None:
    inner = pa.DictionaryArray.from_arrays(pa.array([0, 1, 1, 0], pa.int8()), pa.array(["a", "b"]))
    assert read(pa.ListArray.from_arrays(pa.array([0, 1, 3, 4], pa.int32()), inner)) == [["a"], ["b", "b"], ["a"]]


def test_a_dictionary_is_taken_as_it_is():
    assert read(pa.array(["a", None, "b", "a"]).dictionary_encode()) == ["a", None, "b", "a"]


def test_a_cell_that_points_to_nothing_in_its_dictionary_is_empty():
    inner = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0]), pa.array(["a", None]))
    assert read(inner) == ["a", None, None, "a"]
    assert EMPTY in cells(inner).marked()
    assert read(pa.StructArray.from_arrays([inner], ["id"])) == [{"id": "a"}, {}, {}, {"id": "a"}]


def test_equal_cells_share_a_place():
    found = cells(pa.array([["BR", "DE"], ["DE"], ["BR", "DE"]]))
    assert len(found.distinct) == 2


def test_what_json_cannot_carry_stays_what_it_is():
    assert said(datetime(2026, 1, 1)) == datetime(2026, 1, 1)  # noqa: DTZ001 - without a zone on purpose
    assert said(timedelta(microseconds=1)) == timedelta(microseconds=1)
    assert said(b"x") == b"x"
