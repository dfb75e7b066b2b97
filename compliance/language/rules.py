"""Turn `rule:` statements into rules, with every name resolved and every condition checked.

Invariant: a rule that comes out says for whom, for what and when it holds; a part that could not be read makes it no
rule at all, never a wider one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from compliance.language.authorities import only_recalled
from compliance.language.condition import Condition, check_condition
from compliance.language.diagnostic import Diagnostic, Severity
from compliance.language.expression import Expression
from compliance.language.fields import Field, Found
from compliance.language.known import is_known
from compliance.language.periods import EFFECTIVE, Dated, check_overlaps, day_after, period_of
from compliance.language.places_reader import read_place
from compliance.language.resolver import Resolver
from compliance.language.rulebook import Effect, HomeScope, Rule
from compliance.language.span import Span
from compliance.language.statements import (
    ACTIONS,
    AUTHORITY,
    EFFECT,
    EXCEPT,
    LAYER,
    NEEDS,
    OBLIGES,
    PRODUCT,
    REMEDY,
    RESOURCES,
    RULE_ID,
    SAYS,
    SUBJECTS,
    TYPE_OF_RESOURCE,
    WHEN,
    Statement,
)

RESERVED: Final = frozenset({"nothing-permits", "no-position", "rule-error", "stale-source"})
"""Grounds that a decision may have without a rule of that id."""
_OF_EFFECT: Final[tuple[tuple[Field[object], Effect], ...]] = (
    (NEEDS, Effect.REQUIRE),
    (REMEDY, Effect.REQUIRE),
    (OBLIGES, Effect.OBLIGE),
)


def resolve_rules(
    statements: Iterable[Statement], resolver: Resolver, found: Found
) -> tuple[tuple[Rule, ...], dict[str, Effect | None]]:
    """Return the rules of all files, and the ids of those that could not be read with their effect, if it is known."""
    broken: dict[str, Effect | None] = {}
    dated: dict[str, list[Dated]] = {}
    rules: list[Rule] = []
    for statement in statements:
        word = statement.filled.get(RULE_ID)
        rule = _Reading(statement, resolver, found).rule()
        if word is None:
            continue
        home = statement.setting.jurisdiction
        id_ = word.value if home is None else f"{home}/{word.value}"
        period = period_of(statement.filled.get(EFFECTIVE), statement.zone, [])
        dated.setdefault(id_, []).append(Dated(period, word.span))
        if word.value in RESERVED:
            message = f"`{word.value}` is what decisions say where no rule speaks"
            found.append(Diagnostic("reserved-name", message, word.span, help="call the rule otherwise"))
        if rule is not None:
            rules.append(rule)
        else:
            effect = statement.filled.get(EFFECT)
            broken[id_] = None if effect is None else Effect(effect.value)
    for id_, statements_of_one in dated.items():
        check_overlaps(f"the rule `{id_}`", statements_of_one, "duplicate-rule", found)
    return tuple(rules), broken


@dataclass(slots=True)
class _Reading:
    """The reading of one rule; `found` is where all rules put what is wrong."""

    statement: Statement
    resolver: Resolver
    found: Found

    def rule(self) -> Rule | None:
        """Return the rule, or `None` if something about it is wrong."""
        before = len(self.found)
        filled, setting, known = self.statement.filled, self.statement.setting, self.resolver.known
        word, effect, says = filled.text(RULE_ID), filled.get(EFFECT), filled.text(SAYS)
        actions = known.actions(filled.get(ACTIONS) or (), self.found)
        kinds = known.kinds(filled.get(SUBJECTS), self.found)
        product, resource_type = self._resources()
        authority = known.library.cite(filled.get(AUTHORITY) or (), self.found)
        period = period_of(filled.get(EFFECTIVE), self.statement.zone, self.found)
        layer = known.layer(filled.get(LAYER), self.found)
        home = self._home()
        when, needs = self._condition(WHEN, kinds), self._condition(NEEDS, kinds)
        obligation = self._obligation()
        if effect is not None:
            self._check_effect(Effect(effect.value))
            if effect.value == Effect.PERMIT and only_recalled(authority):
                recalled(f"rule `{word}`", filled.place(EFFECT), self.found)
        sound = not any(each.severity is Severity.ERROR for each in self.found[before:])
        if word is None or effect is None or says is None or not sound or not filled.is_whole:
            return None
        review_by = self.statement.review_by
        return Rule(
            id=word if setting.jurisdiction is None else f"{setting.jurisdiction}/{word}",
            effect=Effect(effect.value),
            says=says,
            actions=actions,
            authority=authority,
            span=filled.place(RULE_ID),
            kinds=kinds,
            product=product,
            resource_type=resource_type,
            home=home,
            when=when,
            needs=needs,
            remedy=filled.text(REMEDY),
            obligation=obligation,
            effective=period if filled.gives(EFFECTIVE) else None,
            review_by=None if review_by is None else day_after(review_by, self.statement.zone),
            layer=layer,
            jurisdiction=setting.jurisdiction,
            theme=setting.theme,
            notes=self.statement.notes,
        )

    def _resources(self) -> tuple[str | None, str | None]:
        """Return the product and the type of resource that the rule is about; `None` is any."""
        stated = self.statement.filled.get(RESOURCES)
        if stated is None:
            return None, None
        known = self.resolver.known
        product, word = known.product(stated.get(PRODUCT), self.found), stated.get(TYPE_OF_RESOURCE)
        types = known.vocabulary.resource_types
        fits = word is not None and is_known(word, types, "unknown-resource-type", "type of resource", self.found)
        return product, word.value if word is not None and fits else None

    def _home(self) -> HomeScope | None:
        """Return the homes that the rule is about; a rule of `rules/` is about none in particular."""
        filled, jurisdiction = self.statement.filled, self.statement.setting.jurisdiction
        if jurisdiction is None:
            if filled.gives(EXCEPT):
                message = "`except` means nothing here: a rule of `rules/` looks at no homes"
                cure = "write it in the jurisdiction's file, or say it in `when:`"
                self.found.append(Diagnostic("misplaced-key", message, filled.keys["except"].span, help=cure))
            return None
        return HomeScope(jurisdiction, read_exceptions(self.statement, self.resolver, self.found))

    def _condition(self, field: Field[Condition], kinds: frozenset[str] | None) -> Expression | None:
        condition = self.statement.filled.get(field)
        if condition is None:
            return None
        checked, diagnostics = check_condition(
            condition, self.resolver.scope(self.statement.setting.jurisdiction, kinds)
        )
        self.found.extend(diagnostics)
        return checked

    def _obligation(self) -> str | None:
        word = self.statement.filled.get(OBLIGES)
        obligations = sorted(self.resolver.known.vocabulary.obligations)
        if word is None or not is_known(word, obligations, "unknown-obligation", "obligation", self.found):
            return None
        return word.value

    def _check_effect(self, effect: Effect) -> None:
        """Complain about a key that the effect lacks, or that only another effect has."""
        filled = self.statement.filled
        for field, owner in _OF_EFFECT:
            if filled.gives(field) and effect is not owner:
                message = f"`{field.name}` means nothing here: only `{owner}` has it, and this is a `{effect}`"
                span = filled.keys[field.name].span
                self.found.append(Diagnostic("misplaced-key", message, span, help="take it out"))
            elif effect is owner and not filled.gives(field):
                message = f"{filled.called} lacks `{field.name}`"
                cure = f"add `{field.name}:` with {field.shape.expected}"
                self.found.append(Diagnostic("missing-field", message, filled.name_span, help=cure))


def read_exceptions(statement: Statement, resolver: Resolver, found: Found) -> tuple[str, ...]:
    """Return the places of `except:`; complain about unknown ones."""
    groups = resolver.known.places.groups
    places = (read_place(word, groups, found) for word in statement.filled.get(EXCEPT) or ())
    return tuple(dict.fromkeys(place for place in places if place is not None))


def recalled(what: str, span: Span, found: Found) -> None:
    """Complain about something that opens and that nobody has read anywhere."""
    message = f"{what} permits from memory alone"
    cure = "cite a source that was read, or close instead of opening: `recalled` may forbid, require or refer"
    found.append(Diagnostic("recalled-permits", message, span, help=cure))
