"""What would have to be different: the fewest facts that end a deny, and nothing only where nothing would help."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product
from random import Random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.changes import least_change
from compliance.engine.combiner import combine
from compliance.engine.decision import Change, Outcome
from compliance.engine.explainer import explain
from compliance.engine.request import Request
from compliance.engine.ruleset import Ruleset
from compliance.engine.variation import varied
from compliance.language.expression import And, Comparison, Const, Expression, FactRef, Has, Not, Or, Within
from compliance.language.rulebook import Effect, HomeScope, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.types import DECIMAL, INT
from tests.engine.random_rulebooks import (
    PLACE_NAMES,
    TYPES,
    VOCABULARY,
    WORDS,
    Maker,
    request_of,
    rulebook_of,
    ruleset_of,
)

CHANGEABLE = replace(
    VOCABULARY, facts={path: replace(fact, changeable=True) for path, fact in VOCABULARY.facts.items()}
)


def fact(name: str) -> FactRef:
    return FactRef(f"subject.{name}", TYPES[f"subject.{name}"])


A, B, C, N = fact("a"), fact("b"), fact("c"), fact("n")


def rule(id_: str, effect: Effect, when: Expression | None = None, **more: Any) -> Rule:
    return Rule(id_, effect, id_, frozenset({"buy"}), (), NOWHERE, when=when, **more)


PERMIT = rule("open", Effect.PERMIT)


def shut(when: Expression | None = None, id_: str = "shut", **more: Any) -> Rule:
    return rule(id_, Effect.FORBID, when, **more)


def ruleset(*rules: Rule, fixed: tuple[str, ...] = ()) -> Ruleset:
    """Return the ruleset of these rules, in which the customer can change every fact but the `fixed` ones."""
    facts = {path: replace(found, changeable=path not in fixed) for path, found in CHANGEABLE.facts.items()}
    return ruleset_of(replace(rulebook_of(rules), vocabulary=replace(CHANGEABLE, facts=facts)))


def changes(
    *rules: Rule, kind: str = "robot", fixed: tuple[str, ...] = (), **facts: object
) -> tuple[Change, ...] | None:
    """Return what the explanation of a deny says would have to be different."""
    held = ruleset(*rules, fixed=fixed)
    request = request_of({f"subject.{name}": value for name, value in facts.items()}, "buy", kind, None)
    return explain(held, request, combine(held, request)).changes


def test_the_fact_that_a_forbid_rests_on_would_have_to_be_different() -> None:
    assert changes(PERMIT, shut(A), a=True) == (Change("subject.a", False),)
    assert changes(PERMIT, shut(Comparison("<", N, Const(18, INT))), n=3) == (Change("subject.n", 18),)


def test_the_fact_that_a_permit_lacks_would_have_to_be_different() -> None:
    assert changes(rule("open", Effect.PERMIT, A), a=False) == (Change("subject.a", True),)


def test_the_fewest_facts_are_named_in_the_order_of_the_vocabulary() -> None:
    assert changes(PERMIT, shut(And((A, B))), a=True, b=True) == (Change("subject.a", False),)
    assert changes(PERMIT, shut(Or((A, B))), a=True, b=True) == (
        Change("subject.a", False),
        Change("subject.b", False),
    )


def test_what_stands_in_the_way_behind_the_first_deny_is_named_too() -> None:
    lacking = rule("open", Effect.PERMIT, B)
    assert changes(lacking, shut(A), a=True, b=False) == (Change("subject.a", False), Change("subject.b", True))
    second = shut(And((Not(A), B)), "second")
    assert changes(PERMIT, shut(A), second, a=True, b=True) == (
        Change("subject.a", False),
        Change("subject.b", False),
    )


def test_a_fact_that_the_customer_cannot_change_is_never_named() -> None:
    assert changes(PERMIT, shut(A), fixed=("subject.a",), a=True) == ()
    assert changes(PERMIT, shut(And((A, B))), fixed=("subject.a",), a=True, b=True) == (Change("subject.b", False),)


def test_nothing_is_named_where_nothing_would_help() -> None:
    assert changes(PERMIT, shut()) == ()
    assert changes() == ()
    assert changes(PERMIT, shut(Or((A, Not(A)))), a=True) == ()


def test_nothing_is_claimed_where_not_everything_could_be_tried() -> None:
    lacking = rule("open", Effect.PERMIT, Comparison(">", fact("d"), fact("d")))
    assert changes(lacking, d=Decimal(1)) is None
    assert changes(PERMIT, shut(Or((A, B, C, fact("o")))), a=True, b=True, c=True, o=True) is None


def test_a_home_is_changed_where_it_can_be() -> None:
    closed = shut(home=HomeScope("US"))
    named = changes(PERMIT, closed, kind="person", residence="US")
    assert named is not None
    assert [change.fact for change in named] == ["subject.residence"]
    assert changes(PERMIT, closed, kind="person", residence="US", fixed=("subject.residence",)) == ()


def test_a_home_given_too_coarsely_can_be_changed_to_another_country() -> None:
    permit = rule("open", Effect.PERMIT, home=HomeScope("BR"))
    named = changes(permit, shut(Within(fact("residence"), "UA-43")), kind="person", residence="UA")
    assert named == (Change("subject.residence", "BR"),)


def test_a_deny_that_needs_no_rule_and_an_answer_that_is_none_have_no_changes() -> None:
    held = ruleset(PERMIT, shut(A))
    request = request_of({"subject.a": True}, "buy", "robot", None)
    refused = msgspec.structs.replace(request, refused="unknown-thing")
    assert explain(held, refused, combine(held, refused)).changes == ()
    assert changes(PERMIT, shut(A), a=False) is None


def test_the_search_gives_up_rather_than_claim_anything(monkeypatch: Any) -> None:
    monkeypatch.setattr("compliance.engine.changes.MOST_TRIALS", 3)
    held = ruleset(PERMIT, shut(Or((A, B))))
    request = request_of({"subject.a": True, "subject.b": True}, "buy", "robot", None)
    assert least_change(held, request, ("subject.a", "subject.b"), combine) is None


class SmallMaker(Maker):
    """Makes rulebooks whose every fact has few values, so that all changes can be tried."""

    def atom(self, *, definitions: bool) -> Expression:
        """Return a flag, a word, a place, or a decimal against a bound."""
        made: Expression = self.one(
            lambda: self.fact(self.random.choice(("subject.a", "subject.b"))),
            lambda: Comparison("==", self.fact("subject.e"), Const(self.random.choice(WORDS), TYPES["subject.e"])),
            lambda: Within(self.fact("subject.residence"), self.random.choice(PLACE_NAMES)),
            lambda: Comparison("<", self.fact("subject.d"), Const(Decimal(self.random.randint(0, 2)), DECIMAL)),
            lambda: And((Has(self.fact("subject.o")), self.fact("subject.o"))),
        )
        return made


DOMAINS: dict[str, tuple[object, ...]] = {
    "subject.a": (True, False),
    "subject.b": (True, False),
    "subject.e": WORDS,
    "subject.residence": ("BR", "DE", "FR", "CH", "PR", "UA-14", "UA-43", "US-CA", "US-NY", "JP"),
}


def ends(held: Ruleset, request: Request, given: dict[str, Any]) -> bool:
    return combine(held, varied(held, request, given)).outcome is not Outcome.DENY


def fewest(held: Ruleset, request: Request, most: int) -> int | None:
    """Return how many facts have to change, by trying everything; `None` if more than `most`."""
    for size in range(1, most + 1):
        for paths in combinations(DOMAINS, size):
            for values in product(*(DOMAINS[path] for path in paths)):
                if ends(held, request, dict(zip(paths, values, strict=True))):
                    return size
    return None


@settings(max_examples=60)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_a_named_change_ends_the_deny_no_smaller_one_does_and_none_means_none(seed: int) -> None:
    maker = SmallMaker(Random(seed))
    fixed = ("subject.d", "subject.o")
    made = maker.rulebook(4)
    held = ruleset(*made.rules, fixed=fixed)
    held = ruleset_of(replace(made, vocabulary=held.vocabulary))
    for _ in range(3):
        known = {path: maker.random.choice(values) for path, values in DOMAINS.items()}
        known |= {"subject.d": maker.value("subject.d"), "subject.o": maker.random.random() < 0.5}
        request = request_of(known, "buy", maker.random.choice(("person", "robot")), "part")
        verdict = combine(held, request)
        if verdict.outcome is not Outcome.DENY:
            continue
        found = explain(held, request, verdict).changes
        if found:
            assert ends(held, request, {change.fact: change.value for change in found})
            assert fewest(held, request, len(found) - 1) is None
        elif found == ():
            assert fewest(held, request, len(DOMAINS)) is None
        else:
            assert fewest(held, request, 3) is None
