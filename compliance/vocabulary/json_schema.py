"""Turn a vocabulary into JSON Schema: what a request's facts look like, for OpenAPI, editors and clients.

The schema describes; `reading` decides. It accepts whatever `reading` accepts, and refuses what a schema can.

Reference: JSON Schema 2020-12, which OpenAPI 3.1 uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

from compliance.vocabulary.facts import Origin, Zone
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.vocabulary.facts import Fact, RecordField, Vocabulary

Schema = dict[str, Any]

_LONGEST_TEXT: Final = 1_000
_DECIMAL: Final = r"^-?[0-9]+(\.[0-9]+)?$"


def type_schema(type: FactType, records: str = "#/$defs/", at_least: int = 1) -> Schema:
    """Return the schema of a value of `type`; `records` is where record types are defined."""
    match type:
        case BoolType():
            return {"type": "boolean"}
        case IntType(minimum, maximum):
            return {"type": "integer", "minimum": minimum, "maximum": maximum}
        case DecimalType():
            text = {"type": "string", "pattern": _DECIMAL, "description": "an exact decimal, in quotes"}
            return {"anyOf": [text, {"type": "integer"}]}
        case StringType(format):
            named = {"description": f"a {format}"} if format is not None else {}
            return {"type": "string", "minLength": 1, "maxLength": _LONGEST_TEXT, **named}
        case OneOfType(values):
            return {"enum": list(values)}
        case TerritoryType():
            pattern = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
            return {"type": "string", "pattern": pattern, "description": "an ISO 3166-1 or 3166-2 code, or XK"}
        case CurrencyType():
            return {"type": "string", "pattern": "^[A-Z]{3}$", "description": "an ISO 4217 code"}
        case MoneyType(currency):
            return _money(currency)
        case DateType():
            return {"type": "string", "format": "date"}
        case TimestampType():
            return {"type": "string", "format": "date-time"}
        case DurationType():
            return {"type": "string", "pattern": "^[0-9]{1,10}[smhd]$", "examples": ["24h"]}
        case SetType(element):
            return {"type": "array", "items": type_schema(element, records), "minItems": at_least, "uniqueItems": True}
        case ListType(element):
            return {"type": "array", "items": type_schema(element, records), "minItems": at_least}
        case RecordType(name):
            return {"$ref": f"{records}{name}"}
        case _:
            assert_never(type)


def record_schemas(vocabulary: Vocabulary, records: str = "#/$defs/") -> dict[str, Schema]:
    """Return the schema of each record type by name."""
    return {name: _record(fields, records) for name, fields in vocabulary.records.items()}


def fact_schema(fact: Fact, records: str = "#/$defs/") -> Schema:
    """Return the schema of a fact: a bare value, or a value with its evidence."""
    bare = type_schema(fact.type, records, fact.at_least)
    value = {"anyOf": [bare, {"type": "null"}]} if fact.optional else bare
    evidence = {
        "type": "object",
        "title": "with evidence",
        "properties": {
            "value": value,
            "attested_by": {"type": ["string", "null"], "minLength": 1, "maxLength": 200},
            "observed_at": {"type": ["string", "null"], "format": "date-time"},
            "valid_until": {"type": ["string", "null"], "format": "date-time"},
        },
        "required": ["value"],
        "additionalProperties": False,
    }
    made: Schema = {"description": _sentence(fact), "anyOf": [value, evidence]}
    if fact.example is not None:
        made["examples"] = [fact.example]
    if fact.retired is not None:
        made["deprecated"] = True
    return made


def properties_schema(
    vocabulary: Vocabulary, zone: Zone, *, kind: str | None = None, closed: bool, records: str = "#/$defs/"
) -> Schema:
    """Return the schema of the facts that a client may give in one part of a request.

    Args:
        vocabulary: what can be said.
        zone: the part of the request.
        kind: a kind of subject, to leave out what it cannot have; `None` for all kinds.
        closed: whether other names are refused (`/v1`) or ignored (AuthZEN).
        records: where record types are defined.
    """
    facts = _askable(vocabulary.facts.values() if kind is None else vocabulary.facts_of(kind), zone)
    return {
        "type": "object",
        "properties": {fact.name: fact_schema(fact, records) for fact in facts},
        "additionalProperties": not closed,
    }


def _askable(facts: Iterable[Fact], zone: Zone) -> list[Fact]:
    return [fact for fact in facts if fact.zone is zone and Origin.REQUEST in fact.origins]


def _sentence(fact: Fact) -> str:
    kinds = f" (of: {', '.join(sorted(fact.kinds))})" if fact.kinds is not None else ""
    retired = f" Retired: {fact.retired}" if fact.retired is not None else ""
    return f"{fact.means}{kinds}{retired}"


def _money(currency: str | None) -> Schema:
    code: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"} if currency is None else {"const": currency}
    amount = {"anyOf": [{"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}, {"type": "integer", "minimum": 0}]}
    return {
        "type": "object",
        "properties": {"amount": amount, "currency": code},
        "required": ["amount", "currency"],
        "additionalProperties": False,
    }


def _record(fields: Mapping[str, RecordField], records: str) -> Schema:
    made: dict[str, Schema] = {}
    for name, field in fields.items():
        value = type_schema(field.type, records, field.at_least)
        value = {"anyOf": [value, {"type": "null"}]} if field.optional else value
        made[name] = {**value, "description": field.means} if field.means and "$ref" not in value else value
    return {"type": "object", "properties": made, "additionalProperties": False}
