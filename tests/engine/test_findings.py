"""What one rule says is kept by what it reads: nothing else of a request counts, and each shows its own values.

That it is what the rule would say if it were read again is tested with the explanations made of it, in
`test_explanations.py`, on random rulebooks and on every case of the shipped one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance.engine import findings as findings_module
from compliance.engine.decision import Ground, LeafFinding, UsedFact
from compliance.engine.findings import Findings, showing
from compliance.engine.likeness import likeness, shown_as_given
from compliance.language.expression import And, Comparison, Const, Expression, FactRef, Within
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.types import INT
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.random_rulebooks import TYPES, VOCABULARY, request_of, rulebook_of, ruleset_of

if TYPE_CHECKING:
    from compliance.engine.request import Request

GROUP = ("buy", "robot", "part", "thing")
A, N, T = (FactRef(path, TYPES[path]) for path in ("subject.a", "subject.n", "subject.t"))
OVER_TEN = Comparison(">", N, Const(10, INT))


def rule(name: str, when: Expression) -> Rule:
    return Rule(
        id=name, effect=Effect.FORBID, says="", actions=frozenset({"buy"}), authority=(), span=NOWHERE, when=when
    )


class Asking:
    """Asks for grounds, and counts those that are made."""

    def __init__(self, *rules: Rule) -> None:
        ruleset = ruleset_of(rulebook_of(rules))
        self.likeness = likeness(ruleset, GROUP)
        self.findings = Findings(ruleset, self.likeness, shown_as_given(VOCABULARY))
        self.made = 0

    def ground(self, asked: Rule, **facts: Any) -> Ground:
        request = request_of({f"subject.{name}": value for name, value in facts.items()}, "buy", "robot", "part")
        on = self.findings.on(request, self.likeness.key(request.facts))
        return on.ground(asked, lambda found: self.make(found, request))

    def make(self, found: Rule, request: Request) -> Ground:
        self.made += 1
        leaf = LeafFinding("", None, True, (UsedFact("subject.n", request.facts["subject.n"]),))
        return Ground(found.id, "forbid", "", True, (leaf,), (), None, None, (), ())


FLAG, LIMIT = rule("flag", A), rule("limit", OVER_TEN)


def test_a_fact_that_a_rule_does_not_read_does_not_make_its_ground_again() -> None:
    asking = Asking(FLAG, LIMIT)
    for n in (1, 11, 12):
        asking.ground(FLAG, a=True, n=n)
    assert asking.made == 1
    asking.ground(FLAG, a=False, n=1)
    assert asking.made == 2


def test_each_request_shows_its_own_number_in_a_ground_that_is_kept() -> None:
    asking = Asking(FLAG, LIMIT)
    shown = [asking.ground(LIMIT, n=n).leaves[0].facts[0].value for n in (11, 12, 400)]
    assert shown == [11, 12, 400]
    assert asking.made == 1


def test_a_number_on_the_other_side_of_a_rules_limit_makes_its_ground_again() -> None:
    asking = Asking(FLAG, LIMIT)
    for n in (11, 10, 12, 9):
        asking.ground(LIMIT, n=n)
    assert asking.made == 2


def test_not_known_is_a_ground_of_its_own_and_stays_unknown() -> None:
    asking = Asking(LIMIT)
    asking.ground(LIMIT, n=11)
    assert asking.ground(LIMIT).leaves[0].facts[0].value is UNKNOWN
    assert asking.made == 2


def test_a_rule_that_reads_a_place_tells_places_apart() -> None:
    placed = rule("placed", And((Within(T, "DE"), A)))
    asking = Asking(placed)
    for place in ("DE", "FR", "DE"):
        asking.ground(placed, t=place, a=True)
    assert asking.made == 2


def test_no_more_are_kept_than_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_module, "MOST", 2)
    asking = Asking(rule("both", And((A, Within(T, "DE")))))
    both = rule("both", And((A, Within(T, "DE"))))
    for place in ("DE", "FR", "CH", "AT", "DE"):
        asking.ground(both, t=place, a=True)
    # The first was forgotten before it was asked for again.
    assert asking.made == 5


def test_leaves_that_show_no_measure_are_given_as_they_are() -> None:
    leaves = (LeafFinding("", None, True, (UsedFact("subject.a", True),)),)
    assert showing(leaves, frozenset({"subject.n"}), {}) is leaves
