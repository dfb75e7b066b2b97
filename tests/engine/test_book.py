"""The library's front: a rulebook asked at an instant, for one subject or two."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.engine.book import Book, joined
from compliance.engine.combiner import combine
from compliance.engine.decision import Decision, Outcome
from compliance.engine.decoder import FedValue
from compliance.engine.envelope import RequestRefused
from compliance.engine.json import MalformedJSON
from compliance.language.expression import Const, Expression, FactRef
from compliance.language.rulebook import Effect, HomeScope, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.period import Period
from compliance.vocabulary.types import BOOL
from tests.engine.small_venue import NOW, RULEBOOK, body, transfer

ALL = frozenset({"buy", "receive", "transfer", "sell"})
ADULT = FactRef("subject.adult", BOOL)
BOB: dict[str, Any] = {"type": "person", "id": "p-2", "properties": {"residence": "DE"}}


def rule(id_: str, effect: Effect = Effect.PERMIT, when: Expression | None = None, **more: Any) -> Rule:
    return Rule(id_, effect, id_, more.pop("actions", ALL), (), NOWHERE, when=when, **more)


def book(*rules: Rule) -> Book:
    return Book(replace(RULEBOOK, rules=rules))


def decide(given: dict[str, Any], *rules: Rule) -> Decision:
    return book(*rules).at(NOW).decide(given)


def test_a_body_is_decided_by_the_rules_in_force() -> None:
    later = rule("later", Effect.FORBID, effective=Period(NOW + timedelta(days=1)))
    asked = book(rule("open"), later)
    assert asked.at(NOW).decide(body()).outcome is Outcome.ALLOW
    assert asked.at(NOW + timedelta(days=1)).decide(body()).outcome is Outcome.DENY


def test_a_verdict_is_that_of_the_decision_with_and_without_a_request() -> None:
    at = book(rule("open"), rule("adults", Effect.REQUIRE, ADULT)).at(NOW)
    # The first request of a slice is made, the second is not.
    changes: tuple[dict[str, Any], ...] = ({}, {}, {"adult": False}, {"residence": "KP"}, {"tags": ["a", "b"]})
    for properties in ({**BOB["properties"], **change} for change in changes):
        given = body(subject__properties=properties)
        verdict = at.judge(given)
        assert at.judge(json.dumps(given).encode()) is verdict
        decision = at.decide(given)
        assert verdict.outcome is decision.outcome
        assert [found.id for found in verdict.grounds] == [ground.rule for ground in decision.grounds]
    with pytest.raises(RequestRefused):
        at.judge({"subject": 1})
    with pytest.raises(MalformedJSON):
        at.judge(b'{"subject": 1, "subject": 1}')


def test_a_verdict_counts_what_feeds_say() -> None:
    halted = rule("halted", Effect.FORBID, FactRef("resource.halted", BOOL))
    fed = {("resource.halted", "*"): FedValue(True, NOW + timedelta(minutes=1))}
    asked = book(rule("open"), halted)
    for _ in range(2):
        assert asked.at(NOW, fed).judge(body()).outcome is Outcome.DENY
        assert asked.at(NOW, fed).decide_many([body()])[0].outcome is Outcome.DENY
        assert asked.at(NOW).judge(body()).outcome is Outcome.ALLOW


def test_a_verdict_about_two_subjects_is_the_stricter_one() -> None:
    closed = rule("closed", Effect.FORBID, actions=frozenset({"receive"}))
    at = book(rule("open"), closed).at(NOW)
    assert at.judge(transfer(BOB)).outcome is at.decide(transfer(BOB)).outcome is Outcome.DENY


def test_a_decision_says_when_it_was_asked_and_by_which_rules_it_was_decided() -> None:
    at = book(rule("open")).at(NOW)
    decision = at.decide(body())
    assert (decision.as_of, decision.ruleset_digest) == (NOW, at.ruleset.digest)


def test_between_two_changes_one_compiled_ruleset_answers() -> None:
    asked = book(rule("open"))
    assert asked.at(NOW).compiler is asked.at(NOW + timedelta(days=1)).compiler


def test_a_body_that_cannot_be_read_is_refused_with_every_problem() -> None:
    with pytest.raises(RequestRefused) as refused:
        decide(body(subject__properties={"residence": "XX", "adlut": 1}), rule("open"))
    assert len(refused.value.problems) == 2


def test_an_unknown_resource_is_denied_without_a_rule() -> None:
    decision = decide(body(resource__id="GOOGx"), rule("open"))
    assert (decision.outcome, decision.ground, decision.changes) == (Outcome.DENY, "unknown-instrument", ())


def test_a_verdict_is_that_of_the_definition() -> None:
    at = book(rule("open", when=ADULT)).at(NOW)
    request = at.request(body())
    assert at.verdict(request) == combine(at.ruleset, request)


# Two subjects.


def test_a_transfer_is_allowed_where_both_are_allowed() -> None:
    decision = decide(transfer(BOB), rule("open"))
    assert decision.outcome is Outcome.ALLOW
    assert decision.counterparty is not None
    assert (decision.counterparty[0], decision.counterparty[1].outcome) == ("recipient", Outcome.ALLOW)


@pytest.mark.parametrize(
    ("effect", "when", "outcome"),
    [
        (Effect.FORBID, None, Outcome.DENY),
        (Effect.FORBID, ADULT, Outcome.INCOMPLETE),
        (Effect.REFER, None, Outcome.REFER),
    ],
)
def test_the_stricter_answer_counts_whoever_it_is_about(
    effect: Effect, when: Expression | None, outcome: Outcome
) -> None:
    about_bob = rule("de", effect, when, home=HomeScope("DE"))
    about_sender = rule("br", effect, when, home=HomeScope("BR"))
    for named in (about_bob, about_sender):
        decision = decide(transfer(BOB), rule("open"), named)
        assert decision.outcome is outcome
        assert decision.counterparty is not None
        assert (decision.counterparty[1].outcome is outcome) is (named is about_bob)


def test_a_recipient_is_judged_by_what_it_does_and_not_by_what_the_sender_does() -> None:
    no_entry = rule("no-entry", Effect.FORBID, actions=frozenset({"receive"}))
    assert decide(transfer(BOB), rule("open"), no_entry).outcome is Outcome.DENY
    assert decide(body(action__name="transfer"), rule("open"), no_entry).outcome is Outcome.ALLOW


def test_the_ground_names_the_recipient_where_his_answer_is_the_stricter() -> None:
    recipient_only = rule("open", actions=frozenset({"receive"}))
    decision = decide(transfer(BOB), recipient_only)
    assert (decision.outcome, decision.ground) == (Outcome.DENY, "nothing-permits")
    sender_only = rule("open", actions=frozenset({"transfer"}))
    decision = decide(transfer(BOB), sender_only)
    assert (decision.outcome, decision.ground) == (Outcome.DENY, "recipient")
    assert decision.counterparty is not None
    assert decision.counterparty[1].ground == "nothing-permits"


@given(first=st.sampled_from(list(Outcome)), second=st.sampled_from(list(Outcome)))
def test_of_two_answers_the_stricter_one_is_given(first: Outcome, second: Outcome) -> None:
    made = decide(body(), rule("open", when=Const(True, BOOL)))
    both = joined(
        msgspec.structs.replace(made, outcome=first), "recipient", msgspec.structs.replace(made, outcome=second)
    )
    assert both.outcome.severity == min(first.severity, second.severity)
    assert (both.outcome is Outcome.ALLOW) is (first is second is Outcome.ALLOW)
