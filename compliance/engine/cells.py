"""Turn a column of an Arrow table into its distinct values, as JSON would carry them, and which row has which.

Lists and records are told apart by the places of what is in them, so that nothing is made per row but a number.
Nothing is imported from Arrow: arrays are asked, as they are.

Reference: Apache Arrow columnar format (offsets, validity, dictionaries).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import compress, count, pairwise, takewhile
from typing import Any, Final

_WHOLE = frozenset({"int8", "int16", "int32", "int64"})
_AS_JSON = frozenset({"string", "large_string", "uint8", "uint16", "uint32", "uint64"})
"""Types of Arrow whose values JSON carries as they are."""
EMPTY = -1
"""The place of an empty cell."""
_RARE: Final = 16
_BITS: Final = [bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256)]
"""By value of a byte, its bits, each as a byte."""
_NOUGHTS: Final = [tuple(bit for bit in range(8) if not byte >> bit & 1) for byte in range(256)]
"""By value of a byte, which of its bits are nought."""
_NOT_ALL: Final = re.compile(rb"[^\xff]").finditer
_WIDTH: Final = 4
_UTF_32: Final = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"


@dataclass(frozen=True, slots=True)
class Cells:
    """One column."""

    distinct: list[Any]
    places: Sequence[int]
    """Row by row, which of `distinct` the cell has, or `EMPTY`; a range where each row has its own."""
    empty: Sequence[int] = ()
    """Rows of a range that are empty: what is at their place is some other row's."""

    def marked(self) -> Sequence[int]:
        """Return the places, with `EMPTY` for every cell that is."""
        if not self.empty:
            return self.places
        places = list(self.places)
        for row in self.empty:
            places[row] = EMPTY
        return places


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
        return _numbers(array)
    if kind == "bool":
        return _flags(array)
    try:
        encoded = array.dictionary_encode()
    except (NotImplementedError, ValueError, TypeError):
        return _plain(array)
    distinct = encoded.dictionary.to_pylist()
    if kind not in _AS_JSON:
        distinct = [said(value) for value in distinct]
    places = _ints(encoded.indices)
    # A dictionary that somebody made may have nothing among its values: whoever points there is empty, too.
    nothing = {place for place, value in enumerate(distinct) if value is None} if None in distinct else set()
    if not encoded.indices.null_count and not nothing:
        return Cells(distinct, places)
    marked = [EMPTY if place in nothing else place for place in places] if nothing else places.tolist()
    for row in _empty(encoded.indices):
        marked[row] = EMPTY
    return Cells(distinct, marked)


def _numbers(array: Any) -> Cells:
    """Return the cells of an array of integers, which are as many as rows, more often than not."""
    if array.null_count == len(array):
        return Cells([], [EMPTY] * len(array))
    values, empty = _ints(array).tolist(), list(_empty(array))
    # An empty cell gets a value that some other row has, so that all are read at once.
    value = values[next(row for row, other in enumerate((*empty, None)) if row != other)]
    for row in empty:
        values[row] = value
    return Cells(values, range(len(array)), empty)


def _flags(array: Any) -> Cells:
    """Return the cells of an array of flags: each byte carries eight, from its lowest bit on."""
    bits = b"".join(map(_BITS.__getitem__, array.buffers()[1].to_pybytes()))
    places = memoryview(bytearray(bits[array.offset : array.offset + len(array)])).cast("b")
    for row in _empty(array):
        places[row] = EMPTY
    return Cells([False, True], places)


def _plain(array: Any) -> Cells:
    """Return the cells of an array that has no dictionary, each a value of its own."""
    values = [said(value) for value in array.to_pylist()]
    return Cells(values, [EMPTY if value is None else place for place, value in enumerate(values)])


def _empty(array: Any) -> Iterable[int]:
    """Return the places of empty cells."""
    if not array.null_count:
        return ()
    bits = array.buffers()[0]
    if bits is None or array.offset or array.null_count * _RARE > len(array):
        return compress(count(), _ints(array.is_null().cast("int8")))
    # Few are empty: a byte says of eight cells, from its lowest bit on, whether each is given.
    found = [8 * byte.start() + bit for byte in _NOT_ALL(bits.to_pybytes()) for bit in _NOUGHTS[byte[0][0]]]
    return takewhile(len(array).__gt__, found)


def _lists(array: Any) -> Cells:
    inner = _cells(array.values)
    places, offsets, distinct = inner.marked(), _ints(array.offsets).tolist(), inner.distinct
    keys: list[Any]
    text = _as_text(places)
    if text is not None:
        keys = [text[start:end] for start, end in pairwise(offsets)]
    else:
        places = list(places)
        keys = [tuple(places[start:end]) for start, end in pairwise(offsets)]

    def made(key: tuple[int, ...]) -> list[Any]:
        return [None if place == EMPTY else distinct[place] for place in key]

    def spelled(key: str) -> list[Any]:
        return list(map(by_sign.__getitem__, key))

    by_sign = {} if text is None else {sign: distinct[ord(sign)] for sign in set(text)}
    return _numbered(array, keys, made if text is None else spelled)


def _as_text(places: Sequence[int]) -> str | None:
    """Return places as the signs of a text, since nothing is cut out and looked up faster; `None` if one is no sign."""
    if not isinstance(places, memoryview) or places.itemsize != _WIDTH:
        return None
    try:
        return str(places.cast("B"), _UTF_32, "surrogatepass")
    except ValueError:
        # `EMPTY` is none, and what is beyond the last character.
        return None


def _records(array: Any) -> Cells:
    names = [array.type.field(number).name for number in range(array.type.num_fields)]
    inner = [_cells(child) for child in array.flatten()]
    keys: list[Any] = [()] * len(array)
    if inner:
        keys = list(zip(*(child.marked() for child in inner), strict=True))

    def made(key: tuple[int, ...]) -> dict[str, Any]:
        parts = zip(names, inner, key, strict=True)
        return {name: child.distinct[place] for name, child, place in parts if place != EMPTY}

    return _numbered(array, keys, made)


def _numbered(array: Any, keys: list[Any], made: Callable[[Any], Any]) -> Cells:
    """Number the keys, which are equal where the cells are, in the order they come; empty cells stay empty."""
    # What stands in an empty cell is no value of the column.
    for row in _empty(array):
        keys[row] = None
    distinct = dict.fromkeys(keys)
    distinct.pop(None, None)
    numbers: dict[Hashable, int] = dict(zip(distinct, count(), strict=False))
    numbers[None] = EMPTY
    return Cells([made(key) for key in distinct], list(map(numbers.__getitem__, keys)))


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
