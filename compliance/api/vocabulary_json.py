"""Spell a vocabulary as JSON: what a client can ask, what it may be asked, and the schema of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.vocabulary.facts import Zone
from compliance.vocabulary.json_schema import fact_schema, properties_schema, record_schemas

if TYPE_CHECKING:
    from compliance.vocabulary.facts import Access, Fact, Vocabulary


def vocabulary_json(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return actions, kinds of subject, types of resource, facts, records and their JSON Schema."""
    return {
        "actions": {name: list(actions) for name, actions in vocabulary.actions.items()},
        "subject_types": [
            {"name": kind.name, "means": kind.means, "homes": list(kind.homes)} for kind in vocabulary.kinds.values()
        ],
        "resource_types": [
            {
                "name": found.name,
                "actions": [
                    action for action in vocabulary.all_actions() if found.actions is None or action in found.actions
                ],
                "identified_by": list(found.identified_by),
            }
            for found in vocabulary.resource_types.values()
        ],
        "counterparties": [
            {"name": found.name, "actions": sorted(found.actions), "decided_as": found.decided_as}
            for found in vocabulary.counterparties
        ],
        "facts": [_fact(fact) for fact in vocabulary.facts.values()],
        "obligations": sorted(vocabulary.obligations),
        "layers": list(vocabulary.layers),
        "access": [_access(found) for found in vocabulary.access.values()],
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$defs": record_schemas(vocabulary),
            "type": "object",
            "properties": {zone.value: properties_schema(vocabulary, zone, closed=True) for zone in Zone},
        },
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "path": fact.path,
        "type": str(fact.type),
        "means": fact.means,
        "ask": fact.ask,
        "of": sorted(fact.kinds) if fact.kinds is not None else None,
        "from": [origin.value for origin in fact.origins],
        "optional": fact.optional,
        "personal": fact.personal,
        "changeable": fact.changeable,
        "stale_after_seconds": int(fact.stale_after.total_seconds()) if fact.stale_after is not None else None,
        "retired": fact.retired,
        "example": fact.example,
        "schema": fact_schema(fact),
    }


def _access(found: Access) -> dict[str, Any]:
    effects = {
        name: {"effect": effect.effect, "only_if": effect.only_if, "also": effect.also}
        for name, effect in found.effects.items()
    }
    return {"name": found.name, "says": found.says, "effects": effects}
