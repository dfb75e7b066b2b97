"""A decision explained: the terms and facts that decided it, who says so, what came close, and what is assumed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.combiner import combine
from compliance.engine.compiler import Compiler
from compliance.engine.decision import (
    NOTHING_PERMITS,
    RULE_ERROR,
    Assumption,
    Decision,
    Ground,
    LeafFinding,
    Obligation,
    Outcome,
    Requirement,
    RuleFailure,
    UsedFact,
)
from compliance.engine.decoder import FedValue, Surroundings, decode
from compliance.engine.explainer import explain
from compliance.language.expression import (
    And,
    Arithmetic,
    Comparison,
    Const,
    Converted,
    DefinitionRef,
    Expression,
    FactRef,
    Leaf,
    Not,
    Or,
    ParameterRef,
    Quantifier,
    Variable,
    Within,
)
from compliance.language.rulebook import Definition, Effect, HomeScope, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.authority import Authority, Standing
from compliance.vocabulary.facts import FX, HOMES, HOMES_TYPE
from compliance.vocabulary.period import Period
from compliance.vocabulary.types import BOOL, INT, TERRITORY
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Money, Record
from tests.engine import small_venue
from tests.engine.random_rulebooks import EUR, LIMIT, NOW, TYPES, Maker, request_of, rulebook_of, ruleset_of

STATUTE = (Authority("Act", date(2026, 1, 1), Standing.QUOTED, "s. 1"),)


def leaf(name: str, says: str | None = None) -> Leaf:
    """Return the term that an officer wrote about a subject's fact."""
    path = f"subject.{name}"
    return Leaf(FactRef(path, TYPES[path]), path, says)


A, B, C = leaf("a"), leaf("b"), leaf("c", "it is so")
BROKEN = Comparison("==", Arithmetic("/", Const(1, INT), FactRef("subject.n", INT), INT), Const(1, INT))


def rule(id_: str, effect: Effect = Effect.PERMIT, when: Expression | None = None, **more: Any) -> Rule:
    return Rule(id_, effect, f"{id_} says", frozenset({"buy"}), STATUTE, NOWHERE, when=when, **more)


def explained(*rules: Rule, kind: str = "robot", definitions: tuple[Definition, ...] = (), **facts: Any) -> Decision:
    """Return the decision on buying."""
    held = ruleset_of(rulebook_of(rules, (LIMIT,), definitions))
    given = {name if "." in name else f"subject.{name}": value for name, value in facts.items()}
    request = request_of(given, "buy", kind, None)
    return explain(held, request, combine(held, request))


def sources(ground: Ground) -> list[str]:
    return [found.source for found in ground.leaves]


# Grounds.


def test_a_ground_says_what_the_rule_says_and_on_whose_authority() -> None:
    closed = rule("shut", Effect.FORBID, C, layer="law", jurisdiction="BR", notes=("see there",))
    ground = explained(rule("open"), closed, c=True).grounds[0]
    assert ground == Ground(
        rule="shut",
        effect="forbid",
        says="shut says",
        value=True,
        leaves=(LeafFinding("subject.c", "it is so", True, (UsedFact("subject.c", True),)),),
        authority=STATUTE,
        jurisdiction="BR",
        layer="law",
        notes=("see there",),
    )


@pytest.mark.parametrize(
    ("when", "facts", "shown"),
    [
        (And((A, B)), {"a": True, "b": True}, ["subject.a", "subject.b"]),
        (Or((A, B)), {"a": True, "b": False}, ["subject.a"]),
        (Or((A, B)), {"a": True, "b": True}, ["subject.a", "subject.b"]),
        (Not(A), {"a": False}, ["subject.a"]),
        (Not(And((A, B))), {"a": False, "b": True}, ["subject.a"]),
        (Not(Or((A, B))), {"a": False, "b": False}, ["subject.a", "subject.b"]),
        (And((Or((A, B)), C)), {"a": False, "b": True, "c": True}, ["subject.b", "subject.c"]),
    ],
)
def test_the_terms_shown_are_those_that_decided(when: Expression, facts: dict[str, Any], shown: list[str]) -> None:
    assert sources(explained(rule("open"), rule("shut", Effect.FORBID, when), **facts).grounds[0]) == shown


