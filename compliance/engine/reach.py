"""Say which scopes by home cover a home, each pair once: many rules share a scope, and many slices a home.

And say which territories no rule tells apart, so that a question about all of them is asked once.

Reference: `engine.evaluator.covers`, which is the definition.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from compliance.engine.evaluator import covers
from compliance.engine.ruleset import places_of
from compliance.language.expression import Within
from compliance.vocabulary import territory
from compliance.vocabulary.unknown import UNKNOWN, disjunction

if TYPE_CHECKING:
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import HomeScope
    from compliance.vocabulary.unknown import Truth


class Reach:
    """The scopes of one ruleset, numbered, and where they reach."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Number the scopes of all rules; `None`, anywhere, is one of them."""
        self._ruleset = ruleset
        self._numbers: dict[HomeScope | None, int] = {None: 0}
        for rule in ruleset.rules:
            self._numbers.setdefault(rule.home, len(self._numbers))
        self._at: dict[str, tuple[Truth, ...]] = {}
        self._unknown: tuple[Truth, ...] = tuple(covers(ruleset, scope, UNKNOWN) for scope in self._numbers)

    def number(self, scope: HomeScope | None) -> int:
        """Return the number of a rule's scope."""
        return self._numbers[scope]

    def at(self, home: object) -> tuple[Truth, ...]:
        """Return, by number, whether each scope covers `home` (a code or `UNKNOWN`)."""
        if not isinstance(home, str):
            return self._unknown
        found = self._at.get(home)
        if found is None:
            # Two threads may both find it: it is the same.
            found = self._at[home] = tuple(covers(self._ruleset, scope, home) for scope in self._numbers)
        return found

    def of(self, homes: tuple[object, ...]) -> tuple[Truth, ...]:
        """Return, by number, whether each scope covers one of `homes`; of no homes, only anywhere does."""
        if len(homes) == 1:
            return self.at(homes[0])
        anywhere: tuple[Truth, ...] = (True,)
        if not homes:
            return anywhere + (False,) * (len(self._numbers) - 1)
        return anywhere + tuple(disjunction(each) for each in zip(*map(self.at, homes), strict=True))[1:]


def alike(ruleset: Ruleset) -> list[list[str]]:
    """Return all territories of ISO 3166-1 and `XK`, those together that no place named in the rules tells apart."""
    named: set[str] = set()
    for rule in ruleset.rules:
        named |= set(places_of(rule.home)) if rule.home is not None else set()
        nodes = (node for node in ruleset.conditions(rule) if isinstance(node, Within))
        named |= {node.place for node in nodes if isinstance(node.place, str)}
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    order = sorted(named)
    for code in sorted(territory.all_countries()):
        found[tuple(str(ruleset.places.within(code, place)) for place in order)].append(code)
    return list(found.values())
