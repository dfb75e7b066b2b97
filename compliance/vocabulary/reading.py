"""Turn one value as JSON or a rule file carries it into the value of a fact's type, or refuse it.

Invariant: nothing is guessed, rounded or completed, and nothing but `Refused` is raised, whatever is given. The same
function reads requests and rule files, so that a case means what a request means.

Reference: RFC 8259 (JSON), RFC 3339 (timestamps), RFC 6901 (pointers).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, assert_never

from compliance.vocabulary import moments, territory
from compliance.vocabulary.facts import RecordField
from compliance.vocabulary.formats import FORMATS
from compliance.vocabulary.identifiers import InvalidIdentifier, currency
from compliance.vocabulary.refusal import Refused, escaped, shown
from compliance.vocabulary.suggestions import alternatives, did_you_mean
from compliance.vocabulary.types import (
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
from compliance.vocabulary.unknown import Unknown
from compliance.vocabulary.values import Money, Record, Value

__all__ = ["Records", "Refused", "json_of", "read_text", "read_value"]

Records = Mapping[str, Mapping[str, RecordField]]
"""Name of a record type -> name of a field -> field: `Vocabulary.records`."""

LONGEST_TEXT: Final = 1_000
MOST_ITEMS: Final = 10_000
DEEPEST: Final = 32
MOST_DIGITS: Final = 30

_DECIMAL: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_WHOLE: Final = re.compile(r"-?[0-9]+")
_MONEY: Final = re.compile(r"(\S+) +(\S+)")
# Control characters, line separators, lone surrogates, noncharacters, and signs that reorder what a reader sees.
_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a value the reader is: what the records are, the pointer, and how deep each field repeats."""

    records: Records
    pointer: str = ""
    level: int = 0
    repeats: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def inside(self, step: str | int) -> _Place:
        return _Place(self.records, f"{self.pointer}/{escaped(step)}", self.level + 1, self.repeats)

    def through(self, record: str, name: str) -> _Place:
        count = self.repeats.get((record, name), 0) + 1
        repeats = {**self.repeats, (record, name): count}
        return _Place(self.records, f"{self.pointer}/{escaped(name)}", self.level + 1, repeats)

    def refuse(self, message: str, help: str = "") -> Refused:
        return Refused(self.pointer, message, help)

    def unknown(self, name: object, message: str, names: Iterable[str]) -> Refused:
        text = str(name)
        return Refused(self.inside(text).pointer, message, did_you_mean(text, names), is_name=True)


def read_value(type: FactType, value: object, *, records: Records, at_least: int = 1) -> Value:
    """Return `value`, as JSON carries it, as a value of `type`.

    Args:
        type: what the value must be.
        value: a decoded JSON value: `bool`, `int`, `str`, `list`, `dict`; `float` and `None` are always refused.
        records: the record types that the vocabulary declares.
        at_least: how many elements a set or list must have.

    Returns:
        A value of the Python type that `vocabulary.types` names: timestamps in UTC, territories canonical, sets
        frozen, records with `UNKNOWN` for fields that were not given.

    Raises:
        Refused: with a JSON pointer into `value`, a sentence and the cure.
    """
    return _read(type, value, at_least, _Place(records))


def read_text(type: FactType, text: str) -> Value:
    """Return the `text` of a scalar of a rule file as a value of the scalar `type`.

    The forms are those of JSON without quotes: `true`, `12`, `0.5`, `BR`, `1000.00 EUR`, `24h`, `2026-01-01`.

    Raises:
        Refused: if the text is no such value, or if the type is no scalar.
    """
    return read_value(type, json_of(type, text), records={})


def json_of(type: FactType, text: str) -> object:
    """Return the `text` of a plain scalar of a rule file as JSON would carry it for `type`; never raises.

    What is no form of the type stays text, for `read_value` to refuse.
    """
    match type:
        case BoolType():
            return {"true": True, "false": False}.get(text, text)
        case IntType():
            short = _WHOLE.fullmatch(text) is not None and len(text) <= MOST_DIGITS
            return int(text) if short else text
        case MoneyType():
            parts = _MONEY.fullmatch(text)
            return {"amount": parts[1], "currency": parts[2]} if parts else text
        case _:
            return text


