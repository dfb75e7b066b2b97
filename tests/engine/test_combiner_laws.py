"""What a decision can still become when more is known: never less strict than what was settled."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.combiner import combine
from compliance.engine.decision import Outcome, Verdict
from compliance.engine.missing import open_facts
from compliance.engine.request import Request
from compliance.engine.ruleset import Ruleset
from tests.engine.random_rulebooks import Maker, request_of, ruleset_of

SEEDS = st.integers(min_value=0, max_value=2**32)
CAN_BECOME = {
    Outcome.DENY: {Outcome.DENY},
    Outcome.ALLOW: {Outcome.ALLOW},
    Outcome.REFER: {Outcome.REFER, Outcome.ALLOW},
    Outcome.INCOMPLETE: set(Outcome),
}


def ids(rules: tuple[Any, ...]) -> set[str]:
    return {found.id for found in rules}


def pairs(seed: int) -> list[tuple[Ruleset, Request, Request]]:
    """Return requests of which the second knows all that the first knows, and more."""
    maker = Maker(Random(seed))
    ruleset = ruleset_of(maker.rulebook(6))
    made = []
    for _ in range(8):
        asked = (
            maker.random.choice(("buy", "join", "sell")),
            maker.random.choice(("person", "company", "robot")),
            maker.random.choice(("part", "whole", None)),
        )
        full = maker.values(0.95)
        part = {path: value for path, value in full.items() if maker.random.random() < 0.6}
        made.append((ruleset, request_of(part, *asked), request_of(full, *asked)))
    return made


@settings(max_examples=300)
@given(seed=SEEDS)
def test_knowing_more_never_turns_a_deny_or_an_allow_around_and_settles_a_refer_only_upwards(seed: int) -> None:
    for ruleset, request, fuller in pairs(seed):
        before, after = combine(ruleset, request), combine(ruleset, fuller)
        assert after.outcome in CAN_BECOME[before.outcome], (before, after)


@settings(max_examples=150)
@given(seed=SEEDS)
def test_knowing_more_keeps_every_forbid_every_permit_and_every_unmet_requirement(seed: int) -> None:
    for ruleset, request, fuller in pairs(seed):
        before, after = combine(ruleset, request), combine(ruleset, fuller)
        if before.outcome in {Outcome.DENY, Outcome.ALLOW}:
            assert ids(before.grounds) <= ids(after.grounds)
        if before.outcome is Outcome.ALLOW:
            assert ids(after.obligations) <= ids(before.obligations)
        unmet = ids(before.requirements) - ids(before.unsettled)
        assert not unmet or after.outcome is Outcome.DENY or unmet <= ids(after.requirements)


@settings(max_examples=150)
@given(seed=SEEDS)
def test_an_incomplete_verdict_has_something_to_ask_or_to_require(seed: int) -> None:
    for ruleset, request, fuller in pairs(seed):
        for asked in (request, fuller):
            verdict = combine(ruleset, asked)
            if verdict.outcome is not Outcome.INCOMPLETE:
                continue
            assert (
                ids(verdict.requirements) - ids(verdict.unsettled)
                or open_facts(ruleset, asked, verdict.unsettled)
                or not all(isinstance(home, str) for home in asked.homes)
            )


@settings(max_examples=100)
@given(seed=SEEDS)
def test_a_verdict_names_its_rules_in_order_and_each_once(seed: int) -> None:
    for ruleset, request, _ in pairs(seed):
        verdict = combine(ruleset, request)
        for rules in (verdict.grounds, verdict.unsettled, verdict.requirements, verdict.obligations):
            names = [rule.id for rule in rules]
            assert names == sorted(set(names))


@given(seed=SEEDS)
def test_a_refused_request_is_denied_whatever_the_rules_say(seed: int) -> None:
    for ruleset, request, _ in pairs(seed)[:2]:
        refused = msgspec.structs.replace(request, refused="unknown-thing")
        assert combine(ruleset, refused) == Verdict(Outcome.DENY, ())
