"""The verdicts that a slice keeps, by the bits of the rules that determine them."""

from __future__ import annotations

import pytest

from compliance.engine import endings as module
from compliance.engine.decision import Outcome, Verdict
from compliance.engine.endings import Kept, answers, endings
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE


def rules(effect: Effect, *ids: str) -> list[Rule]:
    return [Rule(id_, effect, id_, frozenset({"buy"}), (), NOWHERE) for id_ in ids]


RULES = {
    Effect.FORBID: rules(Effect.FORBID, "f0", "f1"),
    Effect.PERMIT: rules(Effect.PERMIT, "p0", "p1"),
    Effect.REQUIRE: rules(Effect.REQUIRE, "r0", "a1"),
    Effect.REFER: rules(Effect.REFER, "x0", "x1"),
    Effect.OBLIGE: rules(Effect.OBLIGE, "o0"),
}


def ids(found: tuple[Rule, ...]) -> list[str]:
    return [rule.id for rule in found]


def test_a_bit_stands_for_the_rule_at_its_place() -> None:
    made = endings(RULES)
    assert ids(made["DENIED"][0b10].grounds) == ["f1"]
    assert made["DENIED"][0].grounds == ()
    allowed = made["ALLOWED"][0b11, 0b1]
    assert (allowed.outcome, ids(allowed.grounds), ids(allowed.obligations)) == (Outcome.ALLOW, ["p0", "p1"], ["o0"])
    referred = made["REFERRED"][0b01, 0b10]
    assert (ids(referred.grounds), ids(referred.unsettled)) == (["x0", "x1"], ["x1"])


def test_what_blocks_is_in_order_of_id_and_says_what_is_unknown() -> None:
    blocked = endings(RULES)["BLOCKED"][0b1, 0b10, 0b01, 0b10]
    assert blocked.outcome is Outcome.INCOMPLETE
    assert ids(blocked.grounds) == ["a1", "f0", "p1", "r0"]
    assert ids(blocked.unsettled) == ["a1", "f0", "p1"]
    assert ids(blocked.requirements) == ["a1", "r0"]


def test_where_nothing_is_unknown_one_number_finds_the_same_verdict() -> None:
    made = endings(RULES)
    assert made["UNMET"][0b11] is made["BLOCKED"][0, 0, 0b11, 0]
    assert made["REFERS"][0b10] is made["REFERRED"][0b10, 0]
    assert made["PERMITS"][0b01] is made["ALLOWED"][0b01, 0]


def test_an_answer_has_the_outcome_of_its_verdict_and_the_ids_of_its_grounds() -> None:
    made = answers(endings(RULES))
    assert made.keys() == endings(RULES).keys()
    assert made["DENIED"][0b11] == (Outcome.DENY, ("f0", "f1"), None)
    assert made["BLOCKED"][0, 0, 0b11, 0] == (Outcome.INCOMPLETE, ("a1", "r0"), None)
    assert made["ALLOWED"][0b10, 0b1] is made["ALLOWED"][0b10, 0b1]


def test_a_verdict_is_made_once_while_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VERDICTS", 1)
    asked: list[int] = []

    def make(bits: int) -> Verdict:
        asked.append(bits)
        return Verdict(Outcome.DENY, ())

    kept = Kept(make)
    assert kept[1] is kept[1]
    assert kept[2] == kept[2]
    assert asked == [1, 2, 2]
