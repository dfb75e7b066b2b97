"""Varied requests: other facts, the same question; and one value of each kind that the rules tell apart."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.combiner import Reading
from compliance.engine.request import Request
from compliance.engine.ruleset import Ruleset
from compliance.engine.variation import choices, varied
from compliance.language.expression import (
    And,
    Arithmetic,
    Comparison,
    Const,
    Expression,
    FactRef,
    Has,
    Not,
    Quantifier,
    Variable,
    Within,
)
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.facts import HOMES, HOMES_TYPE
from compliance.vocabulary.types import DECIMAL, INT, TERRITORY
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.random_rulebooks import PLACE_NAMES, TYPES, WORDS, Maker, request_of, rulebook_of, ruleset_of

SEEDS = st.integers(min_value=0, max_value=2**32)


def fact(name: str) -> FactRef:
    return FactRef(f"subject.{name}", TYPES[f"subject.{name}"])


def rule(when: Expression | None, id_: str = "r", **more: Any) -> Rule:
    return Rule(id_, Effect.FORBID, "no", frozenset({"buy"}), (), NOWHERE, when=when, **more)


def found(name: str, *rules: Rule, kind: str = "person", **facts: object) -> tuple[object, ...] | None:
    """Return the choices for a subject's fact."""
    ruleset = ruleset_of(rulebook_of(rules))
    return choices(
        ruleset,
        request_of({f"subject.{key}": value for key, value in facts.items()}, "buy", kind, None),
        f"subject.{name}",
    )


@given(seed=SEEDS)
def test_varying_nothing_changes_nothing(seed: int) -> None:
    maker = Maker(Random(seed))
    ruleset, request = ruleset_of(maker.rulebook(1)), maker.request()
    same = varied(ruleset, request, {})
    assert msgspec.structs.replace(same, facts=request.facts) == request
    assert all(same.facts[path] is request.facts[path] for path in (*TYPES, HOMES))


@given(seed=SEEDS)
def test_a_varied_request_is_the_request_that_had_said_so_at_once(seed: int) -> None:
    maker = Maker(Random(seed))
    ruleset = ruleset_of(maker.rulebook(1))
    given, changes = maker.values(0.6), maker.values(0.3)
    kind = maker.random.choice(("person", "company", "robot"))
    made = varied(ruleset, request_of(given, "buy", kind, None), changes)
    expected = request_of({**given, **changes}, "buy", kind, None)
    assert (made.homes, made.slice) == (expected.homes, expected.slice)
    assert all(made.facts[path] is UNKNOWN or made.facts[path] == expected.facts[path] for path in (*TYPES, HOMES))
    assert all((made.facts[path] is UNKNOWN) is (expected.facts[path] is UNKNOWN) for path in (*TYPES, HOMES))


def test_a_fact_can_be_made_unknown_again() -> None:
    ruleset = ruleset_of(rulebook_of(()))
    request = varied(
        ruleset, request_of({"subject.residence": "BR"}, "buy", "person", None), {"subject.residence": UNKNOWN}
    )
    assert request.facts["subject.residence"] is UNKNOWN
    assert request.facts[HOMES] is UNKNOWN
    assert request.homes == (UNKNOWN,)


# One value of each kind.


def test_a_flag_has_two_values_and_an_optional_one_may_be_absent() -> None:
    assert found("a", rule(fact("a"))) == (True, False)
    assert found("o", rule(Has(fact("o")))) == (None, True, False)
    assert found("e", rule(None)) == WORDS


def test_what_the_conditions_do_not_show_has_no_choices() -> None:
    total = Arithmetic("+", fact("n"), fact("k"), INT)
    assert found("ts", rule(None)) is None
    assert found("owners", rule(None)) is None
    assert found("n", rule(Comparison(">", total, Const(3, INT)))) is None
    assert found("t", rule(Within(fact("t"), fact("residence")))) is None
    assert found("nowhere", rule(None)) is None


