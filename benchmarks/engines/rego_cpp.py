"""Rego in C++, rego-cpp, through regopy."""

from __future__ import annotations

from typing import Any

import regopy  # type: ignore[import-not-found,import-untyped,unused-ignore]

from benchmarks.engines import rego_text
from benchmarks.engines.gather import effects_of, flat, gather
from benchmarks.engines.slicing import chooser
from benchmarks.model import Answer, Engine, Rule, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Build the bundles."""
    effects = effects_of(rulebook.rules)

    def build(rules: tuple[Rule, ...], scoped: bool) -> tuple[Any, Any]:
        interpreter = regopy.Interpreter()
        interpreter.add_module("rules", rego_text.module("rules", rules, scoped=scoped))
        return interpreter, interpreter.build(None, ["rules/fired"])

    choose = chooser(rulebook, form, build)

    def decide(facts: dict[str, Any]) -> Answer:
        interpreter, bundle = choose(facts)
        interpreter.set_input(regopy.Input(facts))
        output = interpreter.query_bundle_entrypoint(bundle, "rules/fired")
        return gather(output.results[0].expressions[0], effects)

    return Engine(flat, decide)
