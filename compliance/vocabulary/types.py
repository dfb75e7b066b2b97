"""The types that a fact may have, and how each is written in `rules/vocabulary.yaml`.

Invariant: no binary floating point. Values are the immutable Python types named beside each class.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class BoolType:
    """`bool`: `True` or `False`."""

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "bool"


@dataclass(frozen=True, slots=True)
class IntType:
    """`int`: an `int` between the bounds, both inclusive (by default the 64 bits that CEL gives integers)."""

    minimum: int = -(2**63)
    maximum: int = 2**63 - 1

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "int"


@dataclass(frozen=True, slots=True)
class DecimalType:
    """`decimal`: an exact `Decimal` between the bounds, both inclusive."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "decimal"


@dataclass(frozen=True, slots=True)
class StringType:
    """`string`: a `str`; `format` names a checked identifier (`isin`, `lei`, `solana-address`, ...)."""

    format: str | None = None

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "string"


@dataclass(frozen=True, slots=True)
class OneOfType:
    """`one_of<a, b>`: one of the named words, a `str`."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return f"one_of<{', '.join(self.values)}>"


@dataclass(frozen=True, slots=True)
class TerritoryType:
    """`territory`: a canonical ISO 3166-1 or 3166-2 code, or `XK`; a `str`."""

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "territory"


@dataclass(frozen=True, slots=True)
class CurrencyType:
    """`currency`: an ISO 4217 code, a `str`."""

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "currency"


@dataclass(frozen=True, slots=True)
class MoneyType:
    """`money`: a `Money`; `currency` is set where the checker knows it (a parameter, `.to("EUR")`)."""

    currency: str | None = None

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "money"


@dataclass(frozen=True, slots=True)
class DateType:
    """`date`: a `datetime.date`."""

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "date"


@dataclass(frozen=True, slots=True)
class TimestampType:
    """`timestamp`: an aware `datetime.datetime` in UTC."""

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "timestamp"


@dataclass(frozen=True, slots=True)
class DurationType:
    """`duration`: a `datetime.timedelta`, written `90s`, `15m`, `24h`, `365d`."""

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return "duration"


@dataclass(frozen=True, slots=True)
class SetType:
    """`set<T>`: a `frozenset` of values of a scalar type."""

    element: ScalarType

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return f"set<{self.element}>"


@dataclass(frozen=True, slots=True)
class ListType:
    """`list<Record>`: a `tuple` of records (or, inside an expression, of any one type)."""

    element: FactType

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return f"list<{self.element}>"


@dataclass(frozen=True, slots=True)
class RecordType:
    """`record<Name>`: a `Record` whose fields the vocabulary declares under `records:`."""

    name: str

    def __str__(self) -> str:
        """Return the type as it is written in a vocabulary."""
        return f"record<{self.name}>"


ScalarType: TypeAlias = (
    BoolType
    | IntType
    | DecimalType
    | StringType
    | OneOfType
    | TerritoryType
    | CurrencyType
    | MoneyType
    | DateType
    | TimestampType
    | DurationType
)
FactType: TypeAlias = ScalarType | SetType | ListType | RecordType

BOOL = BoolType()
INT = IntType()
DECIMAL = DecimalType()
STRING = StringType()
TERRITORY = TerritoryType()
CURRENCY = CurrencyType()
MONEY = MoneyType()
DATE = DateType()
TIMESTAMP = TimestampType()
DURATION = DurationType()
