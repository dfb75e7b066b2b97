"""What is in force at an instant: dated rules, definitions and parameters, homes without a position, stale sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.engine.combiner import combine
from compliance.engine.compiler import Compiler
from compliance.engine.decision import Outcome, Verdict
from compliance.engine.operations import Failure
from compliance.engine.ruleset import Ruleset, Timeline
from compliance.language.expression import Const, DefinitionRef, FactRef, Not, ParameterRef, Within
from compliance.language.rulebook import Definition, Effect, HomeScope, ParameterValue, Position, Rule, Rulebook
from compliance.language.span import NOWHERE
from compliance.vocabulary.authority import Authority, Standing
from compliance.vocabulary.facts import Access, AccessEffect, Uncovered
from compliance.vocabulary.period import ALWAYS, Period
from compliance.vocabulary.places import Group, Membership, Places
from compliance.vocabulary.types import BOOL, INT, TERRITORY
from tests.engine.random_rulebooks import LIMIT, NOW, VOCABULARY, request_of, rulebook_of, ruleset_of

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
YEAR = Period(START, END)
BEFORE = Period(None, NOW - DAY)
HOUSE = (Authority("House decision 1", date(2026, 1, 1), Standing.HOUSE),)
DEFINED = DefinitionRef("subject.defined", None, BOOL)
LIMITED = ParameterRef("limit", None, LIMIT.type)


def rule(id_: str = "r", effect: Effect = Effect.PERMIT, **more: Any) -> Rule:
    actions = frozenset(more.pop("actions", {"buy", "sell"}))
    return Rule(id=id_, effect=effect, says=id_, actions=actions, authority=HOUSE, span=NOWHERE, **more)


def ids(ruleset: Ruleset) -> list[str]:
    return [found.id for found in ruleset.rules]


def named(rules: tuple[Rule, ...]) -> list[str]:
    return [found.id for found in rules]


def ask(ruleset: Ruleset, action: str = "buy", residence: str = "BR", product: str | None = None) -> Verdict:
    """Return the verdict on a person; evaluator and compiler must agree."""
    request = request_of({"subject.residence": residence}, action, "person", product)
    verdict = combine(ruleset, request)
    assert Compiler(ruleset).verdict(request) == verdict
    return verdict


# Dates.


@pytest.mark.parametrize(("instant", "holds"), [(START - TICK, False), (START, True), (END - TICK, True), (END, False)])
def test_a_rule_holds_from_its_start_until_just_before_its_end(instant: datetime, holds: bool) -> None:
    ruleset = Timeline(rulebook_of((rule(effective=YEAR),))).at(instant)
    assert ids(ruleset) == (["r"] if holds else [])
    assert instant in ruleset.period


def test_between_two_changes_it_is_the_same_ruleset_and_after_one_another() -> None:
    timeline = Timeline(rulebook_of((rule(effective=YEAR),)))
    assert timeline.at(START) is timeline.at(END - TICK)
    assert timeline.at(START) is not timeline.at(END)
    assert timeline.at(START).period == YEAR


def test_everything_that_is_dated_starts_a_new_ruleset() -> None:
    book = rulebook_of(
        (rule(effective=Period(START, None), review_by=START + DAY),),
        (replace(LIMIT, effective=Period(START + 2 * DAY, None), review_by=START + 3 * DAY),),
        (
            Definition(
                "subject.defined", "x", Const(True, BOOL), BOOL, NOWHERE, effective=Period(START + 4 * DAY, None)
            ),
        ),
    )
    span = Membership(frozenset({"BR"}), START + 6 * DAY, START + 7 * DAY)
    book = replace(
        book,
        positions=(Position("BR", "law", "part", "open", HOUSE, NOWHERE, Period(START + 5 * DAY, None), "open"),),
        places=Places({}, {"some": Group("some", (span,))}),
        group_reviews={"some": (Period(START + 8 * DAY),)},
    )
    timeline = Timeline(book)
    starts = [timeline.at(START + days * DAY).period.start for days in range(9)]
    assert starts == [START + days * DAY for days in range(9)]


EDGES = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
PERIODS = st.builds(lambda one, other: Period(min(one, other), max(one, other) + DAY), EDGES, EDGES) | st.builds(
    Period, st.none() | EDGES
)


@given(periods=st.lists(PERIODS, max_size=4), instants=st.lists(EDGES, min_size=1, max_size=4))
def test_a_ruleset_holds_exactly_the_rules_in_force_whatever_was_asked_before(
    periods: list[Period], instants: list[datetime]
) -> None:
    rules = tuple(rule(f"r{number}", effective=period) for number, period in enumerate(periods))
    timeline = Timeline(rulebook_of(rules))
    for instant in instants:
        ruleset = timeline.at(instant)
        assert instant in ruleset.period
        assert ids(ruleset) == [found.id for found in rules if instant in (found.effective or ALWAYS)]
        assert ruleset.digest == Timeline(rulebook_of(rules)).at(instant).digest


def test_equal_content_has_an_equal_digest_and_any_change_another_one() -> None:
    book = rulebook_of((rule(effective=YEAR),))
    first = Timeline(book).at(START)
    assert first.digest == Timeline(rulebook_of((rule(effective=YEAR),))).at(START + DAY).digest
    assert first.digest.startswith("sha256:")
    others = (
        Timeline(book).at(START - DAY),
        Timeline(book).at(END),
        Timeline(replace(book, digest="sha256:1")).at(START),
    )
    assert len({first.digest, *(other.digest for other in others)}) == 4


def test_a_definition_and_a_parameter_are_those_in_force_for_the_kind() -> None:
    yes, no = Const(True, BOOL), Const(False, BOOL)
    definitions = (
        Definition("subject.defined", "x", yes, BOOL, NOWHERE, kinds=frozenset({"person"}), effective=BEFORE),
        Definition(
            "subject.defined", "x", no, BOOL, NOWHERE, kinds=frozenset({"person"}), effective=Period(BEFORE.end)
        ),
        Definition("subject.defined", "x", yes, BOOL, NOWHERE, kinds=frozenset({"robot"})),
    )
    timeline = Timeline(rulebook_of((), (replace(LIMIT, effective=BEFORE),), definitions))
    early, late = timeline.at(NOW - 2 * DAY), timeline.at(NOW)
    assert (early.definition(DEFINED, "person"), late.definition(DEFINED, "person")) == (yes, no)
    assert late.definition(DEFINED, "robot") == yes
    assert [late.defines(DEFINED, kind) for kind in ("person", "robot", "company")] == [True, True, False]
    assert early.parameter(LIMITED).value == LIMIT.value
    with pytest.raises(Failure, match="the parameter `limit` has no value"):
        late.parameter(LIMITED)


def test_what_a_failure_says_does_not_depend_on_which_instant_was_asked_for_first() -> None:
    def message(first: datetime) -> str:
        timeline = Timeline(rulebook_of((), ()))
        timeline.at(first)
        with pytest.raises(Failure) as parameter:
            timeline.at(NOW).parameter(LIMITED)
        with pytest.raises(Failure) as definition:
            timeline.at(NOW).definition(DEFINED, "person")
        return f"{parameter.value}; {definition.value}"

    assert message(NOW) == message(START)


# Scope.


def test_rules_apply_by_action_kind_and_type_of_resource_in_order_of_id() -> None:
    rules = (
        rule("d"),
        rule("c", kinds=frozenset({"robot"})),
        rule("b", resource_type="paper"),
        rule("a", actions={"join"}),
    )
    ruleset = ruleset_of(rulebook_of(rules))
    assert named(ruleset.applicable("buy", "person", None, "thing")) == ["d"]
    assert named(ruleset.applicable("buy", "robot", None, "paper")) == ["b", "c", "d"]
    assert named(ruleset.applicable("join", "person", None, "thing")) == ["a"]


def test_all_effects_but_a_permit_hold_for_the_parts_of_a_product_too() -> None:
    rules = tuple(rule(effect.value, effect, product="whole") for effect in Effect)
    ruleset = ruleset_of(rulebook_of(rules))
    assert named(ruleset.applicable("buy", "person", "whole", "thing")) == sorted(Effect)
    assert named(ruleset.applicable("buy", "person", "part", "thing")) == sorted(set(Effect) - {Effect.PERMIT})
    assert named(ruleset.applicable("buy", "person", None, "thing")) == []
    assert (ruleset.wholes("part"), ruleset.wholes("whole"), ruleset.wholes(None)) == (("whole",), (), ())


def test_a_permit_that_ended_is_remembered_for_whom_it_was_about() -> None:
    rules = (
        rule("ended", effective=BEFORE),
        rule("for-paper", effective=BEFORE, resource_type="paper"),
        rule("for-robots", effective=BEFORE, kinds=frozenset({"robot"})),
        rule("closing", Effect.FORBID, effective=BEFORE),
        rule("in-force"),
    )
    ruleset = ruleset_of(rulebook_of(rules))
    assert named(ruleset.lapsed("buy", "person", None, "thing")) == ["ended"]
    assert named(ruleset.lapsed("join", "person", None, "thing")) == []


# Homes without a position.

ACCESS = {
    "open": Access("open", {"entry": AccessEffect("permit"), "exit": AccessEffect("permit")}),
    "exit-only": Access("exit-only", {"entry": AccessEffect("forbid"), "exit": AccessEffect("permit")}),
}


def positioned(*positions: Position) -> Rulebook:
    """Return a rulebook with these positions (and no rules made from them), in which the others are exit-only."""
    vocabulary = replace(VOCABULARY, access=ACCESS, uncovered=Uncovered("exit-only", "nobody says", HOUSE))
    return replace(rulebook_of((rule("open", product="part"),)), vocabulary=vocabulary, positions=positions)


def position(jurisdiction: str, *excepting: str, effective: Period = ALWAYS) -> Position:
    return Position(jurisdiction, "law", "part", "open", HOUSE, NOWHERE, effective, "open", excepting)


@pytest.mark.parametrize(
    ("residence", "outcome"),
    [
        ("BR", Outcome.ALLOW),
        ("DE", Outcome.DENY),
        ("UA-43", Outcome.DENY),
        ("UA-14", Outcome.ALLOW),
        ("UA", Outcome.INCOMPLETE),
    ],
)
def test_a_home_that_no_position_covers_is_closed_and_an_exception_is_not_covered(
    residence: str, outcome: Outcome
) -> None:
    ruleset = ruleset_of(positioned(position("BR"), position("UA", "UA-43")))
    assert ask(ruleset, residence=residence, product="part").outcome is outcome
    assert ask(ruleset, "sell", residence, "part").outcome is Outcome.ALLOW


def test_what_no_position_covers_says_who_says_so() -> None:
    verdict = ask(ruleset_of(positioned(position("BR"))), residence="DE", product="part")
    assert [(ground.id, ground.says, ground.authority) for ground in verdict.grounds] == [
        ("no-position/part/entry-forbid", "nobody says", HOUSE)
    ]


def test_a_position_covers_only_while_it_is_in_force() -> None:
    ruleset = ruleset_of(positioned(position("BR", effective=BEFORE)))
    assert ask(ruleset, residence="BR", product="part").outcome is Outcome.DENY


def test_a_product_without_positions_and_a_vocabulary_without_a_word_on_it_close_nothing() -> None:
    assert ids(ruleset_of(positioned())) == ["open"]
    silent = replace(positioned(position("BR")), vocabulary=VOCABULARY)
    assert ids(ruleset_of(silent)) == ["open"]


# Stale sources.


def stale(book: Rulebook, *due: str) -> list[str]:
    """Return the referrals for stale sources when these groups should have been reviewed by now."""
    ruleset = ruleset_of(replace(book, group_reviews=dict.fromkeys(due, (Period(NOW),))))
    return [found.says for found in ruleset.rules if found.id.startswith("stale-source/")]


def test_a_rule_past_its_review_refers_who_wants_in_and_nobody_who_wants_out() -> None:
    ruleset = ruleset_of(rulebook_of((rule(review_by=NOW),)))
    assert ids(ruleset) == ["r", "stale-source/r"]
    assert ask(ruleset).outcome is Outcome.REFER
    assert ask(ruleset, "sell").outcome is Outcome.ALLOW


def test_a_rule_is_not_stale_until_its_review_is_due() -> None:
    timeline = Timeline(rulebook_of((rule(review_by=NOW),)))
    assert ids(timeline.at(NOW - TICK)) == ["r"]
    assert ids(timeline.at(NOW)) == ["r", "stale-source/r"]


def test_a_stale_source_refers_only_whom_its_rule_is_about() -> None:
    ruleset = ruleset_of(rulebook_of((rule("open"), rule(review_by=NOW, home=HomeScope("DE")))))
    assert ask(ruleset, residence="BR").outcome is Outcome.ALLOW
    assert ask(ruleset, residence="DE").outcome is Outcome.REFER


def test_staleness_never_changes_what_a_rule_comes_to() -> None:
    closed = ruleset_of(rulebook_of((rule("open"), rule("x", Effect.FORBID, review_by=NOW))))
    assert ask(closed).outcome is Outcome.DENY


HERE = FactRef("subject.t", TERRITORY)


@pytest.mark.parametrize(
    "resting",
    [
        rule(when=Within(HERE, "south")),
        rule(when=Not(DEFINED)),
        rule(home=HomeScope("south")),
        rule(home=HomeScope(None, ("south",))),
        rule(home=HomeScope("wide")),
        rule(when=Within(HERE, "wide")),
        rule(effect=Effect.REQUIRE, needs=Within(HERE, "south")),
    ],
    ids=["condition", "definition", "home", "exception", "home-inside", "condition-inside", "needs"],
)
def test_a_rule_rests_on_every_group_that_it_names_also_through_another(resting: Rule) -> None:
    groups = (Group("south", (Membership(frozenset({"BR"})),)), Group("wide", (Membership(frozenset({"south"})),)))
    defined = Definition("subject.defined", "x", Within(HERE, "south"), BOOL, NOWHERE)
    book = replace(
        rulebook_of((resting,), (LIMIT,), (defined,)), places=Places({}, {group.name: group for group in groups})
    )
    assert stale(book) == []
    assert stale(book, "south") == ["the source of the group `south` is past its review date"]


def test_a_home_without_a_position_rests_on_the_groups_that_have_one() -> None:
    book = positioned(position("south"))
    assert stale(book, "south") == ["the source of the group `south` is past its review date"]


def test_a_rule_rests_on_the_parameters_that_it_reads() -> None:
    due = ParameterValue("days", None, 3, INT, ALWAYS, HOUSE, NOWHERE, review_by=NOW)
    reads = rule(when=Not(Within(HERE, "BR")), needs=ParameterRef("days", None, INT), effect=Effect.REQUIRE)
    assert stale(rulebook_of((reads,), (due,))) == ["the source of the parameter `days` is past its review date"]
    assert stale(rulebook_of((rule(),), (due,))) == []
