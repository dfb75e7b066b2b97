"""Exact operations on known values: arithmetic, comparison, functions, conversion of money.

Shared by every evaluation of a condition in Python, so that a sum is a sum everywhere. All raise `Failure` where the
language has no result: division by zero, an integer beyond 64 bits, the least of nothing.

Reference: CEL specification, "Standard definitions": integers are 64 bits, `/` truncates, `%` takes the dividend's
sign.
"""

from __future__ import annotations

import operator
import re
from datetime import timedelta
from decimal import Context, Decimal, DecimalException, Inexact, Overflow
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from compliance.language.patterns import compiled
from compliance.vocabulary.types import DecimalType, DurationType, IntType, MoneyType
from compliance.vocabulary.unknown import UNKNOWN, Truth, Unknown, conjunction
from compliance.vocabulary.values import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance.vocabulary.types import FactType
    from compliance.vocabulary.values import Record

EXACT: Final = Context(prec=120, traps=[Inexact, Overflow])
"""Decimal arithmetic that refuses to round."""
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class Failure(Exception):  # noqa: N818 - the design's word; it never leaves the engine
    """A condition that has no value for these facts; the rule counts as unknown and is reported."""


def _truncated(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


_DECIMAL: Final[Mapping[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
}
_PLAIN: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _truncated,
    "%": lambda left, right: left - right * _truncated(left, right),
}
COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def arithmetic(symbol: str, left: Any, right: Any) -> Any:
    """Return `left symbol right`, exactly; raise `Failure` where there is no such value."""
    try:
        if isinstance(left, Decimal):
            return _DECIMAL[symbol](left, right)
        result = _PLAIN[symbol](left, right)
    except ZeroDivisionError:
        msg = f"`{left} {symbol} 0` has no value"
        raise Failure(msg) from None
    except (DecimalException, OverflowError):
        msg = f"`{left} {symbol} {right}` is beyond what can be held exactly"
        raise Failure(msg) from None
    return within_64_bits(result) if type(result) is int else result


def within_64_bits(number: int) -> int:
    """Return `number`; raise `Failure` if it does not fit CEL's 64 bits."""
    if not _SMALLEST <= number <= _LARGEST:
        msg = f"the integer {number} does not fit 64 bits"
        raise Failure(msg)
    return number


def negative(value: Any) -> Any:
    """Return `-value`."""
    if isinstance(value, Decimal):
        return EXACT.minus(value)
    return within_64_bits(-value) if isinstance(value, int) else -value


def compare(symbol: str, left: Any, right: Any) -> bool:
    """Return `left symbol right` for values of like type; money must have one currency."""
    if isinstance(left, Money):
        if left.currency != right.currency:
            msg = f"`{left}` and `{right}` have different currencies"
            raise Failure(msg)
        left, right = left.amount, right.amount
    return COMPARE[symbol](left, right)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    return compiled(text)


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "size": len,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": lambda text, part: part in text,
    "matches": lambda text, pattern: _pattern(pattern).search(text) is not None,
    "decimal": Decimal,
    "date": lambda instant: instant.date(),
}


def call(function: str, arguments: tuple[Any, ...]) -> Any:
    """Return the function's value for known arguments."""
    return FUNCTIONS[function](*arguments)


def convert(amount: Money, currency: str, rates: Any) -> Money | Unknown:
    """Return `amount` in `currency` by the one rate from its currency; unknown without exactly one.

    `rates` is the value of `context.fx`: a tuple of records `{from, to, rate}`, absent or unknown. No inverse rate
    is taken, no crossing through a third currency.
    """
    if amount.currency == currency:
        return amount
    if not isinstance(rates, tuple):
        return UNKNOWN
    leading = [(_leads(rate, amount.currency, currency), rate) for rate in rates]
    fitting = [rate["rate"] for leads, rate in leading if leads is True]
    unclear = any(leads is UNKNOWN for leads, _ in leading)
    factor = fitting[0] if len(fitting) == 1 and not unclear else UNKNOWN
    if not isinstance(factor, Decimal):
        return UNKNOWN
    return Money(arithmetic("*", amount.amount, factor), currency)


def _leads(rate: Record, origin: str, target: str) -> Truth:
    """Say whether a rate leads from one currency to another; unknown if it does not say so."""
    ends = ((rate["from"], origin), (rate["to"], target))
    return conjunction(UNKNOWN if end is UNKNOWN else end == wanted for end, wanted in ends)


def fold(kind: str, values: list[Any], zero: Any) -> Any:
    """Return the sum, least or greatest of known values; the sum of nothing is `zero`.

    Raises `Failure` for the least or greatest of nothing.
    """
    if kind == "sum" and values:
        total = values[0]
        for value in values[1:]:
            total = add(total, value)
        return total
    if kind == "sum" and zero is not None:
        return zero
    if not values:
        msg = f"there is no `{kind}` of nothing"
        raise Failure(msg)
    best = values[0]
    for value in values[1:]:
        if compare("<" if kind == "min" else ">", value, best):
            best = value
    return best


def add(left: Any, right: Any) -> Any:
    """Return `left + right`, for money of one currency too."""
    if isinstance(left, Money):
        compare("==", left, right)
        return Money(arithmetic("+", left.amount, right.amount), left.currency)
    return arithmetic("+", left, right)


def zero_of(type_: FactType) -> Any:
    """Return the sum of nothing for a type, `None` where there is none (money without a known currency)."""
    match type_:
        case IntType():
            return 0
        case DecimalType():
            return Decimal(0)
        case DurationType():
            return timedelta(0)
        case MoneyType(currency) if currency is not None:
            return Money(Decimal(0), currency)
        case _:
            return None


def exactly_one(values: list[Truth]) -> Truth:
    """Return Kleene's *exactly one of*: false as soon as two are true."""
    trues = sum(value is True for value in values)
    if trues > 1:
        return False
    return UNKNOWN if any(value is UNKNOWN for value in values) else trues == 1
