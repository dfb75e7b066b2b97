"""Turn CEL text into a surface tree, or into diagnostics that say what was meant.

The grammar is `cel.lark`; it is compiled once, when the first condition is read.
Invariant: no text makes the parser raise; depth and length are bounded, so no later stage recurses too deep.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from compliance.language.builder import Builder
from compliance.language.diagnostic import Diagnostic
from compliance.language.mistakes import Place, mistakes
from compliance.language.span import Span
from compliance.language.syntax import Node

LONGEST: Final = 10_000
"""Characters that one CEL text may have."""
DEEPEST: Final = 50
"""Levels of brackets and operators that one condition may have."""

_BLANK: Final = re.compile(r"[\t\n\f\r ]+|//[^\r\n]*")
_OPERATORS: Final = frozenset({"AND", "OR", "PLUS", "STAR", "COMPARES", "IN", "QMARK"})
_CLOSING: Final = {
    "RPAR": "`)`",
    "RSQB": "`]`",
    "RBRACE": "`}`",
    "COMMA": "`,`",
    "COLON": "`:`",
}


def parse(text: str, place: Place) -> tuple[Node | None, list[Diagnostic]]:
    """Return the tree of `text`, and what is wrong with it.

    Args:
        text: a CEL expression.
        place: turns two offsets in `text` into a span.

    Returns:
        The tree, or `None` if `text` has no form at all; parts that have one but not in this language are `Broken`.
    """
    if not _BLANK.sub("", text):
        empty = Diagnostic("empty-condition", "there is no condition here", place(0, len(text)))
        return None, [empty]
    if len(text) > LONGEST:
        message = f"this condition has {len(text)} characters, and {LONGEST} is the most"
        cure = "give parts of it names with `define:`"
        return None, [Diagnostic("condition-too-long", message, place(0, len(text)), help=cure)]
    found = list(mistakes(text, place))
    if found:
        return None, found
    try:
        parsed = _grammar().parse(text)
    except UnexpectedInput as error:
        return None, [_syntax_error(text, place, error)]
    deepest = _too_deep(parsed)
    if deepest is not None:
        return None, [too_deep(place(*deepest))]
    builder = Builder(place)
    return builder.build(parsed.children[0]), builder.diagnostics


def too_deep(span: Span) -> Diagnostic:
    """Return the complaint about a condition that is nested beyond `DEEPEST`."""
    message = f"this condition is nested more than {DEEPEST} levels deep"
    return Diagnostic("condition-too-deep", message, span, help="give parts of it names with `define:`")


@cache
def _grammar() -> Lark:
    text = files("compliance.language").joinpath("cel.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False)


def _too_deep(tree: Tree[Token]) -> tuple[int, int] | None:
    """Return the offsets of the first part that lies too deep; walks without recursion."""
    waiting: list[tuple[Tree[Token], int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            return node.meta.start_pos, node.meta.end_pos
        waiting.extend((child, depth + 1) for child in reversed(node.children) if isinstance(child, Tree))
    return None


def _syntax_error(text: str, place: Place, error: UnexpectedInput) -> Diagnostic:
    offset: int = getattr(error, "pos_in_stream", None) or 0
    token = error.token if isinstance(error, UnexpectedToken) else None
    at_end = token is not None and token.type == "$END"
    piece = "" if at_end else str(token) if token is not None else text[offset : offset + 1]
    if at_end:
        offset = len(text.rstrip())
        span = place(max(0, offset - 1), offset)
        message = "this condition stops in the middle"
    else:
        offset = token.start_pos if token is not None and token.start_pos is not None else offset
        span = place(offset, offset + max(1, len(piece)))
        message = f"`{piece}` cannot stand here"
    expected = frozenset(getattr(error, "accepts", None) or getattr(error, "expected", None) or ())
    return Diagnostic("syntax-error", message, span, help=_expectation(expected, text, offset, piece))


def _expectation(expected: frozenset[str], text: str, offset: int, piece: str) -> str:
    """Say what could stand here, in the officer's words."""
    before = text[:offset].rstrip()
    if piece and piece[0] == "_" and before == text[:offset] and before[-1:].isdigit():
        return "numbers are written without `_`"
    if "INT" in expected:
        wanted = "a value: a fact, a number, a text, a list or `(`"
        return f"expected {wanted}" + (" or `)`" if "RPAR" in expected else "")
    if expected and expected <= {"IDENT"}:
        return "expected a name"
    closing = [word for terminal, word in _CLOSING.items() if terminal in expected]
    words = ["an operator such as `&&` or `==`"] if _is_operator_expected(expected) else []
    words += closing
    if "$END" in expected:
        words.append("the end of the condition")
    return "expected " + " or ".join(words) if words else ""


def _is_operator_expected(expected: frozenset[str]) -> bool:
    return not expected.isdisjoint(_OPERATORS)
