"""The two bounds of a condition: `may` holds where it is true or unknown, `must` where it is true."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.evaluator import Setting
from compliance.engine.facts import Facts
from compliance.engine.generator import MAY, MUST, Generator, Names, Unsettled, failing, fits_64_bits
from compliance.engine.operations import Failure
from compliance.engine.program import run, with_locals
from compliance.engine.ruleset import Ruleset
from compliance.engine.specializer import specialize
from compliance.language.expression import (
    And,
    Arithmetic,
    Call,
    Collect,
    Comparison,
    Conditional,
    Const,
    Converted,
    Expression,
    FactRef,
    Fold,
    Has,
    In,
    ListOf,
    Member,
    Not,
    ParameterRef,
    Quantifier,
    Variable,
    Within,
)
from compliance.vocabulary.types import (
    BOOL,
    DECIMAL,
    INT,
    STRING,
    TERRITORY,
    IntType,
    ListType,
)
from compliance.vocabulary.unknown import UNKNOWN, Truth
from compliance.vocabulary.values import Money
from tests.engine.random_rulebooks import EUR, OPTIONAL, OWNER, TYPES, Maker, request_of, rulebook_of, ruleset_of

RULESET = ruleset_of(rulebook_of(()))


def fact(name: str) -> FactRef:
    return FactRef(f"subject.{name}", TYPES[f"subject.{name}"])


class Bounds:
    """The generated bounds of a condition, ready to be asked."""

    def __init__(self, node: Expression, ruleset: Ruleset = RULESET) -> None:
        """Write and compile both bounds, of the condition and of its opposite."""
        names = Names()
        generator = Generator(ruleset, "robot", names)
        self.functions = {}
        for bound in (MAY, MUST):
            for no in (False, True):
                text = with_locals("def ask(f):", [f"return bool({generator.bound(node, bound, no=no)})"])
                held = names.held | {"Unsettled": Unsettled}
                exec(compile(text, "<bound>", "exec"), held)  # noqa: S102
                self.functions[bound, no] = held["ask"]

    def of(self, facts: Facts) -> Truth:
        """Return the value that the bounds stand for; they must not contradict each other."""
        may, must = self.functions[MAY, False](facts), self.functions[MUST, False](facts)
        assert may or not must
        assert self.functions[MAY, True](facts) is not must
        assert self.functions[MUST, True](facts) is not may
        return must if may is must else UNKNOWN


class WideMaker(Maker):
    """Makes more kinds of condition: lists of facts, text, folds, fields that are absent, places from facts."""

    def atom(self, *, definitions: bool) -> Expression:
        """Return a random condition without smaller conditions that matter."""
        variable = self.variable(OWNER)
        owners = self.fact("subject.owners")
        share, lei = Member(variable, "share", DECIMAL), Member(variable, "lei", STRING)
        named = And((Has(lei), Comparison("==", lei, Const("x", STRING))))
        word = self.fact("subject.e")
        territory = Conditional(
            self.fact("subject.a"), self.fact("subject.t"), self.fact("subject.residence"), TERRITORY
        )
        counted = Fold("sum", owners, variable, Const(1, INT), INT)
        divisor = Conditional(self.fact("subject.a"), self.fact("subject.n"), Const(0, INT), INT)
        chosen = Arithmetic(self.symbol("/%"), self.fact("subject.k"), divisor, INT)
        tag = self.variable(STRING)
        kept = Collect("filter", self.fact("subject.tags"), tag, self.fact("subject.b"), ListType(STRING))
        least = Fold("min", kept, self.variable(STRING), self.fact("subject.n"), INT)
        wide: tuple[Any, ...] = (
            lambda: In(self.number(), ListOf((self.number(), self.number()), ListType(INT))),
            lambda: Call(
                self.one(lambda: "startsWith", lambda: "endsWith", lambda: "contains"), (word, Const("r", STRING)), BOOL
            ),
            lambda: Call("matches", (word, Const("^r", STRING)), BOOL),
            lambda: Within(territory, "US"),
            lambda: Quantifier(
                self.one(lambda: "exists", lambda: "all", lambda: "exists_one"), owners, variable, named
            ),
            lambda: Comparison(self.operator(), counted, self.number()),
            lambda: Comparison(self.operator(), chosen, self.number()),
            lambda: Comparison(self.operator(), least, self.number()),
            lambda: In(Const(Decimal(1), DECIMAL), Collect("map", owners, variable, share, ListType(DECIMAL))),
            lambda: In(self.fact("subject.t"), self.fact("subject.ts")),
            lambda: Comparison("!=", self.fact("subject.t"), self.fact("subject.residence")),
        )
        made: Expression = self.one(*wide) if self.random.random() < 0.5 else super().atom(definitions=False)
        return made

    def owner(self) -> Any:
        """Return a random owner, whose identifier may be absent."""
        made = super().owner()
        lei = self.random.choice((UNKNOWN, None, "x", "y"))
        fields = {**made.fields} | ({} if lei is UNKNOWN else {"lei": lei})
        return type(made)(made.name, fields)


@settings(max_examples=300)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_the_bounds_stand_for_the_value_that_the_evaluator_finds(seed: int) -> None:
    maker = WideMaker(Random(seed))
    ruleset = ruleset_of(maker.rulebook(1))
    try:
        condition = specialize(maker.condition(2, definitions=False), ruleset, "robot", {})
        bounds = Bounds(condition, ruleset)
    except (Failure, Unsettled):
        return
    fails = run(with_locals("def fails(f):", [f"return {failing(condition)}"]), "fails", {"U": UNKNOWN})
    for _ in range(6):
        facts = request_of(maker.values(maker.random.choice((1.0, 0.6, 0.2))), "buy", "robot", None).facts
        setting = Setting(ruleset, facts, "robot")
        value = setting.truth(condition)
        try:
            found = bounds.of(facts)
        except (Unsettled, Failure, TypeError, ArithmeticError, AssertionError):
            # What fails is left to the evaluator, also where the failure makes no difference there.
            absent = any(facts[path] is None for path in OPTIONAL)
            assert setting.failures or failing(condition) != "False" or absent
            continue
        assert setting.failures or found is value
        assert value is not UNKNOWN or not setting.failures or fails(facts)


@pytest.mark.parametrize(
    ("condition", "facts", "value"),
    [
        (fact("a"), {"a": True}, True),
        (fact("a"), {}, UNKNOWN),
        (Not(fact("a")), {}, UNKNOWN),
        (Has(fact("o")), {"o": None}, False),
        (Has(fact("o")), {}, UNKNOWN),
        (Within(fact("t"), "UA-43"), {"t": "UA"}, UNKNOWN),
        (Within(fact("t"), "UA-43"), {"t": "UA-43"}, True),
        (In(fact("e"), Const(("red",), ListType(STRING))), {"e": "green"}, False),
        (Comparison("<", fact("n"), fact("k")), {"n": 1}, UNKNOWN),
    ],
)
def test_a_bound_of_the_simplest_conditions(condition: Expression, facts: dict[str, Any], value: Truth) -> None:
    given = {f"subject.{name}": found for name, found in facts.items()}
    assert Bounds(condition).of(request_of(given, "buy", "robot", None).facts) is value


def test_a_part_that_only_the_evaluator_can_say_and_that_has_a_free_variable_is_not_written() -> None:
    outer, inner = Variable("x", OWNER), Variable("y", OWNER)
    once = Quantifier(
        "exists_one",
        fact("owners"),
        inner,
        Comparison("==", Member(outer, "share", DECIMAL), Member(inner, "share", DECIMAL)),
    )
    with pytest.raises(Unsettled):
        Bounds(Quantifier("exists", fact("owners"), outer, once))


def test_a_variable_is_free_although_a_definition_that_is_written_out_has_one_of_the_same_name() -> None:
    named = Variable("x", STRING)
    red = Collect("filter", fact("tags"), named, Comparison("==", named, Const("red", STRING)), ListType(STRING))
    owner = Variable("x", OWNER)
    chosen = Conditional(Member(owner, "listed", BOOL), Call("size", (red,), INT), Const(0, INT), INT)
    with pytest.raises(Unsettled):
        Bounds(Quantifier("exists", fact("owners"), owner, Comparison("==", chosen, Const(1, INT))))


def test_a_choice_after_another_adds_to_the_code_and_does_not_double_it() -> None:
    def chain(arms: int) -> Expression:
        made: Expression = fact("c")
        for number in range(arms):
            made = Conditional(Comparison("==", fact("n"), Const(number, INT)), fact("a"), made, BOOL)
        return made

    few, more = (len(Generator(RULESET, "robot", Names()).bound(chain(arms), MAY)) for arms in (10, 20))
    assert more < 3 * few
    assert Bounds(chain(20)).of(request_of({"subject.n": 7, "subject.a": True}, "buy", "robot", None).facts) is True


def test_equal_constants_share_a_name_and_values_that_only_look_alike_do_not() -> None:
    names = Names()
    generator = Generator(RULESET, "robot", names)
    one, same = generator.value(Const(Decimal(1), DECIMAL)), generator.value(Const(Decimal(1), DECIMAL))
    word, number = generator.value(Const("1", STRING)), generator.value(Const(1, INT))
    assert one.code == same.code
    assert len({one.code, word.code, number.code}) == 3


BOUNDED, WIDE = FactRef("subject.n", IntType(0, 400)), FactRef("subject.m", INT)


@pytest.mark.parametrize(
    ("node", "fits"),
    [
        (Const(7, INT), True),
        (BOUNDED, True),
        (Arithmetic("+", Arithmetic("*", Const(6, INT), BOUNDED, INT), BOUNDED, INT), True),
        (Arithmetic("-", Const(-(2**63), INT), BOUNDED, INT), False),
        (Arithmetic("+", WIDE, Const(1, INT), INT), False),
        (Arithmetic("*", WIDE, WIDE, INT), False),
        (Call("size", (fact("ts"),), INT), False),
    ],
)
def test_what_certainly_fits_64_bits_needs_no_check(node: Expression, fits: bool) -> None:
    assert fits_64_bits(node) is fits


@pytest.mark.parametrize(
    ("node", "fails"),
    [
        (fact("a"), "False"),
        (Comparison("<", BOUNDED, Const(3, INT)), "False"),
        (Comparison("<", Arithmetic("+", BOUNDED, BOUNDED, INT), Const(3, INT)), "False"),
        (Comparison("<", Arithmetic("/", BOUNDED, BOUNDED, INT), Const(3, INT)), "F_subject_n is not U"),
        (Comparison("<", Arithmetic("+", WIDE, WIDE, INT), Const(3, INT)), "F_subject_m is not U"),
        (
            Comparison("<", Arithmetic("/", BOUNDED, WIDE, INT), Const(3, INT)),
            "F_subject_n is not U and F_subject_m is not U",
        ),
        (ParameterRef("limit", None, INT), "True"),
        (
            Comparison(
                "<", FactRef("action.amount", TYPES["action.amount"]), FactRef("action.amount", TYPES["action.amount"])
            ),
            "F_action_amount is not U",
        ),
        (
            Comparison(
                "<",
                Converted(FactRef("action.amount", TYPES["action.amount"]), "EUR", EUR),
                Const(Money(Decimal(1), "EUR"), EUR),
            ),
            "F_action_amount is not U and F_context_fx is not U",
        ),
        (
            Comparison("<", Arithmetic("/", WIDE, Conditional(fact("a"), BOUNDED, WIDE, INT), INT), Const(1, INT)),
            "F_subject_m is not U",
        ),
        (
            Comparison(
                "<",
                Fold(
                    "max",
                    Collect("filter", fact("tags"), Variable("x", STRING), fact("a"), ListType(STRING)),
                    Variable("y", STRING),
                    WIDE,
                    INT,
                ),
                Const(1, INT),
            ),
            "F_subject_tags is not U",
        ),
    ],
)
def test_what_may_fail_may_have_failed_only_where_all_that_it_needs_is_known(node: Expression, fails: str) -> None:
    assert failing(node) == fails
