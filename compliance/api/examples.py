"""Take an example request from the rulebook in force: the first case that is allowed, as a client would send it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.gate.values import instant
from compliance.vocabulary.facts import Origin, Zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.language.rulebook import Case, Rulebook


def example(book: Rulebook) -> dict[str, Any]:
    """Return a request of `book`'s cases, asked at their instant, or one with the vocabulary's first words."""
    for case in book.cases:
        if case.outcome == "allow" and not case.obligations and all(_asked(book, path) for path in _facts(case)):
            return {**case.request, "as_of": instant(case.as_of)}
    vocabulary = book.vocabulary
    return {
        "subject": {"type": next(iter(vocabulary.kinds)), "properties": {}},
        "action": {"name": vocabulary.all_actions()[0]},
        "resource": {"type": next(iter(vocabulary.resource_types)), "id": "example"},
        "context": {},
    }


def evaluation_example(book: Rulebook) -> dict[str, Any]:
    """Return the same request for AuthZEN, which wants an id for the subject."""
    made = {name: part for name, part in example(book).items() if name != "as_of"}
    return {**made, "subject": {"id": "example", **made["subject"]}}


def _facts(case: Case) -> Iterator[str]:
    """Yield the paths of the facts that a case gives."""
    for part, given in case.request.items():
        if isinstance(given, dict):
            facts = given if part == Zone.CONTEXT else given.get("properties", {})
            yield from (f"{part}.{name}" for name in facts)


def _asked(book: Rulebook, path: str) -> bool:
    """Say whether a client may give the fact at `path`."""
    fact = book.vocabulary.facts.get(path)
    return fact is None or Origin.REQUEST in fact.origins