@pytest.mark.parametrize("when", [And((A, B)), Or((Not(A), B))])
def test_of_an_open_condition_the_open_terms_are_shown(when: Expression) -> None:
    ground = explained(rule("open"), rule("shut", Effect.FORBID, when), a=True).grounds[0]
    assert (ground.value, sources(ground), ground.leaves[0].value) == (None, ["subject.b"], None)
    assert ground.leaves[0].facts[0].value is UNKNOWN


def test_a_rule_without_terms_shows_none_and_one_about_homes_shows_which() -> None:
    closed = rule("shut", Effect.FORBID, home=HomeScope("US"))
    ground = explained(rule("open"), closed, kind="company", residence="PR", seat="BR").grounds[0]
    assert (ground.leaves, ground.homes, ground.value) == ((), ("PR",), True)


def test_behind_a_definition_only_the_facts_that_made_it_so_are_shown() -> None:
    defined = Definition(
        "subject.defined", "x", Or((FactRef("subject.a", BOOL), FactRef("subject.b", BOOL))), BOOL, NOWHERE
    )
    named = Leaf(DefinitionRef("subject.defined", None, BOOL), "subject.defined")
    decision = explained(rule("open"), rule("shut", Effect.FORBID, named), definitions=(defined,), a=True, b=False)
    assert decision.grounds[0].leaves[0].facts == (UsedFact("subject.a", True),)


def test_a_term_about_homes_rests_on_the_facts_that_say_where_home_is() -> None:
    home = Variable("h", TERRITORY)
    somewhere = Quantifier("exists", FactRef(HOMES, HOMES_TYPE), home, Within(home, "US"))
    decision = explained(
        rule("open"), rule("shut", Effect.FORBID, somewhere), kind="company", residence="PR", seat="BR"
    )
    assert decision.grounds[0].leaves[0].facts == (
        UsedFact("subject.residence", "PR"),
        UsedFact("subject.seat", "BR"),
    )


def test_a_term_about_converted_money_rests_on_the_rates_too() -> None:
    amount = FactRef("action.amount", TYPES["action.amount"])
    much = Comparison(">=", Converted(amount, "EUR", EUR), ParameterRef("limit", None, EUR))
    rates = (Record("FxRate", {"from": "USD", "to": "EUR", "rate": Decimal(1)}),)
    paid = Money(Decimal(9), "USD")
    given: dict[str, Any] = {"action.amount": paid, FX: rates}
    decision = explained(rule("open"), rule("shut", Effect.FORBID, much), **given)
    assert decision.grounds[0].leaves[0].facts == (UsedFact("action.amount", paid), UsedFact(FX, rates))


def test_an_allow_shows_the_permits_that_hold() -> None:
    decision = explained(rule("open", when=A), rule("other", when=B), a=True, b=False)
    assert ([ground.rule for ground in decision.grounds], sources(decision.grounds[0])) == (["open"], ["subject.a"])
    assert (decision.ground, decision.nearest, decision.changes) == (None, (), None)


# Requirements, obligations, errors.


def test_a_requirement_says_what_to_do_and_whether_it_is_known_not_to_be_met() -> None:
    needed = rule("kyc", Effect.REQUIRE, needs=A, remedy="verify")
    unmet, open_ = explained(rule("open"), needed, a=False), explained(rule("open"), needed)
    assert unmet.requirements == (Requirement("kyc", "kyc says", "verify", False, STATUTE),)
    assert open_.requirements == (Requirement("kyc", "kyc says", "verify", None, STATUTE),)
    assert (unmet.grounds[0].value, sources(unmet.grounds[0]), unmet.missing) == (False, ["subject.a"], ())
    assert [fact.fact for fact in open_.missing] == ["subject.a"]


def test_an_obligation_says_what_must_be_done() -> None:
    decision = explained(rule("open"), rule("tell", Effect.OBLIGE, obligation="show-prospectus"))
    assert decision.obligations == (Obligation("tell", "show-prospectus", "tell says", STATUTE),)


def test_an_error_is_told_with_its_rule() -> None:
    decision = explained(rule("open"), rule("shut", Effect.FORBID, BROKEN), n=0)
    assert (decision.outcome, decision.ground) == (Outcome.REFER, RULE_ERROR)
    assert decision.errors == (RuleFailure("shut", "`1 / 0` has no value"),)


# What came close.


