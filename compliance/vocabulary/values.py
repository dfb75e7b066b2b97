"""The values that facts have where Python has no ready type: money, records, evidence.

Invariant: all are immutable; a record's missing field is `UNKNOWN`, its explicit null is `None`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from compliance.vocabulary.unknown import UNKNOWN, Unknown


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount with its ISO 4217 currency."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        """Return the amount as people write it, for instance `1000.00 EUR`."""
        return f"{self.amount} {self.currency}"


class Record:
    """An immutable record, for instance one owner of a company: field name -> value, absent or unknown."""

    __slots__ = ("fields", "name")

    def __init__(self, name: str, fields: Mapping[str, Value | Unknown | None]) -> None:
        """Take the record type's name and its fields; fields left out are unknown."""
        self.name = name
        self.fields = MappingProxyType(dict(fields))

    def __getitem__(self, field: str) -> Value | Unknown | None:
        """Return the field's value, `None` if it is absent, `UNKNOWN` if it was not given."""
        return self.fields.get(field, UNKNOWN)

    def __eq__(self, other: object) -> bool:
        """Compare by name and fields; records with unknown fields are only equal to themselves."""
        if self is other:
            return True
        if not isinstance(other, Record) or self.name != other.name:
            return False
        mine, theirs = self.fields, other.fields
        return mine.keys() == theirs.keys() and all(
            mine[key] is not UNKNOWN and theirs[key] is not UNKNOWN and mine[key] == theirs[key] for key in mine
        )

    def __hash__(self) -> int:
        """Hash by name and field names, whatever their order: values may be unknown."""
        return hash((self.name, frozenset(self.fields)))

    def __repr__(self) -> str:
        """Show the record's name and fields."""
        return f"{self.name}({dict(self.fields)!r})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who attested a fact, when it was observed and until when it holds (instants in UTC)."""

    attested_by: str | None = None
    observed_at: datetime | None = None
    valid_until: datetime | None = None


Value: TypeAlias = (
    bool | int | Decimal | str | Money | date | datetime | timedelta | frozenset["Value"] | tuple["Value", ...] | Record
)
"""What a known fact can be."""

FactValue: TypeAlias = Value | Unknown | None
"""What a fact can be: a value, `None` (absent, said so), or `UNKNOWN`."""
