"""From the rules that fired to an answer: what a caller of another engine writes around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.model import Answer, Effect, Request, Rule


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Identifiers of the rules that fired, and of those of which an engine cannot say."""

    fired: list[str]
    unknown: list[str]


def effects_of(rules: Iterable[Rule]) -> dict[str, Effect]:
    """Map identifiers to effects."""
    return {rule.identifier: rule.effect for rule in rules}


def sort(fired: Iterable[str], effects: Mapping[str, Effect]) -> tuple[list[str], ...]:
    """Sort identifiers into forbids, permits, requires and refers."""
    forbids: list[str] = []
    permits: list[str] = []
    requires: list[str] = []
    refers: list[str] = []
    lists = {Effect.FORBID: forbids, Effect.PERMIT: permits, Effect.REQUIRE: requires, Effect.REFER: refers}
    for identifier in fired:
        lists[effects[identifier]].append(identifier)
    return forbids, permits, requires, refers


def gather(fired: Iterable[str], effects: Mapping[str, Effect]) -> Answer:
    """Join the rules that fired: deny, nothing permits, incomplete, refer, allow."""
    forbids, permits, requires, refers = sort(fired, effects)
    if forbids or not permits:
        return "deny", forbids
    if requires:
        return "incomplete", requires
    if refers:
        return "refer", refers
    return "allow", permits


def gather_partial(verdicts: Verdicts, effects: Mapping[str, Effect]) -> Answer:
    """Join the rules that fired with those that might have; unknown never becomes allow."""
    forbids, permits, requires, refers = sort(verdicts.fired, effects)
    maybe = sort(verdicts.unknown, effects)
    if forbids or not (permits or maybe[1]):
        return "deny", forbids
    if maybe[0] or not permits or requires or maybe[2]:
        return "incomplete", maybe[0] + requires + maybe[2]
    if refers or maybe[3]:
        return "refer", refers + maybe[3]
    return "allow", permits


def flat(request: Request) -> dict[str, object]:
    """Lay a request out as one flat dictionary of JSON values."""
    facts: dict[str, object] = {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in request.facts.items()
    }
    facts["action"] = request.action
    return facts
