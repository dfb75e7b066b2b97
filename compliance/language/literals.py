"""Turn the text of a literal into its value: strings with escapes, numbers, instants, days, lengths of time.

Every function returns the value or raises `BadLiteral`, which says what is wrong in the officer's words.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from compliance.vocabulary import moments


class BadLiteral(ValueError):  # noqa: N818 - says what the text is
    """The text is not such a literal; `start` and `end` tell which part of it is wrong."""

    def __init__(self, message: str, help: str = "", start: int = 0, end: int = 0) -> None:
        """Take one lower-case sentence, the cure, and offsets into the literal."""
        super().__init__(message)
        self.message = message
        self.help = help
        self.start = start
        self.end = end


_ESCAPE: Final = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\?\"'`])|[xX](?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})"
    r"|U(?P<U>[0-9a-fA-F]{8})|(?P<octal>[0-3][0-7]{2})|(?P<bad>.|$))",
    re.DOTALL,
)
_SIMPLE: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def text_of(token: str) -> str:
    """Return the value of a CEL string literal, quotes and a raw prefix included in `token`.

    Raises:
        BadLiteral: for an escape that CEL does not have, or one that names no character.
    """
    raw = token[0] in "rR"
    body = token[1:] if raw else token
    width = 3 if body[:3] in {'"""', "'''"} else 1
    inner = body[width:-width]
    if raw:
        return inner
    shift = len(token) - len(body) + width
    return _ESCAPE.sub(lambda found: _resolve(found, shift), inner)


def _resolve(found: re.Match[str], shift: int) -> str:
    if (simple := found["simple"]) is not None:
        return _SIMPLE.get(simple, simple)
    digits = found["x"] or found["u"] or found["U"]
    code = -1
    if digits:
        code = int(digits, 16)
    elif found["octal"]:
        code = int(found["octal"], 8)
    if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise BadLiteral(
            f"`{found[0]}` is not an escape that a text may hold",
            r"write `\\` for a backslash, or put `r` before the quote: `r'\d+'`",
            shift + found.start(),
            shift + found.end(),
        )
    return chr(code)


def timestamp_of(text: str) -> datetime:
    """Return the instant of an RFC 3339 text, in UTC.

    Raises:
        BadLiteral: if it is not such a text, or not an instant of the calendar.
    """
    found = moments.instant(text)
    if found is None:
        cure = 'write it with its zone: `timestamp("2026-01-31T00:00:00Z")`'
        raise BadLiteral(f"`{text}` is not an instant", cure)
    return found


def date_of(text: str) -> date:
    """Return the day of a text such as `2026-01-31`.

    Raises:
        BadLiteral: if it is not such a text, or not a day of the calendar.
    """
    found = moments.day(text)
    if found is None:
        raise BadLiteral(f"`{text}` is not a day of the calendar", 'write `date("2026-01-31")`')
    return found


_UNITS: Final = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(d|h|ms|m|us|s)", re.ASCII)


def duration_of(text: str) -> timedelta:
    """Return the length of time of a text such as `90s`, `15m`, `1h30m`, `365d`, `-1h`; `d` is 24 hours.

    Raises:
        BadLiteral: if it is not such a text, or not a whole number of microseconds, or too long.
    """
    cure = 'write `duration("24h")`, with units `d`, `h`, `m`, `s`, `ms` or `us`'
    unsigned = text.removeprefix("-")
    if not re.fullmatch(rf"(?:{_PART.pattern})+", unsigned, re.ASCII):
        raise BadLiteral(f"`{text}` is not a length of time", cure)
    total = sum((Decimal(amount) * _UNITS[unit] for amount, unit in _PART.findall(unsigned)), Decimal(0))
    if total != total.to_integral_value():
        raise BadLiteral(f"`{text}` is finer than a microsecond", cure)
    try:
        length = timedelta(microseconds=int(total))
    except OverflowError:
        raise BadLiteral(f"`{text}` is longer than time is counted", cure) from None
    return -length if unsigned != text else length


def decimal_of(text: str) -> Decimal:
    """Return the exact number of a text such as `0.5`, `-12` or `1000.00`.

    Raises:
        BadLiteral: if it is not such a text, or has more digits than are kept exactly.
    """
    cure = 'write `decimal("0.5")`'
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text, re.ASCII):
        raise BadLiteral(f"`{text}` is not a decimal number", cure)
    if len(text) > MOST_DIGITS:
        raise BadLiteral(f"`{text[:20]}...` has more digits than are kept exactly", cure)
    return Decimal(text)


MOST_DIGITS: Final = 60
"""Digits a literal number may have, point and sign included."""


def int_of(token: str) -> int:
    """Return the value of an integer literal without its sign, `12` or `0x1F`; of any size up to `MOST_DIGITS`.

    Raises:
        BadLiteral: if it has more digits than any integer here can have.
    """
    if len(token) > MOST_DIGITS:
        raise BadLiteral(f"`{token[:20]}...` does not fit 64 bits", "an int lies between -2^63 and 2^63 - 1")
    return int(token, 16) if token[:2] in {"0x", "0X"} else int(token)
