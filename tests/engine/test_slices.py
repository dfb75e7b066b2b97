"""The function of a slice: what is shared, what is compiled when."""

from __future__ import annotations

from typing import Any

from compliance.engine.reach import Reach
from compliance.engine.slices import Conditions, Slice
from compliance.language.expression import And, FactRef
from compliance.language.rulebook import Effect, HomeScope, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.types import BOOL
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.random_rulebooks import request_of, rulebook_of, ruleset_of

A, B = FactRef("subject.a", BOOL), FactRef("subject.b", BOOL)


def rule(id_: str, effect: Effect, when: Any = None, home: str | None = None) -> Rule:
    scope = None if home is None else HomeScope(home)
    return Rule(id_, effect, id_, frozenset({"buy"}), (), NOWHERE, when=when, home=scope)


def conditions(*rules: Rule) -> Conditions:
    ruleset = ruleset_of(rulebook_of(rules))
    return Conditions(ruleset, ("buy", "person", None, "thing"), Reach(ruleset))


def grounds(made: Conditions, home: str, **facts: Any) -> list[str]:
    given = {"subject.residence": home} | {f"subject.{name}": value for name, value in facts.items()}
    verdict = Slice(made, (home,)).function()(request_of(given, "buy", "person", None).facts)
    return [found.id for found in verdict.grounds]


def test_homes_with_the_same_rules_share_a_function():
    made = conditions(rule("open", Effect.PERMIT, A), rule("us", Effect.FORBID, B, "US"))
    functions = {home: Slice(made, (home,)).function() for home in ("BR", "DE", "US", "PR")}
    assert functions["BR"] is functions["DE"]
    assert functions["US"] is functions["PR"]
    assert functions["BR"] is not functions["US"]


def test_a_home_that_may_be_covered_has_a_function_of_its_own():
    made = conditions(rule("open", Effect.PERMIT), rule("region", Effect.FORBID, None, "UA-43"))
    functions = [Slice(made, homes).function() for homes in (("BR",), ("UA",), ("UA-43",), (UNKNOWN,))]
    assert len(set(functions)) == 4


def test_rules_with_one_condition_share_a_line_and_all_are_grounds():
    rules = [rule(f"r{number}", Effect.FORBID, And((A, B))) for number in range(5)]
    made = conditions(rule("open", Effect.PERMIT), *rules)
    assert grounds(made, "BR", a=True, b=True) == [f"r{number}" for number in range(5)]
    assert grounds(made, "BR", a=True, b=False) == ["open"]
    assert grounds(made, "BR", a=True) == [f"r{number}" for number in range(5)]


def test_the_code_for_unknown_facts_is_compiled_when_one_is_met_and_then_kept():
    made = conditions(rule("open", Effect.PERMIT, A))
    function: Any = Slice(made, ("BR",)).function()
    first = function.__globals__["exact"]
    function(request_of({"subject.residence": "BR", "subject.a": True}, "buy", "person", None).facts)
    assert function.__globals__["exact"] is first
    unknown = request_of({"subject.residence": "BR"}, "buy", "person", None).facts
    verdict = function(unknown)
    kept = function.__globals__["exact"]
    assert kept is not first
    assert function(unknown) is verdict
    assert function.__globals__["exact"] is kept
