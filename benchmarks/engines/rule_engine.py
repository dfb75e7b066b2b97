"""rule-engine: one expression for each rule, or one list expression for a slice."""

from __future__ import annotations

from itertools import compress
from typing import Any

import rule_engine  # type: ignore[import-not-found,import-untyped,unused-ignore]

from benchmarks.dialect import RULE_ENGINE
from benchmarks.engines.gather import effects_of, flat, gather
from benchmarks.engines.slicing import chooser, shared
from benchmarks.model import Answer, Engine, Rule, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Parse the expressions."""
    effects = effects_of(rulebook.rules)
    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    parse = shared(lambda text: rule_engine.Rule(text, context=context))
    if form == "merged":

        def merged(rules: tuple[Rule, ...], scoped: bool) -> tuple[list[str], Any]:
            texts = ", ".join(RULE_ENGINE.fires(rule, scoped=scoped) for rule in rules)
            return [rule.identifier for rule in rules], parse(f"[{texts}]")

        choose = chooser(rulebook, form, merged)

        def decide_merged(facts: dict[str, Any]) -> Answer:
            names, rule = choose(facts)
            return gather(compress(names, rule.evaluate(facts)), effects)

        return Engine(flat, decide_merged)

    def single(rules: tuple[Rule, ...], scoped: bool) -> list[tuple[str, Any]]:
        return [(rule.identifier, parse(RULE_ENGINE.fires(rule, scoped=scoped))) for rule in rules]

    choose_single = chooser(rulebook, form, single)

    def decide(facts: dict[str, Any]) -> Answer:
        return gather([name for name, rule in choose_single(facts) if rule.matches(facts)], effects)

    return Engine(flat, decide)
