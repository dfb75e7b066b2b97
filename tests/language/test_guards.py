from __future__ import annotations

import pytest

from compliance.language.expression import FactRef, Member, Variable
from compliance.language.guards import key, kinds_named, unless_false, unless_true
from compliance.vocabulary.types import INT, RecordType
from tests.language.words import checked, slugs

ALL = frozenset({"person", "company", "trust"})


@pytest.mark.parametrize(
    ("cel", "present"),
    [
        ("has(subject.lei)", {"subject.lei"}),
        ("has(subject.lei) && has(subject.guardian)", {"subject.lei", "subject.guardian"}),
        ("has(subject.lei) || has(subject.guardian)", set()),
        ("has(subject.lei) || (has(subject.lei) && subject.verified)", {"subject.lei"}),
        ("!has(subject.lei)", set()),
        ("!(!has(subject.lei) || subject.verified)", {"subject.lei"}),
        ("!!has(subject.lei)", {"subject.lei"}),
        ("subject.us_person", set()),
    ],
)
def test_what_is_present_where_a_condition_is_not_false(cel, present):
    assert unless_false(checked(cel), ALL).present == present


@pytest.mark.parametrize(
    ("cel", "present"),
    [
        ("!has(subject.lei)", {"subject.lei"}),
        ("!has(subject.lei) || !has(subject.guardian)", {"subject.lei", "subject.guardian"}),
        ("!has(subject.lei) && !has(subject.guardian)", set()),
        ("has(subject.lei)", set()),
    ],
)
def test_what_is_present_where_a_condition_is_not_true(cel, present):
    assert unless_true(checked(cel), ALL).present == present


@pytest.mark.parametrize(
    ("cel", "kinds"),
    [
        ('subject.type == "trust"', {"trust"}),
        ('"trust" == subject.type', {"trust"}),
        ('subject.type != "trust"', {"person", "company"}),
        ('subject.type in ["trust", "company"]', {"trust", "company"}),
        ('!(subject.type in ["trust", "company"])', {"person"}),
        ('subject.type == "trust" || subject.type == "person"', {"trust", "person"}),
        ('subject.type == "trust" && subject.type == "person"', set()),
        ("subject.verified", ALL),
    ],
)
def test_which_kinds_a_condition_leaves(cel, kinds):
    assert unless_false(checked(cel), ALL).kinds == kinds


def test_kinds_are_named_only_by_comparing_the_type_of_the_subject():
    assert kinds_named(checked('subject.status == "retail"')) is None


def test_facts_and_their_fields_are_known_by_name_and_nothing_else_is():
    owner = RecordType("Owner")
    assert key(Member(FactRef("subject.guardian", owner), "lei", INT)) == "subject.guardian.lei"
    assert key(Member(Variable("o", owner), "lei", INT)) == "o.lei"
    assert key(checked("subject.days > 3")) is None


@pytest.mark.parametrize(
    "cel",
    [
        'has(subject.lei) && subject.lei == "x"',
        'has(subject.lei) && (subject.verified || subject.lei == "x")',
        '!has(subject.lei) || subject.lei == "x"',
        'has(subject.lei) ? subject.lei == "x" : subject.verified',
        '!has(subject.lei) ? subject.verified : subject.lei == "x"',
        'has(subject.lei) && subject.flags.exists(f, subject.lei == "x")',
        'has(subject.guardian) && has(subject.guardian.lei) && subject.guardian.lei == "x"',
        'subject.type != "trust" || size(subject.trustees) > 1',
        'subject.type == "trust" ? size(subject.trustees) > 1 : subject.verified',
        'subject.type == "trust" && subject.trustees.exists(t, has(t.lei) && t.lei == "x")',
        'subject.type == "trust" && subject.trusted',
    ],
)
def test_a_guard_to_the_left_is_enough(cel):
    assert slugs(cel) == []


@pytest.mark.parametrize(
    ("cel", "slug"),
    [
        ('subject.lei == "x" && has(subject.lei)', "unguarded-optional"),
        ('has(subject.lei) || subject.lei == "x"', "unguarded-optional"),
        ('has(subject.lei) ? subject.verified : subject.lei == "x"', "unguarded-optional"),
        ('(has(subject.lei) && subject.verified) == (subject.lei == "x")', "unguarded-optional"),
        ("has(subject.guardian.lei)", "unguarded-optional"),
        (
            'subject.type == "trust" && subject.trustees.exists(t, has(t.lei) || t.lei == "x")',
            "unguarded-optional",
        ),
        ('subject.type == "trust" || size(subject.trustees) > 1', "fact-outside-kinds"),
        ("has(subject.guardian) && size(subject.trustees) > 1", "fact-outside-kinds"),
        ("subject.trusted", "definition-outside-kinds"),
    ],
)
def test_a_guard_elsewhere_is_not(cel, slug):
    assert slugs(cel) == [slug]


def test_behind_something_broken_nobody_complains_about_guards():
    assert slugs('has(subject.leii) && subject.lei == "x"') == ["unknown-fact"]
    assert slugs('subject.type == "trsut" && size(subject.trustees) > 1') == ["unknown-value"]
    assert slugs('subject.leii == "x" ? subject.lei == "x" : size(subject.trustees) > 1') == ["unknown-fact"]
