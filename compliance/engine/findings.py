"""Keep what each rule says of a request: requests that are unlike as a whole are alike in most of what one rule reads.

Invariant: what is kept is what reading the rule's conditions again would give. What a rule cannot tell apart follows
from the part of a request's likeness (`engine.likeness`) that is about the facts the rule reads.

Threads may share it: what two of them make at once is the same, and one of the two is kept.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from compliance.engine.decision import Ground, LeafFinding, UsedFact
from compliance.engine.likeness import paths_of
from compliance.language.rulebook import Effect
from compliance.vocabulary.facts import HOMES
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance.engine.facts import Facts
    from compliance.engine.likeness import Likeness
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import Rule
    from compliance.vocabulary.values import FactValue

Opened = TypeVar("Opened")
"""A fact that is open in a rule (`engine.missing`)."""
MOST: Final = 20_000
"""Findings kept for a group; then all are forgotten. One takes some 500 bytes."""


class Findings:
    """What the rules of one group said (`engine.slices.Group`)."""

    __slots__ = ("_kept", "_likeness", "_parts", "_ruleset", "shown")

    def __init__(self, ruleset: Ruleset, likeness: Likeness, shown: frozenset[str]) -> None:
        """Take the paths of the facts that requests of one likeness may show otherwise; nothing is kept yet."""
        self._ruleset = ruleset
        self._likeness = likeness
        self.shown = shown
        self._parts: dict[str, tuple[Callable[[tuple[Any, ...]], object], bool]] = {}
        """Rule -> the part of a likeness that it can tell apart, and whether it can tell homes apart."""
        self._kept: dict[object, Any] = {}

    def on(self, request: Request, key: tuple[Any, ...]) -> FindingsOn:
        """Return what is kept on a request whose likeness is `key`."""
        return FindingsOn(self, request, key)

    def find(
        self, what: object, rule: Rule, homes: tuple[object, ...], key: tuple[Any, ...], make: Callable[[Rule], Any]
    ) -> Any:
        """Return `what` a rule says of requests with these homes and likeness, made by `make` where it is not kept."""
        part, at_home = self._parts.get(rule.id) or self._part(rule)
        own = (what, rule.id, part(key), homes if at_home else None)
        found = self._kept.get(own)
        if found is None:
            if len(self._kept) >= MOST:
                self._kept.clear()
            found = self._kept[own] = make(rule)
        return found

    def _part(self, rule: Rule) -> tuple[Callable[[tuple[Any, ...]], object], bool]:
        likeness = self._likeness
        read = {path for node in self._ruleset.conditions(rule) for path in paths_of(node)}
        at_home = rule.home is not None or rule.effect is Effect.PERMIT or HOMES in read
        if at_home:
            read |= set(likeness.homes)
        facts = self._ruleset.vocabulary.facts
        origins = [facts[path].computed for path in read if path in facts]
        read |= {found.over for found in origins if found is not None}
        wanted = [*(place for path, place in likeness.places.items() if path in read), *likeness.of_time]
        made = (itemgetter(*wanted) if wanted else _nothing, at_home)
        self._parts[rule.id] = made
        return made


class FindingsOn:
    """What the rules said of requests that each of them cannot tell from this one."""

    __slots__ = ("_findings", "_homes", "_key", "_request", "_why")

    def __init__(self, findings: Findings, request: Request, key: tuple[Any, ...]) -> None:
        """Take what is kept, the request, and its likeness."""
        self._findings = findings
        self._request = request
        self._key = key
        self._homes = tuple([None if home is UNKNOWN else home for home in request.homes])
        self._why = tuple(sorted(request.why.items())) if request.why else ()

    def ground(self, rule: Rule, make: Callable[[Rule], Ground]) -> Ground:
        """Return the ground that a rule is, with the request's own values in it."""
        shown = self._findings.shown
        made: Ground = self._findings.find("ground", rule, self._homes, self._key, make)
        leaves = showing(made.leaves, shown, self._request.facts)
        return made if leaves is made.leaves else msgspec.structs.replace(made, leaves=leaves)

    def failing(self, rule: Rule, make: Callable[[Rule], tuple[LeafFinding, ...]]) -> tuple[LeafFinding, ...]:
        """Return the terms by which a permit fails, with the request's own values in them."""
        made: tuple[LeafFinding, ...] = self._findings.find("failing", rule, self._homes, self._key, make)
        return showing(made, self._findings.shown, self._request.facts)

    def met(self, rule: Rule, make: Callable[[Rule], bool | None]) -> bool | None:
        """Return whether a requirement is known not to be met (`False`); else `None`."""
        unmet: bool = self._findings.find("unmet", rule, self._homes, self._key, lambda asked: make(asked) is False)
        return False if unmet else None

    def opened(self, rule: Rule, make: Callable[[Rule], list[Opened]]) -> list[Opened]:
        """Return the facts that are open in a rule of unknown value."""
        found: list[Opened] = self._findings.find(("open", self._why), rule, self._homes, self._key, make)
        return found


def showing(
    leaves: tuple[LeafFinding, ...], shown: frozenset[str], values: Facts | Mapping[str, FactValue]
) -> tuple[LeafFinding, ...]:
    """Return the leaves with these values of the facts that are `shown`; the very same where they show none."""
    if not any(differs(used, shown) for leaf in leaves for used in leaf.facts):
        return leaves
    return tuple([_leaf(leaf, shown, values) for leaf in leaves])


def _leaf(leaf: LeafFinding, shown: frozenset[str], values: Facts | Mapping[str, FactValue]) -> LeafFinding:
    for used in leaf.facts:
        if differs(used, shown):
            break
    else:
        return leaf
    facts = [UsedFact(used.path, values[used.path]) if differs(used, shown) else used for used in leaf.facts]
    return LeafFinding(leaf.source, leaf.says, leaf.value, tuple(facts))


def differs(used: UsedFact, shown: frozenset[str]) -> bool:
    """Say whether requests of one likeness show a fact otherwise; they agree on what is unknown or absent."""
    return used.path in shown and used.value is not UNKNOWN and used.value is not None


def _nothing(_: tuple[Any, ...]) -> None:
    """Return the part of a likeness that a rule without conditions can tell apart."""
