"""Turn a rulebook into numbers: how much there is of what, by theme, by effect and by how well it is founded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from compliance.language.starts import starts
from compliance.vocabulary.authority import Standing
from compliance.vocabulary.facts import Zone
from compliance.vocabulary.territory import KOSOVO, all_countries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance.language.rulebook import Case, Rulebook
    from compliance.vocabulary.authority import Authority


def counts(rulebook: Rulebook) -> dict[str, Any]:
    """Return how much of what a rulebook holds; what is counted by kind is a mapping in alphabetical order.

    A statement's standing is that of its best source. `sources` are the different pages that anything in the rulebook
    cites, `cases` those that were written, `decisions_of_cases` what they ask for: one for each of their `homes:`.
    """
    stated = [rule for rule in rulebook.rules if not rule.from_position]
    sources = {(each.title, each.article, each.standing) for each in _cited(rulebook)}
    countries = len(_countries())
    return {
        "files": len(rulebook.sources),
        "rules": len(stated),
        "rules_by_theme": _tally(rule.theme or "jurisdictions" for rule in stated),
        "rules_by_effect": _tally(rule.effect for rule in stated),
        "rules_by_standing": _tally(_best(rule.authority) for rule in stated),
        "positions": len(rulebook.positions),
        "positions_by_layer": _tally(position.layer for position in rulebook.positions),
        "positions_by_standing": _tally(_best(position.authority) for position in rulebook.positions),
        "rules_from_positions": len(rulebook.rules) - len(stated),
        "statements_by_start": _tally(begun.start for begun in starts(rulebook)),
        "jurisdictions": sum(not page.is_group for page in rulebook.jurisdictions.values()),
        "groups": len(rulebook.places.groups),
        "definitions": len({found.name for found in rulebook.definitions}),
        "parameters": len({(found.name, found.jurisdiction) for found in rulebook.parameters}),
        "facts": len(rulebook.vocabulary.facts),
        "catalogued": {kind: len(entries) for kind, entries in sorted(rulebook.catalogue.items())},
        "cases": rulebook.written_cases,
        "cases_by_theme": _tally(_theme(file) for file, _ in {(case.file, case.span) for case in rulebook.cases}),
        "decisions_of_cases": len(rulebook.cases),
        "countries_with_a_case": countries - len(countries_without_a_case(rulebook)),
        "countries": countries,
        "sources": len(sources),
        "sources_by_standing": _tally(standing for _, _, standing in sources),
    }


def countries_without_a_case(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the countries of ISO 3166-1 in which no case puts its subject at home, in alphabetical order."""
    seen = {home for case in rulebook.cases for home in _homes(rulebook, case)}
    return tuple(sorted(_countries() - seen))


def _countries() -> set[str]:
    return set(all_countries()) - {KOSOVO}


def _tally(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(str(word) for word in words).items()))


def _best(authority: Iterable[Authority]) -> Standing:
    """Return the standing of the best of a statement's sources: `Standing` lists them from the best down."""
    order = list(Standing)
    return min((each.standing for each in authority), key=order.index)


def _theme(path: str) -> str:
    """Return the folder below `rules/` in which a file stands, or `jurisdictions`."""
    first, *rest = path.split("/")
    return first if first == "jurisdictions" or len(rest) < 2 else rest[0]


def _cited(rulebook: Rulebook) -> Iterator[Authority]:
    """Yield the sources of all statements."""
    for statements in (
        rulebook.rules,
        rulebook.definitions,
        rulebook.parameters,
        rulebook.products.values(),
        rulebook.jurisdictions.values(),
    ):
        for statement in statements:
            yield from statement.authority


def _homes(rulebook: Rulebook, case: Case) -> Iterator[str]:
    """Yield the codes at which a case says that its subject is at home."""
    subject = case.request.get(Zone.SUBJECT)
    if not isinstance(subject, dict):
        return
    facts = subject.get("properties", {})
    for path in rulebook.vocabulary.kinds[subject["type"]].homes:
        given = facts.get(path.partition(".")[2])
        value = given.get("value") if isinstance(given, dict) else given
        yield from [value] if isinstance(value, str) else value or ()
