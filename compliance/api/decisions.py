"""`POST /v1/decisions` and `/v1/decisions/batch`: our own interface, strict about every name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from compliance.api.idempotency import item_key, key_of
from compliance.api.parameters import parameters
from compliance.api.preference import form_in
from compliance.api.problems import Fault, Stopped, document_of
from compliance.api.replies import MANY, bytes_of, reply, sent
from compliance.engine.envelope import Problem, RequestRefused
from compliance.engine.json import MalformedJSON, read_json
from compliance.gate.forms import MINIMAL
from compliance.gate.gate import Given
from compliance.gate.sitting import Asked
from compliance.vocabulary.refusal import escaped, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from compliance.api.service import Service
    from compliance.gate.forms import Form
    from compliance.gate.gate import Found
    from compliance.ledger.entry import IdempotencyKey

MOST: Final = 10_000
"""Requests in one batch."""


class Decisions:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        """Take what answers."""
        self._service = service

    def routes(self) -> list[Route]:
        """Return where the endpoints are."""
        return [
            Route("/v1/decisions", self.decide, methods=["POST"]),
            Route("/v1/decisions/batch", self.decide_many, methods=["POST"]),
        ]

    async def decide(self, request: Request) -> Response:
        """Answer one request."""
        parameters(request)
        raw = await bytes_of(request)
        form = form_in(request.headers.raw)
        answer = await self._service.answer(Asked(raw=raw, form=form, key=key_of(request, raw)))
        return sent(answer, minimal=form is MINIMAL)

    async def decide_many(self, request: Request) -> Response:
        """Answer many requests, in order; one that cannot be read has a problem in its place."""
        parameters(request)
        raw = await bytes_of(request, MANY)
        key, form = key_of(request, raw), form_in(request.headers.raw)
        answers = await self._answers(raw, form, key)
        # Around the first and the last, so that what is long is put together once.
        answers[0] = b'{"answers":[' + answers[0]
        answers[-1] += b"]}"
        return sent(b",".join(answers), minimal=form is MINIMAL)

    async def _answers(self, raw: bytes, form: Form, key: IdempotencyKey | None) -> list[bytes]:
        """Return the answers to a batch, or the problems in their places; a batch that is unusual is parsed first."""
        if key is None:
            found = await self._service.answer_batch(raw, form, MOST)
            if found is not None:
                return _placed(found)
        parts = self._service.gate.now().split(raw)
        if parts is not None and 1 <= len(parts) <= MOST:
            asked = [Asked(raw=part, form=form, key=item_key(key, index)) for index, part in enumerate(parts)]
            try:
                return _placed([_bytes_of(each) for each in await self._service.answer_all(asked)])
            except MalformedJSON:
                # Read as a whole, what is wrong with it has its place in the whole.
                pass
        bodies = _requests(read_json(raw))
        asked = [Asked(body, form=form, key=item_key(key, index)) for index, body in enumerate(bodies)]
        return _placed([_bytes_of(each) for each in await self._service.answer_all(asked)])


def _requests(body: object) -> list[object]:
    if not isinstance(body, dict):
        raise Stopped("invalid-request", Fault("a batch is an object", "send {requests: [...]}", ""))
    faults = [
        Fault(f"{shown(name)} is not a name here", "known: `requests`", f"/{escaped(name)}")
        for name in body
        if name != "requests"
    ]
    requests = body.get("requests")
    if not isinstance(requests, list) or not 1 <= len(requests) <= MOST:
        faults.append(Fault(f"`requests` is a list of 1 to {MOST} requests", "", "/requests"))
    if faults or not isinstance(requests, list):
        raise Stopped("invalid-request", *faults)
    return requests


def _bytes_of(found: Found) -> bytes | RequestRefused:
    return found.response if isinstance(found, Given) else found


def _placed(found: Sequence[bytes | RequestRefused]) -> list[bytes]:
    """Return each answer, or the problem document that stands in its place."""
    return [each if isinstance(each, bytes) else _problem(index, each) for index, each in enumerate(found)]


def _problem(index: int, found: RequestRefused) -> bytes:
    prefix = f"/requests/{index}"
    placed = [Problem(prefix + problem.pointer, problem.message, problem.help) for problem in found.problems]
    return bytes(reply({"problem": document_of(RequestRefused(placed)).as_json()}).body)
