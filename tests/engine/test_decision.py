"""The words of an answer."""

from __future__ import annotations

from compliance.engine.decision import Outcome, UsedFact
from compliance.vocabulary.unknown import UNKNOWN


def test_outcomes_are_ordered_from_the_strictest_to_allow() -> None:
    assert sorted(Outcome, key=lambda outcome: outcome.severity) == ["deny", "incomplete", "refer", "allow"]


def test_two_used_facts_are_equal_if_they_show_the_same_also_unknown() -> None:
    assert UsedFact("subject.a", UNKNOWN) == UsedFact("subject.a", UNKNOWN)
    assert UsedFact("subject.a", UNKNOWN) != UsedFact("subject.a", value=True)
    assert UsedFact("subject.a", value=True) == UsedFact("subject.a", value=True)
    assert UsedFact("subject.a", value=True) != UsedFact("subject.b", value=True)
    assert len({UsedFact("subject.a", UNKNOWN), UsedFact("subject.a", UNKNOWN)}) == 1
