"""Find what is allowed: of the catalogued subjects, of the resources, or of the actions, each decided as a request.

Invariant: what is found is what an evaluation at the same instant allows to the same client.

Reference: AuthZEN Authorization API 1.0, search APIs.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from compliance.engine.catalogue import alike
from compliance.engine.decision import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.engine.book import BookAt
    from compliance.engine.request import Request

_TURN: Final = 20
_NOBODY: Final = "-"
"""An id that stands for any while a request is read whose answer does not depend on it."""


async def allowed_resources(book: BookAt, body: Mapping[str, object], declared: frozenset[str]) -> list[str]:
    """Return the ids of the catalogued resources of the asked type that `body` is allowed, in the catalogue's order."""
    given = body.get("resource")
    asked = dict(given) if isinstance(given, dict) else given
    if not isinstance(asked, dict) or asked.keys() - {"type", "id"} or book.around.fed:
        # Facts that are given may contradict those of some entries, and feeds tell apart what the catalogue does not.
        return await _allowed_ids(book, body, "resource", declared)
    like = book.request({**body, "resource": {**asked, "id": _NOBODY}}, strict=False)
    parties = [(like.action, like.kind)]
    if like.counterparty is not None:
        parties.append((like.counterparty[1].action, like.counterparty[1].kind))
    found: set[str] = set()
    for index, ids in enumerate(alike(book.ruleset, like.resource_type, parties)):
        if _allows(book, {**body, "resource": {**asked, "id": ids[0]}}, declared):
            found |= set(ids)
        if index % _TURN == _TURN - 1:
            await asyncio.sleep(0)
    return [id_ for id_ in catalogued(book, like.resource_type) if id_ in found]


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
    verdict = book.verdict(request)
    if verdict.outcome is not Outcome.ALLOW or any(rule.obligation not in declared for rule in verdict.obligations):
        return False
    return request.counterparty is None or allows(book, request.counterparty[1], declared)
