"""What type an expression has, which types are alike, and how a type is called in a message."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from compliance.language.expression import (
    And,
    Call,
    Comparison,
    Const,
    Expression,
    Has,
    In,
    Leaf,
    Not,
    Or,
    Quantifier,
    Within,
)
from compliance.vocabulary.types import (
    BOOL,
    DECIMAL,
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

ORDERED: Final = (IntType, DecimalType, MoneyType, DateType, TimestampType, DurationType)
"""Types whose values can be less or greater."""
SUMMABLE: Final = (IntType, DecimalType, MoneyType, DurationType)
"""Types that `sum` adds up."""
_MOST_WORDS: Final = 4


def type_of(expression: Expression) -> FactType:
    """Return the type of a checked expression."""
    match expression:
        case Has() | Not() | And() | Or() | Comparison() | In() | Within() | Quantifier():
            return BOOL
        case Leaf(term=term):
            return type_of(term)
        case _:
            return expression.type


def is_number(type: FactType) -> bool:
    """Say whether values of the type are ints or decimals."""
    return isinstance(type, IntType | DecimalType)


def is_text(type: FactType) -> bool:
    """Say whether values of the type are texts that `startsWith` and its like read."""
    return isinstance(type, StringType | OneOfType)


def alike(left: FactType, right: FactType) -> bool:
    """Say whether values of the two types can be equal; an int is not a decimal, and sets of words must agree."""
    match left, right:
        case OneOfType(values=first), OneOfType(values=second):
            return set(first) == set(second)
        case (SetType(element=first), SetType(element=second)) | (
            ListType(element=first),
            ListType(element=second),
        ):
            return alike(first, second)
        case RecordType(name=first), RecordType(name=second):
            return first == second
        case _:
            return type(left) is type(right)


def element_of(type: FactType) -> FactType | None:
    """Return the type of a set's or list's elements, or `None` if the type is neither."""
    return type.element if isinstance(type, SetType | ListType) else None


def called(type: FactType) -> str:
    """Return what a message calls a value of the type."""
    match type:
        case BoolType():
            return "a condition (`bool`)"
        case IntType():
            return "an `int`"
        case StringType():
            return "a text (`string`)"
        case OneOfType(values=values):
            words = ", ".join(values[:_MOST_WORDS]) + (", ..." if len(values) > _MOST_WORDS else "")
            return f"`one_of<{words}>`"
        case MoneyType(currency=currency):
            return f"`money` in {currency}" if currency else "`money`"
        case CurrencyType() | DateType() | DecimalType() | DurationType() | TerritoryType() | TimestampType():
            return f"a `{type}`"
        case RecordType(name=name):
            return f"a record `{name}`"
        case SetType(element=element):
            return f"a set of {_plural(element)}"
        case ListType(element=element):
            return f"a list of {_plural(element)}"


def _plural(element: FactType) -> str:
    match element:
        case OneOfType():
            return called(element)
        case RecordType(name=name):
            return f"`{name}` records"
        case _:
            return f"`{element}`"


def as_decimal(expression: Expression) -> Expression:
    """Return an int expression as a decimal one; a literal becomes a decimal literal."""
    if isinstance(expression, Const) and isinstance(expression.value, int):
        return Const(Decimal(expression.value), DECIMAL)
    return Call("decimal", (expression,), DECIMAL)
