"""The five steps of DESIGN section 5, each on the smallest rulebook that shows it."""

from __future__ import annotations

from typing import Any

from compliance.engine.combiner import combine
from compliance.engine.compiler import Compiler
from compliance.engine.decision import NOTHING_PERMITS, RULE_ERROR, Outcome, Verdict
from compliance.engine.explainer import explain
from compliance.language.expression import Arithmetic, Comparison, Const, Expression, FactRef, Not, Or
from compliance.language.rulebook import Effect, HomeScope, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.types import INT
from tests.engine.random_rulebooks import TYPES, request_of, rulebook_of, ruleset_of


def fact(name: str) -> FactRef:
    """Return a reference to a subject's fact."""
    return FactRef(f"subject.{name}", TYPES[f"subject.{name}"])


A, B, C = fact("a"), fact("b"), fact("c")
BROKEN = Comparison("==", Arithmetic("/", Const(1, INT), fact("n"), INT), Const(1, INT))


def rule(id_: str, effect: Effect, when: Expression | None = None, **more: Any) -> Rule:
    """Return a rule about buying."""
    return Rule(
        id=id_, effect=effect, says=id_, actions=frozenset({"buy"}), authority=(), span=NOWHERE, when=when, **more
    )


PERMIT = rule("open", Effect.PERMIT)


def decide(*rules: Rule, kind: str = "robot", product: str | None = None, **facts: Any) -> Verdict:
    """Return the verdict on buying; evaluator and compiler must agree."""
    ruleset = ruleset_of(rulebook_of(rules))
    request = request_of({f"subject.{name}": value for name, value in facts.items()}, "buy", kind, product)
    verdict = combine(ruleset, request)
    assert Compiler(ruleset).verdict(request) == verdict
    return verdict


def ids(rules: tuple[Rule, ...]) -> list[str]:
    """Return the ids of rules."""
    return [found.id for found in rules]


def test_a_forbid_beats_a_permit() -> None:
    verdict = decide(PERMIT, rule("closed", Effect.FORBID))
    assert (verdict.outcome, ids(verdict.grounds)) == (Outcome.DENY, ["closed"])


def test_a_deny_gives_every_true_forbid_and_not_only_the_first() -> None:
    verdict = decide(PERMIT, rule("x", Effect.FORBID), rule("y", Effect.FORBID, A), rule("z", Effect.FORBID, B), a=True)
    assert ids(verdict.grounds) == ["x", "y"]


def test_a_true_forbid_denies_whatever_is_unknown_beside_it() -> None:
    assert decide(rule("x", Effect.FORBID, A), rule("y", Effect.FORBID, B), a=True).outcome is Outcome.DENY


def test_an_unknown_forbid_never_allows() -> None:
    verdict = decide(PERMIT, rule("x", Effect.FORBID, A))
    assert (verdict.outcome, ids(verdict.unsettled)) == (Outcome.INCOMPLETE, ["x"])


def test_nothing_permits_is_a_deny_even_while_a_forbid_is_unknown() -> None:
    verdict = decide(rule("x", Effect.FORBID, A))
    assert (verdict.outcome, verdict.grounds) == (Outcome.DENY, ())


def test_an_unknown_permit_is_incomplete_and_not_a_deny() -> None:
    verdict = decide(rule("open", Effect.PERMIT, A))
    assert (verdict.outcome, ids(verdict.unsettled)) == (Outcome.INCOMPLETE, ["open"])


def test_every_home_needs_a_permit_of_its_own() -> None:
    permits = (rule("br", Effect.PERMIT, home=HomeScope("BR")), rule("de", Effect.PERMIT, home=HomeScope("DE")))
    assert decide(*permits, kind="company", residence="BR", seat="DE").outcome is Outcome.ALLOW
    assert decide(*permits, kind="company", residence="BR", seat="FR").outcome is Outcome.DENY
    assert decide(*permits, kind="company", residence="BR").outcome is Outcome.INCOMPLETE


def test_a_permit_of_the_rulebook_covers_every_home() -> None:
    assert decide(PERMIT, kind="company", residence="BR", seat="FR").outcome is Outcome.ALLOW


def test_an_unknown_home_is_incomplete_even_where_everything_else_is_open() -> None:
    assert decide(PERMIT, kind="person").outcome is Outcome.INCOMPLETE


def test_a_kind_without_homes_needs_a_permit_of_the_rulebook() -> None:
    assert decide(rule("br", Effect.PERMIT, home=HomeScope("BR"))).outcome is Outcome.DENY


def test_a_rule_whose_scope_is_unknown_is_unknown_and_never_left_out() -> None:
    closed = rule("crimea", Effect.FORBID, home=HomeScope("UA-43"))
    assert decide(PERMIT, closed, kind="person", residence="UA").outcome is Outcome.INCOMPLETE
    assert decide(PERMIT, closed, kind="person", residence="UA-43").outcome is Outcome.DENY
    assert decide(PERMIT, closed, kind="person", residence="UA-14").outcome is Outcome.ALLOW
    assert decide(PERMIT, closed, kind="person", residence="BR").outcome is Outcome.ALLOW


def test_an_exception_narrows_a_rule_and_a_coarse_home_leaves_it_unknown() -> None:
    closed = rule("ua", Effect.FORBID, home=HomeScope("UA", ("UA-43",)))
    assert decide(PERMIT, closed, kind="person", residence="UA-43").outcome is Outcome.ALLOW
    assert decide(PERMIT, closed, kind="person", residence="UA").outcome is Outcome.INCOMPLETE


