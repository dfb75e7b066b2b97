"""CEL in Rust, through common-expression-language."""

from __future__ import annotations

from itertools import compress
from typing import Any

import cel  # type: ignore[import-not-found,import-untyped,unused-ignore]

from benchmarks.dialect import CEL
from benchmarks.engines.gather import Verdicts, effects_of, flat, gather, gather_partial
from benchmarks.engines.slicing import chooser, shared
from benchmarks.model import Answer, Engine, Rule, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Compile the expressions."""
    effects = effects_of(rulebook.rules)
    compile_once = shared(cel.compile)

    def merged(rules: tuple[Rule, ...], scoped: bool) -> tuple[list[str], Any]:
        texts = ", ".join(CEL.fires(rule, scoped=scoped) for rule in rules)
        return [rule.identifier for rule in rules], cel.compile(f"[{texts}]")

    def single(rules: tuple[Rule, ...], scoped: bool) -> list[tuple[str, Any]]:
        return [(rule.identifier, compile_once(CEL.fires(rule, scoped=scoped))) for rule in rules]

    whole = form == "whole"

    if form != "sliced":
        choose = chooser(rulebook, form, merged)

        def decide_merged(facts: dict[str, Any]) -> Answer:
            names, program = choose(facts)
            if whole:
                context = cel.Context(facts)
            else:
                context = cel.Context()
                context.set_variable_resolver(facts.get)
            return gather(compress(names, program.execute(context)), effects)

        return Engine(flat, decide_merged)
    choose_single = chooser(rulebook, form, single)

    def decide(facts: dict[str, Any]) -> Answer:
        context = cel.Context(facts)
        return gather([name for name, program in choose_single(facts) if program.execute(context)], effects)

    def partial(facts: dict[str, Any]) -> Answer:
        context = cel.Context(facts)
        verdicts = Verdicts([], [])
        for name, program in choose_single(facts):
            try:
                if program.execute(context):
                    verdicts.fired.append(name)
            except (RuntimeError, ValueError):
                verdicts.unknown.append(name)
        return gather_partial(verdicts, effects)

    return Engine(flat, decide, partial)
