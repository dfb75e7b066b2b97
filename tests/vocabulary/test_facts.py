"""What a vocabulary declares, and where a subject is at home."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.facts import Fact, Origin, ResourceType, SubjectKind, Vocabulary, Zone, distinct_homes
from compliance.vocabulary.types import BOOL, TERRITORY, SetType
from compliance.vocabulary.unknown import UNKNOWN

COMPANY = SubjectKind("company", ("subject.seat", "subject.offices"))
FACTS = {
    "subject.seat": Fact("subject.seat", TERRITORY, "seat", 0, kinds=frozenset({"company"})),
    "subject.offices": Fact("subject.offices", SetType(TERRITORY), "offices", 1, kinds=frozenset({"company"})),
    "subject.adult": Fact("subject.adult", BOOL, "adult", 2, kinds=frozenset({"person"})),
    "context.us": Fact("context.us", BOOL, "us", 3),
}
VOCABULARY = Vocabulary(
    actions={"entry": ("buy", "join"), "exit": ("sell",)},
    kinds={"company": COMPANY, "person": SubjectKind("person")},
    resource_types={"thing": ResourceType("thing")},
    facts=FACTS,
)


def test_a_path_is_a_zone_and_a_name() -> None:
    fact = Fact("subject.us.tax", BOOL, "x", 0)
    assert (fact.zone, fact.name) == (Zone.SUBJECT, "us.tax")


def test_a_fact_comes_from_the_request_unless_it_says_otherwise_and_must_be_given() -> None:
    fact = FACTS["context.us"]
    assert (fact.origins, fact.optional, fact.at_least, fact.changeable) == ((Origin.REQUEST,), False, 1, False)


def test_an_action_has_the_class_that_lists_it() -> None:
    assert [VOCABULARY.class_of(action) for action in ("join", "sell", "steal")] == ["entry", "exit", None]
    assert VOCABULARY.all_actions() == ("buy", "join", "sell")


def test_a_kind_has_its_own_facts_and_those_of_everybody() -> None:
    assert [fact.path for fact in VOCABULARY.facts_of("person")] == ["subject.adult", "context.us"]
    assert [fact.path for fact in VOCABULARY.facts_of("company")] == ["subject.seat", "subject.offices", "context.us"]


@pytest.mark.parametrize(
    ("facts", "homes"),
    [
        ({"subject.seat": "BR", "subject.offices": frozenset({"DE", "CH"})}, ("BR", "CH", "DE")),
        ({"subject.seat": "BR", "subject.offices": frozenset({"BR"})}, ("BR",)),
        ({"subject.seat": "BR", "subject.offices": None}, ("BR",)),
        ({"subject.seat": None, "subject.offices": None}, ()),
        ({"subject.seat": None, "subject.offices": frozenset()}, ()),
    ],
)
def test_a_subject_is_at_home_where_its_facts_say_each_place_once(
    facts: dict[str, Any], homes: tuple[str, ...]
) -> None:
    assert distinct_homes(COMPANY, facts) == homes


@pytest.mark.parametrize("facts", [{"subject.seat": "BR"}, {"subject.seat": "BR", "subject.offices": UNKNOWN}])
def test_a_home_that_was_not_given_is_unknown_and_stands_last(facts: dict[str, Any]) -> None:
    homes = distinct_homes(COMPANY, facts)
    assert homes[0] == "BR"
    assert homes[1] is UNKNOWN


def test_a_kind_without_homes_has_none() -> None:
    assert distinct_homes(SubjectKind("person"), {"subject.seat": "BR"}) == ()


@given(st.sets(st.sampled_from(("BR", "DE", "CH", "UA-43"))))
def test_homes_stand_in_the_same_order_whatever_order_a_set_has(codes: set[str]) -> None:
    kind = SubjectKind("company", ("subject.offices",))
    assert distinct_homes(kind, {"subject.offices": frozenset(codes)}) == tuple(sorted(codes))
