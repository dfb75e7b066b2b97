"""The schemas of requests and answers, with the vocabulary's facts in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.vocabulary.facts import Zone
from compliance.vocabulary.json_schema import properties_schema, record_schemas

if TYPE_CHECKING:
    from compliance.vocabulary.facts import Vocabulary

Schema = dict[str, Any]
_HERE: Final = "#/components/schemas/"
_TEXT: Final[Schema] = {"type": "string"}
_MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_MAYBE_INSTANT: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
_TRUTH: Final[Schema] = {"type": ["boolean", "null"], "description": "null is unknown"}
_ID: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 1000}
_ANY: Final[Schema] = {}


def schemas(vocabulary: Vocabulary) -> dict[str, Schema]:
    """Return every schema that the OpenAPI document names."""
    return {
        **record_schemas(vocabulary, _HERE),
        **_requests(vocabulary),
        **_searches(vocabulary),
        **_answers(),
        **_views(),
        "Problem": _object(
            {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}},
            detail=_TEXT,
            errors=_list(_object({"detail": _TEXT}, pointer=_TEXT, parameter=_TEXT, help=_TEXT)),
        ),
    }


def _requests(vocabulary: Vocabulary) -> dict[str, Schema]:
    strict = _tuple(vocabulary, closed=True)
    instants = {"as_of": _INSTANT, "known_at": _INSTANT}
    request = _closed(strict, required=("subject", "action", "resource"), **instants)
    loose = _tuple(vocabulary, closed=False)
    evaluation = _open(loose, required=("subject", "action", "resource"))
    semantics = {"enum": ["execute_all", "deny_on_first_deny", "permit_on_first_permit"]}
    several = {
        **loose,
        "evaluations": {"type": "array", "items": _open(loose), "description": "up to 10,000"},
        "options": {"type": "object", "properties": {"evaluations_semantic": semantics}},
    }
    requests = {"type": "array", "items": _ref("Request"), "minItems": 1, "description": "up to 10,000"}
    return {
        "Request": request,
        "Batch": _closed({"requests": requests}, required=("requests",)),
        "Evaluation": evaluation,
        "Evaluations": _open(several),
    }


def _tuple(vocabulary: Vocabulary, *, closed: bool) -> dict[str, Schema]:
    """Return the four parts of a request; `closed` for `/v1`, which knows every name."""
    make = _closed if closed else _open
    zones = {zone: properties_schema(vocabulary, zone, closed=closed, records=_HERE) for zone in Zone}
    for party in vocabulary.counterparties:
        second = make(
            {"type": _names(vocabulary.kinds), "id": _ID, "properties": zones[Zone.SUBJECT]}, required=("type",)
        )
        second["description"] = f"decided as `{party.decided_as}`; for: {', '.join(sorted(party.actions))}"
        zones[Zone.ACTION]["properties"][party.name] = second
    types, actions = _names(vocabulary.resource_types), _names(vocabulary.all_actions())
    if not closed:
        types, actions = dict(_ID), dict(_ID)
        declared = {"type": "array", "items": _TEXT, "description": "types of obligation that the client sees to"}
        zones[Zone.CONTEXT]["properties"]["obligations"] = declared
    subject = {"type": _names(vocabulary.kinds) if closed else _ID, "id": _ID, "properties": zones[Zone.SUBJECT]}
    return {
        "subject": make(subject, required=("type",) if closed else ("type", "id")),
        "action": make({"name": actions, "properties": zones[Zone.ACTION]}, required=("name",)),
        "resource": make({"type": types, "id": _ID, "properties": zones[Zone.RESOURCE]}, required=("type", "id")),
        "context": zones[Zone.CONTEXT],
    }


def _searches(vocabulary: Vocabulary) -> dict[str, Schema]:
    parts = _tuple(vocabulary, closed=False)
    page = {"page": _open({"token": _TEXT, "limit": {"type": "integer", "minimum": 1, "maximum": 1000}})}

    def without_id(part: str) -> dict[str, Schema]:
        return {**parts, **page, part: {**parts[part], "required": ["type"]}}

    every = ("subject", "action", "resource")
    return {
        "SubjectSearch": _open(without_id("subject"), required=every),
        "ResourceSearch": _open(without_id("resource"), required=every),
        "ActionSearch": _open({**parts, **page}, required=("subject", "resource")),
        "FoundEntities": _found(_object({"type": _TEXT, "id": _TEXT})),
        "FoundActions": _found(_object({"name": _TEXT})),
    }


def _found(result: Schema) -> Schema:
    page = _object({"next_token": _TEXT, "count": {"type": "integer"}, "total": {"type": "integer"}})
    return _object({"results": _list(result), "page": page})


def _answers() -> dict[str, Schema]:
    decision = _decision()
    answer = {
        "id": {"type": "string", "format": "uuid"},
        **decision,
        "binding": {"type": "boolean", "description": "false for a what-if, which allows nothing"},
        "as_of": _INSTANT,
        "decided_at": _INSTANT,
        "expires_at": {**_MAYBE_INSTANT, "description": "from then on an allow counts as a deny"},
        "ruleset": _ref("Ruleset"),
        "receipt": _MAYBE_TEXT,
        "ignored": _list(_TEXT),
    }
    error = _object({"status": {"type": "integer"}, "message": _TEXT, "errors": _list(_ANY)})
    refused = _object({"reason": _TEXT, "error": error})
    evaluated = _object({"decision": {"type": "boolean"}}, context={"anyOf": [_ref("Answer"), refused]})
    return {
        "Answer": _object(answer),
        "Answers": _object({"answers": _list({"anyOf": [_ref("Answer"), _object({"problem": _ref("Problem")})]})}),
        "Decision": _object(decision),
        "Evaluated": evaluated,
        "EvaluatedMany": {"anyOf": [_object({"evaluations": _list(_ref("Evaluated"))}), _ref("Evaluated")]},
        "Authority": _object(
            {"title": _TEXT, "article": _MAYBE_TEXT, "href": _MAYBE_TEXT, "reviewed_on": _TEXT, "standing": _TEXT}
        ),
        "Fact": _object({"fact": _TEXT, "state": {"enum": ["known", "absent", "unknown"]}}, value=_ANY),
        "Leaf": _object({"source": _TEXT, "says": _MAYBE_TEXT, "value": _TRUTH, "facts": _list(_ref("Fact"))}),
        "Ruleset": _object({"version": _MAYBE_TEXT, "status": _TEXT, "digest": _TEXT}),
    }


def _decision() -> dict[str, Schema]:
    sources = {"authority": _list(_ref("Authority"))}
    second = {"anyOf": [{"type": "null"}, {"allOf": [_ref("Decision"), _object({"name": _TEXT})]}]}
    missing = {"fact": _TEXT, "from": _list(_TEXT), "ask": _MAYBE_TEXT, "why": _TEXT}
    ground = {"rule": _TEXT, "effect": _TEXT, "says": _TEXT, "value": _TRUTH, "leaves": _list(_ref("Leaf")), **sources}
    placed = {"jurisdiction": _MAYBE_TEXT, "layer": _MAYBE_TEXT, "homes": _list(_TEXT), "notes": _list(_TEXT)}
    nearest = {"home": _TEXT, "rule": _TEXT, "says": _TEXT, "lapsed_on": _MAYBE_INSTANT, "failing": _list(_ref("Leaf"))}
    changes = _list(_object({"fact": _TEXT, "value": _ANY}))
    return {
        "outcome": {"enum": ["allow", "deny", "refer", "incomplete"]},
        "ground": {**_MAYBE_TEXT, "description": "a ground that is no rule, for instance `nothing-permits`"},
        "grounds": _list(_object({**ground, **placed})),
        "missing": _list(_object({**missing, "blocks": _list(_TEXT), "choices": _list(_TEXT)})),
        "requirements": _list(_object({"rule": _TEXT, "says": _TEXT, "remedy": _MAYBE_TEXT, "met": _TRUTH, **sources})),
        "obligations": _list(_object({"rule": _TEXT, "type": _TEXT, "says": _TEXT, **sources})),
        "assumed": _list(_object({"fact": _TEXT, "state": _TEXT, **sources}, value=_ANY)),
        "errors": _list(_object({"rule": _TEXT, "message": _TEXT})),
        "nearest": _list(_object(nearest)),
        "changes": {"anyOf": [{"type": "null"}, changes]},
        "warnings": _list(_TEXT),
        "counterparty": second,
    }


def _views() -> dict[str, Schema]:
    position = {
        **dict.fromkeys(("id", "access", "effect", "says"), _TEXT),
        **dict.fromkeys(("jurisdiction", "layer"), _MAYBE_TEXT),
        "regions": _list(_TEXT),
        "authority": _list(_ref("Authority")),
    }
    territory = {
        **dict.fromkeys(("territory", "name", "access", "reason"), _TEXT),
        "effect": {"enum": ["forbid", "by-region", "refer", "conditional", "permit"]},
        "sources": _list(_ref("Authority")),
        "positions": _list(_object(position)),
        "conditions": _list(_object({"rule": _TEXT, "effect": _TEXT, "says": _TEXT})),
    }
    ruleset = {"ruleset": _ref("Ruleset")}
    counted = {"type": "object", "additionalProperties": {"type": "integer"}}
    files = _list(_object({"path": _TEXT, "sha256": _TEXT, "bytes": {"type": "integer"}}))
    asked = {"product": _TEXT, "action": _TEXT, "as_of": _MAYBE_TEXT}
    instrument = {"type": _TEXT, "id": _TEXT, "name": _TEXT, "product": _MAYBE_TEXT, "facts": {"type": "object"}}
    urls = ("policy_decision_point", "access_evaluation_endpoint", "access_evaluations_endpoint")
    ready = {"status": _TEXT, "rulebook": _TEXT, "loaded_at": _INSTANT, "recording": {"type": "boolean"}}
    return {
        "Rulebook": _object(
            {
                "digest": _TEXT,
                **ruleset,
                "loaded_at": _INSTANT,
                "next_change": _MAYBE_INSTANT,
                "counts": counted,
                "files": files,
            }
        ),
        "Vocabulary": _object({**ruleset, "facts": _list({"type": "object"}), "schema": {"type": "object"}}),
        "Coverage": _object({**asked, **ruleset, "territories": _list(_object(territory))}),
        "Instruments": _object({**ruleset, "instruments": _list(_object(instrument))}),
        "Configuration": _object(dict.fromkeys(urls, _TEXT)),
        "Health": _object({"status": _TEXT}),
        "Readiness": _object(
            {**ready, **ruleset, "recording_stopped": _MAYBE_TEXT, "edit_refused": {"type": ["object", "null"]}}
        ),
    }


def _object(required: dict[str, Schema], **optional: Schema) -> Schema:
    """Return the schema of an object that always has `required`, and may have `optional`."""
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


def _closed(properties: dict[str, Schema], *, required: tuple[str, ...] = (), **more: Schema) -> Schema:
    return {**_open({**properties, **more}, required=required), "additionalProperties": False}


def _open(properties: dict[str, Schema], *, required: tuple[str, ...] = ()) -> Schema:
    made: Schema = {"type": "object", "properties": properties}
    return {**made, "required": list(required)} if required else made


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _names(names: Any) -> Schema:
    return {"enum": list(names)}


def _ref(name: str) -> Schema:
    return {"$ref": f"{_HERE}{name}"}