def test_a_require_that_is_not_met_is_incomplete_with_the_requirement() -> None:
    needed = rule("kyc", Effect.REQUIRE, needs=A, remedy="verify")
    verdict = decide(PERMIT, needed, a=False)
    assert (verdict.outcome, ids(verdict.requirements), verdict.unsettled) == (Outcome.INCOMPLETE, ["kyc"], ())
    assert decide(PERMIT, needed, a=True).outcome is Outcome.ALLOW


def test_requirements_are_complete_in_one_answer_met_or_not_known() -> None:
    needed = (
        rule("kyc", Effect.REQUIRE, needs=A),
        rule("kid", Effect.REQUIRE, needs=B),
        rule("x", Effect.REQUIRE, needs=C),
    )
    verdict = decide(PERMIT, *needed, a=False, c=True)
    assert (ids(verdict.requirements), ids(verdict.unsettled)) == (["kid", "kyc"], ["kid"])


def test_a_require_out_of_its_condition_asks_nothing() -> None:
    assert decide(PERMIT, rule("kyc", Effect.REQUIRE, A, needs=B), a=False).outcome is Outcome.ALLOW
    assert decide(PERMIT, rule("kyc", Effect.REQUIRE, A, needs=B), b=True).outcome is Outcome.ALLOW


def test_a_true_or_unknown_refer_sends_the_decision_to_a_human() -> None:
    doubt = rule("doubt", Effect.REFER, A)
    assert decide(PERMIT, doubt, a=True).outcome is Outcome.REFER
    verdict = decide(PERMIT, doubt)
    assert (verdict.outcome, ids(verdict.grounds), ids(verdict.unsettled)) == (Outcome.REFER, ["doubt"], ["doubt"])
    assert decide(PERMIT, doubt, a=False).outcome is Outcome.ALLOW


def test_an_allow_gives_its_true_permits_and_every_obligation_that_is_not_false() -> None:
    told = [rule(name, Effect.OBLIGE, when, obligation="tell") for name, when in (("o1", A), ("o2", B), ("o3", Not(A)))]
    verdict = decide(PERMIT, rule("never", Effect.PERMIT, Not(A)), *told, a=True)
    assert (verdict.outcome, ids(verdict.grounds)) == (Outcome.ALLOW, ["open"])
    assert ids(verdict.obligations) == ["o1", "o2"]


def test_an_error_alone_is_referred_and_reported_and_never_allowed() -> None:
    verdict = decide(PERMIT, rule("x", Effect.FORBID, BROKEN), n=0)
    assert verdict.outcome is Outcome.REFER
    assert [(error.rule, error.message) for error in verdict.errors] == [("x", "`1 / 0` has no value")]


def test_an_error_beside_an_open_question_is_incomplete_with_the_question() -> None:
    verdict = decide(PERMIT, rule("x", Effect.FORBID, BROKEN), rule("y", Effect.FORBID, A), n=0)
    assert verdict.outcome is Outcome.INCOMPLETE


def test_an_error_beside_an_unknown_home_is_incomplete_with_the_home() -> None:
    broken = rule("x", Effect.FORBID, BROKEN)
    assert decide(PERMIT, broken, kind="person", n=0).outcome is Outcome.INCOMPLETE
    assert decide(PERMIT, broken, kind="person", n=0, residence="BR").outcome is Outcome.REFER


def test_an_error_that_made_no_difference_is_not_reported() -> None:
    either = Or((BROKEN, B))
    verdict = decide(PERMIT, rule("kyc", Effect.REQUIRE, A, needs=Not(either)), n=0, b=True)
    assert (verdict.outcome, verdict.errors) == (Outcome.INCOMPLETE, ())
    verdict = decide(PERMIT, rule("kyc", Effect.REQUIRE, A, needs=either), n=0, b=True)
    assert (verdict.outcome, verdict.errors) == (Outcome.ALLOW, ())


def test_an_error_in_a_rule_that_a_true_forbid_outweighs_changes_nothing() -> None:
    assert decide(PERMIT, rule("x", Effect.FORBID, BROKEN), rule("y", Effect.FORBID), n=0).outcome is Outcome.DENY


def test_the_ground_names_what_no_rule_says() -> None:
    ruleset = ruleset_of(rulebook_of((rule("open", Effect.PERMIT, A), rule("x", Effect.FORBID, BROKEN))))
    nothing = request_of({"subject.a": False, "subject.n": 2}, "buy", "robot", None)
    assert explain(ruleset, nothing, combine(ruleset, nothing)).ground == NOTHING_PERMITS
    broken = request_of({"subject.a": True, "subject.n": 0}, "buy", "robot", None)
    assert explain(ruleset, broken, combine(ruleset, broken)).ground == RULE_ERROR


def test_a_closing_of_the_whole_holds_for_its_part_and_an_opening_does_not() -> None:
    opening, closing = (
        rule("open-whole", Effect.PERMIT, product="whole"),
        rule("shut", Effect.FORBID, A, product="whole"),
    )
    assert decide(opening, product="whole").outcome is Outcome.ALLOW
    assert decide(opening, product="part").outcome is Outcome.DENY
    assert decide(PERMIT, closing, product="part", a=True).outcome is Outcome.DENY
