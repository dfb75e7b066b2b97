"""AuthZEN 1.0: evaluation and evaluations. `decision` is true only where the client may go ahead at once.

Names that the vocabulary lacks are ignored and listed. Our one addition to a request is `context.obligations`: the
types of obligation that the client sees to when it is allowed something.

Reference: OpenID AuthZEN Authorization API 1.0, sections 6 and 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from compliance.api.decisions import MOST
from compliance.api.problems import Fault, Stopped, document_of
from compliance.api.replies import MANY, bytes_of, reply, sent
from compliance.engine.envelope import Problem, RequestRefused
from compliance.engine.json import read_json
from compliance.gate.forms import AuthZEN
from compliance.gate.gate import Given
from compliance.gate.sitting import Asked
from compliance.vocabulary.suggestions import alternatives

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from compliance.api.service import Service
    from compliance.gate.answer import Answer
    from compliance.gate.gate import Found

_PARTS: Final = ("subject", "action", "resource", "context")
_SEMANTICS: Final = ("execute_all", "deny_on_first_deny", "permit_on_first_permit")

Declaring = tuple[dict[str, object], frozenset[str]]
"""A request as the rulebook reads it, and the types of obligation that its client declared."""


class Evaluations:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        """Take what answers."""
        self._service = service

    def routes(self) -> list[Route]:
        """Return where the endpoints are."""
        return [
            Route("/access/v1/evaluation", self.evaluation, methods=["POST"]),
            Route("/access/v1/evaluations", self.evaluations, methods=["POST"]),
        ]

    async def evaluation(self, request: Request) -> Response:
        """Answer one request."""
        return sent(await self._service.answer(Asked(raw=await bytes_of(request), form=AuthZEN())))

    async def evaluations(self, request: Request) -> Response:
        """Answer several requests that share defaults, all or up to the first that settles it."""
        raw = await bytes_of(request, MANY)
        body = object_of(read_json(raw))
        items = _items(body)
        semantic = _semantic(body)
        if not items:
            one = {name: body[name] for name in body if name not in {"evaluations", "options"}}
            return sent(await self._service.answer(Asked(one, form=AuthZEN())))
        defaults: dict[str, object] = {name: body[name] for name in _PARTS if name in body}
        asked = [_asked_item(index, {**defaults, **item}, item) for index, item in enumerate(items)]

        def settles(index: int, found: Answer | RequestRefused) -> bool:
            allowed = not isinstance(found, RequestRefused) and found.allows_a_client_that(asked[index][1])
            return semantic == ("permit_on_first_permit" if allowed else "deny_on_first_deny")

        found = await self._service.answer_all([Asked(each, form=AuthZEN(types)) for each, types in asked], settles)
        evaluated = [_evaluated(index, each, items[index]) for index, each in enumerate(found)]
        return sent(b'{"evaluations":[%b]}' % b",".join(evaluated))


def asked_of(body: Mapping[str, object], prefix: str = "") -> Declaring:
    """Return a request without what the client declares, and what it declares; raise `RequestRefused`."""
    try:
        question, form = AuthZEN().question(body)
    except RequestRefused as refused:
        placed = [Problem(prefix + each.pointer, each.message, each.help) for each in refused.problems]
        raise RequestRefused(placed) from None
    return question, form.declared


def object_of(body: object) -> dict[str, object]:
    """Return `body` if it is an object; raise `Stopped` for anything else."""
    if isinstance(body, dict):
        return body
    raise Stopped("invalid-request", Fault("a request is an object", "send {subject, action, resource, context}", ""))


def _asked_item(index: int, merged: Mapping[str, object], item: Mapping[str, object]) -> Declaring:
    return asked_of(merged, f"/evaluations/{index}" if "context" in item else "")


def _items(body: Mapping[str, object]) -> list[dict[str, object]]:
    items = body.get("evaluations", [])
    if not isinstance(items, list) or len(items) > MOST:
        raise Stopped("invalid-request", Fault(f"`evaluations` is a list of up to {MOST} requests", "", "/evaluations"))
    faults = [
        Fault("an evaluation is an object", "send {subject, action, resource, context}", f"/evaluations/{index}")
        for index, item in enumerate(items)
        if not isinstance(item, dict)
    ]
    if faults:
        raise Stopped("invalid-request", *faults)
    return items


def _semantic(body: Mapping[str, object]) -> str:
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise Stopped("invalid-request", Fault("`options` is an object", "", "/options"))
    semantic = options.get("evaluations_semantic", _SEMANTICS[0])
    if not isinstance(semantic, str) or semantic not in _SEMANTICS:
        where, known = "/options/evaluations_semantic", alternatives(_SEMANTICS)
        raise Stopped("invalid-request", Fault("the semantic is not known", f"known: {known}", where))
    return semantic


def _evaluated(index: int, found: Found, item: Mapping[str, object]) -> bytes:
    if isinstance(found, Given):
        return found.response
    # A part that the item does not give came from the defaults, and is wrong there.
    placed = [
        Problem(f"/evaluations/{index}{each.pointer}" if _part(each) in item else each.pointer, each.message, each.help)
        for each in found.problems
    ]
    document = document_of(RequestRefused(placed)).as_json()
    error = {"status": document["status"], "message": document.get("detail", ""), "errors": document.get("errors", [])}
    return bytes(reply({"decision": False, "context": {"reason": "invalid-request", "error": error}}).body)


def _part(problem: Problem) -> str:
    return problem.pointer.split("/")[1] if problem.pointer else ""
