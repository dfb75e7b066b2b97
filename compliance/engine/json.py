"""Read the bytes of a body as JSON, strictly: what two readers could take differently is refused.

Invariant: no duplicate keys, no `NaN`, no lone surrogates, no nesting without end; a number with a point or an
exponent keeps its text, so that whoever refuses it can show it. Only `MalformedJSON` is raised, whatever is sent.

Reference: RFC 8259 (JSON), RFC 7493 (I-JSON), RFC 6901 (pointers).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn, Self

import msgspec

from compliance.vocabulary.refusal import escaped, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEEPEST: Final = 64
"""Levels of nesting, more than any vocabulary needs."""
MOST_DIGITS: Final = 1_000
_MARK: Final = re.compile(r'"(?:[^"\\]+|\\.)*+"?|[\[\]{},:]|-?Infinity|NaN', re.DOTALL)
_SEARCHED: Final = 2_000_000
"""Characters of a wrong text that are searched for the place that is wrong."""
_NEAR: Final = 2_000
"""Characters before the place where a text stops to be JSON in which its pointer is looked for."""
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_BRACKETS: Final = str.maketrans("", "", "[{")


class MalformedJSON(ValueError):  # noqa: N818 - what the body is
    """A body that is not the JSON this service reads: where, why, and what to do."""

    def __init__(self, pointer: str, message: str, help: str = "") -> None:
        """Take a JSON pointer, a lower-case sentence and the cure."""
        self.pointer = pointer
        self.message = message
        self.help = help
        super().__init__(f"{pointer}: {message}")


class Inexact(float):
    """A number with a point or an exponent, or one too long to be counted with; its `repr` is its text."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Take the number as it was written."""
        made = super().__new__(cls, "0")
        made.text = text
        return made

    def __repr__(self) -> str:
        """Return what was written, shortened."""
        return self.text if len(self.text) <= 40 else f"{self.text[:40]}..."


def _inexact(value: object) -> msgspec.Raw:
    if isinstance(value, Inexact):
        return msgspec.Raw(value.text.encode())
    raise TypeError(type(value).__name__)


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_inexact)


class _Repeated(ValueError):  # noqa: N818 - what the key is
    """A key that stands twice in one object."""


class _NotANumber(ValueError):  # noqa: N818 - what the constant is
    """`NaN` or an infinity."""


def write_json(tree: object) -> bytes:
    """Return the bytes of what `read_json` returned, or of a part of it; numbers keep their text."""
    return _ENCODER.encode(tree)


