"""Put the endpoints together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Route

from compliance.api.authzen import Evaluations
from compliance.api.decisions import Decisions
from compliance.api.discovery import Discovery
from compliance.api.edge import Edge
from compliance.api.erasures import Erasures
from compliance.api.feeds import Feeds
from compliance.api.front import Front, takes
from compliance.api.health import Health
from compliance.api.openapi import openapi
from compliance.api.pages import Pages
from compliance.api.problems import Stopped, document_of
from compliance.api.records import Records
from compliance.api.replies import problem
from compliance.api.searches import Searches
from compliance.api.service import Service
from compliance.api.settings import Settings
from compliance.api.views import Views
from compliance.engine.envelope import RequestRefused
from compliance.engine.json import MalformedJSON
from compliance.gate.gate import Gate
from compliance.gate.logbook import Logbook
from compliance.ledger.errors import LedgerError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from compliance.gate.shelf import Shelf


class App(FastAPI):
    """The routes, with the front before them: a decision waits for no middleware."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if takes(scope):
            await self.front(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(source: Shelf | Gate, settings: Settings | None = None) -> App:
    """Return the service that answers by the rulebook on a shelf, or through a gate.

    Args:
        source: a shelf, asked by the clock of the machine and recorded nowhere, or a gate with its own of both.
        settings: what differs between installations.
    """
    gate = source if isinstance(source, Gate) else Gate(source)
    service = Service(gate, settings=settings if settings is not None else Settings())
    app = App(title="compliance", openapi_url=None, docs_url=None, redoc_url=None)
    # It would send whoever adds a `/` to the address that the service believes to have: behind a proxy another scheme.
    app.router.redirect_slashes = False
    app.front = Front(service)
    app.state.service = service
    if gate.recorder.records:
        if isinstance(gate.recorder, Logbook):
            gate.feeding.look(gate.recorder.ledger)
        service.metrics.watch(
            lambda: gate.recorder.ledger if isinstance(gate.recorder, Logbook) else None, gate.feeding
        )
    parts = (Decisions, Evaluations, Searches, Records, Feeds, Erasures, Discovery, Views, Health, Pages)
    routes = [route for part in parts for route in part(service).routes()]
    app.router.routes.extend(routes)
    app.add_middleware(Edge, metrics=service.metrics, routes=[route for route in routes if isinstance(route, Route)])
    for kind in (Stopped, MalformedJSON, RequestRefused, LedgerError, HTTPException):
        app.add_exception_handler(kind, _stopped)
    app.openapi = lambda: openapi(service.shelved.book.rulebook)  # type: ignore[method-assign]
    return app


async def _stopped(_: Request, error: Exception) -> Response:
    """Return the problem document for what stopped a request."""
    return problem(document_of(error))
