"""Turn a vocabulary into JSON Schemas for rule files, so that editors complete and check them while one types.

What a schema cannot know (names that other files define, types of conditions) stays with `compliance check`.

Reference: JSON Schema draft 2020-12; the `yaml-language-server` modeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.language.formatter import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.language.rulebook import Rulebook

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
KINDS: Final = ("statements", "jurisdiction", "group", "cases")
_DATE: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"}
_TEXT: Final = {"type": "string", "minLength": 1}
_TEXTS: Final = {"type": "array", "items": _TEXT, "minItems": 1}
_VALUE: Final[dict[str, Any]] = {"type": ["string", "number", "integer", "boolean", "object", "array", "null"]}
_STANDINGS: Final = ("quoted", "relayed", "secondary", "computed", "house", "recalled")
_OUTCOMES: Final = ("allow", "deny", "refer", "incomplete")


def modeline(kind: str, folder: str = ".schemas") -> str:
    """Return the first line that tells an editor which schema a file has."""
    return f"# yaml-language-server: $schema={folder}/{kind}.json"


def kind_of(path: str) -> str | None:
    """Return which schema the file at `path` (below the rulebook's folder) has, or `None` for one without."""
    if path.endswith(".cases.yaml"):
        return "cases"
    if path.startswith("jurisdictions/groups/"):
        return "group"
    if path.startswith("jurisdictions/"):
        return None if path == "jurisdictions/parents.yaml" else "jurisdiction"
    own = {"rules/vocabulary.yaml", "rules/authorities.yaml", "rules/personas.yaml", "rules/edges.yaml"}
    return None if path in own else "statements"


def schemas(rulebook: Rulebook) -> Mapping[str, dict[str, Any]]:
    """Return the schema of each kind of file, with the words that `rulebook` knows."""
    shared = _definitions(rulebook)
    return {
        "statements": _document("Statements", {"oneOf": [_ref("statement"), _list(_ref("statement"))]}, shared),
        "jurisdiction": _document("A territory", _jurisdiction("jurisdiction", {}), shared),
        "group": _document(
            "A group of territories", _jurisdiction("group", {"members": _list(_ref("members"))}), shared
        ),
        "cases": _document("Cases", _object({"as_of": _DATE, "cases": _list(_ref("case"))}, ("cases",)), shared),
    }


def _document(title: str, body: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DRAFT, "title": title, **body, "$defs": shared}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1}


def _one(words: Iterable[str]) -> dict[str, Any]:
    return {"enum": sorted(words)}


def _object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _jurisdiction(name: str, more: dict[str, Any]) -> dict[str, Any]:
    fields = {
        **dict.fromkeys((name, "name", "means", "zone"), _TEXT),
        "review_by": _DATE,
        "authority": _ref("authority"),
        "notes": _TEXTS,
        "authorities": {"type": "object", "additionalProperties": _ref("source")},
        "positions": _list(_ref("position")),
        "definitions": _list(_ref("define")),
        "parameters": _list(_ref("parameter")),
        "rules": _list(_ref("rule")),
        **more,
    }
    known = ORDERS[name]
    return _object({key: value for key, value in fields.items() if key in known}, (name,))


