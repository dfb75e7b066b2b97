"""Resolve a rulebook at an instant: the rules, definitions, parameters and places in force then.

Invariant: a pure function of rulebook and instant; between two dated changes it is the same object.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Final

from compliance.engine.operations import Failure
from compliance.language.expression import DefinitionRef, FactRef, Within, walk
from compliance.language.named import NameIndex, joined
from compliance.language.rulebook import Effect, HomeScope, Rule
from compliance.vocabulary import territory
from compliance.vocabulary.facts import Origin, Zone
from compliance.vocabulary.period import ALWAYS, Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from compliance.language.expression import Expression, ParameterRef
    from compliance.language.named import Name, Named
    from compliance.language.rulebook import ParameterValue, Rulebook
    from compliance.vocabulary.facts import Access, Fact
    from compliance.vocabulary.values import FactValue

MEANING: Final = "1"
"""Version of what rules mean (DESIGN section 5); part of every digest."""
ENTRY: Final = "entry"
"""The class of actions that a stale source refers."""
STALE_SOURCE: Final = "stale-source"
NO_POSITION: Final = "no-position"


class Ruleset:
    """What is in force during `period`, ready to be asked."""

    def __init__(self, rulebook: Rulebook, instant: datetime, period: Period, names: NameIndex | None = None) -> None:
        """Take what of `rulebook` is in force at `instant`; `period` is how long that stays so.

        Rulesets that share conditions may share what these name: `names`.
        """
        self.rulebook = rulebook
        self._names = names or NameIndex()
        self.vocabulary = rulebook.vocabulary
        self.facts_by_zone: dict[Zone, dict[str, Fact]] = {zone: {} for zone in Zone}
        for fact in self.vocabulary.facts.values():
            self.facts_by_zone[fact.zone][fact.name] = fact
        self.house_facts = tuple(
            fact for fact in self.vocabulary.facts.values() if {Origin.FEED, Origin.GATE} & set(fact.origins)
        )
        """What feeds and the gate say, in the vocabulary's order."""
        self.instant = instant
        self.period = period
        self.places = rulebook.places.at(instant)
        self._definitions = {
            (found.name, found.jurisdiction, kind): found.body
            for found in rulebook.definitions
            if instant in (found.effective or ALWAYS)
            for kind in (found.kinds or self.vocabulary.kinds)
        }
        self._bodies: dict[Name, list[Expression]] = {}
        """Name of a definition -> its bodies in force, each once, whatever the kinds of subject."""
        for found in rulebook.definitions:
            if instant in (found.effective or ALWAYS):
                self._bodies.setdefault((found.name, found.jurisdiction), []).append(found.body)
        self._parameters = {
            (found.name, found.jurisdiction): found for found in rulebook.parameters if instant in found.effective
        }
        active = [rule for rule in rulebook.rules if instant in (rule.effective or ALWAYS)]
        active += _no_position_rules(rulebook, instant)
        entry = frozenset(self.vocabulary.actions.get(ENTRY, ()))
        entering = [rule for rule in active if rule.actions & entry]
        active += [_stale_source(rule, stale, entry) for rule in entering if (stale := self._stale(rule))]
        self.rules: tuple[Rule, ...] = tuple(sorted(active, key=lambda rule: rule.id))
        start = period.start.isoformat() if period.start else "-"
        text = f"compliance-ruleset\n{MEANING}\n{rulebook.digest}\n{start}\n"
        self.digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        self.choices: dict[tuple[object, ...], tuple[FactValue, ...] | None] = {}
        """What `engine.variation` found: the useful values of a fact, by slice and path."""
        self._facts_read: dict[tuple[str, str, str | None, str], frozenset[str]] = {}
        self._applicable: dict[tuple[str, str, str | None, str], tuple[Rule, ...]] = {}

    def applicable(self, action: str, kind: str, product: str | None, resource_type: str) -> tuple[Rule, ...]:
        """Return the rules whose scope by action, kind of subject and resource fits, in order of id.

        A permit holds only for the product it names; the other effects hold for its parts too.
        """
        key = (action, kind, product, resource_type)
        found = self._applicable.get(key)
        if found is None:
            wholes = self.wholes(product)
            found = self._applicable[key] = tuple(
                rule
                for rule in self.rules
                if action in rule.actions
                and (rule.kinds is None or kind in rule.kinds)
                and rule.resource_type in {None, resource_type}
                and (rule.product in {None, product} or (rule.effect is not Effect.PERMIT and rule.product in wholes))
            )
        return found

    def facts_read(self, action: str, kind: str, product: str | None, resource_type: str) -> frozenset[str]:
        """Return the paths of the facts that the applicable rules read, through their definitions."""
        key = (action, kind, product, resource_type)
        found = self._facts_read.get(key)
        if found is None:
            nodes = (node for rule in self.applicable(*key) for node in self.conditions(rule))
            found = self._facts_read[key] = frozenset(node.path for node in nodes if isinstance(node, FactRef))
        return found

    def lapsed(self, action: str, kind: str, product: str | None, resource_type: str) -> tuple[Rule, ...]:
        """Return the permits for an action and resource that were in force once and are no more."""
        return tuple(
            rule
            for rule in self.rulebook.rules
            if rule.effect is Effect.PERMIT
            and action in rule.actions
            and (rule.kinds is None or kind in rule.kinds)
            and rule.resource_type in {None, resource_type}
            and rule.product in {None, product}
            and rule.effective is not None
            and rule.effective.end is not None
            and rule.effective.end <= self.instant
        )

    def wholes(self, product: str | None) -> tuple[str, ...]:
        """Return the products that `product` is part of, nearest first."""
        found: list[str] = []
        while product is not None and product in self.rulebook.products:
            product = self.rulebook.products[product].part_of
            if product is not None:
                found.append(product)
        return tuple(found)

    def definition(self, ref: DefinitionRef, kind: str) -> Expression:
        """Return the body of a definition for a kind of subject; raise `Failure` where it has none now."""
        body = self._definitions.get((ref.name, ref.jurisdiction, kind))
        if body is None:
            msg = f"`{ref.name}` has no meaning for a {kind} at the instant asked about"
            raise Failure(msg)
        return body

    def defines(self, ref: DefinitionRef, kind: str) -> bool:
        """Say whether a definition has a meaning for a kind of subject now."""
        return (ref.name, ref.jurisdiction, kind) in self._definitions

    def regions(self, code: str) -> tuple[str, ...]:
        """Return the regions of a country that some rule tells apart, with the country's other regions left out."""
        return tuple(region for region in territory.subdivisions(code) if region in self.named_regions)

    @cached_property
    def named_regions(self) -> frozenset[str]:
        """Return the codes and members of groups that some rule names."""
        named: set[object] = {
            node.place for rule in self.rules for node in self.conditions(rule) if isinstance(node, Within)
        }
        named |= {place for rule in self.rules if rule.home is not None for place in places_of(rule.home)}
        codes: set[str] = set()
        for name in named:
            if isinstance(name, str):
                codes |= self.places.members(name) if name in self.rulebook.places.groups else {name}
        return frozenset(codes)

    def parameter(self, ref: ParameterRef) -> ParameterValue:
        """Return the value of a parameter in force; raise `Failure` in a gap between its values."""
        found = self._parameters.get((ref.name, ref.jurisdiction))
        if found is None:
            msg = f"the parameter `{ref.name}` has no value at the instant asked about"
            raise Failure(msg)
        return found

    def conditions(self, rule: Rule) -> Iterable[Expression]:
        """Yield every node of a rule's conditions, through the definitions that they use."""
        for body in self._bodies_of(rule):
            yield from walk(body)

    def named(self, rule: Rule) -> Named:
        """Return what a rule's conditions name, through the definitions that they use."""
        return joined(self._names.of(body) for body in self._bodies_of(rule))

    def _bodies_of(self, rule: Rule) -> Iterator[Expression]:
        """Yield a rule's conditions and the bodies of the definitions that they use, each once."""
        seen: set[Name] = set()
        waiting = [part for part in (rule.when, rule.needs) if part is not None]
        while waiting:
            body = waiting.pop()
            yield body
            for name in sorted(self._names.of(body).definitions - seen, key=str):
                seen.add(name)
                waiting += self._bodies.get(name, ())

    def _stale(self, rule: Rule) -> str | None:
        """Return what `rule` rests on that should have been reviewed before the instant."""
        if rule.review_by is not None and rule.review_by <= self.instant:
            return f"`{rule.id}`"
        groups, parameters = self._overdue
        # Most of the time nothing is overdue, and what a rule rests on need not be found out.
        if groups and (named := sorted(groups & self.groups_of(rule))):
            return f"the group `{named[0]}`"
        if parameters and (read := sorted(parameters & self.named(rule).parameters, key=str)):
            return f"the parameter `{read[0][0]}`"
        return None

    @cached_property
    def _overdue(self) -> tuple[frozenset[str], frozenset[Name]]:
        """Return the groups and the parameters whose sources should have been reviewed before the instant."""
        reviews = self.rulebook.group_reviews.items()
        groups = {name for name, periods in reviews if any(self.instant in period for period in periods)}
        held = self._parameters.items()
        parameters = {name for name, value in held if value.review_by is not None and value.review_by <= self.instant}
        return frozenset(groups), frozenset(parameters)

    def groups_of(self, rule: Rule) -> set[str]:
        """Return the groups whose membership `rule` rests on: those it names, and those that belong to them now."""
        groups = self.rulebook.places.groups
        waiting = [*self.named(rule).places, *(places_of(rule.home) if rule.home is not None else ())]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in groups and name not in found:
                found.add(name)
                waiting += [code for span in groups[name].memberships if self.instant in span for code in span.codes]
        return found


