"""Turn the name of a type, as a vocabulary writes it, into the type: `set<territory>`, `one_of<a, b>`, `list<Owner>`.

Invariant: nothing is raised; what is wrong is said about the characters that are wrong.
"""

from __future__ import annotations

import re
from typing import Final

from compliance.language.diagnostic import Diagnostic
from compliance.language.fields import TEXT, Found, clipped
from compliance.language.nodes import Node, Scalar, part
from compliance.vocabulary.suggestions import did_you_mean
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
    FactType,
    ListType,
    OneOfType,
    RecordType,
    ScalarType,
    SetType,
)

SCALARS: Final[dict[str, ScalarType]] = {
    str(scalar): scalar
    for scalar in (BOOL, INT, DECIMAL, STRING, TERRITORY, CURRENCY, MONEY, DATE, TIMESTAMP, DURATION)
}
_PARAMETRIC: Final = {
    "one_of": "`one_of<a, b>`",
    "set": "`set<territory>`",
    "list": "`list<Owner>`",
    "record": "`record<Owner>`",
}
_COMPOUND: Final = re.compile(r"([A-Za-z_]+)\s*(?:<(.*)>)?", re.DOTALL)
_WORD: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_RECORD: Final = re.compile(r"[A-Z][A-Za-z0-9]*")


class TypeShape:
    """The name of a type, for the fields of forms."""

    expected = "a type such as `bool`, `territory` or `set<territory>`"

    def take(self, node: Node, name: str, found: Found) -> FactType | None:
        """Return the type."""
        word = TEXT.take(node, name, found)
        return None if word is None else _Parser(word, found).parse(0, len(word.value))


class _Parser:
    """Reads one type; offsets are into the value of the scalar."""

    def __init__(self, scalar: Scalar, found: Found) -> None:
        self.scalar = scalar
        self.text = scalar.value
        self.found = found

    def parse(self, start: int, end: int) -> FactType | None:
        """Return the type that stands between two offsets."""
        start, end = self._trimmed(start, end)
        match = _COMPOUND.fullmatch(self.text, start, end)
        if match is None:
            return self._wrong(
                "bad-type", "`{}` is not the name of a type", start, end, "for instance `set<territory>`"
            )
        name, inside = match[1], match.span(2)
        if inside == (-1, -1):
            return self._simple(name, start, end)
        match name:
            case "one_of":
                return self._one_of(*inside)
            case "set":
                return self._set(*inside)
            case "list" | "record":
                return self._of_record(name, *inside)
            case _:
                cure = did_you_mean(name, (*_PARAMETRIC, *SCALARS))
                return self._wrong("unknown-type", "there is no type `{}`", start, start + len(name), cure)

    def _simple(self, name: str, start: int, end: int) -> FactType | None:
        if name in SCALARS:
            return SCALARS[name]
        if name in _PARAMETRIC:
            message = "`{}` does not say of what"
            return self._wrong("bad-type", message, start, end, f"for instance {_PARAMETRIC[name]}")
        cure = did_you_mean(name, (*SCALARS, *_PARAMETRIC))
        return self._wrong("unknown-type", "there is no type `{}`", start, end, cure)

    def _one_of(self, start: int, end: int) -> FactType | None:
        words: list[str] = []
        sound = True
        for piece in re.finditer(r"[^,]+|(?<=,)(?=,)|(?<=,)\Z", self.text[start:end]) if start < end else ():
            first, last = self._trimmed(start + piece.start(), start + piece.end())
            word = self.text[first:last]
            if not _WORD.fullmatch(word):
                self._wrong("bad-type", "`{}` is not a word that a fact may be one of", first, max(last, first + 1), "")
                sound = False
            elif word in words:
                self._wrong("duplicate-name", "`{}` is listed twice", first, last, "keep one of the two")
                sound = False
            else:
                words.append(word)
        if not words and sound:
            return self._wrong("bad-type", "`one_of` lists no words", start - 1, end + 1, "for instance `one_of<a, b>`")
        return OneOfType(tuple(words)) if sound else None

    def _set(self, start: int, end: int) -> FactType | None:
        element = self.parse(start, end)
        if isinstance(element, SetType | ListType | RecordType):
            message = "a set cannot hold `{}`"
            return self._wrong(
                "bad-type", message, start, end, "a set holds single values; records stand in a `list<...>`"
            )
        return None if element is None else SetType(element)

    def _of_record(self, name: str, start: int, end: int) -> FactType | None:
        start, end = self._trimmed(start, end)
        record = self.text[start:end]
        if not _RECORD.fullmatch(record):
            cure = (
                "a list holds records; single values stand in a `set<...>`"
                if name == "list"
                else "for instance `Owner`"
            )
            return self._wrong("bad-type", "`{}` is not the name of a record", start, max(end, start + 1), cure)
        return ListType(RecordType(record)) if name == "list" else RecordType(record)

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        text = self.text[start:end]
        return start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())

    def _wrong(self, slug: str, message: str, start: int, end: int, help: str) -> FactType | None:
        span = part(self.scalar, start, end)
        shown = clipped(self.text[start:end])
        self.found.append(Diagnostic(slug, message.format(shown), span, help=help))
        return None
