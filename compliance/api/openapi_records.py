"""Describe the addresses of the record as OpenAPI: decisions on record, feeds, proofs, erasures.

Reference: OpenAPI Specification 3.1.
"""

from __future__ import annotations

from typing import Any, Final

from compliance.api.problems import KINDS, MEDIA_TYPE

Part = dict[str, Any]
_JSON: Final = "application/json"
_ID: Final[Part] = {"type": "string", "format": "uuid"}
_TEXT: Final[Part] = {"type": "string"}
_INSTANT: Final[Part] = {"type": "string", "format": "date-time"}
_SAID: Final[Part] = {"type": "string", "minLength": 1, "maxLength": 500}
_SIZE: Final[Part] = {"type": "integer", "minimum": 1, "maximum": 10**19 - 1}
_NO_RECORD: Final = (501, 503)


def record_paths(request_id: Part) -> Part:
    """Return the paths of the record; `request_id` is the header that every operation takes."""
    paths = {**_decisions(), **_feeds(), **_erasures(), **_log()}
    for methods in paths.values():
        for operation in methods.values():
            operation["parameters"].append(request_id)
    return paths


def _decisions() -> Part:
    one = (_path("id", _ID),)
    wait = (*one, _query("wait", {"type": "number", "minimum": 0, "maximum": 10}))
    return {
        "/v1/decisions/search": {
            "post": _operation(
                "searchDecisions", "Find recorded decisions, newest first", body=_search(), statuses=(400, 413)
            )
        },
        "/v1/decisions/{id}": {
            "get": _operation("decision", "The public part of a recorded decision", statuses=(400, 404), parameters=one)
        },
        "/v1/decisions/{id}/explanation": {
            "get": _operation(
                "explanation", "What was asked, answered, and why", statuses=(400, 404, 410), parameters=one
            )
        },
        "/v1/decisions/{id}/replay": {
            "post": _operation("replay", "Decide it again and compare", statuses=(400, 404, 410), parameters=one)
        },
        "/v1/decisions/{id}/receipt": {
            "get": _operation(
                "receipt",
                "The proof that a decision is on record",
                statuses=(400, 404),
                parameters=wait,
                answer=_plain("a `tlog-proof` (C2SP)"),
            )
        },
    }


def _feeds() -> Part:
    named = (_path("name", {"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{0,63}$"}),)
    by_resource = {"type": "object", "minProperties": 1, "additionalProperties": {}}
    properties = {
        "by": _SAID,
        "as_of": _INSTANT,
        "valid_until": _INSTANT,
        "values": {"type": "object", "minProperties": 1, "additionalProperties": by_resource},
    }
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["by", "valid_until", "values"],
        "additionalProperties": False,
    }
    shown = {
        "by": "halts-poller",
        "as_of": "2026-11-30T14:00:00Z",
        "valid_until": "2026-11-30T14:10:00Z",
        "values": {"resource.halted": {"*": False, "AAPLx": True}},
    }
    return {
        "/v1/feeds": {"get": _operation("feeds", "What feeds state now", statuses=(400,))},
        "/v1/feeds/{name}": {
            "put": _operation(
                "putFeed",
                "Have a feed state these values, all of them and no others",
                body={"schema": schema, "example": shown},
                statuses=(400, 403, 409, 413),
                parameters=named,
            ),
            "delete": _operation(
                "withdrawFeed",
                "Have a feed state nothing any more",
                body=_said({"by": "ann@venue.example", "reason": "the issuer publishes no halts any more"}),
                statuses=(400, 403, 404, 413),
                parameters=named,
            ),
        },
    }