def places_of(scope: HomeScope) -> Iterator[str]:
    """Yield the places that a scope names."""
    yield from (place for place in (scope.within, *scope.excepting) if place is not None)
    for other in scope.outside:
        yield from places_of(other)


def _stale_source(rule: Rule, what: str, entry: frozenset[str]) -> Rule:
    """Return the referral that stands beside a rule whose source is past its review: for entry only."""
    return Rule(
        id=f"{STALE_SOURCE}/{rule.id}",
        effect=Effect.REFER,
        says=f"the source of {what} is past its review date",
        actions=rule.actions & entry,
        authority=rule.authority,
        span=rule.span,
        kinds=rule.kinds,
        product=rule.product,
        resource_type=rule.resource_type,
        home=rule.home,
        layer=rule.layer,
        jurisdiction=rule.jurisdiction,
    )


def _no_position_rules(rulebook: Rulebook, instant: datetime) -> list[Rule]:
    """Return what holds, per product with positions, at homes that no position in force covers."""
    vocabulary = rulebook.vocabulary
    uncovered = vocabulary.uncovered
    if uncovered is None:
        return []
    made: list[Rule] = []
    for product in sorted({position.product for position in rulebook.positions}):
        covered = {
            HomeScope(position.jurisdiction, position.excepting)
            for position in rulebook.positions
            if position.product == product and instant in position.effective
        }
        scope = HomeScope(None, outside=tuple(sorted(covered, key=str)))
        span = min(position.span for position in rulebook.positions if position.product == product)
        for actions, effect in _effects(vocabulary.access[uncovered.access]):
            made.append(
                Rule(
                    id=f"{NO_POSITION}/{product}/{actions}-{effect}",
                    effect=effect,
                    says=uncovered.says,
                    actions=frozenset(vocabulary.actions[actions]),
                    authority=uncovered.authority,
                    span=span,
                    product=product,
                    home=scope,
                    layer="house",
                )
            )
    return made


