"""Which facts an incomplete answer asks for: all that are needed, and none that could not matter."""

from __future__ import annotations

from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.combiner import combine
from compliance.engine.decision import Outcome, Verdict
from compliance.engine.questions import missing_facts
from compliance.language.expression import Comparison, Const, Expression, Within
from compliance.vocabulary.types import STRING
from tests.engine.random_rulebooks import PLACE_NAMES, WORDS, Maker, request_of, ruleset_of

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


def _still_asks(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.INCOMPLETE and bool(verdict.unsettled or not verdict.grounds)


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
        answers = {}
        for completion in product(*(domains[path] for path in paths)):
            answered = combine(ruleset, request_of({**known, **dict(zip(paths, completion, strict=True))}, *asked))
            answers[completion] = answered
            assert not _still_asks(answered)
        for place, path in enumerate(paths):
            assert any(
                _differs(ruleset, {**known, **dict(zip(paths, completion, strict=True))}, known, path, asked, answered)
                for completion, answered in answers.items()
            ), (path, place)


def _differs(
    ruleset: object, full: dict[str, object], known: dict[str, object], path: str, asked: object, answered: Verdict
) -> bool:
    without = {name: value for name, value in full.items() if name != path}
    if path in known:
        without[path] = known[path]
    unanswered = combine(ruleset, request_of(without, *asked))  # type: ignore[arg-type, misc]
    return (unanswered.outcome, _still_asks(unanswered)) != (answered.outcome, _still_asks(answered))
