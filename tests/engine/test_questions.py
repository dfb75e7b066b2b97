"""Which facts an incomplete answer asks for: all that are needed, and none that could not matter."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.combiner import combine
from compliance.engine.decision import Outcome
from compliance.engine.questions import missing_facts, wants_facts
from compliance.engine.ruleset import Ruleset
from compliance.language.expression import Comparison, Const, Expression, Within
from compliance.language.rulebook import Effect, HomeScope, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.types import STRING
from tests.engine.random_rulebooks import PLACE_NAMES, WORDS, Maker, request_of, rulebook_of, ruleset_of

FLAGS = ("subject.a", "subject.b")
FINE = ("BR", "DE", "FR", "CH", "PR", "UA-14", "UA-43", "US-CA", "US-NY")
DOMAINS: dict[str, tuple[object, ...]] = {
    **dict.fromkeys(FLAGS, (True, False)),
    "subject.e": WORDS,
    "subject.residence": FINE,
}


class SmallMaker(Maker):
    """Makes rulebooks whose every fact has few values, so that all completions can be tried."""

    def atom(self, *, definitions: bool) -> Expression:
        """Return a flag, a word or a place."""
        made: Expression = self.one(
            lambda: self.fact(self.random.choice(FLAGS)),
            lambda: Comparison("==", self.fact("subject.e"), Const(self.random.choice(WORDS), STRING)),
            lambda: Within(self.fact("subject.residence"), self.random.choice(PLACE_NAMES)),
        )
        return made


def _answer(ruleset: Ruleset, facts: dict[str, Any], asked: tuple[str, str, str]) -> tuple[Outcome, bool]:
    """Return the outcome and whether facts are still asked for."""
    request = request_of(facts, *asked)
    verdict = combine(ruleset, request)
    return verdict.outcome, verdict.outcome is Outcome.INCOMPLETE and wants_facts(request, verdict)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_answering_every_missing_fact_settles_and_each_of_them_can_change_the_outcome(seed: int) -> None:
    maker = SmallMaker(Random(seed))
    ruleset = ruleset_of(maker.rulebook(4))
    for _ in range(4):
        known = {path: maker.random.choice(values) for path, values in DOMAINS.items() if maker.random.random() < 0.5}
        if maker.random.random() < 0.3:
            known["subject.residence"] = maker.random.choice(("UA", "US"))
        asked = (maker.random.choice(("buy", "sell")), maker.random.choice(("person", "robot")), "part")
        request = request_of(known, *asked)
        verdict = combine(ruleset, request)
        if verdict.outcome is not Outcome.INCOMPLETE:
            continue
        missing = missing_facts(ruleset, request, verdict)
        paths = [fact.fact for fact in missing]
        given_coarse = known.get("subject.residence") in {"UA", "US"}
        domains = dict(DOMAINS)
        if given_coarse:
            domains["subject.residence"] = tuple(
                code for code in FINE if code.startswith(str(known["subject.residence"]))
            )
        for completion in product(*(domains[path] for path in paths)):
            assert not _answer(ruleset, {**known, **dict(zip(paths, completion, strict=True))}, asked)[1]
        for path in paths:
            assert any(
                _differs(ruleset, {**known, **dict(zip(paths, completion, strict=True))}, known, path, asked)
                for completion in product(*(domains[path] for path in paths))
            ), path


def _differs(
    ruleset: Ruleset, full: dict[str, Any], known: dict[str, Any], path: str, asked: tuple[str, str, str]
) -> bool:
    """Say whether not knowing `path`, the others being known, answers otherwise than knowing it."""
    without = {name: value for name, value in full.items() if name != path}
    if path in known:
        without[path] = known[path]
    return _answer(ruleset, without, asked) != _answer(ruleset, full, asked)


def test_a_coarse_home_is_asked_for_although_the_permit_covers_another_home() -> None:
    common: dict[str, Any] = {"actions": frozenset({"buy"}), "authority": (), "span": NOWHERE}
    permit = Rule(id="crimea", effect=Effect.PERMIT, says="open", home=HomeScope("UA-43"), **common)
    ruleset = ruleset_of(rulebook_of((permit,)))
    request = request_of({"subject.residence": "UA-43", "subject.seat": "UA"}, "buy", "company", None)
    missing = missing_facts(ruleset, request, combine(ruleset, request))
    assert [(fact.fact, fact.why) for fact in missing] == [("subject.seat", "too-coarse")]
