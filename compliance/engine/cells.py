"""Turn a column of an Arrow table into its distinct values, as JSON would carry them, and which row has which.

Lists and records are told apart by the places of what is in them, so that nothing is made per row but a number.
Nothing is imported from Arrow: arrays are asked, as they are.

Reference: Apache Arrow columnar format (offsets, validity, dictionaries).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count, pairwise, repeat
from typing import Any

_WHOLE = frozenset({"int8", "int16", "int32", "int64"})
_AS_JSON = frozenset({"string", "large_string", "bool", "uint8", "uint16", "uint32", "uint64"})
"""Types of Arrow whose values JSON carries as they are."""
EMPTY = -1
"""The place of an empty cell."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One column."""

    distinct: list[Any]
    places: Sequence[int]
    """Row by row, which of `distinct` the cell has, or `EMPTY`."""


def cells(column: Any) -> Cells:
    """Return the cells of an Arrow array or chunked array."""
    return _cells(column.combine_chunks() if hasattr(column, "combine_chunks") else column)


def _cells(array: Any) -> Cells:
    kind = str(array.type).partition("<")[0]
    if kind in {"list", "large_list"}:
        return _lists(array)
    if kind == "struct":
        return _records(array)
    if kind in _WHOLE:
        # Numbers are as many as rows, more often than not.
        given = array.drop_null()
        place = count().__next__
        return Cells(_ints(given).tolist(), [EMPTY if empty else place() for empty in _empty(array)])
    try:
        encoded = array.dictionary_encode()
    except (NotImplementedError, ValueError, TypeError):
        return _plain(array)
    distinct = encoded.dictionary.to_pylist()
    if kind not in _AS_JSON:
        distinct = [said(value) for value in distinct]
    return Cells(distinct, _ints(encoded.indices.fill_null(EMPTY)))


def _plain(array: Any) -> Cells:
    """Return the cells of an array that has no dictionary, each a value of its own."""
    values = [said(value) for value in array.to_pylist()]
    return Cells(values, [EMPTY if value is None else place for place, value in enumerate(values)])


def _empty(array: Any) -> Iterable[int]:
    """Return, cell by cell, whether it is empty: a number that is not nought."""
    return _ints(array.is_null().cast("int8")) if array.null_count else repeat(0, len(array))


def _lists(array: Any) -> Cells:
    inner = _cells(array.values)
    offsets, places = list(_ints(array.offsets)), list(inner.places)
    keys = [tuple(places[start:end]) for start, end in pairwise(offsets)]

    def made(key: tuple[int, ...]) -> list[Any]:
        return [None if place == EMPTY else inner.distinct[place] for place in key]

    return _numbered(array, keys, made)


def _records(array: Any) -> Cells:
    names = [array.type.field(number).name for number in range(array.type.num_fields)]
    inner = [_cells(child) for child in array.flatten()]
    keys: list[tuple[int, ...]] = [()] * len(array)
    if inner:
        keys = list(zip(*(child.places for child in inner), strict=True))

    def made(key: tuple[int, ...]) -> dict[str, Any]:
        parts = zip(names, inner, key, strict=True)
        return {name: child.distinct[place] for name, child, place in parts if place != EMPTY}

    return _numbered(array, keys, made)


def _numbered(array: Any, keys: list[tuple[int, ...]], made: Callable[[tuple[int, ...]], Any]) -> Cells:
    """Number the keys, which are equal where the cells are, in the order they come; empty cells stay empty."""
    numbers: dict[tuple[int, ...], int] = {}
    # What stands in an empty cell is no value of the column.
    empty = _empty(array)
    places = [EMPTY if null else numbers.setdefault(key, len(numbers)) for null, key in zip(empty, keys, strict=False)]
    return Cells([made(key) for key in numbers], places)


def _ints(array: Any) -> memoryview:
    """Return an integer array without empty cells as a sequence, without looking at one of them."""
    width = array.type.bit_width // 8
    whole = memoryview(array.buffers()[1]).cast("B")[array.offset * width : (array.offset + len(array)) * width]
    match width:
        case 1:
            return whole.cast("b")
        case 2:
            return whole.cast("h")
        case 4:
            return whole.cast("i")
        case _:
            return whole.cast("q")


def said(value: Any) -> Any:
    """Return a value as JSON would carry it; what JSON cannot carry stays, for its reader to refuse."""
    match value:
        case datetime() if value.tzinfo is not None:
            return value.isoformat()
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case timedelta() if not value.microseconds:
            return f"{value.days * 86_400 + value.seconds}s"
        case Decimal():
            return f"{value:f}"
        case list():
            return [said(each) for each in value]
        case dict():
            return {name: said(each) for name, each in value.items() if each is not None}
        case _:
            return value
