"""Answer single decisions before any routing: the three addresses that trading engines wait for.

Invariant: the answer is the one that the routes give; what has a query or an idempotency key goes on to them. A failure
is raised, and becomes a problem document at the edge.

Reference: docs/decisions/0025-front.md; ASGI specification 3.0, HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.requests import ClientDisconnect

from compliance.api.preference import APPLIED, form_in
from compliance.api.problems import Fault, Stopped
from compliance.api.replies import SINGLE, too_long
from compliance.gate.forms import MINIMAL, AuthZEN
from compliance.gate.gate import Asked

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from compliance.api.service import Service
    from compliance.gate.forms import Form

_OURS: Final = "/v1/decisions"
_AUTHZEN: Final = "/access/v1/evaluation"
_FORM: Final = AuthZEN()
_KEY: Final = b"idempotency-key"
_TYPE: Final = (b"content-type", b"application/json")


class Front:
    """ASGI middleware in front of the routes."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        """Take the app with the routes, and what answers."""
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if not _is_single(scope):
            await self._app(scope, receive, send)
            return
        form: Form = form_in(scope["headers"]) if scope["path"] == _OURS else _FORM
        answer = await self._service.answer(Asked(raw=await _body(receive), form=form))
        headers = [_TYPE, (b"content-length", b"%d" % len(answer))]
        if form is MINIMAL:
            headers.append(APPLIED)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


def _is_single(scope: Scope) -> bool:
    """Say whether a request is for one decision, and nothing about it is for the routes to read."""
    if scope["type"] != "http" or scope["path"] not in {_OURS, _AUTHZEN} or scope["method"] != "POST":
        return False
    return not scope["query_string"] and not any(name == _KEY for name, _ in scope["headers"])


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body", False) and len(body) <= SINGLE:
        return body
    size, parts = len(body), [body]
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= SINGLE:
            parts.append(part)
        elif too_long(size):
            break
    if message["type"] != "http.request":
        raise ClientDisconnect
    if size > SINGLE:
        raise Stopped("too-large", Fault(f"the body has more than {SINGLE} bytes", "", ""))
    return b"".join(parts)
