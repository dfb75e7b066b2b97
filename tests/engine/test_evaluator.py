"""What conditions mean, as laws: Kleene's tables, and that knowing more never turns a settled value around."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.evaluator import Setting, covers
from compliance.language.expression import (
    And,
    Arithmetic,
    Collect,
    Comparison,
    Conditional,
    Const,
    DefinitionRef,
    Expression,
    FactRef,
    Has,
    In,
    ListOf,
    Member,
    Not,
    Or,
    ParameterRef,
    Quantifier,
    Variable,
    Within,
)
from compliance.language.rulebook import HomeScope
from compliance.vocabulary.types import BOOL, INT, STRING, TERRITORY, ListType
from compliance.vocabulary.unknown import UNKNOWN, Truth
from compliance.vocabulary.values import Record
from tests.engine.random_rulebooks import CODES, EUR, OWNER, TYPES, Maker, request_of, rulebook_of, ruleset_of

T, F, U = True, False, UNKNOWN
SEEDS = st.integers(min_value=0, max_value=2**32)
RULESET = ruleset_of(rulebook_of(()))


def fact(name: str) -> FactRef:
    return FactRef(f"subject.{name}", TYPES[f"subject.{name}"])


A, B, C = fact("a"), fact("b"), fact("c")


def setting(**facts: object) -> Setting:
    """Return a setting for a robot of which these facts are known."""
    given = {f"subject.{name}": value for name, value in facts.items() if value is not UNKNOWN}
    return Setting(RULESET, request_of(given, "buy", "robot", None).facts, "robot")


def truth(condition: Expression, **facts: object) -> Truth:
    return setting(**facts).truth(condition)


# Kleene's tables (1952, section 64), row by row: the left value, then the right one.

VALUES: tuple[Truth, ...] = (T, U, F)
ALL_AND: tuple[Truth, ...] = (T, U, F, U, U, F, F, F, F)
ALL_OR: tuple[Truth, ...] = (T, T, T, T, U, U, T, U, F)


@pytest.mark.parametrize("row", range(9))
def test_and_and_or_are_kleenes(row: int) -> None:
    left, right = list(product(VALUES, repeat=2))[row]
    assert truth(And((A, B)), a=left, b=right) is ALL_AND[row]
    assert truth(Or((A, B)), a=left, b=right) is ALL_OR[row]


@pytest.mark.parametrize(("value", "negated"), [(T, F), (U, U), (F, T)])
def test_not_is_kleenes(value: Truth, negated: Truth) -> None:
    assert truth(Not(A), a=value) is negated


def test_and_of_nothing_is_true_and_or_of_nothing_is_false() -> None:
    assert truth(And(())) is True
    assert truth(Or(())) is False


@pytest.mark.parametrize(("c", "a", "b"), list(product(VALUES, repeat=3)))
def test_a_conditional_is_what_all_choices_of_an_unknown_condition_agree_on(c: Truth, a: Truth, b: Truth) -> None:
    expected = a if c is True else b if c is False else a if a is b else UNKNOWN
    assert truth(Conditional(C, A, B, BOOL), a=a, b=b, c=c) is expected


@pytest.mark.parametrize(("given", "value"), [({}, U), ({"o": None}, F), ({"o": F}, T), ({"o": T}, T)])
def test_has_is_true_for_known_false_for_absent_and_unknown_for_unknown(given: dict[str, Any], value: Truth) -> None:
    assert truth(Has(fact("o")), **given) is value


def listed(*values: Truth) -> tuple[Record, ...]:
    """Return owners of whom it is known, or not, whether they are listed."""
    return tuple(Record("Owner", {} if value is UNKNOWN else {"listed": value is True}) for value in values)


def quantified(kind: Any) -> Quantifier:
    variable = Variable("x", OWNER)
    return Quantifier(kind, fact("owners"), variable, Member(variable, "listed", BOOL))


@given(st.lists(st.sampled_from(VALUES), max_size=4))
def test_a_quantifier_is_what_all_completions_of_its_elements_agree_on(values: list[Truth]) -> None:
    completions = list(product(*((T, F) if value is UNKNOWN else (value is True,) for value in values)))
    for kind, plain in (("exists", any), ("all", all), ("exists_one", lambda found: sum(found) == 1)):
        outcomes = {bool(plain(completion)) for completion in completions}
        expected = outcomes.pop() if len(outcomes) == 1 else UNKNOWN
        assert truth(quantified(kind), owners=listed(*values)) is expected


def test_a_quantifier_over_an_unknown_list_is_unknown() -> None:
    assert [truth(quantified(kind)) for kind in ("exists", "all", "exists_one")] == [U, U, U]


def test_a_filter_is_unknown_if_one_element_may_or_may_not_belong() -> None:
    variable = Variable("x", OWNER)
    kept = Collect("filter", fact("owners"), variable, Member(variable, "listed", BOOL), TYPES["subject.owners"])
    assert setting(owners=listed(T, F)).value(kept, {}) == listed(T)
    assert setting(owners=listed(T, U)).value(kept, {}) is UNKNOWN


def test_a_list_literal_holds_an_item_as_soon_as_one_part_equals_it() -> None:
    within = In(Const(1, INT), ListOf((fact("n"), fact("k")), ListType(INT)))
    assert truth(within, n=1) is True
    assert truth(within, n=2) is UNKNOWN
    assert truth(within, n=2, k=3) is False


def test_a_coarse_territory_is_neither_in_nor_outside_its_part() -> None:
    inside = Within(fact("t"), "UA-43")
    assert [truth(inside, t=code) for code in ("UA-43", "UA-14", "UA", "BR")] == [T, F, U, F]


def test_within_takes_a_place_from_a_fact() -> None:
    inside = Within(fact("t"), FactRef("subject.residence", TERRITORY))
    assert [truth(inside, t="PR", residence=place) for place in ("US", "BR", UNKNOWN)] == [T, F, U]


# Failures are unknown and are reported.

BROKEN = Comparison("==", Arithmetic("/", Const(1, INT), fact("n"), INT), Const(1, INT))


@pytest.mark.parametrize(
    ("condition", "facts", "message"),
    [
        (BROKEN, {"n": 0}, "`1 / 0` has no value"),
        (fact("o"), {"o": None}, "`subject.o` is absent and was used without `has`"),
        (DefinitionRef("subject.nowhere", None, BOOL), {}, "`subject.nowhere` has no meaning for a robot"),
        (ParameterRef("gap", None, EUR), {}, "the parameter `gap` has no value"),
    ],
)
def test_what_has_no_value_is_unknown_and_says_why(condition: Expression, facts: dict[str, Any], message: str) -> None:
    made = setting(**facts)
    assert made.truth(condition) is UNKNOWN
    assert [found.startswith(message) for found in made.failures] == [True]


def test_a_failure_is_absorbed_where_the_value_is_settled_without_it() -> None:
    assert truth(And((BROKEN, A)), n=0, a=False) is False
    assert truth(Or((BROKEN, A)), n=0, a=True) is True
    assert truth(Or((BROKEN, A)), n=0, a=False) is UNKNOWN


def test_no_condition_is_true() -> None:
    assert setting().truth(None) is True


def test_a_word_is_found_in_a_list() -> None:
    red = In(fact("e"), Const(("red", "blue"), ListType(STRING)))
    assert [truth(red, e=word) for word in ("red", "green", UNKNOWN)] == [T, F, U]


# Laws.


@settings(max_examples=300)
@given(seed=SEEDS)
def test_knowing_more_never_turns_a_settled_value_around(seed: int) -> None:
    maker = Maker(Random(seed))
    ruleset = ruleset_of(maker.rulebook(1))
    condition = maker.condition(3)
    for _ in range(8):
        full = maker.values(0.95)
        part = {path: value for path, value in full.items() if maker.random.random() < 0.6}
        before = Setting(ruleset, request_of(part, "buy", "company", None).facts, "company").truth(condition)
        after = Setting(ruleset, request_of(full, "buy", "company", None).facts, "company").truth(condition)
        assert before is UNKNOWN or before is after


@settings(max_examples=200)
@given(seed=SEEDS)
def test_a_record_learned_more_of_never_turns_a_settled_value_around(seed: int) -> None:
    maker = Maker(Random(seed))
    condition = maker.owners()
    for _ in range(8):
        owners = tuple(
            Record("Owner", {"share": Decimal(maker.random.randint(0, 2)), "listed": maker.random.random() < 0.5})
            for _ in range(maker.random.randint(0, 3))
        )
        partial = tuple(
            Record("Owner", {name: value for name, value in owner.fields.items() if maker.random.random() < 0.6})
            for owner in owners
        )
        before = truth(condition, owners=partial, a=True)
        assert before is UNKNOWN or before is truth(condition, owners=owners, a=True)


FINER = {"UA": ("UA-43", "UA-14"), "US": ("US-NY", "US-CA", "US-PR"), "FR": ("FR-75C",), "DE": ("DE-BY",)}
SCOPES = st.recursive(
    st.builds(
        HomeScope,
        st.sampled_from((None, "US", "UA", "UA-43", "US-NY", "south", "occupied", "DE")),
        st.lists(st.sampled_from(("UA-43", "US-NY", "FR", "south")), max_size=2).map(tuple),
    ),
    lambda inner: st.builds(HomeScope, st.none(), st.just(()), st.lists(inner, max_size=2).map(tuple)),
    max_leaves=4,
)


@given(scope=SCOPES, coarse=st.sampled_from(sorted(FINER)))
def test_a_finer_home_never_turns_a_settled_scope_around(scope: HomeScope, coarse: str) -> None:
    before = covers(RULESET, scope, coarse)
    assert before is UNKNOWN or all(covers(RULESET, scope, code) is before for code in FINER[coarse])


@given(scope=SCOPES)
def test_an_unknown_home_leaves_every_scope_open_but_the_one_without_bounds(scope: HomeScope) -> None:
    assert covers(RULESET, scope, UNKNOWN) is UNKNOWN
    assert covers(RULESET, None, UNKNOWN) is True


@pytest.mark.parametrize("code", CODES)
def test_a_scope_outside_of_everything_covers_what_the_other_does_not(code: str) -> None:
    outside = HomeScope(None, outside=(HomeScope("UA-43"), HomeScope("south", ("CH",))))
    inside = [covers(RULESET, scope, code) for scope in outside.outside]
    expected = UNKNOWN if inside[0] is UNKNOWN else not any(value is True for value in inside)
    assert covers(RULESET, outside, code) is expected
