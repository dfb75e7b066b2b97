"""The pages for people: `/docs`, which needs no network beyond this service, and `/docs/problems`."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from compliance.api.openapi import openapi
from compliance.api.problems import KINDS, PAGE
from compliance.api.replies import reply

if TYPE_CHECKING:
    from starlette.requests import Request

    from compliance.api.service import Service

_STATIC: Final = Path(__file__).parent / "static"
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)


class Pages:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        """Take what is described."""
        self._service = service
        self._made: tuple[str, bytes] | None = None

    def routes(self) -> list[BaseRoute]:
        """Return where the endpoints are."""
        return [
            Route("/openapi.json", self.document, methods=["GET"]),
            Route("/docs", self.docs, methods=["GET"]),
            Route(PAGE, self.problems, methods=["GET"]),
            Mount("/docs/assets", StaticFiles(directory=_STATIC)),
        ]

    async def document(self, _: Request) -> Response:
        """Return the OpenAPI document of the rulebook in force."""
        book = self._service.shelved.book.rulebook
        if self._made is None or self._made[0] != book.digest:
            self._made = (book.digest, bytes(reply(openapi(book)).body))
        return Response(self._made[1], media_type="application/json")

    async def docs(self, request: Request) -> Response:
        """Return the page on which the interface can be read and tried."""
        root = request.scope.get("root_path", "").rstrip("/")
        page = get_swagger_ui_html(
            openapi_url=f"{root}/openapi.json",
            title="compliance",
            swagger_js_url=f"{root}/docs/assets/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/assets/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/assets/favicon-32x32.png",
            swagger_ui_parameters={"validatorUrl": None},
        )
        page.headers["content-security-policy"] = _POLICY
        return page

    async def problems(self, _: Request) -> Response:
        """Return the page that explains each type of problem."""
        entries = "".join(
            f'<dt id="{escape(kind.slug)}">{kind.status} {escape(kind.slug)}</dt>'
            f"<dd>{escape(kind.title)}: {escape(kind.help)}</dd>"
            for kind in KINDS.values()
        )
        return HTMLResponse(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>problems</title><dl>{entries}</dl></html>'
        )
