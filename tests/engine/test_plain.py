"""Plain code answers only where every fact it touches is known, and then what the evaluator answers."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.compiler import Compiler
from compliance.engine.evaluator import Setting
from compliance.engine.generator import Names
from compliance.engine.operations import Failure
from compliance.engine.plain import NotPlain, PlainWriter, too_coarse
from compliance.engine.program import run, with_locals
from compliance.engine.specializer import specialize
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.random_rulebooks import Maker, ruleset_of


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_plain_code_that_returns_gives_the_evaluators_value_and_never_one_for_unknown(seed: int) -> None:
    maker = Maker(Random(seed))
    ruleset = ruleset_of(maker.rulebook())
    names = Names()
    writer = PlainWriter(ruleset, names)
    for _ in range(5):
        condition = maker.condition(2, definitions=False)
        try:
            folded = specialize(condition, ruleset, "person", {})
            text = writer.condition(folded)
        except (Failure, NotPlain):
            continue
        request = maker.request(asked=("buy", "person", None))
        ask = run(with_locals("def ask(f):", [f"return bool({text})"]), "ask", dict(names.held))
        try:
            found = ask(request.facts)
        except (TypeError, ArithmeticError, Failure):
            continue
        value = Setting(ruleset, request.facts, "person").truth(condition)
        assert value is not UNKNOWN
        assert found is value


def test_a_territory_given_too_coarsely_is_refused_like_an_unknown_fact() -> None:
    with pytest.raises(TypeError):
        too_coarse()


def test_a_slice_answers_complete_requests_without_the_evaluator() -> None:
    maker = Maker(Random(7))
    ruleset = ruleset_of(maker.rulebook())
    compiler = Compiler(ruleset)
    request = maker.request(maker.values(1.0), ("buy", "person", "part"))
    assert compiler.verdict(request) is compiler.verdict(request)
