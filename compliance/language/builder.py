"""Turn lark's parse tree into a surface tree, and what CEL has but rules do not into diagnostics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, cast

from lark import Token, Tree

from compliance.language.diagnostic import Diagnostic
from compliance.language.literals import MOST_DIGITS, BadLiteral, int_of, text_of
from compliance.language.mistakes import Place
from compliance.language.span import Span
from compliance.language.syntax import (
    Binary,
    BinaryOperator,
    BoolLiteral,
    Broken,
    Call,
    DecimalLiteral,
    IntLiteral,
    Join,
    ListLiteral,
    Method,
    Name,
    Node,
    Select,
    Ternary,
    TextLiteral,
    Unary,
)
from compliance.language.unparser import unparse

RESERVED: Final = frozenset(
    {"in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop"}
    | {"package", "namespace", "return", "var", "void", "while"}
)
"""Words that CEL keeps for the languages it is embedded in."""
_FOREIGN: Final = {
    "index": ("elements are not taken by number or key", "use `exists`, `all` or `filter`"),
    "message": ("records are not made in a condition", "compare the fields one by one"),
    "map": ("there are no maps", "write a list `[a, b]`, or compare with `==` for each case"),
    "optional": ("there is no optional syntax", "write `has(x.y) && x.y ...`"),
    "rooted": ("names do not start with a dot", "remove the dot"),
    "uint": ("there are no unsigned numbers", "remove the `u`"),
    "exponent": ("numbers are written without an exponent", "write all digits: a number with a point is exact"),
    "bytes": ("there are no bytes", "remove the `b`"),
    "null": ("there is no `null`", "write `!has(x.y)` for a fact that is absent"),
}
SMALLEST: Final = -(2**63)
LARGEST: Final = 2**63 - 1


class Builder:
    """Builds one surface tree; `diagnostics` collects what is wrong on the way."""

    def __init__(self, place: Place) -> None:
        """Take what turns offsets into spans."""
        self.place = place
        self.diagnostics: list[Diagnostic] = []
        self.refused: set[str] = set()

    def build(self, tree: Tree[Token] | Token) -> Node:
        """Return the surface tree of a parse tree; recursion is bounded by the parser."""
        assert isinstance(tree, Tree)  # noqa: S101 - tokens stand only inside trees
        span = self.place(tree.meta.start_pos, tree.meta.end_pos)
        parts = tree.children
        match tree.data:
            case "name" | "call":
                return self._named(tree.data, parts, span)
            case "select":
                field = cast("Token", parts[1])
                return Select(self.build(parts[0]), str(field), span, self._token(field))
            case "method":
                name = cast("Token", parts[1])
                return Method(self.build(parts[0]), str(name), self._all(parts[2:]), span, self._token(name))
            case "binary":
                operator = cast("Token", parts[1])
                symbol = cast("BinaryOperator", str(operator))
                left, right = self.build(parts[0]), self.build(parts[2])
                if isinstance(right, Broken) and isinstance(parts[2], Tree) and parts[2].data == "null":
                    self._null(left, symbol)
                    return Broken(span)
                return Binary(symbol, left, right, span, self._token(operator))
            case "or_join" | "and_join":
                return Join("||" if tree.data == "or_join" else "&&", self._all(parts), span)
            case "negation":
                return Unary("!", self.build(parts[0]), span)
            case "minus":
                return self._minus(parts[1], span)
            case "ternary":
                condition, then, otherwise = self._all(parts)
                return Ternary(condition, then, otherwise, span)
            case "list":
                return ListLiteral(self._all(parts), span)
            case "true" | "false":
                return BoolLiteral(tree.data == "true", span)
            case "int":
                return self._int(str(parts[0]), span, negative=False)
            case "decimal":
                return self._decimal(str(parts[0]), span)
            case "text":
                return self._text(cast("Token", parts[0]), span)
            case _:
                return self._foreign(str(tree.data), span)

    def _all(self, parts: Sequence[Tree[Token] | Token]) -> tuple[Node, ...]:
        return tuple(self.build(part) for part in parts)

    def _token(self, token: Token) -> Span:
        start = token.start_pos or 0
        return self.place(start, start + len(token))

    def _named(self, data: str, parts: Sequence[Tree[Token] | Token], span: Span) -> Node:
        token = cast("Token", parts[0])
        if token in self.refused:
            return Broken(span)
        if token in RESERVED:
            self.refused.add(str(token))
            message = f"`{token}` is a word that CEL keeps for itself"
            self._complain("reserved-word", message, self._token(token), "choose another name")
            return Broken(span)
        if data == "name":
            return Name(str(token), span)
        return Call(str(token), self._all(parts[1:]), span, self._token(token))

    def _null(self, left: Node, operator: str) -> None:
        """Say in the complaint about `null`, the last one, what was meant by comparing with it."""
        if isinstance(left, Select) and operator in {"==", "!="}:
            cure = f"write `{'!' if operator == '==' else ''}has({unparse(left)})`"
            self.diagnostics[-1] = replace(self.diagnostics[-1], help=cure)

    def _minus(self, part: Tree[Token] | Token, span: Span) -> Node:
        """Return a negative number for a minus before a number, else a negation."""
        if isinstance(part, Tree) and part.data == "int":
            return self._int(str(part.children[0]), span, negative=True)
        term = self.build(part)
        if isinstance(term, DecimalLiteral) and not term.value.is_signed():
            return DecimalLiteral(-term.value if term.value else term.value, span)
        return Unary("-", term, span)

    def _int(self, token: str, span: Span, *, negative: bool) -> Node:
        try:
            value = -int_of(token) if negative else int_of(token)
        except BadLiteral as bad:
            return self._bad(bad, "int-out-of-range", span)
        if not SMALLEST <= value <= LARGEST:
            return self._bad(
                BadLiteral(f"`{value}` does not fit 64 bits", "an int lies between -2^63 and 2^63 - 1"),
                "int-out-of-range",
                span,
            )
        return IntLiteral(value, span)

    def _decimal(self, token: str, span: Span) -> Node:
        if len(token) > MOST_DIGITS:
            bad = BadLiteral(f"`{token[:20]}...` has more digits than are kept exactly")
            return self._bad(bad, "malformed-literal", span)
        return DecimalLiteral(Decimal(token), span)

    def _text(self, token: Token, span: Span) -> Node:
        try:
            return TextLiteral(text_of(str(token)), span)
        except BadLiteral as bad:
            start = (token.start_pos or 0) + bad.start
            return self._bad(bad, "unknown-escape", self.place(start, start + bad.end - bad.start))

    def _foreign(self, data: str, span: Span) -> Node:
        message, cure = _FOREIGN[data]
        return self._complain("not-in-this-language", message, span, cure)

    def _bad(self, bad: BadLiteral, slug: str, span: Span) -> Node:
        return self._complain(slug, bad.message, span, bad.help)

    def _complain(self, slug: str, message: str, span: Span, help: str) -> Node:
        self.diagnostics.append(Diagnostic(slug, message, span, help=help))
        return Broken(span)