def test_where_nothing_permits_every_permit_that_covers_the_home_shows_why_it_fails() -> None:
    decision = explained(
        rule("br", when=And((A, B)), home=HomeScope("BR")),
        rule("de", when=A, home=HomeScope("DE")),
        kind="person",
        residence="BR",
        a=True,
        b=False,
    )
    assert decision.ground == NOTHING_PERMITS
    assert [(near.home, near.rule, near.lapsed_on) for near in decision.nearest] == [("BR", "br", None)]
    assert [found.source for found in decision.nearest[0].failing] == ["subject.b"]


def test_a_permit_that_lapsed_says_when() -> None:
    yesterday = NOW - timedelta(days=1)
    lapsed = rule("ended", home=HomeScope("BR"), effective=Period(None, yesterday))
    elsewhere = rule("elsewhere", home=HomeScope("DE"), effective=Period(None, yesterday))
    decision = explained(lapsed, elsewhere, kind="person", residence="BR")
    assert [(near.rule, near.lapsed_on) for near in decision.nearest] == [("ended", yesterday)]


def test_only_the_homes_that_nothing_permits_are_told_of() -> None:
    permits = (rule("br", home=HomeScope("BR")), rule("de", when=A, home=HomeScope("DE")))
    decision = explained(*permits, kind="company", residence="BR", seat="DE", a=False)
    assert [(near.home, near.rule) for near in decision.nearest] == [("DE", "de")]


def test_beside_a_forbid_nothing_came_close() -> None:
    decision = explained(rule("open", when=A), rule("shut", Effect.FORBID), kind="person", residence="BR", a=False)
    assert (decision.ground, decision.nearest) == (None, ())


# What is assumed.


def venue_decision(*rules: Rule, fed: bool = False, name: str = "buy") -> Decision:
    """Return the decision of the small venue on buying AAPLx, with or without a feed that says it is not halted."""
    held = small_venue.venue(*rules)
    until = small_venue.NOW + timedelta(hours=1)
    values = {("resource.halted", "AAPLx"): FedValue(value=False, valid_until=until)} if fed else {}
    request = decode(held, small_venue.body(action__name=name), Surroundings(small_venue.NOW, values))
    return explain(held, request, combine(held, request))


HALTED = FactRef("resource.halted", BOOL)
TAKEN = (Assumption("resource.halted", False, small_venue.HOUSE),)


def test_what_nobody_feeds_is_told_with_who_says_that_it_holds() -> None:
    halt = rule("halt", Effect.FORBID, HALTED)
    assert venue_decision(rule("open"), halt).assumed == TAKEN
    assert venue_decision(rule("open"), halt, fed=True).assumed == ()
    assert venue_decision(rule("open")).assumed == ()


def test_a_deny_that_rests_on_what_is_assumed_says_so_and_another_does_not() -> None:
    trading = rule("not-halted", Effect.FORBID, Not(HALTED))
    assert venue_decision(rule("open"), trading).assumed == TAKEN
    assert venue_decision(rule("open", when=HALTED)).assumed == TAKEN
    assert venue_decision(rule("open"), rule("halt", Effect.FORBID, HALTED), rule("shut", Effect.FORBID)).assumed == ()


def test_a_request_that_cannot_stand_is_explained_by_its_ground_alone() -> None:
    decision = venue_decision(rule("open"), name="onboard")
    assert (decision.outcome, decision.ground) == (Outcome.DENY, "action-not-for-instrument")
    assert (decision.grounds, decision.missing, decision.nearest, decision.assumed) == ((), (), (), ())


# Laws.


@settings(max_examples=100)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_every_verdict_can_be_explained_and_the_explanation_changes_nothing(seed: int) -> None:
    maker = Maker(Random(seed))
    held = ruleset_of(maker.rulebook())
    compiler = Compiler(held)
    for _ in range(5):
        request = maker.request()
        verdict = combine(held, request)
        decision = explain(held, request, verdict, lambda _, asked: compiler.verdict(asked))
        assert decision.outcome is verdict.outcome
        assert [ground.rule for ground in decision.grounds] == [found.id for found in verdict.grounds]
        assert [found.rule for found in decision.requirements] == [found.id for found in verdict.requirements]
        assert [found.rule for found in decision.obligations] == [found.id for found in verdict.obligations]
        assert (decision.changes is None) or decision.outcome is Outcome.DENY
        assert not decision.missing or decision.outcome in {Outcome.INCOMPLETE, Outcome.REFER}
        assert decision.outcome is not Outcome.INCOMPLETE or decision.missing or decision.requirements
        assert decision == explain(held, request, verdict, combine)
