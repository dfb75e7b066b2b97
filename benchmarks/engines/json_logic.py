"""JsonLogic, through json-logic-qubit: a slice is one list of rules, evaluated in one call."""

from __future__ import annotations

from itertools import compress
from typing import Any

from json_logic import jsonLogic  # type: ignore[import-not-found,import-untyped,unused-ignore]

from benchmarks.engines.gather import effects_of, flat, gather
from benchmarks.engines.slicing import chooser
from benchmarks.model import (
    All,
    Answer,
    AnyOf,
    Compare,
    Condition,
    Engine,
    Has,
    IsTrue,
    Not,
    OneOf,
    Overlaps,
    Rule,
    Rulebook,
)


def logic(condition: Condition | None) -> Any:
    """Write a condition as JsonLogic."""
    match condition:
        case None:
            return True
        case All(terms):
            return {"and": [logic(term) for term in terms]}
        case AnyOf(terms):
            return {"or": [logic(term) for term in terms]}
        case Not(term):
            return {"!": [logic(term)]}
        case IsTrue(fact):
            return {"var": fact.name}
        case Compare(fact, operator, value):
            return {{"==": "===", "!=": "!=="}.get(operator, operator): [{"var": fact.name}, value]}
        case OneOf(fact, values):
            return {"in": [{"var": fact.name}, list(values)]}
        case Has(fact, value):
            return {"in": [value, {"var": fact.name}]}
        case Overlaps(fact, values):
            return {"or": [{"in": [value, {"var": fact.name}]} for value in values]}


def scoped_logic(rule: Rule) -> Any:
    """Write a rule with its scope in front."""
    terms: list[Any] = [{"in": [{"var": "action"}, list(rule.actions)]}, logic(rule.fires)]
    if rule.jurisdiction is not None:
        terms.insert(0, {"===": [{"var": "residence"}, rule.jurisdiction]})
    return {"and": terms}


def load(rulebook: Rulebook, form: str) -> Engine:
    """Write the rules; nothing is compiled."""
    effects = effects_of(rulebook.rules)

    def build(rules: tuple[Rule, ...], scoped: bool) -> tuple[list[str], Any]:
        return [rule.identifier for rule in rules], [
            scoped_logic(rule) if scoped else logic(rule.fires) for rule in rules
        ]

    choose = chooser(rulebook, form, build)

    def decide(facts: dict[str, Any]) -> Answer:
        names, rules = choose(facts)
        return gather(compress(names, jsonLogic(rules, facts)), effects)

    return Engine(flat, decide)
