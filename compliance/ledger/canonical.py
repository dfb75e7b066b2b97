"""JSON values -> their one canonical spelling, the bytes that are hashed.

Source: RFC 8785 (JCS): no white space, keys in the order of their UTF-16 code units, the shortest escapes.
Invariant: what has no exact canonical spelling is refused, never rounded: floats, and integers beyond the 2**53 - 1
that the RFC's number format holds exactly (write those, and decimals, as strings).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any

import msgspec

Json = None | bool | int | str | list[Any] | dict[str, Any]
"""A JSON value without floats, as deep as it goes."""

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 100

_PLAIN = frozenset({str, bool, NoneType})
# Its escapes are those of the RFC (the tests compare every control character). What it would accept beyond JSON,
# and the floats it would write, never reach it: `_has_simple_keys` refuses them.
_encode = msgspec.json.Encoder(order="sorted").encode


class CanonicalError(ValueError):
    """A value has no canonical spelling."""


class Canonical(bytes):
    """A JSON value in its canonical spelling, made by whoever knows how: it is taken as it is."""

    __slots__ = ()


def canonical(value: Json | Mapping[str, Any] | Canonical) -> bytes:
    """Return the canonical UTF-8 bytes of a JSON value.

    Raises `CanonicalError` for floats, large integers, keys that are no text, lone surrogates, other objects.
    """
    if type(value) is Canonical:
        return value
    plain = value if type(value) is dict or not isinstance(value, Mapping) else dict(value)
    try:
        # Code point order and UTF-16 order differ only where a key reaches beyond the basic plane.
        return _encode(plain) if _has_simple_keys(plain, 0) else _spell(plain)
    except UnicodeEncodeError as error:
        raise CanonicalError("text with half a surrogate pair has no canonical spelling") from error


def _has_simple_keys(value: Any, depth: int) -> bool:
    """Check that a value can be spelt; say whether sorting its keys by code point is right."""
    kind = type(value)
    if kind is dict:
        simple = True
        for key in value:
            if type(key) is not str:
                raise CanonicalError("a key that is not text has no canonical spelling")
            if not key.isascii() and max(key) >= "\ud800":
                simple = False
        items = value.values()
    elif kind is list or kind is tuple:
        simple, items = True, value
    else:
        _check_scalar(value)
        return True
    if depth > MAX_DEPTH:
        raise CanonicalError(f"a value nested deeper than {MAX_DEPTH} is refused")
    for item in items:
        if type(item) not in _PLAIN:
            simple = _has_simple_keys(item, depth + 1) and simple
    return simple


def _check_scalar(value: Any) -> None:
    kind = type(value)
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise CanonicalError("an integer beyond 2**53 - 1 has no exact canonical spelling")
    elif kind is float:
        raise CanonicalError("a floating-point number has no place in a record: write it as text")
    elif kind not in _PLAIN:
        raise CanonicalError("only text, integers, booleans, null, lists and objects have a canonical spelling")


def _spell(value: Any) -> bytes:
    if type(value) is dict:
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return b"{" + b",".join(_encode(key) + b":" + _spell(item) for key, item in members) + b"}"
    if type(value) in (list, tuple):
        return b"[" + b",".join(map(_spell, value)) + b"]"
    return _encode(value)
