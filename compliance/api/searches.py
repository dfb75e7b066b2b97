"""AuthZEN 1.0 searches: which subjects, which resources, which actions; paged, without keeping anything between pages.

Reference: OpenID AuthZEN Authorization API 1.0, section 8.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from compliance.api.authzen import asked_of, object_of
from compliance.api.problems import Fault, Stopped
from compliance.api.replies import body_of, reply
from compliance.gate.search import allowed_actions, allowed_resources, allowed_subjects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from compliance.api.service import Service
    from compliance.gate.shelf import Shelved

LIMIT: Final = 100
"""Results of a page where the client asks for no other number."""
MOST: Final = 1_000


class Searches:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        """Take what answers."""
        self._service = service

    def routes(self) -> list[Route]:
        """Return where the endpoints are."""
        return [
            Route("/access/v1/search/subject", self.subjects, methods=["POST"]),
            Route("/access/v1/search/resource", self.resources, methods=["POST"]),
            Route("/access/v1/search/action", self.actions, methods=["POST"]),
        ]

    async def subjects(self, request: Request) -> Response:
        """Find the catalogued subjects that may."""
        if not catalogues_subjects(self._service.shelved):
            raise Stopped("search-not-offered")
        body, declared = asked_of(object_of(await body_of(request)))
        book = self._service.gate.now()
        page = _Page.of(body, book.ruleset.digest)
        found = await allowed_subjects(book, page.asked, declared)
        return reply(page.reply([{"type": _type(page.asked, "subject"), "id": id_} for id_ in found]))

    async def resources(self, request: Request) -> Response:
        """Find the catalogued resources that the subject may."""
        body, declared = asked_of(object_of(await body_of(request)))
        book = self._service.gate.now()
        page = _Page.of(body, book.ruleset.digest)
        found = await allowed_resources(book, page.asked, declared)
        return reply(page.reply([{"type": _type(page.asked, "resource"), "id": id_} for id_ in found]))

    async def actions(self, request: Request) -> Response:
        """Find what the subject may do with the resource."""
        body, declared = asked_of(object_of(await body_of(request)))
        book = self._service.gate.now()
        page = _Page.of(body, book.ruleset.digest)
        found = await allowed_actions(book, page.asked, declared)
        return reply(page.reply([{"name": name} for name in found]))


def catalogues_subjects(shelved: Shelved) -> bool:
    """Say whether the rulebook in force catalogues any subjects."""
    rulebook = shelved.book.rulebook
    return any(rulebook.catalogue.get(kind) for kind in rulebook.vocabulary.kinds)


class _Page:
    """The page that is asked for. A token carries where it begins, and a digest of what was asked of which rules."""

    def __init__(self, asked: dict[str, object], offset: int, limit: int, mark: bytes) -> None:
        self.asked = asked
        self._offset = offset
        self._limit = limit
        self._mark = mark

    @classmethod
    def of(cls, body: Mapping[str, object], rules: str) -> _Page:
        asked = {name: value for name, value in body.items() if name != "page"}
        mark = hashlib.sha256(json.dumps([rules, asked], sort_keys=True).encode()).digest()[:12]
        page = body.get("page", {})
        if not isinstance(page, dict):
            raise Stopped("invalid-request", Fault("`page` is an object", "send {token, limit}", "/page"))
        limit = page.get("limit", LIMIT)
        if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST:
            raise Stopped("invalid-request", Fault(f"`limit` is a number from 1 to {MOST}", "", "/page/limit"))
        return cls(asked, _offset(page.get("token", ""), mark), limit, mark)

    def reply(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the page of `results`."""
        end = self._offset + self._limit
        shown = results[self._offset : end]
        next_token = _token(end, self._mark) if end < len(results) else ""
        return {"results": shown, "page": {"next_token": next_token, "count": len(shown), "total": len(results)}}


def _token(offset: int, mark: bytes) -> str:
    return base64.urlsafe_b64encode(offset.to_bytes(4, "big") + mark).decode()


def _offset(token: object, mark: bytes) -> int:
    if token == "":
        return 0
    try:
        read = base64.urlsafe_b64decode(token) if isinstance(token, str) else b""
    except ValueError:
        read = b""
    if len(read) != 16 or read[4:] != mark:
        help_ = "repeat the search as it was, or begin anew: the rules may have changed"
        raise Stopped("invalid-request", Fault("the token belongs to another search", help_, "/page/token"))
    return int.from_bytes(read[:4], "big")


def _type(asked: Mapping[str, object], part: str) -> object:
    given = asked.get(part)
    return given.get("type") if isinstance(given, dict) else None
