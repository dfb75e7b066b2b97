"""Find the mistakes that people make when they write CEL, before the grammar does, and say what was meant.

Reads text once, piece by piece, and reports everything that no condition can hold: other languages' operators, curly
quotes, text that does not end, brackets that do not match. What is left for the grammar is the order of things.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.span import Span

Place = Callable[[int, int], Span]
"""Turns two offsets in the text into a place in the file."""

_PIECE: Final = re.compile(
    r"""
      (?P<space>[\t\n\f\r ]+|//[^\r\n]*)
    | (?P<text>[rR]?[bB]?[rR]?(?:\"{3}|'{3}|["']))
    | (?P<word>[_a-zA-Z][_a-zA-Z0-9]*)
    | (?P<number>(?:0[xX][0-9a-fA-F]+|[0-9]*\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?[uU]?)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<good>&&|\|\||==(?!=)|!=(?!=)|<=(?![=>])|>=(?!=)|\.\?|[.,:?!+%])
    | (?P<operator>===|!==|<=>|=>|=<|=~|<>|\*\*|\+\+|->|::|:=|&|\||\^|~|=)
    | (?P<plain>[<>*/-])
    | (?P<quote>[\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u00b4`])
    | (?P<odd>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS: Final = {"and": "&&", "or": "||", "not": "!", "AND": "&&", "OR": "||", "NOT": "!", "And": "&&", "Or": "||"}
_MEANT: Final = {
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "&": "&&",
    "|": "||",
    ":=": "==",
    "=~": ".matches(...)",
    "~": ".matches(...)",
}
_LITERALS: Final = {"True": "true", "False": "false", "TRUE": "true", "FALSE": "false", "None": "!has(...)"}
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_ENDS: Final = {opening: closing for closing, opening in _PAIRS.items()}
_ODD: Final = {
    "#": "a comment starts with `//`",
    ";": "a condition is one expression and has no end mark",
    "$": "facts are named as they are, for instance `subject.residence`",
    "@": "facts are named as they are, for instance `subject.residence`",
    "\\": "a backslash stands only inside a text",
    "\u00a0": "this is a no-break space: write an ordinary one",
    "\u2013": "this is a dash: write `-`",
    "\u2014": "this is a dash: write `-`",
    "\u2212": "this is a printed minus sign: write `-`",
    "\u2264": "write `<=`",
    "\u2265": "write `>=`",
    "\u2260": "write `!=`",
    "\u2227": "write `&&`",
    "\u2228": "write `||`",
    "\u00ac": "write `!`",
    "\u2208": "write `in`",
}


@dataclass(frozen=True, slots=True)
class _Open:
    bracket: str
    offset: int


def mistakes(text: str, place: Place) -> Iterator[Diagnostic]:
    """Yield what `text` holds that no condition can, in order; `place` turns offsets into spans."""
    brackets: list[_Open] = []
    offset = 0
    before = ""
    while offset < len(text):
        found = _PIECE.match(text, offset)
        if found is None:  # pragma: no cover - `odd` takes any character
            return
        kind, piece, end = found.lastgroup or "odd", found[0], found.end()
        if kind == "text":
            end = _end_of_text(text, offset, piece)
            if end < 0:
                yield _unclosed_text(text, offset, piece, place)
                return
        elif kind == "open":
            brackets.append(_Open(piece, offset))
        elif kind == "close":
            complaint = _close(brackets, piece, offset, place)
            if complaint:
                yield complaint
                return
        elif kind not in {"space", "number", "good", "plain"}:
            wrong = _wrong(kind, piece, before, text[end:])
            if wrong:
                slug, message, cure = wrong
                yield Diagnostic(slug, message, place(offset, end), help=cure)
        before = before if kind == "space" else piece
        offset = end
    yield from (_unclosed(opened, place) for opened in brackets)


def _wrong(kind: str, piece: str, before: str, after: str) -> tuple[str, str, str] | None:
    """Return slug, message and cure for a piece that does not belong here."""
    if kind == "word":
        return _wrong_word(piece, before, after)
    if kind == "operator" and piece == "=":
        return "single-equals", "`=` does not compare", "write `==`"
    if kind == "operator":
        meant = _MEANT.get(piece)
        cure = f"write `{meant}`" if meant else "the operators are `&& || ! == != < <= > >= in + - * / % ? :`"
        return "not-an-operator", f"`{piece}` is not an operator", cure
    if kind == "quote":
        return "smart-quote", f"`{piece}` does not quote a text", """write `"` or `'`"""
    named = f"`{piece}`" if piece.isprintable() else f"the character U+{ord(piece):04X}"
    return "unexpected-character", f"{named} means nothing in a condition", _ODD.get(piece, "")


def _wrong_word(piece: str, before: str, after: str) -> tuple[str, str, str] | None:
    if before == "." or re.match(r"\s*[(.,:]", after):
        called = re.match(r"\s*\(", after) and before != "." and piece.lower() == "not"
        if not called:
            return None
    if piece in _WORDS:
        return "word-operator", f"`{piece}` is not an operator", f"write `{_WORDS[piece]}`"
    if piece in _LITERALS:
        return "word-operator", f"`{piece}` is not a literal", f"write `{_LITERALS[piece]}`"
    return None


def _end_of_text(text: str, offset: int, opening: str) -> int:
    """Return the offset behind the text literal that starts at `offset`, or -1 if it does not end."""
    quote = opening.lstrip("rRbB")
    raw = "r" in opening.lower().rstrip("\"'")
    index = offset + len(opening)
    while index < len(text):
        if text.startswith(quote, index):
            return index + len(quote)
        if len(quote) == 1 and text[index] in "\r\n":
            return -1
        index += 2 if text[index] == "\\" and not raw else 1
    return -1


def _unclosed_text(text: str, offset: int, opening: str, place: Place) -> Diagnostic:
    quote = opening.lstrip("rRbB")
    rest = text[offset + len(opening) :]
    line = len(rest) if len(quote) == 3 else len(re.split(r"[\r\n]", rest, maxsplit=1)[0])
    end = offset + len(opening) + line
    return Diagnostic("unclosed-text", "this text does not end", place(offset, end), help=f"close it with `{quote}`")


def _close(brackets: list[_Open], piece: str, offset: int, place: Place) -> Diagnostic | None:
    if not brackets:
        return Diagnostic(
            "unopened-bracket",
            f"`{piece}` closes nothing",
            place(offset, offset + 1),
            help=f"remove it, or open it with `{_PAIRS[piece]}`",
        )
    opened = brackets.pop()
    if opened.bracket == _PAIRS[piece]:
        return None
    wanted = _ENDS[opened.bracket]
    return Diagnostic(
        "unopened-bracket",
        f"`{piece}` does not close `{opened.bracket}`",
        place(offset, offset + 1),
        help=f"close it with `{wanted}` first",
        notes=(Note(place(opened.offset, opened.offset + 1), f"this is what `{wanted}` would close"),),
    )


def _unclosed(opened: _Open, place: Place) -> Diagnostic:
    closing = _ENDS[opened.bracket]
    return Diagnostic(
        "unclosed-bracket",
        f"`{opened.bracket}` is never closed",
        place(opened.offset, opened.offset + 1),
        help=f"add `{closing}`",
    )
