from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from compliance.vocabulary.facts import Computed, Origin
from compliance.vocabulary.types import BOOL, DecimalType, IntType, ListType, RecordType, SetType, StringType
from tests.language.small import VOCABULARY, found, loaded, vocabulary

BEFORE = "  partner: {type"


def with_fact(line):
    """The small vocabulary with one more fact of the subject."""
    return {"rules/vocabulary.yaml": VOCABULARY.replace(BEFORE, f"  extra: {line}\n{BEFORE}")}


def fact(line):
    return loaded(with_fact(line)).vocabulary.facts["subject.extra"]


def test_a_fact_has_what_the_vocabulary_says_of_it():
    extra = fact(
        "{type: int, minimum: 0, maximum: 366, of: [person], means: days, ask: How many?, personal: true,"
        " changeable: true, optional: true, stale_after: 24h, retired: no longer asked, example: 5}"
    )
    assert extra.type == IntType(0, 366)
    assert extra.kinds == frozenset({"person"})
    assert (extra.means, extra.ask, extra.retired, extra.example) == ("days", "How many?", "no longer asked", 5)
    assert (extra.personal, extra.changeable, extra.optional) == (True, True, True)
    assert extra.stale_after == timedelta(days=1)
    assert extra.origins == (Origin.REQUEST,)


def test_a_fact_of_which_little_is_said_comes_from_the_request_for_all_kinds():
    extra = fact("{type: bool, means: x}")
    assert (extra.origins, extra.kinds, extra.optional, extra.at_least, extra.personal) == (
        (Origin.REQUEST,),
        None,
        False,
        1,
        False,
    )


@pytest.mark.parametrize(
    ("line", "type"),
    [
        ("{type: decimal, minimum: 0.5, means: x}", DecimalType(Decimal("0.5"))),
        ("{type: string, format: lei, means: x}", StringType("lei")),
        ("{type: set<bool>, at_least: 2, means: x}", SetType(BOOL)),
        ("{type: list<Owner>, means: x}", ListType(RecordType("Owner"))),
        ("{type: record<Owner>, means: x}", RecordType("Owner")),
    ],
)
def test_bounds_and_formats_are_part_of_the_type(line, type):
    assert fact(line).type == type


@pytest.mark.parametrize(
    ("line", "example"),
    [
        ("{type: money, means: x, example: 5000.00 USD}", {"amount": "5000.00", "currency": "USD"}),
        ("{type: set<territory>, means: x, example: [BR, NO]}", ["BR", "NO"]),
        ('{type: decimal, means: x, example: "0"}', "0"),
        ("{type: bool, means: x, example: false}", False),
        ("{type: bool, optional: true, means: x, example: null}", None),
    ],
)
def test_an_example_is_kept_as_a_request_would_carry_it(line, example):
    assert fact(line).example == example


def test_what_holds_without_a_feed_is_a_value_with_a_source():
    halted = loaded({}).vocabulary.facts["resource.halted"]
    assert halted.origins == (Origin.FEED,)
    assert halted.without_feed is not None
    assert halted.without_feed.value is False
    assert [each.title for each in halted.without_feed.authority] == ["Decision of the house"]


def test_an_optional_fact_may_be_absent_while_nobody_feeds_it():
    extra = fact("{type: date, means: x, from: feed, optional: true, without_feed: {value: null, authority: house}}")
    assert extra.without_feed is not None
    assert extra.without_feed.value is None


def test_ownership_is_computed_over_a_list_of_owners():
    line = "{type: bool, of: [company], means: x, from: computed, computed: {function: ownership, over: subject.owners, listed: on_list, threshold: 50}}"
    files = with_fact(line)
    text = files["rules/vocabulary.yaml"].replace("  Owner:\n", "  Owner:\n    on_list: bool\n")
    extra = loaded({"rules/vocabulary.yaml": text}).vocabulary.facts["subject.extra"]
    assert extra.computed == Computed("ownership", "subject.owners", "on_list", Decimal(50))


def test_a_computation_names_the_kinds_of_owner_that_nobody_owns():
    line = "{type: bool, of: [company], means: x, from: computed, computed: {function: ownership, over: subject.owners, listed: on_list, threshold: 50, unowned: [state]}}"
    text = with_fact(line)["rules/vocabulary.yaml"]
    text = text.replace("  Owner:\n", '  Owner:\n    on_list: bool\n    kind: {type: "one_of<person, state>"}\n')
    extra = loaded({"rules/vocabulary.yaml": text}).vocabulary.facts["subject.extra"]
    assert extra.computed == Computed("ownership", "subject.owners", "on_list", Decimal(50), frozenset({"state"}))


def test_a_records_fields_have_types_bounds_depths_and_least_numbers():
    owner = loaded({}).vocabulary.records["Owner"]
    assert owner["share"].type == DecimalType(Decimal(0), Decimal(100))
    assert (owner["owners"].depth, owner["owners"].at_least) == (3, 0)
    assert (owner["name"].means, owner["name"].at_least) == ("how he is called", 1)


@pytest.mark.parametrize(
    ("line", "slug", "marked"),
    [
        ("{type: bool}", "missing-field", "{"),
        ("{means: x}", "missing-field", "{"),
        ("{type: bool, means: x, of: [persons]}", "unknown-kind", "persons"),
        ("{type: bool, means: x, format: lei}", "misplaced-key", "format"),
        ("{type: bool, means: x, at_least: 0}", "misplaced-key", "at_least"),
        ("{type: string, means: x, maximum: 3}", "misplaced-key", "maximum"),
        ("{type: bool, means: x, without_feed: {value: true, authority: act}}", "misplaced-key", "without_feed"),
        ("{type: bool, means: x, from: feed, without_feed: {value: maybe, authority: act}}", "bad-value", "maybe"),
        ("{type: bool, means: x, from: feed, without_feed: {value: null, authority: act}}", "bad-value", "null"),
        ("{type: bool, means: x, from: feed, without_feed: {value: true}}", "missing-authority", "{"),
        ("{type: int, means: x, minimum: low}", "bad-value", "low"),
        ("{type: int, means: x, minimum: 2, maximum: 1}", "empty-range", "1"),
        ("{type: bool, means: x, from: computed}", "missing-field", "computed"),
        ("{type: bool, means: x, from: client}", "unknown-origin", "client"),
        ("{type: bool, means: x, example: 1}", "bad-value", "1"),
        ("{type: bool, means: x, stale_after: 0s}", "bad-duration", "0s"),
        ("{type: list<Share>, means: x}", "unknown-record", "list<Share>"),
    ],
)
def test_a_key_without_a_meaning_is_pointed_at(line, slug, marked):
    assert found(with_fact(line)) == [(slug, marked)]


def test_facts_of_other_parts_are_of_no_kind():
    assert found(vocabulary("colour: {type:", "colour: {of: [person], type:")) == [("misplaced-key", "of")]


def test_a_record_may_reach_itself_only_through_a_depth():
    text = VOCABULARY.replace("owners: {type: list<Owner>, depth: 3, at_least: 0}", "firm: {type: record<Firm>}")
    circle = text + "  Firm:\n    owners: {type: list<Owner>}\n"
    assert found({"rules/vocabulary.yaml": circle}) == [
        ("recursion-without-depth", "firm"),
        ("recursion-without-depth", "owners"),
    ]
    assert found({"rules/vocabulary.yaml": circle.replace("list<Owner>}\n", "list<Owner>, depth: 2}\n")}) == []