def _erasures() -> Part:
    named = (_path("id", _TEXT),)
    both = _said({"by": "ann@venue.example", "reason": "asked for on 2026-11-25"})
    return {
        "/v1/subjects/{id}": {
            "delete": _operation(
                "eraseSubject",
                "Ask for a person to be erased",
                body=both,
                statuses=(400, 403, 404, 409, 413),
                parameters=named,
                answer=_answer("it waits for a second person", {"type": "object"}, "202"),
            )
        },
        "/v1/subjects/{id}/holds": {
            "post": _operation(
                "holdSubject",
                "Forbid that a person is erased",
                body=both,
                statuses=(400, 403, 409, 413),
                parameters=named,
                answer=_answer("the hold stands", {"type": "object"}, "201"),
            )
        },
        "/v1/holds/{id}": {
            "delete": _operation(
                "liftHold",
                "Lift a hold, as a second person",
                body=both,
                statuses=(400, 403, 404, 409, 413),
                parameters=named,
            )
        },
        "/v1/erasures": {"get": _operation("erasures", "What waits for approval", statuses=(400,))},
        "/v1/erasures/{id}/approval": {
            "post": _operation(
                "approveErasure",
                "Approve, as a second person, and erase",
                body=_said({"by": "bob@venue.example"}),
                statuses=(400, 403, 404, 409, 413),
                parameters=named,
            )
        },
    }


def _log() -> Part:
    return {
        "/ledger/checkpoint": {
            "get": _operation(
                "checkpoint",
                "The newest signed checkpoint",
                statuses=(400,),
                answer=_plain("a `tlog-checkpoint` (C2SP)"),
            )
        },
        "/ledger/key": {
            "get": _operation("logKey", "The log's public key", statuses=(400,), answer=_plain("a verifier key"))
        },
        "/v1/ledger/key": {
            "get": _operation(
                "logKeys",
                "Every key of the log, what it signs for, and the receipt that leads to it from the one before",
                statuses=(400,),
                answer=_answer("the keys, the newest last", {"type": "object"}),
            )
        },
        "/v1/ledger/consistency": {
            "get": _operation(
                "consistency",
                "The proof that the tree of `second` entries (by default the newest) continues that of `first`",
                statuses=(400, 404),
                parameters=(_query("first", _SIZE, required=True), _query("second", _SIZE)),
                answer=_answer("the hashes of RFC 6962 2.1.2, in base64", {"type": "object"}),
            )
        },
        "/ledger/tile/{path}": {
            "get": _operation(
                "tile",
                "A tile of the tree, or a bundle of entries",
                statuses=(400, 404),
                parameters=(_path("path", _TEXT),),
                answer={
                    "200": {"description": "a tile (C2SP tlog-tiles)", "content": {"application/octet-stream": {}}}
                },
            )
        },
    }


def _search() -> Part:
    texts = dict.fromkeys(("subject", "rule", "action", "territory", "instrument", "cursor"), _TEXT)
    instants = dict.fromkeys(("since", "until"), _INSTANT)
    rest = {
        "outcome": {"enum": ["allow", "deny", "refer", "incomplete"]},
        "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
    }
    schema = {"type": "object", "properties": {**texts, **instants, **rest}, "additionalProperties": False}
    return {"schema": schema, "example": {"outcome": "deny", "limit": 10}}


def _said(shown: dict[str, str]) -> Part:
    schema = {
        "type": "object",
        "properties": dict.fromkeys(shown, _SAID),
        "required": list(shown),
        "additionalProperties": False,
    }
    return {"schema": schema, "example": shown}


def _answer(says: str, schema: Part, status: str = "200") -> Part:
    return {status: {"description": says, "content": {_JSON: {"schema": schema}}}}


def _plain(says: str, kind: str = "text/plain") -> Part:
    return {"200": {"description": says, "content": {kind: {"schema": _TEXT}}}}


def _problem(status: int) -> Part:
    titles = [kind.title for kind in KINDS.values() if kind.status == status]
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "; ".join(titles), "content": {MEDIA_TYPE: {"schema": schema}}}


def _operation(
    name: str,
    says: str,
    *,
    body: Part | None = None,
    statuses: tuple[int, ...] = (),
    parameters: tuple[Part, ...] = (),
    answer: Part | None = None,
) -> Part:
    made: Part = {
        "operationId": name,
        "tags": ["record"],
        "summary": says,
        "parameters": list(parameters),
        "responses": {
            **(answer or _answer(says, {"type": "object"})),
            **{str(status): _problem(status) for status in (*statuses, *_NO_RECORD)},
        },
    }
    if body is not None:
        made["requestBody"] = {"required": True, "content": {_JSON: body}}
    return made


def _path(name: str, schema: Part) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(name: str, schema: Part, *, required: bool = False) -> Part:
    return {"name": name, "in": "query", "required": required, "schema": schema}
