"""Find what is allowed: of the catalogued subjects, of the resources, or of the actions, each decided as a request.

Invariant: what is found is what an evaluation at the same instant allows to the same client.

Reference: AuthZEN Authorization API 1.0, search APIs.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from compliance.engine.decision import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.engine.book import BookAt
    from compliance.engine.decision import Verdict
    from compliance.engine.request import Request

_TURN: Final = 20
_MANY: Final = 200
"""Requests after which others have their turn, where each takes ten microseconds, and where it takes two."""
_NOBODY: Final = "-"
"""An id that stands for any while a request is read whose answer does not depend on it."""


async def allowed_resources(book: BookAt, body: Mapping[str, object], declared: frozenset[str]) -> list[str]:
    """Return the ids of the catalogued resources of the asked type that `body` is allowed, in the catalogue's order."""
    given = body.get("resource")
    ids = list(catalogued(book, given.get("type"))) if isinstance(given, dict) else []
    if not isinstance(given, dict) or given.keys() - {"type", "id"} or not ids:
        # Facts that are given may contradict those of some entries.
        return await _allowed_ids(book, body, "resource", declared)
    first = book.request({**body, "resource": {**given, "id": ids[0]}}, strict=False)
    if first.refused is not None:
        # The action is none for such resources, or nothing is known of those who ask.
        return []
    allowed = _Allowed(book, first, declared)
    found = []
    for index, id_ in enumerate(ids):
        answer = allowed.on(id_)
        if answer is None:
            answer = _allows(book, {**body, "resource": {**given, "id": id_}}, declared)
        if answer:
            found.append(id_)
        if index % _MANY == _MANY - 1:
            await asyncio.sleep(0)
    return found


class _Allowed:
    """Says on which resources a request is allowed, with the second subject that it names."""

    def __init__(self, book: BookAt, request: Request, declared: frozenset[str]) -> None:
        self._first = book.elsewhere(request)
        second = request.counterparty[1] if request.counterparty is not None else None
        self._second = None if second is None else _Allowed(book, second, declared)
        self._declared = declared
        self._permits: dict[int, tuple[Verdict, bool]] = {}

    def on(self, resource_id: str) -> bool | None:
        """Say whether it is allowed on a resource; `None` where the request has to be read with that id in it."""
        verdict = self._first.verdict(resource_id)
        if verdict is None:
            return None
        # Equal verdicts are mostly one object; what is kept holds it, so that no other one gets its identity.
        kept = self._permits.get(id(verdict))
        if kept is None:
            kept = self._permits[id(verdict)] = verdict, permits(verdict, self._declared)
        if self._second is None or not kept[1]:
            return kept[1]
        return self._second.on(resource_id)


async def allowed_subjects(book: BookAt, body: Mapping[str, object], declared: frozenset[str]) -> list[str]:
    """Return the ids of the catalogued subjects of the asked kind that are allowed what `body` asks."""
    return await _allowed_ids(book, body, "subject", declared)


async def allowed_actions(book: BookAt, body: Mapping[str, object], declared: frozenset[str]) -> list[str]:
    """Return the actions that the subject may take with the resource, in the vocabulary's order."""
    found = []
    for action in book.ruleset.vocabulary.all_actions():
        if _allows(book, {**body, "action": {"name": action}}, declared):
            found.append(action)
        await asyncio.sleep(0)
    return found


async def _allowed_ids(book: BookAt, body: Mapping[str, object], part: str, declared: frozenset[str]) -> list[str]:
    given = body.get(part)
    asked = dict(given) if isinstance(given, dict) else given
    if isinstance(asked, dict):
        asked["id"] = _NOBODY
    # What cannot be read is refused also where nothing is catalogued.
    book.request({**body, part: asked}, strict=False)
    if not isinstance(asked, dict):
        return []
    found = []
    for index, id_ in enumerate(catalogued(book, asked.get("type"))):
        if _allows(book, {**body, part: {**asked, "id": id_}}, declared):
            found.append(id_)
        if index % _TURN == _TURN - 1:
            await asyncio.sleep(0)
    return found


def catalogued(book: BookAt, type_: object) -> Iterable[str]:
    """Return the ids of the catalogue's entries of a type of resource or kind of subject; none for an unknown one."""
    return book.ruleset.rulebook.catalogue.get(type_, {}) if isinstance(type_, str) else ()


def _allows(book: BookAt, body: object, declared: frozenset[str]) -> bool:
    return allows(book, book.request(body, strict=False), declared)


def allows(book: BookAt, request: Request, declared: frozenset[str]) -> bool:
    """Say whether `request` is allowed to a client that sees to obligations of the `declared` types."""
    if not permits(book.verdict(request), declared):
        return False
    return request.counterparty is None or allows(book, request.counterparty[1], declared)


def permits(verdict: Verdict, declared: frozenset[str]) -> bool:
    """Say whether a verdict allows what was asked to a client that sees to obligations of the `declared` types."""
    return verdict.outcome is Outcome.ALLOW and all(rule.obligation in declared for rule in verdict.obligations)
