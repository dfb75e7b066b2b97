"""Say what a rule file holds before anybody asks what it means: texts, sequences and mappings, each with its place.

Invariant: every scalar is the text that stands in the file; nothing has been read as a number, a date or a truth value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from compliance.language.positions import Positions
from compliance.language.span import Span


class Style(StrEnum):
    """How a scalar is written."""

    PLAIN = ""
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar: `value` is what YAML makes of it, `raw` what stands in the file, quotes and indentation included."""

    value: str
    span: Span
    style: Style = Style.PLAIN
    raw: str = ""

    @property
    def is_null(self) -> bool:
        """Whether the scalar says that there is no value: `null` or `~` without quotes."""
        return self.style is Style.PLAIN and self.value in NULLS

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands behind the key."""
        return self.style is Style.PLAIN and not self.value


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence of nodes."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping with its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, in the order of the file; each key once."""

    entries: Mapping[str, Entry]
    span: Span

    def get(self, key: str) -> Node | None:
        """Return the value of `key`, or `None` if the mapping lacks it."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value

    def pairs(self) -> Iterator[tuple[Scalar, Node]]:
        """Yield keys and values in the order of the file."""
        for entry in self.entries.values():
            yield entry.key, entry.value


@dataclass(frozen=True, slots=True)
class Broken:
    """What has been complained about already: whoever meets it says nothing more."""

    span: Span


Node: TypeAlias = Scalar | Sequence | Table | Broken

NULLS: Final = frozenset({"null", "Null", "NULL", "~"})


def first_line(span: Span) -> Span:
    """Return the beginning of `span`, for messages about something too large to underline."""
    return Span(span.path, span.line, span.column, span.line, span.column + 1)


def places(scalar: Scalar) -> Positions:
    """Return where each character of a scalar's value stands in its file."""
    span = scalar.span
    return Positions.of(span.line, span.column, scalar.style.value, scalar.raw)


def part(scalar: Scalar, start: int, end: int) -> Span:
    """Return the span of the characters of a scalar's value from offset `start` until `end`."""
    where = places(scalar)
    line, column = where(start)
    # The last character, and one further: the character behind it may stand on another line.
    end_line, end_column = where(max(start, end - 1))
    return Span(scalar.span.path, line, column, end_line, end_column + 1)
