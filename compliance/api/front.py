"""Answer single decisions before any routing: the three addresses that trading engines wait for.

Two ways in: `begin`, for a server whose connections are ours (`connection`), and ASGI for any other.

Invariant: the answer is the one that the routes give, in the headers that `edge` gives them; what has a query or an
idempotency key goes on to the routes.

Reference: docs/decisions/0025-front.md; ASGI specification 3.0, HTTP.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from starlette.requests import ClientDisconnect

from compliance.api.edge import HIDDEN, REQUEST_ID, dressed, refusal, refuse, request_id
from compliance.api.exchange import lines
from compliance.api.preference import APPLIED, HEADER, form_in
from compliance.api.problems import Fault, Stopped
from compliance.api.replies import SINGLE, too_long
from compliance.gate.forms import MINIMAL, PLAIN, AuthZEN
from compliance.gate.sitting import Asked

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from compliance.api.exchange import Exchange, Headers
    from compliance.api.service import Service
    from compliance.gate.forms import Form
    from compliance.gate.gate import Given

_OURS: Final = "/v1/decisions"
_AUTHZEN: Final = "/access/v1/evaluation"
_FORM: Final = AuthZEN()
_KEY: Final = b"idempotency-key"
_TYPE: Final = (b"content-type", b"application/json")
_PATHS: Final = frozenset({_OURS.encode(), _AUTHZEN.encode()})
_HEAD: Final = lines((_TYPE, *HIDDEN))
_LENGTH: Final = b"content-length"


class Front:
    """An ASGI app for what `takes` says; it answers whatever happens."""

    def __init__(self, service: Service) -> None:
        """Take what answers, and counts."""
        self._service = service

    def wants(self, path: bytes, headers: Headers) -> bool:
        """Say whether a POST to `path` is for one decision, of a stated length that is not too long."""
        if path not in _PATHS:
            return False
        given = dict(headers)
        length = given.get(_LENGTH, b"")
        return _KEY not in given and length.isdigit() and int(length) <= SINGLE

    def begin(self, exchange: Exchange) -> None:
        """Answer an exchange now, or once its answer is recorded."""
        # The headers of most requests ask for nothing: those few that do are looked at one by one.
        names = {name for name, _ in exchange.headers}
        form: Form = _FORM if exchange.path == _AUTHZEN else PLAIN
        head = _HEAD
        if HEADER in names and form is PLAIN:
            form = form_in(exchange.headers)
            head = _HEAD + lines((APPLIED,)) if form is MINIMAL else _HEAD
        if REQUEST_ID in names:
            head += lines(request_id(exchange.headers))

        def done(found: Given | Exception) -> None:
            if isinstance(found, Exception):
                response = refusal(found, exchange.path)
                status, body = response.status_code, bytes(response.body)
                exchange.answer(status, lines(dressed(response.raw_headers, exchange.headers)), body)
            else:
                status = 200
                exchange.answer(status, head, found.response)
            if exchange.disconnected:
                status = 0
            self._service.metrics.request(exchange.path, status, time.perf_counter() - exchange.started)

        try:
            found = self._service.begin(Asked(raw=exchange.body, form=form), done)
        except Exception as error:  # noqa: BLE001 - nothing that fails inside may leave as anything but a problem
            done(error)
        else:
            if found is not None:
                done(found)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        path: str = scope["path"]
        status = 200
        try:
            head, body = await self._answer(path, scope, receive)
        except ClientDisconnect:
            status = 0
        except Exception as error:  # noqa: BLE001 - nothing that fails inside may leave as anything but a problem
            status = await refuse(error, path, scope, receive, send)
        else:
            await send(head)
            await send(body)
        finally:
            self._service.metrics.request(path, status, time.perf_counter() - started)

    async def _answer(self, path: str, scope: Scope, receive: Receive) -> tuple[Message, Message]:
        given: list[tuple[bytes, bytes]] = scope["headers"]
        names = {name for name, _ in given}
        form: Form = _FORM if path == _AUTHZEN else form_in(given) if HEADER in names else PLAIN
        answer = await self._service.answer(Asked(raw=await _body(receive), form=form))
        headers = [_TYPE, (b"content-length", b"%d" % len(answer)), *HIDDEN]
        if form is MINIMAL:
            headers.append(APPLIED)
        if REQUEST_ID in names:
            headers += request_id(given)
        return (
            {"type": "http.response.start", "status": 200, "headers": headers},
            {"type": "http.response.body", "body": answer},
        )


def takes(scope: Scope) -> bool:
    """Say whether a request is for one decision, and nothing about it is for the routes to read."""
    if scope["type"] != "http" or scope["path"] not in {_OURS, _AUTHZEN} or scope["method"] != "POST":
        return False
    return not scope["query_string"] and _KEY not in [name for name, _ in scope["headers"]]


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