def read_json(body: bytes) -> object:
    """Return what `body` says, made of `dict`, `list`, `str`, `int`, `bool`, `None` and `Inexact`.

    Raises:
        MalformedJSON: with a pointer to the part that cannot be read.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJSON(
            "", f"the body is not UTF-8: byte {error.start} begins no character", "send UTF-8"
        ) from None
    if not text.strip():
        raise MalformedJSON("", "the body is empty", "send a JSON object")
    try:
        read: object = _DECODER.decode(text)
    except _Repeated as error:
        where = _first(text, lambda place: place.again)
        raise MalformedJSON(where, f"{shown(str(error))} stands twice in one object", "send each name once") from None
    except _NotANumber as error:
        where = _first(text, lambda place: place.mark[-1] in "yN")
        raise MalformedJSON(where, f"`{error}` is not a JSON number", "leave it out if it is not known") from None
    except json.JSONDecodeError as error:
        where = _last(text, error.pos)
        said = error.msg.removesuffix(" at")
        cause = f"{said[0].lower()}{said[1:]} at line {error.lineno}, column {error.colno}"
        raise MalformedJSON(where, f"the body is not JSON: {cause}", "check quotes, commas and brackets") from None
    except RecursionError:
        raise _too_deep(text) from None
    if len(text) - len(text.translate(_BRACKETS)) > DEEPEST and _depth(read) > DEEPEST:
        raise _too_deep(text)
    if _SURROGATE.search(text) is not None:
        _check_surrogates(read)
    return read


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Repeated(next(name for index, name in enumerate(names) if name in names[:index]))
    return made


def _constant(name: str) -> NoReturn:
    raise _NotANumber(name)


def _integer(text: str) -> int | Inexact:
    return int(text) if len(text) <= MOST_DIGITS else Inexact(text)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Inexact, parse_int=_integer, parse_constant=_constant
)


def _depth(read: object) -> int:
    """Return how many levels of lists and objects stand inside each other."""
    level, depth = [read], 0
    while level:
        inside = [found for found in level if isinstance(found, dict | list)]
        depth += bool(inside)
        level = [child for found in inside for child in (found.values() if isinstance(found, dict) else found)]
    return depth


def _check_surrogates(read: object) -> None:
    """Refuse half a character, which no text encoding can carry."""
    waiting: list[tuple[str, object]] = [("", read)]
    while waiting:
        pointer, found = waiting.pop()
        if isinstance(found, str) and not _encodes(found):
            raise MalformedJSON(pointer, "the text holds half a character (a lone surrogate)", "send whole characters")
        if isinstance(found, list):
            waiting += [(f"{pointer}/{index}", child) for index, child in enumerate(found)]
        elif isinstance(found, dict):
            for name, child in found.items():
                if not _encodes(name):
                    raise MalformedJSON(pointer, "a name holds half a character (a lone surrogate)")
                waiting.append((f"{pointer}/{escaped(name)}", child))


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


# ---- where in the text: only for messages, so it may take its time


@dataclass(slots=True)
class _Container:
    """A list or an object that is open where the reader stands."""

    names: set[str] | None
    """Names met so far; `None` for a list."""
    step: str = "0"
    names_next: bool = True
    index: int = 0


@dataclass(slots=True)
class _Reader:
    """Follows the marks of a text, right or wrong, and knows the pointer to the one it stands at."""

    text: str
    mark: str = ""
    start: int = 0
    again: bool = False
    """Whether the mark is a name that its object has already."""
    open: list[_Container] = field(default_factory=list)

    def __iter__(self) -> Iterator[_Reader]:
        """Stand at each mark in turn; in a text that is not JSON, as far as sense can be made of it."""
        for match in _MARK.finditer(self.text, 0, _SEARCHED):
            self.mark, self.start = match[0], match.start()
            self.again = self._step(self.mark)
            yield self
            if self.mark in "]}" and self.open:
                self.open.pop()

    @property
    def depth(self) -> int:
        """Return how many lists and objects are open."""
        return len(self.open)

    def _step(self, mark: str) -> bool:
        inner = self.open[-1] if self.open else None
        if mark in "[{":
            self.open.append(_Container(None if mark == "[" else set(), "0" if mark == "[" else ""))
        elif inner is not None and mark == ",":
            inner.index += 1
            inner.names_next = True
            inner.step = str(inner.index) if inner.names is None else ""
        elif inner is not None and inner.names is not None and inner.names_next and mark[0] == '"':
            inner.names_next = False
            inner.step = _unquoted(mark)
            again = inner.step in inner.names
            inner.names.add(inner.step)
            return again
        return False

    def pointer(self) -> str:
        """Return the pointer to where the reader stands."""
        # Of a text that nests without end, the first steps say enough.
        steps = [container.step for container in self.open[:8]]
        while steps and steps[-1] == "":
            steps.pop()
        return "".join(f"/{_plain(step)}" for step in steps)


def _unquoted(mark: str) -> str:
    try:
        return str(json.loads(mark))
    except ValueError:
        return mark[1:-1]


def _plain(step: str) -> str:
    return escaped(step[:60]).encode("utf-8", errors="replace").decode("utf-8")


def _first(text: str, wanted: Callable[[_Reader], bool]) -> str:
    return next((place.pointer() for place in _Reader(text) if wanted(place)), "")


def _last(text: str, position: int) -> str:
    reader = _Reader(text)
    pointer = ""
    for place in reader:
        if place.start >= position:
            break
        if position - place.start < _NEAR:
            pointer = place.pointer()
    return pointer


def _too_deep(text: str) -> MalformedJSON:
    where = _first(text, lambda place: place.depth > DEEPEST)
    return MalformedJSON(where, "the body is nested too deeply", f"the deepest is {DEEPEST} levels")