def _definitions(rulebook: Rulebook) -> dict[str, Any]:
    vocabulary = rulebook.vocabulary
    actions = {*vocabulary.actions, *vocabulary.all_actions()}
    dated = {"authority": _ref("authority"), "effective": _ref("effective"), "review_by": _DATE, "notes": _TEXTS}
    scope = {
        "subjects": _list(_one(vocabulary.kinds)),
        "resources": _object({"product": _one(rulebook.products), "type": _one(vocabulary.resource_types)}),
        "except": _TEXTS,
    }
    rule = {
        "rule": _TEXT,
        "effect": _one(("permit", "forbid", "require", "refer", "oblige")),
        "layer": _one(vocabulary.layers),
        "actions": _list(_one(actions)),
        **scope,
        **{key: _ref("condition") for key in ("when", "needs")},
        "obliges": _one(vocabulary.obligations),
        **dict.fromkeys(("remedy", "says"), _TEXT),
        **dated,
    }
    position = {
        "layer": _one(vocabulary.layers),
        "product": {"anyOf": [_one(rulebook.products), _list(_one(rulebook.products))]},
        "access": _one(vocabulary.access),
        **dict.fromkeys(("name", "says"), _TEXT),
        "except": _TEXTS,
        "when": _ref("condition"),
        **dated,
    }
    define = {"define": _TEXT, "subjects": scope["subjects"], "means": _TEXT, "is": _ref("condition"), **dated}
    return {
        **_sources(),
        "condition": _condition(),
        "rule": _object(rule, ("rule", "effect", "actions", "says", "authority")),
        "position": _object(position, ("layer", "product", "access", "authority")),
        "define": _object(define, ("define", "means", "is")),
        **_values(dated),
        "members": _object({"of": _TEXTS, **dated}, ("of", "authority")),
        "case": _case(),
        "statement": {
            "oneOf": [_ref(name) for name in ("rule", "define", "parameter", "product", "catalogue", "invariant")]
        },
    }


def _sources() -> dict[str, Any]:
    source = {
        **dict.fromkeys(("title", "article"), _TEXT),
        "href": _TEXT,
        "reviewed_on": _DATE,
        "standing": _one(_STANDINGS),
    }
    effective = {"from": _DATE, "through": _DATE, "until": _DATE, "zone": _TEXT}
    return {
        "source": _object(source, ("title", "reviewed_on", "standing")),
        "authority": _list({"oneOf": [_TEXT, _ref("source"), _object({"use": _TEXT, "article": _TEXT}, ("use",))]}),
        "effective": _object(effective),
    }


def _condition() -> dict[str, Any]:
    leaf = _object({"is": _ref("condition"), "says": _TEXT}, ("is", "says"))
    terms = _list({"oneOf": [_ref("condition"), leaf]})
    trees = [_object({kind: terms}, (kind,)) for kind in ("all", "any", "none")]
    return {"oneOf": [{"type": ["string", "boolean"]}, *trees], "description": "CEL, or a tree of all/any/none"}


def _values(dated: dict[str, Any]) -> dict[str, Any]:
    value = _object({"value": _VALUE, **dated}, ("value", "authority"))
    facts = {"type": "object", "additionalProperties": _VALUE}
    parameter = {"parameter": _TEXT, "means": _TEXT, "type": _TEXT, "values": _list(value)}
    product = {**dict.fromkeys(("product", "name", "part_of"), _TEXT), "facts": facts, "authority": _ref("authority")}
    entry = {"type": "object", "properties": {"id": _TEXT}, "required": ["id"]}
    catalogue = {
        **dict.fromkeys(("catalogue", "product"), _TEXT),
        "facts": facts,
        "authority": _ref("authority"),
        "entries": _list(entry),
    }
    invariant = {"invariant": _TEXT, "says": _TEXT, "holds": _ref("condition")}
    return {
        "parameter": _object(parameter, ("parameter", "means", "type", "values")),
        "product": _object(product, ("product", "name")),
        "catalogue": _object(catalogue, ("catalogue", "entries")),
        "invariant": _object(invariant, ("invariant", "holds")),
    }


def _case() -> dict[str, Any]:
    part = {"type": "object", "additionalProperties": _VALUE}
    names = {"type": "array", "items": _TEXT}
    fields = {
        "case": _TEXT,
        "as_of": _DATE,
        "as": _TEXT,
        **dict.fromkeys(("subject", "action", "resource", "context"), part),
        "outcome": _one(_OUTCOMES),
        **dict.fromkeys(
            ("without", "homes", "grounds", "not_grounds", "missing", "requirements", "obligations"), names
        ),
    }
    return _object(fields, ("case", "outcome"))
