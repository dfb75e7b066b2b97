"""The plain definition of every answer: a naive interpreter of the workload's own tree, in three truth values.

Nothing here is fast and nothing is shared with an adapter: all engines are held to it before they are measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from benchmarks.model import (
    All,
    Answer,
    AnyOf,
    Atom,
    Compare,
    Condition,
    Effect,
    Has,
    IsTrue,
    Not,
    OneOf,
    Overlaps,
    Request,
    Rule,
    Value,
)

Truth: TypeAlias = bool | None
"""`None` is unknown."""


def conjunction(truths: list[Truth]) -> Truth:
    """Join truth values as strong Kleene logic does."""
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


def negation(truth: Truth) -> Truth:
    """Turn true and false around and leave unknown."""
    return None if truth is None else not truth


def holds(condition: Condition | None, facts: Mapping[str, Value]) -> Truth:
    """Evaluate a condition; a fact that is not given makes its comparison unknown."""
    match condition:
        case None:
            return True
        case All(terms):
            return conjunction([holds(term, facts) for term in terms])
        case AnyOf(terms):
            return negation(conjunction([negation(holds(term, facts)) for term in terms]))
        case Not(term):
            return negation(holds(term, facts))
        case _:
            return None if condition.fact.name not in facts else compare(condition, facts[condition.fact.name])


def compare(atom: Atom, value: Value) -> bool:
    """Compare one known value."""
    match atom:
        case IsTrue():
            return value is True
        case OneOf(_, values):
            return value in values
        case Has(_, wanted):
            return isinstance(value, frozenset) and wanted in value
        case Overlaps(_, values):
            return isinstance(value, frozenset) and any(item in values for item in value)
        case Compare(_, "==", wanted):
            return value == wanted
        case Compare(_, "!=", wanted):
            return value != wanted
        case Compare(_, operator, int(wanted)) if isinstance(value, int):
            return {"<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted}[operator]
    message = f"cannot compare {atom} with {value}"
    raise TypeError(message)


def fires(rule: Rule, request: Request) -> Truth:
    """Whether a rule counts for a request, its scope included."""
    if request.action not in rule.actions:
        return False
    scope: Truth = True
    if rule.jurisdiction is not None:
        scope = None if request.home is None else request.home == rule.jurisdiction
    if scope is False:
        return False
    violated = negation(holds(rule.needs, request.facts)) if rule.effect is Effect.REQUIRE else True
    return conjunction([scope, holds(rule.when, request.facts), violated])


def answer(rules: tuple[Rule, ...], request: Request) -> Answer:
    """Decide a request: deny, then incomplete, then refer, then allow; unknown never becomes allow."""
    seen: dict[Effect, dict[str, Truth]] = {effect: {} for effect in Effect}
    for rule in rules:
        truth = fires(rule, request)
        if truth is not False:
            seen[rule.effect][rule.identifier] = truth
    certain = {effect: [name for name, truth in rules.items() if truth] for effect, rules in seen.items()}
    if certain[Effect.FORBID]:
        return "deny", certain[Effect.FORBID]
    home_known = request.home is not None
    if not seen[Effect.PERMIT] and home_known:
        return "deny", []
    if seen[Effect.FORBID] or not certain[Effect.PERMIT] or seen[Effect.REQUIRE] or not home_known:
        return "incomplete", [*seen[Effect.FORBID], *seen[Effect.REQUIRE]]
    if seen[Effect.REFER]:
        return "refer", list(seen[Effect.REFER])
    return "allow", certain[Effect.PERMIT]
