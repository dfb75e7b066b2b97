"""Decide comparisons that no fact can change: of constants, of a value with itself, beyond declared bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from compliance.language.expression import (
    ComparisonOperator,
    Const,
    Expression,
    FactRef,
    Member,
    ParameterRef,
    Variable,
)
from compliance.language.signatures import type_of
from compliance.vocabulary.types import DecimalType, IntType

_COMPARE: Final[dict[ComparisonOperator, Callable[[Any, Any], bool]]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_TURNED: Final[dict[ComparisonOperator, ComparisonOperator]] = {
    "==": "==",
    "!=": "!=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


def decided(operator: ComparisonOperator, left: Expression, right: Expression) -> bool | None:
    """Return what a comparison of like values always comes to, or `None` if facts decide."""
    if isinstance(left, Const) and isinstance(right, Const):
        return _COMPARE[operator](left.value, right.value)
    if isinstance(left, FactRef | Member | Variable | ParameterRef) and left == right:
        return operator in {"==", "<=", ">="}
    if isinstance(right, Const):
        return _beyond(operator, left, right)
    if isinstance(left, Const):
        return _beyond(_TURNED[operator], right, left)
    return None


def _beyond(operator: ComparisonOperator, value: Expression, constant: Const) -> bool | None:
    """Return what `value operator constant` comes to for every value between the bounds of its type."""
    typed = type_of(value)
    if not isinstance(typed, IntType | DecimalType):
        return None
    number: Any = constant.value
    low, high = typed.minimum, typed.maximum
    under = low is not None and number < low
    over = high is not None and number > high
    if operator in {"==", "!="}:
        return (operator == "!=") if under or over else None
    at_low = low is not None and _COMPARE[operator](low, number)
    at_high = high is not None and _COMPARE[operator](high, number)
    if low is None or high is None:
        open_end = low if high is None else high
        rising = operator in {">", ">="}
        if open_end is None or rising is (high is not None):
            return None if open_end is None or _COMPARE[operator](open_end, number) else False
        return True if _COMPARE[operator](open_end, number) else None
    return at_low if at_low is at_high else None
