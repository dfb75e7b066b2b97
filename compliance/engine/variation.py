"""Vary a request: the values that a fact could usefully have, and the request with some of its facts replaced.

Two values are alike where no applicable rule tells them apart; `choices` gives one of each kind, where that can be told
from the conditions (flags, words, territories, numbers compared with constants), and says so where it cannot.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

from compliance.engine.facts import facts_with
from compliance.engine.operations import EXACT
from compliance.engine.ruleset import places_of
from compliance.language.expression import Comparison, Const, FactRef, Quantifier, Within, children, walk
from compliance.vocabulary import territory
from compliance.vocabulary.facts import HOMES, distinct_homes
from compliance.vocabulary.types import BoolType, DecimalType, IntType, OneOfType, TerritoryType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression
    from compliance.vocabulary.values import FactValue

_MOST_CHOICES: Final = 40
_CENT: Final = Decimal("0.01")


def varied(ruleset: Ruleset, request: Request, changes: Mapping[str, FactValue]) -> Request:
    """Return `request` with the facts in `changes` (path -> value or `UNKNOWN`) in place of its own."""
    facts = facts_with(request.facts, changes)
    kind = ruleset.vocabulary.kinds[request.kind]
    homes = request.homes
    if not set(changes).isdisjoint(kind.homes):
        homes = distinct_homes(kind, {path: facts[path] for path in kind.homes})
        known = UNKNOWN if any(home is UNKNOWN for home in homes) else frozenset(str(home) for home in homes)
        facts = facts_with(facts, {HOMES: known})
    return msgspec.structs.replace(request, facts=facts, homes=homes)


def choices(ruleset: Ruleset, request: Request, path: str) -> tuple[FactValue, ...] | None:
    """Return one value of each kind that the applicable rules tell apart for the fact at `path`.

    `None` where the conditions do not show what the kinds are (sets, records, dates, sums).
    """
    given = request.facts[path] if path in ruleset.vocabulary.facts else None
    key = (
        request.action,
        request.kind,
        request.product,
        request.resource_type,
        path,
        given if isinstance(given, str) else None,
    )
    if key not in ruleset.choices:
        ruleset.choices[key] = _choices(ruleset, request, path)
    return ruleset.choices[key]


def _choices(ruleset: Ruleset, request: Request, path: str) -> tuple[FactValue, ...] | None:
    fact = ruleset.vocabulary.facts.get(path)
    if fact is None or fact.computed is not None:
        return None
    absent: tuple[FactValue, ...] = (None,) if fact.optional else ()
    match fact.type:
        case BoolType():
            return (*absent, True, False)
        case OneOfType(words) if len(words) <= _MOST_CHOICES:
            return (*absent, *words)
        case TerritoryType():
            codes = _territories(ruleset, request, path)
            return None if codes is None else (*absent, *codes)
        case IntType() | DecimalType():
            numbers = _numbers(ruleset, request, path, fact.type)
            return None if numbers is None else (*absent, *numbers)
        case _:
            return None


def _uses(ruleset: Ruleset, request: Request, path: str) -> Iterator[tuple[Expression, FactRef]]:
    """Yield each use of the fact in an applicable rule: the part that holds it, and the reference."""
    for rule in ruleset.applicable(request.action, request.kind, request.product, request.resource_type):
        for node in ruleset.conditions(rule):
            for child in children(node):
                if isinstance(child, FactRef) and child.path == path:
                    yield node, child


def _territories(ruleset: Ruleset, request: Request, path: str) -> list[str] | None:
    """Return one fine territory for each set of places that rules name and that some territory lies in.

    Where the request gives a territory too coarsely, only its regions come into question.
    """
    places: set[str] = set()
    for holder, _ in _uses(ruleset, request, path):
        if not (isinstance(holder, Within) and isinstance(holder.place, str)):
            return None
        places.add(holder.place)
    if path in ruleset.vocabulary.kinds[request.kind].homes:
        of_homes = _home_places(ruleset, request)
        if of_homes is None:
            return None
        places |= of_homes
    named = sorted(places)
    found: dict[tuple[bool, ...], str] = {}
    given = request.facts[path]
    for code in _fine_territories(ruleset, named, given if isinstance(given, str) else None):
        inside = [ruleset.places.within(code, place) for place in named]
        if any(value is UNKNOWN for value in inside):
            continue
        found.setdefault(tuple(value is True for value in inside), code)
    return list(found.values()) if len(found) <= _MOST_CHOICES else None


def _home_places(ruleset: Ruleset, request: Request) -> set[str] | None:
    """Return the places by which rules tell homes apart, in their scopes and over `subject.homes`."""
    places: set[str] = set()
    for rule in ruleset.applicable(request.action, request.kind, request.product, request.resource_type):
        places |= set(places_of(rule.home)) if rule.home is not None else set()
    for holder, _ in _uses(ruleset, request, HOMES):
        if not (isinstance(holder, Quantifier) and holder.kind in {"exists", "all"}):
            return None
        for part in walk(holder.body):
            if holder.variable not in children(part):
                continue
            if not (isinstance(part, Within) and isinstance(part.place, str)):
                return None
            places.add(part.place)
    return places


def _fine_territories(ruleset: Ruleset, places: list[str], given: str | None) -> Iterator[str]:
    """Yield every country, with the regions of those too coarse for one of `places`; if `given` is, only its own."""
    if given is not None and any(ruleset.places.within(given, place) is UNKNOWN for place in places):
        yield from territory.subdivisions(given)
        return
    for code in territory.all_countries():
        yield code
        if any(ruleset.places.within(code, place) is UNKNOWN for place in places):
            yield from territory.subdivisions(code)


def _numbers(ruleset: Ruleset, request: Request, path: str, type_: IntType | DecimalType) -> list[int | Decimal] | None:
    """Return numbers on, below and above every constant that the fact is compared with, inside the type's bounds."""
    constants: set[int | Decimal] = set()
    for holder, _ in _uses(ruleset, request, path):
        if not isinstance(holder, Comparison):
            return None
        other = holder.right if isinstance(holder.left, FactRef) else holder.left
        if not (isinstance(other, Const) and isinstance(other.value, int | Decimal)):
            return None
        constants.add(other.value)
    low, high = type_.minimum, type_.maximum
    if isinstance(type_, IntType):
        points = {edge + step for edge in constants for step in (-1, 0, 1)}
    else:
        points = {near for edge in constants for near in _around(Decimal(edge), _step({*constants, low, high}))}
    kept = sorted(point for point in points if (low is None or point >= low) and (high is None or point <= high))
    if not kept:
        # Every constant lies outside the bounds, so all values are alike: one will do.
        kept = [max(low, 0) if low is not None else 0] if high is None or high >= 0 else [high]
    return kept if len(kept) <= _MOST_CHOICES else None


def _around(edge: Decimal, step: Decimal) -> tuple[Decimal, ...]:
    return EXACT.subtract(edge, step), edge, EXACT.add(edge, step)


def _step(edges: set[int | Decimal | None]) -> Decimal:
    """Return a step that leads from no edge to or beyond the next one: 0.01, or half the narrowest gap."""
    ordered = sorted({Decimal(edge) for edge in edges if edge is not None})
    gaps = (EXACT.subtract(above, below) for below, above in pairwise(ordered))
    return min((EXACT.multiply(gap, Decimal("0.5")) for gap in gaps), default=_CENT).min(_CENT)
