"""The rules of types for comparison, `in` and arithmetic: checked operands -> a checked expression, or a complaint.

Invariant: nothing is compared with a value of another type, except that an int may stand where a decimal is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from compliance.language.expression import (
    Arithmetic,
    Comparison,
    ComparisonOperator,
    Const,
    Expression,
    In,
    ListOf,
    Negative,
)
from compliance.language.findings import Checked, Findings, listed, meant, shown
from compliance.language.limits import decided
from compliance.language.signatures import (
    ORDERED,
    alike,
    as_decimal,
    called,
    element_of,
    is_number,
    type_of,
)
from compliance.language.span import Span
from compliance.language.syntax import Binary, Method, Unary
from compliance.language.unparser import unparse
from compliance.vocabulary.identifiers import InvalidIdentifier, currency
from compliance.vocabulary.types import (
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    INT,
    TIMESTAMP,
    BoolType,
    CurrencyType,
    DateType,
    DecimalType,
    DurationType,
    FactType,
    IntType,
    ListType,
    MoneyType,
    OneOfType,
    RecordType,
    SetType,
    StringType,
    TerritoryType,
    TimestampType,
)

_EQUALITY: Final = frozenset({"==", "!="})
_ORDER: Final = frozenset({"<", "<=", ">", ">="})


class Operators:
    """Types operators; complaints go to `findings`."""

    def __init__(self, findings: Findings) -> None:
        """Take where complaints go."""
        self.findings = findings

    # ------------------------------------------------------------------------------------------- fitting literals

    def fit(self, part: Checked, wanted: FactType) -> Checked | None:
        """Return `part` as a value of `wanted` where a literal or an int can be one; else `part` as it is.

        A text that is none of the words, or no currency, is complained about: `None`.
        """
        expression, typed = part.expression, type_of(part.expression)
        if isinstance(wanted, DecimalType) and isinstance(typed, IntType):
            return replace(part, expression=as_decimal(expression))
        if not (isinstance(expression, Const) and isinstance(typed, StringType)):
            return part
        word = str(expression.value)
        if isinstance(wanted, OneOfType):
            if word not in wanted.values:
                cure = meant(word, wanted.values) or f"it is one of {listed(wanted.values)}"
                self.findings.error("unknown-value", f"`{word}` is none of the values here", part.span, help=cure)
                return None
            return replace(part, expression=Const(word, wanted))
        if isinstance(wanted, CurrencyType):
            return replace(part, expression=Const(word, wanted)) if self._is_currency(word, part.span) else None
        return part

    def _is_currency(self, word: str, span: Span) -> bool:
        try:
            currency(word)
        except InvalidIdentifier as invalid:
            self.findings.error("unknown-currency", f"`{word}` is not a currency", span, help=invalid.reason)
            return False
        return True

    def currency(self, part: Checked) -> str | None:
        """Return the ISO 4217 code that a literal text names, or `None` after a complaint."""
        if not (isinstance(part.expression, Const) and isinstance(part.expression.value, str)):
            message = "the currency is not a literal text"
            self.findings.error("not-a-literal", message, part.span, help='write it out: `amount.to("EUR")`')
            return None
        word = part.expression.value
        return word if self._is_currency(word, part.span) else None

    def unify(self, left: Checked, right: Checked) -> tuple[Checked, Checked] | None:
        """Fit each side to the other; `None` after a complaint about a literal."""
        fitted_left = self.fit(left, type_of(right.expression))
        fitted_right = self.fit(right, type_of(left.expression))
        if fitted_left is None or fitted_right is None:
            return None
        return fitted_left, fitted_right

    # ------------------------------------------------------------------------------------------------ comparison

    def compare(self, operator: ComparisonOperator, left: Checked, right: Checked, node: Binary) -> Expression | None:
        """Return `left operator right`, or `None` after a complaint."""
        types = (type_of(left.expression), type_of(right.expression))
        if any(isinstance(typed, TerritoryType) for typed in types):
            self._use_within(left, right, node)
            return None
        fitted = self.unify(left, right)
        if fitted is None:
            return None
        left, right = fitted
        first, second = type_of(left.expression), type_of(right.expression)
        if not alike(first, second):
            self._mismatch(operator, left, right, node)
            return None
        if isinstance(first, SetType | ListType | RecordType):
            message = f"{called(first)} is not compared as a whole"
            self.findings.error("not-comparable", message, node.span, help=_whole_cure(first))
            return None
        if operator not in _EQUALITY and not isinstance(first, ORDERED):
            self._not_ordered(operator, first, node)
            return None
        if not self._one_currency(left, right, node.span):
            return None
        self._constant(operator, left, right, node)
        return Comparison(operator, left.expression, right.expression)

    def _use_within(self, left: Checked, right: Checked, node: Binary) -> None:
        negated = "!" if node.operator == "!=" else ""
        if not isinstance(type_of(left.expression), TerritoryType):
            left, right = right, left
        cure = f"write `{negated}{unparse(left.node)}.within({unparse(right.node)})`"
        self.findings.error(
            "use-within",
            f"territories are not compared with `{node.operator}`",
            node.span,
            label="a region of it would not be equal",
            help=cure,
        )

    def _mismatch(self, operator: str, left: Checked, right: Checked, node: Binary) -> None:
        first, second = type_of(left.expression), type_of(right.expression)
        message = f"{left} is {called(first)} and {right} is {called(second)}: `{operator}` does not join them"
        self.findings.error("type-mismatch", message, node.span, help=_chained(node) or _cure(left, right))

    def _not_ordered(self, operator: str, typed: FactType, node: Binary) -> None:
        message = f"{called(typed)} has no order, so `{operator}` says nothing"
        cure = _chained(node) or "compare it with `==`, `!=` or `in`"
        self.findings.error("not-ordered", message, node.span, help=cure)

    def _one_currency(self, left: Checked, right: Checked, span: Span) -> bool:
        """Complain about money unless both sides are known to be of one currency."""
        for part in (left, right):
            typed = type_of(part.expression)
            if isinstance(typed, MoneyType) and typed.currency is None:
                self.without_currency(part)
                return False
        first, second = type_of(left.expression), type_of(right.expression)
        if not (isinstance(first, MoneyType) and isinstance(second, MoneyType)):
            return True
        if first.currency == second.currency:
            return True
        message = f"{left} is in {first.currency}, and {right} in {second.currency}"
        amount = left.node.target if isinstance(left.node, Method) and left.node.function == "to" else left.node
        cure = f'write `{unparse(amount)}.to("{second.currency}")`'
        self.findings.error("currency-mismatch", message, span, help=cure)
        return False

    def without_currency(self, part: Checked) -> None:
        """Complain about money that may be of any currency."""
        message = f"{part} may be of any currency"
        cure = f'write `{unparse(part.node)}.to("EUR")`'
        self.findings.error("money-without-currency", message, part.span, help=cure)

    def _constant(self, operator: ComparisonOperator, left: Checked, right: Checked, node: Binary) -> None:
        result = decided(operator, left.expression, right.expression)
        if result is not None:
            word = "true" if result else "false"
            self.findings.warning(
                "constant-condition",
                f"{shown(node)} is always {word}",
                node.span,
                help="no fact can change it: remove it, or correct it",
            )

    # ------------------------------------------------------------------------------------------------ collections

    def list_of(self, parts: Sequence[Checked], wanted: FactType | None, span: Span) -> Expression | None:
        """Return a list literal whose elements are of one type; a `wanted` type wins over that of the literals."""
        if not parts:
            self.findings.error("empty-list", "this list holds nothing", span, help="name at least one value")
            return None
        types = [type_of(part.expression) for part in parts]
        if wanted is None:
            known = [kind for part, kind in zip(parts, types, strict=True) if not isinstance(part.expression, Const)]
            decimals = [kind for kind in types if isinstance(kind, DecimalType)]
            wanted = (decimals or known or types)[0]
        fitted = [self.fit(part, wanted) for part in parts]
        elements = [part for part in fitted if part is not None]
        if len(elements) < len(parts):
            return None
        first = type_of(elements[0].expression)
        for element in elements[1:]:
            other = type_of(element.expression)
            if not alike(first, other):
                message = f"{called(other)} stands beside {called(first)} in this list"
                self.findings.error("mixed-list", message, element.span, help="a list has values of one type")
                return None
        expressions = tuple(element.expression for element in elements)
        constants = tuple(each.value for each in expressions if isinstance(each, Const))
        typed = ListType(first)
        return Const(constants, typed) if len(constants) == len(expressions) else ListOf(expressions, typed)

    def contains(self, item: Checked, collection: Checked, node: Binary) -> Expression | None:
        """Return `item in collection`, or `None` after a complaint."""
        whole = type_of(collection.expression)
        element = element_of(whole)
        if element is None:
            cure = f"write `{unparse(node.right)}.contains(...)`" if isinstance(whole, StringType) else ""
            message = f"{collection} is {called(whole)}, not a list or set"
            self.findings.error("not-a-collection", message, collection.span, help=cure)
            return None
        if isinstance(element, TerritoryType) or isinstance(type_of(item.expression), TerritoryType):
            self._within_all(item, collection, node)
            return None
        fitted = self.fit(item, element)
        if fitted is None:
            return None
        typed = type_of(fitted.expression)
        if not alike(typed, element):
            message = f"{called(typed)} is never in {called(whole)}"
            self.findings.error("type-mismatch", message, node.span)
            return None
        if isinstance(element, RecordType | SetType | ListType | MoneyType):
            message = f"{called(element)} is not compared as a whole"
            self.findings.error("not-comparable", message, node.span, help=_whole_cure(element))
            return None
        if isinstance(fitted.expression, Const) and isinstance(collection.expression, Const):
            message = f"{shown(node)} is about two constants"
            cure = "no fact can change it: remove it, or correct it"
            self.findings.warning("constant-condition", message, node.span, help=cure)
        return In(fitted.expression, collection.expression)

    def _within_all(self, item: Checked, collection: Checked, node: Binary) -> None:
        if element_of(type_of(collection.expression)) is not None and isinstance(item.expression, Const):
            cure = f"write `{unparse(node.right)}.exists(t, t.within({unparse(node.left)}))`"
        else:
            place = unparse(node.left)
            cure = f'write `{place}.within("...")` for each place, or for a group of them'
        self.findings.error(
            "use-within",
            "territories are not compared with `in`",
            node.span,
            label="a region of one would not be found",
            help=cure,
        )

    # ------------------------------------------------------------------------------------------------- arithmetic

    def arithmetic(self, left: Checked, right: Checked, node: Binary) -> Expression | None:
        """Return `left operator right`, exactly, or `None` after a complaint."""
        operator = node.operator
        assert operator in {"+", "-", "*", "/", "%"}  # noqa: S101 - the checker sends no other
        if isinstance(type_of(right.expression), DecimalType) or isinstance(type_of(left.expression), DecimalType):
            fitted = self.unify(left, right)
            if fitted is None:
                return None
            left, right = fitted
        first, second = type_of(left.expression), type_of(right.expression)
        if operator in {"/", "%"} and isinstance(first, DecimalType) and isinstance(second, DecimalType):
            self.findings.error(
                "decimal-division",
                f"decimals have no `{operator}`: the result need not be exact",
                node.span,
                help="multiply the other side instead: for `a / b > c` write `a > b * c`",
            )
            return None
        typed = _result(operator, first, second)
        if typed is None:
            self._mismatch(operator, left, right, node)
            return None
        if isinstance(typed, DateType) and not _whole_days(right.expression if first == DATE else left.expression):
            message = "a day moves only by a literal number of days"
            cure = 'write `duration("30d")`, or compare a difference of days with the length of time'
            self.findings.error("partial-day", message, node.span, help=cure)
            return None
        if operator in {"/", "%"} and isinstance(right.expression, Const) and right.expression.value == 0:
            self.findings.error("division-by-zero", f"{shown(node)} has no value", node.span)
            return None
        return Arithmetic(operator, left.expression, right.expression, typed)

    def negative(self, term: Checked, node: Unary) -> Expression | None:
        """Return `-term`, or `None` after a complaint."""
        typed = type_of(term.expression)
        if isinstance(typed, IntType | DecimalType | DurationType):
            plain: FactType = INT if isinstance(typed, IntType) else DECIMAL
            return Negative(term.expression, typed if isinstance(typed, DurationType) else plain)
        self.findings.error("type-mismatch", f"{called(typed)} has no `-`", node.span)
        return None


def _result(operator: str, left: FactType, right: FactType) -> FactType | None:
    """Return the type of an arithmetic expression, or `None` if there is none."""
    match left, right:
        case IntType(), IntType():
            return INT
        case DecimalType(), DecimalType():
            return DECIMAL
        case DurationType(), DurationType() if operator in {"+", "-"}:
            return DURATION
        case (TimestampType(), TimestampType()) | (DateType(), DateType()) if operator == "-":
            return DURATION
        case TimestampType(), DurationType() if operator in {"+", "-"}:
            return TIMESTAMP
        case DurationType(), TimestampType() if operator == "+":
            return TIMESTAMP
        case DateType(), DurationType() if operator in {"+", "-"}:
            return DATE
        case DurationType(), DateType() if operator == "+":
            return DATE
        case _:
            return None


def _whole_days(expression: Expression) -> bool:
    value = expression.value if isinstance(expression, Const) else None
    return isinstance(value, timedelta) and value % timedelta(days=1) == timedelta(0)


def _chained(node: Binary) -> str:
    """Return how to write `a < b < c`, or nothing if it was not written."""
    if not (isinstance(node.left, Binary) and node.left.operator in _ORDER and node.operator in _ORDER):
        return ""
    return f"write `{unparse(node.left)} && {unparse(node.left.right)} {node.operator} {unparse(node.right)}`"


def _cure(left: Checked, right: Checked) -> str:
    """Return what to write where two types do not go together, or nothing."""
    first, second = type_of(left.expression), type_of(right.expression)
    types = {type(first), type(second)}
    literal = next((side for side in (left, right) if _is_text_literal(side.expression)), None)
    other = second if literal is left else first
    if types == {DateType, TimestampType}:
        return "take the day of the instant: `date(context.time)`"
    if literal is not None and isinstance(other, DateType | TimestampType | DurationType):
        return f"write `{other}({unparse(literal.node)})`"
    if literal is not None and (is_number(other) or other == BOOL):
        return "remove the quotes"
    if MoneyType in types and (IntType in types or DecimalType in types):
        return 'compare money with a parameter of type `money`: `parameter("...")`'
    if types & {SetType, ListType}:
        return "ask about its elements: `x in y`, `y.exists(e, ...)` or `y.all(e, ...)`"
    if BoolType in types and types != {BoolType}:
        return "a condition stands alone: compare it with nothing"
    return ""


def _is_text_literal(expression: Expression) -> bool:
    return isinstance(expression, Const) and isinstance(expression.type, StringType)


def _whole_cure(typed: FactType) -> str:
    if isinstance(typed, RecordType):
        return "compare its fields"
    if isinstance(typed, MoneyType):
        return "compare amounts with `<`, `==` or `>`"
    return "ask about its elements: `x in y`, `y.exists(e, ...)` or `y.all(e, ...)`"
