"""What many requests are answered with."""

from __future__ import annotations

import pytest

from compliance.engine import answered as module
from compliance.engine.answered import Answered, Answers
from compliance.engine.decision import Outcome, Verdict
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE

RULE = Rule("closed", Effect.FORBID, "closed", frozenset({"buy"}), (), NOWHERE)


def test_an_answer_is_an_outcome_with_the_ids_of_its_rules() -> None:
    assert Answers().of(Verdict(Outcome.DENY, (RULE,))) == Answered(Outcome.DENY, ("closed",))


def test_a_verdict_is_looked_at_once_and_never_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_KEPT", 2)
    answers = Answers()
    verdict = Verdict(Outcome.DENY, (RULE,))
    assert answers.of(verdict) is answers.of(verdict)
    for outcome in list(Outcome) * 20:
        assert answers.of(Verdict(outcome, ())) == Answered(outcome, ())
