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
    from collections.abc import Sequence

    from starlette.routing import Route
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from compliance.api.metrics import Metrics

_log = logging.getLogger(__name__)
_REQUEST_ID: Final = b"x-request-id"
_HIDDEN: Final = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))


class Edge:
    """ASGI middleware around the whole app."""

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
        added = [(name, value) for name, value in scope["headers"] if name == _REQUEST_ID][:1]

        async def send_out(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name.lower() for name, _ in message["headers"]}
                extra = [(name, value) for name, value in _HIDDEN if name not in present]
                message["headers"] = [*message["headers"], *extra, *added]
            await send(message)

        try:
            await self._app(scope, receive, send_out)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - nothing that fails inside may leave as anything but a problem
            document = document_of(error)
            if document.status >= 500:
                _log.exception("a request to %s failed", self._route(scope))
            if status == 0:
                await problem(document)(scope, receive, send_out)
        finally:
            self._metrics.request(self._route(scope), status, time.perf_counter() - started)

    def _route(self, scope: Scope) -> str:
        """Return the path of ours that was asked, never a client's text."""
        path: str = scope["path"]
        if path in self._paths:
            return path
        return next((template for pattern, template in self._patterns if pattern.match(path)), "other")
