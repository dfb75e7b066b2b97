"""Describe the interface as OpenAPI 3.1, with the facts, kinds, actions and examples of the rulebook in force.

Reference: OpenAPI Specification 3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance import __version__
from compliance.api.examples import evaluation_example, example
from compliance.api.openapi_records import record_paths
from compliance.api.problems import KINDS, MEDIA_TYPE
from compliance.api.schemas import schemas

if TYPE_CHECKING:
    from compliance.language.rulebook import Rulebook

Part = dict[str, Any]
_JSON: Final = "application/json"
_REQUEST_ID: Final[Part] = {
    "name": "X-Request-ID",
    "in": "header",
    "required": False,
    "description": "any text; the answer carries it back",
    "schema": {"type": "string"},
}
_KEY: Final[Part] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "the same key gives the same bytes for 24 hours; needs a ledger",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-\\[\\]-~]+$"},
}
_DECIDED: Final = (400, 409, 410, 413, 501, 503)


def openapi(book: Rulebook) -> Part:
    """Return the OpenAPI document of the service while `book` is in force."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "compliance",
            "version": __version__,
            "description": "May this person do this, with this instrument, here, now, and who says so?",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [
            {"name": "decisions", "description": "our own interface: every name is checked"},
            {"name": "AuthZEN", "description": "OpenID AuthZEN Authorization API 1.0"},
            {"name": "record", "description": "what was decided, with its proof; needs a ledger"},
            {"name": "rulebook", "description": "what is in force"},
            {"name": "service", "description": "whether it runs"},
        ],
        "paths": {
            **_decisions(book),
            **_authzen(book),
            **record_paths(_REQUEST_ID),
            **_rulebook(book),
            **_service(),
        },
        "components": {"schemas": schemas(book.vocabulary)},
    }


def _decisions(book: Rulebook) -> Part:
    one = example(book)
    paths: Part = {
        "/v1/decisions": {
            "post": _operation(
                "decide", "decisions", "Decide one request", "Answer", _body("Request", one), statuses=_DECIDED
            )
        },
        "/v1/decisions/batch": {
            "post": _operation(
                "decideMany",
                "decisions",
                "Decide up to 10,000 requests, in order",
                "Answers",
                _body("Batch", {"requests": [one]}),
                statuses=_DECIDED,
            )
        },
    }
    for found in paths.values():
        found["post"]["parameters"].append(_KEY)
    return paths


def _authzen(book: Rulebook) -> Part:
    one = evaluation_example(book)
    resource, subject = {**one["resource"]}, {**one["subject"]}
    several = {**{key: one[key] for key in one if key != "resource"}, "evaluations": [{"resource": resource}]}
    of_type = {"type": resource.get("type", "")}
    found = {
        "/access/v1/evaluation": ("evaluate", "Evaluate one request", "Evaluated", "Evaluation", one),
        "/access/v1/evaluations": ("evaluateMany", "Evaluate several", "EvaluatedMany", "Evaluations", several),
        "/access/v1/search/resource": (
            "searchResources",
            "Find the resources that a subject may",
            "FoundEntities",
            "ResourceSearch",
            {**one, "resource": of_type},
        ),
        "/access/v1/search/action": (
            "searchActions",
            "Find what a subject may do with a resource",
            "FoundActions",
            "ActionSearch",
            {key: one[key] for key in one if key != "action"},
        ),
    }
    if any(book.catalogue.get(kind) for kind in book.vocabulary.kinds):
        kind = {"type": next(kind for kind in book.vocabulary.kinds if book.catalogue.get(kind))}
        found["/access/v1/search/subject"] = (
            "searchSubjects",
            "Find the catalogued subjects that may",
            "FoundEntities",
            "SubjectSearch",
            {**one, "subject": kind if subject.get("type") != kind["type"] else {"type": subject["type"]}},
        )
    paths: Part = {
        path: {"post": _operation(name, "AuthZEN", says, answer, _body(asked, shown), statuses=(400, 413, 503))}
        for path, (name, says, answer, asked, shown) in found.items()
    }
    paths["/.well-known/authzen-configuration"] = {
        "get": _operation("configuration", "AuthZEN", "What of AuthZEN is offered, and where", "Configuration")
    }
    return paths


def _rulebook(book: Rulebook) -> Part:
    products = sorted({*book.products, *(position.product for position in book.positions)})
    actions = list(book.vocabulary.all_actions())
    as_of = {"type": "string", "format": "date-time"}
    asked = [
        _parameter("product", {"enum": products} if products else {"type": "string"}, required=True),
        _parameter("action", {"enum": actions}, required=True),
        _parameter("as_of", as_of),
    ]
    listed = [
        _parameter("type", {"enum": list(book.vocabulary.resource_types)}),
        _parameter("product", {"enum": products} if products else {"type": "string"}),
    ]
    return {
        "/v1/rulebook": {
            "get": _operation("rulebook", "rulebook", "Which rulebook is in force", "Rulebook", statuses=(400,))
        },
        "/v1/vocabulary": {
            "get": _operation("vocabulary", "rulebook", "What can be said", "Vocabulary", statuses=(400,))
        },
        "/v1/coverage": {
            "get": {
                **_operation("coverage", "rulebook", "Where an action is open", "Coverage", statuses=(400,)),
                "parameters": [*asked, _REQUEST_ID],
            }
        },
        "/v1/instruments": {
            "get": {
                **_operation("instruments", "rulebook", "What is catalogued", "Instruments", statuses=(400,)),
                "parameters": [*listed, _REQUEST_ID],
            }
        },
    }


def _service() -> Part:
    metrics = {"200": {"description": "counters", "content": {"text/plain": {"schema": {"type": "string"}}}}}
    ready = _operation("readyz", "service", "What answers", "Readiness")
    answers = ready["responses"]["200"]
    return {
        "/healthz": {"get": _operation("healthz", "service", "Whether the service lives", "Health")},
        "/readyz": {
            "get": {
                **ready,
                "responses": {**ready["responses"], "503": {**answers, "description": "nothing is answered"}},
            }
        },
        "/metrics": {
            "get": {**_operation("metrics", "service", "Counters for Prometheus", "Health"), "responses": metrics}
        },
    }


def _operation(
    name: str, tag: str, says: str, answer: str, body: Part | None = None, *, statuses: tuple[int, ...] = ()
) -> Part:
    responses: Part = {"200": {"description": says, "content": {_JSON: {"schema": _ref(answer)}}}}
    for status in statuses:
        titles = [kind.title for kind in KINDS.values() if kind.status == status]
        responses[str(status)] = {
            "description": "; ".join(titles),
            "content": {MEDIA_TYPE: {"schema": _ref("Problem")}},
        }
    made: Part = {
        "operationId": name,
        "tags": [tag],
        "summary": says,
        "parameters": [_REQUEST_ID],
        "responses": responses,
    }
    if body is not None:
        made["requestBody"] = body
    return made


def _body(name: str, shown: Part) -> Part:
    return {"required": True, "content": {_JSON: {"schema": _ref(name), "example": shown}}}


def _parameter(name: str, schema: Part, *, required: bool = False) -> Part:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}
