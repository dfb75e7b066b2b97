"""Answer single decisions before any routing: the three addresses that trading engines wait for.

Invariant: the answer is the one that the routes give; what has a query or an idempotency key goes on to them. A failure
is raised, and becomes a problem document at the edge.

Reference: docs/decisions/0025-front.md; ASGI specification 3.0, HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.requests import ClientDisconnect

from compliance.api.problems import Fault, Stopped
from compliance.api.replies import SINGLE, too_long
from compliance.gate.forms import PLAIN, AuthZEN
from compliance.gate.gate import Asked

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from compliance.api.service import Service
    from compliance.gate.forms import Form

_FORMS: Final[dict[str, Form]] = {"/v1/decisions": PLAIN, "/access/v1/evaluation": AuthZEN()}
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
        form = _FORMS.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if form is None or scope["query_string"] or any(name == _KEY for name, _ in scope["headers"]):
            await self._app(scope, receive, send)
            return
        answer = await self._service.answer(Asked(raw=await _body(receive), form=form))
        headers = [_TYPE, (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


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
