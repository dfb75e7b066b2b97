"""Turn a surface tree back into CEL text: the canonical way to write a condition.

Invariant: parsing the text gives the tree again; parentheses stand only where they are needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from compliance.language.syntax import (
    Binary,
    BoolLiteral,
    Broken,
    Call,
    DecimalLiteral,
    Group,
    IntLiteral,
    Join,
    Labelled,
    ListLiteral,
    Method,
    Name,
    Node,
    Select,
    Ternary,
    TextLiteral,
    Unary,
)

_CONDITIONAL, _OR, _AND, _RELATION, _SUM, _PRODUCT, _UNARY, _MEMBER = range(8)
_BINARY: Final = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT}
_JOIN: Final = {"&&": _AND, "||": _OR}
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED: Final = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')


def unparse(node: Node) -> str:
    """Return `node` as CEL on one line; a tree of `all/any/none` becomes `&&`, `||` and `!`."""
    return _text(node)[0]


def quoted(text: str) -> str:
    """Return `text` as a CEL string in double quotes."""
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0], f"\\u{ord(found[0]):04x}"), text) + '"'


def _text(node: Node) -> tuple[str, int]:
    """Return the text and how tightly its outermost operator binds."""
    match node:
        case BoolLiteral(value):
            return ("true" if value else "false"), _MEMBER
        case IntLiteral(value):
            return str(value), _MEMBER if value >= 0 else _UNARY
        case DecimalLiteral(value):
            return _decimal(value), _UNARY if value.is_signed() else _MEMBER
        case TextLiteral(value):
            return quoted(value), _MEMBER
        case ListLiteral(items):
            return f"[{_listed(items)}]", _MEMBER
        case Name(name):
            return name, _MEMBER
        case Select(target, field):
            return f"{_at(target, _MEMBER)}.{field}", _MEMBER
        case Call(function, arguments):
            return f"{function}({_listed(arguments)})", _MEMBER
        case Method(target, function, arguments):
            return f"{_at(target, _MEMBER)}.{function}({_listed(arguments)})", _MEMBER
        case Unary(operator, term):
            return _unary(operator, term), _UNARY
        case Binary(operator, left, right):
            level = _BINARY.get(operator, _RELATION)
            return f"{_at(left, level)} {operator} {_at(right, level + 1)}", level
        case Join(operator, terms):
            return _joined(operator, terms)
        case Ternary(condition, then, otherwise):
            return f"{_at(condition, _OR)} ? {_at(then, _OR)} : {_at(otherwise, _CONDITIONAL)}", _CONDITIONAL
        case Group(kind, items):
            return _group(kind, items)
        case Labelled(term, _):
            return _text(term)
        case Broken():
            return "...", _MEMBER


def _at(node: Node, level: int) -> str:
    text, own = _text(node)
    return text if own >= level else f"({text})"


def _listed(items: Iterable[Node]) -> str:
    return ", ".join(unparse(item) for item in items)


def _joined(operator: str, terms: tuple[Node, ...]) -> tuple[str, int]:
    level = _JOIN[operator]
    return f" {operator} ".join(_at(term, level + 1) for term in terms), level


def _group(kind: str, items: tuple[Node, ...]) -> tuple[str, int]:
    if kind != "none":
        operator = "&&" if kind == "all" else "||"
        return _text(items[0]) if len(items) == 1 else _joined(operator, items)
    inner, level = _group("any", items)
    return f"!{inner}" if level >= _MEMBER else f"!({inner})", _UNARY


def _unary(operator: str, term: Node) -> str:
    """Write `!!x` and `--x` in a row, as CEL's grammar does, but never `!-x`, and never a number's own minus twice."""
    text, level = _text(term)
    same = isinstance(term, Unary) and term.operator == operator
    number = isinstance(term, IntLiteral | DecimalLiteral)
    return f"{operator}{text}" if (same or level >= _MEMBER) and not number else f"{operator}({text})"


def _decimal(value: Decimal) -> str:
    text = format(value, "f")
    return text if "." in text else f"{text}.0"
