"""The outermost layer: whatever happens inside, an answer or a problem document leaves, with the client's request id.

Reference: AuthZEN Authorization API 1.0, "Request Identification" (`X-Request-ID`).
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from starlette.requests import ClientDisconnect

from compliance.api.problems import document_of
from compliance.api.replies import problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from compliance.api.metrics import Metrics

_log = logging.getLogger(__name__)
REQUEST_ID: Final = b"x-request-id"
HIDDEN: Final = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
"""Headers that every answer has, unless it says otherwise itself."""


class Edge:
    """ASGI middleware around the routes."""

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Sequence[Route]) -> None:
        """Take the app inside, where its requests are counted, and the routes it has."""
        self._app = app
        self._metrics = metrics
        self._paths = frozenset(route.path for route in routes if "{" not in route.path)
        self._patterns = tuple((route.path_regex, route.path) for route in routes if "{" in route.path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request in and its response out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def send_out(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(_dressed(message, scope))

        try:
            await self._app(scope, receive, send_out)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - nothing that fails inside may leave as anything but a problem
            refused = await refuse(error, self._route(scope), scope, receive, None if status else send)
            status = status or refused
        finally:
            self._metrics.request(self._route(scope), status, time.perf_counter() - started)

    def _route(self, scope: Scope) -> str:
        """Return the path of ours that was asked, never a client's text."""
        path: str = scope["path"]
        if path in self._paths:
            return path
        return next((template for pattern, template in self._patterns if pattern.match(path)), "other")


async def refuse(error: Exception, route: str, scope: Scope, receive: Receive, send: Send | None) -> int:
    """Answer with the problem document of an error, noted if it is ours, and return the status.

    `send` is `None` where a response has begun already, so that there is no room for another.
    """
    response = refusal(error, route)
    if send is not None:
        sending = send

        async def send_out(message: Message) -> None:
            await sending(_dressed(message, scope))

        await response(scope, receive, send_out)
    return response.status_code


def refusal(error: Exception, route: str) -> Response:
    """Return the problem document of an error, noted if it is ours."""
    document = document_of(error)
    if document.status >= 500:
        _log.error("a request to %s failed", route, exc_info=error)
    return problem(document)


def request_id(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the request id among a request's headers, to be sent back; the first where there are several."""
    return [(name, value) for name, value in headers if name == REQUEST_ID][:1]


def _dressed(message: Message, scope: Scope) -> Message:
    """Return a message with the headers that every answer has, if it is the one that has headers."""
    if message["type"] == "http.response.start":
        message["headers"] = dressed(message["headers"], scope["headers"])
    return message


def dressed(headers: Iterable[tuple[bytes, bytes]], asked: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers with those that every answer has; `asked` are the headers of the request."""
    own = list(headers)
    present = {name.lower() for name, _ in own}
    return [*own, *(pair for pair in HIDDEN if pair[0] not in present), *request_id(asked)]
