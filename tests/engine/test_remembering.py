"""A setting that remembers gives every condition the value that one without memory gives it."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from compliance.engine.evaluator import Setting
from compliance.engine.remembering import Remembering
from tests.engine.random_rulebooks import Maker, ruleset_of


@given(seed=st.integers(min_value=0, max_value=2**32))
def test_remembering_changes_no_value_however_often_and_in_which_order_it_is_asked(seed: int) -> None:
    maker = Maker(Random(seed))
    ruleset, request = ruleset_of(maker.rulebook(1)), maker.request()
    remembering = Remembering(ruleset, request.facts, request.kind)
    plain = Setting(ruleset, request.facts, request.kind)
    conditions = [maker.condition(2) for _ in range(4)] * 2
    maker.random.shuffle(conditions)
    for condition in conditions:
        assert remembering.truth(condition) is plain.truth(condition)


def test_a_term_asked_for_again_is_not_evaluated_again() -> None:
    maker = Maker(Random(7))
    ruleset, request = ruleset_of(maker.rulebook(1)), maker.request()
    condition = maker.condition(3)
    remembering = Remembering(ruleset, request.facts, request.kind)
    remembering.truth(condition)
    asked = len(remembering.seen)
    remembering.truth(condition)
    assert len(remembering.seen) == asked > 1
