"""The compiled form answers what the definition answers, for every request."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as replace_fields
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from compliance.engine.cases import run_cases
from compliance.engine.combiner import combine
from compliance.engine.compiler import Compiler
from compliance.engine.decision import Outcome
from compliance.engine.facts import PRODUCT
from compliance.engine.loading import load_book
from compliance.engine.request import Request
from compliance.engine.zones import make_facts
from compliance.language.expression import Comparison, Const, Expression, FactRef, In
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.facts import Fact
from compliance.vocabulary.types import STRING, ListType
from tests.engine.random_rulebooks import NOW, VOCABULARY, Maker, request_of, rulebook_of, ruleset_of

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


@pytest.mark.parametrize("word", ["F_subject_e", "{}", "{0}", "K1(f)", "return True", "it's", "a\\n", "a\nb", "# x"])
def test_a_text_that_looks_like_generated_code_stays_the_text_that_it_is(word: str) -> None:
    text = FactRef("subject.s", STRING)
    facts = dict(VOCABULARY.facts) | {"subject.s": Fact("subject.s", STRING, "s", 99)}
    rules = tuple(
        Rule(
            name, Effect.FORBID, name, frozenset({"buy"}), (), NOWHERE, when=Comparison("==", text, Const(word, STRING))
        )
        for name in ("a", "b", "c")
    )
    ruleset = ruleset_of(replace_fields(rulebook_of(rules), vocabulary=replace_fields(VOCABULARY, facts=facts)))
    values = {"subject.residence": "BR", "subject.s": word}
    given = make_facts(ruleset.vocabulary, values, "person")
    request = Request("buy", "person", "thing", "thing-1", None, NOW, given, ("BR",))
    assert [rule.id for rule in Compiler(ruleset).verdict(request).grounds] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "condition",
    [
        Comparison("==", FactRef(PRODUCT, STRING), Const("part", STRING)),
        Comparison("!=", FactRef(PRODUCT, STRING), Const("part", STRING)),
        In(FactRef(PRODUCT, STRING), Const(("part", "whole"), ListType(STRING))),
    ],
)
def test_what_is_of_no_product_is_neither_of_one_nor_of_another(condition: Expression) -> None:
    permit = Rule("open", Effect.PERMIT, "open", frozenset({"buy"}), (), NOWHERE)
    forbid = Rule("shut", Effect.FORBID, "shut", frozenset({"buy"}), (), NOWHERE, when=condition)
    ruleset = ruleset_of(rulebook_of((permit, forbid)))
    request = request_of({"subject.residence": "BR"}, "buy", "person", None)
    compiler = Compiler(ruleset)
    assert compiler.verdict(request).outcome is Outcome.REFER
    assert compiler.verdict(request) == combine(ruleset, request)
    assert compiler.loop(request.slice) is None  # type: ignore[arg-type]  # nobody guessed for the rows of a table


@pytest.mark.soak
def test_compiler_and_evaluator_agree_as_often_as_one_asks(request: pytest.FixtureRequest) -> None:
    wanted = request.config.getoption("--comparisons")
    for seed in range(-(-wanted // REQUESTS_PER_RULEBOOK)):
        maker = Maker(Random(seed))
        ruleset = ruleset_of(maker.rulebook())
        compiler = Compiler(ruleset)
        for _ in range(REQUESTS_PER_RULEBOOK):
            asked = maker.request()
            assert compiler.verdict(asked) == combine(ruleset, asked), seed


def test_threads_that_compile_the_same_slices_at_once_get_the_same_answers():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for seed in range(10):
            maker = Maker(Random(seed))
            ruleset = ruleset_of(maker.rulebook())
            requests = [maker.request() for _ in range(40)]
            compiler = Compiler(ruleset, most_slices=5)
            with ThreadPoolExecutor(8) as threads:
                found = list(threads.map(compiler.verdict, requests * 8))
            assert found == [combine(ruleset, request) for request in requests] * 8
    finally:
        sys.setswitchinterval(interval)


def test_only_so_many_slices_are_kept():
    maker = Maker(Random(1))
    compiler = Compiler(ruleset_of(maker.rulebook()), most_slices=5)
    slices = {request.slice for request in (maker.request() for _ in range(200)) if compiler.verdict(request)}
    assert len(slices) > 5
    assert len(compiler.slices) == 5


def test_a_request_that_is_refused_keeps_no_slice():
    maker = Maker(Random(1))
    compiler = Compiler(ruleset_of(maker.rulebook()))
    refused = replace(maker.request(), refused="unknown-thing")
    assert compiler.verdict(refused) == combine(compiler.ruleset, refused)
    assert not compiler.slices


def test_a_warm_compiler_has_a_group_for_every_action_kind_and_product_and_decides_the_same():
    book = load_book()
    at = book.at(datetime(2026, 10, 5, 12, tzinfo=UTC))
    vocabulary = at.ruleset.vocabulary
    sold = {(e.product, t) for t, entries in at.ruleset.rulebook.catalogue.items() for e in entries.values()}
    places = [found for found in sold if found[1] in vocabulary.resource_types]
    assert at.compiler.warm() == len(tuple(vocabulary.all_actions())) * len(vocabulary.kinds) * len(places)
    assert run_cases(book) == []
