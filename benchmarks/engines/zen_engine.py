"""GoRules ZEN: decision tables, which is what its editor makes, and one hand-merged expression."""

from __future__ import annotations

import json
from itertools import compress
from typing import Any

import zen  # type: ignore[import-not-found,import-untyped,unused-ignore]

from benchmarks.dialect import ZEN
from benchmarks.engines.gather import effects_of, flat, gather
from benchmarks.engines.slicing import chooser
from benchmarks.model import Answer, Engine, Rule, Rulebook


def node(name: str, kind: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    """Make one node of a decision graph."""
    return {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}, "content": content or {}}


def edge(source: str, target: str) -> dict[str, str]:
    """Join two nodes."""
    return {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}


def table(rules: tuple[Rule, ...], *, scoped: bool) -> str:
    """Write rules as a decision graph with one table."""
    rows = [
        {"_id": rule.identifier, "when": ZEN.fires(rule, scoped=scoped), "id": json.dumps(rule.identifier)}
        for rule in rules
    ]
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": "when", "name": "when"}],
        "outputs": [{"id": "id", "name": "id", "field": "id"}],
        "rules": rows,
    }
    nodes = [node("in", "inputNode"), node("table", "decisionTableNode", content), node("out", "outputNode")]
    return json.dumps({"nodes": nodes, "edges": [edge("in", "table"), edge("table", "out")]})


def load(rulebook: Rulebook, form: str) -> Engine:
    """Compile tables or expressions."""
    effects = effects_of(rulebook.rules)
    if form == "merged":

        def merged(rules: tuple[Rule, ...], scoped: bool) -> tuple[list[str], Any]:
            texts = ", ".join(ZEN.fires(rule, scoped=scoped) for rule in rules)
            return [rule.identifier for rule in rules], zen.compile_expression(f"[{texts}]")

        choose = chooser(rulebook, form, merged)

        def decide_merged(facts: dict[str, Any]) -> Answer:
            names, expression = choose(facts)
            return gather(compress(names, expression.evaluate(facts)), effects)

        return Engine(flat, decide_merged)

    engine = zen.ZenEngine()

    def build(rules: tuple[Rule, ...], scoped: bool) -> Any:
        return engine.create_decision(zen.ZenDecisionContent(table(rules, scoped=scoped)))

    choose_table = chooser(rulebook, form, build)

    def decide(facts: dict[str, Any]) -> Answer:
        rows = choose_table(facts).evaluate(facts)["result"]
        return gather([row["id"] for row in rows or ()], effects)

    return Engine(flat, decide)
