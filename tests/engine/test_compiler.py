"""The compiled form answers what the definition answers, for every request."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.combiner import combine
from compliance.engine.compiler import Compiler
from tests.engine.random_rulebooks import Maker, ruleset_of

REQUESTS_PER_RULEBOOK = 60


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_compiler_and_evaluator_agree_on_random_rulebooks_and_partial_requests(seed: int) -> None:
    maker = Maker(Random(seed))
    ruleset = ruleset_of(maker.rulebook())
    compiler = Compiler(ruleset)
    for _ in range(REQUESTS_PER_RULEBOOK):
        request = maker.request()
        assert compiler.verdict(request) == combine(ruleset, request)