def test_a_number_is_tried_on_and_beside_every_constant_inside_its_bounds() -> None:
    assert found("n", rule(Comparison(">=", fact("n"), Const(3, INT)))) == (2, 3, 4)
    assert found("n", rule(Comparison(">=", fact("n"), Const(0, INT)))) == (0, 1)


@pytest.mark.parametrize("bound", [-7, 1000])
def test_a_number_that_every_constant_leaves_alone_still_has_a_value(bound: int) -> None:
    values = found("n", rule(Comparison(">", fact("n"), Const(bound, INT))))
    assert values is not None
    assert [0 <= value <= 400 for value in values if isinstance(value, int)] == [True]


@given(
    bounds=st.lists(st.decimals("0", "0.02", places=3), min_size=1, max_size=3),
    value=st.decimals("-0.03", "0.03", places=4),
)
def test_decimals_between_two_close_constants_are_tried_too(bounds: list[Decimal], value: Decimal) -> None:
    values = found("d", *(rule(Comparison("<", fact("d"), Const(bound, DECIMAL)), str(bound)) for bound in bounds))
    assert values is not None
    kinds = {tuple((one < bound, one == bound) for bound in bounds) for one in values if isinstance(one, Decimal)}
    assert tuple((value < bound, value == bound) for bound in bounds) in kinds


def test_a_territory_given_too_coarsely_is_only_tried_as_one_of_its_regions() -> None:
    values = found("residence", rule(Within(fact("residence"), "UA-43")), residence="UA")
    assert values is not None
    assert {str(value)[:3] for value in values} == {"UA-"}


class SmallMaker(Maker):
    """Makes conditions on facts that have few kinds of value."""

    def atom(self, *, definitions: bool) -> Expression:
        """Return a flag, a word, a place, a number or a home."""
        home = Variable("h", TERRITORY)
        made: Expression = self.one(
            lambda: self.fact("subject.a"),
            lambda: Comparison("==", self.fact("subject.e"), Const(self.random.choice(WORDS), TYPES["subject.e"])),
            lambda: Within(self.fact("subject.residence"), self.random.choice(PLACE_NAMES)),
            lambda: Comparison(self.operator(), self.fact("subject.n"), Const(self.random.randint(0, 9), INT)),
            lambda: Quantifier(
                self.random.choice(("exists", "all")),
                FactRef(HOMES, HOMES_TYPE),
                home,
                self.one(
                    lambda: Within(home, self.random.choice(PLACE_NAMES)),
                    lambda: And((Not(Within(home, self.random.choice(PLACE_NAMES))), self.fact("subject.a"))),
                ),
            ),
        )
        return made


FINE = ("BR", "DE", "FR", "CH", "PR", "UA-14", "UA-43", "US-CA", "US-NY", "JP")
DOMAINS: dict[str, tuple[object, ...]] = {
    "subject.a": (True, False),
    "subject.e": WORDS,
    "subject.n": tuple(range(12)),
    "subject.residence": FINE,
}


def values_of(ruleset: Ruleset, request: Request) -> tuple[str, ...]:
    """Return what every applicable rule comes to."""
    reading = Reading(ruleset, request)
    return tuple("unknown" if reading.of(rule) is UNKNOWN else str(reading.of(rule)) for rule in reading.rules)


@settings(max_examples=100)
@given(seed=SEEDS)
def test_the_choices_for_a_fact_show_everything_that_the_rules_can_come_to_by_it(seed: int) -> None:
    maker = SmallMaker(Random(seed))
    ruleset = ruleset_of(maker.rulebook(3))
    full: dict[str, Any] = {path: maker.random.choice(domain) for path, domain in DOMAINS.items()}
    request = request_of(full, "buy", "person", "part")
    for path, domain in DOMAINS.items():
        tried = choices(ruleset, request, path)
        assert tried is not None
        shown = {values_of(ruleset, varied(ruleset, request, {path: value})) for value in tried}
        for value in domain:
            assert values_of(ruleset, varied(ruleset, request, {path: value})) in shown  # type: ignore[dict-item]