def _effects(access: Access) -> Iterator[tuple[str, Effect]]:
    """Yield the effects of an access level; a referral stands beside a permit: only what is permitted is referred."""
    for actions, stated in access.effects.items():
        yield actions, Effect(stated.effect)
        if stated.effect == Effect.REFER:
            yield actions, Effect.PERMIT


class Timeline:
    """A rulebook through time: the ruleset in force at any instant, each built once, on first use."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Find the instants at which something in `rulebook` changes."""
        self.rulebook = rulebook
        self.edges = tuple(sorted(_changes(rulebook)))
        """The instants at which something changes, in order."""
        self._rulesets: dict[int, Ruleset] = {}
        self._names = NameIndex()

    def at(self, instant: datetime) -> Ruleset:
        """Return the ruleset in force at `instant` (aware)."""
        index = bisect_right(self.edges, instant)
        found = self._rulesets.get(index)
        if found is None:
            start = self.edges[index - 1] if index else None
            end = self.edges[index] if index < len(self.edges) else None
            found = self._rulesets[index] = Ruleset(self.rulebook, start or instant, Period(start, end), self._names)
        return found


def _changes(rulebook: Rulebook) -> set[datetime]:
    periods = [rule.effective for rule in rulebook.rules]
    periods += [found.effective for found in rulebook.definitions]
    periods += [found.effective for found in rulebook.parameters]
    periods += [found.effective for found in rulebook.positions]
    periods += [overdue for group in rulebook.group_reviews.values() for overdue in group]
    edges = {edge for period in periods if period for edge in (period.start, period.end) if edge}
    edges |= {rule.review_by for rule in rulebook.rules if rule.review_by}
    edges |= {found.review_by for found in rulebook.parameters if found.review_by}
    edges |= {
        edge
        for group in rulebook.places.groups.values()
        for membership in group.memberships
        for edge in (membership.start, membership.end)
        if edge
    }
    return edges
