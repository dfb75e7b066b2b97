"""Write a value as a person writes it: `USD 5,000`, `365 days`, `yes`, `29 November 2026`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Money, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.vocabulary.values import FactValue


def shown(value: FactValue) -> str:
    """Return a value as a person writes it: `USD 5,000`, `365 days`, `yes`, `29 November 2026`."""
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return "none"
        case int() | Decimal():
            return _number(value)
        case Money(amount, currency):
            return f"{currency} {_number(amount)}"
        case datetime():
            midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
            return _day(value) if midnight else f"{_day(value)}, {value:%H:%M} UTC"
        case date():
            return _day(value)
        case timedelta():
            return _length(value)
        case Record():
            given = {name: one for name, one in value.fields.items() if one is not UNKNOWN}
            return ", ".join(f"{name.replace('_', ' ')} {shown(one)}" for name, one in given.items())
        case tuple() | frozenset():
            items = map(shown, value)
            return listed(sorted(items) if isinstance(value, frozenset) else items) or "none"
        case _:
            return str(value)


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _number(value: int | Decimal) -> str:
    whole = isinstance(value, Decimal) and value == value.to_integral_value()
    return f"{int(value):,}" if whole or isinstance(value, int) else f"{value:,f}"


def _length(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds and seconds % size == 0 and (unit != "day" or seconds != size):
            many = seconds // size
            return f"{many:,} {unit}{'' if many == 1 else 's'}"
    return f"{seconds:,} seconds"


def listed(items: Iterable[str]) -> str:
    """Return items as a person lists alternatives: with commas, and `or` before the last."""
    *first, last = list(items) or [""]
    return f"{', '.join(first)} or {last}" if first else last
