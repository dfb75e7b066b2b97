"""durable_rules: a request is a fact that is asserted, collected from and retracted.

It has no sets, so that every question about a set becomes a field of its own; a field that is not there never
matches. Its two background threads stay off: deleting while they run crashes it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from durable import engine

from benchmarks.engines.gather import effects_of, gather
from benchmarks.engines.slicing import chooser
from benchmarks.model import Answer, Compare, Engine, Has, IsTrue, OneOf, Overlaps, Request, Rule, Rulebook, atoms_of
from benchmarks.normal import Literal, disjuncts

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


def field(atom: Has | Overlaps) -> str:
    """Name the field that stands for a question about a set."""
    values = (atom.value,) if isinstance(atom, Has) else atom.values
    return "_".join((atom.fact.name, *values))


def compare(name: str, operator: str, value: object) -> dict[str, Any]:
    """Write one comparison."""
    return {name: value} if operator == "==" else {OPERATORS[operator]: {name: value}}


def write(literal: Literal) -> dict[str, Any]:
    """Write one literal."""
    atom, positive = literal
    match atom:
        case IsTrue(fact):
            return compare(fact.name, "==", positive)
        case Compare(fact, operator, value):
            return compare(fact.name, operator if positive else OPPOSITE[operator], value)
        case OneOf(fact, values):
            parts = [compare(fact.name, "==" if positive else "!=", value) for value in values]
            return {"$or" if positive else "$and": parts}
        case Has() | Overlaps():
            return compare(field(atom), "==", positive)


def join(operator: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Join parts, of which it wants at least two."""
    return parts[0] if len(parts) == 1 else {operator: parts}


def pattern(rule: Rule, *, scoped: bool) -> dict[str, Any]:
    """Write when a rule counts."""
    scope: list[dict[str, Any]] = []
    if scoped:
        scope.append(join("$or", [{"action": action} for action in rule.actions]))
        if rule.jurisdiction is not None:
            scope.insert(0, {"residence": rule.jurisdiction})
    alternatives = [[write(literal) for literal in parts] for parts in disjuncts(rule.fires)]
    if alternatives == [[]]:
        return join("$and", scope or [{"$ex": {"action": 1}}])
    return join("$and", [*scope, join("$or", [join("$and", parts) for parts in alternatives])])


def load(rulebook: Rulebook, form: str) -> Engine:
    """Define the rule sets in a host whose threads never start."""
    engine.Host._run = lambda _: None  # noqa: SLF001 - there is no switch
    host = engine.Host()
    effects = effects_of(rulebook.rules)
    fired: list[str] = []
    numbers = count()
    names = (f"set{number}" for number in count())

    def collect(identifier: str) -> Callable[[Any], None]:
        return lambda _: fired.append(identifier)

    def build(rules: tuple[Rule, ...], scoped: bool) -> str:
        name = next(names)
        definition = {
            rule.identifier: {"all": [{"m": pattern(rule, scoped=scoped)}], "run": collect(rule.identifier)}
            for rule in rules
        }
        host.set_rulesets({name: definition})
        return name

    choose = chooser(rulebook, form, build)

    def decide(facts: dict[str, Any]) -> Answer:
        name = choose(facts)
        message = {**facts, "id": str(next(numbers))}
        fired.clear()
        try:
            host.assert_fact(name, message)
        except engine.MessageNotHandledException:
            return gather((), effects)
        host.retract_fact(name, message)
        return gather(dict.fromkeys(fired), effects)  # an alternative that also holds fires again

    return Engine(preparer(rulebook), decide)


def preparer(rulebook: Rulebook) -> Callable[[Request], dict[str, Any]]:
    """Make what lays a request out flat, with the answers to every question about its sets."""
    asked: dict[str, Has | Overlaps] = {}
    for rule in rulebook.rules:
        for atom in (*atoms_of(rule.when), *atoms_of(rule.needs)):
            if isinstance(atom, Has | Overlaps):
                asked[field(atom)] = atom

    def prepare(request: Request) -> dict[str, Any]:
        facts: dict[str, Any] = {k: v for k, v in request.facts.items() if not isinstance(v, frozenset)}
        for name, atom in asked.items():
            wanted = {atom.value} if isinstance(atom, Has) else set(atom.values)
            given = request.facts.get(atom.fact.name)
            facts[name] = isinstance(given, frozenset) and not wanted.isdisjoint(given)
        return facts | {"action": request.action}

    return prepare