def _read(type: FactType, value: object, at_least: int, place: _Place) -> Value:
    if value is None:
        raise place.refuse(f"a value is null where {_expected(type)} is needed", "leave it out if it is not known")
    match type:
        case BoolType():
            return _bool(value, place)
        case IntType():
            return _int(type, value, place)
        case DecimalType():
            return _decimal(type, value, place)
        case MoneyType():
            return _money(type, value, place)
        case StringType() | OneOfType() | TerritoryType() | CurrencyType():
            return _word(type, _text(type, value, place), place)
        case DateType() | TimestampType() | DurationType():
            return _moment(type, _text(type, value, place), place)
        case SetType():
            return _set(type, value, at_least, place)
        case ListType():
            return _list(type, value, at_least, place)
        case RecordType():
            return _record(type, value, place)
        case _:
            assert_never(type)


def _expected(type: FactType) -> str:
    match type:
        case BoolType():
            return "`true` or `false`"
        case IntType():
            return "a whole number such as `12`"
        case DecimalType():
            return 'a decimal in quotes such as `"0.5"`'
        case StringType():
            return "text" if type.format is None else f"a {type.format}"
        case OneOfType():
            return alternatives(type.values) if len(type.values) <= 12 else "one of the listed words"
        case TerritoryType():
            return "a territory such as `BR` or `UA-43`"
        case CurrencyType():
            return "a currency such as `EUR`"
        case MoneyType():
            return 'an amount with its currency such as `{"amount": "1000.00", "currency": "EUR"}`'
        case DateType():
            return "a date such as `2026-01-31`"
        case TimestampType():
            return "an instant such as `2026-01-31T12:00:00Z`"
        case DurationType():
            return "a duration such as `90s`, `15m`, `24h` or `365d`"
        case SetType() | ListType():
            return "a list"
        case RecordType():
            return f"a record `{type.name}`"
        case _:
            assert_never(type)


def _wrong(type: FactType, value: object, place: _Place) -> Refused:
    return place.refuse(f"{shown(value)} is not {_expected(type)}", f"write {_expected(type)}")


def _bool(value: object, place: _Place) -> bool:
    if isinstance(value, bool):
        return value
    what = f"the text {shown(value)}" if isinstance(value, str) else shown(value)
    raise place.refuse(f"{what} is neither true nor false", "write `true` or `false`, without quotes")


def _int(type: IntType, value: object, place: _Place) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(type, value, place)
    if not type.minimum <= value <= type.maximum:
        raise place.refuse(f"{shown(value)} is not between {type.minimum} and {type.maximum}")
    return value


def _decimal(type: DecimalType, value: object, place: _Place) -> Decimal:
    if isinstance(value, float):
        meant = "write it in quotes, so that it stays exact"
        raise place.refuse(f"{shown(value)} is a binary floating point number, which is not exact", meant)
    if isinstance(value, int) and not isinstance(value, bool):
        # An `int` of that size has at most 30 digits: its text is not made before that is known.
        text = str(value) if abs(value) < 10**MOST_DIGITS else None
    elif isinstance(value, str):
        text = value if len(value) <= LONGEST_TEXT else None
    else:
        raise _wrong(type, value, place)
    if text is not None and not _DECIMAL.fullmatch(text):
        raise _wrong(type, value, place)
    if text is None or len(text.lstrip("-").replace(".", "")) > MOST_DIGITS:
        raise place.refuse(f"{shown(value)} has more than {MOST_DIGITS} digits")
    number = Decimal(text)
    below = type.minimum is not None and number < type.minimum
    above = type.maximum is not None and number > type.maximum
    if below or above:
        low = "any" if type.minimum is None else f"{type.minimum:f}"
        high = "any" if type.maximum is None else f"{type.maximum:f}"
        raise place.refuse(f"{shown(value)} is out of range", f"the lowest is {low}, the highest is {high}")
    return number.copy_abs() if number.is_zero() else number


def _money(type: MoneyType, value: object, place: _Place) -> Money:
    if not isinstance(value, dict):
        raise _wrong(type, value, place)
    for name in value:
        if name not in {"amount", "currency"}:
            raise place.unknown(name, f"an amount has no {shown(name)}", ("amount", "currency"))
    for name in ("amount", "currency"):
        if name not in value:
            raise place.refuse(f"an amount needs `{name}`", f"write {_expected(type)}")
    amount = _read(DecimalType(), value["amount"], 1, place.inside("amount"))
    code = _read(CurrencyType(), value["currency"], 1, place.inside("currency"))
    assert isinstance(amount, Decimal)  # noqa: S101  (`_read` returns what its type names)
    if amount < 0:
        raise place.inside("amount").refuse(f"{shown(value['amount'])} is negative", "an amount is 0 or more")
    if type.currency is not None and code != type.currency:
        raise place.inside("currency").refuse(f"`{code}` is not `{type.currency}`", f"write `{type.currency}`")
    return Money(amount, str(code))


