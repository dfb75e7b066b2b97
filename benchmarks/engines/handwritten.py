"""The yardstick: what a good engineer would generate by hand for exactly this workload, in two truth values.

One flat dictionary, one function for each slice, no objects, no checks, no reasons but the identifiers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.dialect import PYTHON, by_effect
from benchmarks.model import Answer, Effect, Engine, Request, Rule, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Generate and compile the functions."""
    if form == "whole":
        decide_whole = compile_rules(rulebook.rules, scoped=True)
        return Engine(prepare, decide_whole)
    functions = {key: compile_rules(rules, scoped=False) for key, rules in rulebook.slices().items()}
    elsewhere = {action: function for (action, home), function in functions.items() if not home}

    def decide(facts: dict[str, Any]) -> Answer:
        function = functions.get((facts["action"], facts["residence"]))
        return (function or elsewhere[facts["action"]])(facts)

    return Engine(prepare, decide)


def prepare(request: Request) -> dict[str, Any]:
    """Lay the facts out flat, sets as sets."""
    return {**request.facts, "action": request.action}


def compile_rules(rules: tuple[Rule, ...], *, scoped: bool) -> Callable[[dict[str, Any]], Answer]:
    """Compile one function that decides by the given rules."""
    lines = ["def decide(f):"]
    for effect, group in by_effect(rules).items():
        lines.append("    hits = []")
        lines += [f"    if {PYTHON.fires(rule, scoped=scoped)}: hits.append({rule.identifier!r})" for rule in group]
        lines.append(
            {
                Effect.FORBID: "    if hits: return 'deny', hits",
                Effect.PERMIT: "    if not hits: return 'deny', hits\n    permits = hits",
                Effect.REQUIRE: "    if hits: return 'incomplete', hits",
                Effect.REFER: "    if hits: return 'refer', hits\n    return 'allow', permits",
            }[effect]
        )
    namespace: dict[str, Any] = {}
    exec("\n".join(lines), namespace)  # noqa: S102 - the workload is ours
    function: Callable[[dict[str, Any]], Answer] = namespace["decide"]
    return function
