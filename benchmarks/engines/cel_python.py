"""CEL in Python, through cel-python."""

from __future__ import annotations

import logging
from itertools import compress
from typing import Any

import celpy  # type: ignore[import-not-found,import-untyped,unused-ignore]

from benchmarks.dialect import CEL
from benchmarks.engines.gather import Verdicts, effects_of, flat, gather, gather_partial
from benchmarks.engines.slicing import chooser, shared
from benchmarks.model import Answer, Engine, Rule, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Compile the expressions."""
    logging.getLogger("celpy").setLevel(logging.CRITICAL + 1)  # it logs every missing fact
    effects = effects_of(rulebook.rules)
    env = celpy.Environment(runner_class=celpy.CompiledRunner)
    compile_once = shared(lambda text: env.program(env.compile(text)))

    def merged(rules: tuple[Rule, ...], scoped: bool) -> list[tuple[list[str], Any]]:
        units = []
        for start in range(0, len(rules), 50):  # its parser recurses
            part = rules[start : start + 50]
            texts = ", ".join(CEL.fires(rule, scoped=scoped) for rule in part)
            units.append(([rule.identifier for rule in part], env.program(env.compile(f"[{texts}]"))))
        return units

    def single(rules: tuple[Rule, ...], scoped: bool) -> list[tuple[str, Any]]:
        return [(rule.identifier, compile_once(CEL.fires(rule, scoped=scoped))) for rule in rules]

    if form != "sliced":
        choose = chooser(rulebook, form, merged)

        def decide_merged(facts: dict[str, Any]) -> Answer:
            context = {name: celpy.json_to_cel(value) for name, value in facts.items()}
            fired: list[str] = []
            for names, program in choose(facts):
                fired += compress(names, program.evaluate(context))
            return gather(fired, effects)

        return Engine(flat, decide_merged)
    choose_single = chooser(rulebook, form, single)

    def decide(facts: dict[str, Any]) -> Answer:
        context = {name: celpy.json_to_cel(value) for name, value in facts.items()}
        return gather([name for name, program in choose_single(facts) if program.evaluate(context)], effects)

    def partial(facts: dict[str, Any]) -> Answer:
        context = {name: celpy.json_to_cel(value) for name, value in facts.items()}
        verdicts = Verdicts([], [])
        for name, program in choose_single(facts):
            try:
                if program.evaluate(context):
                    verdicts.fired.append(name)
            except celpy.CELEvalError:
                verdicts.unknown.append(name)
        return gather_partial(verdicts, effects)

    return Engine(flat, decide, partial)
