"""One condition tree written as text in the infix language of each engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.model import (
    All,
    AnyOf,
    Compare,
    Condition,
    Effect,
    Has,
    IsTrue,
    Not,
    OneOf,
    Overlaps,
    Rule,
)

Rewrite: TypeAlias = Callable[[Condition], Condition | str]
"""What may write a part in its own way, as text or as another condition."""


def listing(values: tuple[str, ...]) -> str:
    """Write constants as a list in square brackets with double quotes."""
    return "[" + ", ".join(json.dumps(value) for value in values) + "]"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one language writes each part of a condition; `name` writes a fact, the others get it written."""

    name: Callable[[str], str]
    conjunction: str
    disjunction: str
    negation: str
    truth: str
    one_of: Callable[[str, tuple[str, ...]], str]
    has: Callable[[str, str], str]
    overlaps: Callable[[str, tuple[str, ...]], str]

    def write(self, condition: Condition | None, rewrite: Rewrite = lambda condition: condition) -> str:
        """Write a condition, each part of it in brackets where it has parts; `rewrite` sees each part first."""
        part = None if condition is None else rewrite(condition)
        match part:
            case None:
                return self.truth
            case str(text):
                return text
            case All(terms):
                return "(" + f" {self.conjunction} ".join(self.write(term, rewrite) for term in terms) + ")"
            case AnyOf(terms):
                return "(" + f" {self.disjunction} ".join(self.write(term, rewrite) for term in terms) + ")"
            case Not(term):
                return f"{self.negation}({self.write(term, rewrite)})"
            case IsTrue(fact):
                return self.name(fact.name)
            case Compare(fact, operator, value):
                return f"{self.name(fact.name)} {operator} {json.dumps(value)}"
            case OneOf(fact, values):
                return self.one_of(self.name(fact.name), values)
            case Has(fact, wanted):
                return self.has(self.name(fact.name), wanted)
            case Overlaps(fact, values):
                return self.overlaps(self.name(fact.name), values)

    def scope(self, rule: Rule) -> str:
        """Write the places and actions of a rule as a condition."""
        terms = [self.one_of(self.name("action"), rule.actions)]
        if rule.jurisdiction is not None:
            terms.insert(0, f"{self.name('residence')} == {json.dumps(rule.jurisdiction)}")
        return f" {self.conjunction} ".join(terms)

    def fires(self, rule: Rule, *, scoped: bool) -> str:
        """Write when a rule counts, with its scope in front where it is not already known."""
        if not scoped:
            return self.write(rule.fires)
        if rule.fires is None:
            return self.scope(rule)
        return f"{self.scope(rule)} {self.conjunction} {self.write(rule.fires)}"


PYTHON = Dialect(
    name=lambda fact: f'f["{fact}"]',
    conjunction="and",
    disjunction="or",
    negation="not ",
    truth="True",
    one_of=lambda fact, values: f"{fact} in {{{listing(values)[1:-1]}}}",
    has=lambda fact, value: f"{json.dumps(value)} in {fact}",
    overlaps=lambda fact, values: f"not {fact}.isdisjoint({listing(values)})",
)
CEL = Dialect(
    name=str,
    conjunction="&&",
    disjunction="||",
    negation="!",
    truth="true",
    one_of=lambda fact, values: f"{fact} in {listing(values)}",
    has=lambda fact, value: f"{json.dumps(value)} in {fact}",
    overlaps=lambda fact, values: f"{fact}.exists(x, x in {listing(values)})",
)
ZEN = Dialect(
    name=str,
    conjunction="and",
    disjunction="or",
    negation="not ",
    truth="true",
    one_of=lambda fact, values: f"{fact} in {listing(values)}",
    has=lambda fact, value: f"{json.dumps(value)} in {fact}",
    overlaps=lambda fact, values: f"some({fact}, # in {listing(values)})",
)
RULE_ENGINE = Dialect(
    name=str,
    conjunction="and",
    disjunction="or",
    negation="not ",
    truth="true",
    one_of=lambda fact, values: f"{fact} in {listing(values)}",
    has=lambda fact, value: f"{json.dumps(value)} in {fact}",
    overlaps=lambda fact, values: "(" + " or ".join(f"{json.dumps(v)} in {fact}" for v in values) + ")",
)
CEDAR = Dialect(
    name=lambda fact: f"context.{fact}",
    conjunction="&&",
    disjunction="||",
    negation="!",
    truth="true",
    one_of=lambda fact, values: f"{listing(values)}.contains({fact})",
    has=lambda fact, value: f"{fact}.contains({json.dumps(value)})",
    overlaps=lambda fact, values: f"{fact}.containsAny({listing(values)})",
)


def by_effect(rules: tuple[Rule, ...]) -> dict[Effect, tuple[Rule, ...]]:
    """Sort rules by what they do, in the order in which a decision asks them."""
    return {effect: tuple(rule for rule in rules if rule.effect is effect) for effect in Effect}
