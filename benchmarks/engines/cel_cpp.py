"""CEL in C++, Google's runtime, through cel-expr-python."""

from __future__ import annotations

from itertools import compress
from typing import Any

from cel_expr_python import cel

from benchmarks.dialect import CEL
from benchmarks.engines.gather import Verdicts, effects_of, flat, gather, gather_partial
from benchmarks.engines.slicing import chooser, shared
from benchmarks.facts import FACTS
from benchmarks.model import Answer, Engine, Rule, Rulebook


def environment() -> Any:
    """Declare the facts with their types."""
    several = cel.Type.List(cel.Type.STRING)
    types = {"bool": cel.Type.BOOL, "int": cel.Type.INT, "territories": several}
    variables = {name: types.get(fact.kind, cel.Type.STRING) for name, fact in FACTS.items()}
    return cel.NewEnv(variables=variables | {"action": cel.Type.STRING})


def load(rulebook: Rulebook, form: str) -> Engine:
    """Compile the expressions."""
    effects = effects_of(rulebook.rules)
    env = environment()
    compile_once = shared(env.compile)

    def merged(rules: tuple[Rule, ...], scoped: bool) -> list[tuple[list[str], Any]]:
        units = []
        for start in range(0, len(rules), 250):  # an expression has a largest size
            part = rules[start : start + 250]
            texts = ", ".join(CEL.fires(rule, scoped=scoped) for rule in part)
            units.append(([rule.identifier for rule in part], env.compile(f"[{texts}]")))
        return units

    def single(rules: tuple[Rule, ...], scoped: bool) -> list[tuple[str, Any]]:
        return [(rule.identifier, compile_once(CEL.fires(rule, scoped=scoped))) for rule in rules]

    if form != "sliced":
        choose = chooser(rulebook, form, merged)

        def decide_merged(facts: dict[str, Any]) -> Answer:
            fired: list[str] = []
            for names, program in choose(facts):
                fired += compress(names, program.eval(data=facts).plain_value())
            return gather(fired, effects)

        return Engine(flat, decide_merged)
    choose_single = chooser(rulebook, form, single)

    def decide(facts: dict[str, Any]) -> Answer:
        activation = env.Activation(facts)
        rules = choose_single(facts)
        return gather([name for name, program in rules if program.eval(activation).value() is True], effects)

    def partial(facts: dict[str, Any]) -> Answer:
        activation = env.Activation(facts)
        verdicts = Verdicts([], [])
        for name, program in choose_single(facts):
            value = program.eval(activation).value()
            if value is True:
                verdicts.fired.append(name)
            elif value is not False:
                verdicts.unknown.append(name)
        return gather_partial(verdicts, effects)

    return Engine(flat, decide, partial)
