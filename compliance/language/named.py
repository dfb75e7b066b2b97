"""Say which places, parameters and definitions a condition names, looking at each condition once.

What a rulebook's conditions name is the same at every instant, and for every rulebook that shares them: many rulesets
are made of one set of conditions, so they share one index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.language.expression import DefinitionRef, ParameterRef, Within, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.language.expression import Expression

Name = tuple[str, str | None]
"""A name, and the jurisdiction whose file gives it (`None` is the whole rulebook)."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a condition names."""

    places: frozenset[str]
    parameters: frozenset[Name]
    definitions: frozenset[Name]


def joined(named: Iterable[Named]) -> Named:
    """Return what several conditions name together."""
    each = tuple(named)
    return Named(
        frozenset[str]().union(*(one.places for one in each)),
        frozenset[Name]().union(*(one.parameters for one in each)),
        frozenset[Name]().union(*(one.definitions for one in each)),
    )


class NameIndex:
    """What conditions name; each is looked at when it is first asked for."""

    def __init__(self) -> None:
        """Start with nothing looked at."""
        self._kept: dict[int, tuple[Expression, Named]] = {}
        """Identity -> the condition, held so that no other takes its identity, and what it names."""

    def of(self, condition: Expression) -> Named:
        """Return what `condition` names by itself, not through the definitions that it uses."""
        found = self._kept.get(id(condition))
        if found is None:
            # Two threads may both look: what they find is the same.
            found = self._kept[id(condition)] = (condition, _named(condition))
        return found[1]


def _named(condition: Expression) -> Named:
    places: set[str] = set()
    parameters: set[Name] = set()
    definitions: set[Name] = set()
    for node in walk(condition):
        match node:
            case Within(_, str(place)):
                places.add(place)
            case ParameterRef(name, jurisdiction, _):
                parameters.add((name, jurisdiction))
            case DefinitionRef(name, jurisdiction, _):
                definitions.add((name, jurisdiction))
            case _:
                pass
    return Named(frozenset(places), frozenset(parameters), frozenset(definitions))
