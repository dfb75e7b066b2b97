from __future__ import annotations

from compliance.language.expression import DefinitionRef, FactRef, Leaf, Member
from compliance.vocabulary.types import BOOL, STRING, OneOfType
from tests.language.words import checked, scope, slugs, typed, underlined


def test_a_name_is_a_fact_a_definition_or_a_built_in_fact():
    assert typed("subject.name") == FactRef("subject.name", STRING)
    assert checked("subject.us_person").term == DefinitionRef("subject.us_person", None, BOOL)
    assert typed("subject.type") == FactRef("subject.type", OneOfType(("person", "company", "trust")))


def test_a_definition_knows_the_jurisdiction_whose_file_gives_it():
    found = checked("subject.trusted", scope(frozenset({"trust"})))
    assert isinstance(found, Leaf)
    assert found.term == DefinitionRef("subject.trusted", "CH", BOOL)


def test_the_longest_name_wins_and_the_rest_are_fields():
    found = checked("has(subject.guardian) && subject.guardian.owners.exists(o, o.share > 50.0)")
    member = found.terms[1].term.range
    assert isinstance(member, Member)
    assert member.record == FactRef("subject.guardian", member.record.type)


def test_a_wrong_name_is_underlined_without_its_fields():
    assert underlined("subject.gaurdian.share > 50.0") == [("unknown-fact", "subject.gaurdian")]
    assert underlined('"x" == foo.bar.baz') == [("unknown-fact", "foo")]


def test_a_wrong_field_is_underlined_alone():
    assert underlined("has(subject.guardian) && subject.guardian.shares > 1") == [("unknown-field", "shares")]
    assert underlined('subject.name.first == "Ann"') == [("unknown-field", "first")]


def test_a_field_of_the_result_of_a_function_is_not_found_on_what_is_no_record():
    assert underlined("subject.flags.size().x == 1") == [("unknown-field", "x")]


def test_a_zone_alone_is_no_fact():
    assert underlined("subject == resource") == [("unknown-fact", "subject"), ("unknown-fact", "resource")]


def test_a_definition_that_is_broken_itself_is_not_complained_about_again():
    assert slugs("subject.broken && subject.days", scope(broken=("subject.broken",))) == ["not-a-condition"]


def test_a_word_of_an_invariant_is_a_fact_of_its_own():
    outcome = OneOfType(("allow", "deny"))
    where = scope(extra={"outcome": outcome})
    found = checked('!(subject.us_person && outcome == "allow")', where)
    assert FactRef("outcome", outcome) == found.term.terms[1].term.left
    assert slugs('outcome == "alow"', where) == ["unknown-value"]
    assert slugs('outcome == "allow"') == ["unknown-fact"]


def test_a_fact_that_all_kinds_of_the_rule_have_needs_no_guard():
    assert slugs("size(subject.trustees) > 1", scope(frozenset({"trust"}))) == []
    assert slugs("size(subject.trustees) > 1", scope(frozenset({"trust", "person"}))) == ["fact-outside-kinds"]


def test_a_retired_fact_is_only_warned_about():
    assert underlined("subject.old_status") == [("retired-fact", "subject.old_status")]


def test_asking_whether_an_optional_value_is_there_is_useful_and_about_others_is_not():
    assert slugs("has(subject.lei)") == []
    assert slugs("has(subject.guardian) && has(subject.guardian.lei)") == []
    assert slugs("has(subject.guardian) && has(subject.guardian.share)") == ["useless-guard"]
    assert slugs("has(subject.type)") == ["useless-guard"]
