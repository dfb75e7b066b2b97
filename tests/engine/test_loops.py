"""A slice over rows: each row gets the answer that its facts get on their own, or is left."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.answered import Answered, answer
from compliance.engine.combiner import combine
from compliance.engine.compiler import Compiler
from compliance.engine.facts import FIXED, TIME, attribute
from compliance.engine.request import Request
from compliance.language.expression import Arithmetic, Comparison, Const, FactRef
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.types import BOOL, INT
from tests.engine.random_rulebooks import VOCABULARY, Maker, request_of, rulebook_of, ruleset_of


class Column(dict[str, Any]):
    """The facts of some requests as columns."""

    def __init__(self, requests: list[Request]) -> None:
        super().__init__()
        self.requests = requests

    def __missing__(self, name: str) -> Any:
        values = [request.facts[name.replace("_", ".", 1)] for request in self.requests]
        same = name in map(attribute, (*FIXED, TIME))
        return values[0] if same else values


def by_slice(requests: list[Request]) -> list[list[Request]]:
    found: defaultdict[Any, list[Request]] = defaultdict(list)
    for request in requests:
        found[request.slice].append(request)
    return list(found.values())


def decided(compiler: Compiler, requests: list[Request]) -> tuple[list[Answered | None], list[int]]:
    """Return what is found for requests of one slice, and which are left."""
    found: list[Any] = [None] * len(requests)
    loop = compiler.loop(requests[0].slice)  # type: ignore[arg-type]
    rows = list(range(len(requests)))
    return found, rows if loop is None else list(loop.run(rows, found, Column(requests)))


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_rows_get_the_answers_of_the_definition_on_random_rulebooks_and_partial_requests(seed: int) -> None:
    maker = Maker(Random(seed))
    ruleset = ruleset_of(maker.rulebook())
    compiler = Compiler(ruleset)
    asked = [("buy", "person", "part"), ("sell", "company", None), ("join", "robot", "whole")]
    for requests in by_slice([maker.request(asked=asked[number % 3]) for number in range(90)]):
        found, left = decided(compiler, requests)
        for row, request in enumerate(requests):
            assert (found[row] is None) == (row in left)
            assert found[row] in {None, answer(combine(ruleset, request))}


def rule(id_: str, effect: Effect, when: Any = None) -> Rule:
    return Rule(id_, effect, id_, frozenset({"buy"}), (), NOWHERE, when=when)


def requests(*facts: dict[str, Any]) -> list[Request]:
    return [request_of({"subject.residence": "BR", **each}, "buy", "person", None) for each in facts]


def test_the_code_for_unknown_facts_runs_for_the_rows_that_have_one_and_for_no_other():
    compiler = Compiler(ruleset_of(rulebook_of((rule("open", Effect.PERMIT, FactRef("subject.a", BOOL)),))))
    found, left = decided(compiler, requests({"subject.a": True}, {}, {"subject.a": False}))
    assert [each.grounds for each in found if each] == [("open",), ("open",), ()]
    assert [str(each.outcome) for each in found if each] == ["allow", "incomplete", "deny"]
    assert left == []


def test_a_row_with_an_error_is_left_and_the_next_one_is_not():
    total = Arithmetic("+", FactRef("subject.m", INT), Const(2**63 - 2, INT), INT)
    over = Comparison(">", total, Const(5, INT))
    compiler = Compiler(ruleset_of(rulebook_of((rule("open", Effect.PERMIT), rule("over", Effect.FORBID, over)))))
    found, left = decided(compiler, requests({"subject.m": 2**62}, {"subject.m": 1}))
    assert left == [0]
    assert found[0] is None
    assert found[1] is not None
    assert "subject.m" in VOCABULARY.facts


def test_equal_answers_are_one_object():
    compiler = Compiler(ruleset_of(rulebook_of((rule("open", Effect.PERMIT),))))
    found, _ = decided(compiler, requests({}, {}))
    assert found[0] is found[1]


def test_only_so_many_loops_are_kept():
    maker = Maker(Random(1))
    compiler = Compiler(ruleset_of(maker.rulebook()), most_slices=5)
    for each in by_slice([maker.request() for _ in range(200)]):
        decided(compiler, each)
    assert len(compiler.loops) == 5
