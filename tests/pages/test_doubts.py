"""What rests on little is found: stale, weak and single sources."""

from datetime import UTC, date, datetime

from compliance.pages.doubts import Founded, doubts, founded
from compliance.vocabulary.authority import Authority, Standing

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)


def source(standing, read=date(2026, 9, 1), title="A source"):
    return Authority(title, read, standing)


def one(*authority, review_by=None, start=NOW):
    return Founded("x", "says something", "rules/x.html", authority, review_by, start)


def found(thing):
    sections = doubts((thing,), NOW)
    return {name for name in sections.__slots__ if getattr(sections, name)}


def test_two_primary_sources_are_no_doubt():
    assert found(one(source(Standing.QUOTED), source(Standing.RELAYED, title="Another"))) == set()


def test_one_source_is_single_whatever_the_house_decided_beside_it():
    assert found(one(source(Standing.QUOTED), source(Standing.HOUSE))) == {"single"}


def test_a_decision_of_the_house_alone_is_no_single_source():
    assert found(one(source(Standing.HOUSE))) == set()


def test_memory_alone_and_secondary_sources_alone_are_weak():
    assert found(one(source(Standing.RECALLED), source(Standing.RECALLED, title="b"))) == {"recalled"}
    assert found(one(source(Standing.SECONDARY), source(Standing.RECALLED))) == {"weak"}


def test_a_source_not_read_for_more_than_a_year_is_old():
    two = source(Standing.QUOTED, title="b")
    assert found(one(source(Standing.QUOTED, date(2025, 10, 5)), two)) == set()
    assert found(one(source(Standing.QUOTED, date(2025, 10, 4)), two)) == {"unread"}


def test_a_review_is_overdue_from_its_instant_on():
    sources = (source(Standing.QUOTED), source(Standing.QUOTED, title="b"))
    assert found(one(*sources, review_by=NOW)) == {"overdue"}
    assert found(one(*sources, review_by=datetime(2026, 10, 5, 12, 1, tzinfo=UTC))) == {"soon"}
    assert found(one(*sources, review_by=datetime(2027, 1, 3, 12, tzinfo=UTC))) == {"soon"}
    assert found(one(*sources, review_by=datetime(2027, 1, 3, 12, 1, tzinfo=UTC))) == set()


def test_what_begins_on_no_day_that_a_source_states_is_listed():
    sources = (source(Standing.QUOTED), source(Standing.QUOTED, title="b"))
    assert found(one(*sources, start=None)) == {"undated"}


def test_a_list_without_a_start_leaves_its_group_without_one(material, book):
    undated = {each.name for each in founded(book.rulebook, material.statements, material.at) if each.start is None}
    assert {"africa", "travel-rule-stated", "screening-fresh"} <= undated
    assert not {"EEA", "us-person", "screening-max-age"} & undated


def test_statements_parameters_and_groups_are_all_looked_at(material, book):
    names = {each.name for each in founded(book.rulebook, material.statements, material.at)}
    assert {"us-person", "BR/law-xstocks", "screening-max-age", "EEA"} <= names
    assert "EEA/prospectus-ended" not in names