def _text(type: FactType, value: object, place: _Place) -> str:
    if not isinstance(value, str):
        raise _wrong(type, value, place)
    if not value:
        raise place.refuse(f"an empty text is not {_expected(type)}", "leave it out if it is not known")
    if len(value) > LONGEST_TEXT:
        raise place.refuse(f"a text of {len(value)} characters is too long", f"the longest is {LONGEST_TEXT}")
    found = _INVISIBLE.search(value)
    if found is not None:
        sign = f"U+{ord(found[0]):04X}"
        raise place.refuse(f"the text holds the control character {sign}", "take the character out")
    return value


def _word(type: StringType | OneOfType | TerritoryType | CurrencyType, text: str, place: _Place) -> str:
    try:
        match type:
            case OneOfType(values):
                if text in values:
                    return text
                raise place.refuse(f"{shown(text)} is not one of the values", did_you_mean(text, values))
            case TerritoryType():
                return territory.canonical(text)
            case CurrencyType():
                return currency(text)
            case StringType(format):
                read = FORMATS.get(format) if format is not None else None
                return text if read is None else read(text)
            case _:
                assert_never(type)
    except territory.UnknownTerritory as error:
        meant = f"did you mean {alternatives(error.suggestions)}" if error.suggestions else "write a code such as `BR`"
        raise place.refuse(error.sentence, meant) from None
    except InvalidIdentifier as error:
        raise place.refuse(f"{shown(text)} is not a valid {error.kind}", error.reason) from None


def _moment(type: DateType | TimestampType | DurationType, text: str, place: _Place) -> Value:
    found: date | timedelta | None
    match type:
        case DateType():
            found = moments.day(text)
        case TimestampType():
            found = moments.instant(text)
        case DurationType():
            found = moments.duration(text)
        case _:
            assert_never(type)
    if found is None:
        raise _wrong(type, text, place)
    return found


def _items(value: object, at_least: int, place: _Place) -> list[object]:
    if not isinstance(value, list):
        raise place.refuse(f"{shown(value)} is not a list", f"write it in square brackets: {_in_brackets(value)}")
    if len(value) > MOST_ITEMS:
        raise place.refuse(f"a list of {len(value)} elements is too long", f"the longest is {MOST_ITEMS}")
    if len(value) < at_least:
        wanted = "1 element" if at_least == 1 else f"{at_least} elements"
        many = "an empty list" if not value else f"a list of {len(value)}"
        raise place.refuse(f"{many} is too short", f"give at least {wanted}, or leave it out if it is not known")
    if place.level >= DEEPEST:
        raise place.refuse("the value is nested too deeply", f"the deepest is {DEEPEST} levels")
    return value


def _in_brackets(value: object) -> str:
    return f'`["{value}"]`' if isinstance(value, str) and len(value) <= 40 else "`[...]`"


def _set(type: SetType, value: object, at_least: int, place: _Place) -> frozenset[Value]:
    first: dict[Value, int] = {}
    for position, item in enumerate(_items(value, at_least, place)):
        here = place.inside(position)
        read = _read(type.element, item, 1, here)
        if read in first:
            raise here.refuse(f"{shown(item)} is in the list twice", f"it is element {first[read] + 1} already")
        first[read] = position
    return frozenset(first)


def _list(type: ListType, value: object, at_least: int, place: _Place) -> tuple[Value, ...]:
    items = _items(value, at_least, place)
    return tuple(_read(type.element, item, 1, place.inside(index)) for index, item in enumerate(items))


def _record(type: RecordType, value: object, place: _Place) -> Record:
    fields = place.records.get(type.name)
    if fields is None:
        raise place.refuse(f"nothing declares the record `{type.name}`")
    if not isinstance(value, dict):
        raise _wrong(type, value, place)
    if place.level >= DEEPEST:
        raise place.refuse("the value is nested too deeply", f"the deepest is {DEEPEST} levels")
    read: dict[str, Value | Unknown | None] = {}
    for name, given in value.items():
        declared = fields.get(name) if isinstance(name, str) else None
        if declared is None:
            raise place.unknown(name, f"a record `{type.name}` has no field {shown(name)}", fields)
        here = place.through(type.name, declared.name)
        if given is None and declared.optional:
            read[declared.name] = None
            continue
        if declared.depth is not None and here.repeats[type.name, declared.name] > declared.depth:
            raise here.refuse(f"`{declared.name}` is nested too deeply", f"the deepest is {declared.depth} levels")
        read[declared.name] = _read(declared.type, given, declared.at_least, here)
    return Record(type.name, read)
