"""AuthZEN 1.0: evaluation and evaluations. `decision` is true only where the client may go ahead at once.

Names that the vocabulary lacks are ignored and listed. Our one addition to a request is `context.obligations`: the
types of obligation that the client sees to when it is allowed something.

Reference: OpenID AuthZEN Authorization API 1.0, sections 6 and 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from compliance.api.answer import answer_json
from compliance.api.decisions import MOST
from compliance.api.problems import Fault, Stopped, document_of
from compliance.api.replies import MANY, body_of, reply
from compliance.engine.decision import Outcome
from compliance.engine.envelope import Problem, RequestRefused
from compliance.vocabulary.suggestions import alternatives

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from compliance.api.service import Service
    from compliance.gate.answer import Answer

_PARTS: Final = ("subject", "action", "resource", "context")
_SEMANTICS: Final = ("execute_all", "deny_on_first_deny", "permit_on_first_permit")
_DECLARED: Final = "obligations"
UNDECLARED: Final = "obligations-not-declared"

Asked = tuple[dict[str, object], frozenset[str]]
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
        return reply(await self._one(object_of(await body_of(request))))

    async def evaluations(self, request: Request) -> Response:
        """Answer several requests that share defaults, all or up to the first that settles it."""
        body = object_of(await body_of(request, MANY))
        items = _items(body)
        semantic = _semantic(body)
        if not items:
            return reply(await self._one({name: body[name] for name in body if name not in {"evaluations", "options"}}))
        defaults: dict[str, object] = {name: body[name] for name in _PARTS if name in body}
        asked = [_asked_item(index, {**defaults, **item}, item) for index, item in enumerate(items)]

        def settles(index: int, found: Answer | RequestRefused) -> bool:
            allowed = not isinstance(found, RequestRefused) and found.allows_a_client_that(asked[index][1])
            return semantic == ("permit_on_first_permit" if allowed else "deny_on_first_deny")

        found = await self._service.answer_all([each for each, _ in asked], strict=False, until=settles)
        given = zip(found, asked, items, strict=False)
        evaluated = [_evaluated(index, each, types, item) for index, (each, (_, types), item) in enumerate(given)]
        return reply({"evaluations": evaluated})

    async def _one(self, body: Mapping[str, object]) -> dict[str, Any]:
        asked, declared = asked_of(body)
        return decision_json(await self._service.answer(asked, strict=False), declared)


def decision_json(answer: Answer, declared: frozenset[str]) -> dict[str, Any]:
    """Return an answer as AuthZEN spells it, to a client that sees to obligations of the `declared` types."""
    allowed = answer.allows_a_client_that(declared)
    context = answer_json(answer)
    if not allowed:
        context["reason"] = _reason(answer)
    return {"decision": allowed, "context": context}


def asked_of(body: Mapping[str, object], prefix: str = "") -> Asked:
    """Return a request without what the client declares, and what it declares; raise `Stopped` if that is no list."""
    context = body.get("context")
    if not isinstance(context, dict) or _DECLARED not in context:
        return dict(body), frozenset()
    types = context[_DECLARED]
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        help_ = 'send the types that you see to, for instance ["show-prospectus"]'
        raise Stopped(
            "invalid-request", Fault("`obligations` is a list of texts", help_, f"{prefix}/context/{_DECLARED}")
        )
    rest = {name: value for name, value in context.items() if name != _DECLARED}
    return {**body, "context": rest}, frozenset(types)


def object_of(body: object) -> dict[str, object]:
    """Return `body` if it is an object; raise `Stopped` for anything else."""
    if isinstance(body, dict):
        return body
    raise Stopped("invalid-request", Fault("a request is an object", "send {subject, action, resource, context}", ""))


def _asked_item(index: int, merged: Mapping[str, object], item: Mapping[str, object]) -> Asked:
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


def _evaluated(
    index: int, found: Answer | RequestRefused, declared: frozenset[str], item: Mapping[str, object]
) -> dict[str, Any]:
    if not isinstance(found, RequestRefused):
        return decision_json(found, declared)
    # A part that the item does not give came from the defaults, and is wrong there.
    placed = [
        Problem(f"/evaluations/{index}{each.pointer}" if _part(each) in item else each.pointer, each.message, each.help)
        for each in found.problems
    ]
    document = document_of(RequestRefused(placed)).as_json()
    error = {"status": document["status"], "message": document.get("detail", ""), "errors": document.get("errors", [])}
    return {"decision": False, "context": {"reason": "invalid-request", "error": error}}


def _part(problem: Problem) -> str:
    return problem.pointer.split("/")[1] if problem.pointer else ""


def _reason(answer: Answer) -> str:
    """Return the first thing that stands in the way, as a slug."""
    decision = answer.decision
    if decision.outcome is Outcome.ALLOW:
        return UNDECLARED
    if decision.ground is not None:
        return decision.ground
    if decision.outcome is Outcome.INCOMPLETE:
        return "facts-missing" if decision.missing else "requirements-not-met"
    grounds = decision.grounds
    if decision.counterparty is not None:
        grounds += decision.counterparty[1].grounds
    against = [ground.rule for ground in grounds if ground.effect != "permit"]
    return against[0] if against else decision.outcome.value
