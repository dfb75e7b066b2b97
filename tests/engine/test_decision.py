"""The words of an answer."""

from __future__ import annotations

from compliance.engine.decision import Outcome


def test_outcomes_are_ordered_from_the_strictest_to_allow() -> None:
    assert sorted(Outcome, key=lambda outcome: outcome.severity) == ["deny", "incomplete", "refer", "allow"]
